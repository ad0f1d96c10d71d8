/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "base/spans.h"
#include "dbus/error.h"
#include "engines/engine-fallback.h"
#include "text/stream.h"
#include "tools/no-pipewire.h"
#include "tools/sound.h"

#define PATIENCE_MS 30
#define LONGEST (60 * CAP_AUDIO_RATE)

/* An engine that the test controls. It counts the positions that have a text. */

#define TEST_TYPE_ENGINE (test_engine_get_type ())
G_DECLARE_FINAL_TYPE (TestEngine, test_engine, TEST, ENGINE, CapEngine)

struct _TestEngine
{
  CapEngine parent_instance;

  CapSpans *owed;
  guint8 *answered;  /* how often each position had a text; shared by all engines */
  guint64 next;
  gboolean speaking;
  guint64 utterance;
  guint n_starts, n_rests, n_finishes;
  gboolean fails;    /* start() fails */
};

G_DEFINE_FINAL_TYPE (TestEngine, test_engine, CAP_TYPE_ENGINE)

static void
test_engine_start (CapEngine *engine)
{
  g_autoptr (GError) error = g_error_new (CAP_ERROR, CAP_ERROR_NOT_CONFIGURED, "no model");
  gboolean fails = TEST_ENGINE (engine)->fails;

  TEST_ENGINE (engine)->n_starts++;
  TEST_ENGINE (engine)->next = 0;
  cap_spans_remove (TEST_ENGINE (engine)->owed, 0, G_MAXUINT64);
  cap_engine_set_state (engine, fails ? CAP_ENGINE_FAILED : CAP_ENGINE_READY, fails ? error : NULL);
}

static gsize
test_engine_push (CapEngine *engine, guint64 position, const gint16 *samples, gsize n_frames)
{
  TestEngine *self = TEST_ENGINE (engine);

  g_assert_cmpuint (position, >=, self->next);
  g_assert_cmpuint (self->n_finishes, ==, 0);
  self->next = position + n_frames;
  cap_spans_add (self->owed, position, self->next);
  cap_engine_add_sent (engine, n_frames);
  return n_frames;
}

static void
test_engine_speech_begins (CapEngine *engine, guint64 position)
{
  g_assert_false (TEST_ENGINE (engine)->speaking);
  g_assert_cmpuint (position, >=, TEST_ENGINE (engine)->next);
  TEST_ENGINE (engine)->speaking = TRUE;
}

static void
test_engine_speech_ends (CapEngine *engine, guint64 position, CapGateEnd why)
{
  g_assert_true (TEST_ENGINE (engine)->speaking);
  TEST_ENGINE (engine)->speaking = FALSE;
}

static void
test_engine_finish (CapEngine *engine)
{
  TEST_ENGINE (engine)->n_finishes++;
}

static void
test_engine_rest (CapEngine *engine)
{
  TEST_ENGINE (engine)->n_rests++;
}

static void
test_engine_finalize (GObject *object)
{
  cap_spans_free (TEST_ENGINE (object)->owed);
  G_OBJECT_CLASS (test_engine_parent_class)->finalize (object);
}

static void
test_engine_init (TestEngine *self)
{
  self->owed = cap_spans_new ();
}

static void
test_engine_class_init (TestEngineClass *klass)
{
  CapEngineClass *engine_class = CAP_ENGINE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = test_engine_finalize;
  engine_class->start = test_engine_start;
  engine_class->push = test_engine_push;
  engine_class->speech_begins = test_engine_speech_begins;
  engine_class->speech_ends = test_engine_speech_ends;
  engine_class->finish = test_engine_finish;
  engine_class->rest = test_engine_rest;
}

static void
say (TestEngine *self, guint64 begin, guint64 end, gboolean final)
{
  CapHypothesis hypothesis = {
    .utterance = self->utterance + 1,
    .begin = begin,
    .end = end,
    .text = "text",
    .final = final,
    .confidence = 0.5,
  };

  if (final)
    self->utterance++;
  cap_engine_emit_hypothesis (CAP_ENGINE (self), &hypothesis);
}

/* Emits the text of all audio that the engine took. */
static void
answer (TestEngine *self)
{
  guint64 begin, end;

  while (cap_spans_peek (self->owed, &begin, &end))
    {
      cap_spans_remove (self->owed, begin, end);
      say (self, begin, end, TRUE);
      cap_engine_emit_settled (CAP_ENGINE (self), begin, end);
      for (guint64 i = begin; i < end; i++)
        self->answered[i]++;
    }
}

static void
lose (TestEngine *self, CapEngineState state, int code)
{
  g_autoptr (GError) error = g_error_new (CAP_ERROR, code, "lost");

  cap_engine_set_state (CAP_ENGINE (self), state, error);
}

/* The engine lost its session and all audio without a text; it is ready again. */
static void
come_back (TestEngine *self)
{
  guint64 begin, end, first = self->next;

  if (cap_spans_peek (self->owed, &begin, &end))
    first = begin;
  cap_spans_remove (self->owed, 0, G_MAXUINT64);
  self->next = 0;
  self->speaking = FALSE;
  cap_engine_emit_rewind (CAP_ENGINE (self), first);
  cap_engine_set_state (CAP_ENGINE (self), CAP_ENGINE_READY, NULL);
}

/* A stream whose capture has no audio server: the test emits the audio. */
typedef struct
{
  CapCapture *capture;
  TestEngine *primary;
  TestEngine *fallback; /* the newest; NULL after it was dropped */
  CapEngine *engine;
  CapStream *stream;
  guint8 *answered;
  GHashTable *finals; /* utterances that have a final text */
  gboolean fallback_fails;
  guint n_made;
  guint n_finished;
  gint64 time;
} Fixture;

static CapEngine *
make (gpointer data)
{
  Fixture *fixture = data;

  fixture->n_made++;
  fixture->fallback = g_object_new (TEST_TYPE_ENGINE, "id", "local", NULL);
  fixture->fallback->answered = fixture->answered;
  fixture->fallback->fails = fixture->fallback_fails;
  g_object_add_weak_pointer (G_OBJECT (fixture->fallback), (gpointer *) &fixture->fallback);
  return CAP_ENGINE (fixture->fallback);
}

/* No two utterances have the same number, whichever engine emits them. */
static void
on_hypothesis (Fixture *fixture, const CapHypothesis *hypothesis)
{
  g_assert_nonnull (hypothesis->engine);
  if (hypothesis->final)
    g_assert_true (g_hash_table_add (fixture->finals, g_memdup2 (&hypothesis->utterance, sizeof (guint64))));
}

static void
on_finished (Fixture *fixture)
{
  fixture->n_finished++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CapSource) source = cap_source_parse ("system", NULL);
  g_autoptr (CapAudioGraph) graph = cap_audio_graph_new ();

  fixture->answered = g_new0 (guint8, LONGEST);
  fixture->capture = cap_capture_new (graph, source);
  fixture->primary = g_object_new (TEST_TYPE_ENGINE, "id", "cloud", NULL);
  fixture->primary->answered = fixture->answered;
  cap_engine_set_remote_host (CAP_ENGINE (fixture->primary), "cloud.example");
  fixture->engine = cap_engine_fallback_new (CAP_ENGINE (fixture->primary), make, fixture, NULL, PATIENCE_MS);
  fixture->finals = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_signal_connect_swapped (fixture->engine, "hypothesis", G_CALLBACK (on_hypothesis), fixture);
  g_signal_connect_swapped (fixture->engine, "finished", G_CALLBACK (on_finished), fixture);
  fixture->stream = cap_stream_new (fixture->capture, fixture->engine, "system", 60, NULL);
  fixture->time = g_get_monotonic_time ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->stream);
  g_assert_finalize_object (fixture->capture);
  g_assert_finalize_object (fixture->engine);
  g_assert_null (fixture->fallback);
  g_assert_finalize_object (fixture->primary);
  g_hash_table_unref (fixture->finals);
  g_free (fixture->answered);
}

static void
hear (Fixture *fixture, Sound *sound)
{
  g_autofree gint16 *pcm = sound_to_pcm (sound);
  gsize step = CAP_AUDIO_MS (50);

  for (gsize i = 0; i < sound->n; i += step)
    {
      guint n = MIN (step, sound->n - i);

      g_signal_emit_by_name (fixture->capture, "audio", fixture->time, pcm + i, n);
      fixture->time += (gint64) n * G_USEC_PER_SEC / CAP_AUDIO_RATE;
    }
  sound_free (sound);
}

static void
hear_voice (Fixture *fixture, guint seconds)
{
  hear (fixture, sound_new_voice ((gsize) seconds * CAP_AUDIO_RATE, 7));
}

static void
hear_silence (Fixture *fixture, guint seconds)
{
  hear (fixture, sound_new_silence ((gsize) seconds * CAP_AUDIO_RATE));
}

static void
iterate (void)
{
  g_main_context_iteration (NULL, TRUE);
}

static void
wait_for_fallback (Fixture *fixture)
{
  while (fixture->fallback == NULL)
    iterate ();
}

static void
wait_ms (guint ms)
{
  gint64 end = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

/* The fallback emits its last text and finishes. */
static void
let_it_leave (Fixture *fixture)
{
  g_assert_cmpuint (fixture->fallback->n_finishes, ==, 1);
  answer (fixture->fallback);
  cap_engine_emit_finished (CAP_ENGINE (fixture->fallback));
  while (fixture->fallback != NULL)
    iterate ();
}

/* Every position up to @end had exactly one text. */
static void
assert_all_heard_once (Fixture *fixture, guint64 end)
{
  for (guint64 i = 0; i < end; i++)
    if (fixture->answered[i] != 1)
      g_error ("position %" G_GUINT64_FORMAT " had %u texts", i, fixture->answered[i]);
  g_assert_cmpfloat (cap_stream_get_lost_seconds (fixture->stream), ==, 0);
}

/* Loses the primary in the middle of speech, and waits for the fallback. */
static void
lose_in_speech (Fixture *fixture)
{
  hear_silence (fixture, 1);
  hear_voice (fixture, 2);
  lose (fixture->primary, CAP_ENGINE_RECONNECTING, CAP_ERROR_CONNECTION_LOST);
  hear_voice (fixture, 1);
  wait_for_fallback (fixture);
}

static void
assert_engine_of (Fixture *fixture, guint segment, const char *id)
{
  g_autoptr (GPtrArray) changes = cap_transcript_get_changes (cap_stream_get_transcript (fixture->stream), 0);
  const CapTranscriptSegment *found = g_ptr_array_index (changes, segment);
  const char *engine;

  g_assert_true (g_variant_lookup (found->details, "engine", "&s", &engine));
  g_assert_cmpstr (engine, ==, id);
}

static guint
count_segments (Fixture *fixture)
{
  g_autoptr (GPtrArray) changes = cap_transcript_get_changes (cap_stream_get_transcript (fixture->stream), 0);

  return changes->len;
}

static void
test_passes_through (Fixture *fixture, gconstpointer data)
{
  hear_silence (fixture, 1);
  hear_voice (fixture, 2);
  hear_silence (fixture, 2);
  g_assert_cmpstr (cap_engine_get_id (fixture->engine), ==, "cloud");
  g_assert_cmpstr (cap_engine_get_remote_host (fixture->engine), ==, "cloud.example");
  answer (fixture->primary);
  cap_engine_add_billed (CAP_ENGINE (fixture->primary), 7);
  cap_engine_count_reconnect (CAP_ENGINE (fixture->primary));
  lose (fixture->primary, CAP_ENGINE_RECONNECTING, CAP_ERROR_CONNECTION_LOST);
  g_assert_cmpstr (cap_stream_get_state_name (fixture->stream), ==, "reconnecting");
  g_assert_error (cap_engine_get_failure (fixture->engine), CAP_ERROR, CAP_ERROR_CONNECTION_LOST);
  come_back (fixture->primary);
  cap_engine_add_billed (CAP_ENGINE (fixture->primary), 1);
  cap_engine_rest (fixture->engine);
  hear_silence (fixture, 1);
  g_assert_cmpuint (fixture->primary->n_rests, ==, 1);
  g_assert_cmpfloat (cap_engine_get_billed_seconds (fixture->engine), ==, 8);
  g_assert_cmpfloat (cap_engine_get_sent_seconds (fixture->engine), ==,
                     cap_engine_get_sent_seconds (CAP_ENGINE (fixture->primary)));
  g_assert_cmpuint (cap_engine_get_reconnects (fixture->engine), ==, 1);
  answer (fixture->primary);
  assert_all_heard_once (fixture, fixture->primary->next);
  g_assert_cmpuint (fixture->n_made, ==, 0);
}

static void
test_there_and_back (Fixture *fixture, gconstpointer data)
{
  guint64 end, second;

  hear_silence (fixture, 1);
  hear_voice (fixture, 2);
  hear_silence (fixture, 2);
  answer (fixture->primary);
  second = fixture->primary->next;
  hear_voice (fixture, 2);
  say (fixture->primary, second, fixture->primary->next, FALSE);
  g_assert_cmpuint (count_segments (fixture), ==, 2);
  lose (fixture->primary, CAP_ENGINE_RECONNECTING, CAP_ERROR_CONNECTION_LOST);
  wait_for_fallback (fixture);

  g_assert_cmpstr (cap_engine_get_remote_host (fixture->engine), ==, "");
  g_assert_cmpint (cap_engine_get_state (fixture->engine), ==, CAP_ENGINE_READY);
  g_assert_true (fixture->fallback->speaking);
  come_back (fixture->primary);
  hear_voice (fixture, 1);
  g_assert_cmpuint (fixture->fallback->n_finishes, ==, 0);
  g_assert_cmpuint (fixture->primary->next, ==, 0);

  /* A pause: speech after it waits for the last text of the fallback. */
  hear_silence (fixture, 2);
  hear_voice (fixture, 1);
  end = fixture->fallback->next;
  g_assert_cmpuint (fixture->primary->next, ==, 0);
  let_it_leave (fixture);
  g_assert_cmpuint (fixture->primary->next, >, end);
  g_assert_true (fixture->primary->speaking);
  g_assert_cmpstr (cap_engine_get_remote_host (fixture->engine), ==, "cloud.example");
  answer (fixture->primary);
  assert_all_heard_once (fixture, fixture->primary->next);

  g_assert_cmpuint (count_segments (fixture), ==, 3);
  assert_engine_of (fixture, 0, "cloud");
  assert_engine_of (fixture, 1, "local"); /* the segment that the primary began */
  assert_engine_of (fixture, 2, "cloud");
}

static void
test_back_at_once_when_nobody_speaks (Fixture *fixture, gconstpointer data)
{
  lose_in_speech (fixture);
  hear_silence (fixture, 2);
  g_assert_cmpuint (fixture->fallback->n_finishes, ==, 0);
  come_back (fixture->primary);
  let_it_leave (fixture);
  hear_voice (fixture, 1);
  answer (fixture->primary);
  assert_all_heard_once (fixture, fixture->primary->next);
}

static void
test_back_before_the_patience (Fixture *fixture, gconstpointer data)
{
  hear_voice (fixture, 2);
  lose (fixture->primary, CAP_ENGINE_RECONNECTING, CAP_ERROR_CONNECTION_LOST);
  hear_voice (fixture, 1);
  come_back (fixture->primary);
  wait_ms (2 * PATIENCE_MS);
  g_assert_cmpuint (fixture->n_made, ==, 0);
  answer (fixture->primary);
  assert_all_heard_once (fixture, fixture->primary->next);
}

static void
test_lost_again (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 3; i++)
    {
      lose_in_speech (fixture);
      come_back (fixture->primary);
      hear_silence (fixture, 2);
      let_it_leave (fixture);
      g_assert_cmpuint (fixture->n_made, ==, i + 1);
    }
  answer (fixture->primary);
  assert_all_heard_once (fixture, fixture->primary->next);
}

/* The primary is lost again while the fallback finishes its last text. */
static void
test_lost_while_it_leaves (Fixture *fixture, gconstpointer data)
{
  lose_in_speech (fixture);
  come_back (fixture->primary);
  hear_silence (fixture, 2);
  lose (fixture->primary, CAP_ENGINE_RECONNECTING, CAP_ERROR_CONNECTION_LOST);
  let_it_leave (fixture);
  g_assert_cmpint (cap_engine_get_state (fixture->engine), ==, CAP_ENGINE_RECONNECTING);
  hear_voice (fixture, 1);
  wait_for_fallback (fixture);
  answer (fixture->fallback);
  assert_all_heard_once (fixture, fixture->fallback->next);
}

static void
test_fallback_fails (Fixture *fixture, gconstpointer data)
{
  fixture->fallback_fails = TRUE;
  lose_in_speech (fixture);
  while (fixture->fallback != NULL)
    iterate ();
  g_assert_error (cap_engine_get_failure (fixture->engine), CAP_ERROR, CAP_ERROR_CONNECTION_LOST);
  wait_ms (2 * PATIENCE_MS);
  g_assert_cmpuint (fixture->n_made, ==, 1);
  come_back (fixture->primary);
  answer (fixture->primary);
  assert_all_heard_once (fixture, fixture->primary->next);
}

static void
test_fallback_fails_late (Fixture *fixture, gconstpointer data)
{
  lose_in_speech (fixture);
  come_back (fixture->primary);
  if (data != NULL)
    hear_silence (fixture, 2);
  lose (fixture->fallback, CAP_ENGINE_FAILED, CAP_ERROR_NOT_CONFIGURED);
  while (fixture->fallback != NULL)
    iterate ();
  hear_voice (fixture, 1);
  answer (fixture->primary);
  assert_all_heard_once (fixture, fixture->primary->next);
}

static void
test_failures (Fixture *fixture, gconstpointer data)
{
  hear_voice (fixture, 1);
  lose (fixture->primary, CAP_ENGINE_FAILED, CAP_ERROR_BUDGET_EXHAUSTED);
  g_assert_cmpstr (cap_stream_get_state_name (fixture->stream), ==, "reconnecting");
  wait_for_fallback (fixture);
  answer (fixture->fallback);
  assert_all_heard_once (fixture, fixture->fallback->next);
}

static void
test_never_ready (void)
{
  Fixture fixture = { 0 };
  g_autoptr (CapEngine) primary = g_object_new (TEST_TYPE_ENGINE, "id", "cloud", NULL);
  g_autoptr (CapEngine) engine = cap_engine_fallback_new (primary, make, &fixture, NULL, PATIENCE_MS);

  TEST_ENGINE (primary)->fails = TRUE;
  cap_engine_start (engine);
  g_assert_cmpint (cap_engine_get_state (engine), ==, CAP_ENGINE_FAILED);
  cap_engine_set_state (primary, CAP_ENGINE_STOPPED, NULL);
  wait_ms (2 * PATIENCE_MS);
  g_assert_cmpuint (fixture.n_made, ==, 0);

  cap_engine_set_state (primary, CAP_ENGINE_STARTING, NULL);
  wait_for_fallback (&fixture);
  g_clear_object (&engine);
  g_assert_null (fixture.fallback);
}

static void
test_retry (Fixture *fixture, gconstpointer data)
{
  fixture->fallback_fails = TRUE;
  hear_voice (fixture, 1);
  lose (fixture->primary, CAP_ENGINE_FAILED, CAP_ERROR_AUTHENTICATION_FAILED);
  while (cap_engine_get_state (fixture->engine) != CAP_ENGINE_FAILED)
    iterate ();
  cap_stream_retry (fixture->stream);
  g_assert_cmpuint (fixture->primary->n_starts, ==, 2);
  g_assert_cmpint (cap_engine_get_state (fixture->engine), ==, CAP_ENGINE_READY);
}

/* @data: 0 for the primary, 1 for the fallback, 2 for a fallback that leaves. */
static void
test_finish (Fixture *fixture, gconstpointer data)
{
  guint phase = GPOINTER_TO_UINT (data);
  TestEngine *last = fixture->primary;
  guint64 end;

  if (phase == 0)
    hear_voice (fixture, 2);
  else
    {
      lose_in_speech (fixture);
      last = fixture->fallback;
    }
  if (phase == 2)
    {
      come_back (fixture->primary);
      cap_stream_flush (fixture->stream);
    }
  cap_stream_close (fixture->stream, 5000);
  g_assert_cmpuint (last->n_finishes, ==, 1);
  end = last->next;
  answer (last);
  cap_engine_emit_finished (CAP_ENGINE (last));
  while (cap_stream_get_state (fixture->stream) != CAP_STREAM_CLOSED)
    iterate ();
  g_assert_cmpuint (fixture->n_finished, ==, 1);
  assert_all_heard_once (fixture, end);
}

static void
test_disposal (Fixture *fixture, gconstpointer data)
{
  guint phase = GPOINTER_TO_UINT (data);

  hear_voice (fixture, 1);
  lose (fixture->primary, CAP_ENGINE_RECONNECTING, CAP_ERROR_CONNECTION_LOST);
  if (phase > 0)
    wait_for_fallback (fixture);
  if (phase > 1)
    {
      come_back (fixture->primary);
      cap_stream_flush (fixture->stream);
      g_assert_cmpuint (fixture->fallback->n_finishes, ==, 1);
    }
}

static void
add (const char *path, void (*test) (Fixture *fixture, gconstpointer data), guint data)
{
  g_test_add (path, Fixture, GUINT_TO_POINTER (data), set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  no_pipewire ();
  g_test_init (&argc, &argv, NULL);
  add ("/fallback/the primary's signals pass through", test_passes_through, 0);
  add ("/fallback/switches to the fallback, and back at a pause", test_there_and_back, 0);
  add ("/fallback/switches back at once in silence", test_back_at_once_when_nobody_speaks, 0);
  add ("/fallback/the primary returns before the timeout", test_back_before_the_patience, 0);
  add ("/fallback/the primary is lost again", test_lost_again, 0);
  add ("/fallback/the primary is lost while the fallback finishes", test_lost_while_it_leaves, 0);
  add ("/fallback/the fallback fails too", test_fallback_fails, 0);
  add ("/fallback/the fallback fails during speech", test_fallback_fails_late, 0);
  add ("/fallback/the fallback fails while it finishes", test_fallback_fails_late, 1);
  add ("/fallback/a temporary failure", test_failures, 0);
  g_test_add_func ("/fallback/a failure that the user must fix", test_never_ready);
  add ("/fallback/retry", test_retry, 0);
  add ("/fallback/finish with the primary", test_finish, 0);
  add ("/fallback/finish with the fallback", test_finish, 1);
  add ("/fallback/finish while the fallback finishes", test_finish, 2);
  add ("/fallback/disposal while waiting", test_disposal, 0);
  add ("/fallback/disposal with the fallback", test_disposal, 1);
  add ("/fallback/disposal while the fallback finishes", test_disposal, 2);
  return g_test_run ();
}
