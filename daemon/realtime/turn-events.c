/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* The effect that each event of a service has on the turns. */

#include "realtime/turns-private.h"

#include <string.h>

/* private: the turn of an event */

static CapTurn *
find_item (CapRealtimeTurns *self, const char *item_id)
{
  for (guint i = 0; i < self->turns->len; i++)
    if (g_strcmp0 (cap_realtime_turns_at (self, i)->item_id, item_id) == 0)
      return cap_realtime_turns_at (self, i);

  return NULL;
}

static gboolean
is_done (CapRealtimeTurns *self, const char *item_id)
{
  return g_queue_find_custom (self->done_ids, item_id, (GCompareFunc) strcmp) != NULL;
}

/* The service names turns in their order, so this is the first without a name. */
static CapTurn *
name_next (CapRealtimeTurns *self, const char *item_id)
{
  for (guint i = 0; i < self->turns->len; i++)
    {
      CapTurn *turn = cap_realtime_turns_at (self, i);

      if (turn->item_id == NULL)
        {
          turn->item_id = g_strdup (item_id);
          return turn;
        }
    }

  return NULL;
}

static CapTurn *
turn_of (CapRealtimeTurns *self, const CapEvent *event)
{
  const char *item_id = event->item_id != NULL ? event->item_id : "";
  CapTurn *turn;

  if (self->in_order)
    return self->turns->len > 0 ? cap_realtime_turns_at (self, 0) : NULL;
  if (is_done (self, item_id))
    return NULL;
  if ((turn = find_item (self, item_id)) != NULL)
    return turn;
  if ((turn = self->server_turns ? NULL : name_next (self, item_id)) != NULL)
    return turn;

  return self->server_turns ? cap_realtime_turns_add_item (self, item_id) : NULL;
}

/* private: events */

static void
take_started (CapRealtimeTurns *self, const CapEvent *event)
{
  CapTurn *turn = self->server_turns ? turn_of (self, event) : NULL;

  if (turn == NULL || cap_turn_has_ended (turn))
    return;

  turn->begin = MAX (cap_service_clock_begin (self->clock, event->ms), self->answered);
  cap_realtime_turns_say (self, turn, turn->text->str, FALSE, NULL);
}

static void
take_stopped (CapRealtimeTurns *self, const CapEvent *event)
{
  CapTurn *turn = self->server_turns ? turn_of (self, event) : NULL;

  if (turn != NULL)
    cap_realtime_turns_end_turn (self, turn, cap_service_clock_end (self->clock, event->ms));
}

/* A service gives the order of its items by naming the one before each. */
static void
place_behind (CapRealtimeTurns *self, CapTurn *turn, const char *previous_id)
{
  CapTurn *previous = previous_id != NULL ? find_item (self, previous_id) : NULL;
  guint at;

  if (previous == NULL || previous == turn)
    return;

  g_ptr_array_find (self->turns, turn, &at);
  g_ptr_array_steal_index (self->turns, at);
  g_ptr_array_find (self->turns, previous, &at);
  g_ptr_array_insert (self->turns, at + 1, turn);
}

static void
take_committed (CapRealtimeTurns *self, const CapEvent *event)
{
  CapTurn *turn = self->in_order ? NULL : turn_of (self, event);

  if (turn == NULL || turn->committed)
    return;

  turn->committed = TRUE;
  if (self->server_turns)
    place_behind (self, turn, event->previous_item_id);
  if (!cap_turn_has_ended (turn))
    cap_realtime_turns_end_turn (self, turn, cap_service_clock_get_position (self->clock));
}

static void
take_delta (CapRealtimeTurns *self, const CapEvent *event)
{
  CapTurn *turn = turn_of (self, event);

  if (turn == NULL || event->text == NULL || !cap_turn_append (turn, event->text))
    return;

  if (turn->parts->len == 0)
    cap_realtime_turns_say (self, turn, turn->text->str, FALSE, event);
}

static void
take_completed (CapRealtimeTurns *self, const CapEvent *event)
{
  CapTurn *turn = turn_of (self, event);

  /* A turn that goes on has no text yet, so this is the late text of a turn that
   * was given up. */
  if (turn == NULL || (self->in_order && !cap_turn_has_ended (turn)))
    return;
  if (!cap_turn_has_ended (turn))
    cap_realtime_turns_end_turn (self, turn, self->taken);
  cap_realtime_turns_complete (self, turn, event->text != NULL ? event->text : "", event);
}

/* The partial text of a turn that failed is not kept. */
static void
take_failed (CapRealtimeTurns *self, const CapEvent *event)
{
  CapTurn *turn = turn_of (self, event);

  if (turn == NULL || cap_realtime_turns_ask_again (self, turn))
    return;
  cap_turn_clear_parts (turn);
  cap_realtime_turns_complete (self, turn, "", NULL);
}

/* The service did not accept a turn, or failed on it: the first that it has not
 * named, because it answers in order. */
static void
take_error (CapRealtimeTurns *self, const CapEvent *event)
{
  gboolean empty = event->error != NULL
                   && g_strcmp0 (event->error->code, "input_audio_buffer_commit_empty") == 0;

  for (guint i = 0; i < self->turns->len; i++)
    {
      CapTurn *turn = cap_realtime_turns_at (self, i);

      if (cap_turn_has_ended (turn) && (self->in_order || turn->item_id == NULL))
        {
          if (empty || !cap_realtime_turns_ask_again (self, turn))
            cap_realtime_turns_complete (self, turn, "", NULL);
          return;
        }
    }
}

static void
take_segment (CapRealtimeTurns *self, const CapEvent *event)
{
  CapTurn *turn = turn_of (self, event);
  CapTurnPart *part;

  if (turn == NULL || event->text == NULL || !cap_turn_may_add_part (turn, event->text))
    return;

  if (turn->parts->len == 0 && turn->text->len > 0)
    {
      /* The deltas already showed this text, before the speakers were known. */
      cap_realtime_turns_say (self, turn, "", TRUE, NULL);
      turn->utterance = self->funcs.next_utterance (self->user_data);
    }
  part = cap_turn_find_part (turn, event->segment_id);
  if (part == NULL)
    part = cap_turn_add_part (turn, event->segment_id, self->funcs.next_utterance (self->user_data));
  cap_turn_set_part (turn, part, event);
  cap_realtime_turns_say_part (self, part, FALSE);
}

/* public functions */

void
cap_realtime_turns_take (CapRealtimeTurns *self, const CapEvent *event)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (event != NULL);

  switch (event->kind)
    {
    case CAP_EVENT_SPEECH_STARTED:
      take_started (self, event);
      break;
    case CAP_EVENT_SPEECH_STOPPED:
      take_stopped (self, event);
      break;
    case CAP_EVENT_COMMITTED:
      take_committed (self, event);
      break;
    case CAP_EVENT_DELTA:
      take_delta (self, event);
      break;
    case CAP_EVENT_COMPLETED:
      take_completed (self, event);
      break;
    case CAP_EVENT_FAILED:
      take_failed (self, event);
      break;
    case CAP_EVENT_SEGMENT:
      take_segment (self, event);
      break;
    case CAP_EVENT_ERROR:
      take_error (self, event);
      break;
    default:
      break;
    }
}
