/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* Decodes the countable words (see words.h) in mono 16-bit native-endian sound from
 * standard input, and prints them. "garbled" stands for sound that is not a whole word. */

#include "tools/words.h"

#include <stdlib.h>
#include <unistd.h>

static void
on_word (gint number, guint64 begin, guint64 end, gpointer user_data)
{
  if (number >= 0)
    g_print ("w%05d\n", number);
  else
    g_print ("garbled\n");
}

int
main (int argc, char **argv)
{
  g_autoptr (Words) words = NULL;
  gint16 samples[4096];
  gsize n_bytes = 0;
  gssize n;

  if (argc != 2)
    return g_printerr ("hear-words RATE\n"), EXIT_FAILURE;

  words = words_new (atoi (argv[1]), on_word, NULL);
  while ((n = read (STDIN_FILENO, (char *) samples + n_bytes, sizeof samples - n_bytes)) > 0)
    {
      n_bytes += n;
      if (n_bytes < sizeof samples)
        continue;
      words_feed (words, samples, G_N_ELEMENTS (samples));
      n_bytes = 0;
    }
  words_feed (words, samples, n_bytes / sizeof (gint16));
  words_end (words);
  return EXIT_SUCCESS;
}
