/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "base/log.h"

#include <stdio.h>
#include <string.h>

/* gio/gdbusprivate.c of GLib 2.74 to 2.84 */
#define UNDECODED "Error decoding D-Bus message"

static const char *
find_field (const GLogField *fields, gsize n_fields, const char *key)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, key) && fields[i].length < 0)
      return fields[i].value;

  return "";
}

static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  if (!g_str_equal (find_field (fields, n_fields, "GLIB_DOMAIN"), "GLib-GIO")
      || !g_str_has_prefix (find_field (fields, n_fields, "MESSAGE"), UNDECODED))
    return g_log_writer_default (level, fields, n_fields, user_data);

  fprintf (stderr, "captiond: a program sent a D-Bus message that cannot be decoded\n");
  return G_LOG_WRITER_HANDLED;
}

void
cap_log_keep_private (void)
{
  g_log_set_writer_func (write_log, NULL, NULL);
}
