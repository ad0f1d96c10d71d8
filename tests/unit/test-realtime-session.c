/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "base/audio.h"
#include "dbus/error.h"
#include "protocol/dialects.h"
#include "realtime/session.h"
#include "tools/web.h"

#define CREATED "{\"type\":\"session.created\",\"session\":{\"type\":\"transcription\",\"id\":\"s\",\"audio\":{}}}"
#define UPDATED                                                                                        \
  "{\"type\":\"session.updated\",\"session\":{\"type\":\"transcription\",\"audio\":{\"input\":{"       \
  "\"transcription\":{\"model\":\"m\"}}}}}"
#define COMPLETED                                                                                      \
  "{\"type\":\"conversation.item.input_audio_transcription.completed\",\"item_id\":\"A\","             \
  "\"transcript\":\"hello\"}"
#define REFUSAL(param, message)                                                                        \
  "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"code\":\"invalid_value\","      \
  "\"message\":\"" message "\",\"param\":\"" param "\",\"event_id\":\"captiond-update\"}}"

/* One answer of the scripted service. */
typedef struct
{
  const char *words; /* sends the answer when a message contains this; NULL: when the connection opens */
  const char *answer;
  guint close;        /* close code after the answer, or 0 */
  const char *reason;
} Line;

typedef struct
{
  SoupServer *soup;
  char *url;
  const Line *script; /* ends with an empty line */
  guint next;
  GPtrArray *heard;   /* messages without audio (element-type char *) */
  guint n_audio;
  GPtrArray *sockets;
  guint mint_status[3];
  const char *mint_answer;
  guint n_mints;
  char *mint_body, *authorization;

  CapRealtimeSession *session;
  gboolean ready, ended;
  guint refused;
  char *text;
  CapFault *fault;
} Fixture;

static void
speak_line (Fixture *fixture, SoupWebsocketConnection *socket)
{
  const Line *line = &fixture->script[fixture->next++];

  soup_websocket_connection_send_text (socket, line->answer);
  if (line->close != 0)
    soup_websocket_connection_close (socket, line->close, line->reason);
}

/* Sends the next answer of the script if @heard is the message that it waits for. */
static void
say (Fixture *fixture, SoupWebsocketConnection *socket, const char *heard)
{
  const Line *line = &fixture->script[fixture->next];

  if (line->answer != NULL && (line->words == NULL || strstr (heard, line->words) != NULL))
    speak_line (fixture, socket);
}

static void
on_heard (SoupWebsocketConnection *socket, int type, GBytes *bytes, Fixture *fixture)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  char *text = g_strndup (data, size);

  if (strstr (text, "buffer.append") != NULL)
    {
      fixture->n_audio++;
      g_free (text);
      return;
    }
  g_ptr_array_add (fixture->heard, text);
  say (fixture, socket, text);
}

static void
on_socket (SoupServer *server, SoupServerMessage *message, const char *path,
           SoupWebsocketConnection *socket, gpointer data)
{
  Fixture *fixture = data;

  g_ptr_array_add (fixture->sockets, g_object_ref (socket));
  fixture->authorization =
    g_strdup (soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Authorization"));
  g_signal_connect (socket, "message", G_CALLBACK (on_heard), fixture);
  say (fixture, socket, "");
}

static void
on_mint (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  Fixture *fixture = data;
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  g_free (fixture->mint_body);
  fixture->mint_body = g_strndup (body->data, body->length);
  soup_server_message_set_status (message, fixture->mint_status[fixture->n_mints++], NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_STATIC, fixture->mint_answer,
                                    strlen (fixture->mint_answer));
}

/* the session */

static void
on_ready (Fixture *fixture)
{
  fixture->ready = TRUE;
}

static void
on_event (Fixture *fixture, const CapEvent *event)
{
  g_free (fixture->text);
  fixture->text = g_strdup (event->text);
}

static void
on_refused (Fixture *fixture, guint fields)
{
  fixture->refused |= fields;
}

static void
on_ended (Fixture *fixture, const CapFault *fault, const CapEvidence *evidence)
{
  fixture->ended = TRUE;
  fixture->fault = fault != NULL ? cap_fault_copy (fault) : NULL;
}

static Fixture *
fixture_new (const Line *script)
{
  Fixture *fixture = g_new0 (Fixture, 1);
  g_autoptr (GError) error = NULL;
  GSList *uris;

  fixture->script = script;
  fixture->heard = g_ptr_array_new_with_free_func (g_free);
  fixture->sockets = g_ptr_array_new_with_free_func (g_object_unref);
  fixture->mint_answer = "{\"value\":\"ek_minted\",\"client_secret\":{\"value\":\"ek_old\"}}";
  fixture->mint_status[0] = fixture->mint_status[1] = fixture->mint_status[2] = 200;
  fixture->soup = soup_server_new (NULL, NULL);
  soup_server_add_websocket_handler (fixture->soup, "/v1/realtime", NULL, NULL, on_socket, fixture, NULL);
  soup_server_add_handler (fixture->soup, "/v1/realtime/client_secrets", on_mint, fixture, NULL);
  soup_server_listen_local (fixture->soup, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (fixture->soup);
  fixture->url = g_strdup_printf ("http://127.0.0.1:%d/v1", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return fixture;
}

static void
start (Fixture *fixture, const char *dialect, gboolean minted, const char *more)
{
  g_autofree char *text = g_strdup_printf ("{'dialect': <'%s'>, 'url': <'%s'>, 'model': <'m'>%s}", dialect,
                                           fixture->url, more);
  g_autoptr (GVariant) settings = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);
  g_autoptr (CapProvider) provider = cap_provider_new ("test", settings, NULL);
  g_autoptr (CapSecret) secret = cap_secret_new ("sk-key", -1, NULL);

  fixture->session = cap_realtime_session_new (cap_dialect_find (dialect), provider, "en", minted, 0, secret);
  g_signal_connect_swapped (fixture->session, "ready", G_CALLBACK (on_ready), fixture);
  g_signal_connect_swapped (fixture->session, "event", G_CALLBACK (on_event), fixture);
  g_signal_connect_swapped (fixture->session, "refused", G_CALLBACK (on_refused), fixture);
  g_signal_connect_swapped (fixture->session, "ended", G_CALLBACK (on_ended), fixture);
  cap_realtime_session_start (fixture->session);
}

static void
fixture_free (Fixture *fixture)
{
  g_clear_object (&fixture->session);
  web_settle ();
  g_object_unref (fixture->soup);
  g_ptr_array_unref (fixture->heard);
  g_ptr_array_unref (fixture->sockets);
  g_free (fixture->url);
  g_free (fixture->mint_body);
  g_free (fixture->authorization);
  g_free (fixture->text);
  g_clear_pointer (&fixture->fault, cap_fault_free);
  g_free (fixture);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

/* Sends half a second of sound and ends the turn. */
static void
speak (Fixture *fixture)
{
  static const gint16 sound[CAP_AUDIO_RATE / 2];

  cap_realtime_session_begin_turn (fixture->session);
  cap_realtime_session_append (fixture->session, sound, G_N_ELEMENTS (sound));
  cap_realtime_session_end_turn (fixture->session);
}

/* tests */

static void
test_a_session (void)
{
  static const Line script[] = { { NULL, CREATED }, { "session.update", UPDATED }, { "commit", COMPLETED }, { 0 } };
  g_autoptr (Fixture) fixture = fixture_new (script);

  start (fixture, "openai", FALSE, "");
  wait_for (fixture->ready);
  g_assert_cmpstr (fixture->authorization, ==, "Bearer sk-key");
  speak (fixture);
  wait_for (fixture->text != NULL);
  g_assert_cmpstr (fixture->text, ==, "hello");
  g_assert_cmpuint (fixture->n_audio, ==, 5);
  cap_realtime_session_close (fixture->session);
  wait_for (fixture->ended);
  g_assert_null (fixture->fault);
}

static void
test_a_refused_field_is_left_out (void)
{
  static const Line script[] = {
    { NULL, CREATED },
    { "\"prompt\"", REFUSAL ("session.audio.input.transcription.prompt", "prompt is not supported for this model") },
    { "session.update", UPDATED },
    { 0 },
  };
  g_autoptr (Fixture) fixture = fixture_new (script);

  start (fixture, "openai", FALSE, ", 'prompt': <'sailing'>");
  wait_for (fixture->ready);
  g_assert_cmpuint (fixture->refused, ==, CAP_FIELD_PROMPT);
  g_assert_cmpuint (fixture->heard->len, ==, 2);
  g_assert_null (strstr (fixture->heard->pdata[1], "prompt"));
}

static void
test_our_gate_takes_over (void)
{
  static const Line script[] = {
    { NULL, CREATED },
    { "server_vad", REFUSAL ("session.audio.input.turn_detection",
                             "Turn detection is not supported for this transcription model.") },
    { "\"turn_detection\":null", UPDATED },
    { 0 },
  };
  g_autoptr (Fixture) fixture = fixture_new (script);

  start (fixture, "openai", FALSE, ", 'turns': <'server'>");
  wait_for (fixture->ready);
  g_assert_false (cap_realtime_session_has_server_turns (fixture->session));
  speak (fixture);
  wait_for (fixture->heard->len == 3);
  g_assert_nonnull (strstr (fixture->heard->pdata[2], "commit"));
}

/* The session answers an unknown error by sending fewer settings. */
static void
test_an_unknown_complaint_is_answered_with_less (void)
{
  static const Line script[] = {
    { NULL, CREATED },
    { "logprobs", "{\"type\":\"error\",\"error\":{\"code\":\"odd\",\"message\":\"no\"}}" },
    { "session.update", UPDATED },
    { 0 },
  };
  g_autoptr (Fixture) fixture = fixture_new (script);

  start (fixture, "openai", FALSE, "");
  wait_for (fixture->ready);
  g_assert_null (strstr (fixture->heard->pdata[1], "include"));
  g_assert_nonnull (strstr (fixture->heard->pdata[1], "\"turn_detection\":null"));
}

/* The session must not blame its settings for an overloaded server. */
static void
test_a_passing_error_is_not_learnt (void)
{
  static const Line script[] = {
    { NULL, CREATED },
    { "session.update", "{\"type\":\"error\",\"error\":{\"type\":\"server_error\",\"message\":\"busy\"}}" },
    { 0 },
  };
  g_autoptr (Fixture) fixture = fixture_new (script);

  start (fixture, "openai", FALSE, "");
  wait_for (fixture->ended);
  g_assert_cmpuint (fixture->refused, ==, 0);
  g_assert_cmpint (fixture->fault->remedy, ==, CAP_REMEDY_RETRY);
}

/* The first message blames no setting that was sent, and both come after the
 * configuration has succeeded. */
static void
test_a_listening_session_survives_complaints (void)
{
  static const Line script[] = {
    { NULL, CREATED },
    { "session.update", UPDATED },
    { "commit", REFUSAL ("", "Detected language is not supported.") },
    { "commit", "{\"type\":\"error\",\"error\":{\"code\":\"transcription_failed\",\"message\":\"x\"}}" },
    { "commit", COMPLETED },
    { 0 },
  };
  g_autoptr (Fixture) fixture = fixture_new (script);

  start (fixture, "openai", FALSE, "");
  wait_for (fixture->ready);
  for (guint i = 0; i < 3; i++)
    {
      speak (fixture);
      wait_for (fixture->next == 3 + i);
    }
  wait_for (g_strcmp0 (fixture->text, "hello") == 0);
  g_assert_cmpuint (fixture->refused, ==, 0);
  g_assert_false (fixture->ended);
}

/* The session ends in limited time, however often the server repeats the error. */
static void
test_a_fatal_error_ends_in_time (void)
{
  static const Line script[] = {
    { NULL, CREATED },
    { "session.update", UPDATED },
    { "commit", "{\"type\":\"error\",\"error\":{\"code\":\"model_not_found\",\"message\":\"x\"}}" },
    { "commit", "{\"type\":\"error\",\"error\":{\"code\":\"model_not_found\",\"message\":\"x\"}}" },
    { 0 },
  };
  g_autoptr (Fixture) fixture = fixture_new (script);

  start (fixture, "openai", FALSE, "");
  wait_for (fixture->ready);
  speak (fixture);
  wait_for (fixture->next == 3);
  speak (fixture);
  wait_for (fixture->ended);
  g_assert_error (fixture->fault->error, CAP_ERROR, CAP_ERROR_MODEL_NOT_FOUND);
}

static void
test_another_kind_of_session_is_refused (void)
{
  static const Line script[] = {
    { NULL, "{\"type\":\"session.created\",\"session\":{\"type\":\"realtime\",\"audio\":{}}}" },
    { 0 },
  };
  g_autoptr (Fixture) fixture = fixture_new (script);

  start (fixture, "openai", FALSE, "");
  wait_for (fixture->ended);
  g_assert_cmpstr (fixture->fault->row, ==, "7.1-1b");
  g_assert_cmpuint (fixture->heard->len, ==, 0);
}

static void
test_another_dialect_is_recognised (void)
{
  static const Line script[] = { { NULL, "{\"type\":\"session.created\",\"id\":\"s\",\"created\":1}" }, { 0 } };
  g_autoptr (Fixture) fixture = fixture_new (script);

  start (fixture, "openai", FALSE, "");
  wait_for (fixture->ended);
  g_assert_cmpstr (cap_realtime_session_get_recognised (fixture->session)->name, ==, "vllm");
  g_assert_cmpint (fixture->fault->remedy, ==, CAP_REMEDY_OTHER_DOOR);
  g_assert_nonnull (strstr (fixture->fault->error->message, "--dialect vllm"));
}

static void
test_a_configuration_without_transcription_is_told (void)
{
  static const Line script[] = {
    { NULL, CREATED },
    { "session.update", "{\"type\":\"session.updated\",\"session\":{\"type\":\"transcription\","
                        "\"audio\":{\"input\":{\"transcription\":null}}}}" },
    { 0 },
  };
  g_autoptr (Fixture) fixture = fixture_new (script);

  start (fixture, "openai", FALSE, "");
  wait_for (fixture->ended);
  g_assert_error (fixture->fault->error, CAP_ERROR, CAP_ERROR_PROTOCOL_ERROR);
}

static void
test_a_close_tells_what_an_error_meant (void)
{
  static const Line script[] = {
    { NULL, "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"code\":\"invalid_api_key\","
            "\"message\":\"Incorrect API key provided: sk-key.\"}}", 3000, "invalid_request_error.invalid_api_key" },
    { 0 },
  };
  g_autoptr (Fixture) fixture = fixture_new (script);

  start (fixture, "openai", FALSE, "");
  wait_for (fixture->ended);
  g_assert_error (fixture->fault->error, CAP_ERROR, CAP_ERROR_AUTHENTICATION_FAILED);
  g_assert_cmpint (fixture->fault->remedy, ==, CAP_REMEDY_STOP);
  g_assert_null (strstr (fixture->fault->error->message, "sk-key"));
}

static void
test_a_minted_secret_connects (void)
{
  static const Line script[] = { { NULL, CREATED }, { "session.update", UPDATED }, { 0 } };
  g_autoptr (Fixture) fixture = fixture_new (script);

  start (fixture, "openai", TRUE, "");
  wait_for (fixture->ready);
  g_assert_cmpstr (fixture->authorization, ==, "Bearer ek_minted");
  g_assert_nonnull (strstr (fixture->mint_body, "\"transcription\":{\"model\":\"m\""));
}

static void
test_a_mint_that_fails_is_asked_for_less (void)
{
  static const Line script[] = { { NULL, CREATED }, { "session.update", UPDATED }, { 0 } };
  g_autoptr (Fixture) fixture = fixture_new (script);

  fixture->mint_status[0] = 500;
  start (fixture, "openai", TRUE, "");
  wait_for (fixture->ready);
  g_assert_cmpuint (fixture->n_mints, ==, 2);
  g_assert_cmpstr (fixture->mint_body, ==, "{\"session\":{\"type\":\"transcription\"}}");
  g_assert_nonnull (strstr (fixture->heard->pdata[0], "\"transcription\":{\"model\":\"m\""));
}

static void
test_a_mint_that_refuses_a_setting_is_asked_without (void)
{
  static const Line script[] = { { NULL, CREATED }, { "session.update", UPDATED }, { 0 } };
  g_autoptr (Fixture) fixture = fixture_new (script);

  fixture->mint_status[0] = 400;
  fixture->mint_answer = "{\"error\":{\"code\":\"invalid_value\",\"message\":\"No.\",\"param\":"
                         "\"session.audio.input.transcription.prompt\"},\"value\":\"ek_minted\"}";
  start (fixture, "openai", TRUE, ", 'prompt': <'sailing'>");
  wait_for (fixture->ready || fixture->ended);
  g_assert_true (fixture->ready);
  g_assert_cmpuint (fixture->n_mints, ==, 2);
  g_assert_cmpuint (fixture->refused, ==, CAP_FIELD_PROMPT);
  g_assert_null (strstr (fixture->mint_body, "prompt"));
}

static void
test_a_mint_that_refuses_a_setting_twice_is_left (void)
{
  static const Line script[] = { { NULL, CREATED }, { 0 } };
  g_autoptr (Fixture) fixture = fixture_new (script);

  fixture->mint_status[0] = fixture->mint_status[1] = 400;
  fixture->mint_answer = "{\"error\":{\"code\":\"invalid_value\",\"message\":\"No.\",\"param\":"
                         "\"session.audio.input.transcription.prompt\"}}";
  start (fixture, "openai", TRUE, ", 'prompt': <'sailing'>");
  wait_for (fixture->ready || fixture->ended);
  g_assert_true (fixture->ended);
  g_assert_cmpuint (fixture->n_mints, ==, 2);
}

static void
test_a_session_is_dropped_at_any_time (void)
{
  static const Line script[] = { { NULL, CREATED }, { "session.update", UPDATED }, { "commit", COMPLETED }, { 0 } };

  for (guint turns = 0; turns < 60; turns++)
    {
      g_autoptr (Fixture) fixture = fixture_new (script);

      start (fixture, "openai", turns % 2 == 1, "");
      for (guint i = 0; i < turns && !fixture->ready; i++)
        g_main_context_iteration (NULL, FALSE);
      g_assert_finalize_object (g_steal_pointer (&fixture->session));
    }
}

/* room for audio */

static void
count (guint *n)
{
  ++*n;
}

/* Appends sound until there is no more room. Returns the number of frames. */
static gsize
fill (Fixture *fixture)
{
  static const gint16 sound[CAP_AUDIO_RATE / 10];
  gsize frames = 0;

  while (cap_realtime_session_get_room (fixture->session) >= G_N_ELEMENTS (sound))
    {
      cap_realtime_session_append (fixture->session, sound, G_N_ELEMENTS (sound));
      frames += G_N_ELEMENTS (sound);
    }
  return frames;
}

/* At any rate, a session queues at most 5 s of audio, including the end of the turn. */
static void
test_room_is_bounded (gconstpointer rate)
{
  static const Line script[] = { { NULL, "{\"type\":\"session.created\",\"session\":{}}" },
                                 { "session.update", "{\"type\":\"transcription_session.updated\"}" },
                                 { 0 } };
  g_autoptr (Fixture) fixture = fixture_new (script);
  g_autoptr (Relay) relay = NULL;
  g_autofree char *more = g_strdup_printf (", 'rate': <uint32 %s>", (const char *) rate);
  g_autoptr (GUri) uri = g_uri_parse (fixture->url, G_URI_FLAGS_NONE, NULL);
  guint n_drained = 0;
  gsize frames;

  relay = relay_new (g_uri_get_port (uri));
  g_free (fixture->url);
  fixture->url = g_strdup_printf ("http://127.0.0.1:%u/v1", relay->port);
  start (fixture, "legacy", FALSE, more);
  g_signal_connect_swapped (fixture->session, "drained", G_CALLBACK (count), &n_drained);
  g_assert_cmpuint (cap_realtime_session_get_room (fixture->session), ==, 0);
  wait_for (fixture->ready);

  relay_hold (relay);
  frames = fill (fixture);
  frames += cap_realtime_session_end_turn (fixture->session);
  g_assert_cmpuint (frames, <=, CAP_AUDIO_MS (5000));
  g_assert_cmpuint (frames, >=, CAP_AUDIO_MS (4500));
  g_assert_cmpuint (cap_realtime_session_get_room (fixture->session), <, CAP_AUDIO_MS (200));
  g_assert_cmpuint (n_drained, ==, 0);

  relay_release (relay);
  wait_for (n_drained > 0);
  wait_for (cap_realtime_session_get_room (fixture->session) > CAP_AUDIO_MS (4500));

  /* "drained" comes only after the room was exhausted. */
  n_drained = 0;
  cap_realtime_session_append (fixture->session, (const gint16[CAP_AUDIO_MS (100)]) { 0 }, CAP_AUDIO_MS (100));
  wait_for (cap_realtime_session_get_room (fixture->session) > CAP_AUDIO_MS (4500));
  g_assert_cmpuint (n_drained, ==, 0);
  cap_realtime_session_check (fixture->session);
  cap_realtime_session_close (fixture->session);
  wait_for (fixture->ended);
  g_assert_cmpuint (cap_realtime_session_get_room (fixture->session), ==, 0);
  g_clear_object (&fixture->session);
}

/* A write may discover the broken connection. The session signals this later, and not
 * while its caller is sending. */
static void
test_a_connection_breaks_while_sending (void)
{
  static const Line script[] = { { NULL, CREATED }, { "session.update", UPDATED }, { 0 } };
  static const gint16 sound[CAP_AUDIO_MS (4000)];
  g_autoptr (Fixture) fixture = fixture_new (script);
  g_autoptr (GUri) uri = g_uri_parse (fixture->url, G_URI_FLAGS_NONE, NULL);
  g_autoptr (Relay) relay = relay_new (g_uri_get_port (uri));

  g_free (fixture->url);
  fixture->url = g_strdup_printf ("http://127.0.0.1:%u/v1", relay->port);
  start (fixture, "openai", FALSE, "");
  wait_for (fixture->ready);
  relay_cut (relay);
  cap_realtime_session_append (fixture->session, sound, G_N_ELEMENTS (sound));
  cap_realtime_session_end_turn (fixture->session);
  g_assert_false (fixture->ended); /* the caller may not expect signals during the call */
  wait_for (fixture->ended);
  g_assert_cmpint (fixture->fault->remedy, ==, CAP_REMEDY_RETRY);
  g_assert_cmpuint (cap_realtime_session_get_room (fixture->session), ==, 0);
}

static void
test_the_end_is_known (void)
{
  static const Line script[] = {
    { NULL, "{\"type\":\"session.created\",\"session\":{\"type\":\"transcription\",\"id\":\"s\",\"audio\":{},"
            "\"expires_at\":1800000000}}" },
    { "session.update",
     "{\"type\":\"session.updated\",\"session\":{\"type\":\"transcription\",\"expires_at\":1800000300}}" },
    { "commit", "{\"type\":\"session.updated\",\"session\":{\"type\":\"transcription\"}}" },
    { "commit", COMPLETED },
    { 0 },
  };
  g_autoptr (Fixture) fixture = fixture_new (script);

  start (fixture, "openai", FALSE, "");
  g_assert_cmpint (cap_realtime_session_get_expires_at (fixture->session), ==, 0);
  wait_for (fixture->ready);
  g_assert_cmpint (cap_realtime_session_get_expires_at (fixture->session), ==, 1800000300);
  speak (fixture);
  wait_for (fixture->next == 3);
  speak (fixture);
  wait_for (fixture->text != NULL);
  g_assert_cmpint (cap_realtime_session_get_expires_at (fixture->session), ==, 1800000300);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/realtime-session/from the first event to the close", test_a_session);
  g_test_add_func ("/realtime-session/a refused field is left out", test_a_refused_field_is_left_out);
  g_test_add_func ("/realtime-session/the gate replaces turn detection", test_our_gate_takes_over);
  g_test_add_func ("/realtime-session/an unknown error leads to fewer settings",
                   test_an_unknown_complaint_is_answered_with_less);
  g_test_add_func ("/realtime-session/a temporary error is not learnt", test_a_passing_error_is_not_learnt);
  g_test_add_func ("/realtime-session/a configured session survives errors",
                   test_a_listening_session_survives_complaints);
  g_test_add_func ("/realtime-session/a fatal error ends it in time", test_a_fatal_error_ends_in_time);
  g_test_add_func ("/realtime-session/another kind of session is refused",
                   test_another_kind_of_session_is_refused);
  g_test_add_func ("/realtime-session/another dialect is recognised", test_another_dialect_is_recognised);
  g_test_add_func ("/realtime-session/a configuration without transcription is a fault",
                   test_a_configuration_without_transcription_is_told);
  g_test_add_func ("/realtime-session/a close explains the error before it",
                   test_a_close_tells_what_an_error_meant);
  g_test_add_func ("/realtime-session/a minted secret connects", test_a_minted_secret_connects);
  g_test_add_func ("/realtime-session/a failed mint is repeated with fewer settings",
                   test_a_mint_that_fails_is_asked_for_less);
  g_test_add_func ("/realtime-session/a mint is repeated without a refused setting",
                   test_a_mint_that_refuses_a_setting_is_asked_without);
  g_test_add_func ("/realtime-session/a mint that refuses a setting twice fails",
                   test_a_mint_that_refuses_a_setting_twice_is_left);
  g_test_add_data_func ("/realtime-session/room is bounded at 24 kHz", "24000", test_room_is_bounded);
  g_test_add_data_func ("/realtime-session/room is bounded at 16 kHz", "16000", test_room_is_bounded);
  g_test_add_func ("/realtime-session/a connection breaks while sending", test_a_connection_breaks_while_sending);
  g_test_add_func ("/realtime-session/the end is known", test_the_end_is_known);
  g_test_add_func ("/realtime-session/a session is dropped at any time",
                   test_a_session_is_dropped_at_any_time);
  return g_test_run ();
}
