/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "local/recognisers.h"
#include "base/alarm.h"

#include <string.h>

#define SUFFIX ".recogniser"
#define FOLDER "captiond" G_DIR_SEPARATOR_S "recognisers"
#define MOST_RECOGNISERS 64
/* Files that are read in a folder, and complaints that are logged. */
#define MOST_FILES 256
/* Several files often change together. */
#define SETTLE_MS 200

/* struct */

struct _CapRecognisers
{
  GObject parent_instance;

  CapModels *models; /* or NULL */
  char **folders;
  GPtrArray *recognisers; /* CapRecogniser, by id */
  GPtrArray *monitors;    /* GFileMonitor */
  CapAlarm *settle;       /* until the files are read again */
  GHashTable *complaints; /* set of messages that were logged */
};

G_DEFINE_FINAL_TYPE (CapRecognisers, cap_recognisers, G_TYPE_OBJECT)

/* signals */

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* private */

static CapRecogniser *
find_recogniser (CapRecognisers *self, const char *id)
{
  for (guint i = 0; i < self->recognisers->len; i++)
    {
      CapRecogniser *recogniser = g_ptr_array_index (self->recognisers, i);

      if (g_str_equal (recogniser->id, id))
        return recogniser;
    }

  return NULL;
}

/* Says once what is wrong with a file, however often the folder changes. */
static void
complain (CapRecognisers *self, const char *message)
{
  if (g_hash_table_size (self->complaints) < MOST_FILES
      && g_hash_table_add (self->complaints, g_strdup (message)))
    g_message ("%s", message);
}

static void
read_recogniser (CapRecognisers *self, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CapRecogniser) recogniser = cap_recogniser_new_from_file (path, &error);

  if (recogniser == NULL)
    complain (self, error->message);
  else if (find_recogniser (self, recogniser->id) == NULL && self->recognisers->len < MOST_RECOGNISERS)
    g_ptr_array_add (self->recognisers, g_steal_pointer (&recogniser));
}

static void
read_folder (CapRecognisers *self, const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n_files = 0;

  while (dir != NULL && n_files < MOST_FILES && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, SUFFIX))
      {
        n_files++;
        g_autofree char *path = g_build_filename (folder, name, NULL);

        read_recogniser (self, path);
      }
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  const CapRecogniser *const *left = a, *const *right = b;

  return strcmp ((*left)->id, (*right)->id);
}

/* The folder of this installation counts even where XDG_DATA_DIRS leaves it out.
 * CAPTIOND_RECOGNISER_PATH has more folders, which come first: a developer's build. */
static char **
list_folders (void)
{
  g_autoptr (GStrvBuilder) folders = g_strv_builder_new ();
  const char *path = g_getenv ("CAPTIOND_RECOGNISER_PATH");
  g_auto (GStrv) first = g_strsplit (path != NULL ? path : "", G_SEARCHPATH_SEPARATOR_S, -1);
  g_autofree char *user = g_build_filename (g_get_user_data_dir (), FOLDER, NULL);

  for (char **folder = first; *folder != NULL; folder++)
    if (g_path_is_absolute (*folder))
      g_strv_builder_add (folders, *folder);
  g_strv_builder_add (folders, user);
  for (const char *const *data = g_get_system_data_dirs (); *data != NULL; data++)
    {
      g_autofree char *folder = g_build_filename (*data, FOLDER, NULL);

      g_strv_builder_add (folders, folder);
    }
  g_strv_builder_add (folders, DATADIR G_DIR_SEPARATOR_S FOLDER);
  return g_strv_builder_end (folders);
}

/* So that it can be watched. */
static void
make_user_folder (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), FOLDER, NULL);

  g_mkdir_with_parents (folder, 0700);
}

static void
read_all (CapRecognisers *self)
{
  g_ptr_array_set_size (self->recognisers, 0);
  for (char **folder = self->folders; *folder != NULL; folder++)
    read_folder (self, *folder);
  g_ptr_array_sort (self->recognisers, compare_ids);
}

/* callbacks */

static void
on_settled (gpointer user_data)
{
  CapRecognisers *self = user_data;

  read_all (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
on_changed (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, gpointer user_data)
{
  CapRecognisers *self = user_data;
  g_autofree char *name = g_file_get_basename (file);

  if (name != NULL && g_str_has_suffix (name, SUFFIX))
    cap_alarm_ensure (self->settle, SETTLE_MS);
}

static void
on_models_changed (CapRecognisers *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* lifecycle */

/* GLib would look every four seconds whether a missing folder came into being. */
static void
watch (CapRecognisers *self, const char *path)
{
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  GFileMonitor *monitor;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return;

  monitor = g_file_monitor_directory (folder, G_FILE_MONITOR_NONE, NULL, NULL);
  if (monitor == NULL)
    return;

  g_signal_connect_object (monitor, "changed", G_CALLBACK (on_changed), self, G_CONNECT_DEFAULT);
  g_ptr_array_add (self->monitors, monitor);
}

static void
cap_recognisers_init (CapRecognisers *self)
{
  self->recognisers = g_ptr_array_new_with_free_func ((GDestroyNotify) cap_recogniser_unref);
  self->monitors = g_ptr_array_new_with_free_func (g_object_unref);
  self->settle = cap_alarm_new ("recognisers settle", on_settled, self);
  self->complaints = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->folders = list_folders ();
  make_user_folder ();
  for (char **folder = self->folders; *folder != NULL; folder++)
    watch (self, *folder);
  read_all (self);
}

static void
cap_recognisers_finalize (GObject *object)
{
  CapRecognisers *self = CAP_RECOGNISERS (object);

  g_clear_object (&self->models);
  g_strfreev (self->folders);
  g_ptr_array_unref (self->recognisers);
  g_ptr_array_unref (self->monitors);
  cap_alarm_free (self->settle);
  g_hash_table_unref (self->complaints);

  G_OBJECT_CLASS (cap_recognisers_parent_class)->finalize (object);
}

static void
cap_recognisers_class_init (CapRecognisersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cap_recognisers_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", CAP_TYPE_RECOGNISERS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 0);
}

static int
compare_candidates (gconstpointer a, gconstpointer b)
{
  return cap_candidate_compare (*(CapCandidate *const *) a, *(CapCandidate *const *) b);
}

static void
add_own_model (CapRecogniser *recogniser, const char *language, GPtrArray *found)
{
  const char *const *known = (const char *const *) recogniser->languages;

  if (*recogniser->forms == NULL && cap_language_match (language, known) != CAP_LANGUAGE_OTHER)
    g_ptr_array_add (found, cap_candidate_new (recogniser, *language != '\0' ? language : *known));
}

static gboolean
is_for (CapRecognisers *self, const CapModel *model, CapRecogniser *recogniser)
{
  return model->entry->kind == CAP_MODEL_KIND_MODEL && g_str_equal (model->entry->recogniser, recogniser->id)
         && cap_recogniser_reads (recogniser, model->entry->form)
         && cap_catalogue_is_ready (cap_models_get_catalogue (self->models), model->entry->id);
}

static void
add_languages (char **languages, GHashTable *seen, GStrvBuilder *list)
{
  for (char **language = languages; *language != NULL; language++)
    if (g_hash_table_add (seen, *language))
      g_strv_builder_add (list, *language);
}

/* Each installed model that the recogniser reads is one more way. */
static void
add_models (CapRecognisers *self, CapRecogniser *recogniser, const char *language, GPtrArray *found)
{
  g_autoptr (GPtrArray) models = cap_catalogue_list (cap_models_get_catalogue (self->models), language);

  for (guint i = 0; i < models->len; i++)
    {
      const CapModel *model = models->pdata[i];

      if (is_for (self, model, recogniser))
        g_ptr_array_add (found, cap_candidate_new_with_model (
                                    recogniser, *language != '\0' ? language : *model->entry->languages,
                                    self->models, model));
    }
}

/* Those that can run come before those that cannot, so that the failure of the first
 * one explains why none can. */
static void
move_ready_first (GPtrArray *candidates)
{
  g_autoptr (GPtrArray) missing = g_ptr_array_new ();

  for (guint i = 0; i < candidates->len;)
    {
      CapCandidate *candidate = candidates->pdata[i];

      if (cap_recogniser_check (candidate->recogniser, NULL))
        i++;
      else
        g_ptr_array_add (missing, g_ptr_array_steal_index (candidates, i));
    }
  for (guint i = 0; i < missing->len; i++)
    g_ptr_array_add (candidates, missing->pdata[i]);
}

/* Whether installing the model would give a recogniser of this computer one more way to
 * recognise while people speak. */
static gboolean
can_be_added (CapRecognisers *self, const CapModel *model)
{
  CapRecogniser *recogniser = find_recogniser (self, model->entry->recogniser);

  return model->entry->kind == CAP_MODEL_KIND_MODEL && model->offered != NULL && model->entry->fits
         && model->entry->streams && recogniser != NULL
         && cap_recogniser_reads (recogniser, model->entry->form)
         && !cap_catalogue_is_ready (cap_models_get_catalogue (self->models), model->entry->id);
}

/* public */

CapRecognisers *
cap_recognisers_new (CapModels *models)
{
  CapRecognisers *self = g_object_new (CAP_TYPE_RECOGNISERS, NULL);

  g_return_val_if_fail (models == NULL || CAP_IS_MODELS (models), self);

  if (models != NULL)
    {
      self->models = g_object_ref (models);
      g_signal_connect_object (models, "changed", G_CALLBACK (on_models_changed), self, G_CONNECT_SWAPPED);
    }
  return self;
}

GPtrArray *
cap_recognisers_list (CapRecognisers *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) cap_recogniser_unref);

  g_return_val_if_fail (CAP_IS_RECOGNISERS (self), NULL);

  for (guint i = 0; i < self->recognisers->len; i++)
    g_ptr_array_add (list, cap_recogniser_ref (self->recognisers->pdata[i]));
  return list;
}

gboolean
cap_recognisers_has (CapRecognisers *self, const char *id)
{
  g_return_val_if_fail (CAP_IS_RECOGNISERS (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  return find_recogniser (self, id) != NULL;
}

char **
cap_recognisers_get_languages (CapRecognisers *self, const char *id)
{
  g_autoptr (GStrvBuilder) languages = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) models = NULL;

  g_return_val_if_fail (CAP_IS_RECOGNISERS (self), NULL);

  if (self->models != NULL)
    models = cap_catalogue_list (cap_models_get_catalogue (self->models), "");
  for (guint i = 0; i < self->recognisers->len; i++)
    {
      CapRecogniser *recogniser = self->recognisers->pdata[i];

      if (id != NULL && !g_str_equal (id, recogniser->id))
        continue;
      add_languages (recogniser->languages, seen, languages);
      for (guint j = 0; models != NULL && j < models->len; j++)
        if (is_for (self, models->pdata[j], recogniser))
          add_languages (((const CapModel *) models->pdata[j])->entry->languages, seen, languages);
    }

  return g_strv_builder_end (languages);
}

GPtrArray *
cap_recognisers_find (CapRecognisers *self, const char *id, const char *language)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) cap_candidate_free);

  g_return_val_if_fail (CAP_IS_RECOGNISERS (self), NULL);
  g_return_val_if_fail (language != NULL, NULL);

  for (guint i = 0; i < self->recognisers->len; i++)
    {
      add_own_model (self->recognisers->pdata[i], language, found);
      if (self->models != NULL)
        add_models (self, self->recognisers->pdata[i], language, found);
    }
  g_ptr_array_sort (found, compare_candidates);
  move_ready_first (found);

  for (guint i = 0; id != NULL && i < found->len; i++)
    if (g_str_equal (((CapCandidate *) found->pdata[i])->recogniser->id, id))
      {
        g_ptr_array_insert (found, 0, g_ptr_array_steal_index (found, i));
        break;
      }
  return found;
}

char *
cap_recognisers_find_better (CapRecognisers *self, const CapCandidate *candidate)
{
  g_autoptr (GPtrArray) models = NULL;
  const CapModel *best = NULL;
  CapLanguageMatch match;

  g_return_val_if_fail (CAP_IS_RECOGNISERS (self), NULL);
  g_return_val_if_fail (candidate != NULL, NULL);

  if (self->models == NULL || candidate->language == NULL)
    return NULL;

  match = cap_candidate_get_match (candidate);
  models = cap_catalogue_list (cap_models_get_catalogue (self->models), candidate->language);
  for (guint i = 0; i < models->len; i++)
    {
      const CapModel *model = models->pdata[i];

      guint64 rank = best != NULL ? best->entry->rank : cap_candidate_get_rank (candidate);

      if (model->entry->rank > rank && can_be_added (self, model)
          && cap_language_match (candidate->language, (const char *const *) model->entry->languages) >= match)
        best = model;
    }
  return best != NULL ? g_strdup (best->entry->id) : NULL;
}
