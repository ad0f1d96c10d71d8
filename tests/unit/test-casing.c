/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "sherpa-onnx/casing.h"

#include <locale.h>

static void
check (const char *word, const char *language, gboolean first, const char *expected)
{
  g_autofree char *cased = cap_casing_lower_word (word, language, first);

  g_assert_cmpstr (cased, ==, expected);
}

static void
test_first_word (void)
{
  check ("HE", "en", TRUE, "He");
  check ("HE", "en", FALSE, "he");
  check ("ÜBER", "de", TRUE, "Über");
  check ("ЁЛКА", "ru", TRUE, "Ёлка");
  check ("'TIS", "en", TRUE, "'Tis");
  check ("4TH", "en", TRUE, "4th");
  check ("", "en", TRUE, "");
  check ("天", "zh", TRUE, "天");
}

static void
test_small_letters (void)
{
  check ("STRASSE", "de", FALSE, "strasse");
  check ("STRAẞE", "de", FALSE, "straße");
  check ("STRAßE", "de", FALSE, "straße");
  check ("ÉTÉ", "fr", FALSE, "été");
  check ("ДЕНЬ", "ru", FALSE, "день");
}

static void
test_english_i (void)
{
  check ("I", "en", FALSE, "I");
  check ("I", "en-GB", FALSE, "I");
  check ("I", NULL, FALSE, "I");
  check ("I'M", "en", FALSE, "I'm");
  check ("I'LL", "en-US", FALSE, "I'll");
  check ("I’VE", "en", FALSE, "I’ve");
  check ("IT", "en", FALSE, "it");
  check ("IN", NULL, FALSE, "in");
  check ("I", "it", FALSE, "i");
  check ("I", "eng", FALSE, "i");
}

/* The language of the text decides, also for a Turkish user. */
static void
test_turkish (void)
{
  check ("IŞIK", "tr", FALSE, "ışık");
  check ("İYİ", "tr", FALSE, "iyi");
  check ("İYİ", "tr", TRUE, "İyi");
  check ("IŞIK", "tr", TRUE, "Işık");

  if (setlocale (LC_ALL, "tr_TR.UTF-8") != NULL)
    check ("TITLE", "en", FALSE, "title");
  setlocale (LC_ALL, "");
}

static void
test_has (void)
{
  g_assert_true (cap_casing_has_small ("NATO is"));
  g_assert_true (cap_casing_has_small ("ß"));
  g_assert_false (cap_casing_has_small ("NATO 5 天 ÄÖ"));
  g_assert_false (cap_casing_has_small (""));
  g_assert_true (cap_casing_has_capital ("aÄ"));
  g_assert_false (cap_casing_has_capital ("ä 5 天"));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/casing/first-word", test_first_word);
  g_test_add_func ("/casing/small-letters", test_small_letters);
  g_test_add_func ("/casing/english-i", test_english_i);
  g_test_add_func ("/casing/turkish", test_turkish);
  g_test_add_func ("/casing/has", test_has);
  return g_test_run ();
}
