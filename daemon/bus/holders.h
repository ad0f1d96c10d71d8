/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "bus/caller.h"

G_BEGIN_DECLS

/* Who holds one stream, and what each of them wants to hear of it. */
typedef struct _CapHolders CapHolders;

/* What a signal is, so that it reaches those who want it. */
typedef enum
{
  CAP_NEWS_STATE,   /* for everybody, always */
  CAP_NEWS_FINAL,   /* text, for everybody who still answers */
  CAP_NEWS_PARTIAL, /* text, for those of them who want partials */
  CAP_NEWS_LEVEL,   /* for those of them who want levels */
} CapNews;

CapHolders *cap_holders_new (void);
/* Takes the holds back from the callers. */
void cap_holders_free (CapHolders *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapHolders, cap_holders_free)

/* Adds one hold; the wishes replace those of the caller's earlier holds. Fails
 * with CAP_ERROR_LIMIT_EXCEEDED beyond 128 bus names. */
gboolean cap_holders_add (CapHolders *self,
                          CapCaller *caller,
                          gboolean partials,
                          gboolean levels,
                          GError **error);

/* Removes one hold, or all of the caller's. FALSE if it has none. */
gboolean cap_holders_remove (CapHolders *self, const char *bus_name, gboolean all);

gboolean cap_holders_contain (CapHolders *self, const char *bus_name);
/* TRUE if the bus name has exactly one hold, and nobody else has any. */
gboolean cap_holders_is_last (CapHolders *self, const char *bus_name);
gboolean cap_holders_is_empty (CapHolders *self);

void cap_holders_set_paused (CapHolders *self, const char *bus_name, gboolean paused);
/* TRUE if there are holders, and every one paused. */
gboolean cap_holders_all_paused (CapHolders *self);

/* The bus names (const char *) that are to get such news now. */
GPtrArray *cap_holders_list_receivers (CapHolders *self, CapNews news);
/* Process names, as: floating. */
GVariant *cap_holders_list_processes (CapHolders *self);

G_END_DECLS
