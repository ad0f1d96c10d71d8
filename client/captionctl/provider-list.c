/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/provider-list.h"
#include "captionctl/captionctl.h"
#include "common/bus.h"

/* private */

static char *
read_default_engine (GDBusConnection *connection, GError **error)
{
  g_autoptr (GVariant) defaults = NULL;
  g_autoptr (GVariant) reply = cap_bus_call (connection, "GetDefaults", NULL, "(a{sv})", error);
  const char *engine = "";

  if (reply == NULL)
    return NULL;

  defaults = g_variant_get_child_value (reply, 0);
  g_variant_lookup (defaults, "engine", "&s", &engine);
  return g_strdup (engine);
}

static GVariant *
mark (GVariant *engine, const char *default_engine)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (engine);

  g_variant_dict_insert (&dict, "default", "b",
                         g_str_equal (cap_provider_list_get_text (engine, "id"), default_engine));
  return g_variant_dict_end (&dict);
}

/* public */

GVariant *
cap_provider_list_read (GDBusConnection *connection, GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariantIter) engines = NULL;
  g_autofree char *default_engine = NULL;
  GVariantBuilder providers;
  GVariant *engine;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);

  reply = cap_bus_call (connection, "ListEngines", NULL, "(aa{sv})", error);
  if (reply == NULL)
    return NULL;
  default_engine = read_default_engine (connection, error);
  if (default_engine == NULL)
    return NULL;

  g_variant_builder_init (&providers, G_VARIANT_TYPE ("aa{sv}"));
  g_variant_get (reply, "(aa{sv})", &engines);
  while ((engine = g_variant_iter_next_value (engines)) != NULL)
    {
      if (g_str_equal (cap_provider_list_get_text (engine, "kind"), "realtime"))
        g_variant_builder_add_value (&providers, mark (engine, default_engine));
      g_variant_unref (engine);
    }

  return g_variant_ref_sink (g_variant_builder_end (&providers));
}

GVariant *
cap_provider_list_find (GVariant *providers, const char *id)
{
  g_return_val_if_fail (providers != NULL, NULL);
  g_return_val_if_fail (id != NULL, NULL);

  for (gsize i = 0; i < g_variant_n_children (providers); i++)
    {
      g_autoptr (GVariant) provider = g_variant_get_child_value (providers, i);

      if (g_str_equal (cap_provider_list_get_text (provider, "id"), id))
        return g_steal_pointer (&provider);
    }

  return NULL;
}

GVariant *
cap_provider_list_get (GDBusConnection *connection, const char *id, GError **error)
{
  g_autoptr (GVariant) providers = NULL;
  GVariant *provider;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  providers = cap_provider_list_read (connection, error);
  if (providers == NULL)
    return NULL;

  provider = cap_provider_list_find (providers, id);
  if (provider == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 "there is no provider \"%s\". To list the providers: captionctl provider list", id);

  return provider;
}

const char *
cap_provider_list_get_text (GVariant *provider, const char *key)
{
  const char *text = "";

  g_return_val_if_fail (provider != NULL, "");
  g_return_val_if_fail (key != NULL, "");

  g_variant_lookup (provider, key, "&s", &text);
  return text;
}

const char *
cap_provider_list_get_setting (GVariant *provider, const char *key)
{
  g_autoptr (GVariant) settings = NULL;

  g_return_val_if_fail (provider != NULL, "");
  g_return_val_if_fail (key != NULL, "");

  settings = cap_provider_list_get_settings (provider);
  /* @settings is a part of @provider, so that the text lives as long as that. */
  return cap_provider_list_get_text (settings, key);
}

GVariant *
cap_provider_list_get_settings (GVariant *provider)
{
  GVariant *settings;

  g_return_val_if_fail (provider != NULL, NULL);

  settings = g_variant_lookup_value (provider, "provider", G_VARIANT_TYPE_VARDICT);
  return settings != NULL ? settings
                          : g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0));
}

gboolean
cap_provider_list_check_id (const char *id, GError **error)
{
  g_return_val_if_fail (id != NULL, FALSE);

  if (!g_str_equal (id, "local")
      && g_regex_match_simple ("^[a-z][a-z0-9-]{0,31}$", id, G_REGEX_DOLLAR_ENDONLY, 0))
    return TRUE;

  g_set_error (error, CAP_USAGE_ERROR, 0,
               "\"%s\" cannot be the ID of a provider: an ID consists of lowercase letters, digits and "
               "hyphens, begins with a letter, has at most 32 characters, and is not \"local\"", id);
  return FALSE;
}
