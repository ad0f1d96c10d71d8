/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/service/choice.h"

G_BEGIN_DECLS

/* The largest number of engines that a list shows. */
#define CAP_OFFERS_MAX_ENGINES 64

/* The choices that the service offers, as lists of CapChoice for people. The
 * current choice stays in the list even if it is not available. Independent of
 * widgets.
 *
 * @sources, @engines: aa{sv} from ListSources and ListEngines; NULL if not known
 * yet. */
GListModel *cap_offers_list_sources (GVariant *sources, const char *chosen);
GListModel *cap_offers_list_engines (GVariant *engines, const char *chosen);

/* Id of the entry for a language that the user types. No valid tag equals it. */
#define CAP_OFFERS_OTHER ":other"
/* @engine: id of the engine whose languages are offered */
GListModel *cap_offers_list_languages (GVariant *engines, const char *engine, const char *chosen);
GListModel *cap_offers_list_translations (const char *chosen);

/* Returns a full reference to the a{sv} of the engine, or NULL. */
GVariant *cap_offers_find_engine (GVariant *engines, const char *id);
/* The name of @engine, a{sv}, for people: "This computer: PocketSphinx". Clean and short. */
char *cap_offers_name_engine (GVariant *engine);
/* Returns a string owned by @engine; "" if the key is missing. */
const char *cap_offers_get_text (GVariant *engine, const char *key);
/* The same for people: cleaned, and limited to 256 columns. */
char *cap_offers_dup_text (GVariant *engine, const char *key);
gboolean cap_offers_is_ready (GVariant *engine);
/* Whether the engine supports @language. An engine that does not list its languages
 * counts as supporting all. */
gboolean cap_offers_understands (GVariant *engine, const char *language);
/* The languages of @engine, an a{sv} or NULL, without their variants: "English, German and 5
 * more"; "" if none is known. */
char *cap_offers_say_languages (GVariant *engine);
/* The argument of SetDefaults that selects this engine: a{sv}, floating. The
 * service refuses an engine together with a language that it does not support; in
 * that case the language is reset to "". */
GVariant *cap_offers_choose_engine (GVariant *engines, const char *id, const char *language);
/* No engine of version 0.1 translates. One that does will have a key that begins
 * with "translat". */
gboolean cap_offers_translates (GVariant *engine);

G_END_DECLS
