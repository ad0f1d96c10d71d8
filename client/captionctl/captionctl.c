/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/captionctl.h"
#include "captionctl/output.h"
#include "common/text.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define EXIT_USAGE 2

typedef struct
{
  const char *name;
  CapCommandFunc run;
  const char *summary;
} Command;

static const Command commands[] = {
  { "listen", cap_command_listen, "Show captions as text or JSON" },
  { "sources", cap_command_sources, "List the audio sources that can be captioned" },
  { "engines", cap_command_engines, "List the speech recognition engines" },
  { "status", cap_command_status, "Show the state of the service and of its streams" },
  { "provider", cap_command_provider, "Set up speech services on the network" },
  { "model", cap_command_model, "Install models that recognise speech on this computer" },
  { "doctor", cap_command_doctor, "Check whether a speech service or a recogniser works" },
};

static char *
compose_help (void)
{
  GString *help = g_string_new ("Usage:\n"
                                "  captionctl COMMAND [OPTION...]\n"
                                "\n"
                                "Shows live captions of what the desktop plays or the microphone hears.\n"
                                "\n"
                                "Commands:\n");

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_string_append_printf (help, "  %-10s %s\n", commands[i].name, commands[i].summary);

  g_string_append (help, "\n"
                         "Options:\n"
                         "  -h, --help   Show this help\n"
                         "  --version    Show the version\n"
                         "\n"
                         "To see the options of a command: captionctl COMMAND --help\n");
  return g_string_free (help, FALSE);
}

static gboolean
dispatch (int argc, char **argv, GError **error)
{
  const char *name = argc > 1 ? argv[1] : NULL;

  if (name == NULL)
    {
      g_set_error_literal (error, CAP_USAGE_ERROR, 0, "No command was given");
      return FALSE;
    }

  if (g_str_equal (name, "--help") || g_str_equal (name, "-h"))
    {
      g_autofree char *help = compose_help ();

      return cap_output_print (help, error);
    }

  if (g_str_equal (name, "--version"))
    return cap_output_print ("captionctl " CAPTIOND_VERSION "\n", error);

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].name, name))
      return commands[i].run (argc - 1, argv + 1, error);

  g_set_error (error, CAP_USAGE_ERROR, 0, "Unknown command or option \"%s\"", name);
  return FALSE;
}

static int
report (const GError *error)
{
  g_autofree char *message = NULL;

  /* The reader closed the pipe because it had seen enough. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE))
    return EXIT_SUCCESS;

  /* The message may contain names that others chose. */
  message = cap_text_clean (error->message);
  if (error->domain != CAP_USAGE_ERROR)
    {
      fprintf (stderr, "captionctl: %s%s\n", message, g_str_has_suffix (message, ".") ? "" : ".");
      return EXIT_FAILURE;
    }

  fprintf (stderr, "captionctl: %s. See: %s --help\n", message, g_get_prgname ());
  return EXIT_USAGE;
}

/* If the caller closed a standard stream, the connection to the bus could get its
 * number, and captions would be written into that connection. */
static void
occupy_standard_streams (void)
{
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl (fd, F_GETFD) < 0)
      open ("/dev/null", O_RDWR);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  occupy_standard_streams ();
  setlocale (LC_ALL, "");
  g_set_prgname ("captionctl");
  /* write () reports a closed pipe instead. */
  signal (SIGPIPE, SIG_IGN);

  if (!dispatch (argc, argv, &error))
    return report (error);

  return EXIT_SUCCESS;
}
