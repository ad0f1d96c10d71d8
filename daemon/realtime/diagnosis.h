/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "providers/credentials.h"

G_BEGIN_DECLS

/* Finds out, step by step, whether and how a provider's service can be used:
 * its name, the connection, the key, and every door that it may have, with a
 * second of speech each. Changes nothing.
 *
 * Signals, with the dictionaries of the D-Bus interface:
 *  ::row (GVariant *)                  a{sv}, floating
 *  ::done (const char *, GVariant *)   verdict and a{sv}, floating; the last
 */
#define CAP_TYPE_DIAGNOSIS (cap_diagnosis_get_type ())
G_DECLARE_FINAL_TYPE (CapDiagnosis, cap_diagnosis, CAP, DIAGNOSIS, GObject)

CapDiagnosis *cap_diagnosis_new (CapProvider *provider, CapCredentials *credentials);

void cap_diagnosis_start (CapDiagnosis *self);
/* ::done follows at once. */
void cap_diagnosis_cancel (CapDiagnosis *self);

G_END_DECLS
