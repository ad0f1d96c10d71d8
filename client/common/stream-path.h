/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @text: the number of a stream, or its object path. Returns the object path; NULL
 * when @text is neither. */
char *cap_stream_path_parse (const char *text);

G_END_DECLS
