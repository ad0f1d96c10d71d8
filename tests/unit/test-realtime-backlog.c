/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "protocol/backlog.h"

#define OURS "libsoup"

/* Simulates one second: a message, then a ping. */
static void
pass (CapRealtimeBacklog *backlog, gsize n_bytes)
{
  cap_realtime_backlog_add (backlog, n_bytes);
  cap_realtime_backlog_ping (backlog);
}

static void
test_all_before_the_first_pong (void)
{
  g_autoptr (CapRealtimeBacklog) backlog = cap_realtime_backlog_new ();

  g_assert_cmpuint (cap_realtime_backlog_get (backlog), ==, 0);
  cap_realtime_backlog_add (backlog, 100);
  cap_realtime_backlog_add (backlog, 20);
  g_assert_cmpuint (cap_realtime_backlog_get (backlog), ==, 120);
  cap_realtime_backlog_ping (backlog);
  g_assert_cmpuint (cap_realtime_backlog_get (backlog), ==, 120);
}

/* A message between a ping and its note does not count as read. */
static void
test_one_ping_behind (void)
{
  g_autoptr (CapRealtimeBacklog) backlog = cap_realtime_backlog_new ();

  pass (backlog, 100);
  g_assert_false (cap_realtime_backlog_pong (backlog, OURS));
  g_assert_cmpuint (cap_realtime_backlog_get (backlog), ==, 100);
  pass (backlog, 30);
  g_assert_true (cap_realtime_backlog_pong (backlog, OURS));
  g_assert_cmpuint (cap_realtime_backlog_get (backlog), ==, 30);
  pass (backlog, 0);
  g_assert_true (cap_realtime_backlog_pong (backlog, OURS));
  g_assert_cmpuint (cap_realtime_backlog_get (backlog), ==, 0);
}

static void
test_pongs_that_answer_nothing (void)
{
  g_autoptr (CapRealtimeBacklog) backlog = cap_realtime_backlog_new ();

  pass (backlog, 1);
  pass (backlog, 2);
  pass (backlog, 4);
  g_assert_false (cap_realtime_backlog_pong (backlog, OURS));
  for (guint i = 0; i < 5; i++)
    g_assert_false (cap_realtime_backlog_pong (backlog, i % 2 ? "" : "heart"));
  g_assert_cmpuint (cap_realtime_backlog_get (backlog), ==, 7);

  g_assert_true (cap_realtime_backlog_pong (backlog, OURS));
  g_assert_cmpuint (cap_realtime_backlog_get (backlog), ==, 6);
  g_assert_true (cap_realtime_backlog_pong (backlog, OURS));
  g_assert_cmpuint (cap_realtime_backlog_get (backlog), ==, 4);
  /* All three pings already have their pongs. */
  g_assert_false (cap_realtime_backlog_pong (backlog, OURS));
  pass (backlog, 0);
  pass (backlog, 0);
  g_assert_true (cap_realtime_backlog_pong (backlog, OURS));
  g_assert_cmpuint (cap_realtime_backlog_get (backlog), ==, 0);
}

/* Empty pongs break the protocol, but some servers send nothing else. */
static void
test_a_server_that_answers_with_nothing (void)
{
  g_autoptr (CapRealtimeBacklog) backlog = cap_realtime_backlog_new ();

  pass (backlog, 1);
  g_assert_false (cap_realtime_backlog_pong (backlog, ""));
  pass (backlog, 2);
  g_assert_true (cap_realtime_backlog_pong (backlog, ""));
  g_assert_cmpuint (cap_realtime_backlog_get (backlog), ==, 2);
}

static void
test_numbers (void)
{
  g_autoptr (CapRealtimeBacklog) backlog = cap_realtime_backlog_new ();

  for (guint i = 0; i < 6; i++)
    pass (backlog, 1);
  g_assert_true (cap_realtime_backlog_pong (backlog, "libsoup-keepalive-5"));
  g_assert_cmpuint (cap_realtime_backlog_get (backlog), ==, 2);
  g_assert_false (cap_realtime_backlog_pong (backlog, "libsoup-keepalive-5"));
  g_assert_false (cap_realtime_backlog_pong (backlog, "libsoup-keepalive-2"));
  g_assert_false (cap_realtime_backlog_pong (backlog, "libsoup-keepalive-7"));
  g_assert_false (cap_realtime_backlog_pong (backlog, "libsoup-keepalive-x"));
  g_assert_cmpuint (cap_realtime_backlog_get (backlog), ==, 2);
  g_assert_true (cap_realtime_backlog_pong (backlog, "libsoup-keepalive-6"));
  g_assert_cmpuint (cap_realtime_backlog_get (backlog), ==, 1);
}

/* With more notes than there is room for, messages count as read late, never early. */
static void
test_a_long_wait (void)
{
  g_autoptr (CapRealtimeBacklog) backlog = cap_realtime_backlog_new ();
  const guint n = 1000;

  for (guint i = 0; i < n; i++)
    pass (backlog, 1);
  for (guint pong = 1; pong <= n; pong++)
    {
      cap_realtime_backlog_pong (backlog, OURS);
      g_assert_cmpuint (cap_realtime_backlog_get (backlog), >=, n - (pong - 1));
    }
  for (guint i = 0; i < 2; i++)
    {
      pass (backlog, 0);
      cap_realtime_backlog_pong (backlog, OURS);
    }
  g_assert_cmpuint (cap_realtime_backlog_get (backlog), ==, 0);
}

/* Pings that a busy server skips do not make later messages seem unread. */
static void
test_pongs_left_out (void)
{
  g_autoptr (CapRealtimeBacklog) backlog = cap_realtime_backlog_new ();

  for (guint i = 0; i < 6; i++)
    pass (backlog, 1);
  g_assert_false (cap_realtime_backlog_pong (backlog, OURS));
  g_assert_cmpuint (cap_realtime_backlog_get (backlog), ==, 6);
  for (guint i = 0; i < 20; i++)
    {
      pass (backlog, 0);
      cap_realtime_backlog_pong (backlog, OURS);
    }
  g_assert_cmpuint (cap_realtime_backlog_get (backlog), ==, 0);

  pass (backlog, 8);
  cap_realtime_backlog_pong (backlog, OURS);
  pass (backlog, 0);
  cap_realtime_backlog_pong (backlog, OURS);
  pass (backlog, 0);
  cap_realtime_backlog_pong (backlog, OURS);
  g_assert_cmpuint (cap_realtime_backlog_get (backlog), ==, 0);
}

/* Silence on both sides proves nothing about pongs. */
static void
test_quiet_is_no_pong (void)
{
  g_autoptr (CapRealtimeBacklog) backlog = cap_realtime_backlog_new ();

  for (guint i = 0; i < 100; i++)
    pass (backlog, 0);
  pass (backlog, 8);
  pass (backlog, 0);
  cap_realtime_backlog_pong (backlog, OURS);
  cap_realtime_backlog_pong (backlog, OURS);
  g_assert_cmpuint (cap_realtime_backlog_get (backlog), ==, 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/realtime-backlog/unread before the first pong", test_all_before_the_first_pong);
  g_test_add_func ("/realtime-backlog/a pong confirms what was sent before its ping", test_one_ping_behind);
  g_test_add_func ("/realtime-backlog/pongs without a ping", test_pongs_that_answer_nothing);
  g_test_add_func ("/realtime-backlog/a server with empty pongs",
                   test_a_server_that_answers_with_nothing);
  g_test_add_func ("/realtime-backlog/numbers", test_numbers);
  g_test_add_func ("/realtime-backlog/a long wait", test_a_long_wait);
  g_test_add_func ("/realtime-backlog/skipped pongs", test_pongs_left_out);
  g_test_add_func ("/realtime-backlog/silence does not count as a pong", test_quiet_is_no_pong);
  return g_test_run ();
}
