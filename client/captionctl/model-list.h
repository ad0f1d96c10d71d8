/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The models, as ListModels returns them (aa{sv}). @language: a BCP 47 tag, or NULL. */
GVariant *cap_model_list_read (GDBusConnection *connection, const char *language, GError **error);

/* NULL with an error that says what to do if there is no such model. */
GVariant *cap_model_list_find (GVariant *models, const char *id, GError **error);

/* The value of a key; "", 0 or FALSE if it is missing. */
const char *cap_model_list_get_text (GVariant *model, const char *key);
guint64 cap_model_list_get_size (GVariant *model, const char *key);
gboolean cap_model_list_get_flag (GVariant *model, const char *key);

/* The strings of a list, separated by commas. */
char *cap_model_list_join (GVariant *model, const char *key);

/* @bytes for people, with a plain space, so that a search finds it. */
char *cap_model_list_print_size (guint64 bytes);

/* Whether an installation would change the model. */
gboolean cap_model_list_is_due (GVariant *model);

/* The models to install for @id, needs first, without those that are installed. NULL with
 * an error if there is no such model. */
GPtrArray *cap_model_list_plan (GVariant *models, const char *id, GError **error);

G_END_DECLS
