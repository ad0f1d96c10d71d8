/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "sound/ring.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* The smallest block in use (32 frames of 48 kHz), so that the ring never runs
 * out of blocks before it runs out of samples. */
#define FRAMES_A_BLOCK 16

typedef struct
{
  int64_t time;
  uint64_t begin; /* in frames since the ring was made */
  uint32_t n_frames;
} Block;

struct _CapRing
{
  float *samples;
  Block *blocks;
  uint32_t n_samples, n_blocks; /* powers of two */
  uint32_t rate;

  /* Used by the writer only. */
  uint64_t frames_written;

  /* Shared; only one side writes each of them. The writer publishes a block by
   * blocks_written and counts lost frames in dropped; the reader frees a block
   * by blocks_read and frames_read. */
  _Atomic uint64_t blocks_written;
  _Atomic uint64_t dropped;
  _Atomic uint64_t blocks_read;
  _Atomic uint64_t frames_read;

  /* Used by the reader only: frames already taken from the current block. */
  uint32_t taken;
};

CapRing *
cap_ring_new (uint32_t n_frames, uint32_t rate)
{
  CapRing *self = calloc (1, sizeof *self);

  if (self == NULL)
    return NULL;

  self->rate = rate;
  self->n_samples = n_frames;
  self->n_blocks = n_frames > FRAMES_A_BLOCK ? n_frames / FRAMES_A_BLOCK : 1;
  self->samples = calloc (self->n_samples, sizeof *self->samples);
  self->blocks = calloc (self->n_blocks, sizeof *self->blocks);
  if (self->samples == NULL || self->blocks == NULL)
    {
      cap_ring_free (self);
      return NULL;
    }
  return self;
}

void
cap_ring_free (CapRing *self)
{
  free (self->samples);
  free (self->blocks);
  free (self);
}

/* writer */

static void
put_samples (CapRing *self, const float *samples, uint32_t n_frames)
{
  uint32_t at = self->frames_written & (self->n_samples - 1);
  uint32_t first = self->n_samples - at;

  if (first > n_frames)
    first = n_frames;
  memcpy (self->samples + at, samples, first * sizeof (float));
  memcpy (self->samples, samples + first, (n_frames - first) * sizeof (float));
}

bool
cap_ring_write (CapRing *self, const float *samples, uint32_t n_frames, int64_t time)
{
  uint64_t written = atomic_load_explicit (&self->blocks_written, memory_order_relaxed);
  uint64_t blocks = written - atomic_load_explicit (&self->blocks_read, memory_order_acquire);
  uint64_t frames
      = self->frames_written - atomic_load_explicit (&self->frames_read, memory_order_acquire);

  if (blocks == self->n_blocks || n_frames > self->n_samples - frames)
    {
      atomic_fetch_add_explicit (&self->dropped, n_frames, memory_order_relaxed);
      return false;
    }

  put_samples (self, samples, n_frames);
  self->blocks[written & (self->n_blocks - 1)] = (Block) {
    .time = time,
    .begin = self->frames_written,
    .n_frames = n_frames,
  };
  self->frames_written += n_frames;
  atomic_store_explicit (&self->blocks_written, written + 1, memory_order_release);
  return true;
}

/* reader */

uint64_t
cap_ring_get_end (const CapRing *self)
{
  return atomic_load_explicit (&self->blocks_written, memory_order_acquire);
}

bool
cap_ring_has (const CapRing *self, uint64_t end)
{
  return atomic_load_explicit (&self->blocks_read, memory_order_relaxed) < end
         && atomic_load_explicit (&self->blocks_read, memory_order_relaxed)
                < cap_ring_get_end (self);
}

static void
get_samples (CapRing *self, uint64_t begin, float *samples, uint32_t n_frames)
{
  uint32_t at = begin & (self->n_samples - 1);
  uint32_t first = self->n_samples - at;

  if (first > n_frames)
    first = n_frames;
  memcpy (samples, self->samples + at, first * sizeof (float));
  memcpy (samples + first, self->samples, (n_frames - first) * sizeof (float));
}

static void
finish_block (CapRing *self, uint64_t number, const Block *block)
{
  uint64_t end = block->begin + block->n_frames;

  self->taken = 0;
  atomic_store_explicit (&self->frames_read, end, memory_order_release);
  atomic_store_explicit (&self->blocks_read, number + 1, memory_order_release);
}

uint32_t
cap_ring_read (CapRing *self, uint64_t end, float *samples, uint32_t max, int64_t *time)
{
  uint64_t number = atomic_load_explicit (&self->blocks_read, memory_order_relaxed);

  if (!cap_ring_has (self, end))
    return 0;

  Block block = self->blocks[number & (self->n_blocks - 1)];
  uint32_t n_frames = block.n_frames - self->taken;

  if (n_frames > max)
    n_frames = max;
  get_samples (self, block.begin + self->taken, samples, n_frames);
  *time = block.time + (int64_t) self->taken * 1000000000 / self->rate;
  self->taken += n_frames;
  if (self->taken == block.n_frames)
    finish_block (self, number, &block);
  return n_frames;
}

void
cap_ring_skip (CapRing *self, uint64_t end)
{
  while (cap_ring_has (self, end))
    {
      uint64_t number = atomic_load_explicit (&self->blocks_read, memory_order_relaxed);
      Block block = self->blocks[number & (self->n_blocks - 1)];

      finish_block (self, number, &block);
    }
}

uint64_t
cap_ring_get_dropped_frames (const CapRing *self)
{
  return atomic_load_explicit (&self->dropped, memory_order_relaxed);
}
