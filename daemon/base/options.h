/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* One key that a method's a{sv} may hold. */
typedef struct
{
  const char *key;
  const GVariantType *type;
  /* NULL, or whether @value is good; sets an error without the key if not. */
  gboolean (*check) (GVariant *value, GError **error);
  gsize max_bytes; /* of a string, or of all strings of a list; 0: 256 */
} CapOption;

/* Checks @options (a{sv}) against the table: only known keys, once each, of
 * the right type, strings not longer than they may be, values that their check
 * accepts. CAP_ERROR_INVALID_OPTION, or what the check says, with a message
 * that begins with the key. */
gboolean cap_options_check (GVariant *options, const CapOption *table, gsize n, GError **error);

/* Checks for tables. */
gboolean cap_option_is_language (GVariant *value, GError **error);
gboolean cap_option_is_no_translation (GVariant *value, GError **error);
/* Valid where a line of text is: no control characters. Of a list, each. */
gboolean cap_option_is_line (GVariant *value, GError **error);

G_END_DECLS
