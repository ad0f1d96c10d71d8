/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

/* No GLib here: one half of this runs on PipeWire's realtime thread. */
#include <stdbool.h>
#include <stdint.h>

/* A queue of blocks of samples between exactly one writer and one reader,
 * without locks. A block has the time of its first sample. When it is full,
 * whole new blocks are dropped and counted. */
typedef struct _CapRing CapRing;

/* @n_frames: a power of two. NULL when there is no memory. */
CapRing *cap_ring_new (uint32_t n_frames, uint32_t rate);
void cap_ring_free (CapRing *self);

/* The writer's half: neither allocates nor waits. @time in nanoseconds. FALSE
 * when the block was dropped. */
bool cap_ring_write (CapRing *self, const float *samples, uint32_t n_frames, int64_t time);

/* The reader's half. Blocks are numbered from 0: the number of the block that
 * will be written next. */
uint64_t cap_ring_get_end (const CapRing *self);
/* Whether a block below @end is there to be read. */
bool cap_ring_has (const CapRing *self, uint64_t end);
/* Takes at most @max frames of one block below @end; 0 when there is none.
 * *@time is that of the first frame taken. */
uint32_t cap_ring_read (CapRing *self, uint64_t end, float *samples, uint32_t max, int64_t *time);
/* Throws away the blocks below @end. */
void cap_ring_skip (CapRing *self, uint64_t end);
uint64_t cap_ring_get_dropped_frames (const CapRing *self);
