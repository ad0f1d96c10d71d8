/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "captionctl/captionctl.h"

G_BEGIN_DECLS

/* A command of a group, such as "set" of "captionctl provider". */
typedef struct
{
  const char *name;
  const char *full_name; /* for its help: "provider set" */
  CapCommandFunc run;
  const char *summary;
} CapSubCommand;

typedef struct
{
  const char *name;    /* "provider" */
  const char *summary; /* whole lines */
  const CapSubCommand *commands;
  gsize n_commands;
} CapCommandGroup;

/* Runs the command that argv[1] names, or prints the help of the group. Fails with
 * CAP_USAGE_ERROR, or as the command does. */
gboolean cap_command_group_run (const CapCommandGroup *group, int argc, char **argv, GError **error);

G_END_DECLS
