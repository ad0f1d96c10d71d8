/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

/* This file does not use GLib, because the writer runs on PipeWire's realtime
 * thread. */
#include <stdbool.h>
#include <stdint.h>

/* A lock-free queue of blocks of samples between exactly one writer and one
 * reader. A block has the time of its first sample. When the queue is full, the
 * writer drops whole new blocks and counts their frames. */
typedef struct _CapRing CapRing;

/* @n_frames: the capacity, a power of two. @rate: frames a second. NULL if there
 * is not enough memory. */
CapRing *cap_ring_new (uint32_t n_frames, uint32_t rate);
void cap_ring_free (CapRing *self);

/* For the writer: neither allocates nor waits. @time: of the first frame, in
 * nanoseconds. FALSE if the block was dropped. */
bool cap_ring_write (CapRing *self, const float *samples, uint32_t n_frames, int64_t time);

/* The other functions are for the reader. Blocks are numbered from 0; the end is
 * the number that the next block will have. */
uint64_t cap_ring_get_end (const CapRing *self);
/* Whether a block below @end can be read. */
bool cap_ring_has (const CapRing *self, uint64_t end);
/* Takes at most @max frames from one block below @end. Returns their number, 0 if
 * there are none. *@time: when the first of them was captured, in nanoseconds. */
uint32_t cap_ring_read (CapRing *self, uint64_t end, float *samples, uint32_t max, int64_t *time);
/* Discards the blocks below @end. */
void cap_ring_skip (CapRing *self, uint64_t end);
uint64_t cap_ring_get_dropped_frames (const CapRing *self);
