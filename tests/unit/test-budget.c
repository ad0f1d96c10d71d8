/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "base/audio.h"
#include "dbus/error.h"
#include "realtime/budget-private.h"

#define G_SETTINGS_ENABLE_BACKEND
#include <gio/gsettingsbackend.h>
#include <glib/gstdio.h>
#include <string.h>

#define MINUTE ((gsize) 60 * CAP_AUDIO_RATE)

typedef struct
{
  char *folder, *path;
  GSettings *settings;
  CapBudget *budget;
  guint n_changes;
  gint64 offset; /* real time minus monotonic time, µs */
} Fixture;

static gint64
now (gpointer data)
{
  Fixture *fixture = data;

  return g_get_monotonic_time () + fixture->offset;
}

/* @text: ISO 8601, local time. */
static void
set_clock (Fixture *fixture, const char *text)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, zone);

  fixture->offset = g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time)
                    - g_get_monotonic_time ();
}

static void
on_changed (Fixture *fixture)
{
  fixture->n_changes++;
}

static void
open_budget (Fixture *fixture)
{
  fixture->budget = cap_budget_new (fixture->settings, fixture->path);
  cap_budget_set_clock (fixture->budget, now, fixture);
  g_signal_connect_swapped (fixture->budget, "changed", G_CALLBACK (on_changed), fixture);
}

static void
open_again (Fixture *fixture)
{
  g_assert_finalize_object (fixture->budget);
  open_budget (fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSettingsBackend) backend = g_memory_settings_backend_new ();

  fixture->folder = g_dir_make_tmp ("budget-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "captiond", "minutes", NULL);
  fixture->settings = g_settings_new_with_backend ("org.captiond", backend);
  set_clock (fixture, "2026-07-01T12:00:00");
  open_budget (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autofree char *inner = g_path_get_dirname (fixture->path);

  g_assert_finalize_object (fixture->budget);
  g_object_unref (fixture->settings);
  g_unlink (fixture->path);
  g_rmdir (inner);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static void
wait_for_changes (Fixture *fixture, guint n)
{
  while (fixture->n_changes < n)
    g_main_context_iteration (NULL, TRUE);
}

static void
run_what_is_due (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_no_limit (Fixture *fixture, gconstpointer data)
{
  cap_budget_spend (fixture->budget, 2000 * MINUTE);
  g_assert_false (cap_budget_is_exhausted (fixture->budget));
  g_assert_cmpfloat (cap_budget_get_seconds (fixture->budget), ==, 2000 * 60);
}

static void
test_limit (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_settings_set_uint (fixture->settings, "daily-minutes", 2);
  cap_budget_spend (fixture->budget, 2 * MINUTE - 1);
  g_assert_false (cap_budget_is_exhausted (fixture->budget));
  cap_budget_spend (fixture->budget, 1);
  g_assert_true (cap_budget_is_exhausted (fixture->budget));
  /* The budget must not signal from inside a call. */
  g_assert_cmpuint (fixture->n_changes, ==, 0);
  wait_for_changes (fixture, 1);
  cap_budget_spend (fixture->budget, MINUTE);
  run_what_is_due ();
  g_assert_cmpuint (fixture->n_changes, ==, 1);

  error = cap_budget_make_error (fixture->budget);
  g_assert_error (error, CAP_ERROR, CAP_ERROR_BUDGET_EXHAUSTED);
  g_assert_nonnull (strstr (error->message, "limit of 2 minutes of speech a day is reached"));
  g_assert_nonnull (strstr (error->message, "until midnight"));
  g_assert_nonnull (strstr (error->message, "midnight"));
  g_assert_nonnull (strstr (error->message, "daily-minutes"));
}

static void
test_limit_is_raised (Fixture *fixture, gconstpointer data)
{
  g_settings_set_uint (fixture->settings, "daily-minutes", 1);
  cap_budget_spend (fixture->budget, MINUTE);
  wait_for_changes (fixture, 1);
  g_settings_set_uint (fixture->settings, "daily-minutes", 2);
  g_assert_false (cap_budget_is_exhausted (fixture->budget));
  wait_for_changes (fixture, 2);
  g_settings_set_uint (fixture->settings, "daily-minutes", 1);
  wait_for_changes (fixture, 3);
  g_settings_set_uint (fixture->settings, "daily-minutes", 0);
  wait_for_changes (fixture, 4);
}

static void
test_midnight (Fixture *fixture, gconstpointer data)
{
  g_settings_set_uint (fixture->settings, "daily-minutes", 1);
  set_clock (fixture, "2026-07-01T23:59:59.900");
  cap_budget_spend (fixture->budget, MINUTE);
  wait_for_changes (fixture, 1);
  g_assert_true (cap_budget_is_exhausted (fixture->budget));
  wait_for_changes (fixture, 2);
  g_assert_false (cap_budget_is_exhausted (fixture->budget));
  g_assert_cmpfloat (cap_budget_get_seconds (fixture->budget), ==, 0);
}

/* The day on which summer time ends has 25 hours, and the day on which it begins has 23. */
static void
test_long_and_short_days (Fixture *fixture, gconstpointer data)
{
  static const char *const days[][2] = {
    { "2026-10-25T00:00:00", "2026-10-25T23:59:59" },
    { "2026-03-29T00:00:00", "2026-03-29T23:59:59" },
  };

  g_settings_set_uint (fixture->settings, "daily-minutes", 1);
  for (gsize i = 0; i < G_N_ELEMENTS (days); i++)
    {
      guint n_changes = fixture->n_changes;

      set_clock (fixture, days[i][0]);
      g_assert_false (cap_budget_is_exhausted (fixture->budget));
      cap_budget_spend (fixture->budget, MINUTE);
      wait_for_changes (fixture, n_changes + 1);
      set_clock (fixture, days[i][1]);
      fixture->offset += 900 * 1000;
      g_assert_true (cap_budget_is_exhausted (fixture->budget));
      /* A budget that opens now must see midnight near, not an hour away. */
      open_again (fixture);
      g_assert_true (cap_budget_is_exhausted (fixture->budget));
      wait_for_changes (fixture, n_changes + 2);
    }
}

/* The machine may sleep over midnight, and a user may set the clock. */
static void
test_clock_jumps (Fixture *fixture, gconstpointer data)
{
  g_settings_set_uint (fixture->settings, "daily-minutes", 1);
  cap_budget_spend (fixture->budget, MINUTE);
  wait_for_changes (fixture, 1);
  set_clock (fixture, "2026-07-04T12:00:00");
  g_assert_false (cap_budget_is_exhausted (fixture->budget));
  wait_for_changes (fixture, 2);
  cap_budget_spend (fixture->budget, 1);
  g_assert_cmpfloat (cap_budget_get_seconds (fixture->budget), ==, 1.0 / CAP_AUDIO_RATE);
  set_clock (fixture, "2026-06-30T12:00:00");
  g_assert_cmpfloat (cap_budget_get_seconds (fixture->budget), ==, 0);
}

static void
test_it_outlasts_the_daemon (Fixture *fixture, gconstpointer data)
{
  g_autofree char *inner = g_path_get_dirname (fixture->path);
  GStatBuf info;

  cap_budget_spend (fixture->budget, MINUTE);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  open_again (fixture);
  g_assert_cmpfloat (cap_budget_get_seconds (fixture->budget), ==, 60);
  g_assert_cmpint (g_stat (fixture->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_cmpint (g_stat (inner, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);

  cap_budget_spend (fixture->budget, MINUTE);
  cap_budget_flush (fixture->budget);
  set_clock (fixture, "2026-07-02T12:00:00");
  open_again (fixture);
  g_assert_cmpfloat (cap_budget_get_seconds (fixture->budget), ==, 0);
}

/* A daemon that starts with a spent budget knows so without a signal. */
static void
test_exhausted_from_the_start (Fixture *fixture, gconstpointer data)
{
  g_settings_set_uint (fixture->settings, "daily-minutes", 1);
  cap_budget_spend (fixture->budget, MINUTE);
  wait_for_changes (fixture, 1);
  open_again (fixture);
  g_assert_true (cap_budget_is_exhausted (fixture->budget));
  run_what_is_due ();
  g_assert_cmpuint (fixture->n_changes, ==, 1);
}

static void
test_nothing_is_written_for_nothing (Fixture *fixture, gconstpointer data)
{
  cap_budget_spend (fixture->budget, 0);
  cap_budget_flush (fixture->budget);
  open_again (fixture);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

static void
test_damaged_files (Fixture *fixture, gconstpointer data)
{
  static const char *const damaged[] = {
    "[today\nx\xff=", "", "[today]\ndate=20260701\nseconds=-60\n", "[today]\ndate=20260701\nseconds=nan\n",
    "[today]\ndate=20260701\nseconds=1e300\n", "[today]\ndate=x\nseconds=60\n", "[today]\nseconds=60\n",
  };
  g_autofree char *inner = g_path_get_dirname (fixture->path);

  g_mkdir (inner, 0700);
  for (gsize i = 0; i < G_N_ELEMENTS (damaged); i++)
    {
      g_assert_true (g_file_set_contents (fixture->path, damaged[i], -1, NULL));
      open_again (fixture);
      g_assert_cmpfloat (cap_budget_get_seconds (fixture->budget), ==, 0);
      cap_budget_spend (fixture->budget, MINUTE);
      open_again (fixture);
      g_assert_cmpfloat (cap_budget_get_seconds (fixture->budget), ==, 60);
      g_object_unref (fixture->budget);
      g_unlink (fixture->path);
      open_budget (fixture);
    }
}

static void
add (const char *path, void (*test) (Fixture *fixture, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", TRUE);
  g_test_init (&argc, &argv, NULL);
  add ("/budget/without a limit it is never exhausted", test_no_limit);
  add ("/budget/with a limit it signals exhaustion once", test_limit);
  add ("/budget/the limit is raised and lowered", test_limit_is_raised);
  add ("/budget/midnight resets it", test_midnight);
  add ("/budget/days of 25 and 23 hours", test_long_and_short_days);
  add ("/budget/a clock that jumps", test_clock_jumps);
  add ("/budget/spent minutes survive a restart", test_it_outlasts_the_daemon);
  add ("/budget/exhausted from the start", test_exhausted_from_the_start);
  add ("/budget/no file is written without a change", test_nothing_is_written_for_nothing);
  add ("/budget/a damaged file counts as zero", test_damaged_files);
  return g_test_run ();
}
