/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The choices that the service offers (sources and engines) and its defaults. They
 * are read on request, and whenever the service announces a change. Independent of
 * widgets.
 *
 * Signals:
 *   changed::defaults, changed::engines, changed::sources, changed::problem ():
 *     emitted after each reading, even if nothing differs
 *   applied (GVariant *): the service accepted these defaults from us, a{sv} */
#define CAP_TYPE_CATALOG (cap_catalog_get_type ())
G_DECLARE_FINAL_TYPE (CapCatalog, cap_catalog, CAP, CATALOG, GObject)

CapCatalog *cap_catalog_new (GDBusConnection *connection);
/* Stops all reading and all signals, and cancels pending calls. */
void cap_catalog_close (CapCatalog *self);

/* Reads the defaults and the engines. Starts the service if it is not running. */
void cap_catalog_refresh (CapCatalog *self);
/* Reads the sources now, and again whenever the service announces a change. After
 * each reading the service watches for changes for 30 seconds. */
void cap_catalog_watch_sources (CapCatalog *self);
/* Stops reading the sources, for as long as no user sees them. */
void cap_catalog_unwatch_sources (CapCatalog *self);
/* Reads the sources if they are being watched. */
void cap_catalog_refresh_sources (CapCatalog *self);

/* Owned by the catalog; NULL until the first reading. */
GVariant *cap_catalog_get_defaults (CapCatalog *self); /* a{sv} */
GVariant *cap_catalog_get_engines (CapCatalog *self);  /* aa{sv} */
GVariant *cap_catalog_get_sources (CapCatalog *self);  /* aa{sv} */
/* Owned by the catalog; "" if the service has no such default. */
const char *cap_catalog_get_default (CapCatalog *self, const char *key);
/* The error of the last reading as a sentence for people; NULL if there was none. */
const char *cap_catalog_get_problem (CapCatalog *self);
const char *cap_catalog_get_sources_problem (CapCatalog *self);

/* For calls whose answer is useless once the catalog is closed. */
GDBusConnection *cap_catalog_get_connection (CapCatalog *self);
GCancellable *cap_catalog_get_cancellable (CapCatalog *self);

/* @changes: a{sv}, floating or not. Whether or not the service accepts them, the
 * catalog reads the defaults again and emits changed::defaults after the callback. */
void cap_catalog_set_defaults (CapCatalog *self,
                               GVariant *changes,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean cap_catalog_set_defaults_finish (CapCatalog *self, GAsyncResult *result, GError **error);

G_END_DECLS
