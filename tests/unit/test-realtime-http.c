/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "dbus/error.h"
#include "protocol/connection-private.h"
#include "tools/web.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define KEY "canary-4711-key"
#define JSON "{\"session\":{}}"

/* The result of an attempt. */
typedef struct
{
  gboolean done;
  gboolean success;
  char *body;
  char *address;
  CapEvidence evidence;
} Outcome;

static void
outcome_clear (Outcome *self)
{
  cap_body_free (self->body);
  g_free (self->address);
  cap_evidence_clear (&self->evidence);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

static void
on_posted (GObject *source, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  outcome->success = cap_realtime_connection_post_finish (result, &outcome->body, &outcome->evidence);
  outcome->done = TRUE;
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  outcome->success = cap_realtime_connection_probe_finish (result, &outcome->address, &outcome->evidence);
  outcome->done = TRUE;
}

static void
on_closed (Outcome *outcome, const CapEvidence *evidence)
{
  outcome->evidence.stage = evidence->stage;
  outcome->evidence.status = evidence->status;
  outcome->evidence.by_proxy = evidence->by_proxy;
  outcome->done = TRUE;
}

static void
on_opened (Outcome *outcome)
{
  outcome->success = outcome->done = TRUE;
}

static void
wait_until_done (Outcome *outcome)
{
  wait_for (outcome->done);
}

static void
post (Outcome *outcome, const char *url, const char *ca_file, GCancellable *cancellable)
{
  g_autoptr (CapSecret) secret = cap_secret_new (KEY, -1, NULL);
  const CapEndpoint endpoint = { url, CAP_AUTH_API_KEY, secret, ca_file, NULL };

  cap_realtime_connection_post_async (&endpoint, JSON, cancellable, on_posted, outcome);
}

static void
probe (Outcome *outcome, const char *url, const char *ca_file)
{
  const CapEndpoint endpoint = { url, CAP_AUTH_NONE, NULL, ca_file, NULL };

  cap_realtime_connection_probe_async (&endpoint, NULL, on_probed, outcome);
  wait_until_done (outcome);
}

/* post */

static void
test_post (gconstpointer data)
{
  const WebKeys *keys = data;
  g_autoptr (WebServer) server = web_server_new (keys->certificate);
  g_auto (Outcome) outcome = { 0 };

  server->status[0] = 201;
  server->body = "{\"value\":\"ek_1\"}";
  post (&outcome, server->url, keys->ca_file, NULL);
  wait_until_done (&outcome);
  g_assert_true (outcome.success);
  g_assert_cmpstr (outcome.body, ==, server->body);
  g_assert_true (g_str_has_prefix (server->requests->pdata[0], "POST /\n"));
  g_assert_nonnull (strstr (server->requests->pdata[0], "api-key: " KEY "\n"));
  g_assert_nonnull (strstr (server->requests->pdata[0], "Content-Type: application/json\n"));
}

static void
test_post_refused (gconstpointer data)
{
  g_autoptr (WebServer) server = web_server_new (NULL);
  g_auto (Outcome) outcome = { 0 };

  server->status[0] = GPOINTER_TO_UINT (data);
  server->body = "{\"error\":{\"code\":\"InvalidSessionType\",\"message\":\"no\"}}";
  server->headers[0] = "x-request-id";
  server->headers[1] = "abc";
  post (&outcome, server->url, NULL, NULL);
  wait_until_done (&outcome);
  g_assert_false (outcome.success);
  g_assert_cmpint (outcome.evidence.stage, ==, CAP_STAGE_MINT);
  g_assert_cmpuint (outcome.evidence.status, ==, GPOINTER_TO_UINT (data));
  g_assert_cmpstr (outcome.evidence.error->code, ==, "InvalidSessionType");
  g_assert_cmpstr (outcome.evidence.request_id, ==, "abc");
  g_assert_cmpuint (server->requests->len, ==, 1);
}

static void
test_post_redirect (gconstpointer data)
{
  g_autoptr (WebServer) server = web_server_new (NULL);
  g_autoptr (RawServer) other = raw_server_new ();
  g_autofree char *location = g_strdup_printf ("%s?api-key=%s", other->url, KEY);
  g_auto (Outcome) outcome = { 0 };

  server->status[0] = GPOINTER_TO_UINT (data);
  server->headers[0] = "Location";
  server->headers[1] = location;
  post (&outcome, server->url, NULL, NULL);
  wait_until_done (&outcome);
  g_assert_false (outcome.success);
  g_assert_cmpuint (outcome.evidence.status, ==, GPOINTER_TO_UINT (data));
  g_assert_null (strstr (outcome.evidence.location, KEY));
  g_assert_cmpuint (server->requests->len, ==, 1);
  web_settle ();
  g_assert_cmpuint (other->n_connections, ==, 0);
}

static void
test_post_of_too_much (void)
{
  g_autoptr (WebServer) server = web_server_new (NULL);
  g_autofree char *much = g_strnfill (256 * 1024 + 1, 'x');
  g_auto (Outcome) outcome = { 0 };

  server->status[0] = 200;
  server->body = much;
  post (&outcome, server->url, NULL, NULL);
  wait_until_done (&outcome);
  g_assert_false (outcome.success);
  g_assert_error (outcome.evidence.network, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE);
  g_assert_cmpint (outcome.evidence.stage, ==, CAP_STAGE_MINT);
}

static void
test_post_cancelled (void)
{
  g_autoptr (RawServer) server = raw_server_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Outcome) outcome = { 0 };

  server->mute = TRUE;
  post (&outcome, server->url, NULL, cancellable);
  wait_for (server->n_connections);
  g_cancellable_cancel (cancellable);
  wait_until_done (&outcome);
  g_assert_false (outcome.success);
  g_assert_error (outcome.evidence.network, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_post_to_nowhere (void)
{
  g_auto (Outcome) outcome = { 0 };

  post (&outcome, "no url", NULL, NULL);
  g_assert_false (outcome.done);
  wait_until_done (&outcome);
  g_assert_error (outcome.evidence.network, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

/* probe */

static void
test_probe (gconstpointer data)
{
  const WebKeys *keys = data;
  g_autoptr (TlsServer) server = tls_server_new (keys->certificate);
  g_auto (Outcome) trusted = { 0 };
  g_auto (Outcome) unknown = { 0 };

  probe (&trusted, server->url, keys->ca_file);
  g_assert_true (trusted.success);
  g_assert_cmpstr (trusted.address, ==, "127.0.0.1");
  web_settle ();
  g_assert_cmpuint (server->n_heard, ==, 0);

  probe (&unknown, server->url, NULL);
  g_assert_false (unknown.success);
  g_assert_error (unknown.evidence.network, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_assert_cmpstr (unknown.address, ==, "127.0.0.1");
}

static void
test_probe_of_another_host (gconstpointer data)
{
  const WebKeys *keys = data;
  g_autoptr (TlsServer) server = tls_server_new (keys->of_elsewhere);
  g_auto (Outcome) outcome = { 0 };

  probe (&outcome, server->url, keys->ca_file);
  g_assert_error (outcome.evidence.network, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
}

static void
test_probe_without_encryption (void)
{
  RawServer *server = raw_server_new ();
  g_autofree char *url = g_strdup (server->url);
  g_auto (Outcome) there = { 0 };
  g_auto (Outcome) gone = { 0 };

  probe (&there, url, NULL);
  g_assert_true (there.success);
  raw_server_free (server);

  probe (&gone, url, NULL);
  g_assert_false (gone.success);
  g_assert_error (gone.evidence.network, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_assert_cmpint (gone.evidence.stage, ==, CAP_STAGE_CONNECT);
}

static void
test_probe_of_an_unknown_name (void)
{
  g_auto (Outcome) outcome = { 0 };

  probe (&outcome, "https://nothing.invalid/v1", NULL);
  g_assert_false (outcome.success);
  g_assert_cmpint (outcome.evidence.network->domain, ==, G_RESOLVER_ERROR);
  g_assert_null (outcome.address);
}

/* the file of an authority */

static void
assert_no_authority (const char *path)
{
  g_auto (Outcome) outcome = { 0 };

  probe (&outcome, "https://127.0.0.1:1/v1", path);
  g_assert_false (outcome.success);
  g_assert_error (outcome.evidence.network, CAP_ERROR, CAP_ERROR_TLS_FAILED);
  g_assert_nonnull (strstr (outcome.evidence.network->message, path));
}

static void
test_bad_authorities (gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("captiond-authority-XXXXXX", NULL);
  g_autofree char *pipe = g_build_filename (folder, "pipe", NULL);
  g_autofree char *large = g_build_filename (folder, "large", NULL);

  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_true (g_file_set_contents (large, "", 0, NULL));
  g_assert_cmpint (truncate (large, 1024 * 1024 + 1), ==, 0);

  assert_no_authority ("/dev/zero");
  assert_no_authority (pipe);
  assert_no_authority (folder);
  assert_no_authority (large);
  assert_no_authority ("/nonexistent");

  g_unlink (pipe);
  g_unlink (large);
  g_rmdir (folder);
}

/* proxy */

#define FORBIDDEN "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
#define NEEDS_AUTH "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n" \
                   "Content-Length: 0\r\n\r\n"

/* Only the default proxy resolver reads the environment, and a new environment needs a
 * new process. */
static gboolean
in_new_process (const char *path)
{
  if (g_test_subprocess ())
    return FALSE;

  g_test_trap_subprocess (path, 120 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
  return TRUE;
}

static void
open_through (Outcome *outcome, const WebKeys *keys)
{
  g_autoptr (CapRealtimeConnection) connection = cap_realtime_connection_new ();
  g_autoptr (CapSecret) secret = cap_secret_new (KEY, -1, NULL);
  const CapEndpoint endpoint = { "https://captions.test/echo", CAP_AUTH_BEARER, secret, keys->ca_file, NULL };

  g_signal_connect_swapped (connection, "opened", G_CALLBACK (on_opened), outcome);
  g_signal_connect_swapped (connection, "closed", G_CALLBACK (on_closed), outcome);
  cap_realtime_connection_open (connection, &endpoint);
  wait_until_done (outcome);
  g_signal_handlers_disconnect_by_data (connection, outcome);
}

static void
test_proxy (gconstpointer data)
{
  g_autoptr (WebServer) server = NULL;
  g_autoptr (TlsServer) quiet = NULL;
  g_autoptr (ProxyServer) proxy = NULL;
  g_auto (Outcome) opened = { 0 };
  g_auto (Outcome) probed = { 0 };

  if (in_new_process ("/proxy/agrees"))
    return;
  server = web_server_new (((const WebKeys *) data)->certificate);
  proxy = proxy_server_new (server->port, NULL);
  g_setenv ("https_proxy", proxy->url, TRUE);

  open_through (&opened, data);
  g_assert_true (opened.success);
  g_assert_true (g_str_has_prefix (proxy->heard->str, "CONNECT captions.test:443 HTTP/1."));
  g_assert_null (strstr (proxy->heard->str, KEY));
  g_assert_null (strstr (proxy->heard->str, "Authorization"));
  g_assert_nonnull (strstr (server->requests->pdata[0], "Authorization: Bearer " KEY));

  quiet = tls_server_new (((const WebKeys *) data)->certificate);
  proxy->to = quiet->port;
  probe (&probed, "https://captions.test/", ((const WebKeys *) data)->ca_file);
  g_assert_true (probed.success);
}

static void
test_proxy_and_this_computer (void)
{
  g_autoptr (WebServer) server = NULL;
  g_autoptr (ProxyServer) proxy = NULL;
  g_auto (Outcome) posted = { 0 };

  if (in_new_process ("/proxy/this-computer"))
    return;
  server = web_server_new (NULL);
  proxy = proxy_server_new (server->port, FORBIDDEN);
  g_setenv ("http_proxy", proxy->url, TRUE);

  server->status[0] = 201;
  server->body = "{}";
  post (&posted, server->url, NULL, NULL);
  wait_until_done (&posted);
  g_assert_true (posted.success);
  g_assert_cmpstr (proxy->heard->str, ==, "");
}

static void
assert_refused_by_proxy (const WebKeys *keys, const char *refusal, guint status)
{
  g_autoptr (ProxyServer) proxy = proxy_server_new (0, refusal);
  g_auto (Outcome) opened = { 0 };
  g_auto (Outcome) posted = { 0 };
  g_auto (Outcome) probed = { 0 };

  g_setenv ("https_proxy", proxy->url, TRUE);
  open_through (&opened, keys);
  g_assert_false (opened.success);
  g_assert_cmpuint (opened.evidence.status, ==, status);
  g_assert_true (opened.evidence.by_proxy);
  g_assert_cmpint (opened.evidence.stage, ==, CAP_STAGE_CONNECT);

  post (&posted, "https://captions.test/", keys->ca_file, NULL);
  wait_until_done (&posted);
  g_assert_cmpuint (posted.evidence.status, ==, status);
  g_assert_true (posted.evidence.by_proxy);

  probe (&probed, "https://captions.test/", keys->ca_file);
  g_assert_false (probed.success);
  g_assert_true (probed.evidence.by_proxy);
  g_assert_null (strstr (proxy->heard->str, KEY));
}

static void
test_proxy_forbids (gconstpointer data)
{
  if (!in_new_process ("/proxy/forbids"))
    assert_refused_by_proxy (data, FORBIDDEN, 403);
}

static void
test_proxy_wants_a_password (gconstpointer data)
{
  if (!in_new_process ("/proxy/wants-a-password"))
    assert_refused_by_proxy (data, NEEDS_AUTH, 407);
}

/* main */

static void
add_posts (const WebKeys *keys)
{
  static const guint statuses[] = { 301, 302, 303, 307, 308, 400, 401, 429, 500 };

  g_test_add_data_func ("/post/success", keys, test_post);
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autofree char *name = g_strdup_printf ("/post/%u", statuses[i]);

      g_test_add_data_func (name, GUINT_TO_POINTER (statuses[i]),
                            statuses[i] < 400 ? test_post_redirect : test_post_refused);
    }
  g_test_add_func ("/post/too-much", test_post_of_too_much);
  g_test_add_func ("/post/cancelled", test_post_cancelled);
  g_test_add_func ("/post/nowhere", test_post_to_nowhere);
}

int
main (int argc, char *argv[])
{
  g_auto (WebKeys) keys = { 0 };

  g_test_init (&argc, &argv, NULL);
  web_keys_make (&keys);

  add_posts (&keys);
  g_test_add_data_func ("/probe/encrypted", &keys, test_probe);
  g_test_add_data_func ("/probe/other-host", &keys, test_probe_of_another_host);
  g_test_add_func ("/probe/plain", test_probe_without_encryption);
  g_test_add_func ("/probe/unknown-name", test_probe_of_an_unknown_name);
  g_test_add_data_func ("/authority/bad-files", &keys, test_bad_authorities);
  g_test_add_func ("/proxy/this-computer", test_proxy_and_this_computer);
  g_test_add_data_func ("/proxy/agrees", &keys, test_proxy);
  g_test_add_data_func ("/proxy/forbids", &keys, test_proxy_forbids);
  g_test_add_data_func ("/proxy/wants-a-password", &keys, test_proxy_wants_a_password);

  return g_test_run ();
}
