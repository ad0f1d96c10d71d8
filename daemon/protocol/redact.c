/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "protocol/event.h"

#include <string.h>

#define MAX_BYTES 300

/* Error pages can be long, and a pattern must not take long on them. */
#define MAX_INPUT_BYTES 1024

#define MASK "***"

typedef struct
{
  const char *pattern;
  const char *replacement;
} Rule;

/* Patterns of keys; they mask a word too many rather than miss a key. The order
 * matters because each works on the result of those before it. */
static const Rule rules[] = {
  /* user:password@ in an address */
  { "([a-z][a-z0-9+.-]*://)[^/?#\\s]*@", "\\1" },
  /* Authorization: Bearer KEY */
  { "\\b(bearer|basic)(\\s+|%20|\\+)[^\\s\"',;]+", "\\1 " MASK },
  /* keys with a known prefix, even if the service masked them */
  { "\\b(?:sk|ek|rk|pk|gsk|xai|hf|nvapi)[-_][a-z0-9_*.-]+", MASK },
  /* JSON web tokens */
  { "\\beyj[a-z0-9_=-]{8,}[a-z0-9_.=-]*", MASK },
  /* api-key=KEY, "secret": "KEY", Incorrect API key provided: KEY */
  { "((?:key|token|secret|password|passwd|authorization|signature|\\bsig)[a-z ]{0,24}[\"']?\\s*"
    "(?:[=:]|%3d|%3a)\\s*[\"']?)[^\\s\"'&,;]+", "\\1" MASK },
  /* long runs of letters and digits, unless they are the id of a request */
  { "(?<![a-z0-9_])(?!req_[0-9a-f]{32}\\b)(?:[a-z0-9]+_)*[a-z0-9]{32,}=*", MASK },
  /* the same with the other characters of base64, if a part of the run looks random */
  { "(?<![a-z0-9+/_-])(?=[a-z0-9+/_-]*?(?-i:(?=[A-Za-z+]*[0-9])(?=[a-z0-9+]*[A-Z])(?=[A-Z0-9+]*[a-z]))"
    "[a-z0-9+]{16})[a-z0-9+/_-]{32,}=*", MASK },
};

/* private */

/* Replaces line breaks by spaces, and drops invisible characters: they could hide a
 * key from the rules or reverse the direction of a line. */
static void
append_visible (GString *into, gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  if (type == G_UNICODE_CONTROL || type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR)
    g_string_append_c (into, ' ');
  else if (type != G_UNICODE_FORMAT && type != G_UNICODE_UNASSIGNED && type != G_UNICODE_PRIVATE_USE)
    g_string_append_unichar (into, c);
}

static char *
make_visible (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, strnlen (text, MAX_INPUT_BYTES));
  GString *visible = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    append_visible (visible, g_utf8_get_char (p));

  return g_strstrip (g_string_free (visible, FALSE));
}

/* NULL if the match fails, for example at PCRE's limit. */
static char *
apply (const Rule *rule, const char *text)
{
  g_autoptr (GRegex) regex = g_regex_new (rule->pattern, G_REGEX_CASELESS, 0, NULL);

  g_assert (regex != NULL);
  return g_regex_replace (regex, text, -1, 0, rule->replacement, 0, NULL);
}

static void
cut (char *text)
{
  if (strlen (text) <= MAX_BYTES)
    return;

  *g_utf8_find_prev_char (text, text + MAX_BYTES + 1) = '\0';
}

/* public methods */

char *
cap_redact (const char *text)
{
  g_autofree char *clean = make_visible (text != NULL ? text : "");

  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      char *next = apply (&rules[i], clean);

      if (next == NULL)
        return g_strdup (MASK);
      g_free (clean);
      clean = next;
    }

  cut (clean);
  return g_steal_pointer (&clean);
}
