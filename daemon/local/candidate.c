/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "local/candidate.h"

#include "dbus/error.h"

/* private */

static const CapModel *
find_installed (const CapCandidate *self)
{
  const CapModel *model = cap_catalogue_find (cap_models_get_catalogue (self->models), self->entry->id);

  return model != NULL && model->path != NULL ? model : NULL;
}

static void
take_model (CapCandidate *self, const CapModel *model)
{
  CapCatalogue *catalogue = cap_models_get_catalogue (self->models);

  g_clear_pointer (&self->entry, cap_model_entry_unref);
  g_free (self->folder);
  g_strfreev (self->libraries);
  self->entry = cap_model_entry_ref (model->entry);
  self->folder = g_strdup (model->path);
  self->libraries = cap_catalogue_list_libraries (catalogue, self->recogniser->id);
}

/* More than any number if it is unknown. */
static double
get_word_errors (const CapCandidate *self)
{
  double errors = self->entry != NULL ? self->entry->word_errors : self->recogniser->word_errors;

  return errors >= 0 ? errors : G_MAXDOUBLE;
}

/* public */

CapCandidate *
cap_candidate_new (CapRecogniser *recogniser, const char *language)
{
  CapCandidate *self;

  g_return_val_if_fail (recogniser != NULL, NULL);

  self = g_new0 (CapCandidate, 1);
  self->recogniser = cap_recogniser_ref (recogniser);
  self->language = g_strdup (language);
  return self;
}

CapCandidate *
cap_candidate_new_with_model (CapRecogniser *recogniser, const char *language, CapModels *models,
                              const CapModel *model)
{
  CapCandidate *self;

  g_return_val_if_fail (CAP_IS_MODELS (models), NULL);
  g_return_val_if_fail (model != NULL && model->path != NULL, NULL);

  self = cap_candidate_new (recogniser, language);
  self->models = g_object_ref (models);
  take_model (self, model);
  return self;
}

void
cap_candidate_free (CapCandidate *self)
{
  g_return_if_fail (self != NULL);

  cap_recogniser_unref (self->recogniser);
  g_free (self->language);
  g_clear_object (&self->models);
  g_clear_pointer (&self->entry, cap_model_entry_unref);
  g_free (self->folder);
  g_strfreev (self->libraries);
  g_free (self);
}

guint64
cap_candidate_get_rank (const CapCandidate *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->entry != NULL ? self->entry->rank : self->recogniser->rank;
}

CapLanguageMatch
cap_candidate_get_match (const CapCandidate *self)
{
  char **known;

  g_return_val_if_fail (self != NULL, CAP_LANGUAGE_OTHER);

  known = self->entry != NULL ? self->entry->languages : self->recogniser->languages;
  return cap_language_match (self->language != NULL ? self->language : "", (const char *const *) known);
}

int
cap_candidate_compare (const CapCandidate *a, const CapCandidate *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, 0);

  if (cap_candidate_get_match (a) != cap_candidate_get_match (b))
    return cap_candidate_get_match (a) > cap_candidate_get_match (b) ? -1 : 1;
  if (a->recogniser->streams != b->recogniser->streams)
    return a->recogniser->streams ? -1 : 1;
  if (cap_candidate_get_rank (a) != cap_candidate_get_rank (b))
    return cap_candidate_get_rank (a) > cap_candidate_get_rank (b) ? -1 : 1;
  if (get_word_errors (a) != get_word_errors (b))
    return get_word_errors (a) < get_word_errors (b) ? -1 : 1;

  return g_strcmp0 (a->recogniser->id, b->recogniser->id);
}

gboolean
cap_candidate_check (const CapCandidate *self, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (!cap_recogniser_check (self->recogniser, error))
    return FALSE;
  if (self->entry == NULL || find_installed (self) != NULL)
    return TRUE;

  g_set_error (error, CAP_ERROR, CAP_ERROR_NO_SUCH_MODEL,
               "The model “%s” is not installed. Install it with: captionctl model install %s",
               self->entry->id, self->entry->id);
  return FALSE;
}

gboolean
cap_candidate_is_current (const CapCandidate *self)
{
  const CapModel *model;

  g_return_val_if_fail (self != NULL, FALSE);

  if (self->entry == NULL)
    return TRUE;

  model = find_installed (self);
  return model != NULL && g_str_equal (model->path, self->folder)
         && g_bytes_equal (model->entry->text, self->entry->text);
}

void
cap_candidate_renew (CapCandidate *self)
{
  const CapModel *model;

  g_return_if_fail (self != NULL);

  model = self->entry != NULL ? find_installed (self) : NULL;
  if (model != NULL)
    take_model (self, model);
}

CapHold *
cap_candidate_hold (const CapCandidate *self, CapHoldFunc func, gpointer user_data)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  g_return_val_if_fail (self != NULL && self->entry != NULL, NULL);

  g_strv_builder_add (ids, self->entry->id);
  g_strv_builder_addv (ids, (const char **) self->entry->needs);
  list = g_strv_builder_end (ids);
  return cap_hold_new (self->models, (const char *const *) list, func, user_data);
}

GVariant *
cap_candidate_get_load_options (const CapCandidate *self, guint threads)
{
  GVariantDict dict;

  g_return_val_if_fail (self != NULL, NULL);

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "threads", "u", threads);
  if (self->language != NULL)
    g_variant_dict_insert (&dict, "language", "s", self->language);
  if (self->folder != NULL)
    g_variant_dict_insert (&dict, "model", "s", self->folder);
  if (self->entry != NULL)
    g_variant_dict_insert_value (&dict, "settings", self->entry->settings);
  if (self->libraries != NULL)
    g_variant_dict_insert_value (&dict, "libraries",
                                 g_variant_new_strv ((const char *const *) self->libraries, -1));
  return g_variant_dict_end (&dict);
}
