/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* One WebSocket session: checks what the client sends, and answers it. */

#include "servers/realtime-server-session.h"

/* lifecycle */

static void
session_clear (gpointer data)
{
  Session *self = data;

  g_clear_object (&self->connection);
  g_clear_object (&self->socket);
  g_clear_pointer (&self->complaint, complaint_free);
  g_clear_pointer (&self->script, g_ptr_array_unref);
  g_clear_pointer (&self->transcription, json_node_unref);
  g_clear_pointer (&self->turn_detection, json_node_unref);
  g_clear_pointer (&self->noise_reduction, json_node_unref);
  g_clear_pointer (&self->include, json_node_unref);
  g_byte_array_unref (self->buffer);
  g_clear_pointer (&self->spoken, spoken_free);
  g_ptr_array_unref (self->held);
  g_free (self->item);
  g_free (self->previous);
}

void
session_unref (Session *self)
{
  g_rc_box_release_full (self, session_clear);
}

/* sending */

gboolean
session_is_open (Session *self)
{
  return soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN;
}

void
session_send_text (Session *self, const char *text)
{
  if (!session_is_open (self))
    return;
  if (strlen (text) > 100000)
    server_log (self->server, self->n, "\"dir\":\"s2c\",\"long\":%zu", strlen (text));
  else
    server_log (self->server, self->n, "\"dir\":\"s2c\",\"frame\":%s", text);
  soup_websocket_connection_send_text (self->connection, text);
}

/* @format continues the JSON object. */
void
session_send (Session *self, const char *type, const char *format, ...)
{
  g_autofree char *rest = NULL;
  g_autofree char *text = NULL;
  g_autofree char *id = NULL;
  va_list arguments;

  va_start (arguments, format);
  rest = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (self->dialect != VLLM)
    id = g_strdup_printf (",\"event_id\":\"event_%04u\"", self->dialect == LOCALAI ? 0 : ++self->n_events);
  text = g_strdup_printf ("{\"type\":\"%s\"%s%s%s}", type, id != NULL ? id : "", rest[0] != '\0' ? "," : "", rest);
  session_send_text (self, text);
}

void
session_send_error (Session *self, const char *code, const char *param, const char *message)
{
  g_autofree char *c = quote (code), *p = quote (param), *m = quote (message), *e = quote (self->your_event);

  if (self->dialect == VLLM)
    session_send (self, "error", "\"error\":%s,\"code\":%s", m, c);
  else if (self->dialect == SPEACHES)
    session_send (self, "error", "\"error\":{\"type\":\"invalid_request_error\",\"message\":%s}", m);
  else
    session_send (self, "error",
                  "\"error\":{\"type\":\"invalid_request_error\",\"code\":%s,\"message\":%s,\"param\":%s,"
          "\"event_id\":%s}", c, m, p, e);
}

gboolean
session_refuse (Session *self, const char *code, const char *param, const char *message)
{
  g_autofree char *why = g_strdup_printf ("%s: %s", code, message);

  server_log_refused (self->server, self->n, why);
  if (self->connection != NULL)
    session_send_error (self, code, param, message);
  else
    {
      g_clear_pointer (&self->complaint, complaint_free);
      self->complaint = g_new0 (Complaint, 1);
      *self->complaint = (Complaint){ g_strdup (code), g_strdup (param), g_strdup (message) };
    }
  return FALSE;
}

void
complaint_free (Complaint *self)
{
  g_free (self->code);
  g_free (self->param);
  g_free (self->message);
  g_free (self);
}

static void
send_raw (Session *self, guint8 opcode, const char *data, guint8 length)
{
  guint8 frame[2] = { 0x80 | opcode, length };
  GOutputStream *out = g_io_stream_get_output_stream (soup_websocket_connection_get_io_stream (self->connection));

  g_output_stream_write_all (out, frame, 2, NULL, NULL, NULL);
  g_output_stream_write_all (out, data, length, NULL, NULL, NULL);
}

/* libsoup sends 1002 in place of a close code that it does not know. */
static void
send_close (Session *self, guint code, const char *reason)
{
  g_autofree char *data = g_strdup_printf ("%c%c%s", code >> 8, code & 0xff, reason != NULL ? reason : "");

  send_raw (self, 8, data, 2 + (reason != NULL ? strlen (reason) : 0));
}

void
session_hang_up (Session *self, guint code, const char *reason)
{
  server_log (self->server, self->n, "\"dir\":\"close\",\"code\":%u,\"by\":\"server\"", code);
  self->hung_up = TRUE;
  if (code == 0)
    g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
  else if (code >= 1012 && code < 3000)
    send_close (self, code, reason);
  else
    soup_websocket_connection_close (self->connection, code, reason);
}

/* configuration */

char *
session_print_node (JsonNode *node)
{
  return node != NULL ? json_to_string (node, FALSE) : g_strdup ("null");
}

static void
send_session (Session *self, const char *what)
{
  gint64 expires_at = g_get_real_time () / G_USEC_PER_SEC + self->server->session_seconds;
  gboolean hidden = self->server->behaviour->trick == TRICK_NO_TRANSCRIPTION;
  gboolean untold = self->server->behaviour->trick == TRICK_OTHER_KIND_UNTOLD;
  g_autofree char *transcription = session_print_node (hidden ? NULL : self->transcription);
  g_autofree char *turns = session_print_node (self->turn_detection),
      *noise = session_print_node (self->noise_reduction);
  g_autofree char *include = session_print_node (self->include);
  const char *kind = self->realtime ? "session" : "transcription_session";

  if (self->dialect == VLLM)
    session_send (self, "session.created", "\"id\":\"sess-1\",\"created\":%" G_GINT64_FORMAT, expires_at);
  else if (self->dialect == FLAT || self->dialect == SPEACHES)
    {
      g_autofree char *type = g_strdup_printf ("%ssession.%s", self->dialect == FLAT && !self->realtime
                                               ? "transcription_" : "", what);

      session_send (self, type,
                    "\"session\":{\"id\":\"sess_1\",\"object\":\"realtime.%s\",\"expires_at\":%" G_GINT64_FORMAT ","
            "\"input_audio_format\":\"pcm16\",\"input_audio_transcription\":%s,\"turn_detection\":%s}",
            kind, expires_at, transcription, turns);
    }
  else
    {
      g_autofree char *type = g_strdup_printf ("session.%s", what);

      session_send (self, type, "\"session\":{%s%s%s\"id\":\"sess_%u\","
            "\"expires_at\":%" G_GINT64_FORMAT ",\"audio\":{\"input\":{\"format\":{\"type\":\"audio/pcm\","
            "\"rate\":%u},\"transcription\":%s,\"noise_reduction\":%s,\"turn_detection\":%s}},\"include\":%s}",
            untold ? "" : "\"type\":\"", untold ? "" : self->realtime ? "realtime" : "transcription",
            untold ? "" : self->realtime ? "\",\"object\":\"realtime.session\"," : "\",\"object\":"
            "\"realtime.transcription_session\",", self->n, expires_at, self->rate, transcription,
            noise, turns, include);
    }
}

JsonObject *
session_get_object (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

const char *
session_get_string (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

/* @known: the allowed names, separated by spaces. */
gboolean
session_check_keys (Session *self, JsonObject *object, const char *path, const char *known)
{
  g_auto (GStrv) names = g_strsplit (known, " ", -1);
  g_autoptr (GList) members = object != NULL ? json_object_get_members (object) : NULL;

  for (GList *member = members; member != NULL; member = member->next)
    if (!g_strv_contains ((const char *const *) names, member->data))
      {
        g_autofree char *param = g_strdup_printf ("%s%s%s", path, path[0] != '\0' ? "." : "", (char *) member->data);
        g_autofree char *message = g_strdup_printf ("Unknown parameter: '%s'.", param);

        return session_refuse (self, "unknown_parameter", param, message);
      }
  return TRUE;
}

/* Each member in @names must be an object or null, if it is present. */
static gboolean
check_objects (Session *self, JsonObject *object, const char *path, const char *names)
{
  g_auto (GStrv) list = g_strsplit (names, " ", -1);

  for (guint i = 0; object != NULL && list[i] != NULL; i++)
    {
      JsonNode *node = json_object_get_member (object, list[i]);

      if (node != NULL && !JSON_NODE_HOLDS_NULL (node) && !JSON_NODE_HOLDS_OBJECT (node))
        {
          g_autofree char *param = g_strdup_printf ("%s.%s", path, list[i]);
          g_autofree char *message = g_strdup_printf ("Invalid type for '%s': expected an object.", param);

          return session_refuse (self, "invalid_type", param, message);
        }
    }
  return TRUE;
}

gboolean
session_has (const char *model, const char *part)
{
  return model != NULL && strstr (model, part) != NULL;
}

gboolean
session_streams (const char *model)
{
  return session_has (model, "live-transcribe") || session_has (model, "realtime-whisper");
}

/* Refuses the settings that the model refuses according to docs/protocol.md 3.3. @prefix:
 * comes before the names of the fields. */
static gboolean
check_model (Session *self, JsonNode *node, JsonNode *turns, const char *prefix)
{
  JsonObject *transcription = node != NULL ? json_node_get_object (node) : NULL;
  g_autofree char *turns_param = g_strconcat (g_str_has_suffix (prefix, "input_audio_") ? "session." : prefix,
                                              "turn_detection", NULL);
  const char *model = session_get_string (transcription, "model");
  gboolean wide = session_has (model, "gpt-transcribe") || session_has (model, "live-transcribe");
  const struct { const char *name; gboolean allowed; } fields[] = {
    { "languages", wide }, { "keywords", wide }, { "delay", session_has (model, "realtime-whisper") },
    { "prompt", !session_has (model, "realtime-whisper") && !session_has (model, "diarize") }, { "language", TRUE },
  };

  for (guint i = 0; transcription != NULL && i < G_N_ELEMENTS (fields); i++)
    if (json_object_has_member (transcription, fields[i].name)
        && (!fields[i].allowed || self->server->behaviour->trick == TRICK_NO_FIELDS))
      {
        g_autofree char *param = g_strdup_printf ("%stranscription.%s", prefix, fields[i].name);
        g_autofree char *message = g_strdup_printf ("%s is not supported for this model.", fields[i].name);

        return session_refuse (self, "invalid_value", param, message);
      }
  if (turns != NULL && transcription != NULL
      && (session_streams (model) || self->server->behaviour->trick == TRICK_NO_VAD))
    return session_refuse (self, "invalid_value", turns_param,
                   "Turn detection is not supported for this transcription model.");
  if (self->server->behaviour->trick == TRICK_MISNAMED_WHISPER && g_strcmp0 (model, "gpt-4o-realtime-whisper") == 0)
    {
      g_autofree char *param = g_strconcat (prefix, "transcription.model", NULL);

      return session_refuse (self, "model_not_found", param, "The model 'gpt-4o-realtime-whisper' does not exist.");
    }
  return TRUE;
}

/* Returns the value after an update: an absent member keeps the old value, null clears
 * it. */
static JsonNode *
merge (JsonNode *before, JsonObject *input, const char *name)
{
  JsonNode *node = input != NULL ? json_object_get_member (input, name) : NULL;

  if (node == NULL)
    return before != NULL ? json_node_ref (before) : NULL;
  return JSON_NODE_HOLDS_NULL (node) ? NULL : json_node_copy (node);
}

static void
replace (JsonNode **place, JsonNode *node)
{
  g_clear_pointer (place, json_node_unref);
  *place = node;
}

static gboolean
check_shape (Session *self, JsonObject *session, JsonObject *input)
{
  const char *turns = session_get_string (session_get_object (input, "turn_detection"), "type");
  JsonObject *format = session_get_object (input, "format");

  if (!check_objects (self, session, "session", "audio")
      || !check_objects (self, session_get_object (session, "audio"), "session.audio", "input output")
      || !check_objects (self, input, "session.audio.input", "format transcription noise_reduction turn_detection")
      || !session_check_keys (self, session, "session", self->realtime
                   ? "type audio include model output_modalities instructions tools tool_choice max_output_tokens"
                   : "type audio include")
      || !session_check_keys (self, session_get_object (session, "audio"), "session.audio",
                              self->realtime ? "input output" : "input")
      || !session_check_keys (self, input, "session.audio.input", "format transcription noise_reduction turn_detection")
      || !session_check_keys (self, format, "session.audio.input.format", "type rate")
      || !session_check_keys (self, session_get_object (input, "transcription"), "session.audio.input.transcription",
                      "model language languages keywords prompt delay")
      || !session_check_keys (self, session_get_object (input, "noise_reduction"),
                              "session.audio.input.noise_reduction",
                      "type strength"))
    return FALSE;
  if (session_get_object (input, "turn_detection") != NULL && g_strcmp0 (turns, "server_vad") != 0
      && g_strcmp0 (turns, "semantic_vad") != 0)
    return session_refuse (self, "invalid_value", "session.audio.input.turn_detection.type", "No such turn detection.");
  if (!session_check_keys (self, session_get_object (input, "turn_detection"), "session.audio.input.turn_detection",
                   g_strcmp0 (turns, "semantic_vad") == 0 ? "type eagerness create_response interrupt_response"
                   : "type threshold prefix_padding_ms silence_duration_ms idle_timeout_ms create_response "
                     "interrupt_response"))
    return FALSE;
  if (format != NULL && g_strcmp0 (session_get_string (format, "type"), "audio/pcm") != 0)
    return session_refuse (self, "invalid_value", "session.audio.input.format.type", "Only audio/pcm is spoken here.");
  if (format != NULL && self->dialect == GA && json_object_get_int_member_with_default (format, "rate", 0) != 24000)
    return session_refuse (self, "integer_below_min_value", "session.audio.input.format.rate",
                   "Invalid 'session.audio.input.format.rate': expected a value >= 24000.");
  return TRUE;
}

static gboolean
configure_ga (Session *self, JsonObject *session)
{
  JsonObject *input = session_get_object (session_get_object (session, "audio"), "input");
  JsonObject *format = session_get_object (input, "format");
  const char *type = session_get_string (session, "type");
  g_autoptr (JsonNode) transcription = NULL;
  g_autoptr (JsonNode) turns = NULL;

  if (type == NULL)
    return session_refuse (self, "missing_required_parameter", "session.type", "Missing required parameter: 'session.type'.");
  if (!g_str_equal (type, self->realtime ? "realtime" : "transcription"))
    return session_refuse (self, "invalid_parameter", NULL, self->realtime
                   ? "Passing a transcription session update event to a realtime session is not allowed."
                   : "Passing a realtime session update event to a transcription session is not allowed.");
  if (!check_shape (self, session, input))
    return FALSE;
  transcription = merge (self->transcription, input, "transcription");
  turns = merge (self->turn_detection, input, "turn_detection");
  if (!check_model (self, transcription, turns, "session.audio.input."))
    return FALSE;

  replace (&self->transcription, g_steal_pointer (&transcription));
  replace (&self->turn_detection, g_steal_pointer (&turns));
  replace (&self->noise_reduction, merge (self->noise_reduction, input, "noise_reduction"));
  replace (&self->include, merge (self->include, session, "include"));
  if (format != NULL)
    self->rate = json_object_get_int_member_with_default (format, "rate", self->rate);
  if (self->dialect == LOCALAI && self->turn_detection == NULL && self->rate != 16000)
    server_log_refused (self->server, self->n, "Without turn detection the rate has to be 16000.");
  return TRUE;
}

static gboolean
configure_flat (Session *self, JsonObject *session)
{
  g_autoptr (JsonNode) transcription = NULL;
  g_autoptr (JsonNode) turns = NULL;

  if (!check_objects (self, session, "session", "input_audio_transcription input_audio_noise_reduction turn_detection")
      || !session_check_keys (self, session, "session", self->dialect == SPEACHES ? "input_audio_transcription turn_detection"
                   : "input_audio_format input_audio_transcription input_audio_noise_reduction turn_detection include"))
    return FALSE;
  if (self->dialect == SPEACHES && json_object_has_member (session, "turn_detection")
      && (session_get_object (session, "turn_detection") == NULL
          || json_object_get_size (session_get_object (session, "turn_detection")) < 4))
    return session_refuse (self, "invalid_value", "session.turn_detection", "Turn detection has to be complete.");
  if (json_object_has_member (session, "input_audio_format")
      && g_strcmp0 (session_get_string (session, "input_audio_format"), "pcm16") != 0)
    return session_refuse (self, "invalid_value", "session.input_audio_format", "Only pcm16 is spoken here.");
  transcription = merge (self->transcription, session, "input_audio_transcription");
  turns = merge (self->turn_detection, session, "turn_detection");
  if (self->dialect == FLAT && !check_model (self, transcription, turns, "session.input_audio_"))
    return FALSE;
  replace (&self->transcription, g_steal_pointer (&transcription));
  replace (&self->turn_detection, g_steal_pointer (&turns));
  replace (&self->include, merge (self->include, session, "include"));
  return TRUE;
}

/* Sends the error of the behaviour, which the client did nothing to cause. */
static void
complain (Session *self)
{
  const Behaviour *behaviour = self->server->behaviour;

  if (behaviour->trick != TRICK_ERROR)
    return;
  if (behaviour->code != NULL)
    session_send_error (self, behaviour->code, NULL, behaviour->message);
  if (behaviour->status != 0)
    session_hang_up (self, behaviour->status, behaviour->message);
}

static void
update (Session *self, JsonObject *frame, gboolean flat)
{
  JsonObject *session = session_get_object (frame, "session");

  if (self->dialect == VLLM)
    {
      if (!session_check_keys (self, frame, "", "type model event_id"))
        return;
      if (session_get_string (frame, "model") == NULL)
        session_refuse (self, "model_not_found", NULL, "A model is needed.");
      else
        replace (&self->transcription, json_node_copy (json_object_get_member (frame, "model")));
      return;
    }
  if (!session_check_keys (self, frame, "", "type session event_id"))
    return;
  if (session == NULL)
    {
      session_refuse (self, "missing_required_parameter", "session", "Missing required parameter: 'session'.");
      return;
    }
  if (self->server->behaviour->trick == TRICK_NEVER_UPDATES)
    return;
  if (flat || self->dialect == SPEACHES ? configure_flat (self, session) : configure_ga (self, session))
    {
      send_session (self, "updated");
      complain (self);
    }
}

/* events */

static void
log_frame (Session *self, JsonObject *frame, const char *text)
{
  const char *audio = session_get_string (frame, "audio");

  if (g_strcmp0 (session_get_string (frame, "type"), "input_audio_buffer.append") != 0 || audio == NULL)
    {
      server_log (self->server, self->n, "\"dir\":\"c2s\",\"frame\":%s", text);
      return;
    }
  server_log (self->server, self->n, "\"dir\":\"c2s\",\"frame\":{\"type\":\"input_audio_buffer.append\",\"bytes\":%zu},"
              "\"shape_ok\":%s%s", strlen (audio) / 4 * 3, json_object_get_size (frame) <= 3 ? "true" : "false",
              self->sampled ? "" : ",\"sample\":{\"type\":\"input_audio_buffer.append\",\"audio\":\"AAAA\"}");
  self->sampled = TRUE;
}

static void
handle (Session *self, JsonObject *frame)
{
  const char *type = session_get_string (frame, "type");

  self->your_event = session_get_string (frame, "event_id");
  if (g_strcmp0 (type, "session.update") == 0 && (self->dialect != FLAT || self->realtime))
    update (self, frame, self->dialect == FLAT);
  else if (g_strcmp0 (type, "transcription_session.update") == 0 && self->dialect == FLAT)
    update (self, frame, TRUE);
  else if (g_strcmp0 (type, "input_audio_buffer.append") == 0)
    session_append (self, frame);
  else if (g_strcmp0 (type, "input_audio_buffer.commit") == 0)
    session_commit (self, frame);
  else if (g_strcmp0 (type, "input_audio_buffer.clear") == 0 && self->dialect != VLLM)
    {
      session_clear_sound (self);
      session_send (self, "input_audio_buffer.cleared", "%s", "");
    }
  else if (self->dialect == LOCALAI)
    server_log_refused (self->server, self->n, "Unknown type of event.");
  else
    session_refuse (self, self->dialect == VLLM ? "unknown_event" : "invalid_value", "type", "Unknown type of event.");
  self->your_event = NULL;
}

static void replay (Session *self);

static void
on_message (SoupWebsocketConnection *connection, int kind, GBytes *message, Session *self)
{
  gsize length;
  const char *text = g_bytes_get_data (message, &length);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *line = NULL;
  const char *type;
  JsonObject *frame, *expected = NULL;

  if (kind != SOUP_WEBSOCKET_DATA_TEXT)
    {
      session_refuse (self, "invalid_event", NULL, "Binary messages are not accepted.");
      return;
    }
  if (!json_parser_load_from_data (parser, text, length, NULL)
      || json_parser_get_root (parser) == NULL || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    {
      session_refuse (self, "invalid_json", NULL, "The message is not a JSON object.");
      return;
    }
  frame = json_node_get_object (json_parser_get_root (parser));
  line = json_to_string (json_parser_get_root (parser), FALSE);
  log_frame (self, frame, line);
  if (self->script == NULL)
    {
      handle (self, frame);
      return;
    }
  if (self->at < self->script->len)
    expected = session_get_object (json_node_get_object (self->script->pdata[self->at]), "frame");
  type = session_get_string (frame, "type") != NULL ? session_get_string (frame, "type") : "";
  if (g_strcmp0 (session_get_string (expected, "type"), type) == 0)
    {
      self->at++;
      replay (self);
    }
  else if (g_str_has_suffix (type, "session.update"))
    handle (self, frame); /* The recording may come from a client that sent no session.update. */
}

static void
on_closed (SoupWebsocketConnection *connection, Session *self)
{
  if (!self->hung_up)
    server_log (self->server, self->n, "\"dir\":\"close\",\"code\":%u,\"by\":\"client\"",
                soup_websocket_connection_get_close_code (connection));
  g_signal_handlers_disconnect_by_data (connection, self);
  g_ptr_array_remove (self->server->sessions, self);
  session_unref (self);
}

static gboolean
on_expire (gpointer user_data)
{
  Session *self = user_data;

  if (session_is_open (self))
    {
      session_send_error (self, "session_expired", NULL, "Your session hit the maximum duration of 60 minutes.");
      session_hang_up (self, 1001, "Your session hit the maximum duration of 60 minutes.");
    }
  return G_SOURCE_REMOVE;
}

/* replay */

static void
replay (Session *self)
{
  for (; self->at < self->script->len; self->at++)
    {
      JsonObject *record = json_node_get_object (self->script->pdata[self->at]);
      const char *dir = session_get_string (record, "dir");

      if (g_strcmp0 (dir, "c2s") == 0)
        return;
      if (g_strcmp0 (dir, "close") == 0)
        session_hang_up (self, json_object_get_int_member (record, "code"), session_get_string (record, "reason"));
      else
        {
          g_autofree char *text = session_print_node (json_object_get_member (record, "frame"));

          session_send_text (self, text);
        }
    }
}

static gboolean
load_script (Session *self)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (self->server->session_file == NULL || server_replays_mint (self->server)
      || !g_file_get_contents (self->server->session_file, &text, NULL, NULL))
    return FALSE;
  self->script = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (lines[i][0] != '\0')
      g_ptr_array_add (self->script, json_from_string (lines[i], NULL));
  return TRUE;
}

/* noise */

static void
make_noise (Session *self, Trick trick)
{
  g_autofree char *text = NULL;

  if (trick == TRICK_BAD_UTF8)
    send_raw (self, 1, "{\"type\":\"\xff\xfe\"}", 13);
  else if (trick == TRICK_BINARY)
    soup_websocket_connection_send_binary (self->connection, "\0\1\2\3", 4);
  else if (trick == TRICK_NO_JSON)
    soup_websocket_connection_send_text (self->connection, "this is no JSON");
  else if (trick == TRICK_HUGE_MESSAGE)
    text = g_strdup_printf ("{\"type\":\"x\",\"y\":\"%*s\"}", 64 * 1024 * 1024, "");
  else if (trick == TRICK_DEEP_JSON)
    {
      g_autofree char *open = g_strnfill (100000, '['), *shut = g_strnfill (100000, ']');

      text = g_strdup_printf ("{\"type\":\"x\",\"y\":%s%s}", open, shut);
    }
  else if (trick == TRICK_UNKNOWN_EVENTS)
    session_send (self, "something.new", "\"what\":[1,{\"a\":null}]");
  else if (trick == TRICK_NULLS)
    session_send_text (self,
                       "{\"type\":\"" ID "delta\",\"event_id\":null,\"item_id\":null,"
                       "\"content_index\":null,\"delta\":null}");
  for (guint i = 0; i < (trick == TRICK_MANY_ITEMS || trick == TRICK_FLOOD ? 10000 : 0); i++)
    session_send (self, ID "delta", "\"item_id\":\"item_x%u\",\"content_index\":0,\"delta\":\"a\"",
                  trick == TRICK_FLOOD ? 0 : i);
  if (text != NULL)
    session_send_text (self, text);
}

/* public */

static void
greet (Session *self, const Door *door)
{
  const Behaviour *behaviour = self->server->behaviour;
  g_autofree char *reason = NULL;

  if (load_script (self))
    replay (self);
  else if (door->error != NULL || behaviour->trick == TRICK_CREATED_ERROR)
    {
      const char *code = door->error != NULL ? door->error : behaviour->code;

      reason = g_strdup_printf ("invalid_request_error.%s", code);
      if (door->error != NULL)
        session_refuse (self, code, NULL, door->message);
      else
        session_send_error (self, code, NULL, behaviour->message);
      session_hang_up (self, door->error != NULL ? door->close_code : behaviour->status, reason);
    }
  else if (behaviour->trick != TRICK_NEVER_CREATES)
    {
      send_session (self, "created");
      make_noise (self, behaviour->trick);
    }
}

static Session *
session_new (Server *server, guint n, Dialect dialect, gboolean realtime)
{
  Session *self = g_rc_box_new0 (Session);
  const char *vad = "{\"type\":\"server_vad\",\"threshold\":0.5,\"prefix_padding_ms\":300,\"silence_duration_ms\":200}";

  self->server = server;
  self->n = n;
  self->dialect = dialect;
  self->realtime = realtime;
  self->rate = server->rate != 0 && dialect == FLAT ? server->rate : dialect == VLLM ? 16000 : 24000;
  self->buffer = g_byte_array_new ();
  self->held = g_ptr_array_new_with_free_func ((GDestroyNotify) session_free_turn);
  self->turn_detection = dialect == VLLM ? NULL : json_from_string (vad, NULL);
  if (dialect == SPEACHES)
    self->transcription = json_from_string ("{\"model\":\"of the URL\"}", NULL);
  return self;
}

Complaint *
session_check_mint (Server *server, guint n, JsonObject *session, gboolean flat)
{
  gboolean realtime = g_strcmp0 (session_get_string (session, "type"), "realtime") == 0;
  Session *self = session_new (server, n, flat ? FLAT : GA, realtime);
  Complaint *complaint = NULL;

  if (!(flat ? configure_flat (self, session) : configure_ga (self, session)))
    complaint = g_steal_pointer (&self->complaint);
  session_unref (self);
  return complaint;
}

void
session_open (Server *server, guint n, SoupWebsocketConnection *connection, SoupServerMessage *msg, const Door *door)
{
  Trick trick = server->behaviour->trick;
  gboolean realtime = g_str_equal (door->kind, "realtime") || trick == TRICK_OTHER_KIND
                      || trick == TRICK_OTHER_KIND_UNTOLD;
  Session *self = session_new (server, n, door->dialect, realtime && door->dialect != LOCALAI);
  GSocket *socket = soup_server_message_get_socket (msg);

  self->connection = g_object_ref (connection);
  self->socket = socket != NULL ? g_object_ref (socket) : NULL;

  soup_websocket_connection_set_max_incoming_payload_size (connection, 32 * 1024 * 1024);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  g_timeout_add_seconds_full (G_PRIORITY_DEFAULT, server->session_seconds, on_expire, g_rc_box_acquire (self),
                              (GDestroyNotify) session_unref);
  g_ptr_array_add (server->sessions, self);
  greet (self, door);
}

void
sessions_close (Server *server, guint code, const char *error)
{
  /* A session that closes removes itself from the array. */
  for (guint i = server->sessions->len; i-- > 0;)
    {
      Session *self = server->sessions->pdata[i];

      if (error != NULL)
        session_send_error (self, error, NULL, "The service says so.");
      session_hang_up (self, code, error);
    }
}

void
sessions_make_noise (Server *server, Trick trick)
{
  for (guint i = server->sessions->len; i-- > 0;)
    make_noise (server->sessions->pdata[i], trick);
}
