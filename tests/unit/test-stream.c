/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "dbus/error.h"
#include "text/stream.h"
#include "tools/no-pipewire.h"
#include "tools/sound.h"

/* An engine that the test controls. It records the calls that it gets. */

#define TEST_TYPE_ENGINE (test_engine_get_type ())
G_DECLARE_FINAL_TYPE (TestEngine, test_engine, TEST, ENGINE, CapEngine)

struct _TestEngine
{
  CapEngine parent_instance;

  guint64 next;      /* position after the last frame that the engine took */
  guint64 room;      /* frames that the engine can still take */
  guint64 taken;
  guint64 jumps;     /* skipped frames */
  gboolean speaking;
  guint n_begins, n_ends;
  guint64 begun_at;
  guint n_starts;
  gboolean settles_silence;
  gboolean finish_at_once;
  gboolean finish_called;
};

G_DEFINE_FINAL_TYPE (TestEngine, test_engine, CAP_TYPE_ENGINE)

static void
test_engine_start (CapEngine *engine)
{
  TEST_ENGINE (engine)->n_starts++;
  cap_engine_set_state (engine, CAP_ENGINE_READY, NULL);
}

static gsize
test_engine_push (CapEngine *engine, guint64 position, const gint16 *samples, gsize n_frames)
{
  TestEngine *self = TEST_ENGINE (engine);
  gsize taken = MIN (n_frames, self->room);

  g_assert_cmpuint (position, >=, self->next);
  self->jumps += position - self->next;
  self->next = position + taken;
  self->taken += taken;
  self->room -= taken;
  if (self->settles_silence && !self->speaking)
    cap_engine_emit_settled (engine, position, position + taken);
  return taken;
}

static void
test_engine_speech_begins (CapEngine *engine, guint64 position)
{
  TestEngine *self = TEST_ENGINE (engine);

  g_assert_false (self->speaking);
  g_assert_cmpuint (position, >=, self->next);
  self->speaking = TRUE;
  self->begun_at = position;
  self->n_begins++;
}

static void
test_engine_speech_ends (CapEngine *engine, guint64 position, CapGateEnd why)
{
  TestEngine *self = TEST_ENGINE (engine);

  g_assert_true (self->speaking);
  g_assert_cmpuint (position, ==, self->next);
  self->speaking = FALSE;
  self->n_ends++;
}

static void
test_engine_finish (CapEngine *engine)
{
  TestEngine *self = TEST_ENGINE (engine);

  self->finish_called = TRUE;
  if (self->finish_at_once)
    cap_engine_emit_finished (engine);
}

static void
test_engine_init (TestEngine *self)
{
  self->room = G_MAXUINT64;
}

static void
test_engine_class_init (TestEngineClass *klass)
{
  CapEngineClass *engine_class = CAP_ENGINE_CLASS (klass);

  engine_class->start = test_engine_start;
  engine_class->push = test_engine_push;
  engine_class->speech_begins = test_engine_speech_begins;
  engine_class->speech_ends = test_engine_speech_ends;
  engine_class->finish = test_engine_finish;
}

/* A stream whose capture has no audio server: the test emits the sound. */
typedef struct
{
  CapCapture *capture;
  TestEngine *engine;
  CapStream *stream;
  gint64 time;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CapSource) source = cap_source_parse ("system", NULL);
  g_autoptr (CapAudioGraph) graph = cap_audio_graph_new ();

  fixture->capture = cap_capture_new (graph, source);
  fixture->engine = g_object_new (TEST_TYPE_ENGINE, "id", "test", NULL);
  fixture->stream = cap_stream_new (fixture->capture, CAP_ENGINE (fixture->engine), "system", 15, NULL);
  fixture->time = g_get_monotonic_time ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->stream);
  g_assert_finalize_object (fixture->capture);
  g_assert_finalize_object (fixture->engine);
}

/* Emits sound from the capture, 50 ms at a time. */
static void
hear (Fixture *fixture, const Sound *sound)
{
  g_autofree gint16 *pcm = sound_to_pcm (sound);
  gsize step = CAP_AUDIO_MS (50);

  for (gsize i = 0; i < sound->n; i += step)
    {
      guint n = MIN (step, sound->n - i);

      g_signal_emit_by_name (fixture->capture, "audio", fixture->time, pcm + i, n);
      fixture->time += (gint64) n * G_USEC_PER_SEC / CAP_AUDIO_RATE;
    }
}

static void
hear_voice (Fixture *fixture, guint seconds)
{
  g_autoptr (Sound) voice = sound_new_voice ((gsize) seconds * CAP_AUDIO_RATE, 7);

  hear (fixture, voice);
}

static void
hear_silence (Fixture *fixture, guint seconds)
{
  g_autoptr (Sound) silence = sound_new_silence ((gsize) seconds * CAP_AUDIO_RATE);

  hear (fixture, silence);
}

static guint
count_segments (Fixture *fixture)
{
  g_autoptr (GPtrArray) changes =
    cap_transcript_get_changes (cap_stream_get_transcript (fixture->stream), 0);

  return changes->len;
}

static void
say (Fixture *fixture, guint64 begin, guint64 end, const char *text, gboolean final)
{
  CapHypothesis hypothesis = {
    .utterance = 1,
    .begin = begin,
    .end = end,
    .text = text,
    .final = final,
    .confidence = 0.5,
  };

  cap_engine_emit_hypothesis (CAP_ENGINE (fixture->engine), &hypothesis);
}

static void
test_audio_in_order (Fixture *fixture, gconstpointer data)
{
  TestEngine *engine = fixture->engine;

  hear_silence (fixture, 1);
  g_assert_cmpuint (engine->n_begins, ==, 0);
  hear_voice (fixture, 2);
  g_assert_cmpuint (engine->n_begins, ==, 1);
  hear_silence (fixture, 2);
  g_assert_false (engine->speaking);
  g_assert_cmpuint (engine->jumps, ==, 0);
  g_assert_cmpuint (engine->taken, >, CAP_AUDIO_MS (4000));
  g_assert_cmpfloat (cap_stream_get_audio_seconds (fixture->stream), ==, 5);
}

static void
test_hungry_engine (Fixture *fixture, gconstpointer data)
{
  TestEngine *engine = fixture->engine;

  engine->room = 1000;
  hear_silence (fixture, 1);
  hear_voice (fixture, 2);
  hear_silence (fixture, 2);
  g_assert_cmpuint (engine->taken, ==, 1000);
  g_assert_cmpuint (engine->n_begins, ==, 0);

  engine->room = G_MAXUINT64;
  cap_engine_emit_hungry (CAP_ENGINE (engine));
  g_assert_cmpuint (engine->n_begins, ==, engine->n_ends);
  g_assert_cmpuint (engine->n_begins, >, 0);
  g_assert_cmpuint (engine->jumps, ==, 0);
  g_assert_cmpfloat (cap_stream_get_lost_seconds (fixture->stream), ==, 0);
}

static void
test_loss_is_told (Fixture *fixture, gconstpointer data)
{
  TestEngine *engine = fixture->engine;
  g_autoptr (GPtrArray) changes = NULL;
  const CapTranscriptSegment *gap;
  double seconds;

  hear_voice (fixture, 2);
  g_assert_true (engine->speaking);
  engine->room = 0;
  hear_voice (fixture, 20);
  engine->room = G_MAXUINT64;
  cap_engine_emit_hungry (CAP_ENGINE (engine));
  hear_voice (fixture, 4);

  g_assert_cmpuint (engine->jumps, >, 0);
  g_assert_cmpuint (engine->n_begins - engine->n_ends, ==, engine->speaking);
  /* The loss counts speech only. */
  g_assert_cmpfloat_with_epsilon (cap_stream_get_lost_seconds (fixture->stream),
                                  (double) engine->jumps / CAP_AUDIO_RATE, 0.1);
  changes = cap_transcript_get_changes (cap_stream_get_transcript (fixture->stream), 0);
  g_assert_cmpuint (changes->len, ==, 1);
  gap = g_ptr_array_index (changes, 0);
  g_assert_cmpstr (gap->text, ==, "");
  g_assert_true (gap->final);
  g_assert_true (g_variant_lookup (gap->details, "gap", "d", &seconds));
  g_assert_cmpfloat_with_epsilon (seconds, cap_stream_get_lost_seconds (fixture->stream), 1e-6);
}

static void
test_silence_is_no_loss (Fixture *fixture, gconstpointer data)
{
  fixture->engine->room = 0;
  hear_silence (fixture, 60);
  fixture->engine->room = G_MAXUINT64;
  cap_engine_emit_hungry (CAP_ENGINE (fixture->engine));
  hear_silence (fixture, 5);

  g_assert_cmpuint (fixture->engine->jumps, >, 0);
  g_assert_cmpfloat (cap_stream_get_lost_seconds (fixture->stream), ==, 0);
  g_assert_cmpuint (count_segments (fixture), ==, 0);
}

/* After an engine loses its session, the stream sends it all audio without a text again. */
static void
test_rewind (Fixture *fixture, gconstpointer data)
{
  TestEngine *engine = fixture->engine;
  guint64 first, second, silence, pushed;

  hear_silence (fixture, 1);
  hear_voice (fixture, 2);
  first = engine->begun_at;
  hear_silence (fixture, 2);
  silence = engine->next;
  hear_voice (fixture, 2);
  second = engine->begun_at;
  g_assert_cmpuint (second, >, silence);
  pushed = engine->next;
  g_assert_true (engine->speaking);

  cap_engine_emit_settled (CAP_ENGINE (engine), 0, first);
  cap_engine_emit_settled (CAP_ENGINE (engine), silence, second);
  engine->next = engine->taken = engine->jumps = engine->n_begins = engine->n_ends = 0;
  engine->speaking = FALSE;
  cap_engine_emit_rewind (CAP_ENGINE (engine), 0);

  /* The stream sends all of the first utterance, and the second one so far, but not the
   * settled audio before and between them. */
  g_assert_cmpuint (engine->next, ==, pushed);
  g_assert_cmpuint (engine->taken, ==, pushed - first - (second - silence));
  g_assert_cmpuint (engine->n_begins, ==, 2);
  g_assert_cmpuint (engine->n_ends, ==, 1);
  g_assert_cmpuint (engine->begun_at, ==, second);
  g_assert_true (engine->speaking);
}

/* An engine may settle audio while it takes it. */
static void
test_silence_is_not_given_again (Fixture *fixture, gconstpointer data)
{
  TestEngine *engine = fixture->engine;

  engine->settles_silence = TRUE;
  hear_silence (fixture, 5);
  g_assert_cmpuint (engine->taken, >, 0);
  engine->next = engine->taken = 0;
  cap_engine_emit_rewind (CAP_ENGINE (engine), 0);
  g_assert_cmpuint (engine->taken, ==, 0);
}

static void
test_rewind_into_speech (Fixture *fixture, gconstpointer data)
{
  TestEngine *engine = fixture->engine;
  guint64 middle;

  hear_silence (fixture, 1);
  hear_voice (fixture, 4);
  middle = engine->next - CAP_AUDIO_MS (1000);
  cap_engine_emit_settled (CAP_ENGINE (engine), 0, middle);
  engine->next = 0;
  engine->speaking = FALSE;
  cap_engine_emit_rewind (CAP_ENGINE (engine), middle - 5);
  g_assert_true (engine->speaking);
  g_assert_cmpuint (engine->begun_at, ==, middle);
}

/* Audio that the ledger has dropped cannot be sent again. */
static void
test_rewind_beyond_what_is_kept (Fixture *fixture, gconstpointer data)
{
  TestEngine *engine = fixture->engine;

  hear_voice (fixture, 10);
  say (fixture, 0, CAP_AUDIO_MS (2000), "hel", FALSE);
  engine->room = engine->next = 0;
  engine->speaking = FALSE;
  cap_engine_emit_rewind (CAP_ENGINE (engine), 0);
  hear_voice (fixture, 15);
  engine->room = G_MAXUINT64;
  cap_engine_emit_hungry (CAP_ENGINE (engine));

  g_assert_cmpfloat_with_epsilon (cap_stream_get_lost_seconds (fixture->stream), 10, 0.5);
  /* One segment is the gap, and the other is the text, which does not change. */
  hear_voice (fixture, 4);
  g_assert_cmpuint (count_segments (fixture), ==, 2);
}

static void
test_settled_audio_is_not_lost (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 10; i++)
    {
      hear_voice (fixture, 5);
      cap_engine_emit_settled (CAP_ENGINE (fixture->engine), 0, fixture->engine->next);
    }
  g_assert_cmpfloat (cap_stream_get_lost_seconds (fixture->stream), ==, 0);
  g_assert_cmpuint (count_segments (fixture), ==, 0);
}

static void
test_pause_of_the_source (Fixture *fixture, gconstpointer data)
{
  hear_voice (fixture, 2);
  g_assert_true (fixture->engine->speaking);
  g_signal_emit_by_name (fixture->capture, "paused");
  g_assert_false (fixture->engine->speaking);
}

/* Speech after a pause of the source cannot begin before the pause. */
static void
test_speech_after_a_pause (Fixture *fixture, gconstpointer data)
{
  hear_silence (fixture, 1);
  g_signal_emit_by_name (fixture->capture, "paused");
  fixture->time += 60 * G_USEC_PER_SEC;
  hear_voice (fixture, 2);
  g_assert_cmpuint (fixture->engine->n_begins, ==, 1);
  g_assert_cmpuint (fixture->engine->begun_at, >=, CAP_AUDIO_RATE);
}

static void
test_flush (Fixture *fixture, gconstpointer data)
{
  hear_voice (fixture, 2);
  cap_stream_flush (fixture->stream);
  g_assert_false (fixture->engine->speaking);
}

static void
test_times (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) changes = NULL;
  const CapTranscriptSegment *segment;
  const char *engine, *speaker;

  hear_silence (fixture, 1);
  fixture->time += 60 * G_USEC_PER_SEC;
  hear_voice (fixture, 2);
  say (fixture, CAP_AUDIO_MS (1500), CAP_AUDIO_MS (2500), "hello", TRUE);

  changes = cap_transcript_get_changes (cap_stream_get_transcript (fixture->stream), 0);
  segment = g_ptr_array_index (changes, 0);
  g_assert_cmpint (segment->end - segment->start, ==, G_USEC_PER_SEC);
  g_assert_cmpint (segment->start, >, 61 * G_USEC_PER_SEC);
  g_assert_true (g_variant_lookup (segment->details, "engine", "&s", &engine));
  g_assert_cmpstr (engine, ==, "test");
  g_assert_true (g_variant_lookup (segment->details, "speaker", "&s", &speaker));
  g_assert_cmpstr (speaker, ==, "system");
}

static void
test_failure_and_retry (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = g_error_new (CAP_ERROR, CAP_ERROR_NOT_CONFIGURED, "no model");

  cap_engine_set_state (CAP_ENGINE (fixture->engine), CAP_ENGINE_FAILED, error);
  g_assert_cmpstr (cap_stream_get_state_name (fixture->stream), ==, "failed");
  g_assert_error (cap_stream_get_reason (fixture->stream), CAP_ERROR, CAP_ERROR_NOT_CONFIGURED);
  g_assert_cmpint (cap_capture_get_state (fixture->capture), ==, CAP_CAPTURE_STOPPED);

  cap_stream_retry (fixture->stream);
  g_assert_cmpuint (fixture->engine->n_starts, ==, 2);
  g_assert_cmpint (cap_capture_get_state (fixture->capture), !=, CAP_CAPTURE_STOPPED);
  cap_stream_retry (fixture->stream);
  g_assert_cmpuint (fixture->engine->n_starts, ==, 2);
}

static void
test_pausing (Fixture *fixture, gconstpointer data)
{
  hear_voice (fixture, 2);
  cap_stream_set_paused (fixture->stream, TRUE);
  g_assert_false (fixture->engine->speaking);
  g_assert_cmpstr (cap_stream_get_state_name (fixture->stream), ==, "paused");
  g_assert_cmpint (cap_capture_get_state (fixture->capture), ==, CAP_CAPTURE_STOPPED);
  cap_stream_set_paused (fixture->stream, FALSE);
  g_assert_cmpint (cap_capture_get_state (fixture->capture), !=, CAP_CAPTURE_STOPPED);
}

static void
count (guint *n)
{
  (*n)++;
}

static void
assert_waits_for (Fixture *fixture, int code)
{
  g_assert_cmpstr (cap_stream_get_state_name (fixture->stream), ==, "waiting");
  g_assert_true (g_error_matches (cap_stream_get_reason (fixture->stream), CAP_ERROR, code));
  g_assert_cmpint (cap_capture_get_state (fixture->capture), ==, CAP_CAPTURE_STOPPED);
}

static void
test_holding (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) locked = g_error_new_literal (CAP_ERROR, CAP_ERROR_POLICY_REFUSED, "Locked.");
  g_autoptr (GError) asleep = g_error_new_literal (CAP_ERROR, CAP_ERROR_AUDIO_UNAVAILABLE, "Asleep.");
  guint n_changes = 0;

  hear_voice (fixture, 2);
  g_signal_connect_swapped (fixture->stream, "changed", G_CALLBACK (count), &n_changes);
  cap_stream_set_blocked (fixture->stream, locked);
  g_assert_false (fixture->engine->speaking);
  assert_waits_for (fixture, CAP_ERROR_POLICY_REFUSED);
  g_assert_cmpuint (n_changes, >, 0);
  n_changes = 0;
  cap_stream_set_blocked (fixture->stream, locked);
  g_assert_cmpuint (n_changes, ==, 0);
  cap_stream_set_blocked (fixture->stream, asleep);
  assert_waits_for (fixture, CAP_ERROR_AUDIO_UNAVAILABLE);
  g_assert_cmpuint (n_changes, ==, 1);
  g_signal_handlers_disconnect_by_data (fixture->stream, &n_changes);

  cap_stream_set_blocked (fixture->stream, NULL);
  g_assert_cmpint (cap_capture_get_state (fixture->capture), !=, CAP_CAPTURE_STOPPED);
  g_assert_true (cap_stream_get_reason (fixture->stream) == cap_capture_get_reason (fixture->capture));
}

static void
test_what_comes_before_holding (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) locked = g_error_new_literal (CAP_ERROR, CAP_ERROR_POLICY_REFUSED, "Locked.");
  g_autoptr (GError) lost = g_error_new_literal (CAP_ERROR, CAP_ERROR_CONNECTION_LOST, "Lost.");

  cap_stream_set_blocked (fixture->stream, locked);
  cap_stream_set_paused (fixture->stream, TRUE);
  g_assert_cmpstr (cap_stream_get_state_name (fixture->stream), ==, "paused");
  g_assert_null (cap_stream_get_reason (fixture->stream));
  cap_stream_set_paused (fixture->stream, FALSE);
  assert_waits_for (fixture, CAP_ERROR_POLICY_REFUSED);

  cap_engine_set_state (CAP_ENGINE (fixture->engine), CAP_ENGINE_RECONNECTING, lost);
  assert_waits_for (fixture, CAP_ERROR_POLICY_REFUSED);
  cap_engine_set_state (CAP_ENGINE (fixture->engine), CAP_ENGINE_FAILED, lost);
  g_assert_cmpstr (cap_stream_get_state_name (fixture->stream), ==, "failed");
  g_assert_true (g_error_matches (cap_stream_get_reason (fixture->stream), CAP_ERROR,
                                  CAP_ERROR_CONNECTION_LOST));
}

static void
test_held_from_the_start (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) locked = g_error_new_literal (CAP_ERROR, CAP_ERROR_POLICY_REFUSED, "Locked.");
  g_autoptr (GError) pending = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_PENDING, "Who knows.");
  guint n_changes = 0;

  g_assert_finalize_object (fixture->stream);
  cap_capture_stop (fixture->capture);
  g_signal_connect_swapped (fixture->capture, "changed", G_CALLBACK (count), &n_changes);
  fixture->stream = cap_stream_new (fixture->capture, CAP_ENGINE (fixture->engine), "system", 15, locked);
  assert_waits_for (fixture, CAP_ERROR_POLICY_REFUSED);
  g_assert_cmpuint (n_changes, ==, 0);
  g_signal_handlers_disconnect_by_data (fixture->capture, &n_changes);
  cap_stream_set_blocked (fixture->stream, pending);
  g_assert_cmpstr (cap_stream_get_state_name (fixture->stream), ==, "starting");
  g_assert_null (cap_stream_get_reason (fixture->stream));
  cap_stream_set_blocked (fixture->stream, NULL);
  g_assert_cmpint (cap_capture_get_state (fixture->capture), !=, CAP_CAPTURE_STOPPED);
}

static void
test_closing_waits_for_text (Fixture *fixture, gconstpointer data)
{
  fixture->engine->room = 0;
  hear_voice (fixture, 2);
  cap_stream_close (fixture->stream, 5000);
  g_assert_false (fixture->engine->finish_called);
  fixture->engine->room = G_MAXUINT64;
  cap_engine_emit_hungry (CAP_ENGINE (fixture->engine));
  g_assert_true (fixture->engine->finish_called);
  g_assert_cmpint (cap_stream_get_state (fixture->stream), !=, CAP_STREAM_CLOSED);
  say (fixture, 0, 100, "hello", TRUE);
  cap_engine_emit_finished (CAP_ENGINE (fixture->engine));
  g_assert_cmpint (cap_stream_get_state (fixture->stream), ==, CAP_STREAM_CLOSED);
}

static void
test_closing_does_not_wait_long (Fixture *fixture, gconstpointer data)
{
  hear_voice (fixture, 2);
  say (fixture, 0, 100, "hel", FALSE);
  cap_stream_close (fixture->stream, 50);
  while (cap_stream_get_state (fixture->stream) != CAP_STREAM_CLOSED)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (count_segments (fixture), ==, 1);
}

static void
test_closing_at_once (Fixture *fixture, gconstpointer data)
{
  say (fixture, 0, 100, "hel", FALSE);
  cap_stream_close (fixture->stream, 0);
  g_assert_cmpint (cap_stream_get_state (fixture->stream), ==, CAP_STREAM_CLOSED);
  g_assert_cmpint (cap_capture_get_state (fixture->capture), ==, CAP_CAPTURE_STOPPED);
}

static void
add (const char *path, void (*test) (Fixture *fixture, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  no_pipewire ();
  g_test_init (&argc, &argv, NULL);
  add ("/stream/audio and marks come in order", test_audio_in_order);
  add ("/stream/a slow engine loses nothing", test_hungry_engine);
  add ("/stream/a loss is signalled once and ends the utterance", test_loss_is_told);
  add ("/stream/dropped silence does not count as lost", test_silence_is_no_loss);
  add ("/stream/an engine gets lost audio again, once", test_rewind);
  add ("/stream/settled silence is not sent again", test_silence_is_not_given_again);
  add ("/stream/a rewind into speech begins an utterance", test_rewind_into_speech);
  add ("/stream/a rewind beyond the ledger is a loss", test_rewind_beyond_what_is_kept);
  add ("/stream/settled audio makes room", test_settled_audio_is_not_lost);
  add ("/stream/a pause of the source ends the utterance", test_pause_of_the_source);
  add ("/stream/speech does not reach back over a pause", test_speech_after_a_pause);
  add ("/stream/flush ends the utterance", test_flush);
  add ("/stream/times are those of the capture", test_times);
  add ("/stream/a failure stops the capture until retried", test_failure_and_retry);
  add ("/stream/pausing stops the capture", test_pausing);
  add ("/stream/holding stops the capture and gives the reason", test_holding);
  add ("/stream/pauses and failures come before holding", test_what_comes_before_holding);
  add ("/stream/a stream held from the start captures nothing", test_held_from_the_start);
  add ("/stream/closing waits for text", test_closing_waits_for_text);
  add ("/stream/closing does not wait long", test_closing_does_not_wait_long);
  add ("/stream/closing can be immediate", test_closing_at_once);
  return g_test_run ();
}
