/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the service has to choose from, and what is chosen: its sources,
 * engines and defaults, read when it is asked to and when the service says
 * that they changed. Knows no widgets.
 *
 * Signals:
 *   changed::defaults, changed::engines, changed::sources, changed::problem ():
 *     read anew; they may be the same as before
 *   applied (GVariant *): defaults that were changed here, a{sv} */
#define CAP_TYPE_CATALOG (cap_catalog_get_type ())
G_DECLARE_FINAL_TYPE (CapCatalog, cap_catalog, CAP, CATALOG, GObject)

CapCatalog *cap_catalog_new (GDBusConnection *connection);
/* Nothing is read or told any more; calls under way are cancelled. */
void cap_catalog_close (CapCatalog *self);

/* Reads defaults and engines; starts the service where it does not run. */
void cap_catalog_refresh (CapCatalog *self);
/* Reads the sources, and again when the service says that they changed, which it
 * does for 30 seconds from then on: each reading has it watch the desktop's
 * sound for so long. */
void cap_catalog_watch_sources (CapCatalog *self);
/* While nobody looks at them. */
void cap_catalog_unwatch_sources (CapCatalog *self);
/* Reads them, if they are watched. */
void cap_catalog_refresh_sources (CapCatalog *self);

/* Owned by the catalog; NULL until they are known. */
GVariant *cap_catalog_get_defaults (CapCatalog *self); /* a{sv} */
GVariant *cap_catalog_get_engines (CapCatalog *self);  /* aa{sv} */
GVariant *cap_catalog_get_sources (CapCatalog *self);  /* aa{sv} */
/* Owned by the catalog; "" when the service does not have it. */
const char *cap_catalog_get_default (CapCatalog *self, const char *key);
/* Why they are not known, as a sentence; NULL when all is well. */
const char *cap_catalog_get_problem (CapCatalog *self);
const char *cap_catalog_get_sources_problem (CapCatalog *self);

/* For calls whose answer is of no use once the catalog is closed. */
GDBusConnection *cap_catalog_get_connection (CapCatalog *self);
GCancellable *cap_catalog_get_cancellable (CapCatalog *self);

/* @changes: a{sv}, floating or not. Whether they were taken or not, what is
 * true is read anew, and changed::defaults comes after the callback. */
void cap_catalog_set_defaults (CapCatalog *self,
                               GVariant *changes,
                               GAsyncReadyCallback callback,
                               gpointer data);
gboolean cap_catalog_set_defaults_finish (CapCatalog *self, GAsyncResult *result, GError **error);

G_END_DECLS
