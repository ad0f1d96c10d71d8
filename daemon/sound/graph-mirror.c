/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "sound/graph-mirror.h"

#include <string.h>

/* lifecycle */

static void
clear_application (CapGraphApplication *application)
{
  g_clear_pointer (&application->name, g_free);
  g_clear_pointer (&application->id, g_free);
  g_clear_pointer (&application->binary, g_free);
}

static void
free_node (gpointer data)
{
  CapGraphNode *node = data;

  g_free (node->name);
  g_free (node->description);
  g_free (node->media_class);
  clear_application (&node->application);
  g_free (node);
}

static void
free_port (gpointer data)
{
  CapGraphPort *port = data;

  g_free (port->channel);
  g_free (port);
}

static void
free_client (gpointer data)
{
  clear_application (data);
  g_free (data);
}

CapGraphMirror *
cap_graph_mirror_new (void)
{
  CapGraphMirror *self = g_new0 (CapGraphMirror, 1);

  self->nodes = g_hash_table_new_full (NULL, NULL, NULL, free_node);
  self->ports = g_hash_table_new_full (NULL, NULL, NULL, free_port);
  self->links = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->clients = g_hash_table_new_full (NULL, NULL, NULL, free_client);
  return self;
}

void
cap_graph_mirror_free (CapGraphMirror *self)
{
  g_return_if_fail (self != NULL);

  g_hash_table_unref (self->nodes);
  g_hash_table_unref (self->ports);
  g_hash_table_unref (self->links);
  g_hash_table_unref (self->clients);
  g_free (self->default_sink);
  g_free (self->default_source);
  g_free (self);
}

/* private */

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  /* The id is the first member of every object. */
  guint32 one = **(guint32 *const *) a, other = **(guint32 *const *) b;

  return (one > other) - (one < other);
}

static gpointer
get (GHashTable *table, guint32 id)
{
  return g_hash_table_lookup (table, GUINT_TO_POINTER (id));
}

static void
put (GHashTable *table, guint32 id, gpointer object)
{
  g_hash_table_replace (table, GUINT_TO_POINTER (id), object);
}

static gboolean
same_text (const char *a, const char *b)
{
  g_autofree char *one = NULL, *other = NULL;

  if (a == NULL || !g_utf8_validate (a, -1, NULL))
    return FALSE;
  one = g_utf8_casefold (a, -1);
  other = g_utf8_casefold (b, -1);
  return strcmp (one, other) == 0;
}

/* public methods */

CapGraphNode *
cap_graph_mirror_add_node (CapGraphMirror *self, guint32 id)
{
  g_return_val_if_fail (self != NULL, NULL);

  CapGraphNode *node = g_new0 (CapGraphNode, 1);

  node->id = id;
  put (self->nodes, id, node);
  return node;
}

CapGraphPort *
cap_graph_mirror_add_port (CapGraphMirror *self, guint32 id)
{
  g_return_val_if_fail (self != NULL, NULL);

  CapGraphPort *port = g_new0 (CapGraphPort, 1);

  port->id = id;
  put (self->ports, id, port);
  return port;
}

CapGraphLink *
cap_graph_mirror_add_link (CapGraphMirror *self, guint32 id)
{
  g_return_val_if_fail (self != NULL, NULL);

  CapGraphLink *link = g_new0 (CapGraphLink, 1);

  link->id = id;
  put (self->links, id, link);
  return link;
}

CapGraphApplication *
cap_graph_mirror_add_client (CapGraphMirror *self, guint32 id)
{
  g_return_val_if_fail (self != NULL, NULL);

  CapGraphApplication *client = g_new0 (CapGraphApplication, 1);

  put (self->clients, id, client);
  return client;
}

gboolean
cap_graph_mirror_remove (CapGraphMirror *self, guint32 id)
{
  gpointer key = GUINT_TO_POINTER (id);

  g_return_val_if_fail (self != NULL, FALSE);

  return g_hash_table_remove (self->links, key) || g_hash_table_remove (self->ports, key)
         || g_hash_table_remove (self->nodes, key) || g_hash_table_remove (self->clients, key);
}

CapGraphNode *
cap_graph_mirror_get_node (const CapGraphMirror *self, guint32 id)
{
  g_return_val_if_fail (self != NULL, NULL);

  return get (self->nodes, id);
}

CapGraphPort *
cap_graph_mirror_get_port (const CapGraphMirror *self, guint32 id)
{
  g_return_val_if_fail (self != NULL, NULL);

  return get (self->ports, id);
}

CapGraphNode *
cap_graph_mirror_find_node (const CapGraphMirror *self, const char *name)
{
  GHashTableIter iter;
  CapGraphNode *node;

  g_return_val_if_fail (self != NULL, NULL);

  g_hash_table_iter_init (&iter, self->nodes);
  while (name != NULL && g_hash_table_iter_next (&iter, NULL, (gpointer *) &node))
    if (g_strcmp0 (node->name, name) == 0)
      return node;
  return NULL;
}

GPtrArray *
cap_graph_mirror_list_nodes (const CapGraphMirror *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  GPtrArray *list = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer node;

  g_hash_table_iter_init (&iter, self->nodes);
  while (g_hash_table_iter_next (&iter, NULL, &node))
    g_ptr_array_add (list, node);
  g_ptr_array_sort (list, compare_ids);
  return list;
}

GPtrArray *
cap_graph_mirror_list_ports (const CapGraphMirror *self, guint32 node)
{
  g_return_val_if_fail (self != NULL, NULL);

  GPtrArray *list = g_ptr_array_new ();
  GHashTableIter iter;
  CapGraphPort *port;

  g_hash_table_iter_init (&iter, self->ports);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &port))
    if (port->node == node)
      g_ptr_array_add (list, port);
  g_ptr_array_sort (list, compare_ids);
  return list;
}

CapGraphNodeClass
cap_graph_node_get_class (const CapGraphNode *node)
{
  g_return_val_if_fail (node != NULL, CAP_GRAPH_OTHER);

  const char *media_class = node->media_class != NULL ? node->media_class : "";

  /* The class may have a suffix: Audio/Source/Virtual. */
  if (g_str_has_prefix (media_class, "Audio/Sink"))
    return CAP_GRAPH_SINK;
  if (g_str_has_prefix (media_class, "Audio/Source"))
    return CAP_GRAPH_SOURCE;
  if (g_str_has_prefix (media_class, "Audio/Duplex"))
    return CAP_GRAPH_DUPLEX;
  if (g_str_has_prefix (media_class, "Stream/Output/Audio"))
    return CAP_GRAPH_PLAYBACK;
  return CAP_GRAPH_OTHER;
}

const char *
cap_graph_node_get_title (const CapGraphNode *node)
{
  g_return_val_if_fail (node != NULL, "");

  if (node->description != NULL && *node->description != '\0')
    return node->description;
  return node->name != NULL ? node->name : "";
}

CapGraphApplication
cap_graph_mirror_get_application (const CapGraphMirror *self, const CapGraphNode *node)
{
  g_return_val_if_fail (self != NULL, (CapGraphApplication) { 0 });
  g_return_val_if_fail (node != NULL, (CapGraphApplication) { 0 });

  const CapGraphApplication *client = get (self->clients, node->client);
  CapGraphApplication application = node->application;

  if (client == NULL)
    return application;
  if (application.name == NULL)
    application.name = client->name;
  if (application.id == NULL)
    application.id = client->id;
  if (application.binary == NULL)
    application.binary = client->binary;
  return application;
}

gboolean
cap_graph_application_matches (const CapGraphApplication *self, const char *name)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  return same_text (self->name, name) || same_text (self->id, name)
         || same_text (self->binary, name);
}
