/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "local/candidate.h"

G_BEGIN_DECLS

/* All recognisers of this computer: the files NAME.recogniser in the folders
 * captiond/recognisers of the user's data, then of the system's. The first file of a
 * name counts.
 *
 * Signals:
 *   changed (): a file or a model came, went or changed */
#define CAP_TYPE_RECOGNISERS (cap_recognisers_get_type ())
G_DECLARE_FINAL_TYPE (CapRecognisers, cap_recognisers, CAP, RECOGNISERS, GObject)

/* @models: what is installed; NULL for recognisers with a model of their own alone. */
CapRecognisers *cap_recognisers_new (CapModels *models);

/* (element-type CapRecogniser) in the order of their ids. Owned by the caller. */
GPtrArray *cap_recognisers_list (CapRecognisers *self);

gboolean cap_recognisers_has (CapRecognisers *self, const char *id);

/* The languages that a recogniser understands with the models that are installed.
 * NULL for @id: those of all recognisers. */
char **cap_recognisers_get_languages (CapRecognisers *self, const char *id);

/* The ways to recognise @language (BCP 47, or empty for any), the best first:
 * (element-type CapCandidate), owned by the caller, and empty if there is none.
 * @id: of the recogniser that comes first, or NULL for the best one. */
GPtrArray *cap_recognisers_find (CapRecognisers *self, const char *id, const char *language);

/* The id of the model that can be installed and is better than @candidate for its
 * language; NULL if there is none. */
char *cap_recognisers_find_better (CapRecognisers *self, const CapCandidate *candidate);

G_END_DECLS
