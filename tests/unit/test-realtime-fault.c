/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "protocol/fault-rows.h"

#include <string.h>

#define HOST "res.openai.azure.com"

#define ENDPOINT CAP_ERROR_ENDPOINT_NOT_FOUND
#define PROTOCOL CAP_ERROR_PROTOCOL_ERROR
#define SUPPORTED CAP_ERROR_MODEL_NOT_SUPPORTED
#define MISSING CAP_ERROR_MODEL_NOT_FOUND
#define KEY CAP_ERROR_AUTHENTICATION_FAILED
#define LOST CAP_ERROR_CONNECTION_LOST
#define SERVICE CAP_ERROR_SERVICE_FAILED
#define RATE CAP_ERROR_RATE_LIMITED
#define QUOTA CAP_ERROR_QUOTA_EXCEEDED
#define REDIRECT CAP_ERROR_REDIRECT_REFUSED
#define TLS CAP_ERROR_TLS_FAILED

#define AT(name) .stage = CAP_STAGE_##name
#define NETWORK(d, c) .domain = d, .network = c
#define EXPECT(r, e, m, p) .row = r, .error = e, .remedy = CAP_REMEDY_##m, .phrase = p

/* Evidence and the expected fault. By default the dialect is "azure", the model
 * "my-whisper" and the session model "my-talker". */
typedef struct
{
  CapStage stage;
  guint status, close;
  const char *reason, *type, *code, *message, *param;
  const char *session_type, *location;
  const char *dialect, *host, *model, *session_model;
  GQuark (*domain) (void);
  int network;
  gboolean turn, by_proxy, silent, without_key;

  const char *row;
  CapError error;
  CapRemedy remedy;
  const char *phrase;
} Case;

static const Case cases[] = {
  /* 7.1 */
  { AT (MINT), .status = 400, .code = "OperationNotSupported", .dialect = "azure-preview",
    EXPECT ("7.1-0a", SUPPORTED, OTHER_DOOR, "preview interface issues no client secret") },
  { AT (MINT), .status = 400, .code = "OperationNotSupported", .dialect = "azure-realtime",
    .session_model = "my-translator",
    EXPECT ("7.1-0b", SUPPORTED, STOP, "my-translator only translates") },
  { AT (MINT), .status = 500, .code = "InternalServerError",
    EXPECT ("7.1-0c", SERVICE, MINT_BARE, "--no-mint") },
  { AT (MINT), .status = 400, .code = "InvalidSessionType",
    EXPECT ("7.1-0d", ENDPOINT, OTHER_DOOR, "no client secrets for this type") },
  { AT (LISTEN), .turn = TRUE, .type = "server_error", .code = "OperationNotSupported",
    EXPECT ("7.1-0e", SUPPORTED, STOP, "my-whisper when the session began, but cannot transcribe") },
  { AT (HANDSHAKE), .status = 400, .code = "OpperationNotSupported", .dialect = "azure-realtime",
    .session_model = "my-Translate", EXPECT ("7.1-0g", SUPPORTED, OTHER_DOOR, "--session-model NAME") },
  { AT (HANDSHAKE), .status = 404, .code = "DeploymentNotFound", .dialect = "azure-realtime",
    EXPECT ("7.1-0i", MISSING, STOP, "no deployment called my-talker on this resource") },
  { AT (CONFIGURE), .type = "invalid_request_error", .code = "deploymentnotfound",
    EXPECT ("7.1-0i", MISSING, STOP, "no deployment called my-whisper on this resource") },
  { AT (HANDSHAKE), .status = 400, .code = "OpperationNotSupported", .dialect = "azure-realtime",
    EXPECT ("7.1-1a", SUPPORTED, OTHER_DOOR, "Connect with intent=transcription: captionctl provider set p "
            "--dialect azure (request 3f0d7a52-0b1c-4a77-9d0e-00c0ffee0000, region France Central).") },
  { AT (HANDSHAKE), .status = 400, .code = "OperationNotSupported", .dialect = "azure-realtime",
    EXPECT ("7.1-1a", SUPPORTED, OTHER_DOOR, "my-talker exists, but its model does not hold conversations") },
  { AT (CREATE), .session_type = "realtime",
    EXPECT ("7.1-1b", ENDPOINT, OTHER_DOOR, "session of type realtime") },
  { AT (CONFIGURE), .code = "invalid_parameter",
    .message = "Passing a transcription session update event to a realtime session is not allowed.",
    EXPECT ("7.1-1b", ENDPOINT, OTHER_DOOR, "another type of session") },
  { AT (HANDSHAKE), .status = 302, .dialect = "azure-preview",
    .location = "https://" HOST "/v1/realtime?deployment=d&api-key=***",
    EXPECT ("7.1-1c", REDIRECT, OTHER_DOOR, "without /openai") },
  { AT (HANDSHAKE), .status = 302, .location = "/v1/realtime",
    EXPECT ("7.1-1c", REDIRECT, OTHER_DOOR, "--dialect azure") },
  { AT (HANDSHAKE), .status = 400, .code = "OperationNotSupported",
    EXPECT ("7.1-1e", SUPPORTED, OTHER_DOOR, "--dialect azure-realtime --session-model NAME") },
  { AT (HANDSHAKE), .status = 404, .code = "404",
    EXPECT ("7.1-1e", ENDPOINT, OTHER_DOOR, "opens no transcription sessions") },
  { AT (MINT), .status = 400, .code = "OpperationNotSupported", .dialect = "azure-realtime",
    EXPECT ("7.1-2a", SUPPORTED, OTHER_DOOR, "my-talker, although it may exist") },
  { AT (MINT), .status = 500, .dialect = "azure-realtime",
    EXPECT ("7.1-3a", SERVICE, MINT_BARE, "sends it later") },
  { AT (HANDSHAKE), .status = 400, .code = "OperationNotSupported", .model = "gpt-4o-realtime-whisper",
    EXPECT ("7.1-4a", MISSING, STOP, "captionctl provider set p --model gpt-realtime-whisper") },

  /* 7.2 */
  { AT (CONFIGURE), .code = "invalid_value", .param = "session.audio.input.turn_detection",
    .message = "Turn detection is not supported for this transcription model.",
    EXPECT ("7.2-1", SUPPORTED, OUR_TURNS, "--turns client") },
  { AT (MINT), .status = 400, .message = "Turn detection is not supported for this transcription model.",
    EXPECT ("7.2-1", SUPPORTED, OUR_TURNS, "ends of turns") },
  { AT (CONFIGURE), .code = "invalid_value", .param = "session.audio.input.transcription.language",
    EXPECT ("7.2-2", SUPPORTED, DROP_FIELD, "the setting language") },
  { AT (CONFIGURE), .message = "keywords is not supported for this model",
    EXPECT ("7.2-2", SUPPORTED, DROP_FIELD, "the setting keywords") },
  { AT (LISTEN), .turn = TRUE, .type = "server_error", .code = "DeploymentNotFound",
    EXPECT ("7.2-3", MISSING, STOP, "although the service accepted the name") },
  { AT (HANDSHAKE), .status = 404, .host = "res.services.ai.azure.com",
    EXPECT ("7.2-4", ENDPOINT, STOP, "--url https://res.openai.azure.com") },
  { AT (LISTEN), .code = "input_audio_buffer_commit_empty",
    EXPECT ("7.2-6", PROTOCOL, IGNORE, "Nothing is lost") },
  { AT (CREATE), .close = 4004, .reason = "invalid_request_error.model_not_found", .dialect = "openai",
    EXPECT ("7.2-7", MISSING, STOP, "no model called my-whisper") },

  /* codes */
  { AT (CREATE), .code = "invalid_api_key", EXPECT (NULL, KEY, STOP, "captionctl provider set-key p") },
  { AT (CREATE), .close = 3000, .reason = "invalid_request_error.invalid_api_key",
    EXPECT (NULL, KEY, STOP, "Enter it again") },
  { AT (CREATE), .close = 1006, .code = "invalid_api_key",
    EXPECT (NULL, KEY, STOP, "did not accept the key") },
  { AT (CREATE), .close = 4000, .reason = "invalid_request_error.beta_api_shape_disabled",
    EXPECT (NULL, PROTOCOL, OTHER_DOOR, "beta form") },
  { AT (CREATE), .code = "missing_model",
    EXPECT (NULL, MISSING, OTHER_DOOR, "expects the model in the address") },
  { AT (CREATE), .close = 4000, .reason = "invalid_request_error.invalid_model", .code = "some_older_error",
    EXPECT (NULL, SUPPORTED, OTHER_DOOR, "kind of session") },
  { AT (CONFIGURE), .code = "model_not_found", .dialect = "vllm",
    EXPECT (NULL, MISSING, STOP, "model called") },
  { AT (LISTEN), .code = "model_not_validated", EXPECT (NULL, PROTOCOL, STOP, "serves its model") },
  { AT (LISTEN), .code = "session_expired", EXPECT (NULL, LOST, RENEW, "maximum duration") },
  { AT (LISTEN), .close = 1001, .reason = "Your session hit the maximum duration of 60 minutes.",
    EXPECT (NULL, LOST, RENEW, "starts a new one") },
  { AT (LISTEN), .close = 1001, .code = "session_expired", EXPECT (NULL, LOST, RENEW, "starts a new one") },
  { AT (LISTEN), .code = "insufficient_quota", EXPECT (NULL, QUOTA, STOP, "no credit left") },
  { AT (LISTEN), .turn = TRUE, .code = "credit_balance_exhausted", EXPECT (NULL, QUOTA, STOP, "billing") },
  { AT (LISTEN), .type = "rate_limit_error", .code = "rate_limit_exceeded",
    EXPECT (NULL, RATE, IGNORE, "continues") },
  { AT (LISTEN), .close = 1006, .code = "rate_limit_exceeded", EXPECT (NULL, RATE, RETRY, "captiond waits") },
  { AT (LISTEN), .turn = TRUE, .code = "rate_limit_exceeded", EXPECT (NULL, RATE, TURN_LOST, "no text") },
  { AT (LISTEN), .type = "server_error", EXPECT (NULL, PROTOCOL, IGNORE, "(server_error)") },
  { AT (LISTEN), .close = 1011, .type = "server_error", EXPECT (NULL, SERVICE, RETRY, "overloaded") },
  { AT (CREATE), .type = "server_error", EXPECT (NULL, SERVICE, RETRY, "tries again") },
  { AT (LISTEN), .turn = TRUE, .type = "server_error",
    EXPECT (NULL, SERVICE, TURN_LOST, "one stretch of speech") },
  { AT (LISTEN), .turn = TRUE, EXPECT (NULL, SERVICE, TURN_LOST, "one stretch of speech") },
  { AT (LISTEN), .code = "processing_error", EXPECT (NULL, SERVICE, TURN_LOST, "continues") },
  { AT (HANDSHAKE), .status = 403, .type = "request_forbidden", .code = "unsupported_country_region_territory",
    EXPECT (NULL, SERVICE, STOP, "country") },
  { AT (CONFIGURE), .code = "insufficient_permissions", EXPECT (NULL, KEY, STOP, "does not permit this") },
  { AT (CONFIGURE), .code = "unknown_parameter", .param = "session.audio",
    EXPECT (NULL, PROTOCOL, OTHER_DOOR, "dialect") },
  { AT (CONFIGURE), .code = "invalid_value", .param = "session.audio.input.transcription.model",
    .message = "Unknown model", EXPECT (NULL, SUPPORTED, STOP, "for transcription: \"Unknown model\"") },
  { AT (CONFIGURE), .code = "brand_new", EXPECT (NULL, PROTOCOL, IGNORE, "(brand_new)") },
  { AT (LISTEN), .code = "unknown_event", EXPECT (NULL, PROTOCOL, IGNORE, "continues") },
  { AT (CREATE), .code = "brand_new", .message = "No.",
    EXPECT (NULL, PROTOCOL, OTHER_DOOR, "(brand_new): \"No\"") },
  { AT (CREATE), .code = "OperationNotSupported",
    EXPECT (NULL, SUPPORTED, OTHER_DOOR, "does not work at this address") },

  /* HTTP */
  { AT (HANDSHAKE), .status = 403, .by_proxy = TRUE, EXPECT (NULL, LOST, STOP, "proxy") },
  { AT (HANDSHAKE), .status = 407, EXPECT (NULL, LOST, STOP, "proxy") },
  { AT (HANDSHAKE), .status = 200, EXPECT (NULL, LOST, RETRY, "login page") },
  { AT (HANDSHAKE), .status = 301, .location = "https://elsewhere.example/x?api-key=y",
    EXPECT (NULL, REDIRECT, STOP, "(https://elsewhere.example/x)") },
  { AT (HANDSHAKE), .status = 302, .location = "https://" HOST "/openai/v2", .dialect = "azure-preview",
    EXPECT (NULL, REDIRECT, OTHER_DOOR, "--dialect azure") },
  { AT (HANDSHAKE), .status = 400, .message = "Missing.",
    EXPECT (NULL, PROTOCOL, OTHER_DOOR, "status 400): \"Missing\"") },
  { AT (HANDSHAKE), .status = 400, .message = "API version not supported",
    EXPECT (NULL, ENDPOINT, OTHER_DOOR, "api-version") },
  { AT (HANDSHAKE), .status = 401, EXPECT (NULL, KEY, STOP, "did not accept the key") },
  { AT (HANDSHAKE), .status = 401, .without_key = TRUE, EXPECT (NULL, KEY, STOP, "captiond sent none") },
  { AT (HANDSHAKE), .status = 401, .code = "PermissionDenied",
    EXPECT (NULL, KEY, STOP, "Cognitive Services OpenAI User") },
  { AT (HANDSHAKE), .status = 401, .code = "Unauthorized", .dialect = "azure-preview",
    .message = "This operation requires ephemeral authentication.",
    EXPECT (NULL, KEY, OTHER_DOOR, "--mint") },
  { AT (HANDSHAKE), .status = 402, EXPECT (NULL, QUOTA, STOP, "billing") },
  { AT (HANDSHAKE), .status = 403, .dialect = "speaches", EXPECT (NULL, KEY, STOP, "status 403") },
  { AT (HANDSHAKE), .status = 403, .without_key = TRUE, EXPECT (NULL, KEY, STOP, "captiond sent no key") },
  { AT (HANDSHAKE), .status = 403, .message = "Access denied due to Virtual Network/Firewall rules.",
    EXPECT (NULL, KEY, STOP, "certain networks") },
  { AT (HANDSHAKE), .status = 404, .dialect = "openai", EXPECT (NULL, ENDPOINT, OTHER_DOOR, "status 404") },
  { AT (HANDSHAKE), .status = 405, EXPECT (NULL, ENDPOINT, OTHER_DOOR, "status 405") },
  { AT (HANDSHAKE), .status = 408, EXPECT (NULL, LOST, RETRY, "status 408") },
  { AT (HANDSHAKE), .status = 410, EXPECT (NULL, ENDPOINT, OTHER_DOOR, "status 410") },
  { AT (HANDSHAKE), .status = 422, .message = "model: field required",
    EXPECT (NULL, ENDPOINT, OTHER_DOOR, "other parameters than this dialect sends: \"model: field required\"") },
  { AT (HANDSHAKE), .status = 429, EXPECT (NULL, RATE, RETRY, "too many requests") },
  { AT (HANDSHAKE), .status = 429, .code = "insufficient_quota",
    EXPECT (NULL, QUOTA, STOP, "no credit left") },
  { AT (MINT), .status = 501, EXPECT (NULL, ENDPOINT, OTHER_DOOR, "status 501") },
  { AT (HANDSHAKE), .status = 500, EXPECT (NULL, SERVICE, RETRY, "status 500") },
  { AT (MINT), .status = 503, EXPECT (NULL, SERVICE, RETRY, "status 503") },

  /* closes */
  { AT (LISTEN), .close = 1000, EXPECT (NULL, LOST, RETRY, "close code 1000") },
  { AT (LISTEN), .close = 1001, EXPECT (NULL, LOST, RETRY, "close code 1001") },
  { AT (LISTEN), .close = 1005, EXPECT (NULL, LOST, RETRY, "was lost") },
  { AT (LISTEN), .close = 1006, EXPECT (NULL, LOST, RETRY, "was lost") },
  { AT (LISTEN), .close = 1006, .code = "input_audio_buffer_commit_empty",
    EXPECT (NULL, LOST, RETRY, "was lost") },
  { AT (LISTEN), .close = 1006, .code = "invalid_value", .param = "session.audio.input.transcription.prompt",
    EXPECT (NULL, LOST, RETRY, "was lost") },
  { AT (CREATE), .close = 1008, .dialect = "speaches", EXPECT (NULL, KEY, STOP, "close code 1008") },
  { AT (LISTEN), .close = 1008, .reason = "a binary message", NETWORK (cap_error_quark, PROTOCOL),
    EXPECT (NULL, PROTOCOL, RETRY, "does not belong to this protocol") },
  { AT (LISTEN), .close = 1007, NETWORK (cap_error_quark, PROTOCOL),
    EXPECT (NULL, PROTOCOL, RETRY, "does not belong to this protocol") },
  { AT (CREATE), .close = 1008, .without_key = TRUE, EXPECT (NULL, KEY, STOP, "captiond sent no key") },
  { AT (LISTEN), .close = 1011, EXPECT (NULL, SERVICE, RETRY, "close code 1011") },
  { AT (LISTEN), .close = 1012, EXPECT (NULL, SERVICE, RETRY, "close code 1012") },
  { AT (LISTEN), .close = 1013, EXPECT (NULL, SERVICE, RETRY, "close code 1013") },
  { AT (LISTEN), .close = 1015, EXPECT (NULL, TLS, STOP, "encrypted") },
  { AT (LISTEN), .close = 3000, EXPECT (NULL, KEY, STOP, "did not accept the key") },
  { AT (LISTEN), .close = 1002, EXPECT (NULL, PROTOCOL, STOP, "close code 1002") },
  { AT (LISTEN), .close = 1003, EXPECT (NULL, PROTOCOL, STOP, "close code 1003") },
  { AT (LISTEN), .close = 1007, EXPECT (NULL, PROTOCOL, STOP, "close code 1007") },
  { AT (LISTEN), .close = 1009, EXPECT (NULL, PROTOCOL, STOP, "close code 1009") },
  { AT (LISTEN), .close = 1010, EXPECT (NULL, PROTOCOL, STOP, "close code 1010") },
  { AT (CREATE), .close = 4000, .reason = "invalid_request_error.brand_new",
    EXPECT (NULL, PROTOCOL, STOP, "(brand_new)") },
  { AT (LISTEN), .close = 4321, EXPECT (NULL, PROTOCOL, STOP, "close code 4321") },

  /* the network */
  { AT (CONNECT), NETWORK (g_resolver_error_quark, G_RESOLVER_ERROR_NOT_FOUND),
    EXPECT (NULL, LOST, RETRY, "not known") },
  { AT (CONNECT), NETWORK (g_resolver_error_quark, G_RESOLVER_ERROR_TEMPORARY_FAILURE),
    EXPECT (NULL, LOST, RETRY, "looked up") },
  { AT (CONNECT), NETWORK (g_tls_error_quark, G_TLS_ERROR_BAD_CERTIFICATE),
    EXPECT (NULL, TLS, STOP, "certificate") },
  { AT (CONNECT), NETWORK (g_tls_error_quark, G_TLS_ERROR_UNAVAILABLE),
    EXPECT (NULL, TLS, STOP, "glib-networking") },
  { AT (CONNECT), NETWORK (g_tls_error_quark, G_TLS_ERROR_HANDSHAKE), EXPECT (NULL, TLS, STOP, "encrypted") },
  { AT (LISTEN), NETWORK (g_tls_error_quark, G_TLS_ERROR_EOF), EXPECT (NULL, LOST, RETRY, "was cut") },
  { AT (CREATE), NETWORK (cap_error_quark, CAP_ERROR_PROTOCOL_ERROR),
    EXPECT (NULL, PROTOCOL, OTHER_DOOR, "dialect") },
  { AT (LISTEN), NETWORK (cap_error_quark, CAP_ERROR_PROTOCOL_ERROR),
    EXPECT (NULL, PROTOCOL, RETRY, "captiond reconnects") },
  { AT (CONNECT), NETWORK (g_io_error_quark, G_IO_ERROR_CONNECTION_REFUSED),
    EXPECT (NULL, LOST, RETRY, "No server is listening") },
  { AT (CONNECT), NETWORK (g_io_error_quark, G_IO_ERROR_PROXY_AUTH_FAILED),
    EXPECT (NULL, LOST, STOP, "password") },
  { AT (CONNECT), NETWORK (g_io_error_quark, G_IO_ERROR_PROXY_NEED_AUTH),
    EXPECT (NULL, LOST, STOP, "password") },
  { AT (CONNECT), NETWORK (g_io_error_quark, G_IO_ERROR_PROXY_NOT_ALLOWED),
    EXPECT (NULL, LOST, STOP, "Ask its administrator") },
  { AT (CONNECT), NETWORK (g_io_error_quark, G_IO_ERROR_PROXY_FAILED),
    EXPECT (NULL, LOST, RETRY, "cannot be reached") },
  { AT (CONNECT), NETWORK (g_io_error_quark, G_IO_ERROR_HOST_UNREACHABLE),
    EXPECT (NULL, LOST, RETRY, "cannot be reached") },
  { AT (LISTEN), NETWORK (g_io_error_quark, G_IO_ERROR_CONNECTION_CLOSED),
    EXPECT (NULL, LOST, RETRY, "was lost") },

  /* silence */
  { AT (CONNECT), .silent = TRUE, EXPECT (NULL, LOST, RETRY, "did not answer in time") },
  { AT (CREATE), .silent = TRUE, EXPECT (NULL, SERVICE, RETRY, "accepted the connection") },
  { AT (CONFIGURE), .silent = TRUE, .code = "invalid_value", .param = "session.include",
    EXPECT ("7.2-2", SUPPORTED, DROP_FIELD, "the setting include") },
  { AT (LISTEN), .silent = TRUE, EXPECT (NULL, LOST, RETRY, "did not answer in time") },
};

static const char *
either (const char *value, const char *other)
{
  return value != NULL ? value : other;
}

static CapFault *
judge (const Case *it)
{
  g_auto (CapEvidence) evidence = {
    .stage = it->stage,
    .status = it->status,
    .close_code = it->close,
    .close_reason = g_strdup (it->reason),
    .request_id = g_strdup ("3f0d7a52-0b1c-4a77-9d0e-00c0ffee0000"),
    .region = g_strdup ("France Central"),
    .session_type = g_strdup (it->session_type),
    .location = g_strdup (it->location),
    .retry_after = 7,
    .turn_failed = it->turn,
    .by_proxy = it->by_proxy,
    .timed_out = it->silent,
  };
  CapAsked asked = {
    .provider = "p",
    .dialect = either (it->dialect, "azure"),
    .host = either (it->host, HOST),
    .path = "https://" HOST "/openai/v1/realtime",
    .model = either (it->model, "my-whisper"),
    .session_model = either (it->session_model, "my-talker"),
    .with_key = !it->without_key,
  };
  CapServiceError error = { (char *) it->type, (char *) it->code, (char *) it->message, (char *) it->param };

  if (it->type != NULL || it->code != NULL || it->message != NULL)
    evidence.error = cap_service_error_copy (&error);
  if (it->domain != NULL)
    evidence.network = g_error_new_literal (it->domain (), it->network, "private words");

  return cap_fault_judge (&evidence, &asked);
}

static void
every_fault_has_its_meaning_and_remedy (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CapFault) fault = judge (&cases[i]);

      g_test_message ("%" G_GSIZE_FORMAT ": %s", i, fault->error->message);
      g_assert_cmpstr (fault->row, ==, cases[i].row);
      g_assert_error (fault->error, CAP_ERROR, (int) cases[i].error);
      g_assert_cmpint (fault->remedy, ==, cases[i].remedy);
      g_assert_nonnull (strstr (fault->error->message, cases[i].phrase));
      g_assert_cmpuint (fault->wait, ==, cases[i].remedy == CAP_REMEDY_RETRY ? 7 : 0);
    }
}

static void
sentences_are_whole_and_name_the_request (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CapFault) fault = judge (&cases[i]);
      const char *message = fault->error->message;

      g_assert_true (g_str_has_suffix (message, " (request 3f0d7a52-0b1c-4a77-9d0e-00c0ffee0000, "
                                                "region France Central)."));
      g_assert_null (strpbrk (message, "{}[]|"));
      g_assert_null (strstr (message, "private words"));
      g_assert_null (strstr (message, "api-key="));
    }
}

static void
every_numbered_row_is_reached (void)
{
  gsize n_rows;
  const CapFaultRow *rows = cap_fault_rows (&n_rows);

  for (gsize i = 0; i < n_rows; i++)
    {
      gboolean reached = rows[i].row == NULL;

      for (gsize j = 0; j < G_N_ELEMENTS (cases); j++)
        reached = reached || (g_strcmp0 (cases[j].row, rows[i].row) == 0 && cases[j].error == rows[i].error
                              && cases[j].remedy == rows[i].remedy);
      g_test_message ("%s", rows[i].row != NULL ? rows[i].row : "-");
      g_assert_true (reached);
    }
}

/* docs/known-failures.md */

static char *
read_page (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "docs", "known-failures.md", NULL);
  char *page = NULL;

  g_assert_true (g_file_get_contents (path, &page, NULL, NULL));
  return page;
}

/* Returns the entry from its heading to the next one, or NULL if there is none. */
static char *
entry_of (const char *page, const char *row)
{
  g_autofree char *heading = g_strdup_printf ("\n### %s: ", row);
  const char *begin = strstr (page, heading);
  const char *end = begin != NULL ? strstr (begin + 1, "\n##") : NULL;

  return begin != NULL && end != NULL ? g_strndup (begin, end - begin) : NULL;
}

/* The longest part of a sentence without placeholders and brackets. */
static char *
longest_part (const char *sentence)
{
  g_auto (GStrv) parts = g_strsplit_set (sentence, "{}[]|", -1);
  const char *longest = "";

  for (int i = 0; parts[i] != NULL; i++)
    if (strlen (parts[i]) > strlen (longest))
      longest = parts[i];

  return g_strdup (longest);
}

static void
assert_entry (const char *page, const CapFaultRow *row)
{
  g_autoptr (GError) error = g_error_new_literal (CAP_ERROR, row->error, "");
  g_autofree char *name = g_strdup_printf ("**%s**", strrchr (cap_error_get_name (error), '.') + 1);
  g_autofree char *sentence = longest_part (row->sentence);
  g_autofree char *entry = entry_of (page, row->row);

  g_test_message ("%s %s: %s", row->row, name, sentence);
  g_assert_nonnull (entry);
  g_strdelimit (entry, "\n", ' ');
  g_assert_nonnull (strstr (entry, name));
  g_assert_nonnull (strstr (entry, sentence));
}

static void
every_numbered_row_is_explained (void)
{
  g_autofree char *page = read_page ();
  gsize n_rows;
  const CapFaultRow *rows = cap_fault_rows (&n_rows);

  for (gsize i = 0; i < n_rows; i++)
    if (rows[i].row != NULL)
      assert_entry (page, &rows[i]);
}

/* Except for the failures that captiond cannot see. */
static void
every_explained_row_is_told (void)
{
  g_autofree char *page = read_page ();
  g_auto (GStrv) lines = g_strsplit (page, "\n", -1);
  gboolean unseen = FALSE;
  guint n_entries = 0;

  for (int i = 0; lines[i] != NULL; i++)
    {
      gboolean told = FALSE;

      if (g_str_has_prefix (lines[i], "## "))
        unseen = strcmp (lines[i], "## Failures that captiond cannot see") == 0;
      if (!g_str_has_prefix (lines[i], "### "))
        continue;

      n_entries++;
      for (gsize j = 0; j < G_N_ELEMENTS (cases); j++)
        told = told || (cases[j].row != NULL && g_str_has_prefix (lines[i] + strlen ("### "), cases[j].row));
      g_test_message ("%s", lines[i]);
      g_assert_cmpint (told, ==, !unseen);
    }

  g_assert_cmpuint (n_entries, ==, 26);
}

/* fields and texts */

static void
assert_field (const char *param, const char *message, CapField field)
{
  Case it = { .stage = CAP_STAGE_CONFIGURE, .code = "invalid_value", .param = param, .message = message };
  g_autoptr (CapFault) fault = judge (&it);

  g_test_message ("%s %s", param, message);
  g_assert_cmpint (fault->field, ==, field);
  g_assert_cmpint (fault->remedy, ==, field == CAP_FIELD_TURN_DETECTION ? CAP_REMEDY_OUR_TURNS
                                      : field != 0                      ? CAP_REMEDY_DROP_FIELD
                                                                        : CAP_REMEDY_IGNORE);
}

static void
refused_fields_are_found (void)
{
  assert_field ("session.audio.input.transcription.languages", NULL, CAP_FIELD_LANGUAGE);
  assert_field ("session.audio.input.transcription.prompt", NULL, CAP_FIELD_PROMPT);
  assert_field ("session.audio.input.transcription.keywords[2]", NULL, CAP_FIELD_KEYWORDS);
  assert_field ("session.audio.input.transcription.delay", NULL, CAP_FIELD_DELAY);
  assert_field ("session.audio.input.noise_reduction.strength", NULL, CAP_FIELD_NOISE_REDUCTION);
  assert_field ("session.input_audio_noise_reduction", NULL, CAP_FIELD_NOISE_REDUCTION);
  assert_field ("session.include[0]", NULL, CAP_FIELD_INCLUDE);
  assert_field ("session.audio.input.turn_detection.type", NULL, CAP_FIELD_TURN_DETECTION);

  assert_field (NULL, "Language 'xx' is not supported.", CAP_FIELD_LANGUAGE);
  assert_field (NULL, "Prompt is not supported for this model", CAP_FIELD_PROMPT);
  assert_field (NULL, "'delay' is not supported for this model", CAP_FIELD_DELAY);
  assert_field (NULL, "noise_reduction is not available", CAP_FIELD_NOISE_REDUCTION);
  assert_field (NULL, "This model does not support logprobs.", CAP_FIELD_INCLUDE);
  assert_field (NULL, "Unsupported value for turn_detection", CAP_FIELD_TURN_DETECTION);

  assert_field (NULL, "The prompt was fine.", 0);
  assert_field (NULL, "prompted is not supported", 0);
  assert_field ("session.audio.input.format", "prompt is not supported", 0);
}

static void
nothing_known_is_judged_too (void)
{
  g_auto (CapEvidence) evidence = { 0 };
  CapAsked asked = { 0 };

  for (int stage = CAP_STAGE_CONNECT; stage <= CAP_STAGE_LISTEN; stage++)
    {
      g_autoptr (CapFault) fault = NULL;
      g_autoptr (CapFault) copy = NULL;

      evidence.stage = stage;
      fault = cap_fault_judge (&evidence, &asked);
      copy = cap_fault_copy (fault);
      g_assert_cmpint (copy->remedy, ==, CAP_REMEDY_RETRY);
      g_assert_cmpstr (copy->error->message, ==, fault->error->message);
    }
}

static void
what_was_said_while_listening_is_not_repeated (void)
{
  Case it = { .stage = CAP_STAGE_LISTEN, .close = 4000, .code = "odd", .message = "You said: canary." };
  g_autoptr (CapFault) fault = judge (&it);

  g_assert_null (strstr (fault->error->message, "canary"));
}

static void
long_words_of_the_service_are_cut (void)
{
  Case it = { .stage = CAP_STAGE_HANDSHAKE, .status = 400 };
  g_autofree char *message = g_strnfill (1000, '-');
  g_autoptr (CapFault) fault = NULL;

  it.message = message;
  fault = judge (&it);

  g_assert_cmpuint (strlen (fault->error->message), <, 500);
  g_assert_nonnull (strstr (fault->error->message, "…\""));
}

static void
fields_have_names (void)
{
  for (guint field = CAP_FIELD_LANGUAGE; field <= CAP_FIELD_TURN_DETECTION; field <<= 1)
    g_assert_cmpint (cap_field_from_string (cap_field_to_string (field)), ==, field);
  g_assert_cmpint (cap_field_from_string ("nonsense"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/realtime-fault/every-fault-has-its-meaning-and-remedy",
                   every_fault_has_its_meaning_and_remedy);
  g_test_add_func ("/realtime-fault/sentences-are-whole-and-name-the-request",
                   sentences_are_whole_and_name_the_request);
  g_test_add_func ("/realtime-fault/every-numbered-row-is-reached", every_numbered_row_is_reached);
  g_test_add_func ("/realtime-fault/every-numbered-row-is-explained", every_numbered_row_is_explained);
  g_test_add_func ("/realtime-fault/every-explained-row-has-its-sentence", every_explained_row_is_told);
  g_test_add_func ("/realtime-fault/refused-fields-are-found", refused_fields_are_found);
  g_test_add_func ("/realtime-fault/a-fault-without-evidence-is-judged-too", nothing_known_is_judged_too);
  g_test_add_func ("/realtime-fault/messages-while-listening-are-not-repeated",
                   what_was_said_while_listening_is_not_repeated);
  g_test_add_func ("/realtime-fault/long-messages-of-the-service-are-cut", long_words_of_the_service_are_cut);
  g_test_add_func ("/realtime-fault/fields-have-names", fields_have_names);

  return g_test_run ();
}
