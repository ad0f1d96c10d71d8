/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/settings/model-hint.h"
#include "common/own-language.h"
#include "overlay/service/model-facts.h"
#include "overlay/service/offers.h"
#include "overlay/settings/settings-page.h"
#include "overlay/text/language.h"

#include <glib/gi18n.h>

#define SAID "model-hint-said"
#define PLAIN_RECOGNISER "pocketsphinx"

struct _CapModelHint
{
  GtkBox parent_instance;

  CapCatalog *catalog;
  CapModelJobs *jobs;
  GSettings *settings;
  GtkWidget *sentence;
  gboolean wanted; /* the list of models was asked for */
};

enum
{
  SIGNAL_SHOW_MODELS,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapModelHint, cap_model_hint, GTK_TYPE_BOX)

/* lifecycle */

static void
cap_model_hint_dispose (GObject *object)
{
  CapModelHint *self = CAP_MODEL_HINT (object);

  g_clear_object (&self->catalog);
  g_clear_object (&self->jobs);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (cap_model_hint_parent_class)->dispose (object);
}

static void
cap_model_hint_class_init (CapModelHintClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_model_hint_dispose;

  signals[SIGNAL_SHOW_MODELS] = g_signal_new ("show-models", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                              NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
cap_model_hint_init (CapModelHint *self)
{
  gtk_box_set_spacing (GTK_BOX (self), 12);
  gtk_widget_add_css_class (GTK_WIDGET (self), "cap-hint-box");
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/* private */

static gboolean
uses_plain_recogniser (CapModelHint *self)
{
  g_autoptr (GVariant) engine = cap_offers_find_engine (cap_catalog_get_engines (self->catalog),
                                                        cap_catalog_get_default (self->catalog, "engine"));

  return engine != NULL && g_str_equal (cap_offers_get_text (engine, "recogniser"), PLAIN_RECOGNISER);
}

/* As the service does, if captions have no language: the user's own, otherwise English. */
static char *
get_language (CapModelHint *self)
{
  const char *of_captions = cap_catalog_get_default (self->catalog, "language");
  g_autofree char *own = cap_own_language_find ();

  if (*of_captions != '\0')
    return g_strdup (of_captions);

  return own != NULL ? g_steal_pointer (&own) : g_strdup ("en");
}

static void
say (CapModelHint *self, const char *language)
{
  g_autofree char *name = cap_language_describe (language);
  g_autofree char *text =
    /* Translators: the name of a language. */
    g_strdup_printf (_("A better recogniser for %s can be installed on this computer."), name);

  gtk_label_set_text (GTK_LABEL (self->sentence), text);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  g_settings_set_boolean (self->settings, SAID, TRUE);
}

static void
read_models (CapModelHint *self)
{
  if (!self->wanted)
    cap_model_jobs_refresh (self->jobs);
  self->wanted = TRUE;
}

/* callbacks */

static void
update (CapModelHint *self)
{
  GVariant *models = cap_model_jobs_get_list (self->jobs);
  g_autofree char *language = NULL;

  if (g_settings_get_boolean (self->settings, SAID) || !uses_plain_recogniser (self))
    return;
  if (models == NULL)
    {
      read_models (self);
      return;
    }

  language = get_language (self);
  if (cap_model_facts_offer (models, language))
    say (self, language);
}

static void
on_show (CapModelHint *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  g_signal_emit (self, signals[SIGNAL_SHOW_MODELS], 0);
}

/* public */

GtkWidget *
cap_model_hint_new (CapCatalog *catalog, CapModelJobs *jobs, GSettings *settings)
{
  CapModelHint *self;
  GtkWidget *show;

  g_return_val_if_fail (CAP_IS_CATALOG (catalog), NULL);
  g_return_val_if_fail (CAP_IS_MODEL_JOBS (jobs), NULL);
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_object_new (CAP_TYPE_MODEL_HINT, NULL);
  self->catalog = g_object_ref (catalog);
  self->jobs = g_object_ref (jobs);
  self->settings = g_object_ref (settings);
  self->sentence = cap_settings_text_new ("");
  gtk_widget_set_hexpand (self->sentence, TRUE);
  gtk_box_append (GTK_BOX (self), self->sentence);

  show = gtk_button_new_with_label (_("Show Models"));
  gtk_widget_set_name (show, "show-models");
  gtk_widget_set_valign (show, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (self), show);

  g_signal_connect_object (show, "clicked", G_CALLBACK (on_show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (catalog, "changed::engines", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (catalog, "changed::defaults", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (jobs, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
