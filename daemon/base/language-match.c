/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "base/language-match.h"

#include <string.h>

static gboolean
ends_subtag (char c)
{
  return c == '\0' || c == '-';
}

static CapLanguageMatch
match_tags (const char *one, const char *other)
{
  gsize common = MIN (strlen (one), strlen (other));
  gsize primary = strcspn (one, "-");

  if (primary != strcspn (other, "-") || g_ascii_strncasecmp (one, other, primary) != 0)
    return CAP_LANGUAGE_OTHER;
  if (g_ascii_strncasecmp (one, other, common) == 0
      && ends_subtag (one[common]) && ends_subtag (other[common]))
    return CAP_LANGUAGE_SAME;
  return CAP_LANGUAGE_VARIANT;
}

CapLanguageMatch
cap_language_match (const char *wanted, const char *const *known)
{
  CapLanguageMatch best = CAP_LANGUAGE_OTHER;

  g_return_val_if_fail (wanted != NULL, CAP_LANGUAGE_OTHER);
  g_return_val_if_fail (known != NULL, CAP_LANGUAGE_OTHER);

  if (*wanted == '\0')
    return CAP_LANGUAGE_SAME;
  for (; *known != NULL; known++)
    best = MAX (best, match_tags (wanted, *known));
  return best;
}
