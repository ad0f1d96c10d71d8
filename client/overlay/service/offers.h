/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/service/choice.h"

G_BEGIN_DECLS

/* More is no list for people. */
#define CAP_OFFERS_MAX_ENGINES 64

/* What the service offers, as lists of CapChoice for people. What is chosen
 * now stays in the list when it is not there. Knows no widgets.
 *
 * @sources, @engines: aa{sv} of ListSources and ListEngines; NULL when they
 * are not known. */
GListModel *cap_offers_list_sources (GVariant *sources, const char *chosen);
GListModel *cap_offers_list_engines (GVariant *engines, const char *chosen);

/* Stands for a language that the user writes. No tag can be that. */
#define CAP_OFFERS_OTHER ":other"
/* @engine: its id; what it understands is offered. */
GListModel *cap_offers_list_languages (GVariant *engines, const char *engine, const char *chosen);
GListModel *cap_offers_list_translations (const char *chosen);

/* Full reference to the engine's a{sv}, or NULL. */
GVariant *cap_offers_find_engine (GVariant *engines, const char *id);
/* Owned by @engine; "" when it does not say. */
const char *cap_offers_get_text (GVariant *engine, const char *key);
/* The same for people: clean, and no longer than the longest name of a host. */
char *cap_offers_dup_text (GVariant *engine, const char *key);
gboolean cap_offers_is_ready (GVariant *engine);
/* Whether it knows @language; an engine that does not say may. */
gboolean cap_offers_understands (GVariant *engine, const char *language);
/* What SetDefaults is to be told for this engine: a{sv}, floating. An engine is
 * refused together with a language that it does not know, which is left to it
 * then. */
GVariant *cap_offers_choose_engine (GVariant *engines, const char *id, const char *language);
/* No engine of version 0.1 translates. One that can will say so by a key that
 * begins with "translat". */
gboolean cap_offers_translates (GVariant *engine);

G_END_DECLS
