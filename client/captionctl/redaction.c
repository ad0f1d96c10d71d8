/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/redaction.h"

#include <gio/gio.h>
#include <string.h>

#define FLAGS (G_REGEX_CASELESS | G_REGEX_OPTIMIZE)
#define SHORTEST_WORD 2

/* Only the first label of these hosts identifies a customer. */
#define AZURE "(?:[a-z0-9-]+\\.)*(?:azure\\.(?:com|us|cn)|azure-api\\.net)"

struct _CapRedaction
{
  GPtrArray *words;        /* a regex, its replacement, and so on */
  GStrv kept;
  GRegex *secret;
  GRegex *address;
  GRegex *domain;
  GRegex *number;
  GRegex *azure;
};

/* Names of events also contain dots. */
static const char *const first_labels_kept[] = {
  "session", "conversation", "response", "transcription", "org", NULL
};

/* private */

static void
add_word (CapRedaction *self, const char *word, const char *replacement)
{
  g_autofree char *escaped = NULL;
  g_autofree char *pattern = NULL;

  if (word == NULL || strlen (word) < SHORTEST_WORD)
    return;

  escaped = g_regex_escape_string (word, -1);
  pattern = g_strdup_printf ("(?<![[:alnum:]])%s(?![[:alnum:]])", escaped);
  g_ptr_array_add (self->words, g_regex_new (pattern, FLAGS, 0, NULL));
  g_ptr_array_add (self->words, (gpointer) replacement);
}

static char *
read_host (const char *url)
{
  g_autofree char *host = NULL;

  if (url == NULL || !g_uri_split (url, G_URI_FLAGS_NONE, NULL, NULL, &host, NULL, NULL, NULL, NULL, NULL))
    return NULL;

  return g_steal_pointer (&host);
}

static void
add_service (CapRedaction *self, const char *url)
{
  g_autofree char *host = read_host (url);
  const char *dot = host != NULL ? strchr (host, '.') : NULL;

  if (host == NULL)
    return;

  if (dot != NULL && g_regex_match (self->azure, host, 0, NULL))
    {
      g_autofree char *resource = g_strndup (host, dot - host);

      add_word (self, resource, "RESOURCE");
    }
  else if (!g_str_equal (host, "api.openai.com") && !g_str_has_suffix (host, ".api.openai.com"))
    add_word (self, host, "HOST");
}

static gboolean
is_kept (CapRedaction *self, const char *host)
{
  if (g_ascii_strcasecmp (host, "api.openai.com") == 0 || g_str_has_suffix (host, ".api.openai.com"))
    return TRUE;

  for (guint i = 0; self->kept != NULL && self->kept[i] != NULL; i++)
    if (strstr (self->kept[i], host) != NULL)
      return TRUE;

  return FALSE;
}

static char *
replace_hosts (CapRedaction *self, GRegex *regex, GRegexEvalCallback replace_one, char *taken)
{
  g_autofree char *text = taken;

  return g_regex_replace_eval (regex, text, -1, 0, 0, replace_one, self, NULL);
}

static char *
replace (GRegex *regex, char *taken, const char *replacement)
{
  g_autofree char *text = taken;

  return g_regex_replace_literal (regex, text, -1, 0, replacement, 0, NULL);
}

/* callbacks */

static gboolean
on_host (const GMatchInfo *match, GString *result, gpointer user_data)
{
  CapRedaction *self = user_data;
  g_autofree char *host = g_match_info_fetch (match, 0);

  if (is_kept (self, host))
    g_string_append (result, host);
  else if (g_regex_match (self->azure, host, 0, NULL))
    g_string_append_printf (result, "RESOURCE%s", strchr (host, '.'));
  else
    g_string_append (result, "HOST");

  return FALSE;
}

/* A name with dots that may be a host or the name of an event. */
static gboolean
on_name (const GMatchInfo *match, GString *result, gpointer user_data)
{
  g_autofree char *name = g_match_info_fetch (match, 0);
  g_autofree char *first = g_ascii_strdown (name, (gssize) strcspn (name, "."));

  if (!g_strv_contains (first_labels_kept, first))
    return on_host (match, result, user_data);

  g_string_append (result, name);
  return FALSE;
}

/* public */

CapRedaction *
cap_redaction_new (const CapRedactionNames *names)
{
  CapRedaction *self;

  g_return_val_if_fail (names != NULL, NULL);

  self = g_new0 (CapRedaction, 1);
  self->words = g_ptr_array_new ();
  self->kept = g_strdupv ((char **) names->kept);
  /* Keys of services, tokens, and long runs of letters and digits. */
  self->secret = g_regex_new ("\\b(?:sk|ek|pk)[-_][A-Za-z0-9_-]{6,}"
                              "|\\beyJ[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*"
                              "|(?<=Bearer )\\S+"
                              "|(?<![A-Za-z0-9_/+-])[A-Za-z0-9+/]{32,}=*(?![A-Za-z0-9_-])",
                              G_REGEX_OPTIMIZE, 0, NULL);
  self->address = g_regex_new ("(?<=://)(?:\\[[^\\]\\s]*\\]|[^/:\\s\"'\\[]+)", FLAGS, 0, NULL);
  self->domain = g_regex_new ("(?<![\\w.@-])[a-z0-9][a-z0-9-]*(?:\\.[a-z0-9-]+)*\\.[a-z][a-z0-9-]+(?![\\w-])"
                              "|(?<![\\w.-])[a-z][a-z0-9-]*(?=:\\d{4,5}(?!\\d))",
                              FLAGS, 0, NULL);
  self->number = g_regex_new ("(?<![\\w.])\\d{1,3}(?:\\.\\d{1,3}){3}(?![\\w.]*\\d)"
                              "|(?<![\\w:])(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}(?![\\w:])"
                              "|(?<![\\w:])(?:[0-9a-f]{1,4}:)*[0-9a-f]{0,4}::(?:[0-9a-f]{1,4}:?)*(?![\\w:])",
                              FLAGS, 0, NULL);
  self->azure = g_regex_new ("^[a-z0-9-]+\\." AZURE "$", FLAGS, 0, NULL);

  add_word (self, names->home, "~");
  add_service (self, names->url);
  add_word (self, names->host_name, "MACHINE");
  add_word (self, names->user_name, "USER");
  return self;
}

void
cap_redaction_free (CapRedaction *self)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < self->words->len; i += 2)
    g_regex_unref (self->words->pdata[i]);
  g_ptr_array_unref (self->words);
  g_strfreev (self->kept);
  g_regex_unref (self->secret);
  g_regex_unref (self->address);
  g_regex_unref (self->domain);
  g_regex_unref (self->number);
  g_regex_unref (self->azure);
  g_free (self);
}

char *
cap_redaction_apply (CapRedaction *self, const char *text)
{
  char *clean;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (text != NULL, NULL);

  clean = cap_redaction_apply_to_name (self, text);
  clean = replace_hosts (self, self->address, on_host, clean);
  clean = replace_hosts (self, self->domain, on_name, clean);
  return replace (self->number, clean, "HOST");
}

char *
cap_redaction_apply_to_name (CapRedaction *self, const char *text)
{
  char *clean;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (text != NULL, NULL);

  clean = replace (self->secret, g_utf8_make_valid (text, -1), "(left out)");
  for (guint i = 0; i < self->words->len; i += 2)
    clean = replace (self->words->pdata[i], clean, self->words->pdata[i + 1]);

  return clean;
}
