/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors
 *
 * Fetches one file of a model, as a job of captiond does, and prints how it ended: "done",
 * or "error NAME MESSAGE".
 *
 *   model-probe fetch PATH SIZE SHA256 ADDRESS… */

#include "dbus/error.h"
#include "models/fetch.h"

#include <stdio.h>
#include <stdlib.h>

#define STALL_SECONDS 1
#define BACK_OFF_MS 20

static const CapFetchPatience patience = { STALL_SECONDS, BACK_OFF_MS };

static gboolean
fetch (char **arguments, GError **error)
{
  const CapModelFile file = {
    .name = (char *) "model",
    .size = g_ascii_strtoull (arguments[1], NULL, 10),
    .sha256 = arguments[2],
    .addresses = arguments + 3,
  };

  return cap_fetch (&file, arguments[0], &patience, NULL, NULL, NULL, error);
}

static const struct
{
  const char *name;
  int n_arguments; /* at least */
  gboolean (*run) (char **arguments, GError **error);
} commands[] = {
  { "fetch", 4, fetch },
};

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; argc > 1 && i < G_N_ELEMENTS (commands); i++)
    {
      if (!g_str_equal (argv[1], commands[i].name) || argc - 2 < commands[i].n_arguments)
        continue;
      if (commands[i].run (argv + 2, &error))
        printf ("done\n");
      else
        printf ("error %s %s\n", error->domain == CAP_ERROR ? cap_error_get_name (error)
                                                            : g_quark_to_string (error->domain),
                error->message);
      return EXIT_SUCCESS;
    }

  g_printerr ("model-probe: wrong arguments; see its source\n");
  return 2;
}
