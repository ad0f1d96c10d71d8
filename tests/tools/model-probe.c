/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors
 *
 * Does what a job of captiond does with a model, and prints how it ended: "done", or
 * "error NAME MESSAGE".
 *
 *   model-probe fetch PATH SIZE SHA256 ADDRESS…
 *   model-probe install FOLDER ID.model [IMPORT]
 *   model-probe remove FOLDER ID
 *   model-probe verify FOLDER/ID
 *   model-probe sweep FOLDER */

#include "dbus/error.h"
#include "models/install.h"
#include "models/store.h"
#include "models/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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

static void
on_progress (const char *stage, guint64 done, guint64 total, gpointer user_data)
{
  g_debug ("%s %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT, stage, done, total);
}

static gboolean
install (char **arguments, GError **error)
{
  g_autoptr (CapModelEntry) entry = cap_model_entry_load (arguments[1], NULL, error);
  int lock = entry != NULL ? cap_store_lock (arguments[0], error) : -1;
  gboolean installed;

  if (lock < 0)
    return FALSE;

  installed = cap_install_prepare (entry, arguments[0], arguments[2], &patience, on_progress, NULL, NULL, error)
              && cap_install_put (entry, arguments[0], on_progress, NULL, error);
  close (lock);
  return installed;
}

static gboolean
remove_model (char **arguments, GError **error)
{
  int lock = cap_store_lock (arguments[0], error);
  gboolean removed = lock >= 0 && cap_store_remove (arguments[0], arguments[1], error);

  if (lock >= 0)
    close (lock);
  return removed;
}

static gboolean
verify (char **arguments, GError **error)
{
  return cap_verify (arguments[0], NULL, error);
}

static gboolean
sweep (char **arguments, GError **error)
{
  cap_store_recover (arguments[0]);
  cap_store_sweep (arguments[0]);
  return TRUE;
}

static const struct
{
  const char *name;
  int n_arguments; /* at least */
  gboolean (*run) (char **arguments, GError **error);
} commands[] = {
  { "fetch", 4, fetch },
  { "install", 2, install },
  { "remove", 2, remove_model },
  { "verify", 1, verify },
  { "sweep", 1, sweep },
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
