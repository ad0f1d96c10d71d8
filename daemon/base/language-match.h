/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How well a recogniser that knows one language serves another one; the more, the better. */
typedef enum
{
  CAP_LANGUAGE_OTHER,   /* not at all: "de" and "en" */
  CAP_LANGUAGE_VARIANT, /* "en-GB" and "en-US": variants differ less than speakers do */
  CAP_LANGUAGE_SAME,    /* equal, or one of them includes the other: "en-GB" and "en" */
} CapLanguageMatch;

/* @wanted: a BCP 47 tag, or empty for any language.
 * @known: BCP 47 tags, of which the best one counts. */
CapLanguageMatch cap_language_match (const char *wanted, const char *const *known);

G_END_DECLS
