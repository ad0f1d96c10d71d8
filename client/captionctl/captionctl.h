/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CAP_USAGE_ERROR (cap_usage_error_quark ())
GQuark cap_usage_error_quark (void);

/* Each takes its own arguments, argv[0] being its name. FALSE with an error
 * that is one line for people: CAP_USAGE_ERROR when the command line is at
 * fault. G_IO_ERROR_BROKEN_PIPE is no failure. */
typedef gboolean (*CapCommandFunc) (int argc, char **argv, GError **error);

gboolean cap_command_listen (int argc, char **argv, GError **error);
gboolean cap_command_sources (int argc, char **argv, GError **error);
gboolean cap_command_engines (int argc, char **argv, GError **error);
gboolean cap_command_status (int argc, char **argv, GError **error);
gboolean cap_command_provider (int argc, char **argv, GError **error);
gboolean cap_command_doctor (int argc, char **argv, GError **error);

/* Parses the options of a sub-command and refuses what is left over. */
gboolean cap_command_parse (int argc,
                            char **argv,
                            const GOptionEntry *entries,
                            const char *summary,
                            const char *description,
                            GError **error);

/* What a sub-command takes besides options. */
typedef struct
{
  const char *usage; /* its name for people: "ID" */
  guint least, most;
  const char **values; /* room for @most; those not given stay as they are */
} CapArguments;

/* The same, with arguments, which are valid UTF-8. */
gboolean cap_command_parse_arguments (int argc,
                                      char **argv,
                                      const GOptionEntry *entries,
                                      const CapArguments *arguments,
                                      const char *summary,
                                      const char *description,
                                      GError **error);

/* A whole sub-command: asks the service for a list (aa{sv}), and prints it as
 * JSON, or as the table that @print_table makes of it. */
gboolean cap_command_list (int argc,
                           char **argv,
                           const char *summary,
                           const char *method,
                           char *(*print_table) (GVariant *list),
                           GError **error);

G_END_DECLS
