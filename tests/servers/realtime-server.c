/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* A realtime speech service for the tests, as strict as the real ones: it follows the
 * protocol of the service given with --service, and breaks it only as --behaviour
 * demands. */

#include "servers/realtime-server.h"

#include <glib-unix.h>
#include <stdlib.h>
#include <unistd.h>

/* log */

char *
quote (const char *text)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_VALUE);

  if (text == NULL)
    return g_strdup ("null");
  json_node_set_string (node, text);
  return json_to_string (node, FALSE);
}

void
server_log (Server *self, guint n, const char *format, ...)
{
  va_list arguments;

  if (self->log == NULL)
    return;
  fprintf (self->log, "{\"n\":%u,\"ms\":%" G_GINT64_FORMAT ",", n, g_get_monotonic_time () / 1000);
  va_start (arguments, format);
  vfprintf (self->log, format, arguments);
  va_end (arguments);
  fprintf (self->log, "}\n");
  fflush (self->log);
}

void
server_log_refused (Server *self, guint n, const char *why)
{
  g_autofree char *quoted = quote (why);

  server_log (self, n, "\"dir\":\"refused\",\"why\":%s", quoted);
}

static void
add_header (const char *name, const char *value, gpointer user_data)
{
  json_object_set_string_member (user_data, name, value);
}

static void
log_request (Server *self, guint n, SoupServerMessage *msg)
{
  GUri *uri = soup_server_message_get_uri (msg);
  SoupMessageBody *body = soup_server_message_get_request_body (msg);
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *path = quote (g_uri_get_path (uri));
  g_autofree char *query = quote (g_uri_get_query (uri));
  g_autofree char *text = g_utf8_make_valid (body->data != NULL ? body->data : "", body->length);
  g_autofree char *quoted = quote (text);
  g_autofree char *headers = NULL;
  JsonObject *object = json_object_new ();

  soup_message_headers_foreach (soup_server_message_get_request_headers (msg), add_header, object);
  json_node_take_object (node, object);
  headers = json_to_string (node, FALSE);
  server_log (self, n, "\"dir\":\"http\",\"method\":\"%s\",\"path\":%s,\"query\":%s,\"headers\":%s,\"body\":%s",
              soup_server_message_get_method (msg), path, query, headers, quoted);
}

/* answers over HTTP */

static gboolean
is_azure (Server *self)
{
  return g_str_equal (self->service, "azure");
}

static void
answer (Server *self, SoupServerMessage *msg, guint status, const char *type, const char *body)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (msg);

  soup_server_message_set_status (msg, status, NULL);
  if (is_azure (self))
    {
      soup_message_headers_replace (headers, "apim-request-id", "00000000-0000-4000-8000-000000000000");
      soup_message_headers_replace (headers, "x-ms-region", "France Central");
    }
  else if (g_str_equal (self->service, "openai"))
    soup_message_headers_replace (headers, "x-request-id", "req_0123456789abcdef");
  if (status == 429 || status == 503)
    soup_message_headers_replace (headers, "Retry-After", self->retry_after != NULL ? self->retry_after : "1");
  soup_server_message_set_response (msg, type, SOUP_MEMORY_COPY, body, strlen (body));
}

static void
answer_error (Server *self, SoupServerMessage *msg, guint status, const char *code, const char *message)
{
  g_autofree char *quoted = quote (message);
  g_autofree char *body = NULL;

  if (is_azure (self))
    body = g_strdup_printf ("{\"error\":{\"code\":\"%s\",\"message\":%s}}", code, quoted);
  else
    body = g_strdup_printf ("{\"error\":{\"message\":%s,\"type\":\"invalid_request_error\",\"param\":null,"
                            "\"code\":\"%s\"}}", quoted, code);
  answer (self, msg, status, "application/json", body);
}

static void
refuse (Server *self, guint n, SoupServerMessage *msg, guint status, const char *code, const char *message)
{
  server_log_refused (self, n, message);
  answer_error (self, msg, status, code, message);
}

/* authentication */

static const char *
get_header (SoupServerMessage *msg, const char *name)
{
  return soup_message_headers_get_one (soup_server_message_get_request_headers (msg), name);
}

static const char *
get_bearer (SoupServerMessage *msg)
{
  const char *value = get_header (msg, "Authorization");

  return value != NULL && g_str_has_prefix (value, "Bearer ") ? value + 7 : NULL;
}

/* Returns the credential from the place where this service expects it. */
static const char *
get_credential (Server *self, SoupServerMessage *msg)
{
  const char *const speaches[] = { "X-API-Key", NULL };
  const char *const localai[] = { "x-api-key", "xi-api-key", NULL };
  const char *const azure[] = { "api-key", NULL };
  const char *const none[] = { NULL };
  const char *const *names = is_azure (self) ? azure : g_str_equal (self->service, "speaches") ? speaches
                             : g_str_equal (self->service, "localai") ? localai : none;
  const char *found = get_bearer (msg);

  for (guint i = 0; found == NULL && names[i] != NULL; i++)
    found = get_header (msg, names[i]);
  return found;
}

static gboolean
is_allowed (Server *self, SoupServerMessage *msg)
{
  const char *credential = get_credential (self, msg);

  if (self->key == NULL)
    return credential != NULL || (!is_azure (self) && !g_str_equal (self->service, "openai"));
  return credential != NULL
         && (g_str_equal (credential, self->key) || g_hash_table_contains (self->secrets, credential));
}

static void
redirect (Server *self, SoupServerMessage *msg, guint status)
{
  GUri *uri = soup_server_message_get_uri (msg);
  const char *key = get_header (msg, "api-key");
  g_autofree char *location = NULL;

  if (self->redirect_to != NULL)
    location = g_strdup (self->redirect_to);
  else
    location = g_strdup_printf ("http://127.0.0.1:%d/v1/realtime?%s&api-key=%s", g_uri_get_port (uri),
                                g_uri_get_query (uri) != NULL ? g_uri_get_query (uri) : "", key != NULL ? key : "");
  soup_message_headers_replace (soup_server_message_get_response_headers (msg), "Location", location);
  answer (self, msg, status, "text/plain", "");
}

/* minting */

static gboolean
is_mint (Server *self, const char *path)
{
  const char *const openai[] = { "/v1/realtime/client_secrets", NULL };
  const char *const azure[] = { "/openai/v1/realtime/client_secrets", "/openai/realtimeapi/transcription_sessions",
                                "/openai/realtimeapi/sessions", NULL };
  const char *const legacy[] = { "/v1/realtime/transcription_sessions", NULL };

  return (is_azure (self) && g_strv_contains (azure, path))
         || (g_str_equal (self->service, "openai") && g_strv_contains (openai, path))
         || (g_str_equal (self->service, "legacy") && g_strv_contains (legacy, path));
}

static JsonObject *
get_object (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static const char *
get_string (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

static void
give_secret (Server *self, SoupServerMessage *msg, gboolean flat, const char *kind)
{
  gint64 expires_at = g_get_real_time () / G_USEC_PER_SEC + 600;
  g_autofree char *value = g_strdup_printf ("ek_canary%08x%08x", g_random_int (), g_random_int ());
  g_autofree char *text = NULL;

  if (flat)
    text = g_strdup_printf ("{\"id\":\"sess_m\",\"object\":\"realtime.transcription_session\","
                            "\"client_secret\":{\"value\":\"%s\",\"expires_at\":%" G_GINT64_FORMAT "},"
                            "\"input_audio_format\":\"pcm16\",\"input_audio_transcription\":null,"
                            "\"turn_detection\":null}", value, expires_at);
  else
    text = g_strdup_printf ("{\"value\":\"%s\",\"expires_at\":%" G_GINT64_FORMAT ",\"session\":{\"type\":\"%s\","
                            "\"object\":\"realtime.%s\",\"id\":\"sess_m\",\"expires_at\":0,"
                            "\"audio\":{\"input\":{\"format\":{\"type\":\"audio/pcm\",\"rate\":24000}}}}}",
                            value, expires_at, kind,
                            g_str_equal (kind, "realtime") ? "session" : "transcription_session");
  g_hash_table_insert (self->secrets, g_steal_pointer (&value), g_strdup (kind));
  answer (self, msg, 200, "application/json", text);
}

/* Whether the behaviour applies to this mint. */
static gboolean
is_about_mint (Server *self, const char *path, JsonObject *session, const char *text)
{
  JsonObject *input = get_object (get_object (session, "audio"), "input");
  gboolean preview = strstr (path, "realtimeapi") != NULL;

  if (self->at_mint->place != AT_MINT)
    return FALSE;
  switch ((int) self->at_mint->trick)
    {
    case TRICK_PREVIEW:
      return preview;
    case TRICK_TRANSLATOR:
      return !preview && strstr (text, "translat") != NULL;
    case TRICK_MINT_CONFIG:
      return get_object (input, "transcription") != NULL || get_object (session, "input_audio_transcription") != NULL;
    case TRICK_MINT_KIND:
      return g_strcmp0 (get_string (session, "type"), "transcription") == 0;
    case TRICK_MINT_TOP_MODEL:
      /* Rows 7.1-0c and 7.1-2a of docs/known-failures.md differ in the session type. */
      return get_string (session, "model") != NULL
             && (self->at_mint->status == 400) == (g_strcmp0 (get_string (session, "type"), "realtime") == 0);
    default:
      return TRUE;
    }
}

static void
answer_complaint (Server *self, SoupServerMessage *msg, const Complaint *complaint)
{
  g_autofree char *message = quote (complaint->message), *param = quote (complaint->param);
  g_autofree char *body = g_strdup_printf ("{\"error\":{\"message\":%s,\"type\":\"invalid_request_error\",\"param\":%s,"
                                           "\"code\":\"%s\"}}", message, param, complaint->code);

  answer (self, msg, 400, "application/json", body);
}

static void
mint_session (Server *self, guint n, SoupServerMessage *msg, JsonObject *session, gboolean flat)
{
  const char *kind = flat ? "transcription" : get_string (session, "type");
  Complaint *complaint;

  if (g_strcmp0 (kind, "transcription") != 0 && g_strcmp0 (kind, "realtime") != 0)
    {
      refuse (self, n, msg, 400, is_azure (self) ? "InvalidSessionType" : "invalid_value", "session.type is needed.");
      return;
    }
  complaint = session_check_mint (self, n, session, flat);
  if (complaint == NULL)
    give_secret (self, msg, flat, kind);
  else
    {
      answer_complaint (self, msg, complaint);
      complaint_free (complaint);
    }
}

static void
mint (Server *self, guint n, SoupServerMessage *msg, const char *path)
{
  SoupMessageBody *body = soup_server_message_get_request_body (msg);
  gboolean flat = strstr (path, "client_secrets") == NULL;
  g_autofree char *text = g_strndup (body->data != NULL ? body->data : "", body->length);
  g_autoptr (JsonNode) root = json_from_string (text, NULL);
  JsonObject *object = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  JsonObject *session = flat ? object : get_object (object, "session");

  if (!is_allowed (self, msg))
    refuse (self, n, msg, 401, is_azure (self) ? "401" : "invalid_api_key", "Access denied: the key is wrong.");
  else if (is_about_mint (self, path, session, text) && self->at_mint->status / 100 == 3)
    redirect (self, msg, self->at_mint->status);
  else if (is_about_mint (self, path, session, text))
    answer_error (self, msg, self->at_mint->status, self->at_mint->code, self->at_mint->message);
  else if (object == NULL)
    refuse (self, n, msg, 400, "invalid_json", "The body is not a JSON object.");
  else
    mint_session (self, n, msg, session, flat);
}

/* the URLs of the services */

static void
forget_door (Door *door)
{
  g_free (door->model);
}

static void
close_door (Door *door, guint close_code, const char *error, const char *message)
{
  door->close_code = close_code;
  door->error = error;
  door->message = message;
}

static void
look_at_openai (Server *self, SoupServerMessage *msg, Door *door, const char *intent, const char *secret_kind)
{
  if (!is_allowed (self, msg))
    close_door (door, 3000, "invalid_api_key", "Incorrect API key provided: sk-***.");
  else if (get_header (msg, "OpenAI-Beta") != NULL)
    close_door (door, 4000, "beta_api_shape_disabled",
                "The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API.");
  else if (intent != NULL && door->model != NULL)
    close_door (door, 4000, "invalid_model", "The model is not supported in transcription mode.");
  else if (intent == NULL && door->model == NULL && secret_kind == NULL)
    close_door (door, 4000, "missing_model", "You must provide a model parameter.");
  else if (door->model != NULL
           && (strstr (door->model, "transcribe") != NULL || strstr (door->model, "whisper") != NULL))
    close_door (door, 4000, "invalid_model", "Use audio.input.transcription.model for a transcription model.");
}

/* Sets @status if the server refuses the upgrade. */
static void
look_at_azure (Server *self, SoupServerMessage *msg, Door *door, GHashTable *query, guint *status)
{
  const char *path = g_uri_get_path (soup_server_message_get_uri (msg));
  gboolean preview = g_str_equal (path, "/openai/realtime");
  const char *intent = g_hash_table_lookup (query, "intent");
  const char *credential = get_credential (self, msg);

  door->dialect = preview ? FLAT : GA;
  if (!is_allowed (self, msg))
    *status = 401;
  else if (preview && !g_hash_table_contains (query, "api-version"))
    *status = 404;
  else if (preview && intent != NULL && g_hash_table_contains (query, "deployment"))
    *status = 302;
  else if (preview && intent != NULL && !g_hash_table_contains (self->secrets, credential))
    *status = 401;
  else if (!preview && (g_hash_table_contains (query, "api-version") || (door->model != NULL) == (intent != NULL)
                        || g_hash_table_contains (query, "deployment")))
    *status = 400;
  else if (door->model != NULL
           && (strstr (door->model, "transcribe") != NULL || strstr (door->model, "whisper") != NULL))
    *status = 400;
}

static const char *
get_socket_path (Server *self, const char *path)
{
  if (is_azure (self))
    return g_str_equal (path, "/openai/v1/realtime") || g_str_equal (path, "/openai/realtime") ? path : NULL;
  return g_str_equal (path, "/v1/realtime") ? path : NULL;
}

/* Fills in @door from the URL. Returns the HTTP status of the refusal, or 0. */
static guint
look_at_door (Server *self, SoupServerMessage *msg, Door *door)
{
  GUri *uri = soup_server_message_get_uri (msg);
  g_autoptr (GHashTable) query = soup_form_decode (g_uri_get_query (uri) != NULL ? g_uri_get_query (uri) : "");
  const char *intent = g_hash_table_lookup (query, "intent");
  const char *credential = get_credential (self, msg);
  const char *secret_kind = credential != NULL ? g_hash_table_lookup (self->secrets, credential) : NULL;
  guint status = 0;

  *door = (Door){ .kind = secret_kind != NULL ? secret_kind : intent != NULL ? "transcription" : "realtime" };
  door->model = g_strdup (g_hash_table_lookup (query, "model"));
  door->dialect = g_str_equal (self->service, "legacy") ? FLAT : g_str_equal (self->service, "speaches") ? SPEACHES
                  : g_str_equal (self->service, "localai") ? LOCALAI : g_str_equal (self->service, "vllm") ? VLLM : GA;
  if (g_str_equal (self->service, "openai"))
    look_at_openai (self, msg, door, intent, secret_kind);
  else if (is_azure (self))
    look_at_azure (self, msg, door, query, &status);
  else if (!is_allowed (self, msg))
    status = door->dialect == SPEACHES ? 403 : 401;
  else if (door->dialect == SPEACHES && door->model == NULL)
    status = 422;
  else if (door->dialect == LOCALAI && door->model == NULL)
    status = 400;

  return status;
}

/* requests */

/* Whether the behaviour applies to this handshake. */
static gboolean
is_about_socket (Server *self, GUri *uri)
{
  const char *query = g_uri_get_query (uri) != NULL ? g_uri_get_query (uri) : "";
  gboolean preview = g_str_equal (g_uri_get_path (uri), "/openai/realtime");

  if (self->behaviour->place != AT_SOCKET)
    return FALSE;
  switch ((int) self->behaviour->trick)
    {
    case TRICK_PREVIEW:
      return preview;
    case TRICK_TRANSLATOR:
      return strstr (query, "translat") != NULL;
    case TRICK_MODEL_URL:
      return strstr (query, "model=") != NULL;
    case TRICK_INTENT_URL:
      return !preview && strstr (query, "intent=") != NULL;
    default:
      /* A client may repeat the request to read the body of the refusal. */
      return self->behaviour->status != 429 || self->n_sockets <= 2;
    }
}

static const char *
message_of (Server *self, SoupServerMessage *msg)
{
  const char *key = get_credential (self, msg);
  g_autofree char *echo = g_strdup_printf ("The key %s (Bearer %s, api-key=%s) may not do this.", key, key, key);

  return self->behaviour->trick == TRICK_ECHO_KEY ? g_intern_string (echo) : self->behaviour->message;
}

/* Returns whether the behaviour has answered in place of the upgrade. */
static gboolean
misbehave (Server *self, SoupServerMessage *msg)
{
  const Behaviour *behaviour = self->behaviour;

  self->n_sockets++;
  if (!is_about_socket (self, soup_server_message_get_uri (msg)))
    return FALSE;

  if (behaviour->trick == TRICK_NEVER_ANSWERS)
    soup_server_message_pause (msg);
  else if (behaviour->status / 100 == 3)
    redirect (self, msg, behaviour->status);
  else if (behaviour->status == 200)
    answer (self, msg, 200, "text/html", "<!DOCTYPE html><title>Welcome</title><p>Please log in.");
  else
    answer_error (self, msg, behaviour->status, behaviour->code, message_of (self, msg));
  return TRUE;
}

static void
replay_http (Server *self, SoupServerMessage *msg, JsonObject *record)
{
  JsonObject *headers = get_object (record, "headers");
  JsonNode *body = json_object_get_member (record, "body");
  g_autofree char *text = body != NULL && !JSON_NODE_HOLDS_NULL (body) ? json_to_string (body, FALSE) : g_strdup ("");
  g_autoptr (GList) names = headers != NULL ? json_object_get_members (headers) : NULL;

  answer (self, msg, json_object_get_int_member (record, "status"), "application/json", text);
  for (GList *name = names; name != NULL; name = name->next)
    soup_message_headers_replace (soup_server_message_get_response_headers (msg), name->data,
                                  json_object_get_string_member (headers, name->data));
}

gboolean
server_replays_mint (Server *self)
{
  g_autofree char *name = self->session_file != NULL ? g_path_get_basename (self->session_file) : NULL;

  return name != NULL && strstr (name, "-mint-") != NULL;
}

/* Whether the recording begins with an HTTP answer to this mint or upgrade. */
static gboolean
replays_http (Server *self, SoupServerMessage *msg, gboolean mint)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *text = NULL;
  JsonObject *record;

  if (self->session_file == NULL || mint != server_replays_mint (self)
      || !g_file_get_contents (self->session_file, &text, NULL, NULL))
    return FALSE;
  if (strchr (text, '\n') != NULL)
    *strchr (text, '\n') = '\0';
  if (!json_parser_load_from_data (parser, text, -1, NULL))
    return FALSE;
  record = json_node_get_object (json_parser_get_root (parser));
  if (!g_str_equal (json_object_get_string_member (record, "dir"), "http"))
    return FALSE;
  replay_http (self, msg, record);
  return TRUE;
}

static void
answer_upgrade (Server *self, guint n, SoupServerMessage *msg)
{
  Door door;
  guint status;

  if (misbehave (self, msg) || replays_http (self, msg, FALSE))
    return;
  status = look_at_door (self, msg, &door);
  if (status == 302)
    redirect (self, msg, 302);
  else if (status == 401)
    refuse (self, n, msg, 401, door.dialect == FLAT ? "Unauthorized" : "401",
            door.dialect == FLAT ? "This operation requires ephemeral authentication."
                                 : "Access denied due to invalid subscription key or wrong API endpoint.");
  else if (status == 400)
    refuse (self, n, msg, 400, "OpperationNotSupported",
            "The realtime operation does not work with the specified model. Please choose different model and try again.");
  else if (status != 0)
    refuse (self, n, msg, status, "refused", "The service refuses this.");
  forget_door (&door);
}

static void
on_request (SoupServer *soup, SoupServerMessage *msg, const char *path, GHashTable *query, gpointer user_data)
{
  Server *self = user_data;
  guint n = ++self->n_connections;
  const char *upgrade = get_header (msg, "Upgrade");

  g_object_set_data (G_OBJECT (msg), "n", GUINT_TO_POINTER (n));
  log_request (self, n, msg);
  if (get_socket_path (self, path) != NULL && upgrade != NULL && g_ascii_strcasecmp (upgrade, "websocket") == 0)
    answer_upgrade (self, n, msg);
  else if (is_mint (self, path) && !replays_http (self, msg, TRUE))
    mint (self, n, msg, path);
  else if (is_mint (self, path))
    return;
  else if (g_str_equal (self->service, "localai") && g_str_has_prefix (path, "/v1/realtime/"))
    answer_error (self, msg, 501, "not_implemented", "Not implemented");
  else
    answer_error (self, msg, 404, "404", "Resource not found");
}

static void
on_websocket (SoupServer *soup, SoupServerMessage *msg, const char *path, SoupWebsocketConnection *connection,
              gpointer user_data)
{
  Server *self = user_data;
  Door door;

  look_at_door (self, msg, &door);
  if (self->behaviour->trick == TRICK_ECHO_KEY)
    close_door (&door, self->behaviour->status, self->behaviour->code, message_of (self, msg));
  session_open (self, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (msg), "n")), connection, msg, &door);
  forget_door (&door);
}

/* lifecycle */

static gboolean
on_end (gpointer user_data)
{
  g_main_loop_quit (((Server *) user_data)->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_stdin (int fd, GIOCondition condition, gpointer user_data)
{
  char text[256];
  gssize n = read (fd, text, sizeof text - 1);
  g_auto (GStrv) lines = NULL;

  if (n <= 0)
    return on_end (user_data), G_SOURCE_REMOVE;
  text[n] = '\0';
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    server_obey (user_data, lines[i]);
  return G_SOURCE_CONTINUE;
}

static gboolean
listen_local (Server *self, char **tls, GError **error)
{
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autofree char *text = NULL;
  GSList *uris;

  self->soup = soup_server_new (NULL, NULL);
  if (tls[0] != NULL)
    {
      certificate = g_tls_certificate_new_from_files (tls[0], tls[1], error);
      if (certificate == NULL)
        return FALSE;
      soup_server_set_tls_certificate (self->soup, certificate);
    }
  soup_server_add_handler (self->soup, NULL, on_request, self, NULL);
  soup_server_add_websocket_handler (self->soup, NULL, NULL, NULL, on_websocket, self, NULL);
  if (!soup_server_listen_local (self->soup, self->port,
                                 SOUP_SERVER_LISTEN_IPV4_ONLY | (tls[0] != NULL ? SOUP_SERVER_LISTEN_HTTPS : 0), error))
    return FALSE;

  uris = soup_server_get_uris (self->soup);
  text = g_strdup_printf ("%d\n", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  if (self->port_file == NULL)
    return g_print ("%s", text), TRUE;
  return g_file_set_contents (self->port_file, text, -1, error);
}

static void G_GNUC_NORETURN
serve (Server *self, char **tls)
{
  g_autoptr (GError) error = NULL;
  int status = EXIT_SUCCESS;

  self->loop = g_main_loop_new (NULL, FALSE);
  self->secrets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->sessions = g_ptr_array_new ();
  self->hearing = hearing_new ();
  if (self->log_path != NULL)
    self->log = fopen (self->log_path, "ae");
  g_unix_signal_add (SIGTERM, on_end, self);
  g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_stdin, self);
  if (listen_local (self, tls, &error))
    g_main_loop_run (self->loop);
  else
    {
      g_printerr ("%s\n", error->message);
      status = EXIT_FAILURE;
    }
  /* The process ends here, so nothing frees the sessions and their timeouts. */
  if (self->log != NULL)
    fclose (self->log);
  _exit (status);
}

gboolean
server_set_behaviour (Server *self, const char *name)
{
  g_auto (GStrv) names = g_strsplit (name, "+", 2);
  const Behaviour *first = names[0] != NULL ? behaviour_find (names[0]) : NULL;
  const Behaviour *second = names[0] != NULL && names[1] != NULL ? behaviour_find (names[1]) : first;
  gboolean swap = first != second && first != NULL && first->place == AT_MINT;

  if (first == NULL || second == NULL)
    return FALSE;

  self->at_mint = swap ? first : second;
  self->changed = swap ? *second : *first;
  if (self->said.status != 0)
    self->changed.status = self->said.status;
  if (self->said.code != NULL)
    self->changed.code = self->said.code;
  if (self->said.message != NULL)
    self->changed.message = self->said.message;
  self->behaviour = &self->changed;
  self->n_sockets = 0;
  return TRUE;
}

int
main (int argc, char **argv)
{
  Server self = { .session_seconds = 3600 };
  gboolean tls = FALSE, list = FALSE;
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new ("[CERT.pem KEY.pem]");
  const GOptionEntry entries[] = {
    { "service", 0, 0, G_OPTION_ARG_STRING, &self.service, "openai, azure, legacy, speaches, localai or vllm", "NAME" },
    { "behaviour", 0, 0, G_OPTION_ARG_STRING, &self.behaviour_name, "Misbehave in this way", "NAME[+NAME]" },
    { "list-behaviours", 0, 0, G_OPTION_ARG_NONE, &list, "List the behaviours", NULL },
    { "key", 0, 0, G_OPTION_ARG_STRING, &self.key, "Accept only this key", "KEY" },
    { "port-file", 0, 0, G_OPTION_ARG_FILENAME, &self.port_file, "Write the port to this file", "FILE" },
    { "port", 0, 0, G_OPTION_ARG_INT, &self.port, "Listen on this port (default: any free port)", "N" },
    { "log", 0, 0, G_OPTION_ARG_FILENAME, &self.log_path, "Log all traffic, as JSON lines", "FILE" },
    { "tls", 0, 0, G_OPTION_ARG_NONE, &tls, "Use TLS with this certificate and key", NULL },
    { "text", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self.texts, "Text of a turn (repeatable)", "TEXT" },
    { "hear", 0, 0, G_OPTION_ARG_STRING, &self.hear, "Decode the countable words of make-words", "words" },
    { "delay-ms", 0, 0, G_OPTION_ARG_INT, &self.delay_ms, "Delay of each text", "N" },
    { "session-seconds", 0, 0, G_OPTION_ARG_INT, &self.session_seconds, "Session time limit", "N" },
    { "status", 0, 0, G_OPTION_ARG_INT, &self.said.status, "HTTP status or close code of the failure", "N" },
    { "code", 0, 0, G_OPTION_ARG_STRING, &self.said.code, "Error code of the failure", "CODE" },
    { "message", 0, 0, G_OPTION_ARG_STRING, &self.said.message, "Error message of the failure", "TEXT" },
    { "retry-after", 0, 0, G_OPTION_ARG_STRING, &self.retry_after, "Retry-After of 429 and 503", "SECONDS" },
    { "rate", 0, 0, G_OPTION_ARG_INT, &self.rate, "Sample rate of legacy, in Hz", "N" },
    { "redirect-to", 0, 0, G_OPTION_ARG_STRING, &self.redirect_to, "Target of redirects", "URL" },
    { "session", 0, 0, G_OPTION_ARG_FILENAME, &self.session_file, "Replay this recording", "FILE.jsonl" },
    { NULL }
  };

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || (tls && argc != 3))
    return g_printerr ("%s\n", error != NULL ? error->message : "--tls CERT KEY"), EXIT_FAILURE;
  if (list)
    return behaviours_list (), EXIT_SUCCESS;
  if (self.hear != NULL && !g_str_equal (self.hear, "words"))
    return g_printerr ("--hear words\n"), EXIT_FAILURE;
  if (self.service == NULL || !server_set_behaviour (&self, self.behaviour_name != NULL ? self.behaviour_name : "ok"))
    return g_printerr ("Unknown service or behaviour.\n"), EXIT_FAILURE;

  serve (&self, tls ? argv + 1 : (char *[]){ NULL });
}
