/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "protocol/event.h"

#include "base/json.h"
#include "dbus/error.h"

#include <math.h>
#include <string.h>

#define MAX_NAME_BYTES 128
#define MAX_ID_BYTES 256
#define MAX_TEXT_BYTES (64 * 1024)
#define MAX_LANGUAGE_BYTES 35

/* Limits against nonsense and overflows. */
#define MAX_MS (1000.0 * 60 * 60 * 24 * 365)
#define MAX_SECONDS (60.0 * 60 * 24)
#define MAX_UNIX_SECONDS 253402300799.0

/* Enough of a list of mistakes to show. */
#define MAX_MISTAKES 3

/* private: values */

/* Cuts @text after at most @max bytes, between characters. */
static char *
bounded (const char *text, gsize max)
{
  gsize length = strlen (text);

  if (length > max)
    length = g_utf8_find_prev_char (text, text + max + 1) - text;

  return g_strndup (text, length);
}

static char *
get_bounded (JsonNode *node, const char *path, gsize max)
{
  const char *text = cap_json_get_string (node, path);

  return text != NULL ? bounded (text, max) : NULL;
}

static char *
get_bounded_or_empty (JsonNode *node, const char *path, gsize max)
{
  char *text = get_bounded (node, path, max);

  return text != NULL ? text : g_strdup ("");
}

static char *
get_redacted (JsonNode *node, const char *path)
{
  const char *text = cap_json_get_string (node, path);

  return text != NULL && *text != '\0' ? cap_redact (text) : NULL;
}

static double
get_clamped (JsonNode *node, const char *path, double max)
{
  return CLAMP (cap_json_get_number (node, path, 0), 0, max);
}

static JsonNode *
get_member (JsonNode *node, const char *name)
{
  return JSON_NODE_HOLDS_OBJECT (node) ? json_object_get_member (json_node_get_object (node), name) : NULL;
}

/* private: errors of the service */

static char *
code_of (JsonNode *node, const char *name)
{
  double number;

  if (cap_json_get_string (node, name) != NULL)
    return get_redacted (node, name);

  number = cap_json_get_number (node, name, 0);
  return number >= 1 && number < G_MAXINT ? g_strdup_printf ("%d", (int) number) : NULL;
}

static CapServiceError *
error_of_object (JsonNode *node)
{
  CapServiceError *self = g_new0 (CapServiceError, 1);

  self->type = get_redacted (node, "type");
  self->code = code_of (node, "code");
  if (self->code == NULL)
    self->code = code_of (node, "statusCode");
  self->message = get_redacted (node, "message");
  if (self->message == NULL)
    self->message = get_redacted (node, "innererror.message");
  self->param = get_redacted (node, "param");
  self->event_id = get_redacted (node, "event_id");

  return self;
}

/* {"error": "message", "code": …} of vLLM; {"error": "code",
 * "error_description": "message"} of token services. */
static CapServiceError *
error_of_text (JsonNode *whole)
{
  CapServiceError *self = g_new0 (CapServiceError, 1);
  const char *description = cap_json_get_string (whole, "error_description");

  self->code = description != NULL ? get_redacted (whole, "error") : code_of (whole, "code");
  self->message = get_redacted (whole, description != NULL ? "error_description" : "error");
  self->param = get_redacted (whole, "param");

  return self;
}

/* {"loc": ["query", "model"], "msg": "field required"} */
static void
add_mistake (GString *message, JsonNode *mistake)
{
  JsonArray *place = cap_json_get_array (mistake, "loc");
  JsonNode *last = place != NULL && json_array_get_length (place) > 0
                   ? json_array_get_element (place, json_array_get_length (place) - 1)
                   : NULL;
  const char *what = cap_json_get_string (mistake, "msg");

  if (what == NULL)
    return;

  if (message->len > 0)
    g_string_append (message, "; ");
  if (last != NULL && JSON_NODE_HOLDS_VALUE (last) && json_node_get_value_type (last) == G_TYPE_STRING)
    g_string_append_printf (message, "%s: ", json_node_get_string (last));
  g_string_append (message, what);
}

/* {"detail": …} of FastAPI: a string, an object, or a list of mistakes. */
static CapServiceError *
error_of_detail (JsonNode *whole, JsonNode *detail)
{
  JsonArray *mistakes = cap_json_get_array (whole, "detail");
  g_autoptr (GString) message = g_string_new (NULL);
  CapServiceError *self;

  if (JSON_NODE_HOLDS_OBJECT (detail))
    return error_of_object (detail);

  self = g_new0 (CapServiceError, 1);
  self->message = get_redacted (whole, "detail");

  for (guint i = 0; mistakes != NULL && i < MIN (json_array_get_length (mistakes), MAX_MISTAKES); i++)
    add_mistake (message, json_array_get_element (mistakes, i));
  if (message->len > 0)
    self->message = cap_redact (message->str);

  return self;
}

/* Never NULL; all members are NULL if there is no error. */
static CapServiceError *
error_of (JsonNode *whole)
{
  JsonNode *error = get_member (whole, "error");
  JsonNode *detail = get_member (whole, "detail");

  if (error != NULL && JSON_NODE_HOLDS_OBJECT (error))
    return error_of_object (error);
  if (cap_json_get_string (whole, "error") != NULL)
    return error_of_text (whole);
  if (detail != NULL)
    return error_of_detail (whole, detail);

  return error_of_object (whole);
}

static gboolean
says_something (const CapServiceError *self)
{
  return self->type != NULL || self->code != NULL || self->message != NULL;
}

/* The first line of a body that is not JSON; NULL for a web page. */
static CapServiceError *
error_of_plain_text (const char *body, gsize length)
{
  g_autofree char *text = g_utf8_make_valid (body, MIN (length, CAP_JSON_MAX_BYTES));
  CapServiceError *self;

  g_strstrip (text);
  text[strcspn (text, "\r\n")] = '\0';
  if (*text == '\0' || strchr ("<{[", *text) != NULL)
    return NULL;

  self = g_new0 (CapServiceError, 1);
  self->message = cap_redact (text);
  return self;
}

/* private: sessions */

static CapSessionShape
shape_of (JsonNode *root)
{
  if (cap_json_get_object (root, "session.audio") != NULL)
    return CAP_SHAPE_NESTED;
  if (cap_json_has (root, "session.input_audio_format")
      || cap_json_has (root, "session.input_audio_transcription"))
    return CAP_SHAPE_FLAT;
  if (cap_json_get_string (root, "session.type") != NULL)
    return CAP_SHAPE_NESTED;
  if (cap_json_get_string (root, "id") != NULL && !cap_json_has (root, "session"))
    return CAP_SHAPE_BARE;

  return CAP_SHAPE_UNKNOWN;
}

/* All flat sessions have the object "realtime.session", so that proves no type. */
static char *
session_type_of (const CapEvent *self, JsonNode *root)
{
  const char *object = cap_json_get_string (root, "session.object");

  if (cap_json_get_string (root, "session.type") != NULL)
    return get_bounded (root, "session.type", MAX_NAME_BYTES);
  if (g_str_has_prefix (self->name, "transcription_session.")
      || g_strcmp0 (object, "realtime.transcription_session") == 0)
    return g_strdup ("transcription");
  if (g_strcmp0 (object, "realtime.session") == 0 && self->shape == CAP_SHAPE_NESTED)
    return g_strdup ("realtime");

  return NULL;
}

static void
read_session (CapEvent *self, JsonNode *root)
{
  const char *transcription = self->shape == CAP_SHAPE_FLAT ? "session.input_audio_transcription"
                                                            : "session.audio.input.transcription";

  self->session_type = session_type_of (self, root);
  self->session_id = get_bounded (root, self->shape == CAP_SHAPE_BARE ? "id" : "session.id", MAX_ID_BYTES);
  self->expires_at = get_clamped (root, "session.expires_at", MAX_UNIX_SECONDS);
  self->says_transcription = cap_json_has (root, transcription);
  self->transcribes = cap_json_get_object (root, transcription) != NULL;
}

/* private: text */

/* NULL unless @language is safe in a D-Bus message, a file and a terminal. */
static char *
checked_language (const char *language)
{
  if (language == NULL || *language == '\0' || strlen (language) > MAX_LANGUAGE_BYTES)
    return NULL;

  for (const char *p = language; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '-')
      return NULL;

  return g_strdup (language);
}

static char *
language_of (JsonNode *root)
{
  JsonArray *languages = cap_json_get_array (root, "languages");

  if (languages != NULL && json_array_get_length (languages) > 0)
    return checked_language (cap_json_get_string (json_array_get_element (languages, 0), "code"));

  return checked_language (cap_json_get_string (root, "language"));
}

static double
confidence_of (JsonNode *root)
{
  JsonArray *probabilities = cap_json_get_array (root, "logprobs");
  guint n = 0;
  double sum = 0;

  for (guint i = 0; probabilities != NULL && i < json_array_get_length (probabilities); i++)
    {
      double value = cap_json_get_number (json_array_get_element (probabilities, i), "logprob", G_MAXDOUBLE);

      if (value == G_MAXDOUBLE)
        continue;
      sum += value;
      n++;
    }

  return n > 0 ? CLAMP (exp (sum / n), 0, 1) : -1;
}

/* -1 for an implausible value too. */
static double
billed_seconds_of (JsonNode *root)
{
  double seconds = cap_json_get_number (root, "usage.seconds", -1);

  return seconds >= 0 && seconds <= MAX_SECONDS ? seconds : -1;
}

static void
read_completed (CapEvent *self, JsonNode *root)
{
  const char *name = cap_json_get_string (root, "transcript") != NULL ? "transcript" : "text";

  self->text = get_bounded_or_empty (root, name, MAX_TEXT_BYTES);
  self->language = language_of (root);
  self->confidence = confidence_of (root);
  self->billed_seconds = billed_seconds_of (root);
}

static void
read_segment (CapEvent *self, JsonNode *root)
{
  self->text = get_bounded_or_empty (root, "text", MAX_TEXT_BYTES);
  self->speaker = get_bounded (root, "speaker", MAX_ID_BYTES);
  self->segment_id = get_bounded (root, "id", MAX_ID_BYTES);
  self->start = get_clamped (root, "start", MAX_SECONDS);
  self->end = MAX (get_clamped (root, "end", MAX_SECONDS), self->start);
}

/* private: events */

static CapEventKind
kind_of (const CapEventName *names, const char *name)
{
  for (; names->name != NULL; names++)
    if (strcmp (names->name, name) == 0)
      return names->kind;

  return CAP_EVENT_OTHER;
}

static void
read_kind (CapEvent *self, JsonNode *root)
{
  switch (self->kind)
    {
    case CAP_EVENT_CREATED:
    case CAP_EVENT_UPDATED:
      self->shape = shape_of (root);
      read_session (self, root);
      break;
    case CAP_EVENT_SPEECH_STARTED:
      self->ms = get_clamped (root, "audio_start_ms", MAX_MS);
      break;
    case CAP_EVENT_SPEECH_STOPPED:
      self->ms = get_clamped (root, "audio_end_ms", MAX_MS);
      break;
    case CAP_EVENT_COMMITTED:
      self->previous_item_id = get_bounded (root, "previous_item_id", MAX_ID_BYTES);
      break;
    case CAP_EVENT_DELTA:
      self->text = get_bounded_or_empty (root, "delta", MAX_TEXT_BYTES);
      self->language = language_of (root);
      self->confidence = confidence_of (root);
      break;
    case CAP_EVENT_COMPLETED:
      read_completed (self, root);
      break;
    case CAP_EVENT_SEGMENT:
      read_segment (self, root);
      break;
    case CAP_EVENT_FAILED:
    case CAP_EVENT_ERROR:
      self->error = error_of (root);
      break;
    case CAP_EVENT_OTHER:
      break;
    }
}

/* An error without an object of its own is the event itself, whose type is no error
 * type. */
static void
forget_own_name (CapEvent *self)
{
  if (self->error != NULL && g_strcmp0 (self->error->type, self->name) == 0)
    g_clear_pointer (&self->error->type, g_free);
}

/* public methods */

CapEvent *
cap_event_parse (const CapEventName *names, const char *text, gsize length, GError **error)
{
  g_autoptr (JsonNode) root = NULL;
  const char *name;
  CapEvent *self;

  g_return_val_if_fail (names != NULL, NULL);
  g_return_val_if_fail (text != NULL || length == 0, NULL);

  root = cap_json_parse (text, length, error);
  if (root == NULL)
    return NULL;

  name = cap_json_get_string (root, "type");
  if (name == NULL || *name == '\0')
    {
      g_set_error_literal (error, CAP_ERROR, CAP_ERROR_PROTOCOL_ERROR,
                           "The service sent a message without a type.");
      return NULL;
    }

  self = g_new0 (CapEvent, 1);
  self->kind = kind_of (names, name);
  self->name = bounded (name, MAX_NAME_BYTES);
  self->item_id = get_bounded_or_empty (root, "item_id", MAX_ID_BYTES);
  self->confidence = self->billed_seconds = -1;
  read_kind (self, root);
  forget_own_name (self);

  return self;
}

void
cap_event_free (CapEvent *self)
{
  if (self == NULL)
    return;

  g_free (self->name);
  g_free (self->session_type);
  g_free (self->session_id);
  g_free (self->item_id);
  g_free (self->previous_item_id);
  g_free (self->text);
  g_free (self->speaker);
  g_free (self->segment_id);
  g_free (self->language);
  cap_service_error_free (self->error);
  g_free (self);
}

CapServiceError *
cap_service_error_parse (const char *body, gsize length)
{
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (CapServiceError) self = NULL;
  JsonNode *whole;

  g_return_val_if_fail (body != NULL || length == 0, NULL);

  root = cap_json_parse (body, length, NULL);
  whole = root;
  if (root != NULL && JSON_NODE_HOLDS_ARRAY (root) && json_array_get_length (json_node_get_array (root)) > 0)
    whole = json_array_get_element (json_node_get_array (root), 0);

  if (whole == NULL)
    return length > 0 ? error_of_plain_text (body, length) : NULL;
  if (!JSON_NODE_HOLDS_OBJECT (whole))
    return NULL;

  self = error_of (whole);
  return says_something (self) ? g_steal_pointer (&self) : NULL;
}

CapServiceError *
cap_service_error_copy (const CapServiceError *self)
{
  CapServiceError *copy;

  if (self == NULL)
    return NULL;

  copy = g_new0 (CapServiceError, 1);
  copy->type = g_strdup (self->type);
  copy->code = g_strdup (self->code);
  copy->message = g_strdup (self->message);
  copy->param = g_strdup (self->param);
  copy->event_id = g_strdup (self->event_id);

  return copy;
}

void
cap_service_error_free (CapServiceError *self)
{
  if (self == NULL)
    return;

  g_free (self->type);
  g_free (self->code);
  g_free (self->message);
  g_free (self->param);
  g_free (self->event_id);
  g_free (self);
}
