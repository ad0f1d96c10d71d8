/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "sound/pcm.h"
#include "sound/ring.h"

#include <glib.h>
#include <math.h>

#define RATE 1000

static void
fill (float *samples, guint n, guint first)
{
  for (guint i = 0; i < n; i++)
    samples[i] = first + i;
}

static void
test_order (void)
{
  CapRing *ring = cap_ring_new (64, RATE);
  float in[40], out[64];
  gint64 time = 0;
  guint written = 0;

  /* The size of the ring is not a multiple of forty, so blocks wrap at many places. */
  for (guint round = 0; round < 100; round++)
    {
      fill (in, 40, written);
      g_assert_true (cap_ring_write (ring, in, 40, round * 7));
      g_assert_cmpuint (cap_ring_get_end (ring), ==, round + 1);
      g_assert_cmpuint (cap_ring_read (ring, round + 1, out, 64, &time), ==, 40);
      g_assert_cmpint (time, ==, round * 7);
      for (guint i = 0; i < 40; i++)
        g_assert_cmpfloat (out[i], ==, written + i);
      g_assert_false (cap_ring_has (ring, round + 1));
      written += 40;
    }
  g_assert_cmpuint (cap_ring_get_dropped_frames (ring), ==, 0);
  cap_ring_free (ring);
}

static void
test_parts (void)
{
  CapRing *ring = cap_ring_new (64, RATE);
  float in[30], out[64];
  gint64 time = 0;

  fill (in, 30, 0);
  cap_ring_write (ring, in, 30, 5000000);
  g_assert_cmpuint (cap_ring_read (ring, 1, out, 10, &time), ==, 10);
  g_assert_cmpint (time, ==, 5000000);
  g_assert_cmpuint (cap_ring_read (ring, 1, out, 64, &time), ==, 20);
  g_assert_cmpfloat (out[0], ==, 10);
  g_assert_cmpint (time, ==, 5000000 + 10 * 1000000);
  g_assert_cmpuint (cap_ring_read (ring, 1, out, 64, &time), ==, 0);
  cap_ring_free (ring);
}

static void
test_end (void)
{
  CapRing *ring = cap_ring_new (64, RATE);
  float in[8], out[64];
  gint64 time;

  fill (in, 8, 0);
  for (guint i = 0; i < 4; i++)
    cap_ring_write (ring, in, 8, i);

  /* The ring keeps frames that came after the requested end. */
  g_assert_cmpuint (cap_ring_read (ring, 1, out, 64, &time), ==, 8);
  g_assert_cmpuint (cap_ring_read (ring, 1, out, 64, &time), ==, 0);
  cap_ring_skip (ring, 3);
  g_assert_cmpuint (cap_ring_read (ring, 4, out, 64, &time), ==, 8);
  g_assert_cmpint (time, ==, 3);
  cap_ring_free (ring);
}

static void
test_overflow (void)
{
  CapRing *ring = cap_ring_new (64, RATE);
  float in[48], out[64];
  gint64 time;

  fill (in, 48, 0);
  g_assert_true (cap_ring_write (ring, in, 48, 1));
  g_assert_false (cap_ring_write (ring, in, 48, 2));
  g_assert_true (cap_ring_write (ring, in, 16, 3));
  g_assert_false (cap_ring_write (ring, in, 1, 4));
  g_assert_cmpuint (cap_ring_get_dropped_frames (ring), ==, 49);

  cap_ring_skip (ring, 1);
  g_assert_true (cap_ring_write (ring, in, 48, 5));
  g_assert_cmpuint (cap_ring_read (ring, 3, out, 64, &time), ==, 16);
  g_assert_cmpint (time, ==, 3);
  g_assert_cmpuint (cap_ring_read (ring, 3, out, 64, &time), ==, 48);
  g_assert_cmpint (time, ==, 5);
  cap_ring_free (ring);
}

static void
test_many_blocks (void)
{
  CapRing *ring = cap_ring_new (64, RATE);
  float in = 1;
  guint n_dropped = 0;

  for (guint i = 0; i < 64; i++)
    n_dropped += !cap_ring_write (ring, &in, 1, 0);
  g_assert_cmpuint (n_dropped, ==, cap_ring_get_dropped_frames (ring));
  g_assert_cmpuint (cap_ring_get_end (ring) + n_dropped, ==, 64);
  cap_ring_free (ring);
}

#define STRESS_FRAMES 4000000

typedef struct
{
  CapRing *ring;
  gint done;
} Stress;

/* Each frame is its own number, so the reader notices any wrong order. */
static gpointer
write_many (gpointer data)
{
  Stress *stress = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  float in[256];
  guint written = 0;

  while (written < STRESS_FRAMES)
    {
      guint n = g_rand_int_range (rand, 1, G_N_ELEMENTS (in));

      /* A float holds these numbers exactly. */
      for (guint i = 0; i < n; i++)
        in[i] = (written + i) % 16777216;
      if (cap_ring_write (stress->ring, in, n, written))
        written += n;
      else
        g_thread_yield ();
    }
  g_atomic_int_set (&stress->done, 1);
  return NULL;
}

static void
test_threads (void)
{
  Stress stress = { cap_ring_new (4096, 1000000000), 0 };
  g_autoptr (GThread) writer = g_thread_new ("writer", write_many, &stress);
  float out[100];
  gint64 time;
  guint64 read = 0;

  for (;;)
    {
      gboolean done = g_atomic_int_get (&stress.done);
      guint n = cap_ring_read (stress.ring, cap_ring_get_end (stress.ring), out, 100, &time);

      if (n == 0 && done)
        break;
      for (guint i = 0; i < n; i++)
        g_assert_true (out[i] == (float) ((read + i) % 16777216));
      if (n > 0)
        g_assert_cmpint (time, ==, read);
      read += n;
    }
  g_thread_join (g_steal_pointer (&writer));
  g_assert_cmpuint (read, >=, STRESS_FRAMES);
  cap_ring_free (stress.ring);
}

static void
test_pcm (void)
{
  const float in[] = { 0, 0.5, -0.5, 1, -1, 1.9, -7, INFINITY, -INFINITY, NAN };
  const gint16 expected[]
      = { 0, 16384, -16384, 32767, -32767, 32767, -32768, 32767, -32768, 0 };
  gint16 out[G_N_ELEMENTS (in)];

  cap_pcm_from_float (out, in, G_N_ELEMENTS (in), 1);
  for (guint i = 0; i < G_N_ELEMENTS (in); i++)
    g_assert_cmpint (ABS (out[i] - expected[i]), <=, 1);

  cap_pcm_from_float (out, (float[]){ 1.8f }, 1, 0.5f);
  g_assert_cmpint (out[0], ==, 29490);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ring/blocks come out as they went in", test_order);
  g_test_add_func ("/ring/a block can be taken in parts", test_parts);
  g_test_add_func ("/ring/a read stops at the requested end", test_end);
  g_test_add_func ("/ring/dropped frames are counted", test_overflow);
  g_test_add_func ("/ring/tiny blocks do not overflow the table", test_many_blocks);
  g_test_add_func ("/ring/two threads see the same", test_threads);
  g_test_add_func ("/pcm/loud samples are clipped", test_pcm);
  return g_test_run ();
}
