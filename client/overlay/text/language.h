/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* BCP 47 tags and their names. */

/* In the user's language: "German", "English (United States)"; the tag itself
 * when it is not known. */
char *cap_language_describe (const char *tag);

/* Languages that many people speak, ended by NULL. */
const char *const *cap_language_list (void);
/* The tag of the user's own locale; NULL when that has none. */
char *cap_language_get_own (void);

/* Whether it looks like a tag, as the service checks it. */
gboolean cap_language_is_tag (const char *text);
/* Variants of a language count as the same, as they do for the service. */
gboolean cap_language_is_same (const char *tag, const char *other);

G_END_DECLS
