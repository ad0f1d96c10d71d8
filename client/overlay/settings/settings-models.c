/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/settings/settings-models.h"
#include "common/own-language.h"
#include "overlay/service/model-facts.h"
#include "overlay/service/offers.h"
#include "overlay/settings/choice-button.h"
#include "overlay/settings/model-question.h"
#include "overlay/settings/model-row.h"
#include "overlay/settings/settings-row.h"
#include "overlay/text/language.h"

#include <glib/gi18n.h>

/* The largest number of models that the list shows. */
#define MAX_SHOWN 200

struct _CapSettingsModels
{
  CapSettingsPage parent_instance;

  CapCatalog *catalog;
  CapModelJobs *jobs;
  CapChoiceButton *language;
  GtkWidget *problem;
  CapSettingsGroup *list;
  GPtrArray *rows; /* CapModelRow in the list */
  char *chosen;    /* language that the user chose; NULL before that */
};

G_DEFINE_FINAL_TYPE (CapSettingsModels, cap_settings_models, CAP_TYPE_SETTINGS_PAGE)

/* lifecycle */

static void
cap_settings_models_dispose (GObject *object)
{
  CapSettingsModels *self = CAP_SETTINGS_MODELS (object);

  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_object (&self->catalog);
  g_clear_object (&self->jobs);

  G_OBJECT_CLASS (cap_settings_models_parent_class)->dispose (object);
}

static void
cap_settings_models_finalize (GObject *object)
{
  g_free (CAP_SETTINGS_MODELS (object)->chosen);

  G_OBJECT_CLASS (cap_settings_models_parent_class)->finalize (object);
}

static void
cap_settings_models_class_init (CapSettingsModelsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_settings_models_dispose;
  G_OBJECT_CLASS (klass)->finalize = cap_settings_models_finalize;
}

static void
cap_settings_models_init (CapSettingsModels *self)
{
  self->rows = g_ptr_array_new ();
}

/* from the user to the service */

static GtkWindow *
get_window (CapSettingsModels *self)
{
  return GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
}

static void
on_install (CapModelRow *row, CapSettingsModels *self)
{
  gtk_window_present (cap_model_question_new_install (get_window (self), self->jobs,
                                                   cap_model_row_get_id (row)));
}

static void
on_remove (CapModelRow *row, CapSettingsModels *self)
{
  gtk_window_present (cap_model_question_new_remove (get_window (self), self->jobs,
                                                  cap_model_row_get_id (row)));
}

static void
on_cancel (CapModelRow *row, CapSettingsModels *self)
{
  cap_model_jobs_cancel (self->jobs, cap_model_row_get_id (row));
}

/* from the service to the list */

/* The language of captions, or the user's own; as long as the user chooses no other. */
static char *
get_wanted_language (CapSettingsModels *self)
{
  const char *of_captions = cap_catalog_get_default (self->catalog, "language");
  g_autofree char *own = NULL;

  if (self->chosen != NULL)
    return g_strdup (self->chosen);
  if (*of_captions != '\0')
    return g_strdup (of_captions);

  own = cap_own_language_find ();
  return own != NULL ? g_steal_pointer (&own) : g_strdup ("");
}

static void
update_languages (CapSettingsModels *self)
{
  g_autoptr (GListModel) choices = cap_model_facts_list_languages (cap_model_jobs_get_list (self->jobs));
  g_autofree char *wanted = get_wanted_language (self);

  cap_choice_button_set_choices (self->language, choices);
  cap_choice_button_select (self->language, cap_model_facts_find_language (choices, wanted));
}

/* Libraries come with models. The list shows those that are there, so that they can be
 * removed. */
static gboolean
is_listed (GVariant *model, const char *language)
{
  if (*cap_offers_get_text (model, "id") == '\0')
    return FALSE;
  if (g_str_equal (cap_offers_get_text (model, "kind"), "library"))
    return *language == '\0' && !cap_model_facts_is (model, "available");

  return cap_model_facts_recognises (model, language);
}

static GPtrArray *
list_ids (CapSettingsModels *self)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  GVariant *models = cap_model_jobs_get_list (self->jobs);
  const char *language = cap_choice_button_get_id (self->language);
  gsize n = models != NULL ? g_variant_n_children (models) : 0;

  for (gsize i = 0; i < n && ids->len < MAX_SHOWN; i++)
    {
      g_autoptr (GVariant) model = g_variant_get_child_value (models, i);

      if (is_listed (model, language))
        g_ptr_array_add (ids, g_strdup (cap_offers_get_text (model, "id")));
    }

  return ids;
}

static gboolean
has_rows (CapSettingsModels *self, GPtrArray *ids)
{
  if (ids->len != self->rows->len)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!g_str_equal (ids->pdata[i], cap_model_row_get_id (self->rows->pdata[i])))
      return FALSE;

  return TRUE;
}

static void
add_row (CapSettingsModels *self, const char *id)
{
  GtkWidget *row = cap_model_row_new (id);

  g_signal_connect_object (row, "install", G_CALLBACK (on_install), self, 0);
  g_signal_connect_object (row, "remove", G_CALLBACK (on_remove), self, 0);
  g_signal_connect_object (row, "cancel", G_CALLBACK (on_cancel), self, 0);
  cap_settings_group_add (self->list, row);
  g_ptr_array_add (self->rows, row);
}

static void
update_rows (CapSettingsModels *self)
{
  g_autoptr (GPtrArray) ids = list_ids (self);

  if (!has_rows (self, ids))
    {
      g_ptr_array_set_size (self->rows, 0);
      cap_settings_group_remove_all (self->list);
      for (guint i = 0; i < ids->len; i++)
        add_row (self, ids->pdata[i]);
    }

  for (guint i = 0; i < self->rows->len; i++)
    cap_model_row_update (self->rows->pdata[i], self->jobs);
  gtk_widget_set_visible (GTK_WIDGET (self->list), self->rows->len > 0);
}

static void
update (CapSettingsModels *self)
{
  GVariant *models = cap_model_jobs_get_list (self->jobs);
  const char *problem = cap_model_jobs_get_problem (self->jobs);

  if (problem == NULL && models != NULL && g_variant_n_children (models) == 0)
    problem = _("The catalogue has no models. Reinstall captiond.");
  cap_settings_problem_set (self->problem, problem);
  update_languages (self);
  update_rows (self);
}

/* callbacks */

static void
on_progress (CapModelJobs *jobs, const char *id, CapSettingsModels *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    if (g_str_equal (cap_model_row_get_id (self->rows->pdata[i]), id))
      cap_model_row_update_progress (self->rows->pdata[i], jobs);
}

static void
on_language (CapChoiceButton *button, const char *id, CapSettingsModels *self)
{
  g_free (self->chosen);
  self->chosen = g_strdup (id);
  update_rows (self);
}

static void
on_map (CapSettingsModels *self)
{
  cap_model_jobs_refresh (self->jobs);
}

/* layout */

static void
lay_out (CapSettingsModels *self)
{
  GtkWidget *group = cap_settings_group_new (
      _("Models"),
      _("With a model, this computer recognises speech without a network. Models differ in languages, size and "
        "accuracy."));

  self->language = CAP_CHOICE_BUTTON (cap_choice_button_new ());
  gtk_widget_set_name (GTK_WIDGET (self->language), "model-language");
  cap_settings_group_add (CAP_SETTINGS_GROUP (group),
                          cap_settings_row_new (_("Models for _language"), "", GTK_WIDGET (self->language)));
  cap_settings_page_add (CAP_SETTINGS_PAGE (self), group);

  self->problem = cap_settings_problem_new ();
  cap_settings_page_add (CAP_SETTINGS_PAGE (self), self->problem);

  self->list = CAP_SETTINGS_GROUP (cap_settings_group_new (_("Models of the catalogue"), ""));
  gtk_widget_set_visible (GTK_WIDGET (self->list), FALSE);
  cap_settings_page_add (CAP_SETTINGS_PAGE (self), GTK_WIDGET (self->list));
}

/* public */

GtkWidget *
cap_settings_models_new (CapCatalog *catalog, CapModelJobs *jobs)
{
  CapSettingsModels *self;

  g_return_val_if_fail (CAP_IS_CATALOG (catalog), NULL);
  g_return_val_if_fail (CAP_IS_MODEL_JOBS (jobs), NULL);

  self = g_object_new (CAP_TYPE_SETTINGS_MODELS, NULL);
  self->catalog = g_object_ref (catalog);
  self->jobs = g_object_ref (jobs);
  lay_out (self);
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
  g_signal_connect_object (self->language, "chosen", G_CALLBACK (on_language), self, 0);
  g_signal_connect_object (catalog, "changed::defaults", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (jobs, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (jobs, "progress", G_CALLBACK (on_progress), self, 0);
  return GTK_WIDGET (self);
}
