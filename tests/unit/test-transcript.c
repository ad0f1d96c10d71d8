/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "text/transcript.h"

/* Records the signals, one line per event, in order. */
typedef struct
{
  CapTranscript *transcript;
  GPtrArray *events;
} Fixture;

static void
on_segment (Fixture *fixture, const CapTranscriptSegment *segment)
{
  gboolean incomplete = g_variant_lookup (segment->details, "incomplete", "b", &incomplete);

  g_ptr_array_add (fixture->events,
                   g_strdup_printf ("%" G_GUINT64_FORMAT "%s%s %s", segment->id,
                                    segment->final ? "!" : "?", incomplete ? "incomplete" : "",
                                    segment->text));
}

static void
on_retracted (Fixture *fixture, const CapTranscriptSegment *segment)
{
  g_ptr_array_add (fixture->events, g_strdup_printf ("%" G_GUINT64_FORMAT "- ", segment->id));
}

static Fixture *
fixture_new (const CapTranscriptLimits *limits)
{
  Fixture *fixture = g_new0 (Fixture, 1);

  fixture->transcript = cap_transcript_new (limits);
  fixture->events = g_ptr_array_new_with_free_func (g_free);
  g_signal_connect_swapped (fixture->transcript, "segment", G_CALLBACK (on_segment), fixture);
  g_signal_connect_swapped (fixture->transcript, "retracted", G_CALLBACK (on_retracted), fixture);
  return fixture;
}

static void
fixture_free (Fixture *fixture)
{
  g_assert_finalize_object (fixture->transcript);
  g_ptr_array_unref (fixture->events);
  g_free (fixture);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static void
take (Fixture *fixture, guint64 utterance, gint64 start, const char *text, gboolean final)
{
  CapHypothesis hypothesis = { .utterance = utterance, .text = text, .final = final };

  cap_transcript_take (fixture->transcript, &hypothesis, start, start + 1000,
                       g_variant_new ("a{sv}", NULL));
}

static const char *
event (Fixture *fixture, guint i)
{
  while (fixture->events->len <= i)
    g_main_context_iteration (NULL, TRUE);
  return g_ptr_array_index (fixture->events, i);
}

static void
test_partial_then_final (void)
{
  g_autoptr (Fixture) fixture = fixture_new (&(CapTranscriptLimits) CAP_TRANSCRIPT_LIMITS);

  take (fixture, 1, 0, "he was", FALSE);
  g_assert_cmpstr (event (fixture, 0), ==, "1? he was");
  take (fixture, 1, 0, "he was not", TRUE);
  g_assert_cmpstr (event (fixture, 1), ==, "1! he was not");
  take (fixture, 2, 5000, "an", FALSE);
  g_assert_cmpstr (event (fixture, 2), ==, "2? an");
}

static void
test_partials_keep_their_rate (void)
{
  g_autoptr (Fixture) fixture = fixture_new (&(CapTranscriptLimits) CAP_TRANSCRIPT_LIMITS);
  gint64 begin = g_get_monotonic_time ();

  take (fixture, 1, 0, "a", FALSE);
  take (fixture, 1, 0, "a b", FALSE);
  take (fixture, 1, 0, "a b c", FALSE);
  g_assert_cmpuint (fixture->events->len, ==, 1);
  g_assert_cmpstr (event (fixture, 1), ==, "1? a b c");
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, 100 * 1000);
}

static void
test_rate_is_the_streams (void)
{
  g_autoptr (Fixture) fixture = fixture_new (&(CapTranscriptLimits) CAP_TRANSCRIPT_LIMITS);
  gint64 begin = g_get_monotonic_time ();

  for (guint64 utterance = 1; utterance <= 4; utterance++)
    take (fixture, utterance, utterance * 1000, "x", FALSE);
  g_assert_cmpstr (event (fixture, 3), ==, "4? x");
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, 300 * 1000);
}

static void
test_finals_wait_for_earlier_ones (void)
{
  g_autoptr (Fixture) fixture = fixture_new (&(CapTranscriptLimits) CAP_TRANSCRIPT_LIMITS);

  take (fixture, 1, 0, "one", FALSE);
  take (fixture, 2, 5000, "two", TRUE);
  g_assert_cmpstr (event (fixture, 1), ==, "2? two");
  take (fixture, 1, 0, "one.", TRUE);
  g_assert_cmpstr (event (fixture, 2), ==, "1! one.");
  g_assert_cmpstr (event (fixture, 3), ==, "2! two");
}

/* A service may finish the second turn before it sends text for the first. */
static void
test_a_turn_without_text_keeps_its_place (void)
{
  g_autoptr (Fixture) fixture = fixture_new (&(CapTranscriptLimits) CAP_TRANSCRIPT_LIMITS);

  take (fixture, 1, 0, "", FALSE);
  take (fixture, 2, 5000, "", FALSE);
  take (fixture, 3, 9000, "", FALSE);
  take (fixture, 3, 9000, "three", TRUE);
  g_assert_cmpstr (event (fixture, 0), ==, "3? three");
  take (fixture, 1, 0, "one", TRUE);
  g_assert_cmpstr (event (fixture, 1), ==, "1! one");
  take (fixture, 2, 5000, "", TRUE);
  g_assert_cmpstr (event (fixture, 2), ==, "3! three");

  take (fixture, 4, 20000, "", FALSE);
  cap_transcript_finish (fixture->transcript);
  g_assert_cmpuint (fixture->events->len, ==, 3);
}

static void
test_one_lost_turn_blocks_for_a_while_only (void)
{
  CapTranscriptLimits limits = CAP_TRANSCRIPT_LIMITS;

  limits.order_wait = 50;
  g_autoptr (Fixture) fixture = fixture_new (&limits);
  take (fixture, 1, 0, "one", FALSE);
  take (fixture, 2, 5000, "two", TRUE);
  g_assert_cmpstr (event (fixture, 0), ==, "1? one");
  g_assert_cmpstr (event (fixture, 1), ==, "2! two");
}

static void
test_retraction (void)
{
  g_autoptr (Fixture) fixture = fixture_new (&(CapTranscriptLimits) CAP_TRANSCRIPT_LIMITS);
  g_autoptr (GPtrArray) changes = NULL;
  const CapTranscriptSegment *row;
  gboolean retracted = FALSE;

  take (fixture, 1, 0, "noise", FALSE);
  take (fixture, 1, 0, "", FALSE);
  g_assert_cmpuint (fixture->events->len, ==, 1);
  take (fixture, 1, 0, "", TRUE);
  g_assert_cmpstr (event (fixture, 1), ==, "1- ");
  take (fixture, 2, 0, "", TRUE);
  g_assert_cmpuint (fixture->events->len, ==, 2);

  changes = cap_transcript_get_changes (fixture->transcript, 0);
  g_assert_cmpuint (changes->len, ==, 1);
  row = g_ptr_array_index (changes, 0);
  g_assert_true (g_variant_lookup (row->details, "retracted", "b", &retracted));
  g_assert_true (retracted);
  g_assert_cmpuint (row->serial, ==, 2);
}

static void
test_retraction_releases_the_next (void)
{
  g_autoptr (Fixture) fixture = fixture_new (&(CapTranscriptLimits) CAP_TRANSCRIPT_LIMITS);

  take (fixture, 1, 0, "noise", FALSE);
  take (fixture, 2, 5000, "two", TRUE);
  take (fixture, 1, 0, "", TRUE);
  g_assert_cmpstr (event (fixture, 1), ==, "1- ");
  g_assert_cmpstr (event (fixture, 2), ==, "2! two");
}

static void
test_finish_makes_incomplete (void)
{
  g_autoptr (Fixture) fixture = fixture_new (&(CapTranscriptLimits) CAP_TRANSCRIPT_LIMITS);

  take (fixture, 1, 0, "one", FALSE);
  take (fixture, 2, 5000, "two", TRUE);
  cap_transcript_finish (fixture->transcript);
  g_assert_cmpstr (event (fixture, 1), ==, "1!incomplete one");
  g_assert_cmpstr (event (fixture, 2), ==, "2! two");
}

static void
test_changes_after_a_serial (void)
{
  CapTranscriptLimits limits = CAP_TRANSCRIPT_LIMITS;

  limits.partial_interval = 0;
  g_autoptr (Fixture) fixture = fixture_new (&limits);
  take (fixture, 1, 0, "one", FALSE);    /* serial 1 */
  take (fixture, 1, 0, "one.", TRUE);    /* 2 */
  take (fixture, 2, 5000, "two", FALSE); /* 3 */
  g_assert_cmpstr (event (fixture, 2), ==, "2? two");

  for (guint64 serial = 0; serial < 5; serial++)
    {
      g_autoptr (GPtrArray) changes = cap_transcript_get_changes (fixture->transcript, serial);
      guint expected = serial < 2 ? 2 : serial < 3 ? 1 : 0;

      g_assert_cmpuint (changes->len, ==, expected);
      for (guint i = 0; i < changes->len; i++)
        g_assert_cmpuint (((CapTranscriptSegment *) g_ptr_array_index (changes, i))->serial, >, serial);
    }
}

static void
test_history_is_bounded (void)
{
  CapTranscriptLimits limits = CAP_TRANSCRIPT_LIMITS;
  g_autofree char *text = g_strnfill (1000, 'x');

  limits.history_bytes = 20 * 1000;
  g_autoptr (Fixture) fixture = fixture_new (&limits);
  for (guint64 utterance = 1; utterance <= 1000; utterance++)
    take (fixture, utterance, utterance * 1000, text, TRUE);

  g_autoptr (GPtrArray) changes = cap_transcript_get_changes (fixture->transcript, 0);
  g_assert_cmpuint (changes->len, >, 10);
  g_assert_cmpuint (changes->len, <=, 20);
  g_assert_cmpuint (((CapTranscriptSegment *) g_ptr_array_index (changes, changes->len - 1))->id, ==, 1000);
}

static void
test_text_is_bounded (void)
{
  CapTranscriptLimits limits = CAP_TRANSCRIPT_LIMITS;

  limits.text_bytes = 10;
  g_autoptr (Fixture) fixture = fixture_new (&limits);
  take (fixture, 1, 0, "123456789é", TRUE);
  take (fixture, 2, 2000, "12345678é", TRUE);
  take (fixture, 3, 3000, "bad \xff", TRUE);
  g_assert_cmpstr (event (fixture, 0), ==, "1! 123456789");
  g_assert_cmpstr (event (fixture, 1), ==, "2! 12345678é");
  g_assert_true (g_utf8_validate (event (fixture, 2), -1, NULL));
}

static void
test_open_segments_are_bounded (void)
{
  CapTranscriptLimits limits = CAP_TRANSCRIPT_LIMITS;

  limits.max_open = 3;
  g_autoptr (Fixture) fixture = fixture_new (&limits);
  for (guint64 utterance = 1; utterance <= 4; utterance++)
    take (fixture, utterance, utterance * 1000, "x", FALSE);
  g_assert_cmpstr (event (fixture, 1), ==, "1!incomplete x");
}

static void
test_gap (void)
{
  g_autoptr (Fixture) fixture = fixture_new (&(CapTranscriptLimits) CAP_TRANSCRIPT_LIMITS);
  double seconds = 0;

  cap_transcript_add_gap (fixture->transcript, 0, 5000000, 5);
  g_assert_cmpstr (event (fixture, 0), ==, "1! ");
  g_autoptr (GPtrArray) changes = cap_transcript_get_changes (fixture->transcript, 0);
  const CapTranscriptSegment *row = g_ptr_array_index (changes, 0);
  g_assert_true (g_variant_lookup (row->details, "gap", "d", &seconds));
  g_assert_cmpfloat (seconds, ==, 5);
}

/* Another session, or even another engine, recognises partial text again. The text keeps
 * its id. */
static void
test_orphan_is_adopted (void)
{
  g_autoptr (Fixture) fixture = fixture_new (&(CapTranscriptLimits) CAP_TRANSCRIPT_LIMITS);

  take (fixture, 1, 0, "he was", TRUE);
  take (fixture, 2, 5000, "not an", FALSE);
  g_assert_cmpstr (event (fixture, 1), ==, "2? not an");
  cap_transcript_orphan (fixture->transcript);

  take (fixture, 7, 4800, "", FALSE); /* an empty text, which reserves a place at the same time */
  take (fixture, 7, 4800, "not an ill man", TRUE);
  g_assert_cmpstr (event (fixture, 2), ==, "2! not an ill man");
  take (fixture, 8, 5000, "yes", TRUE);
  g_assert_cmpstr (event (fixture, 3), ==, "3! yes");
  g_assert_cmpuint (fixture->events->len, ==, 4);
}

/* Engines restart their utterance numbers, so an orphan must not match by number. */
static void
test_orphan_has_no_number (void)
{
  g_autoptr (Fixture) fixture = fixture_new (&(CapTranscriptLimits) CAP_TRANSCRIPT_LIMITS);

  take (fixture, 1, 0, "one", FALSE);
  event (fixture, 0);
  cap_transcript_orphan (fixture->transcript);
  take (fixture, 1, 9000, "another", TRUE);
  cap_transcript_retract_orphans (fixture->transcript, 999);
  g_assert_cmpuint (fixture->events->len, ==, 1); /* The final result waits for the orphan. */
  cap_transcript_retract_orphans (fixture->transcript, 1000);
  g_assert_cmpstr (event (fixture, 1), ==, "1- ");
  g_assert_cmpstr (event (fixture, 2), ==, "2! another");
}

static void
test_orphan_stays_when_it_is_lost (void)
{
  g_autoptr (Fixture) fixture = fixture_new (&(CapTranscriptLimits) CAP_TRANSCRIPT_LIMITS);

  take (fixture, 1, 0, "one", FALSE);
  event (fixture, 0);
  cap_transcript_close_orphans (fixture->transcript, 5000);
  g_assert_cmpuint (fixture->events->len, ==, 1);
  cap_transcript_orphan (fixture->transcript);
  cap_transcript_close_orphans (fixture->transcript, 5000);
  g_assert_cmpstr (event (fixture, 1), ==, "1!incomplete one");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transcript/a partial becomes final under its id", test_partial_then_final);
  g_test_add_func ("/transcript/partials come ten times a second", test_partials_keep_their_rate);
  g_test_add_func ("/transcript/all partials share that rate", test_rate_is_the_streams);
  g_test_add_func ("/transcript/finals keep their order", test_finals_wait_for_earlier_ones);
  g_test_add_func ("/transcript/a turn without text keeps its place",
                   test_a_turn_without_text_keeps_its_place);
  g_test_add_func ("/transcript/a lost turn blocks only for a while",
                   test_one_lost_turn_blocks_for_a_while_only);
  g_test_add_func ("/transcript/text can be retracted", test_retraction);
  g_test_add_func ("/transcript/a retraction releases the next", test_retraction_releases_the_next);
  g_test_add_func ("/transcript/open segments at the end are incomplete", test_finish_makes_incomplete);
  g_test_add_func ("/transcript/late joiners get the changes they missed", test_changes_after_a_serial);
  g_test_add_func ("/transcript/history is bounded", test_history_is_bounded);
  g_test_add_func ("/transcript/text is bounded and valid", test_text_is_bounded);
  g_test_add_func ("/transcript/open segments are bounded", test_open_segments_are_bounded);
  g_test_add_func ("/transcript/a loss is a segment", test_gap);
  g_test_add_func ("/transcript/repeated speech keeps its id", test_orphan_is_adopted);
  g_test_add_func ("/transcript/an orphan without new text is retracted", test_orphan_has_no_number);
  g_test_add_func ("/transcript/an orphan whose audio is lost stays", test_orphan_stays_when_it_is_lost);
  return g_test_run ();
}
