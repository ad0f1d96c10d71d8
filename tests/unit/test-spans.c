/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "base/spans.h"

#define SIZE 64

/* Compares the spans with an array of flags. */
static void
test_against_flags (void)
{
  g_autoptr (CapSpans) spans = cap_spans_new ();
  gboolean flags[SIZE] = { FALSE };

  for (guint round = 0; round < 20000; round++)
    {
      guint begin = g_test_rand_int_range (0, SIZE), end = g_test_rand_int_range (0, SIZE + 1);
      gboolean add = g_test_rand_int_range (0, 2);
      guint64 first = 0, last = 0;
      guint i, j;

      if (add)
        cap_spans_add (spans, begin, end);
      else
        cap_spans_remove (spans, begin, end);
      for (i = begin; i < end; i++)
        flags[i] = add;

      for (i = 0; i < SIZE && !flags[i]; i++)
        ;
      for (j = i; j < SIZE && flags[j]; j++)
        ;
      g_assert_cmpint (cap_spans_is_empty (spans), ==, i == SIZE);
      g_assert_cmpint (cap_spans_peek (spans, &first, &last), ==, i < SIZE);
      g_assert_true (i == SIZE || (first == i && last == j));
    }
}

static void
test_what_lies_where (void)
{
  g_autoptr (CapSpans) spans = cap_spans_new ();

  cap_spans_add (spans, 10, 20);
  cap_spans_add (spans, 30, 40);
  g_assert_cmpuint (cap_spans_get_end (spans, 9), ==, 9);
  g_assert_cmpuint (cap_spans_get_end (spans, 10), ==, 20);
  g_assert_cmpuint (cap_spans_get_end (spans, 20), ==, 20);
  g_assert_cmpuint (cap_spans_get_end (spans, 39), ==, 40);
  g_assert_cmpuint (cap_spans_get_next (spans, 0), ==, 10);
  g_assert_cmpuint (cap_spans_get_next (spans, 10), ==, 30);
  g_assert_cmpuint (cap_spans_get_next (spans, 30), ==, G_MAXUINT64);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/spans/random spans agree with an array of flags", test_against_flags);
  g_test_add_func ("/spans/positions are found in spans", test_what_lies_where);
  return g_test_run ();
}
