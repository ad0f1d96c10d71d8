/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "sound/source-list.h"
#include "sound/source.h"

typedef struct
{
  char *id;
  char *name;
  gboolean active;
} Application;

static void
free_application (gpointer data)
{
  Application *self = data;

  g_free (self->id);
  g_free (self->name);
  g_free (self);
}

static void
add_entry (GVariantBuilder *list, const char *id, const char *kind, const char *name,
           gboolean is_default, gboolean active)
{
  GVariantDict entry;

  g_variant_dict_init (&entry, NULL);
  g_variant_dict_insert (&entry, "id", "s", id);
  g_variant_dict_insert (&entry, "kind", "s", kind);
  g_variant_dict_insert (&entry, "name", "s", name);
  g_variant_dict_insert (&entry, "default", "b", is_default);
  g_variant_dict_insert (&entry, "active", "b", active);
  g_variant_builder_add_value (list, g_variant_dict_end (&entry));
}

static void
add_default (GVariantBuilder *list, const CapGraphMirror *mirror, const char *id, const char *title,
             const char *name)
{
  CapGraphNode *node = cap_graph_mirror_find_node (mirror, name);

  if (node != NULL)
    add_entry (list, id, id, title, TRUE, node->running);
}

/* The id of the source "@word:@name", or NULL if @name cannot be part of an id. */
static char *
make_id (const char *word, const char *name)
{
  g_autofree char *id = g_strconcat (word, ":", name, NULL);
  g_autoptr (CapSource) source = cap_source_parse (id, NULL);

  return source != NULL ? g_steal_pointer (&id) : NULL;
}

static void
add_devices (GVariantBuilder *list, const CapGraphMirror *mirror, CapGraphNodeClass class,
             const char *word, const char *default_name)
{
  g_autoptr (GPtrArray) nodes = cap_graph_mirror_list_nodes (mirror);

  for (guint i = 0; i < nodes->len; i++)
    {
      CapGraphNode *node = g_ptr_array_index (nodes, i);
      CapGraphNodeClass its = cap_graph_node_get_class (node);

      if ((its != class && its != CAP_GRAPH_DUPLEX) || node->name == NULL)
        continue;

      g_autofree char *id = make_id (word, node->name);
      g_autofree char *title = g_utf8_make_valid (cap_graph_node_get_title (node), -1);
      if (id != NULL)
        add_entry (list, id, word, title, g_strcmp0 (node->name, default_name) == 0, node->running);
    }
}

static Application *
get_application (GPtrArray *applications, const char *id, const char *name)
{
  for (guint i = 0; i < applications->len; i++)
    {
      Application *known = g_ptr_array_index (applications, i);
      if (g_str_equal (known->id, id))
        return known;
    }

  Application *application = g_new0 (Application, 1);
  application->id = g_strdup (id);
  application->name = g_strdup (name);
  g_ptr_array_add (applications, application);
  return application;
}

static void
add_applications (GVariantBuilder *list, const CapGraphMirror *mirror)
{
  g_autoptr (GPtrArray) nodes = cap_graph_mirror_list_nodes (mirror);
  g_autoptr (GPtrArray) applications = g_ptr_array_new_with_free_func (free_application);

  for (guint i = 0; i < nodes->len; i++)
    {
      CapGraphNode *node = g_ptr_array_index (nodes, i);
      CapGraphApplication it = cap_graph_mirror_get_application (mirror, node);
      const char *name = it.name != NULL ? it.name : it.id != NULL ? it.id : it.binary;

      if (cap_graph_node_get_class (node) != CAP_GRAPH_PLAYBACK || node->piped || name == NULL)
        continue;

      g_autofree char *id = make_id ("app", name);
      if (id != NULL)
        get_application (applications, id, name)->active |= node->running;
    }

  for (guint i = 0; i < applications->len; i++)
    {
      Application *it = g_ptr_array_index (applications, i);
      add_entry (list, it->id, "app", it->name, FALSE, it->active);
    }
}

GVariant *
cap_source_list_new (const CapGraphMirror *mirror)
{
  GVariantBuilder list;

  g_return_val_if_fail (mirror != NULL, NULL);

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  add_default (&list, mirror, "system", "System audio", mirror->default_sink);
  add_default (&list, mirror, "microphone", "Microphone", mirror->default_source);
  add_devices (&list, mirror, CAP_GRAPH_SINK, "output", mirror->default_sink);
  add_devices (&list, mirror, CAP_GRAPH_SOURCE, "input", mirror->default_source);
  add_applications (&list, mirror);
  return g_variant_builder_end (&list);
}
