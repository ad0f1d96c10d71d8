/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "bus/holders.h"
#include "dbus/error.h"

/* Callers on a bus where no program answers; these tests need no answers. */
typedef struct
{
  GTestDBus *bus;
  GDBusConnection *connection;
  CapHolders *holders;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->bus);
  fixture->connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  fixture->holders = cap_holders_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  cap_holders_free (fixture->holders);
  g_object_unref (fixture->connection);
  g_test_dbus_down (fixture->bus);
  g_object_unref (fixture->bus);
}

static CapCaller *
new_caller (Fixture *fixture, const char *bus_name)
{
  return cap_caller_new (fixture->connection, bus_name, "program", NULL,
                         &(CapCallerLimits) CAP_CALLER_LIMITS);
}

static void
expect_receivers (Fixture *fixture, CapNews news, const char *expected)
{
  g_autoptr (GPtrArray) names = cap_holders_list_receivers (fixture->holders, news);
  g_autofree char *joined = NULL;

  g_ptr_array_add (names, NULL);
  joined = g_strjoinv (" ", (char **) names->pdata);
  g_assert_cmpstr (joined, ==, expected);
}

static void
test_holds (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CapCaller) one = new_caller (fixture, ":1.101");
  g_autoptr (CapCaller) other = new_caller (fixture, ":1.102");

  g_assert_true (cap_holders_add (fixture->holders, one, TRUE, FALSE, NULL));
  g_assert_true (cap_holders_is_last (fixture->holders, ":1.101"));
  g_assert_true (cap_holders_add (fixture->holders, one, TRUE, FALSE, NULL));
  g_assert_false (cap_holders_is_last (fixture->holders, ":1.101"));
  g_assert_true (cap_holders_add (fixture->holders, other, TRUE, FALSE, NULL));
  expect_receivers (fixture, CAP_NEWS_STATE, ":1.101 :1.102");

  g_assert_true (cap_holders_remove (fixture->holders, ":1.101", FALSE));
  g_assert_true (cap_holders_contain (fixture->holders, ":1.101"));
  g_assert_true (cap_holders_remove (fixture->holders, ":1.101", FALSE));
  g_assert_false (cap_holders_contain (fixture->holders, ":1.101"));
  g_assert_false (cap_holders_remove (fixture->holders, ":1.101", FALSE));
  g_assert_true (cap_holders_remove (fixture->holders, ":1.102", TRUE));
  g_assert_true (cap_holders_is_empty (fixture->holders));
}

static void
test_wishes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CapCaller) one = new_caller (fixture, ":1.101");
  g_autoptr (CapCaller) other = new_caller (fixture, ":1.102");

  cap_holders_add (fixture->holders, one, FALSE, TRUE, NULL);
  cap_holders_add (fixture->holders, other, TRUE, FALSE, NULL);
  expect_receivers (fixture, CAP_NEWS_FINAL, ":1.101 :1.102");
  expect_receivers (fixture, CAP_NEWS_PARTIAL, ":1.102");
  expect_receivers (fixture, CAP_NEWS_LEVEL, ":1.101");
  cap_holders_add (fixture->holders, one, TRUE, FALSE, NULL);
  expect_receivers (fixture, CAP_NEWS_PARTIAL, ":1.101 :1.102");
  expect_receivers (fixture, CAP_NEWS_LEVEL, "");
}

static void
test_pausing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CapCaller) one = new_caller (fixture, ":1.101");
  g_autoptr (CapCaller) other = new_caller (fixture, ":1.102");

  g_assert_false (cap_holders_all_paused (fixture->holders));
  cap_holders_add (fixture->holders, one, TRUE, FALSE, NULL);
  cap_holders_add (fixture->holders, other, TRUE, FALSE, NULL);
  cap_holders_set_paused (fixture->holders, ":1.101", TRUE);
  g_assert_false (cap_holders_all_paused (fixture->holders));
  cap_holders_set_paused (fixture->holders, ":1.102", TRUE);
  g_assert_true (cap_holders_all_paused (fixture->holders));
  cap_holders_set_paused (fixture->holders, ":1.102", FALSE);
  cap_holders_remove (fixture->holders, ":1.102", TRUE);
  g_assert_true (cap_holders_all_paused (fixture->holders));
}

static void
test_limit (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 129; i++)
    {
      g_autofree char *bus_name = g_strdup_printf (":1.%u", 1000 + i);
      g_autoptr (CapCaller) caller = new_caller (fixture, bus_name);

      g_assert_true (cap_holders_add (fixture->holders, caller, TRUE, FALSE, &error) == (i < 128));
    }
  g_assert_error (error, CAP_ERROR, CAP_ERROR_LIMIT_EXCEEDED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/holders/holds are counted by bus name", Fixture, NULL, set_up, test_holds, tear_down);
  g_test_add ("/holders/holders get the results they want", Fixture, NULL, set_up, test_wishes, tear_down);
  g_test_add ("/holders/each holder pauses separately", Fixture, NULL, set_up, test_pausing, tear_down);
  g_test_add ("/holders/there are at most 128 holders", Fixture, NULL, set_up, test_limit, tear_down);
  return g_test_run ();
}
