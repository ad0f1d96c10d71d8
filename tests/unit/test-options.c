/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "base/options.h"
#include "dbus/error.h"
#include "sound/source.h"

static const CapOption table[] = {
  { "source", G_VARIANT_TYPE_STRING, cap_source_check_option },
  { "language", G_VARIANT_TYPE_STRING, cap_option_is_language },
  { "translate-to", G_VARIANT_TYPE_STRING, cap_option_is_no_translation },
  { "levels", G_VARIANT_TYPE_BOOLEAN },
  { "seconds", G_VARIANT_TYPE_UINT32 },
};

/* @text: an a{sv} in the text format of GVariant. */
static gboolean
check (const char *text, GError **error)
{
  g_autoptr (GVariant) options = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);

  g_assert_nonnull (options);
  return cap_options_check (options, table, G_N_ELEMENTS (table), error);
}

static void
test_accepted (void)
{
  const char *const texts[] = { "{}",
                                "{'source': <'app:Firefox'>}",
                                "{'source': <'system'>, 'levels': <true>, 'seconds': <uint32 7>}",
                                "{'language': <''>}",
                                "{'language': <'de'>}",
                                "{'language': <'zh-Hant-TW'>}",
                                "{'translate-to': <''>}" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (check (texts[i], &error));
      g_assert_no_error (error);
    }
}

static void
test_refused (void)
{
  const struct
  {
    const char *text;
    const char *key; /* beginning of the message */
  } cases[] = {
    { "{'sauce': <'system'>}", "sauce: no such option" },
    { "{'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaéb': <1>}",
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaé: no such" },
    { "{'source': <7>}", "source: must be a string" },
    { "{'source': <'speaker'>}", "source: must be system" },
    { "{'levels': <'yes'>}", "levels: must be a boolean" },
    { "{'seconds': <7>}", "seconds: must be a number" },
    { "{'language': <'English please'>}", "language: must be" },
    { "{'language': <'en\\n'>}", "language: must be" },
    { "{'levels': <true>, 'levels': <false>}", "levels: given twice" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (check (cases[i].text, &error));
      g_assert_error (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION);
      if (!g_str_has_prefix (error->message, cases[i].key))
        g_error ("%s does not begin with %s", error->message, cases[i].key);
    }
}

static void
test_long_strings (void)
{
  for (guint length = 256; length <= 257; length++)
    {
      g_autofree char *name = g_strnfill (length - strlen ("app:"), 'x');
      g_autofree char *text = g_strdup_printf ("{'source': <'app:%s'>}", name);

      g_assert_true (check (text, NULL) == (length == 256));
    }
}

static void
test_translation (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (check ("{'translate-to': <'de'>}", &error));
  g_assert_error (error, CAP_ERROR, CAP_ERROR_LANGUAGE_NOT_SUPPORTED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/options/valid options are accepted", test_accepted);
  g_test_add_func ("/options/errors name the invalid option", test_refused);
  g_test_add_func ("/options/strings have at most 256 bytes", test_long_strings);
  g_test_add_func ("/options/translation has its own error", test_translation);
  return g_test_run ();
}
