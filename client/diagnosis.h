/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* One run of Diagnose, as its caller sees it. */
typedef struct _CapDiagnosis CapDiagnosis;

typedef struct
{
  void (*row) (GVariant *row, gpointer data);
  void (*done) (const char *verdict, GVariant *details, gpointer data);
  /* Instead of done: the service, or the bus, is gone, or it did not end when
   * it was told to. */
  void (*failed) (const GError *error, gpointer data);
} CapDiagnosisFuncs;

CapDiagnosis *cap_diagnosis_start (GDBusConnection *connection,
                                   const char *id,
                                   gboolean apply,
                                   const CapDiagnosisFuncs *funcs,
                                   gpointer data,
                                   GError **error);
void cap_diagnosis_free (CapDiagnosis *self);

/* Asks for the end, and for a short time waits for it; the second time not
 * any more. */
void cap_diagnosis_cancel (CapDiagnosis *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapDiagnosis, cap_diagnosis_free)

G_END_DECLS
