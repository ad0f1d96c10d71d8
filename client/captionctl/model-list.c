/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/model-list.h"
#include "common/bus.h"

/* private */

static gboolean
add_to_plan (GVariant *models, const char *id, GHashTable *seen, GPtrArray *plan, GError **error)
{
  g_autoptr (GVariant) model = NULL;
  g_autofree const char **needs = NULL;

  if (!g_hash_table_add (seen, g_strdup (id)))
    return TRUE;
  model = cap_model_list_find (models, id, error);
  if (model == NULL)
    return FALSE;

  g_variant_lookup (model, "needs", "^a&s", &needs);
  for (gsize i = 0; needs != NULL && needs[i] != NULL; i++)
    if (!add_to_plan (models, needs[i], seen, plan, error))
      return FALSE;

  if (cap_model_list_is_due (model))
    g_ptr_array_add (plan, g_steal_pointer (&model));
  return TRUE;
}

/* public */

GVariant *
cap_model_list_read (GDBusConnection *connection, const char *language, GError **error)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) reply = NULL;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);

  if (language != NULL)
    g_variant_dict_insert (&options, "language", "s", language);
  reply = cap_bus_call (connection, "ListModels", g_variant_new ("(@a{sv})", g_variant_dict_end (&options)),
                        "(aa{sv})", error);
  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

GVariant *
cap_model_list_find (GVariant *models, const char *id, GError **error)
{
  g_return_val_if_fail (models != NULL, NULL);
  g_return_val_if_fail (id != NULL, NULL);

  for (gsize i = 0; i < g_variant_n_children (models); i++)
    {
      g_autoptr (GVariant) model = g_variant_get_child_value (models, i);

      if (g_str_equal (cap_model_list_get_text (model, "id"), id))
        return g_steal_pointer (&model);
    }

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               "there is no model \"%s\". To list the models: captionctl model list", id);
  return NULL;
}

const char *
cap_model_list_get_text (GVariant *model, const char *key)
{
  const char *text = "";

  g_return_val_if_fail (model != NULL, NULL);
  g_return_val_if_fail (key != NULL, NULL);

  g_variant_lookup (model, key, "&s", &text);
  return text;
}

guint64
cap_model_list_get_size (GVariant *model, const char *key)
{
  guint64 size = 0;

  g_return_val_if_fail (model != NULL, 0);
  g_return_val_if_fail (key != NULL, 0);

  g_variant_lookup (model, key, "t", &size);
  return size;
}

gboolean
cap_model_list_get_flag (GVariant *model, const char *key)
{
  gboolean flag = FALSE;

  g_return_val_if_fail (model != NULL, FALSE);
  g_return_val_if_fail (key != NULL, FALSE);

  g_variant_lookup (model, key, "b", &flag);
  return flag;
}

char *
cap_model_list_join (GVariant *model, const char *key)
{
  g_auto (GStrv) words = NULL;

  g_return_val_if_fail (model != NULL, NULL);
  g_return_val_if_fail (key != NULL, NULL);

  if (!g_variant_lookup (model, key, "^as", &words))
    return g_strdup ("");
  return g_strjoinv (", ", words);
}

char *
cap_model_list_print_size (guint64 bytes)
{
  g_autofree char *size = g_format_size (bytes);
  g_auto (GStrv) parts = g_strsplit (size, "\302\240", -1);

  return g_strjoinv (" ", parts);
}

gboolean
cap_model_list_is_due (GVariant *model)
{
  const char *state;

  g_return_val_if_fail (model != NULL, FALSE);

  state = cap_model_list_get_text (model, "state");
  return !g_str_equal (state, "installed") || cap_model_list_get_flag (model, "update");
}

GPtrArray *
cap_model_list_plan (GVariant *models, const char *id, GError **error)
{
  g_autoptr (GPtrArray) plan = NULL;
  g_autoptr (GHashTable) seen = NULL;

  g_return_val_if_fail (models != NULL, NULL);
  g_return_val_if_fail (id != NULL, NULL);

  plan = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!add_to_plan (models, id, seen, plan, error))
    return NULL;

  return g_steal_pointer (&plan);
}
