/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/captionctl.h"
#include "captionctl/job-call.h"
#include "captionctl/model-commands.h"
#include "captionctl/model-list.h"
#include "captionctl/model-progress.h"
#include "captionctl/output.h"
#include "captionctl/prompt.h"
#include "captionctl/variant-json.h"
#include "common/bus.h"
#include "common/text.h"

#include <glib/gstdio.h>

#define MAX_IDS 16

typedef struct
{
  const char *ids[MAX_IDS + 1];
  gboolean yes;
  gboolean json;
} Options;

/* private */

static gboolean
print (char *taken, GError **error)
{
  g_autofree char *text = taken;

  return cap_output_print (text, error);
}

static gboolean
print_json (const char *type, const char *id, const char *path, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) row = NULL;
  g_autofree char *json = NULL;

  g_variant_dict_insert (&dict, "type", "s", type);
  g_variant_dict_insert (&dict, "id", "s", id);
  if (path != NULL)
    g_variant_dict_insert (&dict, "path", "s", path);
  row = g_variant_ref_sink (g_variant_dict_end (&dict));
  json = cap_variant_to_json (row);
  return print (g_strconcat (json, "\n", NULL), error);
}

static GVariant *
read_model (GDBusConnection *connection, const char *id, GError **error)
{
  g_autoptr (GVariant) models = cap_model_list_read (connection, NULL, error);

  return models != NULL ? cap_model_list_find (models, id, error) : NULL;
}

static gboolean
report_installed (GDBusConnection *connection, const char *id, gboolean json, GError **error)
{
  g_autoptr (GVariant) model = read_model (connection, id, error);
  const char *path;

  if (model == NULL)
    return FALSE;

  path = cap_model_list_get_text (model, "path");
  if (json)
    return print_json ("installed", id, path, error);
  return print (g_strdup_printf ("Installed %s in %s\n", id, path), error);
}

/* @folder: where the files are, or NULL to download them. */
static gboolean
install (GDBusConnection *connection, const char *id, const char *folder, gboolean json, GError **error)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  CapModelProgress progress;
  gboolean done;

  if (folder != NULL)
    g_variant_dict_insert (&options, "folder", "s", folder);
  cap_model_progress_begin (&progress, id, json);
  done = cap_job_call (connection, "InstallModel",
                       g_variant_new ("(s@a{sv})", id, g_variant_dict_end (&options)), cap_model_progress_show,
                       &progress, error);
  cap_model_progress_end (&progress);
  return done && report_installed (connection, id, json, error);
}

/* private: the question */

static void
append_model (GString *text, GVariant *model)
{
  g_autofree char *size = cap_model_list_print_size (cap_model_list_get_size (model, "download-size"));
  g_autofree char *hosts = cap_model_list_join (model, "hosts");
  const char *notice = cap_model_list_get_text (model, "notice");
  const char *attribution = cap_model_list_get_text (model, "attribution");

  g_string_append_printf (text, "%s: %s\n", cap_model_list_get_text (model, "id"),
                          cap_model_list_get_text (model, "name"));
  g_string_append_printf (text, "  Download: %s from %s\n", size, hosts);
  g_string_append_printf (text, "  Licence: %s, %s\n", cap_model_list_get_text (model, "license"),
                          cap_model_list_get_text (model, "license-address"));
  if (*attribution != '\0')
    g_string_append_printf (text, "  Made by: %s\n", attribution);
  if (*notice != '\0')
    g_string_append_printf (text, "  Notice: %s\n", notice);
}

/* Each line comes from a file that others wrote. */
static char *
clean_lines (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GString *clean = g_string_new (NULL);

  for (char **line = lines; *line != NULL; line++)
    {
      g_autofree char *one = cap_text_clean (*line);

      if (*one != '\0')
        g_string_append_printf (clean, "%s%s\n", g_str_has_prefix (*line, "  ") ? "  " : "", g_strchug (one));
    }

  return g_string_free (clean, FALSE);
}

static gboolean
collect (GVariant *models, const Options *options, GPtrArray *due, GError **error)
{
  for (guint i = 0; options->ids[i] != NULL; i++)
    {
      g_autoptr (GPtrArray) plan = cap_model_list_plan (models, options->ids[i], error);

      if (plan == NULL)
        return FALSE;
      for (guint j = 0; j < plan->len; j++)
        {
          GVariant *model = g_ptr_array_index (plan, j);

          if (!g_ptr_array_find_with_equal_func (due, model, g_variant_equal, NULL))
            g_ptr_array_add (due, g_variant_ref (model));
        }
    }

  return TRUE;
}

static char *
describe (GPtrArray *due)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *size = NULL;
  g_autofree char *lines = NULL;
  guint64 bytes = 0;

  for (guint i = 0; i < due->len; i++)
    {
      append_model (text, g_ptr_array_index (due, i));
      bytes += cap_model_list_get_size (g_ptr_array_index (due, i), "download-size");
    }

  size = cap_model_list_print_size (bytes);
  lines = clean_lines (text->str);
  return due->len > 1 ? g_strdup_printf ("%sTogether: %s\n", lines, size) : g_steal_pointer (&lines);
}

static gboolean
check_yes (const Options *options, GError **error)
{
  if (options->yes || cap_prompt_is_possible ())
    return TRUE;

  g_set_error_literal (error, CAP_USAGE_ERROR, 0,
                       "There is no terminal to ask whether to install the models. Confirm with --yes");
  return FALSE;
}

/* FALSE without an error if the user declined. */
static gboolean
confirm (const Options *options, GPtrArray *due, GError **error)
{
  g_autofree char *text = describe (due);
  char line[256];

  if (!options->json && !cap_output_print (text, error))
    return FALSE;
  if (options->yes)
    return TRUE;
  if (!cap_prompt_ask ("Install? [y/N] ", FALSE, line, sizeof line, error))
    return FALSE;

  g_strstrip (line);
  return g_ascii_strcasecmp (line, "y") == 0 || g_ascii_strcasecmp (line, "yes") == 0
         || (cap_output_print ("Nothing was changed.\n", error) && FALSE);
}

/* install */

static gboolean
install_all (GDBusConnection *connection, const Options *options, GError **error)
{
  g_autoptr (GVariant) models = cap_model_list_read (connection, NULL, error);
  g_autoptr (GPtrArray) due = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autoptr (GError) refused = NULL;

  if (models == NULL || !collect (models, options, due, error))
    return FALSE;
  if (due->len > 0 && !confirm (options, due, &refused))
    {
      if (refused == NULL)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&refused));
      return FALSE;
    }

  for (guint i = 0; options->ids[i] != NULL; i++)
    if (!install (connection, options->ids[i], NULL, options->json, error))
      return FALSE;

  return TRUE;
}

gboolean
cap_model_command_install (int argc, char **argv, GError **error)
{
  Options options = { 0 };
  const GOptionEntry entries[] = {
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &options.yes, "Do not ask", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON, an object a line", NULL },
    { NULL }
  };
  const CapArguments arguments = { "ID…", 1, MAX_IDS, options.ids };
  g_autoptr (GDBusConnection) connection = NULL;
  sigset_t before;

  if (!cap_command_parse_arguments (
        argc, argv, entries, &arguments,
        "Downloads and installs models, with what they need. Shows first where the files\n"
        "come from and under which licence they may be used, and asks.",
        NULL, error)
      || !check_yes (&options, error))
    return FALSE;

  cap_prompt_hold_signals (&before);
  connection = cap_bus_connect (error);
  cap_prompt_release_signals (&before);
  return connection != NULL && install_all (connection, &options, error);
}

/* remove */

gboolean
cap_model_command_remove (int argc, char **argv, GError **error)
{
  const GOptionEntry entries[] = { { NULL } };
  const char *ids[MAX_IDS + 1] = { NULL };
  const CapArguments arguments = { "ID…", 1, MAX_IDS, ids };
  g_autoptr (GDBusConnection) connection = NULL;

  if (!cap_command_parse_arguments (
        argc, argv, entries, &arguments,
        "Removes models from this computer. While captions use a model, the command waits.", NULL, error))
    return FALSE;

  connection = cap_bus_connect (error);
  for (guint i = 0; connection != NULL && ids[i] != NULL; i++)
    {
      CapModelProgress progress;
      gboolean done;

      cap_model_progress_begin (&progress, ids[i], FALSE);
      done = cap_job_call (connection, "RemoveModel", g_variant_new ("(s)", ids[i]), cap_model_progress_show,
                           &progress, error);
      cap_model_progress_end (&progress);
      if (!done || !print (g_strdup_printf ("Removed %s\n", ids[i]), error))
        return FALSE;
    }

  return connection != NULL;
}

/* import */

/* Compares sizes only; the service compares the content. */
static gboolean
has_files (const char *folder, GVariant *model)
{
  g_autoptr (GVariantIter) files = NULL;
  const char *name;
  guint64 size;

  if (!g_variant_lookup (model, "files", "a(st)", &files))
    return FALSE;
  while (g_variant_iter_next (files, "(&st)", &name, &size))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      GStatBuf info;

      if (strchr (name, '/') != NULL || g_stat (path, &info) < 0 || !S_ISREG (info.st_mode)
          || (guint64) info.st_size != size)
        return FALSE;
    }

  return TRUE;
}

static gboolean
can_import (const char *folder, GVariant *models, GVariant *model)
{
  g_autoptr (GPtrArray) plan = cap_model_list_plan (models, cap_model_list_get_text (model, "id"), NULL);

  if (plan == NULL || plan->len == 0 || !cap_model_list_get_flag (model, "usable"))
    return FALSE;
  for (guint i = 0; i < plan->len; i++)
    if (!has_files (folder, g_ptr_array_index (plan, i)))
      return FALSE;

  return TRUE;
}

static gboolean
import_all (GDBusConnection *connection, const char *folder, gboolean json, GError **error)
{
  g_autoptr (GVariant) models = cap_model_list_read (connection, NULL, error);
  guint n_found = 0;

  if (models == NULL)
    return FALSE;

  for (gsize i = 0; i < g_variant_n_children (models); i++)
    {
      g_autoptr (GVariant) model = g_variant_get_child_value (models, i);

      if (!can_import (folder, models, model))
        continue;
      n_found++;
      if (!install (connection, cap_model_list_get_text (model, "id"), folder, json, error))
        return FALSE;
    }

  if (n_found > 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               "No model can be installed from %s: it is installed already, or a file is missing. To see the "
               "files of a model: captionctl model show ID", folder);
  return FALSE;
}

gboolean
cap_model_command_import (int argc, char **argv, GError **error)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON, an object a line", NULL },
    { NULL }
  };
  const char *folder = NULL;
  const CapArguments arguments = { "FOLDER", 1, 1, &folder };
  g_autoptr (GDBusConnection) connection = NULL;
  g_autofree char *path = NULL;

  if (!cap_command_parse_arguments (
        argc, argv, entries, &arguments,
        "Installs each model whose files are all in FOLDER, and downloads nothing. The\n"
        "files have the names that \"captionctl model show ID\" prints.",
        NULL, error))
    return FALSE;

  path = g_canonicalize_filename (folder, NULL);
  if (*folder == '\0' || !g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "There is no folder “%s”.", folder);
      return FALSE;
    }

  connection = cap_bus_connect (error);
  return connection != NULL && import_all (connection, path, json, error);
}
