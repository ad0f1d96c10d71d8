/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* One call of Diagnose and its signals. */
typedef struct _CapDiagnoseCall CapDiagnoseCall;

typedef struct
{
  void (*row) (GVariant *row, gpointer user_data);
  void (*done) (const char *verdict, GVariant *details, gpointer user_data);
  /* Instead of done: the service or the bus went away, or the service did not react to
   * Cancel. */
  void (*failed) (const GError *error, gpointer user_data);
} CapDiagnoseCallFuncs;

CapDiagnoseCall *cap_diagnose_call_start (GDBusConnection *connection,
                                          const char *id,
                                          gboolean apply,
                                          const CapDiagnoseCallFuncs *funcs,
                                          gpointer user_data,
                                          GError **error);
void cap_diagnose_call_free (CapDiagnoseCall *self);

/* Asks the service to stop the diagnosis, and waits at most 5 seconds. A second call
 * fails at once. */
void cap_diagnose_call_cancel (CapDiagnoseCall *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapDiagnoseCall, cap_diagnose_call_free)

G_END_DECLS
