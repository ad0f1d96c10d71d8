/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "sound/capture-plan.h"

G_BEGIN_DECLS

/* For tests. */

/* Whether @source allows sound from the output port of @link. FALSE if the
 * mirror does not know the port. */
gboolean cap_capture_plan_allows (const CapGraphMirror *mirror, const CapSource *source,
                                  const CapGraphLink *link);

G_END_DECLS
