/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/better-model.h"
#include "captionctl/captionctl.h"
#include "captionctl/format.h"
#include "captionctl/output.h"
#include "common/bus.h"
#include "common/listener.h"
#include "common/stream-path.h"

#include <glib-unix.h>
#include <math.h>
#include <unistd.h>

typedef struct
{
  char *source;
  char *engine;
  char *language;
  char *join;
  char *format;
  gboolean no_partials;
  char *duration_text;
  double duration; /* seconds; 0 for no limit */
} Options;

typedef struct
{
  const CapFormat *format;
  gpointer formatter;
  CapTerminal terminal;
  gboolean rewrites; /* the standard output is a terminal whose lines can be rewritten */
  gboolean notes;    /* the standard error is a terminal */

  GDBusConnection *connection;
  CapListener *listener;
  CapBetterModel *better; /* NULL until captions begin */
  GMainLoop *loop;
  gboolean leaving; /* the user or --duration ended the command */
  GError *failure;  /* why captions ended */
  GError *error;    /* why writing failed */
} Listen;

static void
options_clear (Options *options)
{
  g_free (options->source);
  g_free (options->engine);
  g_free (options->language);
  g_free (options->join);
  g_free (options->format);
  g_free (options->duration_text);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* options */

static gboolean
usage_error (GError **error, const char *message)
{
  g_set_error_literal (error, CAP_USAGE_ERROR, 0, message);
  return FALSE;
}

static gboolean
expand_join (Options *options, GError **error)
{
  g_autofree char *given = g_steal_pointer (&options->join);

  options->join = cap_stream_path_parse (given);
  return options->join != NULL
         || usage_error (error, "--join needs the number of a stream, or its object path");
}

static gboolean
parse_duration (const char *text, double *duration, GError **error)
{
  char *rest = NULL;

  *duration = g_ascii_strtod (text, &rest);
  if (rest == text || *rest != '\0' || !isfinite (*duration) || *duration <= 0)
    return usage_error (error, "--duration needs a number of seconds greater than 0");
  if (*duration * 1000 > (double) G_MAXUINT)
    return usage_error (error, "--duration can be at most 4294967 seconds");

  return TRUE;
}

static gboolean
check_options (Options *options, GError **error)
{
  const char *const texts[] = { options->source, options->engine, options->language,
                                options->join, options->format };

  /* The bus carries only UTF-8, whatever the locale. */
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i] != NULL && !g_utf8_validate (texts[i], -1, NULL))
      return usage_error (error, "The value of an option is not valid UTF-8");

  if (options->join != NULL && (options->source || options->engine || options->language))
    return usage_error (error, "--join cannot be combined with --source, --engine or --language");

  if (options->format != NULL && cap_format_find (options->format) == NULL)
    return usage_error (error, "--format must be text or json");

  if (options->duration_text != NULL
      && !parse_duration (options->duration_text, &options->duration, error))
    return FALSE;

  return options->join == NULL || expand_join (options, error);
}

static gboolean
parse_options (int argc, char **argv, Options *options, GError **error)
{
  /* GOption passes file names unchanged, but refuses strings in a locale that is not
   * UTF-8. */
  const GOptionEntry entries[] = {
    { "source", 's', 0, G_OPTION_ARG_FILENAME, &options->source,
      "Audio source: system, microphone, output:NAME, input:NAME or app:NAME", "SOURCE" },
    { "engine", 'e', 0, G_OPTION_ARG_FILENAME, &options->engine,
      "Speech recognition engine; see \"captionctl engines\"", "ENGINE" },
    { "language", 'l', 0, G_OPTION_ARG_FILENAME, &options->language,
      "Spoken language, such as en-US", "LANGUAGE" },
    { "join", 'j', 0, G_OPTION_ARG_FILENAME, &options->join,
      "Join a running stream; see \"captionctl status\"", "STREAM" },
    { "format", 'f', 0, G_OPTION_ARG_FILENAME, &options->format,
      "Output format: text (default) or json", "FORMAT" },
    { "no-partials", 'n', 0, G_OPTION_ARG_NONE, &options->no_partials,
      "Show only text that is final", NULL },
    { "duration", 'd', 0, G_OPTION_ARG_FILENAME, &options->duration_text,
      "Stop after this many seconds", "SECONDS" },
    { NULL }
  };

  return cap_command_parse (
      argc, argv, entries,
      "Shows captions until you interrupt it. Options that you leave out use the\n"
      "defaults of the service.",
      "On a terminal, the last line shows text that can still change. In a pipe, the\n"
      "command writes one line for each final segment.\n"
      "\n"
      "With --format json, each line is one object of the type \"segment\", \"retracted\"\n"
      "(the engine withdrew a segment) or \"state\" (what the stream does and captures).\n"
      "When an id comes again, the form with the greatest serial counts. Times are\n"
      "microseconds since the \"epoch\" of the state.\n",
      error)
         && check_options (options, error);
}

static GVariant *
compose_open_options (const Options *options, gboolean partials)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  if (options->source != NULL)
    g_variant_dict_insert (&dict, "source", "s", options->source);
  if (options->engine != NULL)
    g_variant_dict_insert (&dict, "engine", "s", options->engine);
  if (options->language != NULL)
    g_variant_dict_insert (&dict, "language", "s", options->language);
  if (options->join != NULL)
    g_variant_dict_insert (&dict, "stream", "o", options->join);
  g_variant_dict_insert (&dict, "partials", "b", partials);

  return g_variant_dict_end (&dict);
}

/* output */

static void
stop_writing (Listen *self, GError *error)
{
  if (self->error == NULL)
    self->error = error;
  else
    g_error_free (error);
  cap_listener_close (self->listener);
}

static void
write_out (Listen *self, GString *out)
{
  GError *error = NULL;

  /* After the first failure, nobody reads. */
  if (out->len > 0 && self->error == NULL && !cap_output_print (out->str, &error))
    stop_writing (self, error);
  g_string_truncate (out, 0);
}

static void
redraw (Listen *self)
{
  g_autoptr (GString) out = g_string_new (NULL);

  if (self->format->redraw != NULL)
    self->format->redraw (self->formatter, out);
  write_out (self, out);
}

static void
read_width (Listen *self)
{
  if (self->rewrites)
    self->terminal.width = cap_terminal_read_width (STDOUT_FILENO);
}

static GError *
explain_state (const CapState *state)
{
  if (*state->message != '\0')
    return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, state->message);
  if (*state->reason != '\0')
    return g_error_new (G_IO_ERROR, G_IO_ERROR_FAILED, "the captions failed: %s", state->reason);

  return g_error_new (G_IO_ERROR, G_IO_ERROR_FAILED,
                      "the caption service reports that the stream is %s", state->state);
}

static void
end_if_over (Listen *self, const CapState *state)
{
  const char *const over[] = { "failed", "closed", NULL };

  if (self->leaving || self->failure != NULL || !g_strv_contains (over, state->state))
    return;

  self->failure = explain_state (state);
  cap_listener_close (self->listener);
}

/* On the standard error, where only a person reads. */
static void
write_notes (Listen *self, const GString *notes)
{
  if (self->notes)
    cap_output_write (STDERR_FILENO, notes->str, NULL);
  redraw (self);
}

static void
on_better_model (const char *sentence, gpointer user_data)
{
  Listen *self = user_data;
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GString) notes = g_string_new (NULL);

  read_width (self);
  self->format->note (self->formatter, sentence, out, notes);
  write_out (self, out);
  write_notes (self, notes);
}

static void
look_for_better_model (Listen *self, const CapState *state)
{
  if (self->better == NULL && self->notes && self->format->note != NULL
      && g_str_equal (state->state, "listening"))
    self->better = cap_better_model_look (self->connection, state->engine, state->language,
                                          on_better_model, self);
}

static void
on_segment (CapListener *listener, const CapSegment *segment, gpointer user_data)
{
  Listen *self = user_data;
  g_autoptr (GString) out = g_string_new (NULL);

  read_width (self);
  self->format->segment (self->formatter, segment, out);
  write_out (self, out);
}

static void
on_state (CapListener *listener, const CapState *state, gpointer user_data)
{
  Listen *self = user_data;
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GString) notes = g_string_new (NULL);

  read_width (self);
  self->format->state (self->formatter, state, out, notes);
  write_out (self, out);
  write_notes (self, notes);
  look_for_better_model (self, state);
  end_if_over (self, state);
}

static void
on_ended (CapListener *listener, const GError *error, gpointer user_data)
{
  Listen *self = user_data;
  g_autoptr (GString) out = g_string_new (NULL);

  if (self->format->finish != NULL)
    self->format->finish (self->formatter, out);
  write_out (self, out);

  if (self->failure == NULL && error != NULL)
    self->failure = g_error_copy (error);
  g_main_loop_quit (self->loop);
}

/* ending */

static gboolean
on_asked_to_end (gpointer user_data)
{
  Listen *self = user_data;

  self->leaving = TRUE;
  cap_listener_finish (self->listener);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_duration (gpointer user_data)
{
  Listen *self = user_data;

  self->leaving = TRUE;
  cap_listener_finish (self->listener);
  return G_SOURCE_REMOVE;
}

static gboolean
on_reader_gone (int fd, GIOCondition condition, gpointer user_data)
{
  Listen *self = user_data;

  /* Without this watch, the microphone would stay open until the next caption fails to
   * be written, which may take hours. */
  stop_writing (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE,
                                           "the reader closed the output"));
  return G_SOURCE_REMOVE;
}

static gboolean
on_resized (gpointer user_data)
{
  Listen *self = user_data;

  read_width (self);
  redraw (self);
  return G_SOURCE_CONTINUE;
}

static void
watch (Listen *self, const Options *options)
{
  g_unix_signal_add (SIGINT, on_asked_to_end, self);
  g_unix_signal_add (SIGTERM, on_asked_to_end, self);
  g_unix_signal_add (SIGHUP, on_asked_to_end, self);
  if (self->rewrites)
    g_unix_signal_add (SIGWINCH, on_resized, self);

  /* These conditions are always reported, and cost no wake-ups. */
  g_unix_fd_add (STDOUT_FILENO, G_IO_ERR | G_IO_HUP, on_reader_gone, self);

  if (options->duration > 0)
    g_timeout_add ((guint) ceil (options->duration * 1000), on_duration, self);
}

static gboolean
propagate_end (Listen *self, GError **error)
{
  /* A failure to write hides other failures, because the reader has gone. */
  if (self->error != NULL)
    {
      g_clear_error (&self->failure);
      g_propagate_error (error, self->error);
    }
  else if (self->failure != NULL)
    g_propagate_error (error, self->failure);
  else
    return TRUE;

  return FALSE;
}

static gboolean
listen_to (Listen *self, const Options *options, GError **error)
{
  g_autoptr (GDBusConnection) connection = cap_bus_connect (error);
  gboolean partials = !options->no_partials && (self->rewrites || self->format->partials_in_pipe);

  if (connection == NULL)
    return FALSE;

  self->connection = connection;
  self->formatter = self->format->open (self->rewrites ? &self->terminal : NULL, partials);
  self->loop = g_main_loop_new (NULL, FALSE);
  self->listener = cap_listener_new (connection);
  g_signal_connect (self->listener, "segment", G_CALLBACK (on_segment), self);
  g_signal_connect (self->listener, "state", G_CALLBACK (on_state), self);
  g_signal_connect (self->listener, "ended", G_CALLBACK (on_ended), self);

  watch (self, options);
  cap_listener_open (self->listener, compose_open_options (options, partials));
  g_main_loop_run (self->loop);

  g_clear_pointer (&self->better, cap_better_model_free);
  g_object_unref (self->listener);
  g_main_loop_unref (self->loop);
  self->format->close (self->formatter);

  return propagate_end (self, error);
}

gboolean
cap_command_listen (int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  Listen self = { 0 };

  if (!parse_options (argc, argv, &options, error))
    return FALSE;

  self.format = cap_format_find (options.format != NULL ? options.format : "text");
  self.rewrites = cap_terminal_is_usable (STDOUT_FILENO);
  self.notes = isatty (STDERR_FILENO);
  cap_terminal_init (&self.terminal, cap_terminal_read_width (STDOUT_FILENO));

  return listen_to (&self, &options, error);
}
