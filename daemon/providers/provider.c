/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "providers/provider-private.h"
#include "base/network.h"
#include "base/options.h"
#include "dbus/error.h"

#define MAX_KEYWORDS 100
#define OPENAI_URL "https://api.openai.com/v1"

/* The values of the setting dialect. A test compares them with dialects.c. */
static const char *const dialect_names[] = {
  "auto", "openai", "azure", "azure-realtime", "azure-preview", "legacy", "speaches", "localai", "vllm",
};

/* In the order of CapAuth and of CapTurns. */
static const char *const auth_names[] = { "", "none", "bearer", "api-key", "token-command" };
static const char *const turns_names[] = { "", "server", "client" };

static const char *const delay_names[] = { "", "minimal", "low", "medium", "high", "xhigh" };
static const char *const noise_names[] = { "", "near_field", "far_field" };

/* An Azure resource offers several interfaces under different paths. */
static const char *const azure_suffixes[] = {
  ".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com", ".openai.azure.us",
  ".openai.azure.cn",
};

/* checks for provider_options */

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION, message);
  return FALSE;
}

/* The index of @word in @words, or -1. */
static int
find_word (const char *word, const char *const *words, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (g_str_equal (words[i], word))
      return i;

  return -1;
}

static gboolean
check_words (GVariant *value, const char *const *words, gsize n, GError **error)
{
  g_autoptr (GString) list = g_string_new (NULL);

  if (find_word (g_variant_get_string (value, NULL), words, n) >= 0)
    return TRUE;

  for (gsize i = 0; i < n; i++)
    g_string_append_printf (list, "%s%s", i == 0 ? "" : i + 1 < n ? ", " : " or ",
                            *words[i] != '\0' ? words[i] : "empty");
  g_set_error (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION, "must be %s", list->str);
  return FALSE;
}

static gboolean
is_dialect (GVariant *value, GError **error)
{
  return check_words (value, dialect_names, G_N_ELEMENTS (dialect_names), error);
}

static gboolean
is_auth (GVariant *value, GError **error)
{
  return check_words (value, auth_names, G_N_ELEMENTS (auth_names), error);
}

static gboolean
is_turns (GVariant *value, GError **error)
{
  return check_words (value, turns_names, G_N_ELEMENTS (turns_names), error);
}

static gboolean
is_delay (GVariant *value, GError **error)
{
  return check_words (value, delay_names, G_N_ELEMENTS (delay_names), error);
}

static gboolean
is_noise_reduction (GVariant *value, GError **error)
{
  return check_words (value, noise_names, G_N_ELEMENTS (noise_names), error);
}

static gboolean
is_rate (GVariant *value, GError **error)
{
  guint rate = g_variant_get_uint32 (value);

  return rate == 0 || rate == 16000 || rate == 24000 || refuse (error, "must be 16000, 24000 or 0");
}

static gboolean
is_command (GVariant *value, GError **error)
{
  g_autofree const char **argv = g_variant_get_strv (value, NULL);

  if (argv[0] != NULL && *argv[0] == '\0')
    return refuse (error, "must begin with the name of a program");

  return cap_option_is_line (value, error);
}

static gboolean
is_keywords (GVariant *value, GError **error)
{
  g_autofree const char **words = NULL;
  gsize n;

  words = g_variant_get_strv (value, &n);
  if (n > MAX_KEYWORDS)
    {
      g_set_error (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION, "has more than %d words", MAX_KEYWORDS);
      return FALSE;
    }
  if (g_strv_contains (words, ""))
    return refuse (error, "must not contain empty words");

  return cap_option_is_line (value, error);
}

/* For values that become HTTP headers. */
static gboolean
is_token (GVariant *value, GError **error)
{
  for (const char *p = g_variant_get_string (value, NULL); *p != '\0'; p++)
    if (!g_ascii_isgraph (*p))
      return refuse (error, "must be plain ASCII without spaces");

  return TRUE;
}

static gboolean
is_absolute (GVariant *value, GError **error)
{
  const char *path = g_variant_get_string (value, NULL);

  if (*path != '\0' && !g_path_is_absolute (path))
    return refuse (error, "must be an absolute path, beginning with a slash");

  return cap_option_is_line (value, error);
}

static const CapOption provider_options[] = {
  { "dialect", G_VARIANT_TYPE_STRING, is_dialect },
  { "url", G_VARIANT_TYPE_STRING, cap_option_is_line, 2048 },
  { "model", G_VARIANT_TYPE_STRING, cap_option_is_line },
  { "session-model", G_VARIANT_TYPE_STRING, cap_option_is_line },
  { "auth", G_VARIANT_TYPE_STRING, is_auth },
  { "token-command", G_VARIANT_TYPE_STRING_ARRAY, is_command, 4096 },
  { "mint", G_VARIANT_TYPE_BOOLEAN },
  { "turns", G_VARIANT_TYPE_STRING, is_turns },
  { "rate", G_VARIANT_TYPE_UINT32, is_rate },
  { "prompt", G_VARIANT_TYPE_STRING, NULL, 4096 },
  { "keywords", G_VARIANT_TYPE_STRING_ARRAY, is_keywords, 4096 },
  { "delay", G_VARIANT_TYPE_STRING, is_delay },
  { "noise-reduction", G_VARIANT_TYPE_STRING, is_noise_reduction },
  { "organization", G_VARIANT_TYPE_STRING, is_token },
  { "project", G_VARIANT_TYPE_STRING, is_token },
  { "ca-file", G_VARIANT_TYPE_STRING, is_absolute, 2048 },
  { "allow-plain", G_VARIANT_TYPE_BOOLEAN },
};

/* lifecycle */

G_DEFINE_BOXED_TYPE (CapProvider, cap_provider, cap_provider_ref, cap_provider_unref)

static void
cap_provider_clear (gpointer data)
{
  CapProvider *self = data;

  g_free (self->id);
  g_free (self->dialect);
  g_free (self->url);
  g_free (self->host);
  g_free (self->model);
  g_free (self->session_model);
  g_strfreev (self->token_command);
  g_free (self->prompt);
  g_strfreev (self->keywords);
  g_free (self->delay);
  g_free (self->noise_reduction);
  g_free (self->organization);
  g_free (self->project);
  g_free (self->ca_file);
}

CapProvider *
cap_provider_ref (CapProvider *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

void
cap_provider_unref (CapProvider *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, cap_provider_clear);
}

/* the settings */

static char *
take_string (GVariant *settings, const char *key, const char *fallback)
{
  const char *value = fallback;

  g_variant_lookup (settings, key, "&s", &value);
  return g_strstrip (g_strdup (value));
}

static char **
take_strv (GVariant *settings, const char *key)
{
  char **value = NULL;

  g_variant_lookup (settings, key, "^as", &value);
  return value != NULL ? value : g_new0 (char *, 1);
}

static int
take_word (GVariant *settings, const char *key, const char *const *words, gsize n)
{
  const char *word = "";

  g_variant_lookup (settings, key, "&s", &word);
  return find_word (word, words, n);
}

/* @settings has passed the checks, so every word is in its list. */
static CapProvider *
read_settings (const char *id, GVariant *settings)
{
  CapProvider *self = g_atomic_rc_box_new0 (CapProvider);

  self->id = g_strdup (id);
  self->dialect = take_string (settings, "dialect", "auto");
  self->url = take_string (settings, "url", "");
  self->model = take_string (settings, "model", "");
  self->session_model = take_string (settings, "session-model", "");
  self->auth = take_word (settings, "auth", auth_names, G_N_ELEMENTS (auth_names));
  self->token_command = take_strv (settings, "token-command");
  g_variant_lookup (settings, "mint", "b", &self->mint);
  self->turns = take_word (settings, "turns", turns_names, G_N_ELEMENTS (turns_names));
  g_variant_lookup (settings, "rate", "u", &self->rate);
  self->prompt = take_string (settings, "prompt", "");
  self->keywords = take_strv (settings, "keywords");
  self->delay = take_string (settings, "delay", "");
  self->noise_reduction = take_string (settings, "noise-reduction", "");
  self->organization = take_string (settings, "organization", "");
  self->project = take_string (settings, "project", "");
  self->ca_file = take_string (settings, "ca-file", "");
  g_variant_lookup (settings, "allow-plain", "b", &self->allow_plain);

  return self;
}

/* the URL */

static gboolean
is_azure (const CapProvider *self)
{
  return g_str_has_prefix (self->dialect, "azure") || cap_provider_is_azure_host (self->host);
}

static void
strip_slashes (char *path)
{
  for (gsize n = strlen (path); n > 0 && path[n - 1] == '/'; n--)
    path[n - 1] = '\0';
}

/* Removes @part from the end of @path. TRUE if @path ended in it. */
static gboolean
strip_part (char *path, const char *part)
{
  if (!g_str_has_suffix (path, part))
    return FALSE;

  path[strlen (path) - strlen (part)] = '\0';
  strip_slashes (path);
  return TRUE;
}

/* People copy the address from the page of their service, which often shows one
 * particular interface. This keeps the part that all its interfaces share. */
static char *
base_path (const CapProvider *self, const char *given)
{
  g_autofree char *path = g_strdup (given);
  gboolean azure = is_azure (self);

  /* Until nothing is left to strip: the stored URL must be read as the same one. */
  do
    strip_slashes (path);
  while (strip_part (path, "/realtime")
         || (azure && (strip_part (path, "/openai/v1") || strip_part (path, "/openai"))));

  return g_strdup (*path == '\0' && !azure ? "/v1" : path);
}

static const char *
secure_scheme (const char *scheme)
{
  if (g_str_equal (scheme, "https") || g_str_equal (scheme, "wss"))
    return "https";
  if (g_str_equal (scheme, "http") || g_str_equal (scheme, "ws"))
    return "http";
  return NULL;
}

/* @host: after names in other scripts were converted to ASCII. */
static gboolean
is_host (const char *host)
{
  const char *letters = "abcdefghijklmnopqrstuvwxyz0123456789.-_";

  return *host != '\0' && (g_hostname_is_ip_address (host) || host[strspn (host, letters)] == '\0');
}

static char *
clean_host (const char *host)
{
  g_autofree char *ascii = g_hostname_to_ascii (host);

  return ascii != NULL ? g_ascii_strdown (ascii, -1) : g_strdup ("");
}

static gboolean
refuse_url (GError **error, const char *why)
{
  g_set_error (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION, "url: %s", why);
  return FALSE;
}

/* Messages repeat no part of the URL because it may contain a key. */
static gboolean
split_url (CapProvider *self, const char **scheme, int *port, char **path, GError **error)
{
  g_autofree char *given_scheme = NULL;
  g_autofree char *userinfo = NULL;
  g_autofree char *host = NULL;
  g_autofree char *query = NULL;
  g_autofree char *fragment = NULL;

  if (strpbrk (self->url, " \"<>\\^`{|}") != NULL
      || !g_uri_split (self->url, G_URI_FLAGS_ENCODED, &given_scheme, &userinfo, &host, port, path, &query,
                       &fragment, NULL)
      || given_scheme == NULL || host == NULL)
    return refuse_url (error, "must be an address such as https://api.openai.com/v1");
  if ((*scheme = secure_scheme (given_scheme)) == NULL)
    return refuse_url (error, "must begin with https:// (or wss://, http://, ws://)");
  if (userinfo != NULL)
    return refuse_url (error, "must not contain a user name or a password. Store the key with: "
                              "captionctl provider set-key");
  if (query != NULL || fragment != NULL)
    return refuse_url (error, "must not contain “?” or “#”, nor a key. Set the address alone, set the model "
                              "in the setting model, and store the key with: captionctl provider set-key");

  if (*port == 0)
    return refuse_url (error, "must have a port from 1 to 65535, or none");
  if (strchr (host, '%') != NULL)
    return refuse_url (error, "must not contain a zone (“%”). Set the name of the computer instead of its address");

  self->host = clean_host (host);

  return is_host (self->host) || refuse_url (error, "has no valid host name");
}

static gboolean
settle_url (CapProvider *self, GError **error)
{
  g_autofree char *path = NULL;
  g_autofree char *base = NULL;
  g_autofree char *port_part = NULL;
  const char *scheme = NULL;
  gboolean bracket;
  int port = -1;

  if (*self->url == '\0' && g_str_equal (self->dialect, "openai"))
    {
      g_free (self->url);
      self->url = g_strdup (OPENAI_URL);
    }
  if (*self->url == '\0')
    return refuse_url (error, "is missing. Set the address from the documentation of the service");
  if (!split_url (self, &scheme, &port, &path, error))
    return FALSE;

  base = base_path (self, path);
  bracket = strchr (self->host, ':') != NULL;
  if (port > 0 && port != (g_str_equal (scheme, "https") ? 443 : 80))
    port_part = g_strdup_printf (":%d", port);
  g_free (self->url);
  self->url = g_strconcat (scheme, "://", bracket ? "[" : "", self->host, bracket ? "]" : "",
                           port_part != NULL ? port_part : "", base, NULL);
  return TRUE;
}

/* Checks settings that depend on each other. */
static gboolean
check_whole (CapProvider *self, GError **error)
{
  if (*self->model == '\0')
    {
      g_set_error_literal (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION,
                           "model: is missing. Set the transcription model (on Azure, the name of its "
                           "deployment)");
      return FALSE;
    }
  if (self->auth == CAP_AUTH_TOKEN_COMMAND && self->token_command[0] == NULL)
    {
      g_set_error_literal (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION,
                           "token-command: is missing, but the setting auth requires it");
      return FALSE;
    }
  if (cap_provider_is_plain (self) && !self->allow_plain)
    return refuse_url (error, "speech and key would travel unencrypted. Use https://, or set allow-plain "
                              "to true if nobody else can read the traffic of this network");

  return TRUE;
}

/* public methods */

gboolean
cap_provider_is_azure_host (const char *host)
{
  g_return_val_if_fail (host != NULL, FALSE);

  for (gsize i = 0; i < G_N_ELEMENTS (azure_suffixes); i++)
    if (g_str_has_suffix (host, azure_suffixes[i]))
      return TRUE;

  return FALSE;
}

gboolean
cap_provider_is_id (const char *id)
{
  g_return_val_if_fail (id != NULL, FALSE);

  return !g_str_equal (id, "local")
         && g_regex_match_simple ("^[a-z][a-z0-9-]{0,31}$", id, G_REGEX_DOLLAR_ENDONLY, 0);
}

CapProvider *
cap_provider_new (const char *id, GVariant *settings, GError **error)
{
  g_autoptr (CapProvider) self = NULL;

  g_return_val_if_fail (id != NULL, NULL);
  g_return_val_if_fail (g_variant_is_of_type (settings, G_VARIANT_TYPE_VARDICT), NULL);

  if (!cap_provider_is_id (id))
    {
      g_set_error_literal (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION,
                           "id: must have at most 32 lower-case letters, digits and hyphens, begin with a "
                           "letter, and differ from “local”");
      return NULL;
    }
  if (!cap_options_check (settings, provider_options, G_N_ELEMENTS (provider_options), error))
    return NULL;

  self = read_settings (id, settings);
  if (!settle_url (self, error) || !check_whole (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

GVariant *
cap_provider_get_settings (CapProvider *self)
{
  GVariantDict all;

  g_return_val_if_fail (self != NULL, NULL);

  g_variant_dict_init (&all, NULL);
  g_variant_dict_insert (&all, "dialect", "s", self->dialect);
  g_variant_dict_insert (&all, "url", "s", self->url);
  g_variant_dict_insert (&all, "model", "s", self->model);
  g_variant_dict_insert (&all, "session-model", "s", self->session_model);
  g_variant_dict_insert (&all, "auth", "s", auth_names[self->auth]);
  g_variant_dict_insert (&all, "token-command", "^as", self->token_command);
  g_variant_dict_insert (&all, "mint", "b", self->mint);
  g_variant_dict_insert (&all, "turns", "s", turns_names[self->turns]);
  g_variant_dict_insert (&all, "rate", "u", self->rate);
  g_variant_dict_insert (&all, "prompt", "s", self->prompt);
  g_variant_dict_insert (&all, "keywords", "^as", self->keywords);
  g_variant_dict_insert (&all, "delay", "s", self->delay);
  g_variant_dict_insert (&all, "noise-reduction", "s", self->noise_reduction);
  g_variant_dict_insert (&all, "organization", "s", self->organization);
  g_variant_dict_insert (&all, "project", "s", self->project);
  g_variant_dict_insert (&all, "ca-file", "s", self->ca_file);
  g_variant_dict_insert (&all, "allow-plain", "b", self->allow_plain);
  return g_variant_dict_end (&all);
}

gboolean
cap_provider_is_plain (CapProvider *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return g_str_has_prefix (self->url, "http://") && !cap_host_is_this_computer (self->host);
}
