/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "dbus/error.h"
#include "sound/source-private.h"

static void
test_round_trip (void)
{
  const char *const texts[] = { "system", "microphone", "output:alsa_output.pci", "input:Mic 1",
                                "app:Firefox", "app:a:b", "app:Müsli" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CapSource) source = cap_source_parse (texts[i], &error);

      g_assert_no_error (error);
      g_autoptr (CapSource) copy = cap_source_copy (source);
      g_autofree char *text = cap_source_to_string (copy);
      g_assert_cmpstr (text, ==, texts[i]);
    }
}

static void
test_refused (void)
{
  const char *const texts[] = { "", "System", "systems", "system:", "microphone:x", "output:",
                                "app:", "app", "app:a\nb", "app:\xff", "speaker:x" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CapSource) source = cap_source_parse (texts[i], &error);

      g_assert_null (source);
      g_assert_error (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION);
      g_assert_true (g_str_has_prefix (error->message, "must be "));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/source/every form survives a round trip", test_round_trip);
  g_test_add_func ("/source/anything else is refused", test_refused);
  return g_test_run ();
}
