/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "protocol/messages.h"
#include "base/audio.h"
#include "base/json.h"

#include <string.h>

/* A service that refuses the configuration repeats this id in its error. */
#define UPDATE_ID "captiond-update"

/* OpenAI's defaults. captiond sends them because they differ between services and
 * have changed before. */
#define VAD_THRESHOLD 0.5
#define VAD_PREFIX_MS 300
#define VAD_SILENCE_MS 500

/* The only rate that OpenAI and Azure accept, in Hz. */
#define NESTED_RATE 24000

/* private functions */

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_boolean (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

static void
add_null (JsonBuilder *builder, const char *name)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_null_value (builder);
}

static void
begin_object (JsonBuilder *builder, const char *name)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
}

static gboolean
may_say (const CapSessionWishes *wishes, CapField field)
{
  return (wishes->refused & field) == 0;
}

/* Services expect ISO 639-1: "en" for "en-US". */
static char *
primary_language (const char *tag)
{
  return g_ascii_strdown (tag, strcspn (tag, "-"));
}

static void
add_strings (JsonBuilder *builder, const char *name, char **values)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (; *values != NULL; values++)
    json_builder_add_string_value (builder, *values);
  json_builder_end_array (builder);
}

static void
add_transcription (JsonBuilder *builder, const char *name, const CapSessionWishes *wishes)
{
  CapProvider *provider = wishes->provider;

  begin_object (builder, name);
  add_string (builder, "model", provider->model);
  if (*wishes->language != '\0' && may_say (wishes, CAP_FIELD_LANGUAGE))
    {
      g_autofree char *language = primary_language (wishes->language);
      add_string (builder, "language", language);
    }
  if (*provider->prompt != '\0' && may_say (wishes, CAP_FIELD_PROMPT))
    add_string (builder, "prompt", provider->prompt);
  if (*provider->keywords != NULL && may_say (wishes, CAP_FIELD_KEYWORDS))
    add_strings (builder, "keywords", provider->keywords);
  if (*provider->delay != '\0' && may_say (wishes, CAP_FIELD_DELAY))
    add_string (builder, "delay", provider->delay);
  json_builder_end_object (builder);
}

static void
add_noise_reduction (JsonBuilder *builder, const char *name, const CapSessionWishes *wishes)
{
  if (!may_say (wishes, CAP_FIELD_NOISE_REDUCTION))
    return;
  if (*wishes->provider->noise_reduction == '\0')
    {
      add_null (builder, name);
      return;
    }

  begin_object (builder, name);
  add_string (builder, "type", wishes->provider->noise_reduction);
  json_builder_end_object (builder);
}

/* Always present: servers detect turns by default, and models that cannot do so
 * then refuse the session. */
static void
add_turn_detection (JsonBuilder *builder, const CapSessionWishes *wishes, gboolean conversation)
{
  if (!wishes->server_turns)
    {
      add_null (builder, "turn_detection");
      return;
    }

  begin_object (builder, "turn_detection");
  add_string (builder, "type", "server_vad");
  json_builder_set_member_name (builder, "threshold");
  json_builder_add_double_value (builder, VAD_THRESHOLD);
  add_int (builder, "prefix_padding_ms", VAD_PREFIX_MS);
  add_int (builder, "silence_duration_ms", VAD_SILENCE_MS);
  if (conversation)
    {
      add_boolean (builder, "create_response", FALSE);
      add_boolean (builder, "interrupt_response", FALSE);
    }
  json_builder_end_object (builder);
}

static void
add_include (JsonBuilder *builder, const CapSessionWishes *wishes)
{
  char *logprobs[] = { "item.input_audio_transcription.logprobs", NULL };

  if (may_say (wishes, CAP_FIELD_INCLUDE))
    add_strings (builder, "include", logprobs);
}

static void
add_input (JsonBuilder *builder, const CapSessionWishes *wishes, gboolean conversation, guint rate)
{
  begin_object (builder, "audio");
  begin_object (builder, "input");
  begin_object (builder, "format");
  add_string (builder, "type", "audio/pcm");
  add_int (builder, "rate", rate);
  json_builder_end_object (builder);
  add_transcription (builder, "transcription", wishes);
  add_noise_reduction (builder, "noise_reduction", wishes);
  add_turn_detection (builder, wishes, conversation);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  add_include (builder, wishes);
}

static char *
finish (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = NULL;

  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return cap_json_to_text (root);
}

static char *
nested_update (const CapSessionWishes *wishes, gboolean conversation, guint rate)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_string (builder, "type", "session.update");
  add_string (builder, "event_id", UPDATE_ID);
  begin_object (builder, "session");
  add_string (builder, "type", conversation ? "realtime" : "transcription");
  if (conversation)
    add_strings (builder, "output_modalities", (char *[]) { "text", NULL });
  add_input (builder, wishes, conversation, rate);
  json_builder_end_object (builder);
  return finish (builder);
}

static char *
nested_mint (const CapSessionWishes *wishes, gboolean conversation)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  begin_object (builder, "session");
  add_string (builder, "type", conversation ? "realtime" : "transcription");
  if (conversation)
    add_string (builder, "model", wishes->provider->session_model);
  if (!wishes->mint_bare)
    add_input (builder, wishes, conversation, NESTED_RATE);
  json_builder_end_object (builder);
  return finish (builder);
}

static void
add_flat_session (JsonBuilder *builder, const CapSessionWishes *wishes)
{
  add_string (builder, "input_audio_format", "pcm16");
  add_transcription (builder, "input_audio_transcription", wishes);
  add_turn_detection (builder, wishes, FALSE);
  if (*wishes->provider->noise_reduction != '\0')
    add_noise_reduction (builder, "input_audio_noise_reduction", wishes);
}

/* public functions */

char *
cap_message_transcription_update (const CapSessionWishes *wishes)
{
  g_return_val_if_fail (wishes != NULL, NULL);

  return nested_update (wishes, FALSE, NESTED_RATE);
}

char *
cap_message_transcription_update_at (const CapSessionWishes *wishes, guint rate)
{
  g_return_val_if_fail (wishes != NULL, NULL);
  g_return_val_if_fail (rate > 0, NULL);

  return nested_update (wishes, FALSE, rate);
}

char *
cap_message_transcription_mint (const CapSessionWishes *wishes)
{
  g_return_val_if_fail (wishes != NULL, NULL);

  return nested_mint (wishes, FALSE);
}

char *
cap_message_conversation_update (const CapSessionWishes *wishes)
{
  g_return_val_if_fail (wishes != NULL, NULL);

  return nested_update (wishes, TRUE, NESTED_RATE);
}

char *
cap_message_conversation_mint (const CapSessionWishes *wishes)
{
  g_return_val_if_fail (wishes != NULL, NULL);

  return nested_mint (wishes, TRUE);
}

char *
cap_message_flat_update (const CapSessionWishes *wishes)
{
  g_autoptr (JsonBuilder) builder = NULL;

  g_return_val_if_fail (wishes != NULL, NULL);

  builder = json_builder_new ();
  json_builder_begin_object (builder);
  add_string (builder, "type", "transcription_session.update");
  add_string (builder, "event_id", UPDATE_ID);
  begin_object (builder, "session");
  add_flat_session (builder, wishes);
  json_builder_end_object (builder);
  return finish (builder);
}

char *
cap_message_flat_mint (const CapSessionWishes *wishes)
{
  g_autoptr (JsonBuilder) builder = NULL;

  g_return_val_if_fail (wishes != NULL, NULL);

  builder = json_builder_new ();
  json_builder_begin_object (builder);
  if (!wishes->mint_bare)
    add_flat_session (builder, wishes);
  return finish (builder);
}

char *
cap_message_commit (void)
{
  return g_strdup ("{\"type\":\"input_audio_buffer.commit\"}");
}

/* Sent ten times a second while somebody speaks, so this builds no JSON tree. */
char *
cap_message_append (gconstpointer bytes, gsize n_bytes)
{
  static const char begin[] = "{\"type\":\"input_audio_buffer.append\",\"audio\":\"";
  static const char end[] = "\"}";
  char *message = g_malloc (sizeof begin + sizeof end + (n_bytes / 3 + 1) * 4 + 4);
  gint state = 0, save = 0;
  gsize length = sizeof begin - 1;

  memcpy (message, begin, length);
  length += g_base64_encode_step (bytes, n_bytes, FALSE, message + length, &state, &save);
  length += g_base64_encode_close (FALSE, message + length, &state, &save);
  memcpy (message + length, end, sizeof end);
  return message;
}

guint64
cap_message_count_frames (guint64 n_bytes, guint rate)
{
  g_return_val_if_fail (rate > 0, 0);

  /* base64 encodes three bytes as four; the rest of a message is negligible. */
  return n_bytes * 3 / 4 / sizeof (gint16) * CAP_AUDIO_RATE / rate;
}
