/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* For tests. */

#pragma once

#include "providers/provider.h"

G_BEGIN_DECLS

/* Whether speech would leave this machine unencrypted. captiond only allows this
 * if the user set allow-plain. */
gboolean cap_provider_is_plain (CapProvider *self);

G_END_DECLS
