/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "protocol/dialect.h"

G_BEGIN_DECLS

/* What was found out about providers: which door is open, which fields their
 * model refuses. Kept in the user's state folder, readable for the owner
 * alone; never a key, never text. Forgotten when the provider's settings
 * become those of another service. */
#define CAP_TYPE_LEARNT (cap_learnt_get_type ())
G_DECLARE_FINAL_TYPE (CapLearnt, cap_learnt, CAP, LEARNT, GObject)

/* @path: where it is kept; NULL for captiond/learnt in the state folder. */
CapLearnt *cap_learnt_new (const char *path);

/* The dialect that worked last, or NULL; *@minted: with a client secret. */
const CapDialect *cap_learnt_get_door (CapLearnt *self, CapProvider *provider, gboolean *minted);
void cap_learnt_set_door (CapLearnt *self, CapProvider *provider, const CapDialect *dialect,
                          gboolean minted);

/* CapField. */
guint cap_learnt_get_refused (CapLearnt *self, CapProvider *provider);
void cap_learnt_add_refused (CapLearnt *self, CapProvider *provider, guint fields);

/* A sentence for people each; g_strfreev(). */
char **cap_learnt_describe (CapLearnt *self, CapProvider *provider);

void cap_learnt_forget (CapLearnt *self, const char *provider_id);

G_END_DECLS
