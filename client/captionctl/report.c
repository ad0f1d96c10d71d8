/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/report.h"
#include "captionctl/provider-settings.h"
#include "captionctl/redaction.h"
#include "captionctl/table.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Settings that contain paths and words of the user. */
static const char *const withheld[] = { "token-command", "ca-file", "prompt", "keywords", NULL };

/* Values that a support team searches for; they stay unchanged. */
static const char *const verbatim[] = {
  "step", "door", "code", "request-id", "region", "error", "row", "dialect", "auth", "turns",
  "delay", "noise-reduction", NULL
};

static const char *const names_of_users[] = {
  "model", "session-model", "organization", "project", NULL
};

/* values */

static char *
describe_value (CapRedaction *redaction, const char *key, GVariant *value)
{
  const char *text;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return g_strdup (g_variant_get_boolean (value) ? "yes" : "no");
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE))
    return g_strdup_printf ("%.3f", g_variant_get_double (value));
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    {
      g_autofree char *printed = g_variant_print (value, FALSE);

      return cap_redaction_apply (redaction, printed);
    }

  text = g_variant_get_string (value, NULL);
  if (g_strv_contains (verbatim, key))
    return g_strdup (text);

  return g_strv_contains (names_of_users, key) ? cap_redaction_apply_to_name (redaction, text)
                                               : cap_redaction_apply (redaction, text);
}

static char *
describe_setting (CapRedaction *redaction, const char *key, GVariant *value)
{
  g_autofree char *set = cap_provider_setting_describe (key, value);

  if (set == NULL)
    return NULL;

  return g_strv_contains (withheld, key) ? g_strdup ("(set)")
                                         : describe_value (redaction, key, value);
}

static char *
print_dictionary (CapRedaction *redaction,
                  GVariant *dictionary,
                  char *(*describe) (CapRedaction *, const char *, GVariant *))
{
  g_autoptr (CapTable) table = cap_table_new (2);
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, dictionary);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autofree char *text = describe (redaction, key, value);

      if (text != NULL && !g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
        cap_table_add (table, key, text);
      g_variant_unref (value);
    }

  return cap_table_print (table, "  ");
}

/* sections */

static void
append_head (GString *text, const CapReport *self)
{
  g_autoptr (GDateTime) utc = g_date_time_to_utc (self->when);
  g_autofree char *date = g_date_time_format (utc, "%Y-%m-%d %H:%M:%S UTC");

  g_string_append_printf (text,
                          "Diagnosis of a speech service\n"
                          "Keys and the names of hosts, of the machine and of its user were left out.\n"
                          "\n"
                          "Date        %s\n"
                          "captiond    %s\n"
                          "captionctl  %s\n",
                          date, self->service_version, CAPTIOND_VERSION);
}

static void
append_settings (GString *text, CapRedaction *redaction, const char *title, GVariant *settings)
{
  g_autofree char *lines = print_dictionary (redaction, settings, describe_setting);

  g_string_append_printf (text, "\n%s\n%s", title, lines);
}

static void
append_rows (GString *text, CapRedaction *redaction, GVariant *rows)
{
  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      g_autofree char *lines = print_dictionary (redaction, row, describe_value);

      g_string_append_printf (text, "\nStep %" G_GSIZE_FORMAT "\n%s", i + 1, lines);
    }
}

static void
append_verdict (GString *text, CapRedaction *redaction, const CapReport *self)
{
  g_autofree char *lines = print_dictionary (redaction, self->details, describe_value);
  g_autoptr (GVariant) settings =
      g_variant_lookup_value (self->details, "settings", G_VARIANT_TYPE_VARDICT);

  g_string_append_printf (text, "\nVerdict: %s\n%s", self->verdict, lines);
  if (settings != NULL)
    append_settings (text, redaction, "Settings to use", settings);
}

/* values that messages may repeat */

static void
keep (GStrvBuilder *kept, GVariant *dictionary, const char *key)
{
  const char *text = "";

  if (g_variant_lookup (dictionary, key, "&s", &text) && *text != '\0')
    g_strv_builder_add (kept, text);
}

static CapRedaction *
make_redaction (const CapReport *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) kept = NULL;
  const char *url = NULL;

  keep (builder, self->settings, "model");
  keep (builder, self->settings, "session-model");
  for (gsize i = 0; i < g_variant_n_children (self->rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (self->rows, i);

      keep (builder, row, "request-id");
      keep (builder, row, "code");
    }
  kept = g_strv_builder_end (builder);

  g_variant_lookup (self->settings, "url", "&s", &url);
  return cap_redaction_new (&(CapRedactionNames) {
      .host_name = self->host_name,
      .user_name = self->user_name,
      .home = self->home,
      .url = url,
      .kept = (const char *const *) kept,
  });
}

/* public methods */

char *
cap_report_compose (const CapReport *self)
{
  g_autoptr (CapRedaction) redaction = NULL;
  g_autofree char *id = NULL;
  g_autofree char *title = NULL;
  GString *text;

  g_return_val_if_fail (self != NULL, NULL);

  redaction = make_redaction (self);
  id = cap_redaction_apply_to_name (redaction, self->id);
  title = g_strdup_printf ("Provider %s", id);
  text = g_string_new (NULL);
  append_head (text, self);
  append_settings (text, redaction, title, self->settings);
  append_rows (text, redaction, self->rows);
  append_verdict (text, redaction, self);
  return g_string_free (text, FALSE);
}

gboolean
cap_report_check_path (const char *path, GError **error)
{
  g_autofree char *folder = NULL;
  g_autofree char *shown = NULL;
  GStatBuf info;

  g_return_val_if_fail (path != NULL, FALSE);

  folder = g_path_get_dirname (path);
  shown = g_filename_display_name (path);
  if (g_lstat (path, &info) == 0 && !S_ISREG (info.st_mode))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                   "the report cannot be written: %s is not a regular file. Choose another path, or - for "
                   "the standard output",
                   shown);
      return FALSE;
    }

  if (g_access (folder, W_OK | X_OK) < 0)
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                   "the report cannot be written to %s: %s", shown, g_strerror (code));
      return FALSE;
    }

  return TRUE;
}

gboolean
cap_report_write (const char *path, const char *text, GError **error)
{
  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  /* Otherwise the new file could get the mode of the old one. */
  g_unlink (path);
  return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}
