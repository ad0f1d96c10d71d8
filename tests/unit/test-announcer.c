/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/captions/announcer.h"

static CapSegment *
segment_new (guint64 id, const char *text, gboolean final, const char *details)
{
  g_autoptr (GVariant) row = g_variant_ref_sink (
      g_variant_new ("(ttsbxx@a{sv})", id, id, text, final, (gint64) id, (gint64) id + 1,
                     g_variant_new_parsed (details)));

  return cap_segment_new (row);
}

/* @expected: NULL if nothing is announced. */
static void
check (CapAnnouncer *announcer, guint64 id, const char *text, gboolean final, const char *details,
       const char *expected)
{
  g_autoptr (CapSegment) segment = segment_new (id, text, final, details);
  g_autofree char *said = cap_announcer_take (announcer, segment);

  g_assert_cmpstr (said, ==, expected);
}

#define NOTHING "@a{sv} {}"

static void
test_once (void)
{
  g_autoptr (CapAnnouncer) announcer = cap_announcer_new ();

  check (announcer, 1, "It is", FALSE, NOTHING, NULL);
  check (announcer, 1, "It is late.", TRUE, NOTHING, "It is late.");
  check (announcer, 1, "It is late.", TRUE, "{'translation': <'Es ist spät.'>}", NULL);
  check (announcer, 2, "", FALSE, "{'retracted': <true>}", NULL);
  check (announcer, 3, "", TRUE, NOTHING, NULL);

  cap_announcer_clear (announcer);
  check (announcer, 1, "Another.", TRUE, NOTHING, "Another.");
}

static void
test_lower_ids (void)
{
  g_autoptr (CapAnnouncer) announcer = cap_announcer_new ();

  check (announcer, 1, "Before.", TRUE, NOTHING, "Before.");
  check (announcer, 3, "", TRUE, "{'gap': <4.0>}", "[4 s missing]");
  check (announcer, 2, "After.", TRUE, NOTHING, "After.");
  check (announcer, 3, "", TRUE, "{'gap': <4.0>}", NULL);
}

static void
test_past (void)
{
  g_autoptr (CapAnnouncer) announcer = cap_announcer_new ();

  for (guint64 id = 1; id <= 2000; id++)
    {
      g_autoptr (CapSegment) segment = segment_new (id, "Old.", id != 2000, NOTHING);

      cap_announcer_pass_over (announcer, segment);
    }
  for (guint64 id = 1; id < 2000; id++)
    check (announcer, id, "Old.", TRUE, "{'translation': <'Alt.'>}", NULL);
  check (announcer, 2000, "New.", TRUE, NOTHING, "New.");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/announcer/once", test_once);
  g_test_add_func ("/announcer/lower-ids", test_lower_ids);
  g_test_add_func ("/announcer/past", test_past);
  return g_test_run ();
}
