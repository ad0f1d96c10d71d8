/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "base/network.h"

static void
test_hosts (void)
{
  const char *const here[] = { "localhost", "LocalHost", "speech.localhost", "127.0.0.1", "127.255.0.7", "::1" };
  const char *const elsewhere[] = { "", "localhost.example", "notlocalhost", ".localhost", "localhost4", "10.0.0.1",
                                    "0.0.0.0", "::", "fe80::1", "127.0.0.1.example" };

  for (guint i = 0; i < G_N_ELEMENTS (here); i++)
    if (!cap_host_is_this_computer (here[i]))
      g_error ("%s is not taken for this computer", here[i]);
  for (guint i = 0; i < G_N_ELEMENTS (elsewhere); i++)
    if (cap_host_is_this_computer (elsewhere[i]))
      g_error ("%s is taken for this computer", elsewhere[i]);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  char ***proxies = user_data;
  g_autoptr (GError) error = NULL;

  *proxies = g_proxy_resolver_lookup_finish (G_PROXY_RESOLVER (source), result, &error);
  g_assert_no_error (error);
}

static void
assert_proxy (GProxyResolver *resolver, const char *uri, const char *proxy)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) at_once = g_proxy_resolver_lookup (resolver, uri, NULL, &error);
  g_auto (GStrv) later = NULL;

  g_assert_no_error (error);
  g_proxy_resolver_lookup_async (resolver, uri, NULL, on_found, &later);
  while (later == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (at_once[0], ==, proxy);
  g_assert_cmpstr (later[0], ==, proxy);
}

/* The default resolver reads the environment of a new process. */
static void
test_proxies (void)
{
  g_autoptr (GProxyResolver) resolver = NULL;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 60 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }

  g_setenv ("http_proxy", "http://proxy.test:3128", TRUE);
  g_setenv ("https_proxy", "http://proxy.test:3128", TRUE);
  g_unsetenv ("no_proxy");
  resolver = cap_proxy_resolver_new ();
  g_assert_true (g_proxy_resolver_is_supported (resolver));
  assert_proxy (resolver, "http://127.0.0.1:8000/v1", "direct://");
  assert_proxy (resolver, "https://[::1]/v1", "direct://");
  assert_proxy (resolver, "http://localhost/v1", "direct://");
  assert_proxy (resolver, "https://captions.test/v1", "http://proxy.test:3128");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/this computer and others", test_hosts);
  g_test_add_func ("/network/no proxy for this computer", test_proxies);
  return g_test_run ();
}
