/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* BCP 47 tags and their names. */

/* Name in the user's language: "German", "English (United States)"; or the tag
 * itself if it is unknown. */
char *cap_language_describe (const char *tag);

/* Widespread languages, NULL-terminated. */
const char *const *cap_language_list (void);

/* Whether @text has the form of a tag, by the same rules as in the service. */
gboolean cap_language_is_tag (const char *text);
/* Variants of a language count as the same, as they do in the service. */
gboolean cap_language_is_same (const char *tag, const char *other);

G_END_DECLS
