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
  /* Whether @value is valid; if not, sets an error whose message does not
   * name the key. NULL accepts every value of the right type. */
  gboolean (*check) (GVariant *value, GError **error);
  gsize max_bytes; /* of a string, or of a list's strings together; 0 means 256 */
} CapOption;

/* Checks @options (a{sv}) against the table of @n rows. Every key must be in
 * the table and appear once, and its value must have the right type, stay
 * within its length, and pass its check. Fails with CAP_ERROR_INVALID_OPTION
 * or the check's own error; the message begins with the key. */
gboolean cap_options_check (GVariant *options, const CapOption *table, gsize n, GError **error);

/* Checks to use in a table. */

/* Accepts a language tag such as "en-US", and the empty string. */
gboolean cap_option_is_language (GVariant *value, GError **error);
/* Accepts the empty string only, because no engine translates. */
gboolean cap_option_is_no_translation (GVariant *value, GError **error);
/* Accepts a string without control characters, and a list of such strings. */
gboolean cap_option_is_line (GVariant *value, GError **error);

G_END_DECLS
