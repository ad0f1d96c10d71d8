/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "local/candidate.h"

G_BEGIN_DECLS

/* Finds out, step by step, whether a recogniser of this computer can be used: its program,
 * the files of its model, memory, loading, and how fast it recognises a few seconds of
 * speech, which captiond contains. It changes nothing.
 *
 * Signals, with the dictionaries of the D-Bus interface:
 *  ::row (GVariant *)                  a{sv}: one step, and how it went
 *  ::done (const char *, GVariant *)   the verdict and a{sv}; the last signal
 */
#define CAP_TYPE_LOCAL_DIAGNOSIS (cap_local_diagnosis_get_type ())
G_DECLARE_FINAL_TYPE (CapLocalDiagnosis, cap_local_diagnosis, CAP, LOCAL_DIAGNOSIS, GObject)

/* @candidates: (element-type CapCandidate) at least one; the first one is diagnosed. The
 * diagnosis takes a reference.
 * @better: id of a model that would recognise this language better, or NULL.
 * @threads: the most processors that the recogniser may use. */
CapLocalDiagnosis *cap_local_diagnosis_new (GPtrArray *candidates, const char *better, guint threads);

void cap_local_diagnosis_start (CapLocalDiagnosis *self);
/* Emits ::done before it returns. */
void cap_local_diagnosis_cancel (CapLocalDiagnosis *self);

G_END_DECLS
