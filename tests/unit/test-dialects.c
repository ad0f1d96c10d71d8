/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "protocol/dialects-private.h"
#include "protocol/messages.h"

static CapProvider *
provider_new (const char *dialect, const char *url, const char *more)
{
  g_autofree char *text = g_strdup_printf ("{'dialect': <'%s'>, 'url': <'%s'>, 'model': <'my/model'>%s}",
                                           dialect, url, more);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) settings = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);
  CapProvider *provider;

  g_assert_no_error (error);
  provider = cap_provider_new ("test", settings, &error);
  g_assert_no_error (error);
  return provider;
}

/* One URL for each dialect, from docs/protocol.md 1. */
static void
test_doors (void)
{
  static const struct
  {
    const char *dialect, *url, *more, *socket, *mint;
  } rows[] = {
    { "openai", "https://api.openai.com/v1", "", "https://api.openai.com/v1/realtime?intent=transcription",
      "https://api.openai.com/v1/realtime/client_secrets" },
    { "azure", "https://res.openai.azure.com", "",
      "https://res.openai.azure.com/openai/v1/realtime?intent=transcription",
      "https://res.openai.azure.com/openai/v1/realtime/client_secrets" },
    { "azure", "wss://res.openai.azure.com/openai/v1/realtime/", "",
      "https://res.openai.azure.com/openai/v1/realtime?intent=transcription",
      "https://res.openai.azure.com/openai/v1/realtime/client_secrets" },
    { "azure-realtime", "https://res.openai.azure.com", ", 'session-model': <'talk'>",
      "https://res.openai.azure.com/openai/v1/realtime?model=talk",
      "https://res.openai.azure.com/openai/v1/realtime/client_secrets" },
    { "azure-preview", "https://res.openai.azure.com", "",
      "https://res.openai.azure.com/openai/realtime?api-version=2025-04-01-preview&intent=transcription",
      "https://res.openai.azure.com/openai/realtimeapi/transcription_sessions"
      "?api-version=2025-04-01-preview" },
    { "legacy", "ws://localhost:9000/v1", "", "http://localhost:9000/v1/realtime?intent=transcription",
      "http://localhost:9000/v1/realtime/transcription_sessions" },
    { "speaches", "http://localhost:8000/v1", "",
      "http://localhost:8000/v1/realtime?model=my%2Fmodel&intent=transcription&language=en", NULL },
    { "localai", "http://localhost:8080/v1", "", "http://localhost:8080/v1/realtime?model=my%2Fmodel", NULL },
    { "vllm", "http://localhost:8000", "", "http://localhost:8000/v1/realtime", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CapProvider) provider = provider_new (rows[i].dialect, rows[i].url, rows[i].more);
      const CapDialect *dialect = cap_dialect_find (rows[i].dialect);
      CapSessionWishes wishes = { .provider = provider, .language = "en-US" };
      g_autofree char *socket = dialect->socket_url (&wishes);
      g_autofree char *mint = dialect->secret_path != NULL ? dialect->mint_url (&wishes) : NULL;

      g_assert_cmpstr (socket, ==, rows[i].socket);
      g_assert_cmpstr (mint, ==, rows[i].mint);
    }
}

static void
assert_configuration (const char *dialect, const char *more, guint refused, gboolean server_turns,
                      const char *expected)
{
  g_autoptr (CapProvider) provider = provider_new (dialect, "https://host/v1", more);
  CapSessionWishes wishes = { .provider = provider, .language = "en-US", .refused = refused,
                              .server_turns = server_turns };
  g_autofree char *message = cap_dialect_find (dialect)->configure (&wishes);

  g_assert_cmpstr (message, ==, expected);
}

static void
test_turn_detection_is_always_said (void)
{
  assert_configuration ("openai", "", CAP_FIELD_INCLUDE, FALSE,
                        "{\"type\":\"session.update\",\"event_id\":\"captiond-update\",\"session\":{"
                        "\"type\":\"transcription\",\"audio\":{\"input\":{"
                        "\"format\":{\"type\":\"audio/pcm\",\"rate\":24000},"
                        "\"transcription\":{\"model\":\"my/model\",\"language\":\"en\"},"
                        "\"noise_reduction\":null,\"turn_detection\":null}}}}");
  assert_configuration ("azure", "", CAP_FIELD_INCLUDE | CAP_FIELD_LANGUAGE, TRUE,
                        "{\"type\":\"session.update\",\"event_id\":\"captiond-update\",\"session\":{"
                        "\"type\":\"transcription\",\"audio\":{\"input\":{"
                        "\"format\":{\"type\":\"audio/pcm\",\"rate\":24000},"
                        "\"transcription\":{\"model\":\"my/model\"},"
                        "\"noise_reduction\":null,\"turn_detection\":{\"type\":\"server_vad\","
                        "\"threshold\":0.5,\"prefix_padding_ms\":300,\"silence_duration_ms\":500}}}}}");
}

static void
test_a_conversation_never_answers (void)
{
  assert_configuration ("azure-realtime", ", 'session-model': <'talk'>", CAP_FIELD_LANGUAGE, TRUE,
                        "{\"type\":\"session.update\",\"event_id\":\"captiond-update\",\"session\":{"
                        "\"type\":\"realtime\",\"output_modalities\":[\"text\"],\"audio\":{\"input\":{"
                        "\"format\":{\"type\":\"audio/pcm\",\"rate\":24000},"
                        "\"transcription\":{\"model\":\"my/model\"},"
                        "\"noise_reduction\":null,\"turn_detection\":{\"type\":\"server_vad\","
                        "\"threshold\":0.5,\"prefix_padding_ms\":300,\"silence_duration_ms\":500,"
                        "\"create_response\":false,\"interrupt_response\":false}}},"
                        "\"include\":[\"item.input_audio_transcription.logprobs\"]}}");
}

static void
test_what_is_refused_is_left_out (void)
{
  const char *more = ", 'prompt': <'p'>, 'keywords': <['k']>, 'delay': <'low'>, "
                     "'noise-reduction': <'near_field'>";

  assert_configuration ("openai", more, 0, FALSE,
                        "{\"type\":\"session.update\",\"event_id\":\"captiond-update\",\"session\":{"
                        "\"type\":\"transcription\",\"audio\":{\"input\":{"
                        "\"format\":{\"type\":\"audio/pcm\",\"rate\":24000},"
                        "\"transcription\":{\"model\":\"my/model\",\"language\":\"en\",\"prompt\":\"p\","
                        "\"keywords\":[\"k\"],\"delay\":\"low\"},"
                        "\"noise_reduction\":{\"type\":\"near_field\"},\"turn_detection\":null}},"
                        "\"include\":[\"item.input_audio_transcription.logprobs\"]}}");
  assert_configuration ("openai", more, ~0u, FALSE,
                        "{\"type\":\"session.update\",\"event_id\":\"captiond-update\",\"session\":{"
                        "\"type\":\"transcription\",\"audio\":{\"input\":{"
                        "\"format\":{\"type\":\"audio/pcm\",\"rate\":24000},"
                        "\"transcription\":{\"model\":\"my/model\"},\"turn_detection\":null}}}}");
}

static void
test_other_servers_are_told_in_their_own_words (void)
{
  assert_configuration ("legacy", "", CAP_FIELD_LANGUAGE, FALSE,
                        "{\"type\":\"transcription_session.update\",\"event_id\":\"captiond-update\","
                        "\"session\":{\"input_audio_format\":\"pcm16\","
                        "\"input_audio_transcription\":{\"model\":\"my/model\"},"
                        "\"turn_detection\":null}}");
  assert_configuration ("vllm", "", 0, FALSE, "{\"type\":\"session.update\",\"model\":\"my/model\"}");
  assert_configuration ("speaches", "", 0, TRUE, NULL);
}

static void
assert_names (GPtrArray *found, const char *expected)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < found->len; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? " " : "",
                            ((const CapDialect *) g_ptr_array_index (found, i))->name);
  g_assert_cmpstr (names->str, ==, expected);
}

static void
assert_tried (const char *dialect, const char *url, const char *more, const char *expected)
{
  g_autoptr (CapProvider) provider = provider_new (dialect, url, more);
  g_autoptr (GPtrArray) found = cap_dialects_for (provider);

  assert_names (found, expected);
}

/* Asserts which dialects the doctor tries, in order. */
static void
assert_diagnosed (const char *dialect, const char *url, const char *more, const char *expected)
{
  g_autoptr (CapProvider) provider = provider_new (dialect, url, more);
  g_autoptr (GPtrArray) found = cap_dialects_of_service (provider);

  assert_names (found, expected);
}

static void
test_the_doctor_begins_with_what_was_chosen (void)
{
  assert_diagnosed ("auto", "https://r.openai.azure.com", "", "azure azure-preview");
  assert_diagnosed ("azure-preview", "https://r.openai.azure.com", "", "azure-preview azure");
  assert_diagnosed ("openai", "https://gateway.example/v1", ", 'auth': <'api-key'>",
                    "openai azure azure-preview");
  assert_diagnosed ("azure", "http://localhost:9", "", "azure azure-preview");
  assert_diagnosed ("legacy", "http://localhost:9000/v1", "", "legacy openai speaches localai vllm");
}

static void
test_auto_knows_where_to_begin (void)
{
  assert_tried ("auto", "https://api.openai.com/v1", "", "openai");
  assert_tried ("auto", "https://r.openai.azure.com", "", "azure azure-preview");
  assert_tried ("auto", "https://r.openai.azure.com", ", 'session-model': <'talk'>",
                "azure azure-realtime azure-preview");
  assert_tried ("auto", "http://localhost:8000/v1", "", "openai speaches localai vllm legacy");
  assert_tried ("auto", "https://gateway.example/v1", ", 'auth': <'api-key'>", "azure azure-preview");
  assert_tried ("vllm", "https://api.openai.com/v1", "", "vllm");
}

static void
test_a_server_gives_itself_away (void)
{
  CapEvent event = { .kind = CAP_EVENT_CREATED, .name = "session.created", .shape = CAP_SHAPE_BARE };

  g_assert_cmpstr (cap_dialect_recognise (&event)->name, ==, "vllm");
  event.shape = CAP_SHAPE_FLAT;
  g_assert_cmpstr (cap_dialect_recognise (&event)->name, ==, "speaches");
  event.name = "transcription_session.created";
  g_assert_cmpstr (cap_dialect_recognise (&event)->name, ==, "legacy");
  event.shape = CAP_SHAPE_NESTED;
  g_assert_null (cap_dialect_recognise (&event));
}

/* The settings accept every dialect that exists. */
static void
test_every_name_has_its_code (void)
{
  for (const CapDialect *const *dialect = cap_dialects (); *dialect != NULL; dialect++)
    {
      g_autoptr (CapProvider) provider = provider_new ((*dialect)->name, "https://host/v1",
                                                       ", 'session-model': <'talk'>");

      g_assert_true (cap_dialect_find ((*dialect)->name) == *dialect);
      g_assert_true ((*dialect)->must_detect_turns || (*dialect)->turn_ends != NULL);
      g_assert_true ((*dialect)->secret_path == NULL || (*dialect)->mint_url != NULL);
    }
}

static void
test_audio_is_sent_as_base64 (void)
{
  g_autofree char *message = cap_message_append ("\x00\x01\xff\x7f", 4);

  g_assert_cmpstr (message, ==, "{\"type\":\"input_audio_buffer.append\",\"audio\":\"AAH/fw==\"}");
}

/* Some services do not send their end time; see docs/protocol.md 9.1. */
static void
test_the_longest_session (void)
{
  static const struct
  {
    const char *dialect;
    guint minutes;
  } rows[] = {
    { "openai", 60 }, { "azure", 60 }, { "azure-realtime", 60 }, { "azure-preview", 30 },
    { "speaches", 30 }, { "localai", 0 }, { "vllm", 0 }, { "legacy", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpuint (cap_dialect_find (rows[i].dialect)->longest_session, ==, rows[i].minutes * 60);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dialects/each dialect has its URL", test_doors);
  g_test_add_func ("/dialects/turn detection is always sent", test_turn_detection_is_always_said);
  g_test_add_func ("/dialects/a conversation never answers", test_a_conversation_never_answers);
  g_test_add_func ("/dialects/refused fields are left out", test_what_is_refused_is_left_out);
  g_test_add_func ("/dialects/other servers get their own messages",
                   test_other_servers_are_told_in_their_own_words);
  g_test_add_func ("/dialects/auto tries the likely dialects", test_auto_knows_where_to_begin);
  g_test_add_func ("/dialects/the doctor begins with the chosen dialect",
                   test_the_doctor_begins_with_what_was_chosen);
  g_test_add_func ("/dialects/the longest session", test_the_longest_session);
  g_test_add_func ("/dialects/a server is recognised by its events", test_a_server_gives_itself_away);
  g_test_add_func ("/dialects/settings and code have the same names", test_every_name_has_its_code);
  g_test_add_func ("/dialects/audio is sent as base64", test_audio_is_sent_as_base64);
  return g_test_run ();
}
