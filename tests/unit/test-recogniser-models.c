/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "dbus/error.h"
#include "local/engine-local-private.h"
#include "local/recognisers.h"
#include "models/disk.h"
#include "tools/feed.h"
#include "tools/words.h"

#include <glib/gstdio.h>
#include <string.h>

#define CHUNK CAP_AUDIO_MS (100)

/* A stream whose recogniser rests at once when nobody speaks. */
typedef struct
{
  char *root, *user, *stick;
  CapModels *models;
  CapRecognisers *recognisers;
  CapEngine *engine;
  Feed *feed;
  GString *text;  /* of all final hypotheses since speak() */
  GError *reason; /* why another candidate stood in since then, or NULL */
} Fixture;

static void
write_file (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* The model ID, which writes words that begin with @letter. Its only file is LETTER.bin. */
static void
offer (Fixture *fixture, const char *id, char letter, const char *more)
{
  g_autofree char *content = g_strdup_printf ("%c.bin", letter);
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, content, -1);
  g_autofree char *name = g_strconcat (id, ".model", NULL);
  g_autofree char *text = g_strdup_printf (
    "[Model]\nName=%s\nLanguages=en\nRecogniser=words\nForm=words\nLicense=MIT\nStreams=true\n"
    "LicenseAddress=https://license.example/\n%s\n[Settings]\nletter=%c\nfile=%s\n"
    "[File %s]\nAddress=https://one.example/\nSize=%" G_GSIZE_FORMAT "\nSHA256=%s\n",
    id, more, letter, content, content, strlen (content), digest);

  write_file (fixture->user, name, text);
  write_file (fixture->stick, content, content);
}

/* A recogniser of words, which reads models of the form "words". */
static void
add_recogniser (Fixture *fixture)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "servers", "word-recogniser", NULL);
  g_autofree char *folder = g_build_filename (fixture->root, "recognisers", NULL);
  g_autofree char *text = g_strdup_printf ("[Recogniser]\nName=Words\nProgram=%s\nModels=words;\nStreams=true\n",
                                           program);

  write_file (folder, "words.recogniser", text);
  g_setenv ("CAPTIOND_RECOGNISER_PATH", folder, TRUE);
}

static void
on_done (CapModelJob *job, const GError *error, guint *n_done)
{
  g_assert_no_error (error);
  ++*n_done;
}

static void
await (CapModelJob *taken)
{
  g_autoptr (CapModelJob) job = taken;
  guint n_done = 0;

  g_assert_nonnull (job);
  g_signal_connect (job, "done", G_CALLBACK (on_done), &n_done);
  while (n_done == 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
install (Fixture *fixture, const char *id)
{
  await (cap_models_install (fixture->models, id, fixture->stick, NULL));
}

static void
remove_model (Fixture *fixture, const char *id)
{
  await (cap_models_remove (fixture->models, id, NULL));
}

/* The catalogue reads changed entries after a while. */
static void
read_again (Fixture *fixture)
{
  cap_catalogue_rescan (cap_models_get_catalogue (fixture->models));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const char *const nowhere[] = { NULL };

  fixture->root = g_dir_make_tmp ("recogniser-models-XXXXXX", NULL);
  fixture->user = g_build_filename (fixture->root, "user", NULL);
  fixture->stick = g_build_filename (fixture->root, "stick", NULL);
  fixture->text = g_string_new (NULL);
  add_recogniser (fixture);
  offer (fixture, "best", 'a', "Rank=60");
  offer (fixture, "other", 'o', "Rank=50");
  fixture->models = cap_models_new (fixture->user, nowhere);
  fixture->recognisers = cap_recognisers_new (fixture->models);
  install (fixture, "best");
  install (fixture, "other");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->feed, feed_free);
  g_clear_object (&fixture->engine);
  g_clear_object (&fixture->recognisers);
  cap_models_stop (fixture->models);
  g_clear_object (&fixture->models);
  cap_disk_remove (fixture->root);
  g_string_free (fixture->text, TRUE);
  g_clear_error (&fixture->reason);
  g_free (fixture->root);
  g_free (fixture->user);
  g_free (fixture->stick);
}

static void
on_hypothesis (CapEngine *engine, const CapHypothesis *hypothesis, Fixture *fixture)
{
  if (hypothesis->final)
    g_string_append_printf (fixture->text, "%s ", hypothesis->text);
}

static void
on_state_changed (CapEngine *engine, Fixture *fixture)
{
  const GError *failure = cap_engine_get_failure (engine);

  if (failure == NULL)
    return;
  g_clear_error (&fixture->reason);
  fixture->reason = g_error_copy (failure);
}

static void
open_stream (Fixture *fixture)
{
  g_autoptr (GPtrArray) candidates = cap_recognisers_find (fixture->recognisers, "words", "en");
  g_autoptr (CapHosts) hosts = cap_hosts_new ();

  fixture->engine = cap_engine_local_new ("local", hosts, candidates, 1);
  cap_engine_local_set_keep_process (CAP_ENGINE_LOCAL (fixture->engine), 0);
  g_signal_connect (fixture->engine, "hypothesis", G_CALLBACK (on_hypothesis), fixture);
  g_signal_connect (fixture->engine, "state-changed", G_CALLBACK (on_state_changed), fixture);
  cap_engine_start (fixture->engine);
  fixture->feed = feed_new (fixture->engine);
}

/* Returns the text of a few words, and waits until the recogniser rests. */
static const char *
speak (Fixture *fixture)
{
  static const gint16 silence[CHUNK];
  g_autoptr (GArray) said = NULL;
  const WordsPlan plan = {
    .rate = CAP_AUDIO_RATE, .seed = 1, .first = 1, .seconds = 3, .lead = 0.5,
    .shortest = 2, .longest = 2, .least_pause = 3, .most_pause = 3,
  };
  g_autoptr (GArray) sound = words_compose (&plan, &said);

  g_string_truncate (fixture->text, 0);
  g_clear_error (&fixture->reason);
  for (guint at = 0; at + CHUNK <= sound->len; at += CHUNK)
    feed_append (fixture->feed, &g_array_index (sound, gint16, at), CHUNK);
  while (fixture->text->len == 0 || cap_engine_local_has_process (CAP_ENGINE_LOCAL (fixture->engine)))
    {
      feed_append (fixture->feed, silence, CHUNK);
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  return fixture->text->str;
}

/* tests */

static void
test_another_version (Fixture *fixture, gconstpointer data)
{
  open_stream (fixture);
  g_assert_cmpstr (speak (fixture), ==, "a00001 a00002 ");

  offer (fixture, "best", 'b', "Rank=60");
  read_again (fixture);
  install (fixture, "best");
  g_assert_cmpstr (speak (fixture), ==, "b00001 b00002 ");
  g_assert_no_error (fixture->reason);
}

/* The new version needs a library, which the job installs first. */
static void
test_another_need (Fixture *fixture, gconstpointer data)
{
  open_stream (fixture);
  speak (fixture);

  offer (fixture, "library", 'l', "");
  offer (fixture, "best", 'b', "Rank=60\nNeeds=library;");
  read_again (fixture);
  install (fixture, "best");
  g_assert_cmpstr (speak (fixture), ==, "b00001 b00002 ");

  remove_model (fixture, "library");
  g_assert_cmpstr (speak (fixture), ==, "o00001 o00002 ");
  g_assert_nonnull (strstr (fixture->reason->message, "“library” is not installed"));
}

static void
test_removed (Fixture *fixture, gconstpointer data)
{
  open_stream (fixture);
  speak (fixture);

  remove_model (fixture, "best");
  g_assert_cmpstr (speak (fixture), ==, "o00001 o00002 ");
  g_assert_nonnull (strstr (fixture->reason->message, "“best” is not installed"));
  g_assert_cmpint (cap_engine_get_state (fixture->engine), ==, CAP_ENGINE_READY);

  install (fixture, "best");
  g_assert_cmpstr (speak (fixture), ==, "a00001 a00002 ");
  g_assert_no_error (fixture->reason);
}

static void
test_all_removed (Fixture *fixture, gconstpointer data)
{
  open_stream (fixture);
  speak (fixture);

  remove_model (fixture, "best");
  remove_model (fixture, "other");
  cap_engine_speech_begins (fixture->engine, G_MAXUINT32);
  while (cap_engine_get_state (fixture->engine) == CAP_ENGINE_READY)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (cap_engine_get_failure (fixture->engine), CAP_ERROR, CAP_ERROR_NO_SUCH_MODEL);
}

/* Speech begins at any moment of a removal or an update: the text comes from the old
 * version, from the new one, or from the next model, and nothing is called damaged.
 * @n_turns: of the main loop before the speech. */
static void
speak_during (Fixture *fixture, CapModelJob *taken, guint n_turns)
{
  g_autoptr (CapModelJob) job = taken;
  const char *text;

  for (guint i = 0; i < n_turns; i++)
    g_main_context_iteration (NULL, FALSE);
  text = speak (fixture);
  g_assert_nonnull (strchr ("abo", *text));
  g_assert_true (g_str_has_suffix (text, "2 "));
  if (fixture->reason != NULL)
    g_assert_error (fixture->reason, CAP_ERROR, CAP_ERROR_NO_SUCH_MODEL);
  while (cap_models_is_busy (fixture->models))
    g_main_context_iteration (NULL, TRUE);
}

static void
test_meanwhile (Fixture *fixture, gconstpointer data)
{
  open_stream (fixture);
  for (guint n_turns = 0; n_turns < 8; n_turns++)
    {
      g_test_message ("%u turns", n_turns);
      offer (fixture, "best", n_turns % 2 == 0 ? 'b' : 'a', "Rank=60");
      read_again (fixture);
      speak_during (fixture, cap_models_install (fixture->models, "best", fixture->stick, NULL), n_turns);
      speak_during (fixture, cap_models_remove (fixture->models, "best", NULL), n_turns);
      install (fixture, "best");
    }
}

#define ADD(path, test) g_test_add ("/recogniser-models/" path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("another version", test_another_version);
  ADD ("another library", test_another_need);
  ADD ("the next one follows a removed model", test_removed);
  ADD ("no model is left", test_all_removed);
  ADD ("speech begins while a model changes", test_meanwhile);
  return g_test_run ();
}
