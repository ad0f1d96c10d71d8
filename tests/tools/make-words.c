/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* Writes a WAV file of countable words, and a list with one line "number begin end" per
 * word; times are in seconds. */

#include "tools/words.h"

#include <stdlib.h>
#include <string.h>

#define USAGE \
  "make-words --seconds N --wav FILE --list FILE [--seed N] [--rate 48000|24000|16000] [--first NUMBER]\n" \
  "           [--lead SECONDS] [--sentence MIN MAX] [--pause MIN MAX] [--no-pauses]\n"

typedef struct
{
  WordsPlan plan;
  const char *wav, *list;
} Options;

/* Missing and negative numbers become too great for check_options() to accept. */
static double
take_number (char ***arguments)
{
  double number = **arguments != NULL ? g_ascii_strtod (*(*arguments)++, NULL) : -1;

  return number >= 0 && number < G_MAXINT ? number : G_MAXINT;
}

static const char *
take_text (char ***arguments)
{
  return **arguments != NULL ? *(*arguments)++ : NULL;
}

/* Takes an option and its values. Returns FALSE if the option is unknown. */
static gboolean
take_option (Options *self, char ***arguments)
{
  const char *name = *(*arguments)++;
  WordsPlan *plan = &self->plan;

  if (g_str_equal (name, "--seed"))
    plan->seed = take_number (arguments);
  else if (g_str_equal (name, "--seconds"))
    plan->seconds = take_number (arguments);
  else if (g_str_equal (name, "--rate"))
    plan->rate = take_number (arguments);
  else if (g_str_equal (name, "--first"))
    plan->first = take_number (arguments);
  else if (g_str_equal (name, "--lead"))
    plan->lead = take_number (arguments);
  else if (g_str_equal (name, "--sentence"))
    plan->shortest = take_number (arguments), plan->longest = take_number (arguments);
  else if (g_str_equal (name, "--pause"))
    plan->least_pause = take_number (arguments), plan->most_pause = take_number (arguments);
  else if (g_str_equal (name, "--no-pauses"))
    plan->shortest = plan->longest = 0;
  else if (g_str_equal (name, "--wav"))
    self->wav = take_text (arguments);
  else if (g_str_equal (name, "--list"))
    self->list = take_text (arguments);
  else
    return FALSE;
  return TRUE;
}

static gboolean
check_options (const Options *self)
{
  const WordsPlan *plan = &self->plan;

  /* A word takes about half a second, so this many numbers must be left. */
  return self->wav != NULL && self->list != NULL && plan->seconds > 0 && plan->seconds <= 4 * 3600
         && (plan->rate == 48000 || plan->rate == 24000 || plan->rate == 16000)
         && plan->first + plan->seconds * 2 < WORDS_COUNT && plan->lead >= 0 && plan->lead <= plan->seconds
         && plan->shortest <= plan->longest && plan->longest < 10000
         && plan->least_pause >= 0 && plan->least_pause < plan->most_pause && plan->most_pause <= 3600;
}

static void
append_le (GByteArray *bytes, guint32 value, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      guint8 byte = value >> 8 * i;

      g_byte_array_append (bytes, &byte, 1);
    }
}

static gboolean
write_wav (const char *path, GArray *samples, guint rate, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_sized_new (44 + samples->len * 2);

  g_byte_array_append (bytes, (const guint8 *) "RIFF", 4);
  append_le (bytes, 36 + samples->len * 2, 4);
  g_byte_array_append (bytes, (const guint8 *) "WAVEfmt ", 8);
  append_le (bytes, 16, 4);
  append_le (bytes, 1, 2);
  append_le (bytes, 1, 2);
  append_le (bytes, rate, 4);
  append_le (bytes, rate * 2, 4);
  append_le (bytes, 2, 2);
  append_le (bytes, 16, 2);
  g_byte_array_append (bytes, (const guint8 *) "data", 4);
  append_le (bytes, samples->len * 2, 4);
  for (guint i = 0; i < samples->len; i++)
    append_le (bytes, (guint16) g_array_index (samples, gint16, i), 2);

  return g_file_set_contents (path, (const char *) bytes->data, bytes->len, error);
}

static gboolean
write_list (const char *path, GArray *said, guint rate, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < said->len; i++)
    {
      const WordsSaid *word = &g_array_index (said, WordsSaid, i);
      char begin[G_ASCII_DTOSTR_BUF_SIZE], end[G_ASCII_DTOSTR_BUF_SIZE];

      g_ascii_formatd (begin, sizeof begin, "%.4f", (double) word->begin / rate);
      g_ascii_formatd (end, sizeof end, "%.4f", (double) word->end / rate);
      g_string_append_printf (text, "%u %s %s\n", word->number, begin, end);
    }

  return g_file_set_contents (path, text->str, text->len, error);
}

int
main (int argc, char **argv)
{
  Options self = { { .rate = 48000, .seed = 1, .first = 1, .lead = 0.5, .shortest = 3, .longest = 12,
                     .least_pause = 0.7, .most_pause = 3 } };
  g_autoptr (GArray) samples = NULL;
  g_autoptr (GArray) said = NULL;
  g_autoptr (GError) error = NULL;

  for (argv++; *argv != NULL;)
    if (!take_option (&self, &argv))
      return g_printerr (USAGE), EXIT_FAILURE;
  if (!check_options (&self))
    return g_printerr (USAGE), EXIT_FAILURE;

  samples = words_compose (&self.plan, &said);
  if (!write_wav (self.wav, samples, self.plan.rate, &error)
      || !write_list (self.list, said, self.plan.rate, &error))
    return g_printerr ("%s\n", error->message), EXIT_FAILURE;
  return EXIT_SUCCESS;
}
