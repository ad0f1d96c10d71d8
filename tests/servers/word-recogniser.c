/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* A recogniser of countable words (see words.h) that keeps the contract, or breaks it in
 * one way:
 *
 *   --abort-at N   ends itself at the Nth call of Audio
 *   --hang-at N    never answers the Nth call of Audio, or any later call
 *   --abort-on N   ends itself when it hears the word N
 *   --lie-at N     sends text of an utterance that was final before
 *   --abort-early  ends itself while it loads
 *   --early        sends text before it has loaded
 *   --unfinished   leaves the text of the first speech unfinished
 *   --flood        sends the same text again and again
 *   --child MARK   leaves a child behind
 *   --grow         takes more memory with each call of Audio
 *
 * A model's setting "letter" begins each word, instead of "w". A model must have the file
 * that its setting "file" names. */

#include "common/program.h"
#include "tools/words.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RATE 16000
/* Bytes for each call with --grow. */
#define GROWTH (256 << 10)

typedef struct
{
  guint abort_at, abort_on, hang_at, lie_at;
  gboolean abort_early, grow, early, unfinished, flood;
} Plan;

typedef struct
{
  CapProgram *program;
  Words *words;
  guint64 origin;    /* position of the first frame that the words counted */
  guint64 next;      /* position after the last frame */
  guint64 utterance;
  guint64 begin, end; /* of the text */
  GString *text;
  guint n_audio;
  GByteArray *grown;
  char letter;
} Hearing;

/* main() writes this once, before the first call. */
static Plan plan;

static void
tell (Hearing *self, gboolean final)
{
  const CapRecognised recognised = {
    .utterance = self->utterance,
    .begin = self->begin,
    .end = self->end,
    .text = self->text->str,
    .final = final,
    .confidence = -1,
  };

  if (self->text->len > 0)
    cap_program_emit (self->program, &recognised);
}

static void
on_word (gint number, guint64 begin, guint64 end, gpointer user_data)
{
  Hearing *self = user_data;

  if (plan.abort_on > 0 && number == (gint) plan.abort_on)
    abort ();
  if (self->text->len == 0)
    self->begin = self->origin + begin;
  else
    g_string_append_c (self->text, ' ');
  if (number >= 0)
    g_string_append_printf (self->text, "%c%05d", self->letter, number);
  else
    g_string_append (self->text, "garbled");
  self->end = self->origin + end;
}

static void
make_final (Hearing *self)
{
  tell (self, TRUE);
  g_string_truncate (self->text, 0);
  self->utterance++;
}

/* recogniser */

static gboolean
check_model (const CapLoadOptions *options, GError **error)
{
  const char *file = g_hash_table_lookup (options->settings, "file");
  g_autofree char *path = file != NULL ? g_build_filename (options->model, file, NULL) : NULL;

  if (path == NULL || g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "The file %s is missing.", path);
  return FALSE;
}

static gpointer
load (CapProgram *program, const CapLoadOptions *options, CapLoadFacts *facts, GError **error)
{
  const char *letter = g_hash_table_lookup (options->settings, "letter");
  Hearing *self;

  if (plan.abort_early)
    abort ();
  if (!check_model (options, error))
    return NULL;

  self = g_new0 (Hearing, 1);
  self->letter = letter != NULL ? *letter : 'w';
  self->program = program;
  self->text = g_string_new (NULL);
  self->grown = g_byte_array_new ();
  self->utterance = 1;
  facts->rate = RATE;
  if (plan.early)
    {
      g_string_assign (self->text, "early");
      tell (self, FALSE);
      g_string_truncate (self->text, 0);
    }
  facts->name = g_strdup ("Words");
  return self;
}

static void
finish (gpointer recogniser)
{
  Hearing *self = recogniser;

  if (self->words == NULL)
    return;

  words_end (self->words);
  g_clear_pointer (&self->words, words_free);
  make_final (self);
}

static void
begin (gpointer recogniser, guint64 position)
{
  Hearing *self = recogniser;

  /* The speech goes on. */
  if (self->words != NULL && position == self->next)
    return;

  finish (self);
  self->words = words_new (RATE, on_word, self);
  self->origin = self->next = position;
}

static void
audio (gpointer recogniser, guint64 position, gconstpointer samples, gsize n_frames)
{
  Hearing *self = recogniser;
  gsize length = self->text->len;

  self->n_audio++;
  if (self->n_audio == plan.abort_at)
    abort ();
  while (plan.hang_at > 0 && self->n_audio >= plan.hang_at)
    pause ();

  if (plan.grow)
    g_byte_array_set_size (self->grown, self->grown->len + GROWTH);
  words_feed (self->words, samples, n_frames);
  self->next = position + n_frames;
  if (self->n_audio == plan.lie_at)
    {
      g_string_assign (self->text, "once");
      make_final (self);
      self->utterance--;
      g_string_assign (self->text, "twice");
      make_final (self);
    }
  else if (self->text->len > length)
    tell (self, FALSE);
  for (guint i = 0; plan.flood && i < 1000; i++)
    tell (self, FALSE);
}

static void
end (gpointer recogniser, guint64 position, gboolean more)
{
  if (plan.unfinished)
    tell (recogniser, FALSE);
  else if (more)
    make_final (recogniser);
  else
    finish (recogniser);
}

static void
free_hearing (gpointer recogniser)
{
  Hearing *self = recogniser;

  g_clear_pointer (&self->words, words_free);
  g_string_free (self->text, TRUE);
  g_byte_array_unref (self->grown);
  g_free (self);
}

int
main (int argc, char **argv)
{
  static const CapProgramFuncs funcs = { load, begin, audio, end, finish, free_hearing };

  for (int i = 1; i < argc; i++)
    if (g_str_equal (argv[i], "--child"))
      {
        i++;
        if (fork () == 0)
          {
            sleep (1000);
            _exit (0);
          }
      }
    else if (g_str_equal (argv[i], "--abort-early"))
      plan.abort_early = TRUE;
    else if (g_str_equal (argv[i], "--early"))
      plan.early = TRUE;
    else if (g_str_equal (argv[i], "--unfinished"))
      plan.unfinished = TRUE;
    else if (g_str_equal (argv[i], "--flood"))
      plan.flood = TRUE;
    else if (g_str_equal (argv[i], "--grow"))
      plan.grow = TRUE;
    else if (g_str_equal (argv[i], "--abort-at") && i + 1 < argc)
      plan.abort_at = atoi (argv[++i]);
    else if (g_str_equal (argv[i], "--abort-on") && i + 1 < argc)
      plan.abort_on = atoi (argv[++i]);
    else if (g_str_equal (argv[i], "--hang-at") && i + 1 < argc)
      plan.hang_at = atoi (argv[++i]);
    else if (g_str_equal (argv[i], "--lie-at") && i + 1 < argc)
      plan.lie_at = atoi (argv[++i]);
    else
      return EXIT_FAILURE;

  return cap_program_run (&funcs);
}
