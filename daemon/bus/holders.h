/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "bus/caller.h"

G_BEGIN_DECLS

/* The holders of one stream, and the signals that each of them wants. */
typedef struct _CapHolders CapHolders;

/* The kind of a signal decides which holders receive it. */
typedef enum
{
  CAP_NEWS_STATE,   /* all holders */
  CAP_NEWS_FINAL,   /* all holders that still answer pings */
  CAP_NEWS_PARTIAL, /* those of them that want partial results */
  CAP_NEWS_LEVEL,   /* those of them that want levels */
} CapNews;

CapHolders *cap_holders_new (void);
/* Removes all holds, also from the counts of the callers. */
void cap_holders_free (CapHolders *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapHolders, cap_holders_free)

/* Adds one hold. @partials and @levels also replace the values of the caller's
 * earlier holds. Fails with CAP_ERROR_LIMIT_EXCEEDED if 128 other callers hold
 * the stream already. */
gboolean cap_holders_add (CapHolders *self,
                          CapCaller *caller,
                          gboolean partials,
                          gboolean levels,
                          GError **error);

/* Removes one hold of the caller, or all of them. FALSE if it has none. */
gboolean cap_holders_remove (CapHolders *self, const char *bus_name, gboolean all);

gboolean cap_holders_contain (CapHolders *self, const char *bus_name);
/* TRUE if @bus_name has exactly one hold, and no other caller has any. */
gboolean cap_holders_is_last (CapHolders *self, const char *bus_name);
gboolean cap_holders_is_empty (CapHolders *self);

void cap_holders_set_paused (CapHolders *self, const char *bus_name, gboolean paused);
/* TRUE if there are holders and all of them have paused. */
gboolean cap_holders_all_paused (CapHolders *self);

/* The bus names (element-type const char *, owned by the callers) that receive
 * a signal of this kind now. */
GPtrArray *cap_holders_list_receivers (CapHolders *self, CapNews news);
/* The names of the processes, (as), floating. */
GVariant *cap_holders_list_processes (CapHolders *self);

G_END_DECLS
