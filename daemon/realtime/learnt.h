/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "protocol/dialect.h"

G_BEGIN_DECLS

/* Remembers what captiond found out about providers: which door is open (a
 * dialect, with or without a client secret), and which fields their model
 * refuses. It is kept in the user's state folder, readable for the owner alone,
 * and holds no key and no text. What was learnt of a provider is forgotten when
 * its settings lead to another service. */
#define CAP_TYPE_LEARNT (cap_learnt_get_type ())
G_DECLARE_FINAL_TYPE (CapLearnt, cap_learnt, CAP, LEARNT, GObject)

/* @path: NULL for captiond/learnt in the user's state folder. */
CapLearnt *cap_learnt_new (const char *path);

/* The dialect that worked last, or NULL. *@minted: with a client secret. */
const CapDialect *cap_learnt_get_door (CapLearnt *self, CapProvider *provider, gboolean *minted);
void cap_learnt_set_door (CapLearnt *self, CapProvider *provider, const CapDialect *dialect,
                          gboolean minted);

/* Fields that the model refuses, of CapField. */
guint cap_learnt_get_refused (CapLearnt *self, CapProvider *provider);
void cap_learnt_add_refused (CapLearnt *self, CapProvider *provider, guint fields);

/* Sentences for people, one for each thing that was learnt; g_strfreev(). */
char **cap_learnt_describe (CapLearnt *self, CapProvider *provider);

void cap_learnt_forget (CapLearnt *self, const char *provider_id);

/* Returns when everything that was learnt is on the disk. */
void cap_learnt_flush (CapLearnt *self);

G_END_DECLS
