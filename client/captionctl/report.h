/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A diagnosis for the support of a speech service: all that was found, without
 * keys, and without what tells who somebody is. */
typedef struct
{
  GDateTime *when;
  const char *service_version;
  const char *id;
  GVariant *settings; /* a{sv}, of SetProvider */
  GVariant *rows;     /* aa{sv}, of Row */
  const char *verdict;
  GVariant *details; /* a{sv}, of Done */

  /* What is left out; each may be NULL. */
  const char *host_name;
  const char *user_name;
  const char *home;
} CapReport;

char *cap_report_compose (const CapReport *self);

/* Whether a report can be written there: before a diagnosis is paid for. */
gboolean cap_report_check_path (const char *path, GError **error);

/* A file that only its owner can read, in the place of one that was there. */
gboolean cap_report_write (const char *path, const char *text, GError **error);

G_END_DECLS
