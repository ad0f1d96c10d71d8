/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "engines/engine.h"
#include "providers/credentials.h"
#include "providers/providers.h"
#include "realtime/budget.h"

G_BEGIN_DECLS

/* The engines that there are: those of this machine, and the user's providers.
 * A new family is one more file, and one more line in the table of engines.c. */
#define CAP_TYPE_ENGINES (cap_engines_get_type ())
G_DECLARE_FINAL_TYPE (CapEngines, cap_engines, CAP, ENGINES, GObject)

/* @settings: of org.captiond.
 * @learnt_path: where it is kept what was found out about services; NULL for
 * the user's state folder. */
CapEngines *cap_engines_new (GSettings *settings, CapProviders *providers, CapCredentials *credentials,
                             const char *learnt_path);

/* What ListEngines tells: aa{sv}; see the D-Bus interface. It asks the keyring
 * how it stands with keys, and never the user. */
void cap_engines_list_async (CapEngines *self, GAsyncReadyCallback callback, gpointer user_data);
GVariant *cap_engines_list_finish (CapEngines *self, GAsyncResult *result, GError **error);

/* Whether @id exists and understands @language (BCP 47, or empty).
 * CAP_ERROR_NO_SUCH_ENGINE, CAP_ERROR_LANGUAGE_NOT_SUPPORTED. A service is
 * not asked: what it does not understand is the stream's state. */
gboolean cap_engines_check (CapEngines *self, const char *id, const char *language, GError **error);

/* A new engine of a kind, and for a language, that check() accepted. */
CapEngine *cap_engines_create (CapEngines *self, const char *id, const char *language);

G_END_DECLS
