/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/captionctl.h"
#include "captionctl/table.h"

static void
add_engine (CapTable *table, GVariant *engine)
{
  const char *id = "", *host = "", *reason = "";
  g_autofree const char **languages = NULL;
  g_autofree char *spoken = NULL;
  gboolean ready = FALSE;

  g_variant_lookup (engine, "id", "&s", &id);
  g_variant_lookup (engine, "host", "&s", &host);
  g_variant_lookup (engine, "reason", "&s", &reason);
  g_variant_lookup (engine, "ready", "b", &ready);
  if (g_variant_lookup (engine, "languages", "^a&s", &languages))
    spoken = g_strjoinv (", ", (char **) languages);

  cap_table_add (table, id,
                 *host != '\0' ? host : "nowhere",
                 spoken != NULL && *spoken != '\0' ? spoken : "any it supports",
                 ready ? "yes" : "no",
                 reason);
}

static char *
print_table (GVariant *engines)
{
  g_autoptr (CapTable) table = cap_table_new (5);
  GVariantIter iter;
  GVariant *engine;

  cap_table_add (table, "ENGINE", "SPEECH IS SENT TO", "LANGUAGES", "READY", "");
  g_variant_iter_init (&iter, engines);
  while (g_variant_iter_next (&iter, "@a{sv}", &engine))
    {
      add_engine (table, engine);
      g_variant_unref (engine);
    }

  return cap_table_print (table, "");
}

gboolean
cap_command_engines (int argc, char **argv, GError **error)
{
  return cap_command_list (argc, argv,
                           "Lists the engines that turn speech into text. Give a name from the first column\n"
                           "to \"captionctl listen --engine\".",
                           "ListEngines", print_table, error);
}
