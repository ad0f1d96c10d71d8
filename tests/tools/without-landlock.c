/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* Runs a program as on a kernel without Landlock: its calls do not exist. */

#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <unistd.h>

int
main (int argc, char **argv)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ALLOW);

  if (argc < 2 || filter == NULL
      || seccomp_rule_add (filter, SCMP_ACT_ERRNO (ENOSYS), SCMP_SYS (landlock_create_ruleset), 0) < 0
      || seccomp_load (filter) < 0)
    {
      fprintf (stderr, "without-landlock: nothing can be hidden\n");
      return 1;
    }

  execvp (argv[1], argv + 1);
  perror (argv[1]);
  return 1;
}
