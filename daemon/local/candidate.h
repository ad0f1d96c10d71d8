/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "local/recogniser.h"
#include "models/models.h"

G_BEGIN_DECLS

/* A recogniser and the model with which it would run for one language. */
typedef struct
{
  CapRecogniser *recogniser;
  CapModels *models;  /* with the model; NULL if the recogniser brings its own */
  char *model;        /* its id, or NULL */
  char **used;        /* ids of the model and of what it needs; NULL without a model */
  char *folder;       /* of the model, or NULL */
  char *language;     /* BCP 47, or NULL for any that the model understands */
  char **libraries;   /* folders */
  GVariant *settings; /* a{ss}, or NULL */
  guint rank;         /* 0 to 100 */
  double word_errors; /* per cent; negative if unknown */
} CapCandidate;

/* Takes a reference to @recogniser, and copies @language, which may be NULL. */
CapCandidate *cap_candidate_new (CapRecogniser *recogniser, const char *language);
/* With the installed @model of @models. */
CapCandidate *cap_candidate_new_with_model (CapRecogniser *recogniser, const char *language,
                                            CapModels *models, const CapModel *model);
void cap_candidate_free (CapCandidate *self);

/* For sorting, the best first: recognition while people speak before recognition after
 * they have spoken, then the higher rank, then fewer word errors. */
int cap_candidate_compare (const CapCandidate *a, const CapCandidate *b);

/* While it is in use, nobody changes the files of the model and of what it needs. Each
 * call needs a call of unuse(). Does nothing without a model. */
void cap_candidate_use (CapCandidate *self);
void cap_candidate_unuse (CapCandidate *self);

/* The options of Load in dbus/org.captiond.Recogniser1.xml: a{sv}, floating. */
GVariant *cap_candidate_get_load_options (CapCandidate *self, guint threads);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapCandidate, cap_candidate_free)

G_END_DECLS
