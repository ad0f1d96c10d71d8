/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/turns-private.h"

/* How long a turn waits for its text after it ended. */
#define PATIENCE_MS 20000

/* The most that a service can make us remember. */
#define MAX_TURNS 64
#define MAX_DONE_IDS 256

/* How long after the end of speech a service that detects turns may still
 * announce one. */
#define ANNOUNCE_MS 3000

/* And how much longer when it is behind. A service that reads nothing for longer
 * than this is not waited for. */
#define BEHIND_MS 10000

/* private */

CapTurn *
cap_realtime_turns_at (CapRealtimeTurns *self, guint i)
{
  return g_ptr_array_index (self->turns, i);
}

/* As far as it is known: an open turn has all that was sent. */
static guint64
end_of (CapRealtimeTurns *self, CapTurn *turn)
{
  return MAX (cap_turn_has_ended (turn) ? turn->end : self->taken, turn->begin);
}

void
cap_realtime_turns_say (CapRealtimeTurns *self,
                        CapTurn *turn,
                        const char *text,
                        gboolean final,
                        const CapEvent *event)
{
  CapHypothesis hypothesis = {
    .utterance = turn->utterance,
    .begin = turn->begin,
    .end = end_of (self, turn),
    .text = text,
    .final = final,
    .language = event != NULL ? event->language : NULL,
    .confidence = event != NULL ? event->confidence : -1,
  };

  self->funcs.hypothesis (&hypothesis, self->user_data);
}

void
cap_realtime_turns_say_part (CapRealtimeTurns *self, CapTurnPart *part, gboolean final)
{
  CapHypothesis hypothesis = {
    .utterance = part->utterance,
    .begin = part->begin,
    .end = part->end,
    .text = part->text,
    .final = final,
    .speaker = part->speaker,
    .confidence = -1,
  };

  self->funcs.hypothesis (&hypothesis, self->user_data);
}

/* Audio is settled up to the first turn that still waits for its text. */
static void
settle (CapRealtimeTurns *self)
{
  guint64 begin = self->settled, position = cap_realtime_turns_get_open (self);

  if (position <= begin)
    return;

  self->settled = position;
  cap_service_clock_forget (self->clock, position - MIN (position, CAP_AUDIO_MS (60000)));
  self->funcs.settled (begin, position, self->user_data);
}

/* A session begins in the middle of a stream: its first position is not 0. */
static void
begin_at (CapRealtimeTurns *self, guint64 position)
{
  if (!self->begun)
    self->taken = self->answered = self->settled = position;
  self->begun = TRUE;
}

static void
watch (CapRealtimeTurns *self)
{
  gint64 first = self->announce_due;

  for (guint i = 0; i < self->turns->len; i++)
    {
      gint64 due = cap_realtime_turns_at (self, i)->due;

      if (due != 0 && (first == 0 || due < first))
        first = due;
    }

  if (first == 0)
    cap_alarm_clear (self->alarm);
  else
    cap_alarm_set (self->alarm, MAX (first - g_get_monotonic_time (), 0) / 1000 + 1);
}

/* @ms: for DUE, how long from now. */
static void
set_announcement (CapRealtimeTurns *self, CapAnnouncement announcement, guint ms)
{
  self->announcement = announcement;
  self->announce_due = announcement == ANNOUNCEMENT_DUE ? g_get_monotonic_time () + (gint64) ms * 1000 : 0;
}

/* The empty text holds the turn's place among the others. */
static CapTurn *
add_turn (CapRealtimeTurns *self, guint64 begin)
{
  guint64 utterance = self->funcs.next_utterance (self->user_data);
  CapTurn *turn = cap_turn_new (utterance, MAX (begin, self->answered));

  g_ptr_array_add (self->turns, turn);
  cap_realtime_turns_say (self, turn, "", FALSE, NULL);

  return turn;
}

static void
remember_done (CapRealtimeTurns *self, const char *item_id)
{
  if (item_id == NULL || self->in_order)
    return;

  g_queue_push_tail (self->done_ids, g_strdup (item_id));
  if (g_queue_get_length (self->done_ids) > MAX_DONE_IDS)
    g_free (g_queue_pop_head (self->done_ids));
}

static void
check_idle (CapRealtimeTurns *self)
{
  if (cap_realtime_turns_is_idle (self))
    self->funcs.idle (self->user_data);
}

static void
remove_turn (CapRealtimeTurns *self, CapTurn *turn)
{
  remember_done (self, turn->item_id);
  if (turn->begin > self->settled && turn->end > turn->begin)
    self->funcs.settled (turn->begin, turn->end, self->user_data);
  self->answered = MAX (self->answered, turn->end);
  g_ptr_array_remove (self->turns, turn);
  watch (self);
  settle (self);
  check_idle (self);
}

/* The parts say everything already that the text of the whole turn would. */
void
cap_realtime_turns_complete (CapRealtimeTurns *self, CapTurn *turn, const char *text, const CapEvent *event)
{
  if (turn->parts->len > 0)
    text = "";

  cap_realtime_turns_say (self, turn, text, TRUE, event);
  for (guint i = 0; i < turn->parts->len; i++)
    cap_realtime_turns_say_part (self, g_ptr_array_index (turn->parts, i), TRUE);
  remove_turn (self, turn);
}

gboolean
cap_realtime_turns_ask_again (CapRealtimeTurns *self, CapTurn *turn)
{
  guint64 end = end_of (self, turn);

  if (!self->funcs.lost (turn->begin, end, self->user_data))
    return FALSE;

  /* A text that still comes covers what the service got until now. */
  turn->end = end;
  cap_turn_set_phase (turn, CAP_TURN_LOST, 0);
  return TRUE;
}

/* The text so far becomes final. */
static void
give_up (CapRealtimeTurns *self, CapTurn *turn)
{
  g_autofree char *text = g_strdup (turn->text->str);

  cap_realtime_turns_complete (self, turn, text, NULL);
}

/* The last of them, so that a turn that goes away does not move the others. */
static CapTurn *
find_overdue (CapRealtimeTurns *self, gint64 now)
{
  for (guint i = self->turns->len; i > 0; i--)
    {
      CapTurn *turn = cap_realtime_turns_at (self, i - 1);

      if (turn->due != 0 && turn->due <= now)
        return turn;
    }

  return NULL;
}

static void
on_alarm (gpointer user_data)
{
  CapRealtimeTurns *self = user_data;
  gint64 now = g_get_monotonic_time ();
  CapTurn *turn;

  while ((turn = find_overdue (self, now)) != NULL)
    if (!cap_realtime_turns_ask_again (self, turn))
      give_up (self, turn);

  if (self->announcement == ANNOUNCEMENT_DUE && self->announce_due <= now)
    {
      /* The service heard nothing in it. */
      set_announcement (self, ANNOUNCEMENT_NONE, 0);
      settle (self);
      check_idle (self);
    }
  watch (self);
}

void
cap_realtime_turns_end_turn (CapRealtimeTurns *self, CapTurn *turn, guint64 end)
{
  if (turn->phase == CAP_TURN_LOST)
    return;

  turn->end = MAX (end, turn->begin);
  cap_turn_set_phase (turn, CAP_TURN_ENDED, self->patience_ms);
  watch (self);
}

CapTurn *
cap_realtime_turns_add_item (CapRealtimeTurns *self, const char *item_id)
{
  guint64 begin = self->answered;
  CapTurn *turn;

  for (guint i = 0; i < self->turns->len; i++)
    begin = MAX (begin, cap_realtime_turns_at (self, i)->end);
  while (self->turns->len >= MAX_TURNS)
    give_up (self, cap_realtime_turns_at (self, 0));

  turn = add_turn (self, begin);
  turn->item_id = g_strdup (item_id);
  if (self->behind && self->announcement == ANNOUNCEMENT_DUE)
    set_announcement (self, ANNOUNCEMENT_DUE, ANNOUNCE_MS);
  else
    set_announcement (self, ANNOUNCEMENT_NONE, 0);
  watch (self);
  return turn;
}

/* public functions */

CapRealtimeTurns *
cap_realtime_turns_new (gboolean server_turns,
                        gboolean in_order,
                        const CapRealtimeTurnsFuncs *funcs,
                        gpointer user_data)
{
  CapRealtimeTurns *self;

  g_return_val_if_fail (funcs != NULL, NULL);

  self = g_new0 (CapRealtimeTurns, 1);
  self->funcs = *funcs;
  self->user_data = user_data;
  self->server_turns = server_turns;
  self->in_order = in_order;
  self->clock = cap_service_clock_new ();
  self->turns = g_ptr_array_new_with_free_func ((GDestroyNotify) cap_turn_free);
  self->done_ids = g_queue_new ();
  self->patience_ms = PATIENCE_MS;
  self->alarm = cap_alarm_new ("realtime-turns", on_alarm, self);
  return self;
}

void
cap_realtime_turns_free (CapRealtimeTurns *self)
{
  g_return_if_fail (self != NULL);

  cap_alarm_free (self->alarm);
  g_ptr_array_unref (self->turns);
  g_queue_free_full (self->done_ids, g_free);
  cap_service_clock_free (self->clock);
  g_free (self);
}

void
cap_realtime_turns_sent (CapRealtimeTurns *self, guint64 position, gsize n_frames)
{
  g_return_if_fail (self != NULL);

  begin_at (self, position);
  cap_service_clock_add (self->clock, position, n_frames);
  self->taken = position + n_frames;
  set_announcement (self, ANNOUNCEMENT_POSSIBLE, 0);
  settle (self);
}

void
cap_realtime_turns_sent_silence (CapRealtimeTurns *self, gsize n_frames)
{
  g_return_if_fail (self != NULL);

  cap_service_clock_add_silence (self->clock, n_frames);
}

void
cap_realtime_turns_skipped (CapRealtimeTurns *self, guint64 position, gsize n_frames)
{
  g_return_if_fail (self != NULL);

  begin_at (self, position);
  self->taken = position + n_frames;
  settle (self);
}

void
cap_realtime_turns_begin (CapRealtimeTurns *self, guint64 position)
{
  g_return_if_fail (self != NULL);

  begin_at (self, position);
  if (self->server_turns)
    return;
  while (self->turns->len >= MAX_TURNS)
    give_up (self, cap_realtime_turns_at (self, 0));
  add_turn (self, position);
}

void
cap_realtime_turns_end (CapRealtimeTurns *self, guint64 position, gboolean behind)
{
  CapTurn *last;

  g_return_if_fail (self != NULL);

  last = self->turns->len > 0 ? cap_realtime_turns_at (self, self->turns->len - 1) : NULL;
  if (!self->server_turns && last != NULL && !cap_turn_has_ended (last))
    cap_realtime_turns_end_turn (self, last, position);
  if (!self->server_turns)
    return;

  self->behind = behind;
  if (self->announcement != ANNOUNCEMENT_NONE)
    set_announcement (self, ANNOUNCEMENT_DUE, ANNOUNCE_MS + (behind ? BEHIND_MS : 0));
  /* The service has all the audio, and silence after it: a turn that it still
   * does not end must not stay open. */
  for (guint i = 0; i < self->turns->len; i++)
    if (cap_realtime_turns_at (self, i)->phase == CAP_TURN_OPEN)
      cap_turn_set_phase (cap_realtime_turns_at (self, i), CAP_TURN_SENT, self->patience_ms);
  watch (self);
}

gboolean
cap_realtime_turns_is_idle (CapRealtimeTurns *self)
{
  g_return_val_if_fail (self != NULL, TRUE);

  return self->turns->len == 0 && self->announcement != ANNOUNCEMENT_DUE;
}

gboolean
cap_realtime_turns_is_waiting (CapRealtimeTurns *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->turns->len > 0 && cap_turn_has_ended (cap_realtime_turns_at (self, 0));
}

guint64
cap_realtime_turns_get_position (CapRealtimeTurns *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->taken;
}

/* A service that detects turns may still announce one in the audio after the
 * last. */
guint64
cap_realtime_turns_get_open (CapRealtimeTurns *self)
{
  gboolean announced;
  guint64 position;

  g_return_val_if_fail (self != NULL, 0);

  announced = !self->server_turns || self->announcement == ANNOUNCEMENT_NONE;
  position = announced ? self->taken : self->answered;
  for (guint i = 0; i < self->turns->len; i++)
    position = MIN (position, cap_realtime_turns_at (self, i)->begin);

  return position;
}

void
cap_realtime_turns_set_patience (CapRealtimeTurns *self, guint ms)
{
  g_return_if_fail (self != NULL);

  self->patience_ms = ms;
}
