/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/captionctl.h"
#include "captionctl/command-group.h"
#include "captionctl/model-commands.h"
#include "captionctl/model-list.h"
#include "captionctl/output.h"
#include "captionctl/table.h"
#include "captionctl/variant-json.h"
#include "common/bus.h"
#include "common/text.h"

/* The table shows this many languages of one model. */
#define MOST_LANGUAGES 5

static gboolean
print_json (GVariant *value, GError **error)
{
  g_autofree char *json = cap_variant_to_json (value);
  g_autofree char *line = g_strconcat (json, "\n", NULL);

  return cap_output_print (line, error);
}

static char *
print_errors (GVariant *model)
{
  double errors;

  if (!g_variant_lookup (model, "word-errors", "d", &errors))
    return g_strdup ("");
  return g_strdup_printf ("%.1f %%", errors);
}

/* list */

/* The languages in a column: a model of many names its first ones. */
static char *
print_languages (GVariant *model)
{
  g_autofree char *all = cap_model_list_join (model, "languages");
  g_auto (GStrv) words = g_strsplit (all, ", ", -1);
  guint n = g_strv_length (words);
  g_autofree char *first = NULL;

  if (n <= MOST_LANGUAGES)
    return g_steal_pointer (&all);

  g_clear_pointer (&words[MOST_LANGUAGES - 1], g_free);
  first = g_strjoinv (", ", words);
  for (guint i = MOST_LANGUAGES; i < n; i++)
    g_clear_pointer (&words[i], g_free);
  return g_strdup_printf ("%s and %u more", first, n - MOST_LANGUAGES + 1);
}

/* @language: what was asked for; NULL for all */
static char *
print_none (const char *language)
{
  g_autofree char *clean = language != NULL ? cap_text_clean (language) : NULL;

  if (clean != NULL)
    return g_strdup_printf ("The catalogue has no model for the language “%s”. List all models with: captionctl model "
                            "list\n", clean);

  return g_strdup ("The catalogue has no model. captiond looks for models in the folders captiond/models of\n"
                   "XDG_DATA_HOME and XDG_DATA_DIRS.\n");
}

static char *
print_table (GVariant *models)
{
  g_autoptr (CapTable) table = cap_table_new (6);

  cap_table_add (table, "MODEL", "LANGUAGES", "SIZE", "ERRORS", "STATE", "NAME");
  for (gsize i = 0; i < g_variant_n_children (models); i++)
    {
      g_autoptr (GVariant) model = g_variant_get_child_value (models, i);
      g_autofree char *languages = print_languages (model);
      g_autofree char *size = cap_model_list_print_size (cap_model_list_get_size (model, "download-size"));
      g_autofree char *errors = print_errors (model);
      gboolean update = cap_model_list_get_flag (model, "update");

      cap_table_add (table, cap_model_list_get_text (model, "id"), languages, size, errors,
                     update ? "update" : cap_model_list_get_text (model, "state"),
                     cap_model_list_get_text (model, "name"));
    }

  return cap_table_print (table, "");
}

static gboolean
command_list (int argc, char **argv, GError **error)
{
  gboolean json = FALSE;
  g_autofree char *language = NULL;
  const GOptionEntry entries[] = {
    { "language", 'l', 0, G_OPTION_ARG_STRING, &language, "Only models for this language, for example de", "TAG" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print a JSON array", NULL },
    { NULL }
  };
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GVariant) models = NULL;
  g_autofree char *text = NULL;

  if (!cap_command_parse (argc, argv, entries,
                          "Lists the models for recognition on this computer: installed ones, and those that\n"
                          "can be installed. ERRORS are wrong words, as the makers of the model published them.",
                          NULL, error))
    return FALSE;

  connection = cap_bus_connect (error);
  models = connection != NULL ? cap_model_list_read (connection, language, error) : NULL;
  if (models == NULL)
    return FALSE;
  if (json)
    return print_json (models, error);

  text = g_variant_n_children (models) > 0 ? print_table (models) : print_none (language);
  return cap_output_print (text, error);
}

/* show */

static void
add_text (CapTable *table, const char *title, const char *text)
{
  if (*text != '\0')
    cap_table_add (table, title, text);
}

static void
add_taken (CapTable *table, const char *title, char *taken)
{
  g_autofree char *text = taken;

  add_text (table, title, text);
}

static void
add_size (CapTable *table, const char *title, GVariant *model, const char *key)
{
  guint64 size = cap_model_list_get_size (model, key);

  if (size > 0)
    add_taken (table, title, cap_model_list_print_size (size));
}

static char *
print_writing (GVariant *model)
{
  g_autoptr (GStrvBuilder) parts = g_strv_builder_new ();
  g_auto (GStrv) words = NULL;

  if (cap_model_list_get_flag (model, "case"))
    g_strv_builder_add (parts, "upper and lower case");
  if (cap_model_list_get_flag (model, "punctuation"))
    g_strv_builder_add (parts, "punctuation");
  if (cap_model_list_get_flag (model, "streams"))
    g_strv_builder_add (parts, "text while people speak");
  words = g_strv_builder_end (parts);
  return g_strjoinv (", ", words);
}

static void
add_files (CapTable *table, GVariant *model)
{
  g_autoptr (GVariantIter) files = NULL;
  const char *name;
  guint64 size;

  if (!g_variant_lookup (model, "files", "a(st)", &files))
    return;
  while (g_variant_iter_next (files, "(&st)", &name, &size))
    add_taken (table, "File", g_strdup_printf ("%s, %" G_GUINT64_FORMAT " bytes", name, size));
}

static char *
print_model (GVariant *model)
{
  g_autoptr (CapTable) table = cap_table_new (2);

  add_text (table, "Model", cap_model_list_get_text (model, "id"));
  add_text (table, "Name", cap_model_list_get_text (model, "name"));
  add_text (table, "Kind", cap_model_list_get_text (model, "kind"));
  add_text (table, "State", cap_model_list_get_text (model, "state"));
  add_text (table, "Folder", cap_model_list_get_text (model, "path"));
  add_text (table, "Problem", cap_model_list_get_text (model, "reason"));
  add_taken (table, "Languages", cap_model_list_join (model, "languages"));
  add_taken (table, "Writes", print_writing (model));
  add_taken (table, "Wrong words", print_errors (model));
  add_text (table, "Measured on", cap_model_list_get_text (model, "word-errors-on"));
  add_text (table, "Published at", cap_model_list_get_text (model, "word-errors-source"));
  add_text (table, "Recogniser", cap_model_list_get_text (model, "recogniser"));
  add_text (table, "Form", cap_model_list_get_text (model, "form"));
  add_taken (table, "Needs", cap_model_list_join (model, "needs"));
  add_text (table, "Licence", cap_model_list_get_text (model, "license"));
  add_text (table, "Licence at", cap_model_list_get_text (model, "license-address"));
  add_text (table, "Made by", cap_model_list_get_text (model, "attribution"));
  add_text (table, "Notice", cap_model_list_get_text (model, "notice"));
  add_size (table, "Download", model, "download-size");
  add_taken (table, "From", cap_model_list_join (model, "hosts"));
  add_files (table, model);
  add_size (table, "On the disk", model, "disk-size");
  add_size (table, "In memory", model, "memory");
  return cap_table_print (table, "");
}

/* Parses the only argument, and returns that model. */
static GVariant *
read_one (int argc, char **argv, const GOptionEntry *entries, const char *summary, GError **error)
{
  const char *id = NULL;
  const CapArguments arguments = { "ID", 1, 1, &id };
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GVariant) models = NULL;

  if (!cap_command_parse_arguments (argc, argv, entries, &arguments, summary, NULL, error))
    return NULL;

  connection = cap_bus_connect (error);
  models = connection != NULL ? cap_model_list_read (connection, NULL, error) : NULL;
  return models != NULL ? cap_model_list_find (models, id, error) : NULL;
}

static gboolean
command_show (int argc, char **argv, GError **error)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print a JSON object", NULL },
    { NULL }
  };
  g_autoptr (GVariant) model =
    read_one (argc, argv, entries, "Shows what the catalogue knows about a model.", error);
  g_autofree char *text = NULL;

  if (model == NULL)
    return FALSE;
  if (json)
    return print_json (model, error);

  text = print_model (model);
  return cap_output_print (text, error);
}

/* path */

static gboolean
command_path (int argc, char **argv, GError **error)
{
  const GOptionEntry entries[] = { { NULL } };
  g_autoptr (GVariant) model = read_one (argc, argv, entries, "Prints the folder of an installed model.", error);
  g_autofree char *line = NULL;
  const char *path;

  if (model == NULL)
    return FALSE;

  path = cap_model_list_get_text (model, "path");
  if (*path == '\0')
    {
      const char *id = cap_model_list_get_text (model, "id");

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   "the model \"%s\" is not installed. To install it: captionctl model install %s", id, id);
      return FALSE;
    }

  line = g_strconcat (path, "\n", NULL);
  return cap_output_print (line, error);
}

/* help */

static const CapSubCommand commands[] = {
  { "list", "model list", command_list, "List the models, installed or not" },
  { "show", "model show", command_show, "Show what is known about a model" },
  { "install", "model install", cap_model_command_install, "Download and install models" },
  { "remove", "model remove", cap_model_command_remove, "Remove installed models" },
  { "path", "model path", command_path, "Print the folder of an installed model" },
  { "import", "model import", cap_model_command_import, "Install models from a folder, without a network" },
};

/* public */

gboolean
cap_command_model (int argc, char **argv, GError **error)
{
  static const CapCommandGroup group = {
    .name = "model",
    .summary = "Installs models, which recognise speech on this computer.\n",
    .commands = commands,
    .n_commands = G_N_ELEMENTS (commands),
  };

  return cap_command_group_run (&group, argc, argv, error);
}
