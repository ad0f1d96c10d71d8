/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/captionctl.h"
#include "captionctl/table.h"

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
  return cap_command_list (argc, argv,
                           "Lists the audio sources that can be captioned now. Give a name from the first\n"
                           "column to \"captionctl listen --source\".",
                           "ListSources", print_table, error);
}
