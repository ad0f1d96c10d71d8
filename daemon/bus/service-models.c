/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "bus/service-models.h"
#include "base/options.h"
#include "bus/service-job.h"
#include "dbus/error.h"
#include "dbus/names.h"

#define MAX_CALLS 64
#define MAX_PATH_BYTES 4096

/* struct */

struct _CapServiceModels
{
  GObject parent_instance;

  CapDBusCaptions1 *object; /* weak */
  CapModels *models;
  GPtrArray *calls; /* of CapServiceJob */
  guint64 last_job; /* the N of the newest path */
  guint tell_idle;
};

/* type */

G_DEFINE_FINAL_TYPE (CapServiceModels, cap_service_models, G_TYPE_OBJECT)

/* lifecycle */

static void
cap_service_models_init (CapServiceModels *self)
{
  self->calls = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
cap_service_models_dispose (GObject *object)
{
  CapServiceModels *self = CAP_SERVICE_MODELS (object);

  g_clear_handle_id (&self->tell_idle, g_source_remove);
  g_clear_weak_pointer (&self->object);
  g_clear_pointer (&self->calls, g_ptr_array_unref);
  if (self->models != NULL)
    cap_models_stop (self->models);
  g_clear_object (&self->models);

  G_OBJECT_CLASS (cap_service_models_parent_class)->dispose (object);
}

static void
cap_service_models_class_init (CapServiceModelsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_service_models_dispose;
}

/* ModelsChanged */

static gboolean
on_tell (gpointer user_data)
{
  CapServiceModels *self = user_data;

  self->tell_idle = 0;
  if (self->object != NULL)
    cap_dbus_captions1_emit_models_changed (self->object);
  return G_SOURCE_REMOVE;
}

/* Emits one signal for all changes of one turn of the main loop. */
static void
on_changed (CapModels *models, gpointer user_data)
{
  CapServiceModels *self = user_data;

  if (self->tell_idle == 0)
    self->tell_idle = g_idle_add (on_tell, self);
}

/* ListModels */

static GVariant *
list_hosts (CapModelEntry *entry)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GVariantBuilder hosts;

  g_variant_builder_init (&hosts, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < entry->files->len; i++)
    for (char **address = ((CapModelFile *) entry->files->pdata[i])->addresses; *address != NULL; address++)
      {
        g_autoptr (GUri) uri = g_uri_parse (*address, G_URI_FLAGS_NONE, NULL);
        const char *host = g_uri_get_host (uri);

        if (g_hash_table_add (seen, g_strdup (host)))
          g_variant_builder_add (&hosts, "s", host);
      }

  return g_variant_builder_end (&hosts);
}

static GVariant *
list_files (CapModelEntry *entry)
{
  GVariantBuilder files;

  g_variant_builder_init (&files, G_VARIANT_TYPE ("a(st)"));
  for (guint i = 0; i < entry->files->len; i++)
    {
      const CapModelFile *file = g_ptr_array_index (entry->files, i);

      g_variant_builder_add (&files, "(st)", file->name, file->size);
    }

  return g_variant_builder_end (&files);
}

static const char *
get_state (CapServiceModels *self, const CapModel *model)
{
  const char *activity = cap_models_get_activity (self->models, model->entry->id);

  if (activity != NULL)
    return activity;
  if (model->path == NULL)
    return "available";
  return model->damaged ? "damaged" : "installed";
}

/* An empty string if nothing is in the way. */
static char *
explain (CapServiceModels *self, const CapModel *model)
{
  CapCatalogue *catalogue = cap_models_get_catalogue (self->models);

  if (!model->entry->fits)
    return g_strdup ("It is not made for this kind of computer.");

  for (char **need = model->entry->needs; *need != NULL; need++)
    {
      const CapModel *needed = cap_catalogue_find (catalogue, *need);

      if (needed == NULL)
        return g_strdup_printf ("It needs “%s”, which the catalogue does not have.", *need);
      if (!needed->entry->fits)
        return g_strdup_printf ("It needs “%s”, which is not made for this kind of computer.", *need);
      if (model->path != NULL && needed->path == NULL)
        return g_strdup_printf ("It needs “%s”, which was removed. Install the model again.", *need);
    }

  return g_strdup ("");
}

static gboolean
has_update (const CapModel *model)
{
  return model->path != NULL && model->offered != NULL
         && !g_bytes_equal (model->offered->text, model->entry->text);
}

static void
add_facts (GVariantBuilder *row, CapModelEntry *entry)
{
  const struct
  {
    const char *key, *value;
  } texts[] = {
    { "id", entry->id },
    { "kind", entry->kind == CAP_MODEL_KIND_LIBRARY ? "library" : "model" },
    { "name", entry->name },
    { "recogniser", entry->recogniser },
    { "form", entry->form },
    { "license", entry->license },
    { "license-address", entry->license_address },
    { "attribution", entry->attribution },
    { "notice", entry->notice },
    { "word-errors-source", entry->word_errors_source },
    { "word-errors-on", entry->word_errors_on },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_variant_builder_add (row, "{sv}", texts[i].key, g_variant_new_string (texts[i].value));
  g_variant_builder_add (row, "{sv}", "languages",
                         g_variant_new_strv ((const char *const *) entry->languages, -1));
  g_variant_builder_add (row, "{sv}", "needs", g_variant_new_strv ((const char *const *) entry->needs, -1));
  g_variant_builder_add (row, "{sv}", "download-size",
                         g_variant_new_uint64 (cap_model_entry_get_download_size (entry)));
  g_variant_builder_add (row, "{sv}", "memory", g_variant_new_uint64 (entry->memory));
  g_variant_builder_add (row, "{sv}", "files", list_files (entry));
  g_variant_builder_add (row, "{sv}", "hosts", list_hosts (entry));
  g_variant_builder_add (row, "{sv}", "case", g_variant_new_boolean (entry->has_case));
  g_variant_builder_add (row, "{sv}", "punctuation", g_variant_new_boolean (entry->punctuation));
  g_variant_builder_add (row, "{sv}", "streams", g_variant_new_boolean (entry->streams));
  if (entry->word_errors >= 0)
    g_variant_builder_add (row, "{sv}", "word-errors", g_variant_new_double (entry->word_errors));
}

static GVariant *
compose (CapServiceModels *self, const CapModel *model)
{
  g_autofree char *reason = explain (self, model);
  const char *path = model->path != NULL ? model->path : "";
  GVariantBuilder row;

  g_variant_builder_init (&row, G_VARIANT_TYPE_VARDICT);
  add_facts (&row, model->entry);
  g_variant_builder_add (&row, "{sv}", "state", g_variant_new_string (get_state (self, model)));
  g_variant_builder_add (&row, "{sv}", "disk-size", g_variant_new_uint64 (model->disk_size));
  /* The name of a folder need not be UTF-8. */
  g_variant_builder_add (&row, "{sv}", "path", g_variant_new_take_string (g_utf8_make_valid (path, -1)));
  g_variant_builder_add (&row, "{sv}", "system", g_variant_new_boolean (model->system));
  g_variant_builder_add (&row, "{sv}", "update", g_variant_new_boolean (has_update (model)));
  g_variant_builder_add (&row, "{sv}", "usable", g_variant_new_boolean (*reason == '\0'));
  g_variant_builder_add (&row, "{sv}", "reason", g_variant_new_string (reason));
  return g_variant_builder_end (&row);
}

static void
list_models (CapServiceModels *self, GDBusMethodInvocation *invocation, GVariant *options, GError **error)
{
  static const CapOption list_options[] = { { "language", G_VARIANT_TYPE_STRING, cap_option_is_language } };
  g_autoptr (GPtrArray) models = NULL;
  const char *language = "";
  GVariantBuilder list;

  if (!cap_options_check (options, list_options, G_N_ELEMENTS (list_options), error))
    return;

  g_variant_lookup (options, "language", "&s", &language);
  models = cap_catalogue_list (cap_models_get_catalogue (self->models), language);
  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < models->len; i++)
    g_variant_builder_add_value (&list, compose (self, g_ptr_array_index (models, i)));
  cap_dbus_captions1_complete_list_models (self->object, invocation, g_variant_builder_end (&list));
}

/* jobs */

static void
on_finished (CapServiceJob *call, gpointer user_data)
{
  CapServiceModels *self = user_data;

  g_ptr_array_remove (self->calls, call);
}

/* The work goes on for those who still follow it. */
static void
on_cancelled (CapServiceJob *call, gpointer user_data)
{
  CapServiceModels *self = user_data;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < self->calls->len; i++)
    {
      CapServiceJob *other = g_ptr_array_index (self->calls, i);

      if (other == call || cap_service_job_get_job (other) != cap_service_job_get_job (call))
        continue;
      error = g_error_new_literal (CAP_ERROR, CAP_ERROR_CANCELLED,
                                   "You no longer follow this job. It goes on for another program.");
      cap_service_job_finish (call, error);
      return;
    }

  cap_model_job_cancel (cap_service_job_get_job (call));
}

static CapServiceJob *
add_call (CapServiceModels *self, GDBusMethodInvocation *invocation, CapModelJob *job, GError **error)
{
  g_autofree char *path = g_strdup_printf (CAP_JOB_PATH_PREFIX "%" G_GUINT64_FORMAT, ++self->last_job);
  CapServiceJob *call =
    cap_service_job_new (g_dbus_method_invocation_get_connection (invocation), path,
                         g_dbus_method_invocation_get_sender (invocation), job, error);

  if (call == NULL)
    return NULL;

  g_ptr_array_add (self->calls, call);
  g_signal_connect_object (call, "finished", G_CALLBACK (on_finished), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (call, "cancelled", G_CALLBACK (on_cancelled), self, G_CONNECT_DEFAULT);
  return call;
}

static gboolean
check_calls (CapServiceModels *self, GError **error)
{
  if (self->calls->len < MAX_CALLS)
    return TRUE;

  g_set_error (error, CAP_ERROR, CAP_ERROR_LIMIT_EXCEEDED,
               "%d calls already wait for models. Wait until one of them is done.", MAX_CALLS);
  return FALSE;
}

static gboolean
is_folder (GVariant *value, GError **error)
{
  const char *path = g_variant_get_string (value, NULL);

  if (!cap_option_is_line (value, error))
    return FALSE;
  if (g_path_is_absolute (path))
    return TRUE;

  g_set_error_literal (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION, "must be an absolute path");
  return FALSE;
}

static CapModelJob *
install (CapServiceModels *self, const char *id, GVariant *options, GError **error)
{
  static const CapOption install_options[] = {
    { "folder", G_VARIANT_TYPE_STRING, is_folder, MAX_PATH_BYTES },
  };
  const char *folder = NULL;

  if (!cap_options_check (options, install_options, G_N_ELEMENTS (install_options), error))
    return NULL;

  g_variant_lookup (options, "folder", "&s", &folder);
  return cap_models_install (self->models, id, folder, error);
}

static void
begin_job (CapServiceModels *self, GDBusMethodInvocation *invocation, const char *id, GVariant *options,
           GError **error)
{
  g_autoptr (CapModelJob) job = NULL;
  CapServiceJob *call = NULL;

  if (!check_calls (self, error))
    return;

  job = options != NULL ? install (self, id, options, error) : cap_models_remove (self->models, id, error);
  if (job != NULL)
    call = add_call (self, invocation, job, error);
  if (call == NULL)
    return;

  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", cap_service_job_get_path (call)));
  cap_service_job_start (call);
}

/* public methods */

CapServiceModels *
cap_service_models_new (CapDBusCaptions1 *object, CapModels *models)
{
  CapServiceModels *self;

  g_return_val_if_fail (CAP_DBUS_IS_CAPTIONS1 (object), NULL);
  g_return_val_if_fail (CAP_IS_MODELS (models), NULL);

  self = g_object_new (CAP_TYPE_SERVICE_MODELS, NULL);
  g_set_weak_pointer (&self->object, object);
  self->models = g_object_ref (models);
  g_signal_connect_object (models, "changed", G_CALLBACK (on_changed), self, G_CONNECT_DEFAULT);
  return self;
}

void
cap_service_models_handle (CapServiceModels *self, GDBusMethodInvocation *invocation)
{
  GVariant *parameters = g_dbus_method_invocation_get_parameters (invocation);
  const char *method = g_dbus_method_invocation_get_method_name (invocation);
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GError) error = NULL;
  const char *id;

  g_return_if_fail (CAP_IS_SERVICE_MODELS (self));

  if (g_str_equal (method, "ListModels"))
    {
      g_variant_get (parameters, "(@a{sv})", &options);
      list_models (self, invocation, options, &error);
    }
  else if (g_str_equal (method, "InstallModel"))
    {
      g_variant_get (parameters, "(&s@a{sv})", &id, &options);
      begin_job (self, invocation, id, options, &error);
    }
  else
    {
      g_variant_get (parameters, "(&s)", &id);
      begin_job (self, invocation, id, NULL, &error);
    }

  if (error != NULL)
    g_dbus_method_invocation_return_gerror (invocation, error);
}

gboolean
cap_service_models_is_busy (CapServiceModels *self)
{
  g_return_val_if_fail (CAP_IS_SERVICE_MODELS (self), FALSE);

  return cap_models_is_busy (self->models);
}
