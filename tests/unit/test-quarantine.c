/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "sound/quarantine.h"

#define MS G_GINT64_CONSTANT (1000000)

/* Adds frames up to @end: asks about the links, and answers. */
static gboolean
pass (CapQuarantine *quarantine, guint64 end, CapLinks meanwhile)
{
  int seq = (int) end;
  gboolean again;

  g_assert_true (cap_quarantine_ask (quarantine, end));
  quarantine->seq = seq;
  cap_quarantine_see (quarantine, meanwhile, 0);
  g_assert_true (cap_quarantine_answer (quarantine, seq, &again));
  return cap_quarantine_is_clean (quarantine);
}

static void
test_clean (void)
{
  CapQuarantine quarantine = { 0 };

  g_assert_true (pass (&quarantine, 100, CAP_LINKS_ALLOWED));
  g_assert_cmpuint (quarantine.end, ==, 100);
  g_assert_true (pass (&quarantine, 200, CAP_LINKS_ALLOWED));
  g_assert_true (cap_quarantine_trusts (&quarantine, 0));
}

static void
test_forbidden (void)
{
  CapQuarantine quarantine = { 0 };

  g_assert_false (pass (&quarantine, 100, CAP_LINKS_FORBIDDEN));
  g_assert_false (pass (&quarantine, 200, CAP_LINKS_FORBIDDEN));
  cap_quarantine_see (&quarantine, CAP_LINKS_ALLOWED, 1000 * MS);
  g_assert_true (pass (&quarantine, 300, CAP_LINKS_ALLOWED));
  g_assert_false (cap_quarantine_trusts (&quarantine, 1100 * MS));
  g_assert_true (cap_quarantine_trusts (&quarantine, 1300 * MS));
}

/* A link appears and disappears before the answer arrives. */
static void
test_come_and_gone (void)
{
  CapQuarantine quarantine = { 0 };
  gboolean again;

  g_assert_true (cap_quarantine_ask (&quarantine, 100));
  quarantine.seq = 7;
  cap_quarantine_see (&quarantine, CAP_LINKS_FORBIDDEN, 0);
  cap_quarantine_see (&quarantine, CAP_LINKS_ALLOWED, 0);
  g_assert_true (cap_quarantine_answer (&quarantine, 7, &again));
  g_assert_false (cap_quarantine_is_clean (&quarantine));
}

static void
test_stale (void)
{
  CapQuarantine quarantine = { 0 };

  g_assert_false (pass (&quarantine, 100, CAP_LINKS_STALE));
  cap_quarantine_see (&quarantine, CAP_LINKS_ALLOWED, 1000 * MS);
  g_assert_false (cap_quarantine_trusts (&quarantine, 999 * MS));
  g_assert_true (cap_quarantine_trusts (&quarantine, 1000 * MS));
}

static void
test_questions (void)
{
  CapQuarantine quarantine = { 0 };
  gboolean again;

  g_assert_false (cap_quarantine_answer (&quarantine, 0, &again));
  g_assert_true (cap_quarantine_ask (&quarantine, 100));
  quarantine.seq = 3;
  g_assert_false (cap_quarantine_ask (&quarantine, 200));
  g_assert_cmpuint (quarantine.end, ==, 100);
  g_assert_false (cap_quarantine_answer (&quarantine, 2, &again));
  g_assert_true (cap_quarantine_answer (&quarantine, 3, &again));
  g_assert_true (again);
  g_assert_false (cap_quarantine_answer (&quarantine, 3, &again));
}

static void
test_reset (void)
{
  CapQuarantine quarantine = { 0 };
  gboolean again;

  g_assert_true (cap_quarantine_ask (&quarantine, 100));
  quarantine.seq = 3;
  cap_quarantine_see (&quarantine, CAP_LINKS_FORBIDDEN, 0);
  cap_quarantine_reset (&quarantine);
  g_assert_false (cap_quarantine_answer (&quarantine, 3, &again));
  g_assert_true (pass (&quarantine, 200, CAP_LINKS_ALLOWED));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/quarantine/frames pass after the answer", test_clean);
  g_test_add_func ("/quarantine/no frame passes during a forbidden link", test_forbidden);
  g_test_add_func ("/quarantine/no frame passes after a short forbidden link", test_come_and_gone);
  g_test_add_func ("/quarantine/a link that is being removed delays trust", test_stale);
  g_test_add_func ("/quarantine/one question at a time", test_questions);
  g_test_add_func ("/quarantine/a new node begins clean", test_reset);
  return g_test_run ();
}
