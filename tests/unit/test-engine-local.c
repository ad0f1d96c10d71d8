/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "dbus/error.h"
#include "local/engine-local-private.h"
#include "local/recognisers.h"
#include "tools/feed.h"

#include <stdio.h>
#include <string.h>

#define LIBRIVOX "/usr/share/pocketsphinx/test/data/librivox"
#define CHUNK CAP_AUDIO_MS (100)

/* Seconds until a wait fails. */
#define PATIENCE 300

/* Microseconds. A call that decodes, loads or joins a thread takes longer. */
#define AT_ONCE (G_USEC_PER_SEC / 5)

/* Microseconds, minus the time that this thread waited for a processor. The test measures
 * the calls, and not the load of the machine. */
static gint64
read_clock (void)
{
  g_autofree char *schedule = NULL;
  guint64 waited = 0;

  if (g_file_get_contents ("/proc/thread-self/schedstat", &schedule, NULL, NULL))
    sscanf (schedule, "%*u %" G_GUINT64_FORMAT, &waited);
  return g_get_monotonic_time () - (gint64) (waited / 1000);
}

/* signals of an engine */

typedef struct
{
  CapEngine *engine;
  GPtrArray *finals;      /* char * */
  guint n_partials, n_hungry, n_finished;
  guint64 finished_utterance, last_end, settled;
} Record;

static void
on_hypothesis (CapEngine *engine, const CapHypothesis *hypothesis, Record *record)
{
  g_assert_cmpuint (hypothesis->utterance, >, record->finished_utterance);
  g_assert_cmpuint (hypothesis->begin, >=, record->settled);
  g_assert_cmpuint (hypothesis->begin, >=, record->last_end);
  g_assert_cmpuint (hypothesis->begin, <=, hypothesis->end);
  g_assert_cmpstr (hypothesis->language, ==, "en-US");
  g_assert_cmpfloat (hypothesis->confidence, <=, 1);
  g_assert_null (strpbrk (hypothesis->text, "<>[]()+"));

  if (!hypothesis->final)
    {
      g_assert_cmpfloat (hypothesis->confidence, <, 0);
      record->n_partials++;
      return;
    }

  record->finished_utterance = hypothesis->utterance;
  record->last_end = hypothesis->end;
  if (hypothesis->text[0] != '\0')
    g_ptr_array_add (record->finals, g_strdup (hypothesis->text));
}

static void
on_settled (CapEngine *engine, guint64 begin, guint64 position, Record *record)
{
  g_assert_cmpuint (position, >, record->settled);
  record->settled = position;
}

static void
on_hungry (CapEngine *engine, Record *record)
{
  record->n_hungry++;
}

static void
on_finished (CapEngine *engine, Record *record)
{
  record->n_finished++;
}

/* PocketSphinx with another model than that of its package. */
static GPtrArray *
find_candidates (const char *model_dir)
{
  g_autoptr (CapRecognisers) recognisers = cap_recognisers_new (NULL);
  GPtrArray *candidates = cap_recognisers_find (recognisers, "pocketsphinx", "en");

  g_assert_cmpuint (candidates->len, >=, 1);
  ((CapCandidate *) candidates->pdata[0])->folder = g_strdup (model_dir);
  return candidates;
}

static Record *
record_new (const char *model_dir)
{
  Record *record = g_new0 (Record, 1);
  g_autoptr (GPtrArray) candidates = find_candidates (model_dir);
  g_autoptr (CapHosts) hosts = cap_hosts_new ();

  record->finals = g_ptr_array_new_with_free_func (g_free);
  record->engine = cap_engine_local_new ("local", hosts, candidates, 2);
  g_signal_connect (record->engine, "hypothesis", G_CALLBACK (on_hypothesis), record);
  g_signal_connect (record->engine, "settled", G_CALLBACK (on_settled), record);
  g_signal_connect (record->engine, "hungry", G_CALLBACK (on_hungry), record);
  g_signal_connect (record->engine, "finished", G_CALLBACK (on_finished), record);

  return record;
}

/* Disposal must return at once, whatever the engine is doing. */
static void
record_free (Record *record)
{
  gint64 before = read_clock ();

  g_assert_finalize_object (record->engine);
  g_assert_cmpint (read_clock () - before, <, AT_ONCE);
  g_ptr_array_unref (record->finals);
  g_free (record);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Record, record_free)

static char *
record_join (Record *record)
{
  g_ptr_array_add (record->finals, NULL);
  g_autofree char *text = g_strjoinv (" ", (char **) record->finals->pdata);
  g_ptr_array_set_size (record->finals, record->finals->len - 1);

  return g_steal_pointer (&text);
}

/* helpers */

static gboolean
has_model (void)
{
  if (g_file_test (LIBRIVOX, G_FILE_TEST_IS_DIR))
    return TRUE;

  g_test_skip ("pocketsphinx-testdata is not installed");
  return FALSE;
}

static GArray *
load (const char *number)
{
  g_autofree char *path = g_strdup_printf (LIBRIVOX "/sense_and_sensibility_01_austen_64kb-%s.wav", number);
  g_autoptr (GError) error = NULL;
  GArray *sound = feed_load (path, &error);

  g_assert_no_error (error);
  return sound;
}

static const gint16 *
samples_at (GArray *sound, guint64 position)
{
  return &g_array_index (sound, gint16, position);
}

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Runs the context until *@counter is not zero. */
static void
wait_for (const guint *counter)
{
  guint tick = g_timeout_add (100, on_tick, NULL);
  gint64 deadline = g_get_monotonic_time () + PATIENCE * G_USEC_PER_SEC;

  while (*counter == 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (tick);
}

/* Pushes [*@position, @end) and waits for room as needed. No call may take long. */
static void
push_all (Record *record, GArray *sound, guint64 *position, guint64 end)
{
  while (*position < end)
    {
      gint64 before = read_clock ();
      gsize n = cap_engine_push (record->engine, *position, samples_at (sound, *position), end - *position);

      g_assert_cmpint (read_clock () - before, <, AT_ONCE);
      *position += n;
      if (*position < end)
        {
          record->n_hungry = 0;
          wait_for (&record->n_hungry);
        }
    }
}

/* words */

static guint
count_errors (const char *reference, const char *text)
{
  g_auto (GStrv) a = g_strsplit (reference, " ", -1);
  g_auto (GStrv) b = g_strsplit (text, " ", -1);
  guint n = g_strv_length (b);
  g_autofree guint *row = g_new (guint, n + 1);

  for (guint j = 0; j <= n; j++)
    row[j] = j;
  for (guint i = 0; a[i] != NULL; i++)
    {
      guint diagonal = row[0];

      row[0] = i + 1;
      for (guint j = 1; j <= n; j++)
        {
          guint substituted = diagonal + !g_str_equal (a[i], b[j - 1]);

          diagonal = row[j];
          row[j] = MIN (substituted, MIN (row[j], row[j - 1]) + 1);
        }
    }

  return row[n];
}

static guint
count_words (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  return g_strv_length (words);
}

/* tests */

static void
test_speech (void)
{
  g_autoptr (GArray) sound = NULL;
  g_autoptr (Record) record = record_new (NULL);
  g_autoptr (Feed) feed = NULL;

  if (!has_model ())
    return;

  sound = load ("0880");
  cap_engine_start (record->engine);
  feed = feed_new (record->engine);
  g_assert_cmpint (cap_engine_get_state (record->engine), ==, CAP_ENGINE_READY);
  for (guint at = 0; at < sound->len; at += CHUNK)
    feed_append (feed, samples_at (sound, at), MIN (CHUNK, sound->len - at));
  feed_finish (feed);

  g_assert_cmpuint (record->n_partials, >=, 3);
  g_assert_cmpuint (record->finals->len, ==, 1);
  g_assert_true (g_str_has_suffix (record->finals->pdata[0], "young man"));
  g_assert_cmpuint (record->last_end, >, CAP_AUDIO_MS (2000));
  g_assert_cmpuint (record->last_end, <=, sound->len);
  g_assert_cmpuint (record->settled, ==, sound->len);
  g_assert_cmpuint (record->n_finished, ==, 1);
}

static void
test_silence (void)
{
  g_autoptr (GArray) sound = g_array_new (FALSE, TRUE, sizeof (gint16));
  g_autoptr (Record) record = record_new (NULL);
  guint64 position = 0;

  if (!has_model ())
    return;

  /* Silence of any length needs no room. */
  g_array_set_size (sound, CAP_AUDIO_MS (60000));
  cap_engine_start (record->engine);
  push_all (record, sound, &position, sound->len);
  cap_engine_finish (record->engine);
  wait_for (&record->n_finished);
  g_assert_cmpuint (record->settled, ==, sound->len);

  /* The gate may mark speech where there is none. */
  cap_engine_speech_begins (record->engine, position);
  g_array_set_size (sound, position + CAP_AUDIO_MS (2000));
  push_all (record, sound, &position, sound->len);
  cap_engine_speech_ends (record->engine, position, CAP_GATE_PAUSE);
  record->n_finished = 0;
  cap_engine_finish (record->engine);
  wait_for (&record->n_finished);
  g_assert_cmpuint (record->settled, ==, sound->len);
  g_assert_cmpuint (record->finals->len, ==, 0);
}

static void
test_room (void)
{
  g_autoptr (GArray) sound = NULL;
  g_autoptr (Record) record = record_new (NULL);
  guint64 position;

  if (!has_model ())
    return;

  sound = load ("0870");
  cap_engine_start (record->engine);
  cap_engine_speech_begins (record->engine, 0);
  g_assert_cmpuint (cap_engine_push (record->engine, 0, samples_at (sound, 0), sound->len), ==, 0);
  wait_for (&record->n_hungry);
  record->n_hungry = 0;
  position = cap_engine_push (record->engine, 0, samples_at (sound, 0), sound->len);
  g_assert_cmpuint (position, >=, CAP_AUDIO_MS (4000));
  g_assert_cmpuint (position, <, sound->len);

  wait_for (&record->n_hungry);
  g_assert_cmpuint (cap_engine_push (record->engine, position, samples_at (sound, position), CHUNK), ==, CHUNK);
  position += CHUNK;
  push_all (record, sound, &position, sound->len);
  cap_engine_speech_ends (record->engine, position, CAP_GATE_FLUSH);
  cap_engine_finish (record->engine);
  wait_for (&record->n_finished);
  g_assert_cmpuint (record->finals->len, ==, 1);
  g_assert_cmpuint (count_words (record->finals->pdata[0]), >, 15);
}

/* speech without pauses */

/* Appends @sound without its pauses, which are soft for at least 60 ms. */
static void
append_dense (GArray *out, GArray *sound)
{
  const guint block = CAP_AUDIO_MS (20);
  guint n_soft = 0;

  for (guint at = 0; at + block <= sound->len; at += block)
    {
      double power = 0;

      for (guint i = at; i < at + block; i++)
        power += (double) *samples_at (sound, i) * *samples_at (sound, i);
      n_soft = power < 150.0 * 150.0 * block ? n_soft + 1 : 0;
      if (n_soft < 3)
        g_array_append_vals (out, samples_at (sound, at), block);
    }
}

static void
decode_piece (Record *record, GArray *sound, guint64 begin, GArray *piece)
{
  guint64 position = begin;

  g_array_append_vals (sound, piece->data, piece->len);
  cap_engine_speech_begins (record->engine, position);
  push_all (record, sound, &position, sound->len);
  cap_engine_speech_ends (record->engine, position, CAP_GATE_PAUSE);
}

static char *
finish_and_join (Record *record)
{
  cap_engine_finish (record->engine);
  wait_for (&record->n_finished);

  return record_join (record);
}

/* @every: frames between marks, or 0 for none. */
static char *
decode_dense (GArray *sound, guint64 every)
{
  g_autoptr (Record) record = record_new (NULL);
  guint64 position = 0;

  cap_engine_start (record->engine);
  while (position < sound->len)
    {
      if (position == 0 || every > 0)
        cap_engine_speech_begins (record->engine, position);
      push_all (record, sound, &position, every > 0 ? MIN (position + every, sound->len) : sound->len);
      if (position < sound->len && every > 0)
        cap_engine_speech_ends (record->engine, position, CAP_GATE_LENGTH);
    }
  g_autofree char *text = finish_and_join (record);
  g_assert_cmpuint (record->finals->len, >=, 2);
  g_assert_cmpuint (record->settled, ==, sound->len);

  return g_steal_pointer (&text);
}

static void
test_no_pause (void)
{
  const char *const numbers[] = { "0870", "0890", "0920", "0870", "0880", "0890", "0930", "0920", "0870" };
  const char *const said =
    "and mister john dashwood had then leisure to consider how much there might be prudently in his power to do for them "
    "unless to be rather cold hearted and rather selfish is to be ill disposed "
    "had he married a more amiable woman he might have been made still more respectable than he was "
    "and mister john dashwood had then leisure to consider how much there might be prudently in his power to do for them "
    "he was not an ill disposed young man "
    "unless to be rather cold hearted and rather selfish is to be ill disposed "
    "he might even have been made amiable himself "
    "had he married a more amiable woman he might have been made still more respectable than he was "
    "and mister john dashwood had then leisure to consider how much there might be prudently in his power to do for them";
  g_autoptr (GArray) dense = g_array_new (FALSE, FALSE, sizeof (gint16));
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (gint16));
  g_autoptr (Record) record = record_new (NULL);
  guint n_words = count_words (said);
  guint in_pieces;

#ifdef __SANITIZE_ADDRESS__
  g_test_skip ("a sanitizer tells nothing about the quality of recognition");
  return;
#endif
  if (!has_model ())
    return;

  cap_engine_start (record->engine);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (GArray) sound = load (numbers[i]);
      g_autoptr (GArray) piece = g_array_new (FALSE, FALSE, sizeof (gint16));

      append_dense (piece, sound);
      decode_piece (record, pieces, pieces->len, piece);
      g_array_append_vals (dense, piece->data, piece->len);
    }
  g_assert_cmpuint (dense->len, >, CAP_AUDIO_MS (40000));
  g_autofree char *piecewise = finish_and_join (record);
  in_pieces = count_errors (said, piecewise);

  /* marks from the gate every 15 s, and none */
  const guint64 every[] = { CAP_AUDIO_MS (15000), 0 };
  for (guint i = 0; i < G_N_ELEMENTS (every); i++)
    {
      g_autofree char *text = decode_dense (dense, every[i]);
      guint n_errors = count_errors (said, text);

      g_test_message ("cut every %.1f s: %u of %u words wrong, %u words; in pieces %u",
                      (double) every[i] / CAP_AUDIO_RATE, n_errors, n_words, count_words (text), in_pieces);
      g_assert_cmpuint (n_errors, <=, in_pieces + n_words / 12);
      g_assert_cmpuint (count_words (text), >=, n_words * 9 / 10);
    }
}

/* lifetime */

static void
test_dispose (void)
{
  g_autoptr (GArray) sound = NULL;

  if (!has_model ())
    return;

  sound = load ("0870");
  for (guint step = 0; step < 6; step++)
    {
      g_autoptr (Record) record = record_new (NULL);

      if (step > 0)
        cap_engine_start (record->engine);
      if (step > 1)
        cap_engine_speech_begins (record->engine, 0);
      if (step > 2)
        cap_engine_push (record->engine, 0, samples_at (sound, 0), sound->len);
      if (step == 4)
        {
          wait_for (&record->n_hungry);
          cap_engine_push (record->engine, 0, samples_at (sound, 0), sound->len);
          wait_for (&record->n_partials);
        }
      if (step == 5)
        cap_engine_finish (record->engine);
    }
}

/* A handler may drop the engine that is emitting the signal. */
static void
drop_engine (CapEngine *engine, const CapHypothesis *hypothesis, guint *dropped)
{
  g_object_unref (engine);
  *dropped = 1;
}

static void
test_dispose_in_handler (void)
{
  g_autoptr (GArray) sound = NULL;
  CapEngine *engine;
  gpointer weak;
  guint dropped = 0;

  if (!has_model ())
    return;

  g_autoptr (GPtrArray) candidates = find_candidates (NULL);
  g_autoptr (CapHosts) hosts = cap_hosts_new ();

  sound = load ("0870");
  weak = engine = cap_engine_local_new ("local", hosts, candidates, 2);
  g_object_add_weak_pointer (G_OBJECT (engine), &weak);
  g_signal_connect (engine, "hypothesis", G_CALLBACK (drop_engine), &dropped);
  cap_engine_start (engine);
  cap_engine_speech_begins (engine, 0);
  while (cap_engine_push (engine, 0, samples_at (sound, 0), sound->len) == 0)
    g_main_context_iteration (NULL, TRUE);
  wait_for (&dropped);
  g_assert_null (weak);
}

/* The record checks that utterance numbers and positions keep growing. */
static void
test_model_is_given_back (void)
{
  g_autoptr (GArray) sound = NULL;
  g_autoptr (GArray) twice = g_array_new (FALSE, FALSE, sizeof (gint16));
  g_autoptr (Record) record = record_new (NULL);

  if (!has_model ())
    return;

  sound = load ("0880");
  cap_engine_local_set_keep_process (CAP_ENGINE_LOCAL (record->engine), 0);
  cap_engine_start (record->engine);
  for (guint i = 1; i <= 2; i++)
    {
      decode_piece (record, twice, twice->len, sound);
      while (record->finals->len < i || record->settled < twice->len)
        g_main_context_iteration (NULL, TRUE);
    }
  g_assert_cmpstr (record->finals->pdata[0], ==, record->finals->pdata[1]);
}

static void
test_finish_early (void)
{
  g_autoptr (Record) record = record_new (NULL);

  cap_engine_finish (record->engine);
  wait_for (&record->n_finished);

  record->n_finished = 0;
  cap_engine_start (record->engine);
  cap_engine_finish (record->engine);
  wait_for (&record->n_finished);
}

/* The process reports at the first speech that its model is missing, and no other
 * recogniser is installed. */
static void
test_no_model (void)
{
  g_autoptr (Record) record = record_new ("/nonexistent");
  const gint16 sample = 0;

  /* The engine may start again, and fails again. */
  for (guint i = 0; i < 2; i++)
    {
      cap_engine_start (record->engine);
      cap_engine_speech_begins (record->engine, 0);
      while (cap_engine_get_state (record->engine) != CAP_ENGINE_FAILED)
        g_main_context_iteration (NULL, TRUE);
      g_assert_nonnull (strstr (cap_engine_get_failure (record->engine)->message,
                                "Install the package pocketsphinx-en-us"));
      g_assert_cmpuint (cap_engine_push (record->engine, 0, &sample, 1), ==, 0);
    }

  cap_engine_finish (record->engine);
  wait_for (&record->n_finished);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine-local/partial results come before final ones", test_speech);
  g_test_add_func ("/engine-local/silence is settled at once", test_silence);
  g_test_add_func ("/engine-local/takes only as much as it has room for", test_room);
  g_test_add_func ("/engine-local/speech that never pauses loses no words", test_no_pause);
  g_test_add_func ("/engine-local/disposal is immediate in every state", test_dispose);
  g_test_add_func ("/engine-local/a signal handler may drop the engine", test_dispose_in_handler);
  g_test_add_func ("/engine-local/releases the model, and loads it again", test_model_is_given_back);
  g_test_add_func ("/engine-local/finishes before it is ready", test_finish_early);
  g_test_add_func ("/engine-local/names the package to install", test_no_model);
  return g_test_run ();
}
