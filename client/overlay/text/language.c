/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/text/language.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct
{
  const char *code;
  const char *name; /* as in iso-codes, if that is a single word */
} Named;

static const Named languages[] = {
  { "af", N_("Afrikaans") },
  { "ar", N_("Arabic") },
  { "az", N_("Azerbaijani") },
  { "be", N_("Belarusian") },
  { "bg", N_("Bulgarian") },
  { "bn", N_("Bengali") },
  { "bs", N_("Bosnian") },
  { "ca", N_("Catalan") },
  { "cs", N_("Czech") },
  { "cy", N_("Welsh") },
  { "da", N_("Danish") },
  { "de", N_("German") },
  { "el", N_("Greek") },
  { "en", N_("English") },
  { "es", N_("Spanish") },
  { "et", N_("Estonian") },
  { "eu", N_("Basque") },
  { "fa", N_("Persian") },
  { "fi", N_("Finnish") },
  { "fr", N_("French") },
  { "ga", N_("Irish") },
  { "gl", N_("Galician") },
  { "gu", N_("Gujarati") },
  { "he", N_("Hebrew") },
  { "hi", N_("Hindi") },
  { "hr", N_("Croatian") },
  { "hu", N_("Hungarian") },
  { "hy", N_("Armenian") },
  { "id", N_("Indonesian") },
  { "is", N_("Icelandic") },
  { "it", N_("Italian") },
  { "ja", N_("Japanese") },
  { "ka", N_("Georgian") },
  { "kk", N_("Kazakh") },
  { "kn", N_("Kannada") },
  { "ko", N_("Korean") },
  { "lt", N_("Lithuanian") },
  { "lv", N_("Latvian") },
  { "mk", N_("Macedonian") },
  { "ml", N_("Malayalam") },
  { "mr", N_("Marathi") },
  { "ms", N_("Malay") },
  { "nb", N_("Norwegian") },
  { "ne", N_("Nepali") },
  { "nl", N_("Dutch") },
  { "pa", N_("Panjabi") },
  { "pl", N_("Polish") },
  { "pt", N_("Portuguese") },
  { "ro", N_("Romanian") },
  { "ru", N_("Russian") },
  { "sk", N_("Slovak") },
  { "sl", N_("Slovenian") },
  { "sq", N_("Albanian") },
  { "sr", N_("Serbian") },
  { "sv", N_("Swedish") },
  { "sw", N_("Swahili") },
  { "ta", N_("Tamil") },
  { "te", N_("Telugu") },
  { "th", N_("Thai") },
  { "tl", N_("Tagalog") },
  { "tr", N_("Turkish") },
  { "uk", N_("Ukrainian") },
  { "ur", N_("Urdu") },
  { "vi", N_("Vietnamese") },
  { "zh", N_("Chinese") },
};

static const Named regions[] = {
  { "AT", N_("Austria") },
  { "AU", N_("Australia") },
  { "BE", N_("Belgium") },
  { "BR", N_("Brazil") },
  { "CA", N_("Canada") },
  { "CH", N_("Switzerland") },
  { "CN", N_("China") },
  { "DE", N_("Germany") },
  { "ES", N_("Spain") },
  { "FR", N_("France") },
  { "GB", N_("United Kingdom") },
  { "HK", N_("Hong Kong") },
  { "IE", N_("Ireland") },
  { "IN", N_("India") },
  { "IT", N_("Italy") },
  { "MX", N_("Mexico") },
  { "NL", N_("Netherlands") },
  { "NZ", N_("New Zealand") },
  { "PT", N_("Portugal") },
  { "TW", N_("Taiwan") },
  { "US", N_("United States") },
  { "ZA", N_("South Africa") },
};

/* Widespread languages, with variants if their accents differ so much that a
 * service may need to know. */
static const char *const common[] = {
  "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "en-GB", "en-US", "es", "et", "fa", "fi", "fr",
  "he", "hi", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "nb", "nl", "pl", "pt", "pt-BR", "ro",
  "ru", "sk", "sl", "sr", "sv", "sw", "ta", "te", "th", "tl", "tr", "uk", "ur", "vi", "zh", NULL
};

/* names */

/* iso-codes may have names that our translation lacks. */
static const char *
translate (const char *name, const char *domain)
{
  const char *ours = _(name);

  return ours != name ? ours : g_dgettext (domain, name);
}

static const char *
find (const Named *table, gsize n, const char *code, const char *domain)
{
  for (gsize i = 0; i < n; i++)
    if (g_ascii_strcasecmp (table[i].code, code) == 0)
      return translate (table[i].name, domain);

  return NULL;
}

/* The name of the region, which is a part of two letters behind the language; or
 * NULL. */
static const char *
find_region (char **parts)
{
  for (char **part = parts + 1; *part != NULL; part++)
    if (strlen (*part) == 2)
      return find (regions, G_N_ELEMENTS (regions), *part, "iso_3166-1");

  return NULL;
}

/* public */

char *
cap_language_describe (const char *tag)
{
  g_auto (GStrv) parts = NULL;
  const char *language = NULL;
  const char *region;

  g_return_val_if_fail (tag != NULL, NULL);

  parts = g_strsplit (tag, "-", -1);
  if (parts[0] != NULL)
    language = find (languages, G_N_ELEMENTS (languages), parts[0], "iso_639-3");
  if (language == NULL)
    return g_strdup (tag);
  if (parts[1] == NULL)
    return g_strdup (language);

  region = find_region (parts);
  return g_strdup_printf ("%s (%s)", language, region != NULL ? region : strchr (tag, '-') + 1);
}

const char *const *
cap_language_list (void)
{
  return common;
}

gboolean
cap_language_is_tag (const char *text)
{
  g_return_val_if_fail (text != NULL, FALSE);

  return g_regex_match_simple ("^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", text, G_REGEX_DOLLAR_ENDONLY, 0);
}

gboolean
cap_language_is_same (const char *tag, const char *other)
{
  gsize length;

  g_return_val_if_fail (tag != NULL, FALSE);
  g_return_val_if_fail (other != NULL, FALSE);

  length = strcspn (tag, "-");
  return length == strcspn (other, "-") && g_ascii_strncasecmp (tag, other, length) == 0;
}
