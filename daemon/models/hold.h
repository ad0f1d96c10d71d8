/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "models/models.h"

G_BEGIN_DECLS

/* Keeps models as they are: from new() to free(), no job changes their files. A job that
 * is changing them already ends first. */
typedef struct _CapHold CapHold;

/* Called once, never before new() returns: the files are those that were installed, or
 * @error says what is wrong. The callee may free the hold. */
typedef void (*CapHoldFunc) (const GError *error, gpointer user_data);

/* @ids: at least one. Fails as cap_models_check_async() does. */
CapHold *cap_hold_new (CapModels *models, const char *const *ids, CapHoldFunc func, gpointer user_data);
void cap_hold_free (CapHold *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapHold, cap_hold_free)

G_END_DECLS
