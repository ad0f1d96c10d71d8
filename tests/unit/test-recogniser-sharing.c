/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "local/candidate.h"
#include "local/engine-local-private.h"
#include "tools/feed.h"
#include "tools/words.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define CHUNK CAP_AUDIO_MS (100)
#define N_STREAMS 2

typedef struct
{
  CapEngine *engine;
  Feed *feed;
  GArray *sound;
  GString *text, *expected; /* words, each with a blank after it */
  guint n_rewinds;
} Stream;

/* Streams that share a recogniser of countable words. */
typedef struct
{
  CapHosts *hosts;
  CapRecogniser *recogniser;
  GPtrArray *candidates[N_STREAMS];
  Stream streams[N_STREAMS];
} Fixture;

/* @options: of word-recogniser. */
static CapRecogniser *
describe_recogniser (const char *options, const char *shared)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "servers", "word-recogniser", NULL);
  g_autofree char *folder = g_dir_make_tmp ("captiond-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "words.recogniser", NULL);
  g_autofree char *text
    = g_strdup_printf ("[Recogniser]\nName=Words\nProgram=%s %s\nLanguages=en;\nShared=%s\n", program, options, shared);
  g_autoptr (GError) error = NULL;
  CapRecogniser *recogniser;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  recogniser = cap_recogniser_new_from_file (path, &error);
  g_assert_no_error (error);
  g_unlink (path);
  g_rmdir (folder);
  return recogniser;
}

static void
on_hypothesis (CapEngine *engine, const CapHypothesis *hypothesis, Stream *stream)
{
  if (hypothesis->final)
    g_string_append_printf (stream->text, "%s ", hypothesis->text);
}

static void
on_rewind (CapEngine *engine, guint64 position, Stream *stream)
{
  stream->n_rewinds++;
}

/* @seconds: of speech. */
static void
stream_open (Fixture *fixture, guint i, double seconds)
{
  Stream *stream = &fixture->streams[i];
  g_autoptr (GArray) said = NULL;
  const WordsPlan plan = {
    .rate = CAP_AUDIO_RATE, .seed = i + 1, .first = 10000 * (i + 1), .seconds = seconds, .lead = 0.5,
    .shortest = 5, .longest = 10, .least_pause = 0.8, .most_pause = 1.5,
  };

  fixture->candidates[i] = g_ptr_array_new_with_free_func ((GDestroyNotify) cap_candidate_free);
  g_ptr_array_add (fixture->candidates[i], cap_candidate_new (fixture->recogniser, "en"));
  stream->text = g_string_new (NULL);
  stream->expected = g_string_new (NULL);
  stream->sound = words_compose (&plan, &said);
  for (guint n = 0; n < said->len; n++)
    g_string_append_printf (stream->expected, "w%05u ", g_array_index (said, WordsSaid, n).number);

  stream->engine = cap_engine_local_new ("local", fixture->hosts, fixture->candidates[i], 1);
  g_signal_connect (stream->engine, "hypothesis", G_CALLBACK (on_hypothesis), stream);
  g_signal_connect (stream->engine, "rewind", G_CALLBACK (on_rewind), stream);
  cap_engine_start (stream->engine);
  stream->feed = feed_new (stream->engine);
}

static void
stream_close (Stream *stream)
{
  g_clear_pointer (&stream->feed, feed_free);
  g_clear_object (&stream->engine);
}

static Fixture *
fixture_new (double seconds, const char *options)
{
  Fixture *fixture = g_new0 (Fixture, 1);

  fixture->hosts = cap_hosts_new ();
  fixture->recogniser = describe_recogniser (options, "true");
  for (guint i = 0; i < N_STREAMS; i++)
    stream_open (fixture, i, seconds);
  return fixture;
}

static void
fixture_free (Fixture *fixture)
{
  for (guint i = 0; i < N_STREAMS; i++)
    {
      stream_close (&fixture->streams[i]);
      g_array_unref (fixture->streams[i].sound);
      g_string_free (fixture->streams[i].text, TRUE);
      g_string_free (fixture->streams[i].expected, TRUE);
      g_ptr_array_unref (fixture->candidates[i]);
    }
  cap_recogniser_unref (fixture->recogniser);
  g_object_unref (fixture->hosts);
  g_free (fixture);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

/* The processes that this test has started, without those that have ended. */
static GArray *
list_processes (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  GArray *list = g_array_new (FALSE, FALSE, sizeof (int));
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc", name, "stat", NULL);
      g_autofree char *text = NULL;
      int pid, parent;
      char state;

      if (g_ascii_isdigit (*name) && g_file_get_contents (path, &text, NULL, NULL)
          && sscanf (text, "%d (%*[^)]) %c %d", &pid, &state, &parent) == 3
          && parent == getpid () && state != 'Z')
        g_array_append_val (list, pid);
    }
  return list;
}

static guint
count_processes (void)
{
  g_autoptr (GArray) list = list_processes ();

  return list->len;
}

static void
kill_all (int number)
{
  g_autoptr (GArray) list = list_processes ();

  for (guint i = 0; i < list->len; i++)
    kill (g_array_index (list, int, i), number);
}

/* Gives every stream a part of its sound, in tenths of a second. */
static void
speak (Fixture *fixture, guint begin, guint end)
{
  for (guint at = begin * CHUNK; at < end * CHUNK; at += CHUNK)
    for (guint i = 0; i < N_STREAMS; i++)
      {
        Stream *stream = &fixture->streams[i];

        if (stream->feed != NULL && at < stream->sound->len)
          feed_append (stream->feed, &g_array_index (stream->sound, gint16, at),
                       MIN (CHUNK, stream->sound->len - at));
      }
}

static void
finish (Fixture *fixture)
{
  for (guint i = 0; i < N_STREAMS; i++)
    {
      Stream *stream = &fixture->streams[i];

      if (stream->feed == NULL)
        continue;
      feed_finish (stream->feed);
      g_assert_cmpstr (stream->text->str, ==, stream->expected->str);
    }
}

/* tests */

static void
test_one_process (void)
{
  g_autoptr (Fixture) fixture = fixture_new (30, "");

  speak (fixture, 0, 100);
  g_assert_cmpuint (count_processes (), ==, 1);
  speak (fixture, 100, 300);
  finish (fixture);
  for (guint i = 0; i < N_STREAMS; i++)
    g_assert_cmpuint (fixture->streams[i].n_rewinds, ==, 0);
}

/* The stream that began the process may be the first to leave it. */
static void
test_one_leaves (void)
{
  g_autoptr (Fixture) fixture = fixture_new (30, "");

  speak (fixture, 0, 100);
  stream_close (&fixture->streams[0]);
  speak (fixture, 100, 300);
  g_assert_cmpuint (count_processes (), ==, 1);
  finish (fixture);
  g_assert_cmpuint (fixture->streams[1].n_rewinds, ==, 0);

  stream_close (&fixture->streams[1]);
  while (count_processes () > 0)
    g_main_context_iteration (NULL, FALSE);
}

static void
test_killed (void)
{
  const guint moments[] = { 0, 33, 171, 288, 400 };
  g_autoptr (Fixture) fixture = fixture_new (40, "");

  for (guint i = 1; i < G_N_ELEMENTS (moments); i++)
    {
      speak (fixture, moments[i - 1], moments[i]);
      if (moments[i] < 400)
        kill_all (SIGKILL);
    }
  finish (fixture);
  for (guint i = 0; i < N_STREAMS; i++)
    {
      g_assert_cmpuint (fixture->streams[i].n_rewinds, >=, 1);
      g_assert_cmpuint (fixture->streams[i].n_rewinds, <=, 3);
    }
}

static void
test_stopped (void)
{
  g_autoptr (Fixture) fixture = fixture_new (30, "");

  speak (fixture, 0, 80);
  kill_all (SIGSTOP);
  speak (fixture, 80, 300);
  finish (fixture);
  for (guint i = 0; i < N_STREAMS; i++)
    g_assert_cmpuint (fixture->streams[i].n_rewinds, ==, 1);
}

static void
on_state_changed (CapEngine *engine, gboolean *replaced)
{
  *replaced = *replaced || cap_engine_get_failure (engine) != NULL;
}

/* A word of one stream ends every process that hears it. */
static void
test_harm (void)
{
  g_autoptr (Fixture) fixture = fixture_new (40, "--abort-on 10012");
  g_autoptr (CapRecogniser) other = describe_recogniser ("", "false");
  gboolean replaced[N_STREAMS] = { FALSE, FALSE };

  g_ptr_array_add (fixture->candidates[0], cap_candidate_new (other, "en"));
  for (guint i = 0; i < N_STREAMS; i++)
    g_signal_connect (fixture->streams[i].engine, "state-changed", G_CALLBACK (on_state_changed), &replaced[i]);
  speak (fixture, 0, 400);
  finish (fixture);
  g_assert_true (replaced[0]);
  g_assert_false (replaced[1]);
  g_assert_cmpuint (fixture->streams[1].n_rewinds, <=, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recogniser-sharing/one process serves two streams", test_one_process);
  g_test_add_func ("/recogniser-sharing/one stream leaves", test_one_leaves);
  g_test_add_func ("/recogniser-sharing/a killed process loses no word of any stream", test_killed);
  g_test_add_func ("/recogniser-sharing/a stopped process loses no word of any stream", test_stopped);
  g_test_add_func ("/recogniser-sharing/a stream that ends processes harms no other for long", test_harm);
  return g_test_run ();
}
