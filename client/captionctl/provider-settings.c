/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/provider-settings.h"
#include "captionctl/captionctl.h"

#include <string.h>

typedef enum
{
  KIND_TEXT,
  KIND_FILE,
  KIND_COMMAND,
  KIND_LIST,
  KIND_NUMBER,
  KIND_FLAG,
} Kind;

typedef struct
{
  const char *key; /* in SetProvider */
  const char *option;
  Kind kind;
  gsize offset;
  gsize offset_of_no; /* of the member for --no-OPTION */
  const char *help;
  const char *value;
} Setting;

#define AT(member) G_STRUCT_OFFSET (CapProviderSettings, member)

static const Setting settings_known[] = {
  { "dialect", "dialect", KIND_TEXT, AT (dialect), 0,
    "openai, azure, azure-realtime, azure-preview, legacy, speaches, localai, vllm or auto", "DIALECT" },
  { "url", "url", KIND_TEXT, AT (url), 0, "Base URL; for Azure, the endpoint of the resource", "URL" },
  { "model", "model", KIND_TEXT, AT (model), 0,
    "Transcription model; for Azure, the name of its deployment", "MODEL" },
  { "session-model", "session-model", KIND_TEXT, AT (session_model), 0,
    "Conversation model or deployment, for azure-realtime", "MODEL" },
  { "auth", "auth", KIND_TEXT, AT (auth), 0,
    "Authentication: bearer, api-key, token-command or none", "HOW" },
  { "token-command", "token-command", KIND_COMMAND, AT (token_command), 0,
    "Program that prints a token, with its arguments", "COMMAND" },
  { "mint", "mint", KIND_FLAG, AT (mint), AT (no_mint),
    "Request a temporary client secret and connect with it", NULL },
  { "turns", "turns", KIND_TEXT, AT (turns), 0, "Sentence detection: server or client", "WHO" },
  { "rate", "rate", KIND_NUMBER, AT (rate), 0, "Sample rate for legacy: 16000 or 24000", "HZ" },
  { "prompt", "prompt", KIND_TEXT, AT (prompt), 0,
    "Hint for the model, such as the topic of the speech", "TEXT" },
  { "keywords", "keyword", KIND_LIST, AT (keywords), 0,
    "Word that the model should expect; may be repeated", "WORD" },
  { "delay", "delay", KIND_TEXT, AT (delay), 0,
    "Delay of the text: minimal, low, medium, high or xhigh", "DELAY" },
  { "noise-reduction", "noise-reduction", KIND_TEXT, AT (noise_reduction), 0,
    "Noise reduction: near_field or far_field", "KIND" },
  { "organization", "organization", KIND_TEXT, AT (organization), 0,
    "Organization of the OpenAI account", "ID" },
  { "project", "project", KIND_TEXT, AT (project), 0, "Project of the OpenAI account", "ID" },
  { "ca-file", "ca-file", KIND_FILE, AT (ca_file), 0,
    "Certificate of the authority that signed the server's, as PEM", "FILE" },
  { "allow-plain", "allow-plain", KIND_FLAG, AT (allow_plain), AT (no_allow_plain),
    "Allow an unencrypted connection to another machine", NULL },
};

/* from the command line */

static const Setting *
find (const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (settings_known); i++)
    if (g_str_equal (settings_known[i].key, key))
      return &settings_known[i];

  return NULL;
}

static GOptionEntry
make_option (CapProviderSettings *self, const Setting *setting)
{
  /* GOption passes file names unchanged, but refuses strings in a locale that is not
   * UTF-8. */
  GOptionArg arg = setting->kind == KIND_FLAG ? G_OPTION_ARG_NONE
                   : setting->kind == KIND_LIST ? G_OPTION_ARG_FILENAME_ARRAY
                                                : G_OPTION_ARG_FILENAME;

  return (GOptionEntry) { setting->option, 0, 0, arg, G_STRUCT_MEMBER_P (self, setting->offset),
                          setting->help, setting->value };
}

static GOptionEntry
make_no_option (CapProviderSettings *self, const Setting *setting)
{
  gboolean mint = g_str_equal (setting->key, "mint");

  return (GOptionEntry) { mint ? "no-mint" : "no-allow-plain", 0, 0, G_OPTION_ARG_NONE,
                          G_STRUCT_MEMBER_P (self, setting->offset_of_no),
                          mint ? "Connect with the key itself (default)"
                               : "Refuse such a connection (default)",
                          NULL };
}

/* to the bus */

static GVariant *
refuse (GError **error, const Setting *setting, const char *reason)
{
  g_set_error (error, CAP_USAGE_ERROR, 0, "--%s %s", setting->option, reason);
  return NULL;
}

static GVariant *
compose_command (const Setting *setting, const char *text, GError **error)
{
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) cause = NULL;

  if (*text == '\0')
    return g_variant_new_strv (NULL, 0);
  if (!g_shell_parse_argv (text, NULL, &words, &cause))
    return refuse (error, setting, "cannot be parsed. Check for an unmatched quotation mark");

  return g_variant_new_strv ((const char *const *) words, -1);
}

static GVariant *
compose_number (const Setting *setting, const char *text, GError **error)
{
  guint64 number;

  if (*text == '\0')
    return g_variant_new_uint32 (0);
  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &number, NULL))
    return refuse (error, setting, "needs a number");

  return g_variant_new_uint32 ((guint32) number);
}

static GVariant *
compose_file (const char *text)
{
  if (*text == '\0')
    return g_variant_new_string ("");

  return g_variant_new_take_string (g_canonicalize_filename (text, NULL));
}

/* A single empty word clears the list. */
static GVariant *
compose_list (const Setting *setting, char **words, GError **error)
{
  for (guint i = 0; words[i] != NULL; i++)
    if (!g_utf8_validate (words[i], -1, NULL))
      return refuse (error, setting, "is not valid UTF-8");

  if (*words[0] == '\0')
    words++;
  return g_variant_new_strv ((const char *const *) words, -1);
}

static GVariant *
compose_flag (const CapProviderSettings *self, const Setting *setting, GError **error)
{
  gboolean yes = G_STRUCT_MEMBER (gboolean, self, setting->offset);
  gboolean no = G_STRUCT_MEMBER (gboolean, self, setting->offset_of_no);

  if (yes && no)
    return refuse (error, setting, "cannot be combined with its opposite");

  return yes || no ? g_variant_new_boolean (yes) : NULL;
}

static GVariant *
compose_text (const Setting *setting, const char *text, GError **error)
{
  if (!g_utf8_validate (text, -1, NULL))
    return refuse (error, setting, "is not valid UTF-8");

  switch (setting->kind)
    {
    case KIND_COMMAND:
      return compose_command (setting, text, error);
    case KIND_NUMBER:
      return compose_number (setting, text, error);
    case KIND_FILE:
      return compose_file (text);
    default:
      return g_variant_new_string (text);
    }
}

/* NULL without an error if the option was not given. */
static GVariant *
compose_one (const CapProviderSettings *self, const Setting *setting, GError **error)
{
  char **words;
  const char *text;

  if (setting->kind == KIND_FLAG)
    return compose_flag (self, setting, error);
  if (setting->kind == KIND_LIST)
    {
      words = G_STRUCT_MEMBER (char **, self, setting->offset);
      return words != NULL ? compose_list (setting, words, error) : NULL;
    }

  text = G_STRUCT_MEMBER (char *, self, setting->offset);
  return text != NULL ? compose_text (setting, text, error) : NULL;
}

/* to people */

static char *
quote (const char *word)
{
  static const char harmless[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_./:@%+=,";

  return *word != '\0' && strspn (word, harmless) == strlen (word) ? g_strdup (word)
                                                                   : g_shell_quote (word);
}

static char *
join_quoted (GVariant *words)
{
  g_autofree const char **list = g_variant_get_strv (words, NULL);
  GString *text = g_string_new (NULL);

  for (guint i = 0; list[i] != NULL; i++)
    {
      g_autofree char *quoted = quote (list[i]);

      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", quoted);
    }

  return g_string_free (text, FALSE);
}

static gboolean
is_default (const char *key, GVariant *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return *g_variant_get_string (value, NULL) == '\0'
           || (g_str_equal (key, "dialect") && g_str_equal (g_variant_get_string (value, NULL), "auto"));
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    return g_variant_n_children (value) == 0;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    return g_variant_get_uint32 (value) == 0;

  return g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN) && !g_variant_get_boolean (value);
}

static void
append_option (GString *command, const char *option, const char *value)
{
  g_autofree char *quoted = quote (value);

  g_string_append_printf (command, " --%s %s", option, quoted);
}

static void
append_keywords (GString *command, const Setting *setting, GVariant *value)
{
  g_autofree const char **words = g_variant_get_strv (value, NULL);

  if (words[0] == NULL)
    append_option (command, setting->option, "");
  for (guint i = 0; words[i] != NULL; i++)
    append_option (command, setting->option, words[i]);
}

static void
append_setting (GString *command, const char *key, GVariant *value)
{
  const Setting *setting = find (key);
  g_autofree char *text = NULL;

  if (setting == NULL)
    return;

  text = cap_provider_setting_describe (key, value);
  if (setting->kind == KIND_FLAG)
    g_string_append_printf (command, " --%s%s", text == NULL ? "no-" : "", setting->option);
  else if (setting->kind == KIND_LIST && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    append_keywords (command, setting, value);
  else if (text == NULL && g_str_equal (key, "dialect"))
    append_option (command, setting->option, "auto");
  else
    append_option (command, setting->option, text != NULL ? text : "");
}

static gboolean
has_already (GVariant *current, const char *key, GVariant *value)
{
  g_autoptr (GVariant) set = g_variant_lookup_value (current, key, NULL);

  return set != NULL ? g_variant_equal (set, value) : is_default (key, value);
}

/* public */

void
cap_provider_settings_clear (CapProviderSettings *self)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < G_N_ELEMENTS (settings_known); i++)
    {
      gpointer member = G_STRUCT_MEMBER_P (self, settings_known[i].offset);

      if (settings_known[i].kind == KIND_LIST)
        g_clear_pointer ((char ***) member, g_strfreev);
      else if (settings_known[i].kind != KIND_FLAG)
        g_clear_pointer ((char **) member, g_free);
    }
}

GOptionEntry *
cap_provider_settings_list_options (CapProviderSettings *self, const GOptionEntry *more)
{
  GArray *entries = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (more != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (settings_known); i++)
    {
      GOptionEntry entry = make_option (self, &settings_known[i]);

      g_array_append_val (entries, entry);
      if (settings_known[i].kind == KIND_FLAG)
        {
          entry = make_no_option (self, &settings_known[i]);
          g_array_append_val (entries, entry);
        }
    }

  for (; more->long_name != NULL; more++)
    g_array_append_vals (entries, more, 1);
  return (GOptionEntry *) g_array_free (entries, FALSE);
}

GVariant *
cap_provider_settings_compose (const CapProviderSettings *self, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (settings_known); i++)
    {
      GError *cause = NULL;
      GVariant *value = compose_one (self, &settings_known[i], &cause);

      if (cause != NULL)
        {
          g_propagate_error (error, cause);
          return NULL;
        }
      if (value != NULL)
        g_variant_dict_insert_value (&dict, settings_known[i].key, value);
    }

  /* --token-command implies --auth, because a command is of use only with it. */
  if (self->token_command != NULL && self->auth == NULL)
    g_variant_dict_insert (&dict, "auth", "s", *self->token_command != '\0' ? "token-command" : "");

  return g_variant_dict_end (&dict);
}

char *
cap_provider_setting_describe (const char *key, GVariant *value)
{
  g_return_val_if_fail (key != NULL, NULL);
  g_return_val_if_fail (value != NULL, NULL);

  if (is_default (key, value))
    return NULL;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_variant_dup_string (value, NULL);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    return join_quoted (value);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return g_strdup ("yes");

  return g_variant_print (value, FALSE);
}

char *
cap_provider_settings_to_command (const char *id, GVariant *settings, GVariant *current)
{
  g_autoptr (GString) command = g_string_new ("captionctl provider set ");
  gsize before;
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_return_val_if_fail (id != NULL, NULL);
  g_return_val_if_fail (settings != NULL, NULL);
  g_return_val_if_fail (current != NULL, NULL);

  g_string_append (command, id);
  before = command->len;
  g_variant_iter_init (&iter, settings);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      if (!has_already (current, key, value))
        append_setting (command, key, value);
      g_variant_unref (value);
    }

  return command->len > before ? g_string_free (g_steal_pointer (&command), FALSE) : NULL;
}
