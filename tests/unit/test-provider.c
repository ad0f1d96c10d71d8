/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "dbus/error.h"
#include "providers/provider-private.h"

/* @text: an a{sv} in the text format of GVariant. */
static CapProvider *
make (const char *text, GError **error)
{
  g_autoptr (GVariant) settings = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);

  g_assert_nonnull (settings);
  return cap_provider_new ("test", settings, error);
}

static CapProvider *
make_at (const char *dialect, const char *url, GError **error)
{
  g_autofree char *text =
    g_strdup_printf ("{'dialect': <'%s'>, 'url': <'%s'>, 'model': <'m'>}", dialect, url);

  return make (text, error);
}

static void
test_urls (void)
{
  const struct
  {
    const char *dialect;
    const char *url;
    const char *base;
    const char *host;
  } cases[] = {
    { "openai", "", "https://api.openai.com/v1", "api.openai.com" },
    { "auto", "https://api.openai.com/v1", "https://api.openai.com/v1", "api.openai.com" },
    { "auto", "  https://api.openai.com  ", "https://api.openai.com/v1", "api.openai.com" },
    { "auto", "wss://API.OpenAI.com/v1/realtime", "https://api.openai.com/v1", "api.openai.com" },
    { "auto", "https://api.openai.com:443/v1//", "https://api.openai.com/v1", "api.openai.com" },
    { "auto", "https://example.org:8443/a/b/", "https://example.org:8443/a/b", "example.org" },
    { "auto", "https://bücher.example", "https://xn--bcher-kva.example/v1", "xn--bcher-kva.example" },
    { "auto", "https://example.org/ü", "https://example.org/%C3%BC", "example.org" },
    { "auto", "ws://localhost:8000", "http://localhost:8000/v1", "localhost" },
    { "auto", "http://127.0.0.2/v1", "http://127.0.0.2/v1", "127.0.0.2" },
    { "auto", "http://[::1]:8000/v1", "http://[::1]:8000/v1", "::1" },
    { "auto", "http://localhost:80", "http://localhost/v1", "localhost" },
    { "auto", "https://r.openai.azure.com", "https://r.openai.azure.com", "r.openai.azure.com" },
    { "auto", "https://R.openai.azure.com/openai/v1/realtime", "https://r.openai.azure.com",
      "r.openai.azure.com" },
    { "auto", "https://r.cognitiveservices.azure.com/openai/", "https://r.cognitiveservices.azure.com",
      "r.cognitiveservices.azure.com" },
    { "auto", "https://r.services.ai.azure.com/openai/v1/", "https://r.services.ai.azure.com",
      "r.services.ai.azure.com" },
    { "azure", "https://gateway.example/speech/openai/realtime", "https://gateway.example/speech",
      "gateway.example" },
    { "azure-preview", "https://gateway.example", "https://gateway.example", "gateway.example" },
    { "auto", "https://openai.azure.com.example/openai", "https://openai.azure.com.example/openai",
      "openai.azure.com.example" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CapProvider) provider = make_at (cases[i].dialect, cases[i].url, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (provider->url, ==, cases[i].base);
      g_assert_cmpstr (provider->host, ==, cases[i].host);
    }
}

static void
test_bad_urls (void)
{
  const char *const urls[] = {
    "",
    "api.openai.com",
    "ftp://api.openai.com",
    "https://",
    "https:///v1",
    "https://SECRET@example.org",
    "https://user:SECRET@example.org/v1",
    "https://example.org/v1?api-key=SECRET",
    "https://example.org/v1#SECRET",
    "https://exa mple.org",
    "https://example.org/a b",
    "https://exa%2fmple.org",
    "https://example.org:99999",
    "https://example.org:0",
    "https://[fe80::1%25lo]/v1",
    "https://[fe80::1%eth0]:8000",
    "http://example.org",
    "ws://127.0.0.1.example.org",
    "ws://localhost.example.org",
    "http://10.0.0.1/v1",
    "https://example.org/\\r\\nX-Key: SECRET",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CapProvider) provider = make_at ("auto", urls[i], &error);

      if (provider != NULL)
        g_error ("“%s” was accepted as %s", urls[i], provider->url);
      g_assert_error (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION);
      g_assert_true (g_str_has_prefix (error->message, "url: "));
      g_assert_null (strstr (error->message, "SECRET"));
    }
}

static char *
make_up (GRand *random)
{
  const char *const schemes[] = { "https", "wss", "HTTPS", "http", "ws", "" };
  const char *const hosts[] = {
    "example.org", "EXAMPLE.org.", "127.0.0.1", "[::1]", "[2001:db8::7]", "[fe80::1%25lo]", "localhost",
    "b\303\274cher.example", "r.openai.azure.com", "a_b.example", "x..y", "-", "[", "1", "0x7f.1", "%41.example",
  };
  const char *const ports[] = { "", ":", ":0", ":1", ":80", ":443", ":65535", ":65536", ":08000", ":x" };
  const char *const paths[] = { "", "/", "//", "/v1", "/v1/realtime", "/openai/v1", "/openai", "/a%2Fb", "/%zz",
                                "/\303\274", "/..", "/a//b/", "/%00", "/:", "/@" };

#define PICK(array) array[g_rand_int_range (random, 0, G_N_ELEMENTS (array))]
  return g_strconcat (PICK (schemes), "://", PICK (hosts), PICK (ports), PICK (paths), PICK (paths), NULL);
#undef PICK
}

/* Whatever is accepted is stored, and read back as the same provider. */
static void
test_urls_come_back (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (g_test_rand_int ());
  guint n_accepted = 0;

  for (guint i = 0; i < 20000; i++)
    {
      g_autofree char *url = make_up (random);
      g_autoptr (CapProvider) provider = make_at (i % 2 == 0 ? "auto" : "azure", url, NULL);
      g_autoptr (CapProvider) again = NULL;
      g_autoptr (GVariant) settings = NULL;

      if (provider == NULL)
        continue;
      n_accepted++;
      settings = g_variant_ref_sink (cap_provider_get_settings (provider));
      again = cap_provider_new ("test", settings, NULL);
      if (again == NULL || !g_str_equal (again->url, provider->url)
          || !g_str_equal (again->host, provider->host))
        g_error ("“%s” was stored as “%s” and read as “%s”", url, provider->url,
                 again != NULL ? again->url : "nothing");
    }
  g_assert_cmpuint (n_accepted, >, 1000);
}

static void
test_plain (void)
{
  g_autoptr (CapProvider) plain =
    make ("{'url': <'http://example.org'>, 'model': <'m'>, 'allow-plain': <true>}", NULL);
  g_autoptr (CapProvider) here = make_at ("auto", "http://localhost", NULL);
  g_autoptr (CapProvider) secure = make_at ("auto", "https://example.org", NULL);

  g_assert_true (cap_provider_is_plain (plain));
  g_assert_false (cap_provider_is_plain (here));
  g_assert_false (cap_provider_is_plain (secure));
}

static void
test_bad_settings (void)
{
#define GOOD "'url': <'https://example.org'>, 'model': <'m'>"
  const struct
  {
    const char *text;
    const char *begins;
  } cases[] = {
    { "{'url': <'https://example.org'>}", "model: is missing" },
    { "{'model': <'m'>}", "url: is missing" },
    { "{" GOOD ", 'key': <'x'>}", "key: no such option" },
    { "{" GOOD ", 'dialect': <'klingon'>}", "dialect: must be auto, openai, " },
    { "{" GOOD ", 'auth': <'basic'>}", "auth: must be empty, none, " },
    { "{" GOOD ", 'auth': <'token-command'>}", "token-command: is missing" },
    { "{" GOOD ", 'token-command': <['']>}", "token-command: must begin" },
    { "{" GOOD ", 'token-command': <'az'>}", "token-command: must be a list of strings" },
    { "{" GOOD ", 'turns': <'both'>}", "turns: must be empty, server or client" },
    { "{" GOOD ", 'rate': <uint32 8000>}", "rate: must be" },
    { "{" GOOD ", 'delay': <'long'>}", "delay: must be" },
    { "{" GOOD ", 'noise-reduction': <'some'>}", "noise-reduction: must be" },
    { "{" GOOD ", 'organization': <'a b'>}", "organization: must be" },
    { "{" GOOD ", 'project': <'a\\r\\nb'>}", "project: must be" },
    { "{" GOOD ", 'ca-file': <'ca.pem'>}", "ca-file: must be an absolute path" },
    { "{" GOOD ", 'keywords': <['a', '']>}", "keywords: must not contain empty" },
    { "{" GOOD ", 'keywords': <['a\\nb']>}", "keywords: must not contain control" },
    { "{'url': <'https://example.org'>, 'model': <'a\\nb'>}", "model: must not contain control" },
    { "{" GOOD ", 'mint': <'yes'>}", "mint: must be a boolean" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CapProvider) provider = make (cases[i].text, &error);

      g_assert_null (provider);
      g_assert_error (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION);
      if (!g_str_has_prefix (error->message, cases[i].begins))
        g_error ("%s does not begin with %s", error->message, cases[i].begins);
    }
}

static void
test_settings_come_back (void)
{
  const char *text = "{'dialect': <'azure-realtime'>, 'url': <'https://r.openai.azure.com'>, 'model': <'m'>, "
                     "'session-model': <'s'>, 'auth': <'token-command'>, 'token-command': <['az', 'x y']>, "
                     "'mint': <true>, 'turns': <'client'>, 'rate': <uint32 16000>, "
                     "'prompt': <'two\\nlines'>, "
                     "'keywords': <['one', 'two words']>, 'delay': <'low'>, "
                     "'noise-reduction': <'far_field'>, 'organization': <'org-1'>, 'project': <'p-1'>, "
                     "'ca-file': <'/etc/ca.pem'>, 'allow-plain': <true>}";
  g_autoptr (GVariant) settings = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CapProvider) provider = cap_provider_new ("test", settings, &error);
  g_autoptr (GVariant) back = NULL;
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_assert_no_error (error);
  back = g_variant_ref_sink (cap_provider_get_settings (provider));
  g_assert_cmpuint (g_variant_n_children (back), ==, g_variant_n_children (settings));
  g_variant_iter_init (&iter, settings);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) other = g_variant_lookup_value (back, key, NULL);

      g_assert_true (g_variant_equal (value, other));
    }
}

static void
test_limits (void)
{
  const struct
  {
    const char *key;
    gsize bytes;
  } cases[] = { { "model", 256 }, { "prompt", 4096 }, { "organization", 256 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize more = 0; more <= 1; more++)
      {
        g_autofree char *value = g_strnfill (cases[i].bytes + more, 'x');
        GVariantDict settings;
        g_autoptr (GVariant) all = NULL;
        g_autoptr (CapProvider) provider = NULL;

        g_variant_dict_init (&settings, NULL);
        g_variant_dict_insert (&settings, "url", "s", "https://example.org");
        g_variant_dict_insert (&settings, "model", "s", "m");
        g_variant_dict_insert (&settings, cases[i].key, "s", value);
        all = g_variant_ref_sink (g_variant_dict_end (&settings));
        provider = cap_provider_new ("test", all, NULL);
        g_assert_true ((provider != NULL) == (more == 0));
      }
}

static gboolean
takes_keywords (guint n, guint length)
{
  g_autofree char *word = g_strnfill (length, 'x');
  GVariantBuilder words;
  GVariantDict settings;
  g_autoptr (GVariant) all = NULL;
  g_autoptr (CapProvider) provider = NULL;

  g_variant_builder_init (&words, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < n; i++)
    g_variant_builder_add (&words, "s", word);
  g_variant_dict_init (&settings, NULL);
  g_variant_dict_insert (&settings, "url", "s", "https://example.org");
  g_variant_dict_insert (&settings, "model", "s", "m");
  g_variant_dict_insert_value (&settings, "keywords", g_variant_builder_end (&words));
  all = g_variant_ref_sink (g_variant_dict_end (&settings));
  provider = cap_provider_new ("test", all, NULL);
  return provider != NULL;
}

static void
test_keywords (void)
{
  g_assert_true (takes_keywords (100, 1));
  g_assert_false (takes_keywords (101, 1));
  g_assert_true (takes_keywords (8, 512));
  g_assert_false (takes_keywords (8, 513));
}

static void
test_ids (void)
{
  g_assert_true (cap_provider_is_id ("a"));
  g_assert_true (cap_provider_is_id ("my-azure-2"));
  g_assert_true (cap_provider_is_id ("a2345678901234567890123456789012"));
  g_assert_false (cap_provider_is_id ("a23456789012345678901234567890123"));
  g_assert_false (cap_provider_is_id ("local"));
  g_assert_false (cap_provider_is_id (""));
  g_assert_false (cap_provider_is_id ("2a"));
  g_assert_false (cap_provider_is_id ("A"));
  g_assert_false (cap_provider_is_id ("a_b"));
  g_assert_false (cap_provider_is_id ("a/b"));
  g_assert_false (cap_provider_is_id ("a\n"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/provider/a URL becomes the base URL of its service", test_urls);
  g_test_add_func ("/provider/errors do not repeat an invalid URL", test_bad_urls);
  g_test_add_func ("/provider/what is accepted can be read back", test_urls_come_back);
  g_test_add_func ("/provider/unencrypted only on this machine or if allowed", test_plain);
  g_test_add_func ("/provider/errors name the invalid setting", test_bad_settings);
  g_test_add_func ("/provider/settings survive a round trip", test_settings_come_back);
  g_test_add_func ("/provider/strings have limits", test_limits);
  g_test_add_func ("/provider/keywords have a common limit", test_keywords);
  g_test_add_func ("/provider/ids are short and plain", test_ids);
  return g_test_run ();
}
