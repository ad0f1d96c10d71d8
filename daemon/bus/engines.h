/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "engines/engine.h"
#include "local/local-diagnosis.h"
#include "models/models.h"
#include "providers/credentials.h"
#include "providers/providers.h"
#include "realtime/budget.h"

G_BEGIN_DECLS

/* All engines: the recognisers of this computer, and the user's providers.
 *
 * Signals:
 *   changed (): a recogniser came or went; providers have a signal of their own */
#define CAP_TYPE_ENGINES (cap_engines_get_type ())
G_DECLARE_FINAL_TYPE (CapEngines, cap_engines, CAP, ENGINES, GObject)

/* @settings: of the schema org.captiond.
 * @learnt_path: the file with the facts that captiond has learnt about
 * services; NULL for the one in the user's state folder. */
CapEngines *cap_engines_new (GSettings *settings, CapProviders *providers, CapCredentials *credentials,
                             CapModels *models, const char *learnt_path);

/* The reply of ListEngines: aa{sv}. It asks the keyring for the state of each
 * key, and never asks the user to unlock the keyring. */
void cap_engines_list_async (CapEngines *self, GAsyncReadyCallback callback, gpointer user_data);
GVariant *cap_engines_list_finish (CapEngines *self, GAsyncResult *result, GError **error);

/* Whether @id exists and understands @language (BCP 47, or empty). Fails with
 * CAP_ERROR_NO_SUCH_ENGINE or CAP_ERROR_LANGUAGE_NOT_SUPPORTED. This does not
 * ask remote services: if one of them refuses the language, the stream's state
 * says so later. */
gboolean cap_engines_check (CapEngines *self, const char *id, const char *language, GError **error);

/* A new engine. check() must have accepted @id and @language. */
CapEngine *cap_engines_create (CapEngines *self, const char *id, const char *language);

/* Whether @id, which need not exist, is "local" or one of "local:NAME". */
gboolean cap_engines_is_local (CapEngines *self, const char *id);

/* A diagnosis, not started, of the recogniser that @id ("local" or "local:NAME") means for
 * the language of the settings. The caller owns it. Fails as check() does. */
CapLocalDiagnosis *cap_engines_diagnose_local (CapEngines *self, const char *id, GError **error);

/* Returns when what was learnt about services, and the minutes of the day, are on
 * the disk. */
void cap_engines_flush (CapEngines *self);

G_END_DECLS
