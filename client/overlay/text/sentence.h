/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* An error of the service or of the bus, made fit to stand alone under a
 * control: one clean line, with a capital letter and a full stop, which a
 * command at its end has not. */
char *cap_sentence_new (const char *message);

/* Text of the bus for a line of ours: clean, and at most that many columns, so
 * that nothing said there can fill a window. */
char *cap_sentence_cut (const char *text, guint columns);

/* InvalidOption names the key first ("url: must be …"). @key is that, or NULL
 * when there is none; what is returned is the rest, as a sentence. */
char *cap_sentence_split (const char *message, char **key);

G_END_DECLS
