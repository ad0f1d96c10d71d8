/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* Measures how well the gate tells speech from noise: it hears real recordings with
 * silence between them, under several noises and levels. The energy of the clean
 * recording shows where speech is. */

#include "speech/gate.h"
#include "tools/sound.h"

#include <math.h>
#include <string.h>

#define FRAME CAP_AUDIO_MS (10)

/* A frame is speech if it is within this many dB of the loudest frame of its recording. */
#define SPEECH_RANGE 30

/* A frame is a syllable, and not a breath before it, if it is within this many dB. */
#define SYLLABLE_RANGE 15

/* Silence before the first recording, in which the gate can learn a noise, and between
 * two recordings. */
#define LEAD CAP_AUDIO_MS (10 * 1000)
#define GAP CAP_AUDIO_MS (5 * 1000)

/* The test ignores pre-roll and hang-over around speech, and the time in which the gate
 * learns a noise that is there from the start. */
#define BEFORE CAP_AUDIO_MS (500)
#define AFTER CAP_AUDIO_MS (900)
#define LEARNING CAP_AUDIO_MS (5500)

typedef enum
{
  CLEAN,
  WHITE,
  PINK,
  FAN,
  HUM_50,
  HUM_60,
  MUSIC,
  STRINGS,
  N_NOISES
} Noise;

static const char *const noise_names[N_NOISES] = { "clean", "white", "pink", "fan", "hum 50 Hz",
                                                   "hum 60 Hz", "music", "strings" };

typedef struct
{
  Noise noise;
  int snr;  /* dB, relative to the speech frames */
  int peak; /* of the speech, in dBFS */
  double least_recall;
  double most_silence; /* most silence that may be marked; unlimited where music counts as speech */
} Condition;

static const Condition conditions[] = {
  { CLEAN, 0, -6, 0.99, 0.1 },
  { CLEAN, 0, -40, 0.99, 0.1 },
  { CLEAN, 0, 6, 0.99, 0.1 },
  { WHITE, 30, -6, 0.99, 0.1 },
  { WHITE, 20, -6, 0.99, 0.1 },
  { WHITE, 20, -40, 0.99, 0.1 },
  { WHITE, 10, -6, 0.98, 0.1 },
  { WHITE, 5, -6, 0.97, 0.1 },
  { WHITE, 0, -6, 0.9, 0.1 },
  { PINK, 30, -6, 0.99, 0.1 },
  { PINK, 20, -6, 0.99, 0.1 },
  { PINK, 10, -6, 0.98, 0.1 },
  { PINK, 5, -6, 0.97, 0.1 },
  { PINK, 0, -6, 0.8, 0.1 },
  { FAN, 20, -6, 0.99, 0.1 },
  { FAN, 10, -6, 0.99, 0.1 },
  { FAN, 0, -6, 0.97, 0.1 },
  { HUM_50, 20, -6, 0.99, 0.1 },
  { HUM_50, 10, -6, 0.99, 0.1 },
  { HUM_50, 0, -6, 0.98, 0.1 },
  { HUM_60, 20, -6, 0.99, 0.1 },
  { HUM_60, 0, -6, 0.98, 0.1 },
  { MUSIC, 20, -6, 0.98, 1 },
  { MUSIC, 10, -6, 0.98, 1 },
  { MUSIC, 5, -6, 0.98, 1 },
  { MUSIC, 0, -6, 0.98, 1 },
  { STRINGS, 20, -6, 0.98, 1 },
  { STRINGS, 10, -6, 0.98, 1 },
  { STRINGS, 0, -6, 0.95, 1 },
};

/* material */

typedef struct
{
  Sound *clean;
  gboolean *speech, *syllable; /* for each frame */
  gsize n_frames;
  double level; /* of the speech, in dBFS */
} Material;

static void
material_free (Material *self)
{
  sound_free (self->clean);
  g_free (self->speech);
  g_free (self->syllable);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Material, material_free)

/* Marks the speech frames of a recording from @begin to @end. */
static void
mark_speech (Material *self, gsize begin, gsize end)
{
  double loudest = -120;

  for (gsize i = begin; i < end; i++)
    loudest = MAX (loudest, sound_get_level (self->clean, i * FRAME, (i + 1) * FRAME));
  for (gsize i = begin; i < end; i++)
    {
      double level = sound_get_level (self->clean, i * FRAME, (i + 1) * FRAME);

      self->speech[i] = level > loudest - SPEECH_RANGE;
      self->syllable[i] = level > loudest - SYLLABLE_RANGE;
    }
}

static Material *
material_new (void)
{
  g_autoptr (GPtrArray) paths = sound_list_speech ();
  g_autoptr (GPtrArray) sounds = g_ptr_array_new_with_free_func (g_free);
  Material *self = g_new0 (Material, 1);
  gsize n = LEAD, position = LEAD, n_speech = 0;
  double power = 0;

  for (guint i = 0; i < paths->len; i++)
    {
      Sound *sound = sound_load (g_ptr_array_index (paths, i), NULL);

      g_assert_nonnull (sound);
      g_ptr_array_add (sounds, sound);
      n += sound->n + GAP;
    }

  self->clean = sound_new_silence (n);
  self->n_frames = n / FRAME;
  self->speech = g_new0 (gboolean, self->n_frames);
  self->syllable = g_new0 (gboolean, self->n_frames);
  for (guint i = 0; i < sounds->len; i++)
    {
      const Sound *sound = g_ptr_array_index (sounds, i);

      sound_add (self->clean, position, sound, -sound_get_peak (sound));
      mark_speech (self, position / FRAME, (position + sound->n) / FRAME);
      position += sound->n + GAP;
    }

  for (gsize i = 0; i < self->n_frames; i++)
    if (self->speech[i])
      {
        power += pow (10, sound_get_level (self->clean, i * FRAME, (i + 1) * FRAME) / 10);
        n_speech++;
      }
  self->level = 10 * log10 (power / n_speech);

  return self;
}

static Sound *
noise_new (Noise noise, gsize n)
{
  switch (noise)
    {
    case WHITE:
      return sound_new_white (n, 1);
    case PINK:
      return sound_new_pink (n, 2);
    case FAN:
      return sound_new_fan (n, 3);
    case HUM_50:
      return sound_new_hum (n, 50);
    case HUM_60:
      return sound_new_hum (n, 60);
    case MUSIC:
      return sound_new_music (n, 4);
    case STRINGS:
      return sound_new_strings (n, 4);
    default:
      return sound_new_silence (n);
    }
}

static Sound *
compose (const Material *material, const Condition *condition, const Sound *noise)
{
  gsize n = material->clean->n;
  Sound *mix = sound_new_silence (n);

  sound_add (mix, 0, material->clean, condition->peak);
  sound_add (mix, 0, noise,
             condition->peak + material->level - condition->snr - sound_get_level (noise, 0, n));

  return mix;
}

/* marks */

typedef struct
{
  gboolean *marked;
  gsize n_frames;
  guint64 begin;
  guint ranges, cuts;
} Marks;

static void
on_speech_begins (CapGate *gate, guint64 position, Marks *marks)
{
  marks->begin = position;
}

static void
on_speech_ends (CapGate *gate, guint64 position, CapGateEnd why, Marks *marks)
{
  marks->ranges++;
  marks->cuts += why == CAP_GATE_LENGTH;
  for (guint64 i = (marks->begin + FRAME - 1) / FRAME; i < position / FRAME; i++)
    marks->marked[i] = TRUE;
}

static void
run_gate (const Sound *sound, Marks *marks)
{
  g_autoptr (CapGate) gate = cap_gate_new ();
  g_autofree gint16 *pcm = sound_to_pcm (sound);

  marks->n_frames = sound->n / FRAME;
  marks->marked = g_new0 (gboolean, marks->n_frames + 1);
  g_signal_connect (gate, "speech-begins", G_CALLBACK (on_speech_begins), marks);
  g_signal_connect (gate, "speech-ends", G_CALLBACK (on_speech_ends), marks);
  cap_gate_feed (gate, pcm, sound->n);
  cap_gate_flush (gate);
}

/* tests */

typedef struct
{
  gsize speech, found, silence, wrong;
} Score;

static gboolean
is_near_speech (const Material *material, gsize frame)
{
  gsize first = frame > AFTER / FRAME ? frame - AFTER / FRAME : 0;
  gsize last = MIN (frame + BEFORE / FRAME, material->n_frames - 1);

  for (gsize i = first; i <= last; i++)
    if (material->speech[i])
      return TRUE;

  return FALSE;
}

static Score
score_marks (const Material *material, const Marks *marks)
{
  Score score = { 0 };

  for (gsize i = 0; i < material->n_frames; i++)
    {
      if (material->speech[i])
        {
          score.speech++;
          score.found += marks->marked[i];
        }
      else if (i > LEARNING / FRAME && !is_near_speech (material, i))
        {
          score.silence++;
          score.wrong += marks->marked[i];
        }
    }

  return score;
}

static gboolean
has_speech (const Material *material)
{
  if (material->n_frames > LEAD / FRAME)
    return TRUE;

  g_test_skip ("pocketsphinx-testdata is not installed");
  return FALSE;
}

static void
test_conditions (void)
{
  g_autoptr (Material) material = material_new ();
  g_autoptr (Sound) noise = NULL;

  if (!has_speech (material))
    return;

  g_test_message ("%-10s %4s %5s | %7s %8s %7s %5s", "noise", "SNR", "peak", "recall",
                  "silence", "ranges", "cuts");
  for (guint i = 0; i < G_N_ELEMENTS (conditions); i++)
    {
      const Condition *condition = &conditions[i];
      g_autoptr (Sound) mix = NULL;
      Marks marks = { 0 };
      Score score;
      double recall, silence;

      if (i == 0 || condition->noise != conditions[i - 1].noise)
        {
          g_clear_pointer (&noise, sound_free);
          noise = noise_new (condition->noise, material->clean->n);
        }
      mix = compose (material, condition, noise);
      run_gate (mix, &marks);
      score = score_marks (material, &marks);
      recall = (double) score.found / score.speech;
      silence = (double) score.wrong / score.silence;
      g_test_message ("%-10s %4d %5d | %7.4f %8.4f %7u %5u", noise_names[condition->noise],
                      condition->snr, condition->peak, recall, silence, marks.ranges, marks.cuts);
      g_assert_cmpfloat (recall, >=, condition->least_recall);
      g_assert_cmpfloat (silence, <=, condition->most_silence);
      g_free (marks.marked);
    }
}

/* The gate marks the 100 ms before speech too. */
static void
test_first_syllables (void)
{
  static const Condition quiet[] = { { CLEAN, 0, -6 }, { CLEAN, 0, -40 }, { WHITE, 20, -6 },
                                     { FAN, 20, -6 },  { HUM_50, 20, -6 } };
  g_autoptr (Material) material = material_new ();
  const gsize before = CAP_AUDIO_MS (100) / FRAME;

  if (!has_speech (material))
    return;

  for (guint i = 0; i < G_N_ELEMENTS (quiet); i++)
    {
      g_autoptr (Sound) noise = noise_new (quiet[i].noise, material->clean->n);
      g_autoptr (Sound) mix = compose (material, &quiet[i], noise);
      gsize last = 0;
      Marks marks = { 0 };

      run_gate (mix, &marks);
      for (gsize f = LEAD / FRAME; f < material->n_frames; f++)
        {
          if (material->syllable[f] && f - last > AFTER / FRAME)
            g_assert_true (marks.marked[f - before]);
          if (material->syllable[f])
            last = f;
        }
      g_free (marks.marked);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gate/speech is found under noise", test_conditions);
  g_test_add_func ("/gate/first syllables are whole", test_first_syllables);
  return g_test_run ();
}
