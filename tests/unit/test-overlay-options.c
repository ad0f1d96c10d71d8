/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/overlay-options.h"

#define STREAM "/org/captiond/Captions1/stream/"

static CapOverlayOptions *
parse (const char *arguments, GError **error)
{
  g_autofree char *line = g_strconcat ("captiond-overlay ", arguments, NULL);
  g_auto (GStrv) split = g_strsplit (line, " ", -1);

  if (*arguments == '\0')
    g_clear_pointer (&split[1], g_free);
  return cap_overlay_options_new (split, error);
}

static CapOverlayOptions *
accept (const char *arguments)
{
  g_autoptr (GError) error = NULL;
  CapOverlayOptions *options = parse (arguments, &error);

  g_assert_no_error (error);
  g_assert_nonnull (options);
  return options;
}

static void
test_actions (void)
{
  const char *const names[] = { "show", "hide", "toggle", "settings", "history", "quit" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *argument = g_strconcat ("--", names[i], NULL);
      g_autoptr (CapOverlayOptions) options = accept (argument);

      g_assert_cmpint (options->command, ==, CAP_OVERLAY_ACTIVATE);
      g_assert_cmpstr (options->action, ==, names[i]);
      g_assert_null (options->value);
    }
}

static void
test_nothing_shows (void)
{
  g_autoptr (CapOverlayOptions) options = accept ("");

  g_assert_cmpint (options->command, ==, CAP_OVERLAY_ACTIVATE);
  g_assert_cmpstr (options->action, ==, "show");
}

static void
test_states (void)
{
  const struct { const char *argument, *action; gboolean state; } cases[] = {
    { "--lock", "lock", TRUE },
    { "--unlock", "lock", FALSE },
    { "--pause", "pause", TRUE },
    { "--resume", "pause", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CapOverlayOptions) options = accept (cases[i].argument);

      g_assert_cmpint (options->command, ==, CAP_OVERLAY_CHANGE);
      g_assert_cmpstr (options->action, ==, cases[i].action);
      g_assert_cmpint (g_variant_get_boolean (options->value), ==, cases[i].state);
    }
}

static void
test_join (void)
{
  const char *const arguments[] = { "--join 3", "--join=3", "-j 3", "--join " STREAM "3" };

  for (guint i = 0; i < G_N_ELEMENTS (arguments); i++)
    {
      g_autoptr (CapOverlayOptions) options = accept (arguments[i]);

      g_assert_cmpint (options->command, ==, CAP_OVERLAY_ACTIVATE);
      g_assert_cmpstr (options->action, ==, "join");
      g_assert_cmpstr (g_variant_get_string (options->value, NULL), ==, STREAM "3");
    }
}

static void
test_service (void)
{
  g_autoptr (CapOverlayOptions) options = accept ("--gapplication-service");

  g_assert_cmpint (options->command, ==, CAP_OVERLAY_SERVE);
}

static void
test_texts (void)
{
  g_autoptr (CapOverlayOptions) version = accept ("--version");
  g_autoptr (CapOverlayOptions) help = accept ("--toggle --help");

  g_assert_cmpint (version->command, ==, CAP_OVERLAY_PRINT);
  g_assert_cmpstr (version->text, ==, "captiond-overlay " CAPTIOND_VERSION "\n");
  g_assert_cmpint (help->command, ==, CAP_OVERLAY_PRINT);
  g_assert_nonnull (strstr (help->text, "--join=STREAM"));
  g_assert_nonnull (strstr (help->text, "--unlock"));
  g_assert_null (strstr (help->text, "gapplication"));
}

static void
test_refused (void)
{
  const struct { const char *arguments, *word; } cases[] = {
    { "--louder", "--louder" },
    { "3", "3" },
    { "--show now", "now" },
    { "--show --hide", "--show and --hide" },
    { "--lock --unlock", "--lock and --unlock" },
    { "--join 3 --show", "--join and --show" },
    { "--join", "join" },
    { "--join x", "--join" },
    { "--join -1", "--join" },
    { "--join /org/captiond/Captions1", "--join" },
    { "--join " STREAM "3/", "--join" },
    { "--join \xff", "--join" },
    { "--gapplication-service --hide", "--gapplication-service" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (parse (cases[i].arguments, &error));
      g_assert_error (error, CAP_OVERLAY_OPTIONS_ERROR, 0);
      g_assert_nonnull (strstr (error->message, cases[i].word));
      g_assert_null (strchr (error->message, '\n'));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/overlay-options/actions", test_actions);
  g_test_add_func ("/overlay-options/nothing-shows", test_nothing_shows);
  g_test_add_func ("/overlay-options/states", test_states);
  g_test_add_func ("/overlay-options/join", test_join);
  g_test_add_func ("/overlay-options/service", test_service);
  g_test_add_func ("/overlay-options/texts", test_texts);
  g_test_add_func ("/overlay-options/refused", test_refused);

  return g_test_run ();
}
