/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "local/speed.h"

#define UNKNOWN (-1)

static void
assert_says (const CapSpeed *speed, const char *words, gboolean said)
{
  g_autofree char *text = cap_speed_describe (speed);

  g_assert_cmpint (g_strstr_len (text, -1, words) != NULL, ==, said);
}

static void
test_quick (void)
{
  CapSpeed speed = { 0 };

  g_assert_true (cap_speed_add (&speed, 0.4, 0.39));
  g_assert_cmpfloat (cap_speed_get_share (&speed), ==, 0.4);
  assert_says (&speed, "takes 0.40 seconds", TRUE);
  assert_says (&speed, "busy", FALSE);
}

/* Two processors do more than a second of work in a second. */
static void
test_several_processors (void)
{
  CapSpeed speed = { 0 };

  g_assert_true (cap_speed_add (&speed, 0.6, 1.1));
  g_assert_cmpfloat (cap_speed_get_share (&speed), ==, 0.6);
}

static void
test_slow (void)
{
  CapSpeed speed = { 0 };

  g_assert_false (cap_speed_add (&speed, 2.0, 1.9));
  g_assert_true (cap_speed_add (&speed, 1.95, 1.9));
  g_assert_cmpfloat (cap_speed_get_share (&speed), ==, 1.95);
  assert_says (&speed, "busy", FALSE);
}

/* The fastest round counts, whichever it is. */
static void
test_a_moment_of_other_work (void)
{
  CapSpeed speed = { 0 };

  g_assert_false (cap_speed_add (&speed, 2.6, UNKNOWN));
  g_assert_true (cap_speed_add (&speed, 0.5, UNKNOWN));
  g_assert_cmpfloat (cap_speed_get_share (&speed), ==, 0.5);
}

static void
test_no_end_of_other_work (void)
{
  CapSpeed speed = { 0 };

  g_assert_false (cap_speed_add (&speed, 4, UNKNOWN));
  g_assert_false (cap_speed_add (&speed, 2, UNKNOWN));
  g_assert_true (cap_speed_add (&speed, 3, UNKNOWN));
  g_assert_cmpfloat (cap_speed_get_share (&speed), ==, 2);
}

static void
test_busy (void)
{
  CapSpeed speed = { 0 };

  g_assert_true (cap_speed_add (&speed, 2.63, 0.45));
  g_assert_true (cap_speed_is_disturbed (&speed));
  g_assert_cmpfloat (cap_speed_get_share (&speed), ==, 0.45);
  assert_says (&speed, "2.63 seconds", TRUE);
  assert_says (&speed, "busy", TRUE);
  assert_says (&speed, "0.45 seconds", TRUE);
}

static void
test_busy_and_slow (void)
{
  CapSpeed speed = { 0 };

  g_assert_false (cap_speed_add (&speed, 3, 1.2));
  g_assert_false (cap_speed_add (&speed, 2, 1.2));
  g_assert_true (cap_speed_add (&speed, 2.5, 1.2));
  g_assert_cmpfloat (cap_speed_get_share (&speed), ==, 1.2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/speed/quick", test_quick);
  g_test_add_func ("/speed/several-processors", test_several_processors);
  g_test_add_func ("/speed/slow", test_slow);
  g_test_add_func ("/speed/a-moment-of-other-work", test_a_moment_of_other_work);
  g_test_add_func ("/speed/no-end-of-other-work", test_no_end_of_other_work);
  g_test_add_func ("/speed/busy", test_busy);
  g_test_add_func ("/speed/busy-and-slow", test_busy_and_slow);
  return g_test_run ();
}
