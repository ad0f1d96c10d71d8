/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/packetizer.h"

#include <math.h>

/* Everything that was sent. */
typedef struct
{
  GArray *frames; /* element-type gint16 */
  GArray *pieces; /* frames of each (element-type guint) */
} Wire;

static void
on_piece (gconstpointer bytes, gsize n_bytes, gpointer data)
{
  Wire *wire = data;
  guint n_frames = n_bytes / 2;

  for (guint i = 0; i < n_frames; i++)
    {
      gint16 frame = GINT16_FROM_LE (((const gint16 *) bytes)[i]);
      g_array_append_val (wire->frames, frame);
    }
  g_array_append_val (wire->pieces, n_frames);
}

static Wire *
wire_new (void)
{
  Wire *wire = g_new0 (Wire, 1);

  wire->frames = g_array_new (FALSE, FALSE, sizeof (gint16));
  wire->pieces = g_array_new (FALSE, FALSE, sizeof (guint));
  return wire;
}

static void
wire_free (Wire *wire)
{
  g_array_unref (wire->frames);
  g_array_unref (wire->pieces);
  g_free (wire);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wire, wire_free)

/* Feeds @n_frames of a 440 Hz tone in pieces of uneven size. */
static void
feed_tone (CapPacketizer *sound, guint n_frames)
{
  g_autofree gint16 *tone = g_new (gint16, n_frames);

  for (guint i = 0; i < n_frames; i++)
    tone[i] = 10000 * sin (2 * G_PI * 440 * i / CAP_AUDIO_RATE);
  for (guint at = 0, n = 1; at < n_frames; at += n, n = n * 2 % 1999 + 1)
    cap_packetizer_feed (sound, tone + at, MIN (n, n_frames - at));
}

static guint
count_crossings (GArray *frames)
{
  guint n = 0;

  for (guint i = 1; i < frames->len; i++)
    n += g_array_index (frames, gint16, i - 1) < 0 && g_array_index (frames, gint16, i) >= 0;

  return n;
}

static void
test_pieces_are_a_tenth_of_a_second (void)
{
  g_autoptr (Wire) wire = wire_new ();
  g_autoptr (CapPacketizer) sound = cap_packetizer_new (CAP_AUDIO_RATE, on_piece, wire);

  feed_tone (sound, 2400 * 3 + 100);
  g_assert_cmpuint (wire->pieces->len, ==, 3);
  g_assert_cmpuint (cap_packetizer_end (sound, 0, 0), ==, 0);
  g_assert_cmpuint (wire->pieces->len, ==, 4);
  g_assert_cmpuint (wire->frames->len, ==, 2400 * 3 + 100);
  g_assert_cmpint (g_array_index (wire->frames, gint16, 10), ==,
                   (gint16) (10000 * sin (2 * G_PI * 440 * 10 / CAP_AUDIO_RATE)));
}

static void
test_another_rate_is_the_same_sound (void)
{
  g_autoptr (Wire) wire = wire_new ();
  g_autoptr (CapPacketizer) sound = cap_packetizer_new (16000, on_piece, wire);

  feed_tone (sound, CAP_AUDIO_RATE);
  cap_packetizer_end (sound, 0, 0);
  g_assert_cmpuint (g_array_index (wire->pieces, guint, 0), ==, 1600);
  g_assert_cmpuint (wire->frames->len, >, 15900);
  g_assert_cmpuint (wire->frames->len, <=, 16000);
  g_assert_cmpuint (count_crossings (wire->frames), >=, 435);
  g_assert_cmpuint (count_crossings (wire->frames), <=, 441);
}

/* Services refuse turns of less than 100 ms. */
static void
test_short_turns_are_made_long_enough (void)
{
  g_autoptr (Wire) wire = wire_new ();
  g_autoptr (CapPacketizer) sound = cap_packetizer_new (CAP_AUDIO_RATE, on_piece, wire);

  feed_tone (sound, 400);
  g_assert_cmpuint (cap_packetizer_end (sound, 2400, 0), ==, 2000);
  g_assert_cmpuint (wire->frames->len, ==, 2400);
  /* The packetizer counts each turn separately. */
  feed_tone (sound, 3000);
  g_assert_cmpuint (cap_packetizer_end (sound, 2400, 0), ==, 0);
  feed_tone (sound, 3000);
  g_assert_cmpuint (cap_packetizer_end (sound, 2400, 12000), ==, 12000);
  g_assert_cmpuint (wire->frames->len, ==, 2400 + 3000 + 15000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/packetizer/pieces last 100 ms", test_pieces_are_a_tenth_of_a_second);
  g_test_add_func ("/packetizer/resampling keeps the sound", test_another_rate_is_the_same_sound);
  g_test_add_func ("/packetizer/short turns are padded", test_short_turns_are_made_long_enough);
  return g_test_run ();
}
