/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/turns-private.h"

#define SECOND CAP_AUDIO_MS (1000)

/* The texts of turns, one per line: utterance, "?" for partial or "!" for final, begin
 * and end in milliseconds, text. */
typedef struct
{
  CapRealtimeTurns *turns;
  GPtrArray *said;
  guint64 utterances;
  guint64 settled;
  guint n_idle;
  guint n_lost;
  gboolean ask_again;
} Fixture;

static guint64
on_next_utterance (gpointer data)
{
  return ++((Fixture *) data)->utterances;
}

static void
on_hypothesis (const CapHypothesis *hypothesis, gpointer data)
{
  Fixture *fixture = data;

  if (*hypothesis->text == '\0' && !hypothesis->final)
    return;
  g_ptr_array_add (fixture->said,
                   g_strdup_printf ("%d%s %d-%d %s%s%s", (int) hypothesis->utterance,
                                    hypothesis->final ? "!" : "?",
                                    (int) (hypothesis->begin * 1000 / CAP_AUDIO_RATE),
                                    (int) (hypothesis->end * 1000 / CAP_AUDIO_RATE),
                                    hypothesis->speaker != NULL ? hypothesis->speaker : "",
                                    hypothesis->speaker != NULL ? ": " : "", hypothesis->text));
}

static void
on_settled (guint64 begin, guint64 end, gpointer data)
{
  Fixture *fixture = data;

  g_assert_cmpuint (begin, <, end);
  if (begin <= fixture->settled)
    fixture->settled = MAX (fixture->settled, end);
}

static gboolean
on_lost (guint64 begin, guint64 end, gpointer data)
{
  Fixture *fixture = data;

  fixture->n_lost++;
  return fixture->ask_again;
}

static void
on_idle (gpointer data)
{
  ((Fixture *) data)->n_idle++;
}

static Fixture *
fixture_new (gboolean server_turns, gboolean in_order)
{
  static const CapRealtimeTurnsFuncs funcs = { on_next_utterance, on_hypothesis, on_settled, on_idle, on_lost };
  Fixture *fixture = g_new0 (Fixture, 1);

  fixture->said = g_ptr_array_new_with_free_func (g_free);
  fixture->turns = cap_realtime_turns_new (server_turns, in_order, &funcs, fixture);
  return fixture;
}

static void
fixture_free (Fixture *fixture)
{
  cap_realtime_turns_free (fixture->turns);
  g_ptr_array_unref (fixture->said);
  g_free (fixture);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static void
assert_said (Fixture *fixture, const char *lines)
{
  g_autofree char *said = NULL;

  g_ptr_array_add (fixture->said, NULL);
  said = g_strjoinv ("\n", (char **) fixture->said->pdata);
  g_assert_cmpstr (said, ==, lines);
  g_ptr_array_set_size (fixture->said, 0);
}

static void
take (Fixture *fixture, CapEventKind kind, const char *item, const char *text)
{
  CapEvent event = { .kind = kind, .item_id = (char *) item, .text = (char *) text, .confidence = -1 };

  cap_realtime_turns_take (fixture->turns, &event);
}

static void
take_at (Fixture *fixture, CapEventKind kind, const char *item, gint64 ms)
{
  CapEvent event = { .kind = kind, .item_id = (char *) item, .ms = ms };

  cap_realtime_turns_take (fixture->turns, &event);
}

static void
commit (Fixture *fixture, const char *item, const char *previous)
{
  CapEvent event = { .kind = CAP_EVENT_COMMITTED, .item_id = (char *) item,
                     .previous_item_id = (char *) previous };

  cap_realtime_turns_take (fixture->turns, &event);
}

/* Sends a turn that the gate detected. @begin, @end: whole seconds. */
static void
speak (Fixture *fixture, guint begin, guint end)
{
  cap_realtime_turns_begin (fixture->turns, begin * SECOND);
  cap_realtime_turns_sent (fixture->turns, begin * SECOND, (end - begin) * SECOND);
  cap_realtime_turns_end (fixture->turns, end * SECOND, FALSE);
}

/* turns of the gate */

static void
test_a_turn_gets_its_text (void)
{
  g_autoptr (Fixture) fixture = fixture_new (FALSE, FALSE);

  cap_realtime_turns_skipped (fixture->turns, 0, 2 * SECOND);
  speak (fixture, 2, 5);
  g_assert_cmpuint (fixture->settled, ==, 2 * SECOND);
  commit (fixture, "A", NULL);
  take (fixture, CAP_EVENT_DELTA, "A", "good");
  take (fixture, CAP_EVENT_DELTA, "A", " morn");
  take (fixture, CAP_EVENT_COMPLETED, "A", "Good morning.");
  assert_said (fixture, "1? 2000-5000 good\n1? 2000-5000 good morn\n1! 2000-5000 Good morning.");
  g_assert_cmpuint (fixture->settled, ==, 5 * SECOND);
  g_assert_cmpuint (fixture->n_idle, ==, 1);
}

static void
test_text_may_come_before_the_commit (void)
{
  g_autoptr (Fixture) fixture = fixture_new (FALSE, FALSE);

  cap_realtime_turns_begin (fixture->turns, 0);
  cap_realtime_turns_sent (fixture->turns, 0, SECOND);
  take (fixture, CAP_EVENT_DELTA, "A", "turn");
  cap_realtime_turns_sent (fixture->turns, SECOND, SECOND);
  take (fixture, CAP_EVENT_DELTA, "A", " left");
  cap_realtime_turns_end (fixture->turns, 2 * SECOND, FALSE);
  commit (fixture, "A", NULL);
  take (fixture, CAP_EVENT_COMPLETED, "A", "turn left");
  assert_said (fixture, "1? 0-1000 turn\n1? 0-2000 turn left\n1! 0-2000 turn left");
}

static void
test_texts_may_come_out_of_order (void)
{
  g_autoptr (Fixture) fixture = fixture_new (FALSE, FALSE);

  speak (fixture, 0, 1);
  speak (fixture, 2, 3);
  commit (fixture, "A", NULL);
  commit (fixture, "B", "A");
  take (fixture, CAP_EVENT_COMPLETED, "B", "second");
  g_assert_cmpuint (fixture->settled, ==, 0);
  take (fixture, CAP_EVENT_COMPLETED, "A", "first");
  assert_said (fixture, "2! 2000-3000 second\n1! 0-1000 first");
  g_assert_cmpuint (fixture->settled, ==, 3 * SECOND);
}

static void
test_a_lost_turn_is_given_up (void)
{
  g_autoptr (Fixture) fixture = fixture_new (FALSE, FALSE);

  cap_realtime_turns_set_patience (fixture->turns, 30);
  speak (fixture, 0, 1);
  commit (fixture, "A", NULL);
  take (fixture, CAP_EVENT_DELTA, "A", "half");
  speak (fixture, 2, 3);
  commit (fixture, "B", "A");
  while (fixture->n_idle == 0)
    g_main_context_iteration (NULL, TRUE);
  assert_said (fixture, "1? 0-1000 half\n2! 2000-3000 \n1! 0-1000 half");
  take (fixture, CAP_EVENT_COMPLETED, "A", "too late");
  assert_said (fixture, "");
}

static void
test_a_failed_turn_is_taken_back (void)
{
  g_autoptr (Fixture) fixture = fixture_new (FALSE, FALSE);

  speak (fixture, 0, 1);
  commit (fixture, "A", NULL);
  take (fixture, CAP_EVENT_DELTA, "A", "wrong");
  take (fixture, CAP_EVENT_FAILED, "A", NULL);
  speak (fixture, 2, 3);
  commit (fixture, "B", "A");
  take (fixture, CAP_EVENT_COMPLETED, "B", "right");
  assert_said (fixture, "1? 0-1000 wrong\n1! 0-1000 \n2! 2000-3000 right");
}

static void
test_repeated_texts_are_said_once (void)
{
  g_autoptr (Fixture) fixture = fixture_new (FALSE, FALSE);

  speak (fixture, 0, 1);
  commit (fixture, "A", NULL);
  take (fixture, CAP_EVENT_COMPLETED, "A", "yes");
  cap_realtime_turns_begin (fixture->turns, 2 * SECOND);
  take (fixture, CAP_EVENT_COMPLETED, "A", "yes");
  take (fixture, CAP_EVENT_DELTA, "A", "yes");
  assert_said (fixture, "1! 0-1000 yes");
}

static void
test_what_has_no_text_is_known (void)
{
  g_autoptr (Fixture) fixture = fixture_new (FALSE, FALSE);

  cap_realtime_turns_skipped (fixture->turns, 7 * SECOND, SECOND);
  g_assert_cmpuint (cap_realtime_turns_get_open (fixture->turns), ==, 8 * SECOND);
  speak (fixture, 8, 9);
  speak (fixture, 10, 12);
  commit (fixture, "A", NULL);
  commit (fixture, "B", "A");
  take (fixture, CAP_EVENT_COMPLETED, "B", "second");
  g_assert_cmpuint (cap_realtime_turns_get_open (fixture->turns), ==, 8 * SECOND);
  take (fixture, CAP_EVENT_COMPLETED, "A", "first");
  g_assert_cmpuint (cap_realtime_turns_get_open (fixture->turns), ==, 12 * SECOND);
}

/* Each text settles its own range. If the session ends before the others have a text, the
 * engine must not send this range again. */
static void
test_texts_settle_their_own_audio (void)
{
  g_autoptr (Fixture) fixture = fixture_new (FALSE, FALSE);

  speak (fixture, 0, 1);
  speak (fixture, 1, 3);
  commit (fixture, "A", NULL);
  commit (fixture, "B", "A");
  fixture->settled = SECOND; /* The second turn begins here. */
  take (fixture, CAP_EVENT_COMPLETED, "B", "second");
  g_assert_cmpuint (fixture->settled, ==, 3 * SECOND);
}

static void
test_a_lost_turn_is_asked_for_again (void)
{
  g_autoptr (Fixture) fixture = fixture_new (FALSE, FALSE);

  fixture->ask_again = TRUE;
  cap_realtime_turns_set_patience (fixture->turns, 10);
  speak (fixture, 0, 1);
  take (fixture, CAP_EVENT_DELTA, "A", "half a");
  while (fixture->n_lost == 0)
    g_main_context_iteration (NULL, TRUE);

  speak (fixture, 2, 3);
  take (fixture, CAP_EVENT_FAILED, "B", NULL);
  g_assert_cmpuint (fixture->n_lost, ==, 2);
  assert_said (fixture, "1? 0-1000 half a");
  g_assert_cmpuint (cap_realtime_turns_get_open (fixture->turns), ==, 0);
}

static void
test_a_late_text_of_a_lost_turn_has_its_range (void)
{
  g_autoptr (Fixture) fixture = fixture_new (TRUE, FALSE);

  fixture->ask_again = TRUE;
  cap_realtime_turns_sent (fixture->turns, 0, SECOND);
  take_at (fixture, CAP_EVENT_SPEECH_STARTED, "A", 0);
  take (fixture, CAP_EVENT_FAILED, "A", NULL);
  g_assert_cmpuint (fixture->n_lost, ==, 1);
  take (fixture, CAP_EVENT_COMPLETED, "A", "late");
  assert_said (fixture, "1! 0-1000 late");
  g_assert_cmpuint (fixture->settled, ==, SECOND);
}

static void
test_without_ids_order_decides (void)
{
  g_autoptr (Fixture) fixture = fixture_new (FALSE, TRUE);

  speak (fixture, 0, 1);
  speak (fixture, 2, 3);
  commit (fixture, "X", NULL);
  take (fixture, CAP_EVENT_DELTA, "", "one");
  g_assert_true (cap_realtime_turns_is_waiting (fixture->turns));
  take (fixture, CAP_EVENT_COMPLETED, "Y", "one");
  take (fixture, CAP_EVENT_COMPLETED, "", "two");
  assert_said (fixture, "1? 0-1000 one\n1! 0-1000 one\n2! 2000-3000 two");
  g_assert_true (cap_realtime_turns_is_idle (fixture->turns));
}

static void
test_speakers_have_their_parts (void)
{
  g_autoptr (Fixture) fixture = fixture_new (FALSE, FALSE);
  CapEvent segment = { .kind = CAP_EVENT_SEGMENT, .item_id = "A", .text = "hello", .speaker = "A",
                       .segment_id = "s1", .start = 0, .end = 1.5 };

  speak (fixture, 0, 4);
  commit (fixture, "A", NULL);
  cap_realtime_turns_take (fixture->turns, &segment);
  segment = (CapEvent) { .kind = CAP_EVENT_SEGMENT, .item_id = "A", .text = "good day", .speaker = "B",
                         .segment_id = "s2", .start = 1.5, .end = 99 };
  cap_realtime_turns_take (fixture->turns, &segment);
  take (fixture, CAP_EVENT_COMPLETED, "A", "hello good day");
  assert_said (fixture, "2? 0-1500 A: hello\n3? 1500-4000 B: good day\n1! 0-4000 \n"
                        "2! 0-1500 A: hello\n3! 1500-4000 B: good day");
}

/* turns that the service detects */

static void
test_a_services_times_are_those_of_the_stream (void)
{
  g_autoptr (Fixture) fixture = fixture_new (TRUE, FALSE);

  /* The stream skips five seconds of silence, and sends one second of artificial silence. */
  cap_realtime_turns_sent (fixture->turns, 0, 2 * SECOND);
  cap_realtime_turns_sent_silence (fixture->turns, SECOND);
  take_at (fixture, CAP_EVENT_SPEECH_STARTED, "A", 500);
  cap_realtime_turns_skipped (fixture->turns, 2 * SECOND, 5 * SECOND);
  cap_realtime_turns_sent (fixture->turns, 7 * SECOND, 3 * SECOND);
  take_at (fixture, CAP_EVENT_SPEECH_STOPPED, "A", 2400);
  commit (fixture, "A", NULL);
  take_at (fixture, CAP_EVENT_SPEECH_STARTED, "B", 2700);
  take_at (fixture, CAP_EVENT_SPEECH_STOPPED, "B", 5500);
  commit (fixture, "B", "A");
  take (fixture, CAP_EVENT_COMPLETED, "B", "second");
  take (fixture, CAP_EVENT_COMPLETED, "A", "first");
  assert_said (fixture, "2! 7000-9500 second\n1! 500-2000 first");
}

static void
test_what_the_service_may_still_hear_is_kept (void)
{
  g_autoptr (Fixture) fixture = fixture_new (TRUE, FALSE);

  cap_realtime_turns_sent (fixture->turns, 0, 7 * SECOND);
  g_assert_cmpuint (fixture->settled, ==, 0);
  g_assert_true (cap_realtime_turns_is_idle (fixture->turns));
  cap_realtime_turns_end (fixture->turns, 7 * SECOND, FALSE);
  g_assert_false (cap_realtime_turns_is_idle (fixture->turns));
  take_at (fixture, CAP_EVENT_SPEECH_STARTED, "A", 3000);
  take_at (fixture, CAP_EVENT_SPEECH_STOPPED, "A", 5000);
  g_assert_cmpuint (fixture->settled, ==, 0);
  take (fixture, CAP_EVENT_COMPLETED, "A", "x");
  assert_said (fixture, "1! 3000-5000 x");
  g_assert_true (cap_realtime_turns_is_idle (fixture->turns));
  g_assert_cmpuint (fixture->settled, ==, 7 * SECOND);
}

/* The service announces no turn for music or a cough, so a timeout settles the audio. */
static void
test_what_no_service_hears_is_settled (void)
{
  g_autoptr (Fixture) fixture = fixture_new (TRUE, FALSE);

  cap_realtime_turns_sent (fixture->turns, 0, SECOND);
  cap_realtime_turns_end (fixture->turns, SECOND, FALSE);
  while (fixture->n_idle == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (fixture->settled, ==, SECOND);
}

static gboolean
on_timeout (gpointer data)
{
  return G_SOURCE_REMOVE;
}

/* The timeout of earlier speech must not settle speech that is still being sent. */
static void
test_speech_that_is_being_sent_is_kept (void)
{
  g_autoptr (Fixture) fixture = fixture_new (TRUE, FALSE);
  gint64 begun = g_get_monotonic_time ();

  cap_realtime_turns_sent (fixture->turns, 0, SECOND);
  cap_realtime_turns_end (fixture->turns, SECOND, FALSE);
  cap_realtime_turns_sent (fixture->turns, SECOND, SECOND);
  g_timeout_add (3200, on_timeout, NULL);
  while (g_get_monotonic_time () - begun < 3200 * 1000)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (fixture->settled, ==, 0);
  cap_realtime_turns_end (fixture->turns, 2 * SECOND, FALSE);
  while (fixture->settled == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (fixture->settled, ==, 2 * SECOND);
}

/* A slow service announces one turn after another. */
static void
test_another_turn_may_be_announced (void)
{
  g_autoptr (Fixture) fixture = fixture_new (TRUE, FALSE);

  cap_realtime_turns_sent (fixture->turns, 0, 5 * SECOND);
  cap_realtime_turns_end (fixture->turns, 5 * SECOND, TRUE);
  take_at (fixture, CAP_EVENT_SPEECH_STARTED, "A", 100);
  take_at (fixture, CAP_EVENT_SPEECH_STOPPED, "A", 2000);
  take (fixture, CAP_EVENT_COMPLETED, "A", "first");
  g_assert_false (cap_realtime_turns_is_idle (fixture->turns));
  g_assert_cmpuint (cap_realtime_turns_get_open (fixture->turns), ==, 2 * SECOND);
  take_at (fixture, CAP_EVENT_SPEECH_STARTED, "B", 3000);
  take_at (fixture, CAP_EVENT_SPEECH_STOPPED, "B", 5000);
  g_assert_cmpuint (cap_realtime_turns_get_open (fixture->turns), ==, 2 * SECOND);
  take (fixture, CAP_EVENT_COMPLETED, "B", "second");
  g_assert_cmpuint (fixture->settled, ==, 5 * SECOND);
}

static void
test_a_turn_that_never_stops_is_given_up (void)
{
  g_autoptr (Fixture) fixture = fixture_new (TRUE, FALSE);

  cap_realtime_turns_set_patience (fixture->turns, 30);
  cap_realtime_turns_sent (fixture->turns, 0, SECOND);
  take_at (fixture, CAP_EVENT_SPEECH_STARTED, "A", 100);
  cap_realtime_turns_end (fixture->turns, SECOND, FALSE);
  while (fixture->n_idle == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (fixture->settled, ==, SECOND);
}

/* The service creates no item for a refused commit, so the next text belongs to the next
 * turn. */
static void
test_a_refused_turn_does_not_shift_the_others (void)
{
  g_autoptr (Fixture) fixture = fixture_new (FALSE, FALSE);

  speak (fixture, 0, 1);
  take (fixture, CAP_EVENT_ERROR, NULL, NULL);
  speak (fixture, 2, 3);
  commit (fixture, "B", NULL);
  take (fixture, CAP_EVENT_COMPLETED, "B", "second");
  assert_said (fixture, "1! 0-1000 \n2! 2000-3000 second");
}

static void
test_a_late_text_is_not_the_next_turns (void)
{
  g_autoptr (Fixture) fixture = fixture_new (FALSE, TRUE);

  cap_realtime_turns_begin (fixture->turns, 0);
  cap_realtime_turns_sent (fixture->turns, 0, SECOND);
  take (fixture, CAP_EVENT_COMPLETED, "", "late");
  cap_realtime_turns_end (fixture->turns, SECOND, FALSE);
  take (fixture, CAP_EVENT_COMPLETED, "", "right");
  assert_said (fixture, "1! 0-1000 right");
}

/* After an outage, the engine sends a lot of audio at once. */
static void
test_times_hold_after_a_backlog (void)
{
  g_autoptr (Fixture) fixture = fixture_new (TRUE, FALSE);

  cap_realtime_turns_sent (fixture->turns, 0, 60 * SECOND);
  for (guint i = 0; i < 2; i++)
    {
      const char *item = i == 0 ? "A" : "B";

      take_at (fixture, CAP_EVENT_SPEECH_STARTED, item, 2000 + 8000 * i);
      take_at (fixture, CAP_EVENT_SPEECH_STOPPED, item, 4000 + 8000 * i);
      take (fixture, CAP_EVENT_COMPLETED, item, item);
    }
  assert_said (fixture, "1! 2000-4000 A\n2! 10000-12000 B");
}

static void
test_items_without_a_begin_follow_the_last (void)
{
  g_autoptr (Fixture) fixture = fixture_new (TRUE, FALSE);

  cap_realtime_turns_sent (fixture->turns, 0, 3 * SECOND);
  take (fixture, CAP_EVENT_COMPLETED, "A", "hello");
  assert_said (fixture, "1! 0-3000 hello");
}

static void
test_hostile_numbers_stay_inside (void)
{
  g_autoptr (Fixture) fixture = fixture_new (TRUE, FALSE);

  cap_realtime_turns_sent (fixture->turns, 0, SECOND);
  take_at (fixture, CAP_EVENT_SPEECH_STARTED, "A", G_MININT64);
  take_at (fixture, CAP_EVENT_SPEECH_STOPPED, "A", G_MAXINT64);
  take (fixture, CAP_EVENT_COMPLETED, "A", "x");
  take_at (fixture, CAP_EVENT_SPEECH_STARTED, "B", G_MAXINT64);
  take_at (fixture, CAP_EVENT_SPEECH_STOPPED, "B", G_MININT64);
  take (fixture, CAP_EVENT_COMPLETED, "B", "y");
  assert_said (fixture, "1! 0-1000 x\n2! 1000-1000 y");
}

static void
test_items_are_bounded (void)
{
  g_autoptr (Fixture) fixture = fixture_new (TRUE, FALSE);

  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *item = g_strdup_printf ("item-%u", i);

      take (fixture, CAP_EVENT_DELTA, item, "x");
    }
  g_assert_cmpuint (fixture->said->len, >=, 2 * 10000 - 64);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/realtime-turns/a turn gets its text", test_a_turn_gets_its_text);
  g_test_add_func ("/realtime-turns/text may come before the commit", test_text_may_come_before_the_commit);
  g_test_add_func ("/realtime-turns/texts may come out of order", test_texts_may_come_out_of_order);
  g_test_add_func ("/realtime-turns/a lost turn is given up", test_a_lost_turn_is_given_up);
  g_test_add_func ("/realtime-turns/a failed turn is retracted", test_a_failed_turn_is_taken_back);
  g_test_add_func ("/realtime-turns/repeated texts are emitted once", test_repeated_texts_are_said_once);
  g_test_add_func ("/realtime-turns/turns without a text are known", test_what_has_no_text_is_known);
  g_test_add_func ("/realtime-turns/texts settle their own audio", test_texts_settle_their_own_audio);
  g_test_add_func ("/realtime-turns/a lost turn is sent again", test_a_lost_turn_is_asked_for_again);
  g_test_add_func ("/realtime-turns/a late text of a lost turn has its range",
                   test_a_late_text_of_a_lost_turn_has_its_range);
  g_test_add_func ("/realtime-turns/texts without ids follow turn order", test_without_ids_order_decides);
  g_test_add_func ("/realtime-turns/each speaker has a text", test_speakers_have_their_parts);
  g_test_add_func ("/realtime-turns/times of the service become times of the stream",
                   test_a_services_times_are_those_of_the_stream);
  g_test_add_func ("/realtime-turns/audio that may still get a text is kept",
                   test_what_the_service_may_still_hear_is_kept);
  g_test_add_func ("/realtime-turns/audio without a turn is settled", test_what_no_service_hears_is_settled);
  g_test_add_func ("/realtime-turns/speech that is being sent is kept",
                   test_speech_that_is_being_sent_is_kept);
  g_test_add_func ("/realtime-turns/another turn may be announced", test_another_turn_may_be_announced);
  g_test_add_func ("/realtime-turns/a turn that never stops is given up",
                   test_a_turn_that_never_stops_is_given_up);
  g_test_add_func ("/realtime-turns/a refused turn does not shift the others",
                   test_a_refused_turn_does_not_shift_the_others);
  g_test_add_func ("/realtime-turns/a late text is not the next turn's",
                   test_a_late_text_is_not_the_next_turns);
  g_test_add_func ("/realtime-turns/times are right after a backlog", test_times_hold_after_a_backlog);
  g_test_add_func ("/realtime-turns/turns without a begin follow the last one",
                   test_items_without_a_begin_follow_the_last);
  g_test_add_func ("/realtime-turns/hostile times stay within the audio", test_hostile_numbers_stay_inside);
  g_test_add_func ("/realtime-turns/items are bounded", test_items_are_bounded);
  return g_test_run ();
}
