/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "dbus/error.h"
#include "local/candidate.h"
#include "local/engine-local-private.h"
#include "tools/feed.h"
#include "tools/words.h"

#include <glib/gstdio.h>
#include <string.h>

/* Seconds until a wait fails. */
#define PATIENCE 300

typedef struct
{
  char *folder;
  GPtrArray *candidates;
  CapEngine *engine;
  GString *text;     /* of all final hypotheses */
  guint n_rewinds;
  guint64 settled;
  gboolean stood_in; /* READY with a reason */
} Fixture;

static void
on_hypothesis (CapEngine *engine, const CapHypothesis *hypothesis, Fixture *fixture)
{
  if (hypothesis->final)
    g_string_append_printf (fixture->text, "%s ", hypothesis->text);
}

static void
on_rewind (CapEngine *engine, guint64 position, Fixture *fixture)
{
  g_assert_cmpuint (position, >=, fixture->settled);
  fixture->n_rewinds++;
}

static void
on_settled (CapEngine *engine, guint64 begin, guint64 end, Fixture *fixture)
{
  fixture->settled = end;
}

static void
on_state_changed (CapEngine *engine, Fixture *fixture)
{
  if (cap_engine_get_state (engine) == CAP_ENGINE_READY && cap_engine_get_failure (engine) != NULL)
    fixture->stood_in = TRUE;
}

/* @options: of word-recogniser. */
static void
add_candidate (Fixture *fixture, const char *id, const char *options)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "servers", "word-recogniser", NULL);
  g_autofree char *name = g_strconcat (id, ".recogniser", NULL);
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autofree char *text = g_strdup_printf ("[Recogniser]\nName=%s\nProgram=%s %s\nLanguages=en;\n", id, program, options);
  g_autoptr (CapRecogniser) recogniser = NULL;
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  recogniser = cap_recogniser_new_from_file (path, &error);
  g_assert_no_error (error);
  g_unlink (path);
  g_ptr_array_add (fixture->candidates, cap_candidate_new (recogniser, "en"));
}

static Fixture *
fixture_new (const char *options)
{
  Fixture *fixture = g_new0 (Fixture, 1);
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("captiond-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->candidates = g_ptr_array_new_with_free_func ((GDestroyNotify) cap_candidate_free);
  fixture->text = g_string_new (NULL);
  add_candidate (fixture, "first", options);
  return fixture;
}

static void
start (Fixture *fixture)
{
  g_autoptr (CapHosts) hosts = cap_hosts_new ();

  fixture->engine = cap_engine_local_new ("local", hosts, fixture->candidates, 1);
  g_signal_connect (fixture->engine, "hypothesis", G_CALLBACK (on_hypothesis), fixture);
  g_signal_connect (fixture->engine, "rewind", G_CALLBACK (on_rewind), fixture);
  g_signal_connect (fixture->engine, "settled", G_CALLBACK (on_settled), fixture);
  g_signal_connect (fixture->engine, "state-changed", G_CALLBACK (on_state_changed), fixture);
  cap_engine_start (fixture->engine);
}

static void
fixture_free (Fixture *fixture)
{
  g_clear_object (&fixture->engine);
  g_ptr_array_unref (fixture->candidates);
  g_string_free (fixture->text, TRUE);
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

/* Returns the words that the engine should recognise, each with a blank after it. */
static char *
speak (Fixture *fixture, double seconds, guint sentence)
{
  g_autoptr (GArray) said = NULL;
  const WordsPlan words = {
    .rate = CAP_AUDIO_RATE, .seed = 1, .first = 100, .seconds = seconds, .lead = 0.5,
    .shortest = sentence, .longest = sentence * 2, .least_pause = 0.8, .most_pause = 1.5,
  };
  g_autoptr (GArray) sound = words_compose (&words, &said);
  g_autoptr (Feed) feed = feed_new (fixture->engine);
  GString *expected = g_string_new (NULL);

  for (guint at = 0; at < sound->len; at += CAP_AUDIO_MS (100))
    feed_append (feed, &g_array_index (sound, gint16, at), MIN (CAP_AUDIO_MS (100), sound->len - at));
  feed_finish (feed);

  for (guint i = 0; i < said->len; i++)
    g_string_append_printf (expected, "w%05u ", g_array_index (said, WordsSaid, i).number);
  return g_string_free (expected, FALSE);
}

/* tests */

static void
test_nothing (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("");
  g_autofree char *expected = NULL;

  start (fixture);
  expected = speak (fixture, 60, 5);
  g_assert_cmpstr (fixture->text->str, ==, expected);
  g_assert_cmpuint (fixture->n_rewinds, ==, 0);
}

/* Speech without pauses is cut by the gate. */
static void
test_no_pause (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("");
  g_autofree char *expected = NULL;

  start (fixture);
  expected = speak (fixture, 60, 0);
  g_assert_cmpstr (fixture->text->str, ==, expected);
}

static void
test_dies (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("--abort-at 300");
  g_autofree char *expected = NULL;

  start (fixture);
  expected = speak (fixture, 50, 5);
  g_assert_cmpstr (fixture->text->str, ==, expected);
  g_assert_cmpuint (fixture->n_rewinds, >=, 2);
  g_assert_false (fixture->stood_in);
}

static void
test_dies_too_often (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("--abort-at 40");
  g_autofree char *expected = NULL;

  add_candidate (fixture, "second", "");
  start (fixture);
  expected = speak (fixture, 60, 5);
  g_assert_cmpstr (fixture->text->str, ==, expected);
  g_assert_cmpuint (fixture->n_rewinds, ==, 4);
  g_assert_true (fixture->stood_in);
  g_assert_nonnull (strstr (cap_engine_get_failure (fixture->engine)->message, "second"));
}

static void
test_does_not_load (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("--abort-early");
  g_autofree char *expected = NULL;

  add_candidate (fixture, "second", "");
  start (fixture);
  expected = speak (fixture, 20, 5);
  g_assert_cmpstr (fixture->text->str, ==, expected);
  g_assert_true (fixture->stood_in);
}

static void
test_hangs (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("--hang-at 300");
  g_autofree char *expected = NULL;

  start (fixture);
  expected = speak (fixture, 25, 5);
  g_assert_cmpstr (fixture->text->str, ==, expected);
  g_assert_cmpuint (fixture->n_rewinds, ==, 1);
}

/* @options: make the first recogniser break the contract. */
static void
test_breach (gconstpointer options)
{
  g_autoptr (Fixture) fixture = fixture_new (options);
  g_autofree char *expected = NULL;

  add_candidate (fixture, "second", "");
  start (fixture);
  expected = speak (fixture, 20, 5);
  g_assert_null (strstr (fixture->text->str, "twice"));
  g_assert_null (strstr (fixture->text->str, "early"));
  g_assert_true (fixture->stood_in);
  if (!g_str_has_prefix (options, "--lie"))
    g_assert_cmpstr (fixture->text->str, ==, expected);
}

/* Counts the processes whose command line has @mark. */
static guint
count_processes (const char *mark)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc", name, "cmdline", NULL);
      g_autofree char *line = NULL;
      gsize length = 0;

      if (g_ascii_isdigit (*name) && g_file_get_contents (path, &line, &length, NULL))
        n += memmem (line, length, mark, strlen (mark)) != NULL;
    }

  return n;
}

static void
test_child (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("");
  g_autofree char *options = g_strconcat ("--child ", fixture->folder, NULL);
  g_autofree char *expected = NULL;

  g_ptr_array_set_size (fixture->candidates, 0);
  add_candidate (fixture, "parent", options);
  start (fixture);
  expected = speak (fixture, 10, 5);
  g_assert_cmpstr (fixture->text->str, ==, expected);
  g_assert_cmpuint (count_processes (fixture->folder), ==, 2);

  g_clear_object (&fixture->engine);
  while (count_processes (fixture->folder) > 0)
    g_main_context_iteration (NULL, FALSE);
}

/* Without another recogniser, the engine fails, and can start again. */
static void
test_no_other (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("--abort-early");

  start (fixture);
  for (guint i = 0; i < 2; i++)
    {
      cap_engine_start (fixture->engine);
      g_assert_cmpint (cap_engine_get_state (fixture->engine), ==, CAP_ENGINE_READY);
      cap_engine_speech_begins (fixture->engine, 0);
      while (cap_engine_get_state (fixture->engine) != CAP_ENGINE_FAILED)
        {
          /* The stream repeats what the engine forgot. */
          if (!cap_engine_local_has_process (CAP_ENGINE_LOCAL (fixture->engine)))
            cap_engine_speech_begins (fixture->engine, 0);
          g_main_context_iteration (NULL, TRUE);
        }
      g_assert_error (cap_engine_get_failure (fixture->engine), CAP_ERROR, CAP_ERROR_SERVICE_FAILED);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recogniser-faults/every word comes once", test_nothing);
  g_test_add_func ("/recogniser-faults/speech without pauses loses no word", test_no_pause);
  g_test_add_func ("/recogniser-faults/a process that dies loses no word", test_dies);
  g_test_add_func ("/recogniser-faults/another recogniser follows one that dies often", test_dies_too_often);
  g_test_add_func ("/recogniser-faults/another recogniser follows one that cannot load", test_does_not_load);
  g_test_add_func ("/recogniser-faults/a process that hangs loses no word", test_hangs);
  g_test_add_data_func ("/recogniser-faults/breach/text after the final one", "--lie-at 10", test_breach);
  g_test_add_data_func ("/recogniser-faults/breach/text before loading", "--early", test_breach);
  g_test_add_data_func ("/recogniser-faults/breach/text left unfinished", "--unfinished", test_breach);
  g_test_add_data_func ("/recogniser-faults/breach/text without end", "--flood", test_breach);
  g_test_add_func ("/recogniser-faults/no child of a recogniser stays", test_child);
  g_test_add_func ("/recogniser-faults/the engine fails without another recogniser", test_no_other);
  return g_test_run ();
}
