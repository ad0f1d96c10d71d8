/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "protocol/fault-rows.h"

#include <string.h>

/* Limit for a service's own message inside one of our sentences. */
#define MAX_SAID_BYTES 120

#define MAX_WAIT 3600 /* seconds */

typedef struct
{
  const CapEvidence *evidence;
  const CapAsked *asked;
  CapHow how;
  const char *reason_code; /* the CODE in a close reason "TYPE.CODE", or NULL */
  CapField field;          /* the field that the error is about, or 0 */
} Case;

/* The names that services give to optional fields: in a path, and in prose. */
static const struct
{
  CapField field;
  const char *name;
  const char *words;
} field_names[] = {
  { CAP_FIELD_TURN_DETECTION, "turn_detection", "turn_detection|turn detection|voice activity detection" },
  { CAP_FIELD_NOISE_REDUCTION, "noise_reduction", "noise_reduction|noise reduction" },
  { CAP_FIELD_NOISE_REDUCTION, "input_audio_noise_reduction", NULL },
  { CAP_FIELD_KEYWORDS, "keywords", "keywords" },
  { CAP_FIELD_LANGUAGE, "languages", NULL },
  { CAP_FIELD_LANGUAGE, "language", "language|languages" },
  { CAP_FIELD_PROMPT, "prompt", "prompt|prompts" },
  { CAP_FIELD_DELAY, "delay", "delay" },
  { CAP_FIELD_INCLUDE, "include", "include|logprobs|logprob" },
};

#define REFUSALS \
  "not supported|unsupported|not support|not allowed|not available|not permitted|not accepted|" \
  "unknown parameter|invalid value|unrecognized|extra inputs"

/* private: lists separated by "|" */

static gboolean
is_in_list (const char *list, const char *word)
{
  g_auto (GStrv) words = g_strsplit (list, "|", -1);

  for (int i = 0; word != NULL && words[i] != NULL; i++)
    if (g_ascii_strcasecmp (words[i], word) == 0)
      return TRUE;

  return FALSE;
}

static gboolean
mentions (const char *text, const char *list, gboolean whole_words)
{
  g_auto (GStrv) words = g_strsplit (list, "|", -1);
  g_autofree char *low = text != NULL ? g_ascii_strdown (text, -1) : g_strdup ("");

  for (int i = 0; words[i] != NULL; i++)
    {
      gsize length = strlen (words[i]);

      for (const char *at = strstr (low, words[i]); at != NULL; at = strstr (at + 1, words[i]))
        if (!whole_words || ((at == low || !g_ascii_isalnum (at[-1])) && !g_ascii_isalnum (at[length])))
          return TRUE;
    }

  return FALSE;
}

static gboolean
is_set (const char *text)
{
  return text != NULL && *text != '\0';
}

static gboolean
is_identifier (const char *text)
{
  return is_set (text) && strlen (text) <= 64
         && strspn (text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_.-") == strlen (text);
}

/* private: the subject of the evidence */

static CapHow
how_of (const CapEvidence *evidence)
{
  if (evidence->turn_failed)
    return CAP_HOW_TURN;
  if (is_set (evidence->session_type) && evidence->stage == CAP_STAGE_CREATE)
    return CAP_HOW_KIND;
  if (evidence->status >= 200)
    return CAP_HOW_HTTP;
  /* With a network error the close code is captiond's own, not the service's. */
  if (evidence->network != NULL)
    return CAP_HOW_NETWORK;
  if (evidence->close_code != 0)
    return CAP_HOW_CLOSED;
  if (evidence->timed_out || evidence->error == NULL)
    return CAP_HOW_SILENT;

  return CAP_HOW_EVENT;
}

/* "invalid_request_error.invalid_model" */
static const char *
code_of_reason (const char *reason)
{
  const char *dot = is_identifier (reason) ? strrchr (reason, '.') : NULL;

  return dot != NULL && dot[1] != '\0' ? dot + 1 : NULL;
}

/* "session.audio.input.transcription.language", or "include[0]" */
static CapField
field_of_param (const char *param)
{
  g_auto (GStrv) parts = is_set (param) ? g_strsplit_set (param, ".[]", -1) : NULL;

  for (gsize i = 0; parts != NULL && i < G_N_ELEMENTS (field_names); i++)
    if (g_strv_contains ((const char *const *) parts, field_names[i].name))
      return field_names[i].field;

  return 0;
}

static CapField
field_of_message (const char *message)
{
  if (!mentions (message, REFUSALS, FALSE))
    return 0;

  for (gsize i = 0; i < G_N_ELEMENTS (field_names); i++)
    if (field_names[i].words != NULL && mentions (message, field_names[i].words, TRUE))
      return field_names[i].field;

  return 0;
}

/* The message only counts if the error names no parameter. */
static CapField
field_of (const CapServiceError *error)
{
  if (error == NULL)
    return 0;

  return is_set (error->param) ? field_of_param (error->param) : field_of_message (error->message);
}

static gboolean
is_azure (const CapAsked *asked)
{
  return is_set (asked->dialect) && g_str_has_prefix (asked->dialect, "azure");
}

/* In a conversation session the connection itself names a second model. */
static gboolean
is_about_session_model (const Case *it)
{
  return g_strcmp0 (it->asked->dialect, "azure-realtime") == 0 && is_set (it->asked->session_model)
         && it->evidence->stage <= CAP_STAGE_CREATE;
}

static const char *
asked_model (const Case *it)
{
  return is_about_session_model (it) ? it->asked->session_model : it->asked->model;
}

/* @url: a path, a whole URL or NULL. */
static const char *
path_of (const char *url)
{
  const char *host = url != NULL ? strstr (url, "://") : NULL;

  return host != NULL ? strchr (host + 3, '/') : url;
}

static gboolean
has_lost_openai (const Case *it)
{
  const char *path = path_of (it->evidence->location);
  const char *asked = path_of (it->asked->path);

  return path != NULL && asked != NULL && g_str_has_prefix (asked, "/openai/") && *path == '/'
         && !g_str_has_prefix (path, "/openai/") && strstr (path, "/realtime") != NULL;
}

/* While a session listens, an earlier refusal is no reason for its end. */
static gboolean
may_be_refused (const Case *it)
{
  return !(it->how & CAP_HOW_ENDED) || it->evidence->stage < CAP_STAGE_LISTEN;
}

static gboolean
holds (const Case *it, CapWhen when)
{
  const CapServiceError *error = it->evidence->error;

  switch (when)
    {
    case CAP_WHEN_ALWAYS:
      return TRUE;
    case CAP_WHEN_BY_PROXY:
      return it->evidence->by_proxy;
    case CAP_WHEN_WITHOUT_KEY:
      return !it->asked->with_key;
    case CAP_WHEN_TRANSLATOR:
      return mentions (asked_model (it), "translat", FALSE);
    case CAP_WHEN_MISNAMED_WHISPER:
      return mentions (it->asked->model, "gpt-4o-realtime-whisper", FALSE)
             || mentions (it->asked->session_model, "gpt-4o-realtime-whisper", FALSE);
    case CAP_WHEN_FOUNDRY_HOST:
      return is_set (it->asked->host) && g_str_has_suffix (it->asked->host, ".services.ai.azure.com");
    case CAP_WHEN_OPENAI_LOST:
      return has_lost_openai (it);
    case CAP_WHEN_TURNS_REFUSED:
      return it->field == CAP_FIELD_TURN_DETECTION && may_be_refused (it);
    case CAP_WHEN_FIELD_REFUSED:
      return it->field != 0 && may_be_refused (it);
    case CAP_WHEN_MODEL_REFUSED:
      return error != NULL && error->param != NULL && g_str_has_suffix (error->param, "model")
             && may_be_refused (it);
    }

  g_return_val_if_reached (FALSE);
}

/* private: rows */

static gboolean
has_code (const Case *it, const char *codes)
{
  const CapServiceError *error = it->evidence->error;

  if (it->reason_code != NULL)
    return is_in_list (codes, it->reason_code);

  return error != NULL && (is_in_list (codes, error->code) || is_in_list (codes, error->type));
}

static gboolean
has_words (const Case *it, const char *words)
{
  const CapServiceError *error = it->evidence->error;

  return (error != NULL && mentions (error->message, words, FALSE))
         || mentions (it->evidence->close_reason, words, FALSE);
}

static gboolean
is_within (const Case *it, const CapFaultRow *row)
{
  guint number = it->how == CAP_HOW_CLOSED ? it->evidence->close_code : it->evidence->status;

  return number >= row->from && number <= MAX (row->from, row->to);
}

static gboolean
is_network_error (const Case *it, const CapFaultRow *row)
{
  const GError *error = it->evidence->network;

  return error != NULL && error->domain == row->domain ()
         && (row->network == 0 || error->code == row->network - 1);
}

static gboolean
matches (const Case *it, const CapFaultRow *row)
{
  return (row->how == 0 || (row->how & it->how) != 0)
         && (row->stages == 0 || (row->stages & (1u << it->evidence->stage)) != 0)
         && (row->dialects == NULL || is_in_list (row->dialects, it->asked->dialect))
         && (row->from == 0 || is_within (it, row))
         && (row->codes == NULL || has_code (it, row->codes))
         && (row->words == NULL || has_words (it, row->words))
         && (row->domain == NULL || is_network_error (it, row))
         && holds (it, row->when);
}

static const CapFaultRow *
find_row (const Case *it)
{
  gsize n_rows;
  const CapFaultRow *rows = cap_fault_rows (&n_rows);

  for (gsize i = 0; i + 1 < n_rows; i++)
    if (matches (it, &rows[i]))
      return &rows[i];

  return &rows[n_rows - 1];
}

/* private: sentences */

static char *
or_unnamed (const char *text)
{
  return g_strdup (is_set (text) ? text : "without a name");
}

/* Advice after a rejected credential; it depends on where the credential comes from. */
static char *
renew (const Case *it)
{
  if (it->asked->with_token)
    return g_strdup ("Run the token command in a terminal, and log in again if it asks you to");

  return g_strdup_printf ("Enter it again: captionctl provider set-key %s", it->asked->provider);
}

/* Once the session listens, a message of the service may repeat what somebody said. */
static char *
said (const Case *it)
{
  const CapServiceError *error = it->evidence->error;
  g_autofree char *text = NULL;

  if (error == NULL || !is_set (error->message) || it->evidence->stage == CAP_STAGE_LISTEN)
    return g_strdup ("");

  text = cap_redact (error->message);
  if (strlen (text) > MAX_SAID_BYTES)
    memcpy (g_utf8_find_prev_char (text, text + MAX_SAID_BYTES - 2), "…", sizeof "…");
  else if (g_str_has_suffix (text, "."))
    text[strlen (text) - 1] = '\0';

  return g_strdup_printf (": \"%s\"", text);
}

static char *
code (const Case *it)
{
  const CapServiceError *error = it->evidence->error;
  const char *text = it->reason_code != NULL ? it->reason_code : error != NULL ? error->code : NULL;

  if (text == NULL && error != NULL)
    text = error->type;

  return is_identifier (text) ? g_strdup_printf (" (%s)", text) : g_strdup ("");
}

static char *
location (const Case *it)
{
  g_autofree char *text = cap_redact (it->evidence->location);

  text[strcspn (text, "?#")] = '\0';
  return *text != '\0' ? g_strdup_printf (" (%s)", text) : g_strdup ("");
}

static char *
resource (const Case *it)
{
  g_autofree char *host = or_unnamed (it->asked->host);

  return g_strndup (host, strcspn (host, "."));
}

static char *
fill_in (const Case *it, const char *name)
{
  const CapAsked *asked = it->asked;

  if (strcmp (name, "provider") == 0)
    return g_strdup (is_set (asked->provider) ? asked->provider : "ID");
  if (strcmp (name, "host") == 0)
    return g_strdup (is_set (asked->host) ? asked->host : "The service");
  if (strcmp (name, "resource") == 0)
    return resource (it);
  if (strcmp (name, "noun") == 0)
    return g_strdup (is_azure (asked) ? "deployment" : "model");
  if (strcmp (name, "model") == 0)
    return or_unnamed (asked->model);
  if (strcmp (name, "session-model") == 0)
    return or_unnamed (asked->session_model);
  if (strcmp (name, "asked-model") == 0)
    return or_unnamed (asked_model (it));
  if (strcmp (name, "model-option") == 0)
    return g_strdup (is_about_session_model (it) ? "--session-model" : "--model");
  if (strcmp (name, "session-type") == 0)
    return cap_redact (it->evidence->session_type);
  if (strcmp (name, "status") == 0)
    return g_strdup_printf ("%u", it->evidence->status);
  if (strcmp (name, "close") == 0)
    return g_strdup_printf ("%u", it->evidence->close_code);
  if (strcmp (name, "field") == 0)
    return g_strdup (it->field != 0 ? cap_field_to_string (it->field) : "");
  if (strcmp (name, "location") == 0)
    return location (it);
  if (strcmp (name, "code") == 0)
    return code (it);
  if (strcmp (name, "said") == 0)
    return said (it);
  if (strcmp (name, "renew") == 0)
    return renew (it);

  g_return_val_if_reached (g_strdup (""));
}

/* Appends the identifiers that the service's support asks for. */
static void
append_reference (GString *sentence, const CapEvidence *evidence)
{
  g_autofree char *request = cap_redact (evidence->request_id);
  g_autofree char *region = cap_redact (evidence->region);

  if (*request != '\0' && *region != '\0')
    g_string_append_printf (sentence, " (request %s, region %s)", request, region);
  else if (*request != '\0')
    g_string_append_printf (sentence, " (request %s)", request);
  else if (*region != '\0')
    g_string_append_printf (sentence, " (region %s)", region);
}

/* Replaces "[this|that]" by "this" for streams and by "that" for the doctor. */
static char *
choose (const char *template, gboolean diagnosing)
{
  g_auto (GStrv) parts = g_strsplit_set (template, "[]", -1);
  GString *chosen = g_string_new (NULL);

  for (int i = 0; parts[i] != NULL; i++)
    {
      gsize first = i % 2 == 1 ? strcspn (parts[i], "|") : strlen (parts[i]);

      if (i % 2 == 0 || !diagnosing)
        g_string_append_len (chosen, parts[i], first);
      else if (parts[i][first] == '|')
        g_string_append (chosen, parts[i] + first + 1);
    }

  return g_string_free (chosen, FALSE);
}

static char *
write_sentence (const Case *it, const char *template)
{
  g_autofree char *chosen = choose (template, it->asked->diagnosing);
  g_auto (GStrv) parts = g_strsplit_set (chosen, "{}", -1);
  GString *sentence = g_string_new (NULL);

  for (int i = 0; parts[i] != NULL; i++)
    {
      g_autofree char *filled = i % 2 == 1 ? fill_in (it, parts[i]) : NULL;

      g_string_append (sentence, filled != NULL ? filled : parts[i]);
    }

  append_reference (sentence, it->evidence);
  g_string_append_c (sentence, '.');
  return g_string_free (sentence, FALSE);
}

/* public methods */

CapFault *
cap_fault_judge (const CapEvidence *evidence, const CapAsked *asked)
{
  Case it = { .evidence = evidence, .asked = asked };
  const CapFaultRow *row;
  g_autofree char *sentence = NULL;
  CapFault *self;

  g_return_val_if_fail (evidence != NULL, NULL);
  g_return_val_if_fail (asked != NULL, NULL);

  it.how = how_of (evidence);
  it.field = field_of (evidence->error);
  if (it.how == CAP_HOW_CLOSED)
    it.reason_code = code_of_reason (evidence->close_reason);

  row = find_row (&it);
  sentence = write_sentence (&it, row->sentence);

  self = g_new0 (CapFault, 1);
  self->row = row->row;
  self->remedy = row->remedy;
  if (row->remedy == CAP_REMEDY_DROP_FIELD || row->remedy == CAP_REMEDY_OUR_TURNS)
    self->field = it.field;
  if (row->remedy == CAP_REMEDY_RETRY)
    self->wait = MIN (evidence->retry_after, MAX_WAIT);
  self->error = g_error_new_literal (CAP_ERROR, row->error, sentence);

  return self;
}
