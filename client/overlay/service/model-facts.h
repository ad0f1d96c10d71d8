/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What ListModels says of a model (a{sv}), for people. Texts are translated, clean and
 * short, and the caller frees them. Independent of widgets.
 *
 * @models: aa{sv} from ListModels; NULL if not known yet. */

/* A full reference to the model, or NULL. */
GVariant *cap_model_facts_find (GVariant *models, const char *id);
/* Returns FALSE if the key is missing. */
gboolean cap_model_facts_get_flag (GVariant *model, const char *key);
/* Whether the model is in this state: "available", "installing", ... */
gboolean cap_model_facts_is (GVariant *model, const char *state);
/* Libraries recognise no language. @language: a BCP 47 tag, or "" for all languages. */
gboolean cap_model_facts_recognises (GVariant *model, const char *language);
/* Whether one of @models recognises @language, a BCP 47 tag, and can be installed. */
gboolean cap_model_facts_offer (GVariant *models, const char *language);
/* The models that an installation of @id downloads: the model and what it needs, but not
 * what is installed. Elements are GVariants, owned by the array. */
GPtrArray *cap_model_facts_plan (GVariant *models, const char *id);
/* Bytes to download for the model and for what it needs. */
guint64 cap_model_facts_get_download (GVariant *models, const char *id);

/* "English, German and 5 more" */
char *cap_model_facts_say_languages (GVariant *model);
/* Size and licence in one line. */
char *cap_model_facts_say_size (GVariant *models, GVariant *model);
/* Published wrong words; "" if they are not known. */
char *cap_model_facts_say_errors (GVariant *model);
/* The state in one sentence; "" if there is nothing to say. */
char *cap_model_facts_say_state (GVariant *model);
/* In several lines: what the user must know before the installation. */
char *cap_model_facts_say_conditions (GVariant *models, const char *id);
/* @stage, @done, @total: from the signal Progress of a job. */
char *cap_model_facts_say_progress (const char *stage, guint64 done, guint64 total);
/* @error, @message: from the signal Done of a job. NULL if there is nothing to explain. */
char *cap_model_facts_explain (const char *error, const char *message);

/* The languages of all models, as CapChoice, sorted by name, with an entry "" for all. */
GListModel *cap_model_facts_list_languages (GVariant *models);
/* The id in @choices, a list of the function above, that is the same language as
 * @language, a BCP 47 tag; "" if there is none. Owned by @choices. */
const char *cap_model_facts_find_language (GListModel *choices, const char *language);

G_END_DECLS
