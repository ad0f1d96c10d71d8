/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "local/candidate.h"

CapCandidate *
cap_candidate_new (CapRecogniser *recogniser, const char *language)
{
  CapCandidate *self;

  g_return_val_if_fail (recogniser != NULL, NULL);

  self = g_new0 (CapCandidate, 1);
  self->recogniser = cap_recogniser_ref (recogniser);
  self->language = g_strdup (language);
  self->rank = recogniser->rank;
  self->word_errors = recogniser->word_errors;
  return self;
}

static char **
list_used (CapModelEntry *entry)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();

  g_strv_builder_add (ids, entry->id);
  g_strv_builder_addv (ids, (const char **) entry->needs);
  return g_strv_builder_end (ids);
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
  self->model = g_strdup (model->entry->id);
  self->used = list_used (model->entry);
  self->folder = g_strdup (model->path);
  self->settings = g_variant_ref (model->entry->settings);
  self->libraries = cap_catalogue_list_libraries (cap_models_get_catalogue (models), recogniser->id);
  self->rank = model->entry->rank;
  self->word_errors = model->entry->word_errors;
  return self;
}

void
cap_candidate_free (CapCandidate *self)
{
  g_return_if_fail (self != NULL);

  cap_recogniser_unref (self->recogniser);
  g_clear_object (&self->models);
  g_free (self->model);
  g_strfreev (self->used);
  g_free (self->folder);
  g_free (self->language);
  g_strfreev (self->libraries);
  g_clear_pointer (&self->settings, g_variant_unref);
  g_free (self);
}

int
cap_candidate_compare (const CapCandidate *a, const CapCandidate *b)
{
  double errors_a, errors_b;

  g_return_val_if_fail (a != NULL && b != NULL, 0);

  if (a->recogniser->streams != b->recogniser->streams)
    return a->recogniser->streams ? -1 : 1;

  if (a->rank != b->rank)
    return a->rank > b->rank ? -1 : 1;

  errors_a = a->word_errors >= 0 ? a->word_errors : 100;
  errors_b = b->word_errors >= 0 ? b->word_errors : 100;
  if (errors_a != errors_b)
    return errors_a < errors_b ? -1 : 1;

  return g_strcmp0 (a->recogniser->id, b->recogniser->id);
}

void
cap_candidate_use (CapCandidate *self)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; self->models != NULL && self->used[i] != NULL; i++)
    cap_catalogue_use (cap_models_get_catalogue (self->models), self->used[i]);
}

void
cap_candidate_unuse (CapCandidate *self)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; self->models != NULL && self->used[i] != NULL; i++)
    cap_catalogue_unuse (cap_models_get_catalogue (self->models), self->used[i]);
}

GVariant *
cap_candidate_get_load_options (CapCandidate *self, guint threads)
{
  GVariantDict dict;

  g_return_val_if_fail (self != NULL, NULL);

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "threads", "u", threads);
  if (self->language != NULL)
    g_variant_dict_insert (&dict, "language", "s", self->language);
  if (self->folder != NULL)
    g_variant_dict_insert (&dict, "model", "s", self->folder);
  if (self->settings != NULL)
    g_variant_dict_insert_value (&dict, "settings", self->settings);
  if (self->libraries != NULL)
    g_variant_dict_insert_value (&dict, "libraries",
                                 g_variant_new_strv ((const char *const *) self->libraries, -1));
  return g_variant_dict_end (&dict);
}
