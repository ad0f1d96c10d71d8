/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "bus.h"
#include "captionctl.h"
#include "json.h"
#include "output.h"
#include "table.h"

static const char *
describe_use (gboolean is_default, gboolean active)
{
  if (is_default)
    return active ? "default, active" : "default";

  return active ? "active" : "";
}

static char *
print_table (GVariant *sources)
{
  g_autoptr (CapTable) table = cap_table_new (3);
  GVariantIter iter;
  GVariant *source;

  cap_table_add (table, "SOURCE", "NAME", "USE");
  g_variant_iter_init (&iter, sources);
  while (g_variant_iter_next (&iter, "@a{sv}", &source))
    {
      const char *id = "", *name = "";
      gboolean is_default = FALSE, active = FALSE;

      g_variant_lookup (source, "id", "&s", &id);
      g_variant_lookup (source, "name", "&s", &name);
      g_variant_lookup (source, "default", "b", &is_default);
      g_variant_lookup (source, "active", "b", &active);
      cap_table_add (table, id, name, describe_use (is_default, active));
      g_variant_unref (source);
    }

  return cap_table_print (table, "");
}

gboolean
cap_command_sources (int argc, char **argv, GError **error)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print a JSON array", NULL },
    { NULL }
  };
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) sources = NULL;
  g_autofree char *text = NULL;

  if (!cap_command_parse (argc, argv, entries,
                          "Lists what can be captioned now. \"captionctl listen --source\" takes the first\n"
                          "column.",
                          NULL, error))
    return FALSE;

  connection = cap_bus_connect (error);
  if (connection == NULL)
    return FALSE;

  reply = cap_bus_call (connection, "ListSources", NULL, "(aa{sv})", error);
  if (reply == NULL)
    return FALSE;

  sources = g_variant_get_child_value (reply, 0);
  text = json ? cap_json_print (sources) : print_table (sources);
  return cap_output_print (text, error) && (!json || cap_output_print ("\n", error));
}
