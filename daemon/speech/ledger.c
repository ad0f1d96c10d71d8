/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "speech/ledger.h"
#include "base/spans.h"

#include <string.h>

/* The ledger allocates and frees audio in chunks that start at multiples of
 * this many frames (32 KiB, two thirds of a second). Larger chunks waste memory
 * while the ledger holds little; smaller ones cost more calls of peek. */
#define CHUNK_FRAMES 16384

/* Microseconds between the end of the last audio and the time of the next up
 * to which they count as continuous: more than a busy computer's jitter, less
 * than a reader notices. */
#define ANCHOR_TOLERANCE (50 * 1000)

/* A late text may still ask for the times of audio that is settled. */
#define ANCHOR_MEMORY CAP_AUDIO_MS (60 * 1000)

/* No more than two anchors may lie within this much audio. That limits their
 * number however much the clock jumps. */
#define ANCHOR_SPACING CAP_AUDIO_MS (100)

/* A position whose time is known. The times up to the next anchor follow from
 * the sample rate. */
typedef struct
{
  guint64 position;
  gint64 time; /* µs */
} Anchor;

/* struct */

struct _CapLedger
{
  GObject parent;

  guint64 max_frames;
  guint64 begin, end;

  GPtrArray *chunks; /* of gint16[CHUNK_FRAMES]; the first contains begin */
  CapSpans *settled; /* after begin */
  GArray *anchors;   /* of Anchor, in the order of position and time */
};

G_DEFINE_FINAL_TYPE (CapLedger, cap_ledger, G_TYPE_OBJECT)

/* lifecycle */

static void
cap_ledger_finalize (GObject *object)
{
  CapLedger *self = CAP_LEDGER (object);

  g_ptr_array_unref (self->chunks);
  cap_spans_free (self->settled);
  g_array_unref (self->anchors);

  G_OBJECT_CLASS (cap_ledger_parent_class)->finalize (object);
}

static void
cap_ledger_init (CapLedger *self)
{
  self->chunks = g_ptr_array_new_with_free_func (g_free);
  self->settled = cap_spans_new ();
  self->anchors = g_array_new (FALSE, FALSE, sizeof (Anchor));
}

static void
cap_ledger_class_init (CapLedgerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cap_ledger_finalize;
}

/* private: audio */

static gint16 *
locate (CapLedger *self, guint64 position)
{
  guint64 index = position / CHUNK_FRAMES - self->begin / CHUNK_FRAMES;
  gint16 *chunk = g_ptr_array_index (self->chunks, index);

  return chunk + position % CHUNK_FRAMES;
}

/* Copies as many samples into the last chunk as still fit. */
static gsize
fill_chunk (CapLedger *self, const gint16 *samples, gsize n_frames)
{
  gsize used = self->end % CHUNK_FRAMES;

  if (used == 0 || self->chunks->len == 0)
    g_ptr_array_add (self->chunks, g_new (gint16, CHUNK_FRAMES));

  n_frames = MIN (n_frames, CHUNK_FRAMES - used);
  memcpy (locate (self, self->end), samples, n_frames * sizeof (gint16));
  self->end += n_frames;

  return n_frames;
}

/* private: time */

static gint64
extrapolate (const Anchor *anchor, guint64 position)
{
  return anchor->time + (gint64) (position - anchor->position) * G_USEC_PER_SEC / CAP_AUDIO_RATE;
}

/* The index of the last anchor at or before @position, or of the first anchor. */
static guint
find_anchor (CapLedger *self, guint64 position)
{
  guint low = 0, high = self->anchors->len;

  while (high - low > 1)
    {
      guint middle = (low + high) / 2;

      if (g_array_index (self->anchors, Anchor, middle).position <= position)
        low = middle;
      else
        high = middle;
    }

  return low;
}

static void
anchor_end (CapLedger *self, gint64 time)
{
  Anchor anchor = { self->end, time };
  Anchor *anchors = (gpointer) self->anchors->data;
  guint n = self->anchors->len;

  if (n > 0)
    {
      gint64 difference = time - extrapolate (&anchors[n - 1], self->end);

      if (ABS (difference) <= ANCHOR_TOLERANCE)
        return;
      anchor.time = MAX (time, anchors[n - 1].time);
    }
  if (n > 1 && self->end - anchors[n - 2].position < ANCHOR_SPACING)
    anchors[n - 1] = anchor;
  else
    g_array_append_val (self->anchors, anchor);
}

/* The time of @position, computed from the anchor of @frame. @frame is
 * @position or the frame before it: the two differ at a gap. */
static gint64
get_time (CapLedger *self, guint64 frame, guint64 position)
{
  const Anchor *anchor;
  gint64 time;
  guint i;

  if (self->anchors->len == 0)
    return 0;

  i = find_anchor (self, frame);
  anchor = &g_array_index (self->anchors, Anchor, i);
  time = extrapolate (anchor, MAX (MIN (position, self->end), anchor->position));

  /* If the clock was set back, a range's end must still not lie before its begin. */
  if (i + 1 < self->anchors->len)
    time = MIN (time, anchor[1].time);

  return time;
}

/* private: freeing */

static void
forget_below (CapLedger *self, guint64 position)
{
  guint64 chunks = position / CHUNK_FRAMES - self->begin / CHUNK_FRAMES;
  guint anchors;

  self->begin = position;
  if (position == self->end)
    chunks = self->chunks->len;
  g_ptr_array_remove_range (self->chunks, 0, MIN (chunks, self->chunks->len));

  cap_spans_remove (self->settled, 0, position);

  anchors = find_anchor (self, position > ANCHOR_MEMORY ? position - ANCHOR_MEMORY : 0);
  if (anchors > 0)
    g_array_remove_range (self->anchors, 0, anchors);
}

/* Frees the settled audio that has no unsettled audio before it. */
static void
free_settled (CapLedger *self)
{
  guint64 end = cap_spans_get_end (self->settled, self->begin);

  if (end > self->begin)
    forget_below (self, end);
}

/* public methods */

CapLedger *
cap_ledger_new (guint64 max_frames)
{
  CapLedger *self;

  g_return_val_if_fail (max_frames > 0, NULL);

  self = g_object_new (CAP_TYPE_LEDGER, NULL);
  self->max_frames = max_frames;

  return self;
}

void
cap_ledger_append (CapLedger *self, gint64 time, const gint16 *samples, gsize n_frames)
{
  g_return_if_fail (CAP_IS_LEDGER (self));
  g_return_if_fail (samples != NULL || n_frames == 0);

  if (n_frames == 0)
    return;

  anchor_end (self, time);

  while (n_frames > 0)
    {
      gsize n = fill_chunk (self, samples, n_frames);

      samples += n;
      n_frames -= n;

      if (self->end - self->begin > self->max_frames)
        {
          forget_below (self, self->end - self->max_frames);
          free_settled (self);
        }
    }
}

guint64
cap_ledger_get_begin (CapLedger *self)
{
  g_return_val_if_fail (CAP_IS_LEDGER (self), 0);

  return self->begin;
}

guint64
cap_ledger_get_end (CapLedger *self)
{
  g_return_val_if_fail (CAP_IS_LEDGER (self), 0);

  return self->end;
}

const gint16 *
cap_ledger_peek (CapLedger *self, guint64 position, gsize *n_frames)
{
  guint64 end;

  g_return_val_if_fail (CAP_IS_LEDGER (self), NULL);
  g_return_val_if_fail (n_frames != NULL, NULL);

  *n_frames = 0;
  if (position >= self->end || cap_ledger_get_open (self, position) != position)
    return NULL;

  end = MIN (cap_spans_get_next (self->settled, position), self->end);
  *n_frames = MIN (CHUNK_FRAMES - position % CHUNK_FRAMES, end - position);
  return locate (self, position);
}

void
cap_ledger_settle (CapLedger *self, guint64 begin, guint64 end)
{
  g_return_if_fail (CAP_IS_LEDGER (self));

  begin = MAX (begin, self->begin);
  end = MIN (end, self->end);
  cap_spans_add (self->settled, begin, end);
  free_settled (self);
}

guint64
cap_ledger_get_open (CapLedger *self, guint64 position)
{
  g_return_val_if_fail (CAP_IS_LEDGER (self), 0);

  return MIN (cap_spans_get_end (self->settled, MAX (position, self->begin)), self->end);
}

gint64
cap_ledger_get_time (CapLedger *self, guint64 position)
{
  g_return_val_if_fail (CAP_IS_LEDGER (self), 0);

  return get_time (self, position, position);
}

gint64
cap_ledger_get_end_time (CapLedger *self, guint64 position)
{
  g_return_val_if_fail (CAP_IS_LEDGER (self), 0);

  return get_time (self, position > 0 ? position - 1 : 0, position);
}
