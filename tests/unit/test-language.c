/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "base/language-match.h"

static const char *const english[] = { "en", NULL };
static const char *const american[] = { "de", "en-US", NULL };
static const char *const chinese[] = { "zh-Hans-CN", "zh-HK", NULL };
static const char *const none[] = { NULL };

static void
test_same (void)
{
  g_assert_cmpint (cap_language_match ("en", english), ==, CAP_LANGUAGE_SAME);
  g_assert_cmpint (cap_language_match ("EN-gb", english), ==, CAP_LANGUAGE_SAME);
  g_assert_cmpint (cap_language_match ("en", american), ==, CAP_LANGUAGE_SAME);
  g_assert_cmpint (cap_language_match ("zh-Hans", chinese), ==, CAP_LANGUAGE_SAME);
}

static void
test_variant (void)
{
  g_assert_cmpint (cap_language_match ("en-GB", american), ==, CAP_LANGUAGE_VARIANT);
  g_assert_cmpint (cap_language_match ("zh-TW", chinese), ==, CAP_LANGUAGE_VARIANT);
  g_assert_cmpint (cap_language_match ("en-U", american), ==, CAP_LANGUAGE_VARIANT);
}

static void
test_other (void)
{
  g_assert_cmpint (cap_language_match ("fr", american), ==, CAP_LANGUAGE_OTHER);
  g_assert_cmpint (cap_language_match ("e", english), ==, CAP_LANGUAGE_OTHER);
  g_assert_cmpint (cap_language_match ("enm", english), ==, CAP_LANGUAGE_OTHER);
  g_assert_cmpint (cap_language_match ("en", none), ==, CAP_LANGUAGE_OTHER);
}

static void
test_any (void)
{
  g_assert_cmpint (cap_language_match ("", american), ==, CAP_LANGUAGE_SAME);
  g_assert_cmpint (cap_language_match ("", none), ==, CAP_LANGUAGE_SAME);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/language/a tag includes its variants", test_same);
  g_test_add_func ("/language/variants serve each other", test_variant);
  g_test_add_func ("/language/other languages do not match", test_other);
  g_test_add_func ("/language/no tag stands for any language", test_any);
  return g_test_run ();
}
