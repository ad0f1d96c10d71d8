/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/turns-private.h"
#include "base/alarm.h"
#include "realtime/service-clock.h"
#include "realtime/turn.h"

#include <string.h>

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

/* Audio in which a service that detects turns may announce one. Only
 * set_announcement() changes this. The phases of each turn are in turn.h.
 *
 * Announcement  Meaning, and what follows
 * ---------------------------------------------------------------------------
 * NONE          The last turn was announced after all audio was sent, or nothing
 *               was heard in it.
 *               POSSIBLE: more audio was sent.
 * POSSIBLE      Audio was sent since, and the speech goes on.
 *               NONE: a turn was announced.
 *               DUE: the speech ended.
 * DUE           All audio of the speech was sent. It stays open, because it may
 *               have to be sent again, until announce_due.
 *               NONE: a turn was announced, or the time is over.
 *               DUE: a turn was announced, and the service was behind: it may
 *               announce another.
 *               POSSIBLE: more audio was sent. */
typedef enum
{
  ANNOUNCEMENT_NONE,
  ANNOUNCEMENT_POSSIBLE,
  ANNOUNCEMENT_DUE,
} Announcement;

struct _CapRealtimeTurns
{
  CapRealtimeTurnsFuncs funcs;
  gpointer user_data;

  CapServiceClock *clock;
  gboolean server_turns;
  gboolean in_order;
  GPtrArray *turns;     /* of CapTurn, in order: those without their text */
  GQueue *done_ids;     /* of char *, of this session */
  gboolean begun;       /* something was sent or skipped */
  guint64 taken;        /* position after that */
  guint64 answered;     /* position after the last turn that has its text, or gets none */
  guint64 settled;
  Announcement announcement;
  gint64 announce_due;  /* monotonic, µs; 0 unless DUE */
  gboolean behind;      /* it had much to read when all was sent */
  guint patience_ms;
  CapAlarm *alarm;
};

/* private */

static CapTurn *
turn_at (CapRealtimeTurns *self, guint i)
{
  return g_ptr_array_index (self->turns, i);
}

/* As far as it is known: an open turn has all that was sent. */
static guint64
end_of (CapRealtimeTurns *self, CapTurn *turn)
{
  return MAX (cap_turn_has_ended (turn) ? turn->end : self->taken, turn->begin);
}

static void
say (CapRealtimeTurns *self, CapTurn *turn, const char *text, gboolean final, const CapEvent *event)
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

static void
say_part (CapRealtimeTurns *self, CapTurnPart *part, gboolean final)
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
      gint64 due = turn_at (self, i)->due;

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
set_announcement (CapRealtimeTurns *self, Announcement announcement, guint ms)
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
  say (self, turn, "", FALSE, NULL);

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
static void
complete (CapRealtimeTurns *self, CapTurn *turn, const char *text, const CapEvent *event)
{
  if (turn->parts->len > 0)
    text = "";

  say (self, turn, text, TRUE, event);
  for (guint i = 0; i < turn->parts->len; i++)
    say_part (self, g_ptr_array_index (turn->parts, i), TRUE);
  remove_turn (self, turn);
}

/* The turn gets no text from this session. Returns whether another is asked. */
static gboolean
is_asked_again (CapRealtimeTurns *self, CapTurn *turn)
{
  if (!self->funcs.lost (turn->begin, end_of (self, turn), self->user_data))
    return FALSE;

  cap_turn_set_phase (turn, CAP_TURN_LOST, 0);
  return TRUE;
}

/* The text so far becomes final. */
static void
give_up (CapRealtimeTurns *self, CapTurn *turn)
{
  g_autofree char *text = g_strdup (turn->text->str);

  complete (self, turn, text, NULL);
}

/* The last of them, so that a turn that goes away does not move the others. */
static CapTurn *
find_overdue (CapRealtimeTurns *self, gint64 now)
{
  for (guint i = self->turns->len; i > 0; i--)
    {
      CapTurn *turn = turn_at (self, i - 1);

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
    if (!is_asked_again (self, turn))
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

static void
end_turn (CapRealtimeTurns *self, CapTurn *turn, guint64 end)
{
  if (turn->phase == CAP_TURN_LOST)
    return;

  turn->end = MAX (end, turn->begin);
  cap_turn_set_phase (turn, CAP_TURN_ENDED, self->patience_ms);
  watch (self);
}

/* finding the turn of an event */

static CapTurn *
find_item (CapRealtimeTurns *self, const char *item_id)
{
  for (guint i = 0; i < self->turns->len; i++)
    if (g_strcmp0 (turn_at (self, i)->item_id, item_id) == 0)
      return turn_at (self, i);

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
      CapTurn *turn = turn_at (self, i);

      if (turn->item_id == NULL)
        {
          turn->item_id = g_strdup (item_id);
          return turn;
        }
    }

  return NULL;
}

/* The service speaks of an item before it said where that begins. */
static CapTurn *
add_item (CapRealtimeTurns *self, const char *item_id)
{
  guint64 begin = self->answered;
  CapTurn *turn;

  for (guint i = 0; i < self->turns->len; i++)
    begin = MAX (begin, turn_at (self, i)->end);
  while (self->turns->len >= MAX_TURNS)
    give_up (self, turn_at (self, 0));

  turn = add_turn (self, begin);
  turn->item_id = g_strdup (item_id);
  if (self->behind && self->announcement == ANNOUNCEMENT_DUE)
    set_announcement (self, ANNOUNCEMENT_DUE, ANNOUNCE_MS);
  else
    set_announcement (self, ANNOUNCEMENT_NONE, 0);
  watch (self);
  return turn;
}

static CapTurn *
turn_of (CapRealtimeTurns *self, const CapEvent *event)
{
  const char *item_id = event->item_id != NULL ? event->item_id : "";
  CapTurn *turn;

  if (self->in_order)
    return self->turns->len > 0 ? turn_at (self, 0) : NULL;
  if (is_done (self, item_id))
    return NULL;
  if ((turn = find_item (self, item_id)) != NULL)
    return turn;
  if ((turn = self->server_turns ? NULL : name_next (self, item_id)) != NULL)
    return turn;

  return self->server_turns ? add_item (self, item_id) : NULL;
}

/* events */

static void
take_started (CapRealtimeTurns *self, const CapEvent *event)
{
  CapTurn *turn = self->server_turns ? turn_of (self, event) : NULL;

  if (turn == NULL || cap_turn_has_ended (turn))
    return;

  turn->begin = MAX (cap_service_clock_begin (self->clock, event->ms), self->answered);
  say (self, turn, turn->text->str, FALSE, NULL);
}

static void
take_stopped (CapRealtimeTurns *self, const CapEvent *event)
{
  CapTurn *turn = self->server_turns ? turn_of (self, event) : NULL;

  if (turn != NULL)
    end_turn (self, turn, cap_service_clock_end (self->clock, event->ms));
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
    end_turn (self, turn, cap_service_clock_get_position (self->clock));
}

static void
take_delta (CapRealtimeTurns *self, const CapEvent *event)
{
  CapTurn *turn = turn_of (self, event);

  if (turn == NULL || event->text == NULL || !cap_turn_append (turn, event->text))
    return;

  if (turn->parts->len == 0)
    say (self, turn, turn->text->str, FALSE, event);
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
    end_turn (self, turn, self->taken);
  complete (self, turn, event->text != NULL ? event->text : "", event);
}

/* The partial text of a turn that failed is not kept. */
static void
take_failed (CapRealtimeTurns *self, const CapEvent *event)
{
  CapTurn *turn = turn_of (self, event);

  if (turn == NULL || is_asked_again (self, turn))
    return;
  cap_turn_clear_parts (turn);
  complete (self, turn, "", NULL);
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
      CapTurn *turn = turn_at (self, i);

      if (cap_turn_has_ended (turn) && (self->in_order || turn->item_id == NULL))
        {
          if (empty || !is_asked_again (self, turn))
            complete (self, turn, "", NULL);
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
      say (self, turn, "", TRUE, NULL);
      turn->utterance = self->funcs.next_utterance (self->user_data);
    }
  part = cap_turn_find_part (turn, event->segment_id);
  if (part == NULL)
    part = cap_turn_add_part (turn, event->segment_id, self->funcs.next_utterance (self->user_data));
  cap_turn_set_part (turn, part, event);
  say_part (self, part, FALSE);
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
    give_up (self, turn_at (self, 0));
  add_turn (self, position);
}

void
cap_realtime_turns_end (CapRealtimeTurns *self, guint64 position, gboolean behind)
{
  CapTurn *last;

  g_return_if_fail (self != NULL);

  last = self->turns->len > 0 ? turn_at (self, self->turns->len - 1) : NULL;
  if (!self->server_turns && last != NULL && !cap_turn_has_ended (last))
    end_turn (self, last, position);
  if (!self->server_turns)
    return;

  self->behind = behind;
  if (self->announcement != ANNOUNCEMENT_NONE)
    set_announcement (self, ANNOUNCEMENT_DUE, ANNOUNCE_MS + (behind ? BEHIND_MS : 0));
  /* The service has all the audio, and silence after it: a turn that it still
   * does not end must not stay open. */
  for (guint i = 0; i < self->turns->len; i++)
    if (turn_at (self, i)->phase == CAP_TURN_OPEN)
      cap_turn_set_phase (turn_at (self, i), CAP_TURN_SENT, self->patience_ms);
  watch (self);
}

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

  return self->turns->len > 0 && cap_turn_has_ended (turn_at (self, 0));
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
    position = MIN (position, turn_at (self, i)->begin);

  return position;
}

void
cap_realtime_turns_set_patience (CapRealtimeTurns *self, guint ms)
{
  g_return_if_fail (self != NULL);

  self->patience_ms = ms;
}
