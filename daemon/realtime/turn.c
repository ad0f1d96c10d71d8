/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/turn.h"
#include "base/audio.h"

#include <string.h>

/* The most that a service can make us keep of one turn. */
#define MAX_PARTS 128
#define MAX_TEXT_BYTES (64 * 1024)

/* private */

static void
part_free (gpointer data)
{
  CapTurnPart *part = data;

  g_free (part->id);
  g_free (part->text);
  g_free (part->speaker);
  g_free (part);
}

static CapTurnPart *
part_at (CapTurn *self, guint i)
{
  return g_ptr_array_index (self->parts, i);
}

static gsize
measure_parts (CapTurn *self)
{
  gsize size = 0;

  for (guint i = 0; i < self->parts->len; i++)
    size += strlen (part_at (self, i)->text);

  return size;
}

static guint64
position_in (CapTurn *self, double seconds)
{
  double length = (double) (self->end - self->begin) / CAP_AUDIO_RATE;

  return self->begin + (guint64) (CLAMP (seconds, 0, length) * CAP_AUDIO_RATE);
}

/* public functions */

CapTurn *
cap_turn_new (guint64 utterance, guint64 begin)
{
  CapTurn *self = g_new0 (CapTurn, 1);

  self->utterance = utterance;
  self->begin = self->end = begin;
  self->text = g_string_new (NULL);
  self->parts = g_ptr_array_new_with_free_func (part_free);
  return self;
}

void
cap_turn_free (CapTurn *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->item_id);
  g_string_free (self->text, TRUE);
  g_ptr_array_unref (self->parts);
  g_free (self);
}

void
cap_turn_set_phase (CapTurn *self, CapTurnPhase phase, guint patience_ms)
{
  g_return_if_fail (self != NULL);

  self->phase = phase;
  if (phase == CAP_TURN_SENT || phase == CAP_TURN_ENDED)
    self->due = g_get_monotonic_time () + (gint64) patience_ms * 1000;
  else
    self->due = 0;
}

gboolean
cap_turn_has_ended (const CapTurn *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->phase == CAP_TURN_ENDED || self->phase == CAP_TURN_LOST;
}

gboolean
cap_turn_append (CapTurn *self, const char *text)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  if (self->text->len + strlen (text) > MAX_TEXT_BYTES)
    return FALSE;

  g_string_append (self->text, text);
  return TRUE;
}

CapTurnPart *
cap_turn_find_part (CapTurn *self, const char *id)
{
  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; id != NULL && i < self->parts->len; i++)
    if (g_strcmp0 (part_at (self, i)->id, id) == 0)
      return part_at (self, i);

  return NULL;
}

gboolean
cap_turn_may_add_part (CapTurn *self, const char *text)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  return self->parts->len < MAX_PARTS && measure_parts (self) + strlen (text) <= MAX_TEXT_BYTES;
}

CapTurnPart *
cap_turn_add_part (CapTurn *self, const char *id, guint64 utterance)
{
  CapTurnPart *part;

  g_return_val_if_fail (self != NULL, NULL);

  part = g_new0 (CapTurnPart, 1);
  part->utterance = utterance;
  part->id = g_strdup (id);
  part->text = g_strdup ("");
  g_ptr_array_add (self->parts, part);
  return part;
}

void
cap_turn_set_part (CapTurn *self, CapTurnPart *part, const CapEvent *event)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (part != NULL);
  g_return_if_fail (event != NULL && event->text != NULL);

  g_free (part->text);
  g_free (part->speaker);
  part->text = g_strdup (event->text);
  part->speaker = g_strdup (event->speaker);
  part->begin = position_in (self, event->start);
  part->end = MAX (position_in (self, event->end), part->begin);
}

void
cap_turn_clear_parts (CapTurn *self)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < self->parts->len; i++)
    {
      g_free (part_at (self, i)->text);
      part_at (self, i)->text = g_strdup ("");
    }
}
