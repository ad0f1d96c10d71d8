/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CAP_USAGE_ERROR (cap_usage_error_quark ())
GQuark cap_usage_error_quark (void);

/* Runs a sub-command; argv[0] is its name. On FALSE, the error is one line for people:
 * CAP_USAGE_ERROR if the command line is wrong. G_IO_ERROR_BROKEN_PIPE is not a
 * failure. */
typedef gboolean (*CapCommandFunc) (int argc, char **argv, GError **error);

gboolean cap_command_listen (int argc, char **argv, GError **error);
gboolean cap_command_sources (int argc, char **argv, GError **error);
gboolean cap_command_engines (int argc, char **argv, GError **error);
gboolean cap_command_status (int argc, char **argv, GError **error);
gboolean cap_command_provider (int argc, char **argv, GError **error);
gboolean cap_command_doctor (int argc, char **argv, GError **error);
gboolean cap_command_model (int argc, char **argv, GError **error);

/* Parses the options of a sub-command and refuses any other argument. */
gboolean cap_command_parse (int argc,
                            char **argv,
                            const GOptionEntry *entries,
                            const char *summary,
                            const char *description,
                            GError **error);

/* The arguments of a sub-command besides its options. */
typedef struct
{
  const char *usage; /* as --help shows them: "ID" */
  guint least, most;
  const char **values; /* room for @most; missing arguments leave theirs unchanged */
} CapArguments;

/* The same with arguments, which must be valid UTF-8. */
gboolean cap_command_parse_arguments (int argc,
                                      char **argv,
                                      const GOptionEntry *entries,
                                      const CapArguments *arguments,
                                      const char *summary,
                                      const char *description,
                                      GError **error);

/* Runs a whole sub-command: asks the service for a list (aa{sv}) and prints it as JSON,
 * or as the table that @print_table returns. */
gboolean cap_command_list (int argc,
                           char **argv,
                           const char *summary,
                           const char *method,
                           char *(*print_table) (GVariant *list),
                           GError **error);

G_END_DECLS
