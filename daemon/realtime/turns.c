/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/turns.h"
#include "base/alarm.h"
#include "realtime/service-clock.h"

#include <string.h>

/* How long a turn waits for its text after it ended. */
#define PATIENCE_MS 20000

/* What a service without manners can make us remember. */
#define MAX_TURNS 64
#define MAX_SEGMENTS 128
#define MAX_DONE_IDS 256
#define MAX_TEXT_BYTES (64 * 1024)

/* How long after the end of speech a service that detects turns may still say
 * that it heard one. */
#define WORD_MS 3000

/* And so much longer when it is behind. A service that reads nothing for longer
 * than this is not waited for. */
#define BEHIND_MS 10000

/* A part of a turn that has a speaker of its own. */
typedef struct
{
  guint64 utterance;
  char *id;
  guint64 begin, end;
  char *text;      /* at most what is left of the turn's budget */
  char *speaker;
} Segment;

typedef struct
{
  guint64 utterance;
  char *item_id;       /* NULL: the service has not named it */
  guint64 begin, end;
  gboolean ended;
  gboolean committed;
  GString *text;
  GPtrArray *segments; /* of Segment */
  gint64 give_up;      /* monotonic, µs; 0 while it goes on */
} Turn;

struct _CapRealtimeTurns
{
  CapRealtimeTurnsFuncs funcs;
  gpointer user_data;

  CapServiceClock *clock;
  gboolean server_turns;
  gboolean in_order;
  GPtrArray *turns;     /* of Turn, in order: those without their text */
  GQueue *done_ids;     /* of char *, of this session */
  gboolean begun;       /* something was sent or skipped */
  guint64 taken;        /* position after that */
  guint64 answered;     /* the end of the last turn that is done with */
  guint64 settled;
  gint64 word_due;      /* monotonic, µs: until then a turn may be announced of
                         * what was sent; 0 when there is nothing to wait for */
  gboolean unheard;     /* sent, and no turn was announced since */
  gboolean behind;      /* it had much to read when all was sent: after a turn
                         * it may announce another */
  guint patience_ms;
  CapAlarm *alarm;
};

/* turns */

static void
segment_free (Segment *segment)
{
  g_free (segment->id);
  g_free (segment->text);
  g_free (segment->speaker);
  g_free (segment);
}

static void
turn_free (Turn *turn)
{
  g_free (turn->item_id);
  g_string_free (turn->text, TRUE);
  g_ptr_array_unref (turn->segments);
  g_free (turn);
}

static Turn *
turn_at (CapRealtimeTurns *self, guint i)
{
  return g_ptr_array_index (self->turns, i);
}

static void
say (CapRealtimeTurns *self, Turn *turn, const char *text, gboolean final, const CapEvent *event)
{
  CapHypothesis hypothesis = {
    .utterance = turn->utterance,
    .begin = turn->begin,
    .end = MAX (turn->ended ? turn->end : self->taken, turn->begin),
    .text = text,
    .final = final,
    .language = event != NULL ? event->language : NULL,
    .confidence = event != NULL ? event->confidence : -1,
  };

  self->funcs.hypothesis (&hypothesis, self->user_data);
}

static void
say_segment (CapRealtimeTurns *self, Segment *segment, gboolean final)
{
  CapHypothesis hypothesis = {
    .utterance = segment->utterance,
    .begin = segment->begin,
    .end = segment->end,
    .text = segment->text,
    .final = final,
    .speaker = segment->speaker,
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

/* A session begins in the middle of a stream. */
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
  gint64 first = self->word_due;

  for (guint i = 0; i < self->turns->len; i++)
    {
      gint64 give_up = turn_at (self, i)->give_up;

      if (give_up != 0 && (first == 0 || give_up < first))
        first = give_up;
    }

  if (first == 0)
    cap_alarm_clear (self->alarm);
  else
    cap_alarm_set (self->alarm, MAX (first - g_get_monotonic_time (), 0) / 1000 + 1);
}

/* A turn that has no text yet holds its place among the others. */
static Turn *
add_turn (CapRealtimeTurns *self, guint64 begin)
{
  Turn *turn = g_new0 (Turn, 1);

  turn->utterance = self->funcs.next_utterance (self->user_data);
  turn->begin = MAX (begin, self->answered);
  turn->end = turn->begin;
  turn->text = g_string_new (NULL);
  turn->segments = g_ptr_array_new_with_free_func ((GDestroyNotify) segment_free);
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
remove_turn (CapRealtimeTurns *self, Turn *turn)
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

/* With segments the text of the whole would say everything twice. */
static void
complete (CapRealtimeTurns *self, Turn *turn, const char *text, const CapEvent *event)
{
  if (turn->segments->len > 0)
    text = "";

  say (self, turn, text, TRUE, event);
  for (guint i = 0; i < turn->segments->len; i++)
    say_segment (self, g_ptr_array_index (turn->segments, i), TRUE);
  remove_turn (self, turn);
}

/* Whether somebody asks for its text again. */
static gboolean
is_asked_again (CapRealtimeTurns *self, Turn *turn)
{
  turn->give_up = 0;
  return self->funcs.lost (turn->begin, turn->ended ? turn->end : self->taken, self->user_data);
}

/* What was heard of it stays. */
static void
give_up (CapRealtimeTurns *self, Turn *turn)
{
  g_autofree char *text = g_strdup (turn->text->str);

  complete (self, turn, text, NULL);
}

static void
on_alarm (gpointer data)
{
  CapRealtimeTurns *self = data;
  gint64 now = g_get_monotonic_time ();

  for (guint i = self->turns->len; i > 0; i--)
    {
      Turn *turn = turn_at (self, i - 1);

      if (turn->give_up != 0 && turn->give_up <= now && !is_asked_again (self, turn))
        give_up (self, turn);
      i = MIN (i, self->turns->len + 1);
    }
  if (self->word_due != 0 && self->word_due <= now)
    {
      /* It heard nothing in it. */
      self->word_due = 0;
      self->unheard = FALSE;
      settle (self);
      check_idle (self);
    }
  watch (self);
}

static void
end_turn (CapRealtimeTurns *self, Turn *turn, guint64 end)
{
  turn->ended = TRUE;
  turn->end = MAX (end, turn->begin);
  turn->give_up = g_get_monotonic_time () + (gint64) self->patience_ms * 1000;
  watch (self);
}

/* finding the turn of an event */

static Turn *
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

/* The first that the service has not named: they are named in their order. */
static Turn *
name_next (CapRealtimeTurns *self, const char *item_id)
{
  for (guint i = 0; i < self->turns->len; i++)
    {
      Turn *turn = turn_at (self, i);

      if (turn->item_id == NULL)
        {
          turn->item_id = g_strdup (item_id);
          return turn;
        }
    }

  return NULL;
}

/* A service that speaks of an item before it said where it begins. */
static Turn *
add_item (CapRealtimeTurns *self, const char *item_id)
{
  guint64 begin = self->answered;
  Turn *turn;

  for (guint i = 0; i < self->turns->len; i++)
    begin = MAX (begin, turn_at (self, i)->end);
  while (self->turns->len >= MAX_TURNS)
    give_up (self, turn_at (self, 0));

  turn = add_turn (self, begin);
  turn->item_id = g_strdup (item_id);
  self->unheard = self->behind && self->word_due != 0;
  self->word_due = self->unheard ? g_get_monotonic_time () + WORD_MS * 1000 : 0;
  watch (self);
  return turn;
}

static Turn *
turn_of (CapRealtimeTurns *self, const CapEvent *event)
{
  const char *item_id = event->item_id != NULL ? event->item_id : "";
  Turn *turn;

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
  Turn *turn = self->server_turns ? turn_of (self, event) : NULL;

  if (turn == NULL || turn->ended)
    return;

  turn->begin = MAX (cap_service_clock_begin (self->clock, event->ms), self->answered);
  say (self, turn, turn->text->str, FALSE, NULL);
}

static void
take_stopped (CapRealtimeTurns *self, const CapEvent *event)
{
  Turn *turn = self->server_turns ? turn_of (self, event) : NULL;

  if (turn != NULL)
    end_turn (self, turn, cap_service_clock_end (self->clock, event->ms));
}

/* The order of items is that of their predecessors. */
static void
place_behind (CapRealtimeTurns *self, Turn *turn, const char *previous_id)
{
  Turn *previous = previous_id != NULL ? find_item (self, previous_id) : NULL;
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
  Turn *turn = self->in_order ? NULL : turn_of (self, event);

  if (turn == NULL || turn->committed)
    return;

  turn->committed = TRUE;
  if (self->server_turns)
    place_behind (self, turn, event->previous_item_id);
  if (!turn->ended)
    end_turn (self, turn, cap_service_clock_get_position (self->clock));
}

static void
take_delta (CapRealtimeTurns *self, const CapEvent *event)
{
  Turn *turn = turn_of (self, event);

  if (turn == NULL || event->text == NULL || turn->text->len + strlen (event->text) > MAX_TEXT_BYTES)
    return;

  g_string_append (turn->text, event->text);
  if (turn->segments->len == 0)
    say (self, turn, turn->text->str, FALSE, event);
}

static void
take_completed (CapRealtimeTurns *self, const CapEvent *event)
{
  Turn *turn = turn_of (self, event);

  /* A turn that goes on has no text yet: this is late, of one given up. */
  if (turn == NULL || (self->in_order && !turn->ended))
    return;
  if (!turn->ended)
    end_turn (self, turn, self->taken);
  complete (self, turn, event->text != NULL ? event->text : "", event);
}

/* Its partial text was not true. */
static void
take_failed (CapRealtimeTurns *self, const CapEvent *event)
{
  Turn *turn = turn_of (self, event);

  if (turn == NULL || is_asked_again (self, turn))
    return;
  for (guint i = 0; i < turn->segments->len; i++)
    {
      Segment *segment = g_ptr_array_index (turn->segments, i);

      g_free (segment->text);
      segment->text = g_strdup ("");
    }
  complete (self, turn, "", NULL);
}

/* A turn of ours that the service did not take, or could not do: the first
 * that it has not named, for it answers in order. */
static void
take_error (CapRealtimeTurns *self, const CapEvent *event)
{
  gboolean empty = event->error != NULL
                   && g_strcmp0 (event->error->code, "input_audio_buffer_commit_empty") == 0;

  for (guint i = 0; i < self->turns->len; i++)
    {
      Turn *turn = turn_at (self, i);

      if (turn->ended && (self->in_order || turn->item_id == NULL))
        {
          if (empty || !is_asked_again (self, turn))
            complete (self, turn, "", NULL);
          return;
        }
    }
}

static guint64
position_in (Turn *turn, double seconds)
{
  double length = (double) (turn->end - turn->begin) / CAP_AUDIO_RATE;

  return turn->begin + (guint64) (CLAMP (seconds, 0, length) * CAP_AUDIO_RATE);
}

static Segment *
find_segment (Turn *turn, const char *id)
{
  for (guint i = 0; i < turn->segments->len; i++)
    {
      Segment *segment = g_ptr_array_index (turn->segments, i);

      if (g_strcmp0 (segment->id, id) == 0)
        return segment;
    }

  return NULL;
}

static gsize
segments_size (Turn *turn)
{
  gsize size = 0;

  for (guint i = 0; i < turn->segments->len; i++)
    size += strlen (((Segment *) g_ptr_array_index (turn->segments, i))->text);

  return size;
}

static void
take_segment (CapRealtimeTurns *self, const CapEvent *event)
{
  Turn *turn = turn_of (self, event);
  Segment *segment;

  if (turn == NULL || event->text == NULL || turn->segments->len >= MAX_SEGMENTS
      || segments_size (turn) + strlen (event->text) > MAX_TEXT_BYTES)
    return;

  if (turn->segments->len == 0 && turn->text->len > 0)
    {
      /* The deltas said it before the speakers were known. */
      say (self, turn, "", TRUE, NULL);
      turn->utterance = self->funcs.next_utterance (self->user_data);
    }
  segment = event->segment_id != NULL ? find_segment (turn, event->segment_id) : NULL;
  if (segment == NULL)
    {
      segment = g_new0 (Segment, 1);
      segment->utterance = self->funcs.next_utterance (self->user_data);
      segment->id = g_strdup (event->segment_id);
      g_ptr_array_add (turn->segments, segment);
    }
  g_free (segment->text);
  g_free (segment->speaker);
  segment->text = g_strdup (event->text);
  segment->speaker = g_strdup (event->speaker);
  segment->begin = position_in (turn, event->start);
  segment->end = MAX (position_in (turn, event->end), segment->begin);
  say_segment (self, segment, FALSE);
}

/* public functions */

CapRealtimeTurns *
cap_realtime_turns_new (gboolean server_turns,
                        gboolean in_order,
                        const CapRealtimeTurnsFuncs *funcs,
                        gpointer user_data)
{
  CapRealtimeTurns *self = g_new0 (CapRealtimeTurns, 1);

  self->funcs = *funcs;
  self->user_data = user_data;
  self->server_turns = server_turns;
  self->in_order = in_order;
  self->clock = cap_service_clock_new ();
  self->turns = g_ptr_array_new_with_free_func ((GDestroyNotify) turn_free);
  self->done_ids = g_queue_new ();
  self->patience_ms = PATIENCE_MS;
  self->alarm = cap_alarm_new ("realtime-turns", on_alarm, self);
  return self;
}

void
cap_realtime_turns_free (CapRealtimeTurns *self)
{
  cap_alarm_free (self->alarm);
  g_ptr_array_unref (self->turns);
  g_queue_free_full (self->done_ids, g_free);
  cap_service_clock_free (self->clock);
  g_free (self);
}

void
cap_realtime_turns_sent (CapRealtimeTurns *self, guint64 position, gsize n_frames)
{
  begin_at (self, position);
  cap_service_clock_add (self->clock, position, n_frames);
  self->taken = position + n_frames;
  self->unheard = TRUE;
  self->word_due = 0; /* of what was sent before: this is to be heard too */
  settle (self);
}

void
cap_realtime_turns_sent_silence (CapRealtimeTurns *self, gsize n_frames)
{
  cap_service_clock_add_silence (self->clock, n_frames);
}

void
cap_realtime_turns_skipped (CapRealtimeTurns *self, guint64 position, gsize n_frames)
{
  begin_at (self, position);
  self->taken = position + n_frames;
  settle (self);
}

void
cap_realtime_turns_begin (CapRealtimeTurns *self, guint64 position)
{
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
  Turn *last = self->turns->len > 0 ? turn_at (self, self->turns->len - 1) : NULL;

  if (!self->server_turns && last != NULL && !last->ended)
    end_turn (self, last, position);
  if (!self->server_turns)
    return;

  self->behind = behind;
  /* The service has heard all, and the silence behind it: what it does not
   * end by itself must not stay open. */
  if (self->unheard)
    self->word_due = g_get_monotonic_time () + (WORD_MS + (behind ? BEHIND_MS : 0)) * 1000;
  for (guint i = 0; i < self->turns->len; i++)
    if (turn_at (self, i)->give_up == 0)
      turn_at (self, i)->give_up = g_get_monotonic_time () + (gint64) self->patience_ms * 1000;
  watch (self);
}

void
cap_realtime_turns_take (CapRealtimeTurns *self, const CapEvent *event)
{
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
  return self->turns->len == 0 && self->word_due == 0;
}

gboolean
cap_realtime_turns_is_waiting (CapRealtimeTurns *self)
{
  return self->turns->len > 0 && turn_at (self, 0)->ended;
}

guint64
cap_realtime_turns_get_position (CapRealtimeTurns *self)
{
  return self->taken;
}

/* What a service that detects turns has not said a word of yet may still become
 * one. */
guint64
cap_realtime_turns_get_open (CapRealtimeTurns *self)
{
  guint64 position = self->server_turns && self->unheard ? self->answered : self->taken;

  for (guint i = 0; i < self->turns->len; i++)
    position = MIN (position, turn_at (self, i)->begin);

  return position;
}

void
cap_realtime_turns_set_patience (CapRealtimeTurns *self, guint ms)
{
  self->patience_ms = ms;
}
