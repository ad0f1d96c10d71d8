/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A report of a diagnosis for the support team of a speech service, without keys and
 * without whatever identifies the user. */
typedef struct
{
  GDateTime *when;
  const char *service_version;
  const char *id;
  GVariant *settings; /* a{sv}, as in SetProvider */
  GVariant *rows;     /* aa{sv}, as in the signal Row */
  const char *verdict;
  GVariant *details; /* a{sv}, as in the signal Done */

  /* Names to remove; each may be NULL. */
  const char *host_name;
  const char *user_name;
  const char *home;
} CapReport;

char *cap_report_compose (const CapReport *self);

/* Whether a report can be written to @path. Check this before the diagnosis, which
 * costs money. */
gboolean cap_report_check_path (const char *path, GError **error);

/* Replaces the file at @path. Only its owner can read the new one. */
gboolean cap_report_write (const char *path, const char *text, GError **error);

G_END_DECLS
