/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/transcript/history-entry.h"
#include "common/text.h"

#include <math.h>

/* The service limits texts to less than this. The times of words take several times
 * as much as the text. */
#define TEXT_BYTES (16 * 1024)
#define NAME_BYTES 256
#define DETAILS_BYTES (256 * 1024)

/* Limits of times, so that dates have four digits: streams begin between 1970 and
 * the year 9000, and last less than ten years. */
#define LAST_EPOCH G_GINT64_CONSTANT (221845392000000000)
#define LONGEST_STREAM (G_GINT64_CONSTANT (10) * 365 * 24 * 3600 * G_USEC_PER_SEC)
#define LONGEST_GAP (24 * 3600.0)

struct _CapHistoryEntry
{
  GObject parent_instance;

  guint stream;
  gint64 epoch;
  CapSegment *segment;
  char *speaker;
  char *translation;
  double gap;
};

G_DEFINE_FINAL_TYPE (CapHistoryEntry, cap_history_entry, G_TYPE_OBJECT)

/* lifecycle */

static void
cap_history_entry_finalize (GObject *object)
{
  CapHistoryEntry *self = CAP_HISTORY_ENTRY (object);

  g_clear_pointer (&self->segment, cap_segment_free);
  g_free (self->speaker);
  g_free (self->translation);

  G_OBJECT_CLASS (cap_history_entry_parent_class)->finalize (object);
}

static void
cap_history_entry_class_init (CapHistoryEntryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = cap_history_entry_finalize;
}

static void
cap_history_entry_init (CapHistoryEntry *self)
{
}

/* copying a segment */

static char *
take_text (const char *text, gsize bytes)
{
  g_autofree char *clean = cap_text_clean (text);
  gsize length = strlen (clean);

  if (length <= bytes)
    return g_steal_pointer (&clean);

  while ((clean[bytes] & 0xC0) == 0x80)
    bytes--;
  return g_strndup (clean, bytes);
}

static char *
look_up_text (GVariant *details, const char *key, gsize bytes)
{
  const char *text = "";

  g_variant_lookup (details, key, "&s", &text);
  return take_text (text, bytes);
}

/* Copies the value, because it may be part of a large message that would otherwise
 * stay in memory. */
static GVariant *
copy_details (GVariant *details)
{
  gsize size = g_variant_get_size (details);
  g_autoptr (GBytes) bytes = NULL;

  if (size == 0 || size > DETAILS_BYTES)
    return g_variant_ref_sink (g_variant_new ("a{sv}", NULL));

  bytes = g_bytes_new (g_variant_get_data (details), size);
  return g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes,
                                                       g_variant_is_normal_form (details)));
}

static CapSegment *
copy_segment (const CapSegment *segment)
{
  CapSegment *copy = g_new0 (CapSegment, 1);

  *copy = *segment;
  copy->text = take_text (segment->text, TEXT_BYTES);
  copy->start = CLAMP (segment->start, -LONGEST_STREAM, LONGEST_STREAM);
  copy->end = CLAMP (segment->end, copy->start, LONGEST_STREAM);
  copy->details = copy_details (segment->details);
  return copy;
}

static char *
look_up_speaker (GVariant *details)
{
  g_autofree char *speaker = look_up_text (details, "speaker", NAME_BYTES);

  /* "system" and "microphone" only repeat the name of the source. */
  if (g_str_equal (speaker, "system") || g_str_equal (speaker, "microphone"))
    return g_strdup ("");

  return g_steal_pointer (&speaker);
}

static double
look_up_gap (GVariant *details)
{
  double gap = 0;

  g_variant_lookup (details, "gap", "d", &gap);
  return isnan (gap) ? 0 : CLAMP (gap, 0, LONGEST_GAP);
}

/* public */

CapHistoryEntry *
cap_history_entry_new (guint stream, gint64 epoch, const CapSegment *segment)
{
  CapHistoryEntry *self;

  g_return_val_if_fail (segment != NULL, NULL);

  self = g_object_new (CAP_TYPE_HISTORY_ENTRY, NULL);
  self->stream = stream;
  self->epoch = CLAMP (epoch, 0, LAST_EPOCH);
  self->segment = copy_segment (segment);
  self->speaker = look_up_speaker (self->segment->details);
  self->translation = look_up_text (self->segment->details, "translation", TEXT_BYTES);
  self->gap = look_up_gap (self->segment->details);
  return self;
}

guint
cap_history_entry_get_stream (CapHistoryEntry *self)
{
  g_return_val_if_fail (CAP_IS_HISTORY_ENTRY (self), 0);

  return self->stream;
}

const CapSegment *
cap_history_entry_get_segment (CapHistoryEntry *self)
{
  g_return_val_if_fail (CAP_IS_HISTORY_ENTRY (self), NULL);

  return self->segment;
}

gint64
cap_history_entry_get_epoch (CapHistoryEntry *self)
{
  g_return_val_if_fail (CAP_IS_HISTORY_ENTRY (self), 0);

  return self->epoch;
}

const char *
cap_history_entry_get_speaker (CapHistoryEntry *self)
{
  g_return_val_if_fail (CAP_IS_HISTORY_ENTRY (self), NULL);

  return self->speaker;
}

const char *
cap_history_entry_get_translation (CapHistoryEntry *self)
{
  g_return_val_if_fail (CAP_IS_HISTORY_ENTRY (self), NULL);

  return self->translation;
}

double
cap_history_entry_get_gap (CapHistoryEntry *self)
{
  g_return_val_if_fail (CAP_IS_HISTORY_ENTRY (self), 0);

  return self->gap;
}

gboolean
cap_history_entry_is_empty (CapHistoryEntry *self)
{
  g_return_val_if_fail (CAP_IS_HISTORY_ENTRY (self), FALSE);

  return *self->segment->text == '\0' && self->gap <= 0;
}

GDateTime *
cap_history_entry_get_time (CapHistoryEntry *self)
{
  gint64 microseconds;

  g_return_val_if_fail (CAP_IS_HISTORY_ENTRY (self), NULL);

  microseconds = MAX (self->epoch + self->segment->start, 0);
  return g_date_time_new_from_unix_local (microseconds / G_USEC_PER_SEC);
}

gsize
cap_history_entry_get_size (CapHistoryEntry *self)
{
  g_return_val_if_fail (CAP_IS_HISTORY_ENTRY (self), 0);

  return sizeof *self + sizeof *self->segment + strlen (self->segment->text)
         + g_variant_get_size (self->segment->details)
         + strlen (self->speaker) + strlen (self->translation);
}

int
cap_history_entry_compare (CapHistoryEntry *a, CapHistoryEntry *b)
{
  const CapSegment *left;
  const CapSegment *right;

  g_return_val_if_fail (CAP_IS_HISTORY_ENTRY (a), 0);
  g_return_val_if_fail (CAP_IS_HISTORY_ENTRY (b), 0);

  left = a->segment;
  right = b->segment;
  if (a->stream != b->stream)
    return a->stream < b->stream ? -1 : 1;

  return cap_segment_compare (&left, &right);
}
