/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "bus.h"
#include "captionctl.h"
#include "json.h"
#include "output.h"
#include "table.h"

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
                 spoken != NULL && *spoken != '\0' ? spoken : "any it knows",
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
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print a JSON array", NULL },
    { NULL }
  };
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) engines = NULL;
  g_autofree char *text = NULL;

  if (!cap_command_parse (argc, argv, entries,
                          "Lists what can turn speech into text. \"captionctl listen --engine\" takes the\n"
                          "first column.",
                          NULL, error))
    return FALSE;

  connection = cap_bus_connect (error);
  if (connection == NULL)
    return FALSE;

  reply = cap_bus_call (connection, "ListEngines", NULL, "(aa{sv})", error);
  if (reply == NULL)
    return FALSE;

  engines = g_variant_get_child_value (reply, 0);
  text = json ? cap_json_print (engines) : print_table (engines);
  return cap_output_print (text, error) && (!json || cap_output_print ("\n", error));
}
