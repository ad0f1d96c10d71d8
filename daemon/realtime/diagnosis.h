/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "providers/credentials.h"

G_BEGIN_DECLS

/* Finds out, step by step, whether and how a provider's service can be used. It
 * tries the name, the connection, the key, and every door that the service may
 * have, each with a second of speech. It changes no settings.
 *
 * Signals, with the dictionaries of the D-Bus interface:
 *  ::row (GVariant *)                  a{sv}: one step, and how it went
 *  ::done (const char *, GVariant *)   the verdict and a{sv}; the last signal
 */
#define CAP_TYPE_DIAGNOSIS (cap_diagnosis_get_type ())
G_DECLARE_FINAL_TYPE (CapDiagnosis, cap_diagnosis, CAP, DIAGNOSIS, GObject)

CapDiagnosis *cap_diagnosis_new (CapProvider *provider, CapCredentials *credentials);

void cap_diagnosis_start (CapDiagnosis *self);
/* Emits ::done before it returns. */
void cap_diagnosis_cancel (CapDiagnosis *self);

G_END_DECLS
