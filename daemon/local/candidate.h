/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "base/language-match.h"
#include "local/recogniser.h"
#include "models/hold.h"

G_BEGIN_DECLS

/* A recogniser and the model with which it would run for one language. */
typedef struct
{
  CapRecogniser *recogniser;
  char *language;       /* BCP 47, or NULL for any that the model understands */

  /* The model as it was when cap_candidate_renew() was last called; NULL if the recogniser
   * brings its own. */
  CapModels *models;
  CapModelEntry *entry;
  char *folder;         /* of the model */
  char **libraries;     /* folders */
} CapCandidate;

/* Takes a reference to @recogniser, and copies @language, which may be NULL. */
CapCandidate *cap_candidate_new (CapRecogniser *recogniser, const char *language);
/* With the installed @model of @models. */
CapCandidate *cap_candidate_new_with_model (CapRecogniser *recogniser, const char *language,
                                            CapModels *models, const CapModel *model);
void cap_candidate_free (CapCandidate *self);

/* 0 to 100: the higher, the better. */
guint64 cap_candidate_get_rank (const CapCandidate *self);

/* How close what it knows is to its language. */
CapLanguageMatch cap_candidate_get_match (const CapCandidate *self);

/* For sorting, the best first: the closer language, then recognition while people speak
 * before recognition after they have spoken, then the higher rank, then fewer word errors. */
int cap_candidate_compare (const CapCandidate *a, const CapCandidate *b);

/* Whether its recogniser can run, and its model is installed. Fails with
 * CAP_ERROR_NOT_CONFIGURED or CAP_ERROR_NO_SUCH_MODEL. */
gboolean cap_candidate_check (const CapCandidate *self, GError **error);

/* Whether its model is what is installed now. */
gboolean cap_candidate_is_current (const CapCandidate *self);

/* Takes what is installed now. If the model was removed, all stays as it is. */
void cap_candidate_renew (CapCandidate *self);

/* Holds the model and what it needs. Only for a candidate with an entry. */
CapHold *cap_candidate_hold (const CapCandidate *self, CapHoldFunc func, gpointer user_data);

/* The options of Load in dbus/org.captiond.Recogniser1.xml: a{sv}, floating. */
GVariant *cap_candidate_get_load_options (const CapCandidate *self, guint threads);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapCandidate, cap_candidate_free)

G_END_DECLS
