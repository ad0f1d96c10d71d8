/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Keeps the log of the process free of what other programs send: GDBus would log each
 * message that it cannot decode, with its bytes, which may contain speech. Call it once,
 * before the first connection. */
void cap_log_keep_private (void);

G_END_DECLS
