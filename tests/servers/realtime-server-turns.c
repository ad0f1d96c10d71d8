/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* The audio of a session, its turns, and their text. */

#include "servers/realtime-server-session.h"

#include <math.h>

#define LONGEST_APPEND (15 * 1024 * 1024)
#define LOUD 0.01

struct _Turn
{
  Session *session;
  char *item, *text;
  GByteArray *audio;
  guint number, n_words;
  double seconds;
};

/* the text of a turn */

void
session_free_turn (Turn *turn)
{
  session_unref (turn->session);
  g_byte_array_unref (turn->audio);
  g_free (turn->item);
  g_free (turn->text);
  g_free (turn);
}

static void
send_delta (Session *self, const char *item, const char *text)
{
  g_autofree char *quoted = quote (text);

  if (self->dialect == VLLM)
    session_send (self, "transcription.delta", "\"delta\":%s", quoted);
  else if (self->dialect != SPEACHES)
    session_send (self, ID "delta", "\"item_id\":\"%s\",\"content_index\":0,\"delta\":%s,\"obfuscation\":\"q7Zk02\"",
          item, quoted);
}

/* Sends the words from @from up to, but not including, @to. */
static void
send_words (Session *self, const char *item, const char *text, guint from, guint to)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  for (guint i = from; text[0] != '\0' && i < MIN (to, g_strv_length (words)); i++)
    {
      g_autofree char *delta = g_strconcat (i > 0 ? " " : "", words[i], NULL);

      send_delta (self, item, delta);
    }
}

static void
send_completed (Session *self, Turn *turn, const char *text)
{
  g_autofree char *quoted = quote (text);
  g_autofree char *include = session_print_node (self->include);
  const char *model = self->transcription != NULL && JSON_NODE_HOLDS_OBJECT (self->transcription)
                        ? session_get_string (json_node_get_object (self->transcription), "model") : NULL;
  char seconds[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (seconds, sizeof seconds, "%.3f", turn->seconds);
  if (self->dialect == VLLM)
    {
      session_send (self, "transcription.done", "\"text\":%s,\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":3,"
            "\"total_tokens\":8}", quoted);
      return;
    }
  if (session_has (model, "diarize"))
    session_send (self, ID "segment", "\"item_id\":\"%s\",\"content_index\":0,\"id\":\"seg_1\",\"text\":%s,"
          "\"speaker\":\"A\",\"start\":0.0,\"end\":%s", turn->item, quoted, seconds);
  session_send (self, ID "completed", "\"item_id\":\"%s\",\"content_index\":0,\"transcript\":%s%s%s%s%s", turn->item,
                quoted,
        strstr (include, "logprobs") != NULL && !session_has (model, "whisper-1")
          ? ",\"logprobs\":[{\"token\":\"a\",\"logprob\":-0.1,\"bytes\":[97]}]" : "",
        self->dialect == LOCALAI ? "" : session_has (model, "whisper-1") || self->dialect == SPEACHES
          ? ",\"usage\":{\"type\":\"duration\",\"seconds\":"
          : ",\"usage\":{\"type\":\"tokens\",\"total_tokens\":24,\"input_tokens\":16,"
            "\"input_token_details\":{\"text_tokens\":0,\"audio_tokens\":16},\"output_tokens\":8}",
        self->dialect != LOCALAI && (session_has (model, "whisper-1") || self->dialect == SPEACHES) ? seconds : "",
        self->dialect != LOCALAI && (session_has (model, "whisper-1") || self->dialect == SPEACHES) ? "}" : "");
}

static void
send_failed (Session *self, Turn *turn)
{
  g_autofree char *message = quote (self->server->behaviour->message);

  session_send (self, ID "failed", "\"item_id\":\"%s\",\"content_index\":0,\"error\":{\"type\":\"server_error\","
        "\"code\":\"%s\",\"message\":%s,\"param\":null}", turn->item, self->server->behaviour->code, message);
}

static void
end_session (Session *self)
{
  const Behaviour *behaviour = self->server->behaviour;

  if (behaviour->code != NULL)
    session_send_error (self, behaviour->code, NULL, behaviour->message);
  session_hang_up (self, behaviour->status, behaviour->message);
}

static void
send_result (Turn *turn)
{
  Session *self = turn->session;
  Trick trick = self->server->behaviour->trick;
  g_autofree char *huge = NULL;

  if (trick == TRICK_SILENT || (trick == TRICK_LOST_TURN && turn->number == 1)
      || (trick == TRICK_LOST_TURNS && turn->number % 3 == 0))
    return;
  if (trick != TRICK_FAILED && trick != TRICK_EMPTY_COMPLETED)
    send_words (self, turn->item, turn->text, turn->n_words, trick == TRICK_HUGE_TEXT ? 0 : G_MAXUINT);
  if (trick == TRICK_FAILED || trick == TRICK_DELTAS_THEN_FAILED)
    {
      send_failed (self, turn);
      return;
    }
  if (trick == TRICK_HUGE_TEXT)
    {
      huge = g_strnfill (1000000, 'a');
      send_delta (self, turn->item, huge);
    }
  for (guint i = 0; i < (trick == TRICK_REPEAT_COMPLETED ? 3 : 1); i++)
    send_completed (self, turn, trick == TRICK_EMPTY_COMPLETED ? "" : huge != NULL ? huge : turn->text);
  if (trick == TRICK_END && turn->number == 1)
    end_session (self);
}

/* Whether the text of this turn waits until the next turn has its text. */
static gboolean
is_held (Turn *turn)
{
  Trick trick = turn->session->server->behaviour->trick;

  return (trick == TRICK_OUT_OF_ORDER && turn->number == 1) || (trick == TRICK_SWAPPED && turn->number % 2 == 1);
}

static void
settle (Turn *turn)
{
  Session *self = turn->session;

  if (!session_is_open (self))
    {
      session_free_turn (turn);
      return;
    }
  self->n_outstanding--;
  self->server->n_settled++;
  if (is_held (turn))
    {
      g_ptr_array_add (self->held, turn);
      return;
    }
  send_result (turn);
  session_free_turn (turn);
  for (guint i = 0; i < self->held->len; i++)
    send_result (self->held->pdata[i]);
  g_ptr_array_set_size (self->held, 0);
}

static gboolean
on_delay (gpointer user_data)
{
  settle (user_data);
  return G_SOURCE_REMOVE;
}

static void
on_heard (const char *text, gpointer user_data)
{
  Turn *turn = user_data;

  turn->text = g_strdup (text);
  g_timeout_add (turn->session->server->delay_ms, on_delay, turn);
}

/* The text that the command line gave for the open turn, or NULL. */
static const char *
get_text (Session *self)
{
  char **texts = self->server->texts;

  return texts == NULL ? NULL
         : texts[MIN (self->server->n_settled + self->n_outstanding, g_strv_length (texts) - 1)];
}

/* Decodes the countable words of the open turn so far. Returns their number. */
static guint
hear_words (Session *self)
{
  if (self->spoken == NULL)
    self->spoken = spoken_new (self->rate);
  return spoken_hear (self->spoken, self->buffer);
}

/* Ends the open turn and returns its text, or NULL if a recogniser must find it. */
static char *
take_text (Session *self)
{
  g_autofree char *text = NULL;

  if (self->server->hear == NULL)
    return g_strdup (get_text (self));
  hear_words (self);
  spoken_end (self->spoken);
  text = g_strdup (spoken_get_text (self->spoken));
  g_clear_pointer (&self->spoken, spoken_free);
  return g_steal_pointer (&text);
}

static void
transcribe (Session *self, const char *item)
{
  Turn *turn = g_new0 (Turn, 1);
  g_autofree char *text = take_text (self);
  char seconds[G_ASCII_DTOSTR_BUF_SIZE];

  turn->session = g_rc_box_acquire (self);
  turn->item = g_strdup (item);
  turn->audio = self->buffer;
  turn->number = ++self->n_turns;
  turn->n_words = self->n_words;
  turn->seconds = self->buffer->len / 2.0 / self->rate;
  self->buffer = g_byte_array_new ();
  self->n_words = 0;
  self->n_outstanding++;
  g_ascii_formatd (seconds, sizeof seconds, "%.3f", turn->seconds);
  server_log (self->server, self->n, "\"dir\":\"heard\",\"seconds\":%s", seconds);
  if (text != NULL)
    on_heard (text, turn);
  else
    hearing_recognise (self->server->hearing, turn->audio, self->rate, on_heard, turn);
}

/* turns */

static const char *
get_item (Session *self)
{
  if (self->item == NULL)
    self->item = g_strdup_printf ("item_%u_%u", self->n, ++self->n_items);
  return self->item;
}

static void
commit_turn (Session *self)
{
  g_autofree char *item = g_strdup (get_item (self));
  g_autofree char *previous = quote (self->previous);
  const char *events[] = { "added", "done", NULL };

  if (self->dialect == FLAT || self->dialect == SPEACHES)
    events[0] = "created", events[1] = NULL;
  session_send (self, "input_audio_buffer.committed", "\"previous_item_id\":%s,\"item_id\":\"%s\"", previous, item);
  for (guint i = 0; events[i] != NULL; i++)
    {
      g_autofree char *type = g_strdup_printf ("conversation.item.%s", events[i]);

      session_send (self, type, "\"previous_item_id\":%s,\"item\":{\"id\":\"%s\",\"object\":\"realtime.item\","
            "\"type\":\"message\",\"status\":\"completed\",\"role\":\"user\",\"content\":[{\"type\":\"input_audio\","
            "\"transcript\":null}]}", previous, item);
    }
  g_clear_pointer (&self->item, g_free);
  g_free (self->previous);
  self->previous = g_strdup (item);
  if (self->transcription == NULL)
    {
      server_log_refused (self->server, self->n, "Committed without a transcription model.");
      session_clear_sound (self);
      return;
    }
  if (self->dialect == LOCALAI && self->turn_detection == NULL)
    transcribe (self, "item_of_the_text");
  else
    transcribe (self, item);
}

static void
commit_vllm (Session *self, JsonObject *frame)
{
  if (!json_object_has_member (frame, "final"))
    session_refuse (self, "invalid_event", NULL, "final is needed here.");
  else if (self->transcription == NULL)
    session_refuse (self, "model_not_validated", NULL, "Model not validated. Send session.update first.");
  else if (!json_object_get_boolean_member_with_default (frame, "final", FALSE))
    self->generating = TRUE;
  else if (!self->generating)
    session_refuse (self, "invalid_event", NULL, "Nothing was begun.");
  else
    {
      self->generating = FALSE;
      transcribe (self, "");
    }
}

void
session_commit (Session *self, JsonObject *frame)
{
  double ms = self->buffer->len / 2.0 / self->rate * 1000;
  g_autofree char *message = NULL;

  if (self->dialect == VLLM)
    {
      commit_vllm (self, frame);
      return;
    }
  if (!session_check_keys (self, frame, "", "type event_id"))
    return;
  if (self->dialect == LOCALAI && self->turn_detection != NULL)
    {
      session_refuse (self, "not_implemented", NULL, "Commit is not implemented while turns are detected.");
      return;
    }
  if (ms >= 100)
    {
      commit_turn (self);
      if (self->server->behaviour->trick != TRICK_COMMIT_RACE)
        return;
      ms = 0;
    }
  message = g_strdup_printf ("Error committing input audio buffer: buffer too small. Expected at least 100ms of "
                             "audio, but buffer only has %d.00ms of audio.", (int) ms);
  if (self->turn_detection == NULL && self->server->behaviour->trick != TRICK_COMMIT_RACE)
    session_refuse (self, "input_audio_buffer_commit_empty", NULL, message);
  else
    session_send_error (self, "input_audio_buffer_commit_empty", NULL, message);
}

/* server VAD */

static guint
get_ms (Session *self, const char *name, guint otherwise)
{
  return json_object_get_int_member_with_default (json_node_get_object (self->turn_detection), name, otherwise);
}

static double
get_loudness (const gint16 *samples, guint n)
{
  double sum = 0;

  for (guint i = 0; i < n; i++)
    sum += samples[i] / 32768.0 * (samples[i] / 32768.0);
  return sqrt (sum / n);
}

static void
watch_turns (Session *self, const guint8 *data, guint n)
{
  guint ms = 20, step = self->rate / 50 * 2;
  guint prefix = get_ms (self, "prefix_padding_ms", 300);

  for (guint at = 0; at < n; at += step)
    {
      guint length = MIN (step, n - at);
      gboolean loud = get_loudness ((const gint16 *) (data + at), length / 2) > LOUD;
      gint64 now = self->n_bytes * 500 / self->rate;

      g_byte_array_append (self->buffer, data + at, length);
      self->n_bytes += length;
      self->loud_ms = loud ? self->loud_ms + ms : 0;
      self->quiet_ms = loud ? 0 : self->quiet_ms + ms;
      if (!self->speaking)
        {
          guint kept = self->rate / 1000 * 2 * (prefix + 60);

          if (self->buffer->len > kept)
            g_byte_array_remove_range (self->buffer, 0, self->buffer->len - kept);
        }
      if (!self->speaking && self->loud_ms >= 60)
        {
          self->speaking = TRUE;
          session_send (self, "input_audio_buffer.speech_started",
                        "\"audio_start_ms\":%" G_GINT64_FORMAT ",\"item_id\":\"%s\"",
                MAX (now - 40 - (gint64) prefix, 0), get_item (self));
        }
      else if (self->speaking && self->quiet_ms >= get_ms (self, "silence_duration_ms", 500))
        {
          self->speaking = FALSE;
          session_send (self, "input_audio_buffer.speech_stopped",
                        "\"audio_end_ms\":%" G_GINT64_FORMAT ",\"item_id\":\"%s\"",
                now, get_item (self));
          commit_turn (self);
        }
    }
}

static gboolean
is_streaming (Session *self)
{
  Trick trick = self->server->behaviour->trick;

  if (self->transcription == NULL || trick == TRICK_SILENT || trick == TRICK_FAILED)
    return FALSE;
  if (self->dialect == VLLM)
    return self->generating;
  return JSON_NODE_HOLDS_OBJECT (self->transcription)
         && session_streams (session_get_string (json_node_get_object (self->transcription), "model"));
}

/* Returns how many words of the text a real model would have found by now. */
static guint
get_due (Session *self, const char *text)
{
  guint due = self->buffer->len / 2 * 4 / self->rate; /* at four words per second */
  guint n_words = 0;

  for (const char *p = text; *p != '\0'; p++)
    n_words += *p == ' ';
  return MIN (due, n_words); /* The last word comes with the commit. */
}

/* Sends the words that a streaming model would send before the commit. */
static void
stream_words (Session *self)
{
  const char *text;
  guint due = 0;

  if (self->server->hear != NULL)
    due = hear_words (self);
  text = self->server->hear != NULL ? spoken_get_text (self->spoken) : get_text (self);
  if (text == NULL || !is_streaming (self))
    return;
  if (self->server->hear == NULL)
    due = get_due (self, text);
  if (due > self->n_words)
    {
      send_words (self, get_item (self), text, self->n_words, due);
      self->n_words = due;
    }
}

void
session_clear_sound (Session *self)
{
  g_byte_array_set_size (self->buffer, 0);
  g_clear_pointer (&self->spoken, spoken_free);
  self->n_words = 0;
}

void
session_append (Session *self, JsonObject *frame)
{
  const char *audio = session_get_string (frame, "audio");
  g_autofree guchar *data = NULL;
  gsize n = 0;

  if (!session_check_keys (self, frame, "", "type audio event_id"))
    return;
  if (audio == NULL || strlen (audio) % 4 != 0 || strspn (audio, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                                                 "0123456789+/=") != strlen (audio))
    {
      session_refuse (self, self->dialect == VLLM ? "invalid_audio" : "invalid_value", "audio", "Invalid base64.");
      return;
    }
  data = g_base64_decode (audio, &n);
  if (n > LONGEST_APPEND || n % 2 != 0)
    {
      session_refuse (self, self->dialect == VLLM ? "invalid_audio" : "invalid_value", "audio",
                      "The audio is too long, or ends within a sample.");
      return;
    }
  if (self->turn_detection != NULL && self->dialect != VLLM)
    {
      watch_turns (self, data, n);
      return;
    }
  g_byte_array_append (self->buffer, data, n);
  self->n_bytes += n;
  stream_words (self);
}
