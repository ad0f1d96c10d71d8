/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "speech/ledger.h"

#define SECOND G_USEC_PER_SEC
#define N_MAX 100000

/* A sample that depends on its position, so that the test can check every peek. */
static gint16
sample_at (guint64 position)
{
  return (gint16) (position * 7919 ^ position >> 16);
}

static void
append (CapLedger *ledger, gint64 time, gsize n_frames)
{
  g_autofree gint16 *samples = g_new (gint16, n_frames);
  guint64 end = cap_ledger_get_end (ledger);

  for (gsize i = 0; i < n_frames; i++)
    samples[i] = sample_at (end + i);
  cap_ledger_append (ledger, time, samples, n_frames);
}

/* Reads and checks all audio from @begin to @end. Returns the number of pieces. */
static guint
assert_kept (CapLedger *ledger, guint64 begin, guint64 end)
{
  guint pieces = 0;
  gsize n;

  g_assert_cmpuint (cap_ledger_get_begin (ledger), ==, begin);
  g_assert_cmpuint (cap_ledger_get_end (ledger), ==, end);

  for (guint64 position = begin; position < end; position += n, pieces++)
    {
      const gint16 *samples = cap_ledger_peek (ledger, position, &n);

      g_assert_nonnull (samples);
      g_assert_cmpuint (n, >, 0);
      g_assert_cmpuint (position + n, <=, end);
      for (gsize i = 0; i < n; i++)
        if (samples[i] != sample_at (position + i))
          g_error ("wrong sample at %" G_GUINT64_FORMAT, position + i);
    }

  return pieces;
}

static void
assert_nothing_at (CapLedger *ledger, guint64 position)
{
  gsize n = 1;

  cap_ledger_peek (ledger, position, &n);
  g_assert_cmpuint (n, ==, 0);
}

static void
test_positions (void)
{
  g_autoptr (CapLedger) ledger = cap_ledger_new (N_MAX);

  assert_nothing_at (ledger, 0);
  append (ledger, 0, 50000);
  assert_kept (ledger, 0, 50000);
  assert_nothing_at (ledger, 50000);

  cap_ledger_settle (ledger, 0, 20000);
  assert_kept (ledger, 20000, 50000);
  assert_nothing_at (ledger, 19999);

  cap_ledger_settle (ledger, 0, 10000);
  assert_kept (ledger, 20000, 50000);

  cap_ledger_settle (ledger, 0, G_MAXUINT64);
  assert_kept (ledger, 50000, 50000);
  append (ledger, 0, 10);
  assert_kept (ledger, 50000, 50010);
  append (ledger, 0, 0);
  assert_kept (ledger, 50000, 50010);
}

static void
test_settled_in_any_order (void)
{
  g_autoptr (CapLedger) ledger = cap_ledger_new (N_MAX);
  gsize n;

  append (ledger, 0, 50000);
  cap_ledger_settle (ledger, 30000, 40000);
  g_assert_cmpuint (cap_ledger_get_begin (ledger), ==, 0);
  g_assert_cmpuint (cap_ledger_get_open (ledger, 29999), ==, 29999);
  g_assert_cmpuint (cap_ledger_get_open (ledger, 30000), ==, 40000);
  g_assert_cmpuint (cap_ledger_get_open (ledger, 40000), ==, 40000);
  assert_nothing_at (ledger, 35000);
  g_assert_nonnull (cap_ledger_peek (ledger, 29000, &n));
  g_assert_cmpuint (n, ==, 1000);

  /* The ledger joins ranges that touch, and settling the first discards the joined one. */
  cap_ledger_settle (ledger, 10000, 30000);
  g_assert_cmpuint (cap_ledger_get_open (ledger, 10000), ==, 40000);
  cap_ledger_settle (ledger, 45000, 60000);
  g_assert_cmpuint (cap_ledger_get_open (ledger, 45000), ==, 50000);
  cap_ledger_settle (ledger, 0, 10000);
  g_assert_cmpuint (cap_ledger_get_begin (ledger), ==, 40000);
  cap_ledger_settle (ledger, 40000, 45000);
  g_assert_cmpuint (cap_ledger_get_begin (ledger), ==, 50000);
}

static void
test_settled_beyond_the_bound (void)
{
  g_autoptr (CapLedger) ledger = cap_ledger_new (N_MAX);

  append (ledger, 0, N_MAX);
  cap_ledger_settle (ledger, 1000, 20000);
  append (ledger, 0, 999);
  g_assert_cmpuint (cap_ledger_get_begin (ledger), ==, 999);
  append (ledger, 0, 1);
  g_assert_cmpuint (cap_ledger_get_begin (ledger), ==, 20000);
}

static void
test_pieces (void)
{
  g_autoptr (CapLedger) ledger = cap_ledger_new (90 * CAP_AUDIO_RATE);

  /* Audio appended in crumbs can still be read in few pieces. */
  for (guint i = 0; i < 90 * 100; i++)
    append (ledger, i * SECOND / 100, CAP_AUDIO_RATE / 100);
  g_assert_cmpuint (assert_kept (ledger, 0, 90 * CAP_AUDIO_RATE), <, 200);
}

static void
test_bound (void)
{
  g_autoptr (CapLedger) ledger = cap_ledger_new (N_MAX);

  append (ledger, 0, N_MAX);
  append (ledger, 0, 1);
  assert_kept (ledger, 1, N_MAX + 1);

  cap_ledger_settle (ledger, 0, 30001);
  append (ledger, 0, 40000);
  assert_kept (ledger, 40001, N_MAX + 40001);

  /* One append can exceed the bound. */
  append (ledger, 0, 3 * N_MAX);
  assert_kept (ledger, 3 * N_MAX + 40001, 4 * N_MAX + 40001);
}

static void
test_times (void)
{
  g_autoptr (CapLedger) ledger = cap_ledger_new (90 * CAP_AUDIO_RATE);
  const guint64 second = CAP_AUDIO_RATE;

  g_assert_cmpint (cap_ledger_get_time (ledger, 0), ==, 0);
  g_assert_cmpint (cap_ledger_get_end_time (ledger, 0), ==, 0);

  append (ledger, 100 * SECOND, second);
  append (ledger, 101 * SECOND + 49000, second);  /* late, but within tolerance */
  append (ledger, 200 * SECOND, second);          /* a gap */
  g_assert_cmpint (cap_ledger_get_time (ledger, 0), ==, 100 * SECOND);
  g_assert_cmpint (cap_ledger_get_time (ledger, second), ==, 101 * SECOND);
  g_assert_cmpint (cap_ledger_get_time (ledger, 3 * second / 2), ==, 101 * SECOND + SECOND / 2);
  g_assert_cmpint (cap_ledger_get_time (ledger, 2 * second), ==, 200 * SECOND);
  g_assert_cmpint (cap_ledger_get_end_time (ledger, 2 * second), ==, 102 * SECOND);
  g_assert_cmpint (cap_ledger_get_time (ledger, 3 * second), ==, 201 * SECOND);
  g_assert_cmpint (cap_ledger_get_end_time (ledger, 3 * second), ==, 201 * SECOND);
  g_assert_cmpint (cap_ledger_get_time (ledger, 9 * second), ==, 201 * SECOND);

  /* The ledger still knows the times of recently settled audio. */
  cap_ledger_settle (ledger, 0, 3 * second);
  g_assert_cmpint (cap_ledger_get_time (ledger, 0), ==, 100 * SECOND);
}

static void
test_clock_steps_back (void)
{
  g_autoptr (CapLedger) ledger = cap_ledger_new (90 * CAP_AUDIO_RATE);
  gint64 before = 0;

  append (ledger, 100 * SECOND, CAP_AUDIO_RATE);
  append (ledger, 100 * SECOND + SECOND / 2, CAP_AUDIO_RATE);
  append (ledger, 50 * SECOND, CAP_AUDIO_RATE);
  append (ledger, 200 * SECOND, CAP_AUDIO_RATE);

  for (guint64 position = 0; position <= 4 * CAP_AUDIO_RATE; position += 100)
    {
      gint64 time = cap_ledger_get_time (ledger, position);

      g_assert_cmpint (time, >=, before);
      g_assert_cmpint (cap_ledger_get_end_time (ledger, position), <=, time);
      before = time;
    }
  g_assert_cmpint (before, ==, 201 * SECOND);
}

/* A naive ledger, which frees nothing. */
typedef struct
{
  guint64 begin, end;
  GArray *times; /* one per frame (element-type gint64) */
} Model;

static void
model_append (Model *model, gint64 time, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      gint64 frame_time = time + (gint64) i * SECOND / CAP_AUDIO_RATE;

      g_array_append_val (model->times, frame_time);
    }
  model->end += n;
  if (model->end - model->begin > N_MAX)
    model->begin = model->end - N_MAX;
}

static void
assert_like_model (CapLedger *ledger, const Model *model)
{
  assert_kept (ledger, model->begin, model->end);

  for (guint64 position = model->begin; position < model->end; position += 997)
    {
      gint64 difference = cap_ledger_get_time (ledger, position)
                          - g_array_index (model->times, gint64, position);

      g_assert_cmpint (ABS (difference), <=, 50000 + 50);
    }
}

static void
test_random (void)
{
  g_autoptr (CapLedger) ledger = cap_ledger_new (N_MAX);
  Model model = { .times = g_array_new (FALSE, FALSE, sizeof (gint64)) };
  gint64 time = SECOND;

  for (guint i = 0; i < 500; i++)
    {
      gsize n = g_test_rand_int_range (1, g_test_rand_int_range (2, 20000));

      switch (g_test_rand_int_range (0, 8))
        {
        case 0: /* a gap, after enough audio since the last one */
          time += g_test_rand_int_range (1, 60) * SECOND;
          n += CAP_AUDIO_MS (200);
          break;
        case 1:
          model.begin = MAX (model.begin, MIN (model.begin + n, model.end));
          cap_ledger_settle (ledger, 0, model.begin);
          break;
        case 2: /* jitter */
          time += g_test_rand_int_range (0, 1000);
          break;
        default:
          break;
        }
      append (ledger, time, n);
      model_append (&model, time, n);
      time += n * SECOND / CAP_AUDIO_RATE;
      assert_like_model (ledger, &model);
    }

  g_array_unref (model.times);
}

/* Private resident memory of the process, in KiB. */
static guint64
get_memory (void)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) words = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  words = g_strsplit (text, " ", 4);
  return (g_ascii_strtoull (words[1], NULL, 10) - g_ascii_strtoull (words[2], NULL, 10)) * 4;
}

static void
test_memory (void)
{
  g_autoptr (CapLedger) ledger = cap_ledger_new (90 * CAP_AUDIO_RATE);
  gint16 samples[240] = { 0 };
  guint64 before = 0, after;

#ifdef __SANITIZE_ADDRESS__
  g_test_skip ("AddressSanitizer keeps freed memory");
  return;
#endif

  /* The clock jumps all day, and nothing is settled in the last hour, so the bound is
   * about 4.4 MiB. */
  for (guint i = 0; i < 24 * 3600 * 100; i++)
    {
      cap_ledger_append (ledger, i * SECOND / 10, samples, G_N_ELEMENTS (samples));
      if (i < 23 * 3600 * 100)
        cap_ledger_settle (ledger, 0, i * 240ull);
      if (i == 3600 * 100)
        before = get_memory ();
    }
  after = get_memory ();
  g_test_message ("%" G_GUINT64_FORMAT " KiB, then %" G_GUINT64_FORMAT " KiB", before, after);
  g_assert_cmpuint (after, <, before + 6 * 1024);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/audio is found by its position", test_positions);
  g_test_add_func ("/ledger/audio is settled in any order", test_settled_in_any_order);
  g_test_add_func ("/ledger/lost audio takes the settled audio after it", test_settled_beyond_the_bound);
  g_test_add_func ("/ledger/crumbs are read in few pieces", test_pieces);
  g_test_add_func ("/ledger/the oldest audio is lost beyond the bound", test_bound);
  g_test_add_func ("/ledger/times are right across gaps", test_times);
  g_test_add_func ("/ledger/times never go backwards", test_clock_steps_back);
  g_test_add_func ("/ledger/random operations agree with a model", test_random);
  g_test_add_func ("/ledger/a day takes no more memory than its bound", test_memory);
  return g_test_run ();
}
