/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The object path of a stream that somebody named: by its number, which is
 * short for the path, or by the path. NULL when it is neither. */
char *cap_stream_path_parse (const char *text);

G_END_DECLS
