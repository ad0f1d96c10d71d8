/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Turns an error of the service or of the bus into a sentence that can stand alone
 * under a control: one clean line with a capital letter and a full stop, which is
 * left out behind a command. */
char *cap_sentence_new (const char *message);

/* Cleans text from the bus and cuts it to @columns, so that it cannot fill a
 * window. */
char *cap_sentence_cut (const char *text, guint columns);

/* InvalidOption begins with the key ("url: must be …"). Sets @key to it, or to NULL
 * if there is none, and returns the rest as a sentence. */
char *cap_sentence_split (const char *message, char **key);

G_END_DECLS
