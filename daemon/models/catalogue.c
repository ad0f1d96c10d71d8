/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "models/catalogue.h"
#include "base/alarm.h"
#include "base/language-match.h"
#include "models/manifest.h"

#include <string.h>

#define SUBFOLDER "captiond", "models"
#define SUFFIX ".model"
#define MAX_MODELS 512
/* A package manager changes many files at once. */
#define SETTLE_MS 200

/* struct */

/* A folder of the catalogue. While it does not exist, the nearest folder above it is
 * watched. */
typedef struct
{
  char *path;
  gboolean system;
  char *watched;
  GFileMonitor *monitor; /* or NULL */
} Folder;

struct _CapCatalogue
{
  GObject parent_instance;

  GPtrArray *folders;     /* of Folder, the user's first */
  GHashTable *models;     /* id: CapModel */
  GHashTable *uses;       /* id: count, without zeros */
  GHashTable *damaged;    /* set of ids */
  GHashTable *complaints; /* set of messages that the log has */
  char *signature;        /* of all that ::changed reports */
  CapAlarm *settle;
};

/* signals */

enum
{
  SIGNAL_CHANGED,
  SIGNAL_UNUSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* type */

G_DEFINE_FINAL_TYPE (CapCatalogue, cap_catalogue, G_TYPE_OBJECT)

static void folder_free (gpointer data);
static void model_free (gpointer data);
static void on_settled (gpointer user_data);

/* lifecycle */

static void
cap_catalogue_init (CapCatalogue *self)
{
  self->folders = g_ptr_array_new_with_free_func (folder_free);
  self->models = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, model_free);
  self->uses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->damaged = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->complaints = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->settle = cap_alarm_new ("catalogue settle", on_settled, self);
}

static void
cap_catalogue_finalize (GObject *object)
{
  CapCatalogue *self = CAP_CATALOGUE (object);

  cap_alarm_free (self->settle);
  g_ptr_array_unref (self->folders);
  g_hash_table_unref (self->models);
  g_hash_table_unref (self->uses);
  g_hash_table_unref (self->damaged);
  g_hash_table_unref (self->complaints);
  g_free (self->signature);

  G_OBJECT_CLASS (cap_catalogue_parent_class)->finalize (object);
}

static void
cap_catalogue_class_init (CapCatalogueClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cap_catalogue_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", CAP_TYPE_CATALOGUE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_UNUSED] = g_signal_new ("unused", CAP_TYPE_CATALOGUE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

/* private: models */

static void
model_free (gpointer data)
{
  CapModel *self = data;

  g_clear_pointer (&self->entry, cap_model_entry_unref);
  g_clear_pointer (&self->offered, cap_model_entry_unref);
  g_free (self->path);
  g_free (self);
}

static CapModel *
ensure_model (GHashTable *models, const char *id)
{
  CapModel *model = g_hash_table_lookup (models, id);

  if (model == NULL)
    {
      model = g_new0 (CapModel, 1);
      g_hash_table_insert (models, g_strdup (id), model);
    }

  return model;
}

/* The log has each complaint once, and not again whenever the folders are read. */
static void
complain (CapCatalogue *self, const char *path, const GError *error)
{
  /* Each is said once, and not all of very many. */
  char *message = g_strdup_printf ("captiond does not use %s: %s", path, error->message);

  if (g_hash_table_size (self->complaints) >= MAX_MODELS)
    g_free (message);
  else if (g_hash_table_add (self->complaints, message))
    g_message ("%s", message);
}

static void
read_entry (CapCatalogue *self, GHashTable *models, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CapModelEntry) entry = cap_model_entry_load (path, NULL, &error);
  CapModel *model;

  if (entry == NULL)
    {
      complain (self, path, error);
      return;
    }

  model = ensure_model (models, entry->id);
  if (model->offered == NULL)
    model->offered = g_steal_pointer (&entry);
}

static void
read_installed (CapCatalogue *self, GHashTable *models, const char *path, const char *id, gboolean system)
{
  g_autofree char *copy = g_build_filename (path, CAP_MODEL_ENTRY_NAME, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CapModelEntry) entry = cap_model_entry_load (copy, id, &error);
  g_autoptr (GPtrArray) manifest = NULL;
  CapModel *model;

  if (entry != NULL)
    manifest = cap_manifest_read (path, &error);
  if (manifest == NULL)
    complain (self, path, error);

  model = ensure_model (models, id);
  if (model->path != NULL)
    return;
  model->entry = g_steal_pointer (&entry);
  model->path = g_strdup (path);
  model->system = system;
  model->damaged = manifest == NULL || g_hash_table_contains (self->damaged, id);
  model->disk_size = manifest != NULL ? cap_manifest_get_size (manifest) : 0;
}

static void
read_folder (CapCatalogue *self, GHashTable *models, Folder *folder)
{
  g_autoptr (GDir) names = g_dir_open (folder->path, 0, NULL);
  const char *name;

  while (names != NULL && (name = g_dir_read_name (names)) != NULL
         && g_hash_table_size (models) < MAX_MODELS)
    {
      g_autofree char *path = g_build_filename (folder->path, name, NULL);

      if (g_str_has_suffix (name, SUFFIX) && *name != '.' && g_file_test (path, G_FILE_TEST_IS_REGULAR))
        read_entry (self, models, path);
      else if (cap_model_entry_is_id (name) && g_file_test (path, G_FILE_TEST_IS_DIR))
        read_installed (self, models, path, name, folder->system);
    }
}

static int
compare_models (gconstpointer a, gconstpointer b)
{
  const CapModel *one = *(const CapModel *const *) a;
  const CapModel *other = *(const CapModel *const *) b;

  return strcmp (one->entry->id, other->entry->id);
}

static GPtrArray *
sort_models (GHashTable *models)
{
  GPtrArray *list = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer model;

  g_hash_table_iter_init (&iter, models);
  while (g_hash_table_iter_next (&iter, NULL, &model))
    g_ptr_array_add (list, model);
  g_ptr_array_sort (list, compare_models);
  return list;
}

static void
append_entry (GString *text, CapModelEntry *entry)
{
  g_string_append_printf (text, " %x", entry != NULL ? g_bytes_hash (entry->text) : 0);
}

static char *
sign (GHashTable *models)
{
  g_autoptr (GPtrArray) list = sort_models (models);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < list->len; i++)
    {
      const CapModel *model = g_ptr_array_index (list, i);

      g_string_append_printf (text, "%s %s %d", model->entry->id, model->path, model->damaged);
      append_entry (text, model->entry);
      append_entry (text, model->offered);
      g_string_append_c (text, '\n');
    }

  return g_string_free (text, FALSE);
}

/* private: folders */

static void
folder_free (gpointer data)
{
  Folder *self = data;

  g_clear_object (&self->monitor);
  g_free (self->watched);
  g_free (self->path);
  g_free (self);
}

static void
add_folder (CapCatalogue *self, const char *path, gboolean system)
{
  Folder *folder;

  for (guint i = 0; i < self->folders->len; i++)
    if (g_str_equal (((Folder *) g_ptr_array_index (self->folders, i))->path, path))
      return;

  folder = g_new0 (Folder, 1);
  folder->path = g_strdup (path);
  folder->system = system;
  g_ptr_array_add (self->folders, folder);
}

static void
add_system_folders (CapCatalogue *self)
{
  g_autofree char *configured = g_build_filename (CAPTIOND_DATADIR, SUBFOLDER, NULL);

  for (const char *const *data = g_get_system_data_dirs (); *data != NULL; data++)
    {
      g_autofree char *path = g_build_filename (*data, SUBFOLDER, NULL);

      add_folder (self, path, TRUE);
    }
  add_folder (self, configured, TRUE);
}

static char *
find_existing (const char *path)
{
  char *found = g_strdup (path);

  while (!g_file_test (found, G_FILE_TEST_IS_DIR) && !g_str_equal (found, "/") && !g_str_equal (found, "."))
    {
      char *above = g_path_get_dirname (found);

      g_free (found);
      found = above;
    }

  return found;
}

/* Ignores what does not concern a folder of the catalogue: its hidden files, and what
 * stands beside the folders above it. */
static gboolean
concerns (CapCatalogue *self, GFile *changed)
{
  g_autofree char *path = g_file_get_path (changed);
  g_autofree char *parent = path != NULL ? g_path_get_dirname (path) : NULL;
  g_autofree char *name = path != NULL ? g_path_get_basename (path) : NULL;

  for (guint i = 0; path != NULL && i < self->folders->len; i++)
    {
      Folder *folder = g_ptr_array_index (self->folders, i);
      gsize length = strlen (path);

      if (g_str_equal (folder->path, parent) && *name != '.')
        return TRUE;
      if (g_str_has_prefix (folder->path, path)
          && (folder->path[length] == '/' || folder->path[length] == '\0'))
        return TRUE;
    }

  return FALSE;
}

static void
on_file_changed (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event,
                 gpointer user_data)
{
  CapCatalogue *self = user_data;

  if (concerns (self, file) || (other != NULL && concerns (self, other)))
    cap_alarm_ensure (self->settle, SETTLE_MS);
}

static void
watch (CapCatalogue *self, Folder *folder)
{
  g_autofree char *existing = find_existing (folder->path);
  g_autoptr (GFile) file = g_file_new_for_path (existing);

  if (g_strcmp0 (existing, folder->watched) == 0)
    return;

  g_clear_object (&folder->monitor);
  g_free (folder->watched);
  folder->watched = g_steal_pointer (&existing);
  folder->monitor = g_file_monitor_directory (file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (folder->monitor != NULL)
    g_signal_connect_object (folder->monitor, "changed", G_CALLBACK (on_file_changed), self,
                             G_CONNECT_DEFAULT);
}

/* callbacks */

static void
on_settled (gpointer user_data)
{
  cap_catalogue_rescan (user_data);
}

/* private: choices */

static gboolean
is_whole (CapCatalogue *self, const char *id)
{
  const CapModel *model = cap_catalogue_find (self, id);

  return model != NULL && model->path != NULL && model->entry->fits && !model->damaged;
}

/* public methods */

CapCatalogue *
cap_catalogue_new (const char *user_folder, const char *const *system_folders)
{
  CapCatalogue *self = g_object_new (CAP_TYPE_CATALOGUE, NULL);
  g_autofree char *by_default = g_build_filename (g_get_user_data_dir (), SUBFOLDER, NULL);

  add_folder (self, user_folder != NULL ? user_folder : by_default, FALSE);
  if (system_folders == NULL)
    add_system_folders (self);
  for (gsize i = 0; system_folders != NULL && system_folders[i] != NULL; i++)
    add_folder (self, system_folders[i], TRUE);
  cap_catalogue_rescan (self);
  return self;
}

const char *
cap_catalogue_get_user_folder (CapCatalogue *self)
{
  g_return_val_if_fail (CAP_IS_CATALOGUE (self), NULL);

  return ((Folder *) g_ptr_array_index (self->folders, 0))->path;
}

void
cap_catalogue_rescan (CapCatalogue *self)
{
  g_autoptr (GHashTable) models = NULL;
  g_autofree char *signature = NULL;
  GHashTableIter iter;
  gpointer value;

  g_return_if_fail (CAP_IS_CATALOGUE (self));

  cap_alarm_clear (self->settle);
  models = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, model_free);
  for (guint i = 0; i < self->folders->len; i++)
    {
      Folder *folder = g_ptr_array_index (self->folders, i);

      /* Watches first, so that no change is missed in between. */
      watch (self, folder);
      read_folder (self, models, folder);
    }

  g_hash_table_iter_init (&iter, models);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      CapModel *model = value;

      if (model->entry == NULL && model->offered != NULL)
        model->entry = cap_model_entry_ref (model->offered);
      /* A folder without any entry is none of ours. */
      if (model->entry == NULL)
        g_hash_table_iter_remove (&iter);
    }

  signature = sign (models);
  if (g_strcmp0 (signature, self->signature) == 0)
    return;
  g_hash_table_unref (self->models);
  self->models = g_steal_pointer (&models);
  g_free (self->signature);
  self->signature = g_steal_pointer (&signature);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

const CapModel *
cap_catalogue_find (CapCatalogue *self, const char *id)
{
  g_return_val_if_fail (CAP_IS_CATALOGUE (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  return g_hash_table_lookup (self->models, id);
}

GPtrArray *
cap_catalogue_list (CapCatalogue *self, const char *language)
{
  g_autoptr (GPtrArray) all = NULL;
  GPtrArray *list;

  g_return_val_if_fail (CAP_IS_CATALOGUE (self), NULL);
  g_return_val_if_fail (language != NULL, NULL);

  all = sort_models (self->models);
  list = g_ptr_array_new ();
  for (guint i = 0; i < all->len; i++)
    {
      CapModel *model = g_ptr_array_index (all, i);

      if (cap_language_match (language, (const char *const *) model->entry->languages) != CAP_LANGUAGE_OTHER)
        g_ptr_array_add (list, model);
    }

  return list;
}

gboolean
cap_catalogue_is_ready (CapCatalogue *self, const char *id)
{
  g_return_val_if_fail (CAP_IS_CATALOGUE (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  if (!is_whole (self, id))
    return FALSE;
  for (char **need = cap_catalogue_find (self, id)->entry->needs; *need != NULL; need++)
    if (!is_whole (self, *need))
      return FALSE;

  return TRUE;
}

char **
cap_catalogue_list_libraries (CapCatalogue *self, const char *recogniser)
{
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GStrvBuilder) folders = NULL;

  g_return_val_if_fail (CAP_IS_CATALOGUE (self), NULL);
  g_return_val_if_fail (recogniser != NULL, NULL);

  list = sort_models (self->models);
  folders = g_strv_builder_new ();
  for (guint i = 0; i < list->len; i++)
    {
      const CapModel *model = g_ptr_array_index (list, i);

      if (model->entry->kind == CAP_MODEL_KIND_LIBRARY && g_str_equal (model->entry->recogniser, recogniser)
          && is_whole (self, model->entry->id))
        g_strv_builder_add (folders, model->path);
    }

  return g_strv_builder_end (folders);
}

void
cap_catalogue_use (CapCatalogue *self, const char *id)
{
  guint count;

  g_return_if_fail (CAP_IS_CATALOGUE (self));
  g_return_if_fail (id != NULL);

  count = GPOINTER_TO_UINT (g_hash_table_lookup (self->uses, id));
  g_hash_table_replace (self->uses, g_strdup (id), GUINT_TO_POINTER (count + 1));
}

void
cap_catalogue_unuse (CapCatalogue *self, const char *id)
{
  g_autofree char *kept = NULL;
  guint count;

  g_return_if_fail (CAP_IS_CATALOGUE (self));
  g_return_if_fail (id != NULL);
  g_return_if_fail (cap_catalogue_is_used (self, id));

  kept = g_strdup (id);
  count = GPOINTER_TO_UINT (g_hash_table_lookup (self->uses, id));
  if (count > 1)
    {
      g_hash_table_replace (self->uses, g_strdup (id), GUINT_TO_POINTER (count - 1));
      return;
    }

  g_hash_table_remove (self->uses, id);
  g_signal_emit (self, signals[SIGNAL_UNUSED], 0, kept);
}

gboolean
cap_catalogue_is_used (CapCatalogue *self, const char *id)
{
  g_return_val_if_fail (CAP_IS_CATALOGUE (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  return g_hash_table_contains (self->uses, id);
}

void
cap_catalogue_set_damaged (CapCatalogue *self, const char *id, gboolean damaged)
{
  g_return_if_fail (CAP_IS_CATALOGUE (self));
  g_return_if_fail (id != NULL);

  if (damaged ? g_hash_table_add (self->damaged, g_strdup (id)) : g_hash_table_remove (self->damaged, id))
    cap_catalogue_rescan (self);
}
