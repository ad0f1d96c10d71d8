/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/service/provider-field.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

static const CapProviderFieldChoice dialects[] = {
  { "auto", N_("Automatic") },
  { "openai", "OpenAI" },
  { "azure", "Azure OpenAI" },
  { "azure-realtime", N_("Azure OpenAI (conversation)") },
  { "azure-preview", N_("Azure OpenAI (preview)") },
  { "legacy", N_("OpenAI beta (Riva, others)") },
  { "speaches", "speaches" },
  { "localai", "LocalAI" },
  { "vllm", "vLLM" },
  { NULL }
};

static const CapProviderFieldChoice auths[] = {
  { "", N_("Default") },
  { "bearer", N_("API key (bearer)") },
  { "api-key", N_("API key (api-key header)") },
  { "token-command", N_("Token from a command") },
  { "none", NC_("authentication", "None"), "authentication" },
  { NULL }
};

static const CapProviderFieldChoice turns[] = {
  { "", N_("Default") },
  { "server", N_("Speech service") },
  { "client", "captiond" },
  { NULL }
};

static const CapProviderFieldChoice rates[] = {
  { "0", N_("Default") },
  { "16000", "16 kHz" },
  { "24000", "24 kHz" },
  { NULL }
};

static const CapProviderFieldChoice delays[] = {
  { "", N_("Default") },
  { "minimal", N_("Minimal") },
  { "low", N_("Low") },
  { "medium", N_("Medium") },
  { "high", N_("High") },
  { "xhigh", N_("Very high") },
  { NULL }
};

static const CapProviderFieldChoice noises[] = {
  { "", NC_("noise reduction", "None"), "noise reduction" },
  { "near_field", N_("Microphone near the mouth") },
  { "far_field", N_("Microphone in the room") },
  { NULL }
};

static const CapProviderField fields[] = {
  { "url", CAP_PROVIDER_FIELD_TEXT, N_("Add_ress"), "", NULL },
  { "model", CAP_PROVIDER_FIELD_TEXT, N_("_Model"), "", NULL },
  { "dialect", CAP_PROVIDER_FIELD_CHOICE, N_("_Protocol"),
    N_("The protocol variant that the service uses"), dialects },
  { "session-model", CAP_PROVIDER_FIELD_TEXT, N_("Conversation mode_l"),
    N_("Azure OpenAI (conversation) only: name of the conversation deployment"), NULL },
  { "auth", CAP_PROVIDER_FIELD_CHOICE, N_("Aut_hentication"), "", auths },
  { "token-command", CAP_PROVIDER_FIELD_COMMAND, N_("_Token command"),
    N_("Prints an access token; runs without a shell"), NULL },
  { "mint", CAP_PROVIDER_FIELD_FLAG, N_("Use temporary keys"),
    N_("captiond requests one from the service for each connection"), NULL },
  { "turns", CAP_PROVIDER_FIELD_CHOICE, N_("S_entence detection"), "", turns },
  { "rate", CAP_PROVIDER_FIELD_RATE, N_("Sample rate"), N_("OpenAI beta only"), rates },
  { "prompt", CAP_PROVIDER_FIELD_TEXT, N_("Topic"), N_("Sent to the model as its prompt"), NULL },
  { "keywords", CAP_PROVIDER_FIELD_LIST, N_("Key_words"),
    N_("Names and terms, separated by commas"), NULL },
  { "delay", CAP_PROVIDER_FIELD_CHOICE, N_("Dela_y"), N_("A longer delay means fewer mistakes"), delays },
  { "noise-reduction", CAP_PROVIDER_FIELD_CHOICE, N_("Noise reduction"), "", noises },
  { "organization", CAP_PROVIDER_FIELD_TEXT, N_("Or_ganization"), N_("OpenAI accounts only"), NULL },
  { "project", CAP_PROVIDER_FIELD_TEXT, N_("Pro_ject"), N_("OpenAI accounts only"), NULL },
  { "ca-file", CAP_PROVIDER_FIELD_TEXT, N_("Certificate authority"),
    N_("Full path of a PEM file, if the service uses its own certificate authority"), NULL },
  { "allow-plain", CAP_PROVIDER_FIELD_FLAG, N_("Allow _unencrypted connections"),
    N_("Anyone on the network can listen in. Use this only in a network that you trust."), NULL },
  { NULL }
};

static const CapProviderPreset presets[] = {
  { "openai", "openai", "OpenAI", NULL, "",
    N_("_Model"), "", "gpt-live-transcribe",
    N_("Create a key at platform.openai.com/api-keys.") },
  { "azure", "azure", "Azure OpenAI", N_("The endpoint of your resource: https://RESOURCE.openai.azure.com"),
    "",
    N_("_Deployment"), N_("Deployment of the transcription model"), "",
    N_("Either of the two keys of your resource") },
  { "speaches", "speaches", N_("Your own server: speaches"), N_("Address of the server"),
    "http://localhost:8000/v1",
    N_("_Model"), N_("Name of the model on the server"), "",
    N_("Only if the server requires one") },
  { "localai", "localai", N_("Your own server: LocalAI"), N_("Address of the server"),
    "http://localhost:8080/v1",
    N_("_Model"), N_("Name of the model on the server"), "",
    N_("Only if the server requires one") },
  { "vllm", "vllm", N_("Your own server: vLLM"), N_("Address of the server"),
    "http://localhost:8000/v1",
    N_("_Model"), N_("Name of the model on the server"), "",
    N_("Only if the server requires one") },
  { "other", "auto", N_("Other (OpenAI-compatible)"), N_("The address given in the service’s documentation"),
    "",
    N_("_Model"), N_("Name of the model at the service"), "",
    N_("Only if the service requires one") },
  { NULL }
};

/* to text */

static char *
join (GVariant *value, gboolean quote)
{
  g_autofree const char **words = g_variant_get_strv (value, NULL);
  GString *text = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    {
      g_autofree char *quoted = quote ? g_shell_quote (words[i]) : NULL;
      gboolean plain = !quote || (*words[i] != '\0' && strpbrk (words[i], " \t\n'\"\\$`*?;&|<>()#~") == NULL);

      g_string_append_printf (text, "%s%s", i == 0 ? "" : quote ? " " : ", ", plain ? words[i] : quoted);
    }

  return g_string_free (text, FALSE);
}

static const char *
get_type (const CapProviderField *self)
{
  switch (self->kind)
    {
    case CAP_PROVIDER_FIELD_COMMAND:
    case CAP_PROVIDER_FIELD_LIST:
      return "as";
    case CAP_PROVIDER_FIELD_RATE:
      return "u";
    case CAP_PROVIDER_FIELD_FLAG:
      return "b";
    default:
      return "s";
    }
}

/* from text */

static GVariant *
parse_command (const CapProviderField *self, const char *text, GError **error)
{
  g_auto (GStrv) words = NULL;
  GError *cause = NULL;

  if (*text == '\0')
    return g_variant_new_strv (NULL, 0);
  if (g_shell_parse_argv (text, NULL, &words, &cause))
    return g_variant_new_strv ((const char *const *) words, -1);

  g_error_free (cause);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       _("This command cannot be parsed. Check for an unmatched quotation mark."));
  return NULL;
}

static GVariant *
parse_list (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (char **word = words; *word != NULL; word++)
    if (*g_strstrip (*word) != '\0')
      g_variant_builder_add (&builder, "s", *word);

  return g_variant_builder_end (&builder);
}

/* public */

const CapProviderField *
cap_provider_field_list (void)
{
  return fields;
}

char *
cap_provider_field_to_text (const CapProviderField *self, GVariant *settings)
{
  g_autoptr (GVariant) value = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (settings != NULL)
    value = g_variant_lookup_value (settings, self->key, G_VARIANT_TYPE (get_type (self)));
  if (value == NULL)
    return g_strdup (self->choices != NULL ? self->choices[0].value : "");

  switch (self->kind)
    {
    case CAP_PROVIDER_FIELD_COMMAND:
      return join (value, TRUE);
    case CAP_PROVIDER_FIELD_LIST:
      return join (value, FALSE);
    case CAP_PROVIDER_FIELD_RATE:
      return g_strdup_printf ("%u", g_variant_get_uint32 (value));
    case CAP_PROVIDER_FIELD_FLAG:
      return g_strdup (g_variant_get_boolean (value) ? "yes" : "");
    default:
      return g_variant_dup_string (value, NULL);
    }
}

GVariant *
cap_provider_field_from_text (const CapProviderField *self, const char *text, GError **error)
{
  g_autofree char *trimmed = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (text != NULL, NULL);

  trimmed = g_strstrip (g_strdup (text));
  switch (self->kind)
    {
    case CAP_PROVIDER_FIELD_COMMAND:
      return parse_command (self, trimmed, error);
    case CAP_PROVIDER_FIELD_LIST:
      return parse_list (trimmed);
    case CAP_PROVIDER_FIELD_RATE:
      return g_variant_new_uint32 ((guint32) g_ascii_strtoull (trimmed, NULL, 10));
    case CAP_PROVIDER_FIELD_FLAG:
      return g_variant_new_boolean (*trimmed != '\0');
    default:
      return g_variant_new_string (trimmed);
    }
}

gboolean
cap_provider_field_is_set (const CapProviderField *self, GVariant *settings, GVariant *value)
{
  g_autofree char *text = NULL;
  g_autoptr (GVariant) now = NULL;

  g_return_val_if_fail (self != NULL, FALSE);

  text = cap_provider_field_to_text (self, settings);
  now = cap_provider_field_from_text (self, text, NULL);
  return now != NULL && g_variant_equal (g_variant_ref_sink (now), value);
}

const CapProviderPreset *
cap_provider_preset_list (void)
{
  return presets;
}

const CapProviderPreset *
cap_provider_preset_find (const char *dialect)
{
  const CapProviderPreset *preset = presets;

  g_return_val_if_fail (dialect != NULL, NULL);

  /* All of Azure's interfaces are one service to its user. */
  if (g_str_has_prefix (dialect, "azure"))
    dialect = "azure";
  while (preset[1].id != NULL && !g_str_equal (preset->dialect, dialect))
    preset++;

  return preset;
}
