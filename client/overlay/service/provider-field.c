/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/service/provider-field.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

static const CapProviderFieldChoice dialects[] = {
  { "auto", N_("Find out") },
  { "openai", "OpenAI" },
  { "azure", "Azure OpenAI" },
  { "azure-realtime", N_("Azure OpenAI, realtime conversation") },
  { "azure-preview", N_("Azure OpenAI, preview") },
  { "legacy", N_("OpenAI’s beta (Riva, older gateways)") },
  { "speaches", "speaches" },
  { "localai", "LocalAI" },
  { "vllm", "vLLM" },
  { NULL }
};

static const CapProviderFieldChoice auths[] = {
  { "", N_("As is usual there") },
  { "bearer", N_("With a key (bearer)") },
  { "api-key", N_("With a key (api-key)") },
  { "token-command", N_("With a program's token") },
  { "none", N_("Not at all") },
  { NULL }
};

static const CapProviderFieldChoice turns[] = {
  { "", N_("captiond") },
  { "server", N_("The service") },
  { "client", N_("captiond, told to the service") },
  { NULL }
};

static const CapProviderFieldChoice rates[] = {
  { "0", N_("As is usual there") },
  { "16000", "16 kHz" },
  { "24000", "24 kHz" },
  { NULL }
};

static const CapProviderFieldChoice delays[] = {
  { "", N_("As is usual there") },
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
  { "dialect", CAP_PROVIDER_FIELD_CHOICE, N_("Kind of ser_vice"),
    N_("Which form of the protocol it speaks"), dialects },
  { "session-model", CAP_PROVIDER_FIELD_TEXT, N_("Conversation mode_l"),
    N_("Its deployment; for Azure's realtime conversation alone"), NULL },
  { "auth", CAP_PROVIDER_FIELD_CHOICE, N_("_How it knows you"), "", auths },
  { "token-command", CAP_PROVIDER_FIELD_COMMAND, N_("_Program that prints a token"),
    N_("With its arguments; run without a shell"), NULL },
  { "mint", CAP_PROVIDER_FIELD_FLAG, N_("Ask for a short-lived secret first"), "", NULL },
  { "turns", CAP_PROVIDER_FIELD_CHOICE, N_("Who hears where a sentence _ends"), "", turns },
  { "rate", CAP_PROVIDER_FIELD_RATE, N_("Sound ra_te"), N_("For OpenAI’s beta alone"), rates },
  { "prompt", CAP_PROVIDER_FIELD_TEXT, N_("What the speech is a_bout"), N_("The model is told so"), NULL },
  { "keywords", CAP_PROVIDER_FIELD_LIST, N_("_Words to expect"),
    N_("Names and terms, with commas between them"), NULL },
  { "delay", CAP_PROVIDER_FIELD_CHOICE, N_("Dela_y"), N_("More of it makes fewer mistakes"), delays },
  { "noise-reduction", CAP_PROVIDER_FIELD_CHOICE, N_("Noise reduction"), "", noises },
  { "organization", CAP_PROVIDER_FIELD_TEXT, N_("Or_ganization"), N_("Of an OpenAI account"), NULL },
  { "project", CAP_PROVIDER_FIELD_TEXT, N_("Pro_ject"), N_("Of an OpenAI account"), NULL },
  { "ca-file", CAP_PROVIDER_FIELD_TEXT, N_("Certificate authority"),
    N_("A PEM file, by its whole path, where the service has an authority of its own"), NULL },
  { "allow-plain", CAP_PROVIDER_FIELD_FLAG, N_("Allow _unencrypted connections"),
    N_("Everybody on the way can listen then. Only in a network that you trust."), NULL },
  { NULL }
};

static const CapProviderPreset presets[] = {
  { "openai", "openai", "OpenAI", NULL, "", N_("_Model"), "", "gpt-live-transcribe",
    N_("It is made at platform.openai.com/api-keys.") },
  { "azure", "azure", "Azure OpenAI",
    N_("The endpoint of your resource: https://RESOURCE.openai.azure.com"), "",
    N_("_Deployment"), N_("Of the transcription model"), "",
    N_("One of the two keys of the resource") },
  { "speaches", "speaches", N_("Own server: speaches"), N_("Where the server is"), "http://localhost:8000/v1",
    N_("_Model"), N_("As the server calls it"), "", N_("Only if the server wants one") },
  { "localai", "localai", N_("Own server: LocalAI"), N_("Where the server is"), "http://localhost:8080/v1",
    N_("_Model"), N_("As the server calls it"), "", N_("Only if the server wants one") },
  { "vllm", "vllm", N_("Own server: vLLM"), N_("Where the server is"), "http://localhost:8000/v1",
    N_("_Model"), N_("As the server calls it"), "", N_("Only if the server wants one") },
  { "other", "auto", N_("Another that speaks OpenAI’s protocol"), N_("As its documentation gives it"), "",
    N_("_Model"), N_("As the service calls it"), "", N_("Only if the service wants one") },
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
                       _("This cannot be taken apart. Does every quotation mark have its other half?"));
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
  g_autofree char *trimmed = g_strstrip (g_strdup (text));

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
  g_autofree char *text = cap_provider_field_to_text (self, settings);
  g_autoptr (GVariant) now = cap_provider_field_from_text (self, text, NULL);

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

  /* Azure's other doors are the same service to its user. */
  if (g_str_has_prefix (dialect, "azure"))
    dialect = "azure";
  while (preset[1].id != NULL && !g_str_equal (preset->dialect, dialect))
    preset++;

  return preset;
}
