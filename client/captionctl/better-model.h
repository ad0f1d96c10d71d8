/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Looks once for a user whether a better recogniser than the one that captiond brings can
 * be installed for captions. Independent of how the answer is shown. */
typedef struct _CapBetterModel CapBetterModel;

/* @sentence: what the user can do */
typedef void (*CapBetterModelFunc) (const char *sentence, gpointer user_data);

/* Waits for nothing. If there is such a recogniser, and the user was not told yet, @func
 * is called once, later.
 * @engine, @language: those of the captions; @language is "" if they name none. */
CapBetterModel *cap_better_model_look (GDBusConnection *connection,
                                       const char *engine,
                                       const char *language,
                                       CapBetterModelFunc func,
                                       gpointer user_data);
/* No call of the function follows. */
void cap_better_model_free (CapBetterModel *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapBetterModel, cap_better_model_free)

G_END_DECLS
