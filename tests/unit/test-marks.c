/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "speech/marks.h"

/* Speech from 100 to 200, from 300 to 400, and from 400 to 500. */
static CapMarks *
three_ranges (void)
{
  CapMarks *marks = cap_marks_new ();

  cap_marks_add (marks, 100, TRUE, CAP_GATE_PAUSE);
  cap_marks_add (marks, 200, FALSE, CAP_GATE_PAUSE);
  cap_marks_add (marks, 300, TRUE, CAP_GATE_PAUSE);
  cap_marks_add (marks, 400, FALSE, CAP_GATE_LENGTH);
  cap_marks_add (marks, 400, TRUE, CAP_GATE_PAUSE);
  cap_marks_add (marks, 500, FALSE, CAP_GATE_PAUSE);
  return marks;
}

static void
assert_next (CapMarks *marks, guint64 position, gboolean begins)
{
  const CapMark *mark = cap_marks_peek (marks);

  g_assert_nonnull (mark);
  g_assert_cmpuint (mark->position, ==, position);
  g_assert_cmpint (mark->begins, ==, begins);
}

static void
test_in_order (void)
{
  g_autoptr (CapMarks) marks = three_ranges ();

  for (guint i = 0; i < 6; i++)
    {
      g_assert_cmpint (cap_marks_is_speech (marks), ==, i % 2);
      cap_marks_pass (marks);
    }
  g_assert_null (cap_marks_peek (marks));
  g_assert_false (cap_marks_is_speech (marks));
}

static void
test_seek (void)
{
  g_autoptr (CapMarks) marks = three_ranges ();

  cap_marks_seek (marks, 450);
  g_assert_true (cap_marks_is_speech (marks));
  assert_next (marks, 500, FALSE);

  cap_marks_seek (marks, 400);
  g_assert_true (cap_marks_is_speech (marks));
  assert_next (marks, 500, FALSE);

  cap_marks_seek (marks, 299);
  g_assert_false (cap_marks_is_speech (marks));
  assert_next (marks, 300, TRUE);

  cap_marks_seek (marks, 0);
  g_assert_false (cap_marks_is_speech (marks));
  assert_next (marks, 100, TRUE);

  cap_marks_seek (marks, 1000);
  g_assert_null (cap_marks_peek (marks));
}

static void
test_count (void)
{
  g_autoptr (CapMarks) marks = three_ranges ();

  g_assert_cmpuint (cap_marks_count_speech (marks, 0, 1000), ==, 300);
  g_assert_cmpuint (cap_marks_count_speech (marks, 150, 310), ==, 60);
  g_assert_cmpuint (cap_marks_count_speech (marks, 200, 300), ==, 0);
  cap_marks_add (marks, 600, TRUE, CAP_GATE_PAUSE);
  g_assert_cmpuint (cap_marks_count_speech (marks, 550, 700), ==, 100);
}

static void
test_forget (void)
{
  g_autoptr (CapMarks) marks = three_ranges ();

  cap_marks_seek (marks, 450);
  cap_marks_forget (marks, 350);
  g_assert_cmpuint (cap_marks_count_speech (marks, 350, 500), ==, 150);
  cap_marks_seek (marks, 350);
  g_assert_true (cap_marks_is_speech (marks));
  assert_next (marks, 400, FALSE);

  /* Marks that the reader has not reached stay. */
  cap_marks_forget (marks, 1000);
  assert_next (marks, 400, FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/marks/marks are read in order", test_in_order);
  g_test_add_func ("/marks/a reader goes back and ahead", test_seek);
  g_test_add_func ("/marks/speech is counted", test_count);
  g_test_add_func ("/marks/marks behind the reader are forgotten", test_forget);
  return g_test_run ();
}
