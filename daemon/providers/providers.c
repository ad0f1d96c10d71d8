/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "providers/providers.h"
#include "dbus/error.h"

#define PROVIDER_SCHEMA "org.captiond.Provider"
#define PROVIDER_PATH "/org/captiond/providers/"
#define LIST_KEY "providers"
#define MAX_PROVIDERS 32

/* struct */

typedef struct
{
  CapProviders *owner;
  char *id;
  GSettings *settings;
  CapProvider *provider; /* NULL if the settings are invalid */
} Entry;

struct _CapProviders
{
  GObject parent_instance;

  GSettings *settings;
  GPtrArray *entries; /* of Entry, in the order of the list */
};

/* signals */

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapProviders, cap_providers, G_TYPE_OBJECT)

static void entry_free (Entry *entry);

/* lifecycle */

static void
cap_providers_finalize (GObject *object)
{
  CapProviders *self = CAP_PROVIDERS (object);

  g_ptr_array_unref (self->entries);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (cap_providers_parent_class)->finalize (object);
}

static void
cap_providers_init (CapProviders *self)
{
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
}

static void
cap_providers_class_init (CapProvidersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cap_providers_finalize;

  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", CAP_TYPE_PROVIDERS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                  G_TYPE_STRING);
}

/* settings */

static GSettings *
open_settings (CapProviders *self, const char *id)
{
  g_autofree char *path = g_strconcat (PROVIDER_PATH, id, "/", NULL);
  g_autoptr (GSettingsBackend) backend = NULL;

  g_object_get (self->settings, "backend", &backend, NULL);
  return g_settings_new_with_backend_and_path (PROVIDER_SCHEMA, backend, path);
}

static char **
list_keys (GSettings *settings)
{
  g_autoptr (GSettingsSchema) schema = NULL;

  g_object_get (settings, "settings-schema", &schema, NULL);
  return g_settings_schema_list_keys (schema);
}

/* All values, valid or not: a{sv}, floating. */
static GVariant *
read_all (GSettings *settings)
{
  g_auto (GStrv) keys = list_keys (settings);
  GVariantBuilder all;

  g_variant_builder_init (&all, G_VARIANT_TYPE_VARDICT);
  for (char **key = keys; *key != NULL; key++)
    {
      g_autoptr (GVariant) value = g_settings_get_value (settings, *key);

      g_variant_builder_add (&all, "{sv}", *key, value);
    }

  return g_variant_builder_end (&all);
}

/* @base with the keys of @settings replaced. A key that occurs twice in @settings
 * is kept twice, so that the check refuses it. */
static GVariant *
merge (GVariant *base, GVariant *settings)
{
  GVariantBuilder merged;
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_builder_init (&merged, G_VARIANT_TYPE_VARDICT);
  g_variant_iter_init (&iter, settings);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    g_variant_builder_add (&merged, "{sv}", key, value);

  if (base != NULL)
    {
      g_variant_iter_init (&iter, base);
      while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
        {
          g_autoptr (GVariant) newer = g_variant_lookup_value (settings, key, NULL);

          if (newer == NULL)
            g_variant_builder_add (&merged, "{sv}", key, value);
        }
    }

  return g_variant_ref_sink (g_variant_builder_end (&merged));
}

static gboolean
check_writable (GSettings *settings, const char *key, GError **error)
{
  if (g_settings_is_writable (settings, key))
    return TRUE;

  g_set_error (error, CAP_ERROR, CAP_ERROR_POLICY_REFUSED,
               "%s: the administrator of this machine has fixed this setting", key);
  return FALSE;
}

/* Writes changed values into @writer, which delays them until it is applied. */
static gboolean
stage (GSettings *writer, CapProvider *provider, GError **error)
{
  g_autoptr (GVariant) all = g_variant_ref_sink (cap_provider_get_settings (provider));
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, all);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) owned = value;
      g_autoptr (GVariant) now = g_settings_get_value (writer, key);

      if (g_variant_equal (now, value))
        continue;
      if (!check_writable (writer, key, error))
        return FALSE;
      g_settings_set_value (writer, key, value);
    }

  return TRUE;
}

static void
write_list (CapProviders *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) ids = NULL;

  for (guint i = 0; i < self->entries->len; i++)
    g_strv_builder_add (builder, ((Entry *) g_ptr_array_index (self->entries, i))->id);
  ids = g_strv_builder_end (builder);
  g_settings_set_strv (self->settings, LIST_KEY, (const char *const *) ids);
}

/* entries */

static Entry *
find_entry (CapProviders *self, const char *id, guint *place)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      if (g_str_equal (entry->id, id))
        {
          if (place != NULL)
            *place = i;
          return entry;
        }
    }

  return NULL;
}

static gboolean
is_same (CapProvider *one, CapProvider *other)
{
  g_autoptr (GVariant) first = NULL;
  g_autoptr (GVariant) second = NULL;

  if (one == NULL || other == NULL)
    return one == other;

  first = g_variant_ref_sink (cap_provider_get_settings (one));
  second = g_variant_ref_sink (cap_provider_get_settings (other));
  return g_variant_equal (first, second);
}

/* Reads the settings again. TRUE if the provider changed. */
static gboolean
refresh (Entry *entry)
{
  g_autoptr (GVariant) all = g_variant_ref_sink (read_all (entry->settings));
  g_autoptr (GError) error = NULL;
  g_autoptr (CapProvider) provider = cap_provider_new (entry->id, all, &error);
  gboolean changed = !is_same (provider, entry->provider);

  /* Somebody wrote these settings without captiond. */
  if (provider == NULL)
    g_warning ("captiond cannot use the settings of the provider %s: %s", entry->id, error->message);

  g_clear_pointer (&entry->provider, cap_provider_unref);
  entry->provider = g_steal_pointer (&provider);
  return changed;
}

static void
tell (CapProviders *self, const char *id)
{
  g_autofree char *kept = g_strdup (id);

  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, kept);
}

static gboolean
on_entry_changed (Entry *entry)
{
  if (refresh (entry))
    tell (entry->owner, entry->id);
  return FALSE;
}

static void
entry_free (Entry *entry)
{
  g_signal_handlers_disconnect_by_data (entry->settings, entry);
  g_object_unref (entry->settings);
  g_clear_pointer (&entry->provider, cap_provider_unref);
  g_free (entry->id);
  g_free (entry);
}

/* "change-event" arrives once for all keys that somebody changed together. */
static Entry *
entry_new (CapProviders *self, const char *id)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->owner = self;
  entry->id = g_strdup (id);
  entry->settings = open_settings (self, id);
  g_signal_connect_swapped (entry->settings, "change-event", G_CALLBACK (on_entry_changed), entry);
  refresh (entry);
  return entry;
}

static Entry *
take_entry (CapProviders *self, const char *id)
{
  guint place;

  if (find_entry (self, id, &place) == NULL)
    return NULL;

  return g_ptr_array_steal_index (self->entries, place);
}

/* Updates the entries from the list of ids, and skips invalid ids. Adds the ids of
 * new and removed entries to @news. */
static void
read_list (CapProviders *self, GPtrArray *news)
{
  g_auto (GStrv) ids = g_settings_get_strv (self->settings, LIST_KEY);
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (char **id = ids; *id != NULL && entries->len < MAX_PROVIDERS; id++)
    {
      Entry *entry;

      if (!cap_provider_is_id (*id) || !g_hash_table_add (seen, *id))
        continue;
      entry = take_entry (self, *id);
      if (entry == NULL)
        {
          entry = entry_new (self, *id);
          g_ptr_array_add (news, g_strdup (*id));
        }
      g_ptr_array_add (entries, entry);
    }

  /* Somebody removed the remaining entries from the list. */
  for (guint i = 0; i < self->entries->len; i++)
    g_ptr_array_add (news, g_strdup (((Entry *) g_ptr_array_index (self->entries, i))->id));
  g_ptr_array_unref (self->entries);
  self->entries = g_steal_pointer (&entries);
}

static void
on_list_changed (CapProviders *self)
{
  g_autoptr (GPtrArray) news = g_ptr_array_new_with_free_func (g_free);

  read_list (self, news);
  for (guint i = 0; i < news->len; i++)
    tell (self, g_ptr_array_index (news, i));
}

/* Whether another provider may be created. */
static gboolean
check_room (CapProviders *self, GError **error)
{
  if (self->entries->len >= MAX_PROVIDERS)
    {
      g_set_error (error, CAP_ERROR, CAP_ERROR_LIMIT_EXCEEDED,
                   "There are already %d providers, the maximum. Remove one with: captionctl provider remove",
                   MAX_PROVIDERS);
      return FALSE;
    }

  return check_writable (self->settings, LIST_KEY, error);
}

/* public methods */

CapProviders *
cap_providers_new (GSettings *settings)
{
  g_autoptr (GPtrArray) news = NULL;
  CapProviders *self;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  news = g_ptr_array_new_with_free_func (g_free);
  self = g_object_new (CAP_TYPE_PROVIDERS, NULL);
  self->settings = g_object_ref (settings);
  g_signal_connect_object (settings, "changed::" LIST_KEY, G_CALLBACK (on_list_changed), self,
                           G_CONNECT_SWAPPED);
  read_list (self, news);
  return self;
}

CapProvider *
cap_providers_get (CapProviders *self, const char *id)
{
  Entry *entry;

  g_return_val_if_fail (CAP_IS_PROVIDERS (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  entry = find_entry (self, id, NULL);
  return entry != NULL && entry->provider != NULL ? cap_provider_ref (entry->provider) : NULL;
}

GPtrArray *
cap_providers_list (CapProviders *self)
{
  GPtrArray *list;

  g_return_val_if_fail (CAP_IS_PROVIDERS (self), NULL);

  list = g_ptr_array_new_with_free_func ((GDestroyNotify) cap_provider_unref);
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      if (entry->provider != NULL)
        g_ptr_array_add (list, cap_provider_ref (entry->provider));
    }

  return list;
}

gboolean
cap_providers_set (CapProviders *self, const char *id, GVariant *settings, GError **error)
{
  g_autoptr (GSettings) writer = NULL;
  g_autoptr (GVariant) base = NULL;
  g_autoptr (GVariant) merged = NULL;
  g_autoptr (CapProvider) provider = NULL;
  Entry *entry;

  g_return_val_if_fail (CAP_IS_PROVIDERS (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);
  g_return_val_if_fail (g_variant_is_of_type (settings, G_VARIANT_TYPE_VARDICT), FALSE);

  entry = find_entry (self, id, NULL);
  if (entry != NULL)
    base = g_variant_ref_sink (read_all (entry->settings));
  merged = merge (base, settings);
  provider = cap_provider_new (id, merged, error);
  if (provider == NULL || (entry == NULL && !check_room (self, error)))
    return FALSE;

  /* Delayed: captiond writes all values, or none if one is not writable. */
  writer = open_settings (self, id);
  g_settings_delay (writer);
  if (!stage (writer, provider, error))
    return FALSE;
  g_settings_apply (writer);

  if (entry != NULL)
    on_entry_changed (entry);
  else
    {
      g_ptr_array_add (self->entries, entry_new (self, id));
      write_list (self);
      tell (self, id);
    }

  return TRUE;
}

gboolean
cap_providers_remove (CapProviders *self, const char *id, GError **error)
{
  g_auto (GStrv) keys = NULL;
  guint place;
  Entry *entry;

  g_return_val_if_fail (CAP_IS_PROVIDERS (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  entry = find_entry (self, id, &place);
  if (entry == NULL)
    {
      g_set_error (error, CAP_ERROR, CAP_ERROR_NO_SUCH_ENGINE,
                   "There is no provider called “%s”. List the existing ones with: captionctl engines",
                   id);
      return FALSE;
    }
  if (!check_writable (self->settings, LIST_KEY, error))
    return FALSE;

  entry = g_ptr_array_steal_index (self->entries, place);
  g_signal_handlers_disconnect_by_data (entry->settings, entry);
  write_list (self);
  keys = list_keys (entry->settings);
  for (char **key = keys; *key != NULL; key++)
    g_settings_reset (entry->settings, *key);
  entry_free (entry);
  tell (self, id);

  return TRUE;
}

void
cap_providers_touch (CapProviders *self, const char *id)
{
  g_return_if_fail (CAP_IS_PROVIDERS (self));
  g_return_if_fail (id != NULL);

  tell (self, id);
}
