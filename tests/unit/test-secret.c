/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "dbus/error.h"
#include "providers/secret.h"

#include <string.h>

static void
test_taken (void)
{
  static const char *const texts[] = { "key-1", "  key-1\t\n", "key-1\r\nsecond line", "key-1\n\xff" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (CapSecret) secret = cap_secret_new (texts[i], -1, NULL);

      g_assert_cmpstr (cap_secret_peek (secret), ==, "key-1");
    }
}

static void
test_length_counts (void)
{
  g_autoptr (CapSecret) secret = cap_secret_new ("key-1 and more", 5, NULL);

  g_assert_cmpstr (cap_secret_peek (secret), ==, "key-1");
}

static void
test_refused (void)
{
  g_autofree char *long_one = g_strnfill (16 * 1024 + 1, 'x');
  const char *const texts[] = { "", " \n key", "key\x01", "Schl\xc3\xbcssel", "k\x7f", long_one };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (cap_secret_new (texts[i], -1, &error));
      g_assert_error (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION);
    }
}

static void
test_longest (void)
{
  g_autofree char *text = g_strnfill (16 * 1024, 'x');
  g_autoptr (CapSecret) secret = cap_secret_new (text, -1, NULL);

  g_assert_cmpstr (cap_secret_peek (secret), ==, text);
}

static void
test_references_and_expiry (void)
{
  CapSecret *secret = cap_secret_new ("key-1", -1, NULL);

  g_assert_cmpint (cap_secret_get_expiry (secret), ==, 0);
  cap_secret_set_expiry (secret, 1234);
  cap_secret_unref (cap_secret_ref (secret));
  g_assert_cmpstr (cap_secret_peek (secret), ==, "key-1");
  g_assert_cmpint (cap_secret_get_expiry (secret), ==, 1234);
  cap_secret_unref (secret);
}

/* Returns the kernel's flags of the page: "lo" means locked, "dd" excluded from core
 * dumps. */
static char *
flags_of (const char *address)
{
  g_autofree char *maps = NULL;
  g_auto (GStrv) lines = NULL;
  gboolean here = FALSE;

  g_assert_true (g_file_get_contents ("/proc/self/smaps", &maps, NULL, NULL));
  lines = g_strsplit (maps, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      char *end = NULL;
      guint64 start = g_ascii_strtoull (lines[i], &end, 16);

      if (*end == '-')
        here = start <= (gsize) address && (gsize) address < g_ascii_strtoull (end + 1, NULL, 16);
      else if (here && g_str_has_prefix (lines[i], "VmFlags:"))
        return g_strdup (lines[i]);
    }
  return NULL;
}

static void
test_locked (void)
{
  g_autoptr (CapSecret) secret = cap_secret_new ("key-1", -1, NULL);
  g_autofree char *flags = flags_of (cap_secret_peek (secret));

  if (flags == NULL)
    {
      g_test_skip ("This kernel does not show the flags of memory.");
      return;
    }
  g_assert_nonnull (strstr (flags, " dd"));
  if (strstr (flags, " lo") == NULL)
    g_test_skip ("This system does not allow locking memory.");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/secret/whitespace-is-trimmed", test_taken);
  g_test_add_func ("/secret/length", test_length_counts);
  g_test_add_func ("/secret/refused", test_refused);
  g_test_add_func ("/secret/longest-key", test_longest);
  g_test_add_func ("/secret/references", test_references_and_expiry);
  g_test_add_func ("/secret/locked", test_locked);

  return g_test_run ();
}
