/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "bus/defaults.h"
#include "base/options.h"
#include "dbus/error.h"
#include "sound/source.h"

/* The settings that GetDefaults and SetDefaults give access to. */
static const CapOption default_options[] = {
  { "source", G_VARIANT_TYPE_STRING, cap_source_check_option },
  { "engine", G_VARIANT_TYPE_STRING },
  { "language", G_VARIANT_TYPE_STRING, cap_option_is_language },
  { "translate-to", G_VARIANT_TYPE_STRING, cap_option_is_no_translation },
  { "audio-kept-seconds", G_VARIANT_TYPE_UINT32 },
  { "fallback", G_VARIANT_TYPE_BOOLEAN },
  { "fallback-seconds", G_VARIANT_TYPE_UINT32 },
  { "daily-minutes", G_VARIANT_TYPE_UINT32 },
  { "session-idle-seconds", G_VARIANT_TYPE_UINT32 },
};

/* g_settings_new() would abort if a schema is missing. */
GSettings *
cap_defaults_open (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;
  g_autoptr (GSettingsSchema) provider_schema = NULL;

  if (source != NULL)
    {
      schema = g_settings_schema_source_lookup (source, "org.captiond", TRUE);
      provider_schema = g_settings_schema_source_lookup (source, "org.captiond.Provider", TRUE);
    }

  if (schema == NULL || provider_schema == NULL || !g_settings_schema_has_key (schema, "listen-while-locked"))
    return NULL;

  return g_settings_new_full (schema, NULL, NULL);
}

char *
cap_defaults_get_string (GSettings *settings, GVariant *options, const char *key)
{
  char *value = NULL;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (options != NULL, NULL);
  g_return_val_if_fail (key != NULL, NULL);

  if (g_variant_lookup (options, key, "s", &value))
    return value;

  return g_settings_get_string (settings, key);
}

GVariant *
cap_defaults_get_all (GSettings *settings)
{
  GVariantBuilder all;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  g_variant_builder_init (&all, G_VARIANT_TYPE_VARDICT);
  for (gsize i = 0; i < G_N_ELEMENTS (default_options); i++)
    {
      const char *key = default_options[i].key;
      g_autoptr (GVariant) value = g_settings_get_value (settings, key);

      g_variant_builder_add (&all, "{sv}", key, value);
    }

  return g_variant_builder_end (&all);
}

/* The table cannot check the ranges of the schema, nor locks. */
static gboolean
check_key (GSettings *settings, const char *key, GVariant *value, GError **error)
{
  g_autoptr (GSettingsSchema) schema = NULL;
  g_autoptr (GSettingsSchemaKey) schema_key = NULL;

  g_object_get (settings, "settings-schema", &schema, NULL);
  schema_key = g_settings_schema_get_key (schema, key);
  if (!g_settings_schema_key_range_check (schema_key, value))
    {
      g_set_error (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION, "%s: the value is out of range", key);
      return FALSE;
    }
  if (!g_settings_is_writable (settings, key))
    {
      g_set_error (error, CAP_ERROR, CAP_ERROR_POLICY_REFUSED,
                   "%s: the administrator of this computer has locked this setting", key);
      return FALSE;
    }

  return TRUE;
}

static gboolean
check_all (GSettings *settings, CapEngines *engines, GVariant *defaults, GError **error)
{
  g_autofree char *engine = cap_defaults_get_string (settings, defaults, "engine");
  g_autofree char *language = cap_defaults_get_string (settings, defaults, "language");
  GVariantIter iter;
  const char *key;
  GVariant *value;

  if (!cap_options_check (defaults, default_options, G_N_ELEMENTS (default_options), error)
      || !cap_engines_check (engines, engine, language, error))
    return FALSE;

  g_variant_iter_init (&iter, defaults);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) owned = value;

      if (!check_key (settings, key, value, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
cap_defaults_set (GSettings *settings, CapEngines *engines, GVariant *defaults, GError **error)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_return_val_if_fail (G_IS_SETTINGS (settings), FALSE);
  g_return_val_if_fail (CAP_IS_ENGINES (engines), FALSE);
  g_return_val_if_fail (defaults != NULL, FALSE);

  if (!check_all (settings, engines, defaults, error))
    return FALSE;

  g_variant_iter_init (&iter, defaults);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    g_settings_set_value (settings, key, value);

  return TRUE;
}

gboolean
cap_defaults_allow_app (GSettings *settings, const char *list, const char *app_id)
{
  g_auto (GStrv) allowed = NULL;

  g_return_val_if_fail (G_IS_SETTINGS (settings), FALSE);
  g_return_val_if_fail (list != NULL, FALSE);
  g_return_val_if_fail (app_id != NULL, FALSE);

  allowed = g_settings_get_strv (settings, list);
  return g_strv_contains ((const char *const *) allowed, app_id);
}
