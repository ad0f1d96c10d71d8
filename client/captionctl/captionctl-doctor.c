/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/captionctl.h"
#include "captionctl/diagnose-call.h"
#include "captionctl/diagnosis-table.h"
#include "captionctl/output.h"
#include "captionctl/provider-list.h"
#include "captionctl/provider-settings.h"
#include "captionctl/report.h"
#include "captionctl/terminal.h"
#include "captionctl/variant-json.h"
#include "common/bus.h"
#include "common/engine-id.h"

#include <glib-unix.h>
#include <unistd.h>

#define PIPE_WIDTH 100

typedef struct
{
  const char *id;
  gboolean apply;
  gboolean json;
  char *report; /* a path, "-", or NULL */
} Options;

typedef struct
{
  const Options *options;
  GDBusConnection *connection;
  GVariant *provider; /* NULL for a recogniser of this computer */
  char *id;
  const CapDiagnosisTable *table; /* rows are printed as they arrive; NULL if none are */
  guint width;

  GMainLoop *loop;
  CapDiagnoseCall *diagnosis;
  GPtrArray *rows;
  char *verdict; /* NULL until the diagnosis is done */
  GVariant *details;
  GError *error;
} Doctor;

static void
options_clear (Options *self)
{
  g_free (self->report);
}

static void
doctor_clear (Doctor *self)
{
  g_clear_pointer (&self->diagnosis, cap_diagnose_call_free);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->provider, g_variant_unref);
  g_clear_pointer (&self->details, g_variant_unref);
  g_clear_object (&self->connection);
  g_clear_error (&self->error);
  g_free (self->verdict);
  g_free (self->id);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Doctor, doctor_clear)

/* options */

static gboolean
parse_options (int argc, char **argv, Options *options, GError **error)
{
  const GOptionEntry entries[] = {
    { "apply", 0, 0, G_OPTION_ARG_NONE, &options->apply, "Store the settings that work best", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->json, "Print one JSON object at the end", NULL },
    { "report", 0, 0, G_OPTION_ARG_FILENAME, &options->report,
      "Write a report for a support team, without keys and host names", "FILE" },
    { NULL }
  };
  const CapArguments arguments = { "[PROVIDER|local|local:NAME]", 0, 1, &options->id };

  if (!cap_command_parse_arguments (
          argc, argv, entries, &arguments,
          "Checks step by step whether a speech service works, and says what to do if it\n"
          "does not. The service may bill a few seconds of audio. With “local” or\n"
          "“local:NAME”, it checks a recogniser of this computer and how fast it is. Without\n"
          "argument, it checks the default engine, the only provider that is set up, or, if\n"
          "there is none, the recogniser of this computer.",
          "A step marked (minted) used a temporary client secret, which captiond requested\n"
          "first. The exit status is 0 if the service works.\n", error))
    return FALSE;

  if (!options->json || g_strcmp0 (options->report, "-") != 0)
    return options->report == NULL || g_str_equal (options->report, "-")
           || cap_report_check_path (options->report, error);

  g_set_error_literal (error, CAP_USAGE_ERROR, 0,
                       "--json and --report - cannot both write to the standard output");
  return FALSE;
}

/* choosing the engine */

static gboolean
refuse_to_choose (GVariant *providers, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (gsize i = 0; i < g_variant_n_children (providers); i++)
    {
      g_autoptr (GVariant) provider = g_variant_get_child_value (providers, i);

      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", cap_provider_list_get_text (provider, "id"));
    }

  g_set_error (error, CAP_USAGE_ERROR, 0, "Several providers are set up. Name one of them, or “local”: %s",
               names->str);
  return FALSE;
}

static gboolean
take_provider (Doctor *self, GVariant *provider)
{
  self->provider = provider;
  self->id = g_strdup (cap_provider_list_get_text (provider, "id"));
  return TRUE;
}

static gboolean
take_local (Doctor *self, const char *id, GError **error)
{
  if (self->options->apply)
    {
      g_set_error_literal (error, CAP_USAGE_ERROR, 0, "A recogniser has no settings that --apply could store");
      return FALSE;
    }

  self->id = g_strdup (id);
  return TRUE;
}

static gboolean
choose_among (Doctor *self, GVariant *providers, GError **error)
{
  gsize n = g_variant_n_children (providers);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) provider = g_variant_get_child_value (providers, i);
      gboolean by_default = FALSE;

      g_variant_lookup (provider, "default", "b", &by_default);
      if (by_default || n == 1)
        return take_provider (self, g_steal_pointer (&provider));
    }

  return n == 0 ? take_local (self, "local", error) : refuse_to_choose (providers, error);
}

static gboolean
choose (Doctor *self, GError **error)
{
  const char *id = self->options->id;
  g_autoptr (GVariant) found = NULL;

  if (id != NULL && cap_engine_id_is_local (id))
    return take_local (self, id, error);

  found = id != NULL ? cap_provider_list_get (self->connection, id, error)
                     : cap_provider_list_read (self->connection, error);
  if (found == NULL)
    return FALSE;

  return id != NULL ? take_provider (self, g_steal_pointer (&found)) : choose_among (self, found, error);
}

/* the diagnosis */

/* A reader who closed the pipe may still want the report and the exit status. */
static gboolean
is_shown (gboolean printed, GError **error)
{
  if (!printed && g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE))
    g_clear_error (error);

  return printed || *error == NULL;
}

static void
print (Doctor *self, char *taken)
{
  g_autofree char *text = taken;

  if (self->error == NULL && !is_shown (cap_output_print (text, &self->error), &self->error))
    g_main_loop_quit (self->loop);
}

static void
on_row (GVariant *row, gpointer user_data)
{
  Doctor *self = user_data;

  if (self->table != NULL)
    print (self, cap_diagnosis_table_print_row (self->table, row, self->rows, self->width));
  g_ptr_array_add (self->rows, g_variant_ref (row));
}

static void
on_done (const char *verdict, GVariant *details, gpointer user_data)
{
  Doctor *self = user_data;

  self->verdict = g_strdup (verdict);
  self->details = g_variant_ref (details);
  g_main_loop_quit (self->loop);
}

static void
on_failed (const GError *error, gpointer user_data)
{
  Doctor *self = user_data;

  if (self->error == NULL)
    self->error = g_error_copy (error);
  g_main_loop_quit (self->loop);
}

static const CapDiagnoseCallFuncs diagnosis_funcs = { on_row, on_done, on_failed };

static gboolean
on_asked_to_end (gpointer user_data)
{
  Doctor *self = user_data;

  cap_diagnose_call_cancel (self->diagnosis);
  return G_SOURCE_CONTINUE;
}

static gboolean
run (Doctor *self, GError **error)
{
  guint ids[3];
  const int numbers[] = { SIGINT, SIGTERM, SIGHUP };

  self->loop = g_main_loop_new (NULL, FALSE);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  self->diagnosis = cap_diagnose_call_start (self->connection, self->id, self->options->apply,
                                             &diagnosis_funcs, self, &self->error);
  if (self->diagnosis != NULL && self->table != NULL)
    print (self, cap_diagnosis_table_print_header (self->table, self->width));

  if (self->error == NULL)
    {
      for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
        ids[i] = g_unix_signal_add (numbers[i], on_asked_to_end, self);
      g_main_loop_run (self->loop);
      for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
        g_source_remove (ids[i]);
    }

  if (self->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&self->error));
  return FALSE;
}

/* the result */

/* The settings of the provider; a recogniser has none. */
static GVariant *
get_settings (Doctor *self)
{
  if (self->provider != NULL)
    return cap_provider_list_get_settings (self->provider);

  return g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
}

static const char *
get_message (Doctor *self)
{
  const char *message = "";

  g_variant_lookup (self->details, "message", "&s", &message);
  return message;
}

static GVariant *
pack_rows (Doctor *self)
{
  return g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARDICT,
                                                  (GVariant **) self->rows->pdata, self->rows->len));
}

static void
append_what_next (Doctor *self, GString *text)
{
  g_autoptr (GVariant) settings =
      g_variant_lookup_value (self->details, "settings", G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) current = get_settings (self);
  g_autofree char *command = NULL;
  gboolean applied = FALSE;

  g_variant_lookup (self->details, "applied", "b", &applied);
  if (applied)
    {
      g_string_append_printf (text, "These settings are stored. %s uses them from now on.\n", self->id);
      return;
    }

  if (settings == NULL)
    return;
  command = cap_provider_settings_to_command (self->id, settings, current);
  if (command != NULL)
    g_string_append_printf (text, "To use these settings from now on:\n  %s\n", command);
  else
    g_string_append (text, "It already has the settings that work best.\n");
}

static char *
print_verdict (Doctor *self)
{
  g_autofree char *sentence = g_strdup_printf ("%s %s. %s", self->id, self->verdict, get_message (self));
  g_autofree char *paragraph = NULL;
  GString *text = g_string_new ("\n");

  if (g_str_equal (self->verdict, "cancelled"))
    {
      g_free (sentence);
      sentence = g_strdup ("The diagnosis was cancelled.");
    }

  paragraph = cap_diagnosis_table_print_text (sentence, "", self->width);
  g_string_append (text, paragraph);
  append_what_next (self, text);
  return g_string_free (text, FALSE);
}

static char *
print_json (Doctor *self)
{
  g_autoptr (GVariant) rows = pack_rows (self);
  g_autoptr (GVariant) whole = NULL;
  g_autofree char *json = NULL;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "provider", g_variant_new_string (self->id));
  g_variant_builder_add (&builder, "{sv}", "rows", rows);
  g_variant_builder_add (&builder, "{sv}", "verdict", g_variant_new_string (self->verdict));
  g_variant_builder_add (&builder, "{sv}", "details", self->details);

  whole = g_variant_ref_sink (g_variant_builder_end (&builder));
  json = cap_variant_to_json (whole);
  return g_strconcat (json, "\n", NULL);
}

static gboolean
write_report (Doctor *self, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GVariant) settings = get_settings (self);
  g_autoptr (GVariant) rows = pack_rows (self);
  g_autofree char *version = cap_bus_read_version (self->connection);
  const CapReport report = {
    .when = now, .service_version = version, .id = self->id, .settings = settings,
    .rows = rows, .verdict = self->verdict, .details = self->details,
    .host_name = g_get_host_name (), .user_name = g_get_user_name (), .home = g_get_home_dir (),
  };
  g_autofree char *text = cap_report_compose (&report);

  if (g_str_equal (self->options->report, "-"))
    return cap_output_print (text, error);

  return cap_report_write (self->options->report, text, error);
}

static gboolean
tell (Doctor *self, GError **error)
{
  g_autofree char *text = self->options->json ? print_json (self)
                          : self->table != NULL ? print_verdict (self)
                                                : g_strdup ("");

  if (!is_shown (cap_output_print (text, error), error))
    return FALSE;

  return self->options->report == NULL || write_report (self, error);
}

static gboolean
judge (Doctor *self, GError **error)
{
  if (g_str_equal (self->verdict, "works"))
    return TRUE;

  if (g_str_equal (self->verdict, "cancelled"))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the diagnosis was interrupted");
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s does not work", self->id);
  return FALSE;
}

static gboolean
diagnose (Doctor *self, GError **error)
{
  self->connection = cap_bus_connect (error);
  if (self->connection == NULL || !choose (self, error))
    return FALSE;

  if (!self->options->json && g_strcmp0 (self->options->report, "-") != 0)
    self->table = self->provider != NULL ? &cap_diagnosis_table_of_service
                                         : &cap_diagnosis_table_of_recogniser;
  self->width = isatty (STDOUT_FILENO) ? cap_terminal_read_width (STDOUT_FILENO) : PIPE_WIDTH;
  return run (self, error) && tell (self, error) && judge (self, error);
}

gboolean
cap_command_doctor (int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  g_auto (Doctor) self = { .options = &options };

  return parse_options (argc, argv, &options, error) && diagnose (&self, error);
}
