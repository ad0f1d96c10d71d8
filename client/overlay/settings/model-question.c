/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/settings/model-question.h"
#include "overlay/service/model-facts.h"
#include "overlay/service/offers.h"

#include <glib/gi18n.h>

typedef struct
{
  CapModelJobs *jobs;
  char *id;
  void (*agree) (CapModelJobs *jobs, const char *id);
} Question;

static void
question_free (gpointer data, GClosure *closure)
{
  Question *self = data;

  g_object_unref (self->jobs);
  g_free (self->id);
  g_free (self);
}

/* callbacks */

static void
on_answer (GtkDialog *dialog, int answer, Question *question)
{
  if (answer == GTK_RESPONSE_ACCEPT)
    question->agree (question->jobs, question->id);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

/* private */

static Question *
question_new (CapModelJobs *jobs, const char *id, void (*agree) (CapModelJobs *jobs, const char *id))
{
  Question *self = g_new0 (Question, 1);

  self->jobs = g_object_ref (jobs);
  self->id = g_strdup (id);
  self->agree = agree;
  return self;
}

static char *
get_name (CapModelJobs *jobs, const char *id)
{
  g_autoptr (GVariant) model = cap_model_facts_find (cap_model_jobs_get_list (jobs), id);

  return model != NULL ? cap_offers_dup_text (model, "name") : g_strdup (id);
}

/* @button: with a mnemonic. Takes @question. Returns the button. */
static GtkWidget *
ask (GtkWidget *dialog, const char *text, const char *button, Question *question)
{
  GtkWidget *accept;

  gtk_message_dialog_format_secondary_text (GTK_MESSAGE_DIALOG (dialog), "%s", text);
  gtk_dialog_add_button (GTK_DIALOG (dialog), _("_Cancel"), GTK_RESPONSE_CANCEL);
  accept = gtk_dialog_add_button (GTK_DIALOG (dialog), button, GTK_RESPONSE_ACCEPT);
  gtk_dialog_set_default_response (GTK_DIALOG (dialog), GTK_RESPONSE_CANCEL);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_answer), question, question_free, 0);
  return accept;
}

/* public */

GtkWindow *
cap_model_question_new_install (GtkWindow *parent, CapModelJobs *jobs, const char *id)
{
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;
  GtkWidget *dialog, *accept;

  g_return_val_if_fail (CAP_IS_MODEL_JOBS (jobs), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  name = get_name (jobs, id);
  text = cap_model_facts_say_conditions (cap_model_jobs_get_list (jobs), id);
  dialog = gtk_message_dialog_new (parent, GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT,
                                   GTK_MESSAGE_QUESTION, GTK_BUTTONS_NONE, _("Install “%s”?"), name);
  accept = ask (dialog, text, _("_Install"), question_new (jobs, id, cap_model_jobs_install));
  gtk_widget_set_name (accept, "confirm-model-install");
  gtk_widget_add_css_class (accept, "suggested-action");
  return GTK_WINDOW (dialog);
}

GtkWindow *
cap_model_question_new_remove (GtkWindow *parent, CapModelJobs *jobs, const char *id)
{
  g_autofree char *name = NULL;
  GtkWidget *dialog, *accept;

  g_return_val_if_fail (CAP_IS_MODEL_JOBS (jobs), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  name = get_name (jobs, id);
  dialog = gtk_message_dialog_new (parent, GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT,
                                   GTK_MESSAGE_QUESTION, GTK_BUTTONS_NONE, _("Remove “%s”?"), name);
  accept = ask (dialog, _("Its files will be deleted as soon as no captions use it."),
                _("_Remove"), question_new (jobs, id, cap_model_jobs_remove));
  gtk_widget_set_name (accept, "confirm-model-remove");
  gtk_widget_add_css_class (accept, "destructive-action");
  return GTK_WINDOW (dialog);
}
