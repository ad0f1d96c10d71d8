/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "sound/graph-registry.h"

#include <pipewire/pipewire.h>

#include <pipewire/extensions/metadata.h>
#include <spa/utils/json.h>

struct _CapGraphRegistry
{
  struct pw_registry *registry;
  struct spa_hook listener;
  GHashTable *bound; /* id → Bound */

  CapGraphMirror *mirror; /* not owned */
  CapGraphRegistryFuncs funcs;
  gpointer user_data;
};

/* A proxy of a server object, which sends more details. */
typedef struct
{
  CapGraphRegistry *registry; /* owns this */
  guint32 id;
  struct pw_proxy *proxy;
  struct spa_hook listener;
} Bound;

/* private */

static void
tell_changed (CapGraphRegistry *self)
{
  self->funcs.changed (self->user_data);
}

static gboolean
take_string (char **to, const struct spa_dict *props, const char *key)
{
  const char *value = props != NULL ? spa_dict_lookup (props, key) : NULL;

  if (value == NULL || g_strcmp0 (*to, value) == 0)
    return FALSE;
  g_free (*to);
  *to = g_strdup (value);
  return TRUE;
}

static guint32
get_id (const struct spa_dict *props, const char *key)
{
  const char *value = spa_dict_lookup (props, key);

  return value != NULL ? (guint32) g_ascii_strtoull (value, NULL, 10) : SPA_ID_INVALID;
}

static gboolean
take_application (CapGraphApplication *to, const struct spa_dict *props)
{
  gboolean changed = FALSE;

  changed |= take_string (&to->name, props, PW_KEY_APP_NAME);
  changed |= take_string (&to->id, props, PW_KEY_APP_ID);
  changed |= take_string (&to->binary, props, PW_KEY_APP_PROCESS_BINARY);
  return changed;
}

static gboolean
take_node (CapGraphNode *node, const struct spa_dict *props)
{
  gboolean changed = FALSE;

  changed |= take_string (&node->name, props, PW_KEY_NODE_NAME);
  changed |= take_string (&node->description, props, PW_KEY_NODE_DESCRIPTION);
  changed |= take_string (&node->media_class, props, PW_KEY_MEDIA_CLASS);
  changed |= take_application (&node->application, props);
  return changed;
}

static void
free_bound (gpointer data)
{
  Bound *bound = data;

  spa_hook_remove (&bound->listener);
  pw_proxy_destroy (bound->proxy);
  g_free (bound);
}

static void
bind_object (CapGraphRegistry *self, guint32 id, const char *type, guint32 version, const void *events)
{
  struct pw_proxy *proxy = pw_registry_bind (self->registry, id, type, version, 0);
  Bound *bound;

  if (proxy == NULL)
    return;
  bound = g_new0 (Bound, 1);
  bound->registry = self;
  bound->id = id;
  bound->proxy = proxy;
  pw_proxy_add_object_listener (proxy, &bound->listener, events, bound);
  g_hash_table_replace (self->bound, GUINT_TO_POINTER (id), bound);
}

/* callbacks: nodes, clients, metadata */

static void
on_node_info (void *data, const struct pw_node_info *info)
{
  Bound *bound = data;
  CapGraphNode *node = cap_graph_mirror_get_node (bound->registry->mirror, bound->id);
  gboolean running = info->state == PW_NODE_STATE_RUNNING;
  gboolean changed = FALSE;

  if (node == NULL)
    return;

  if (info->change_mask & PW_NODE_CHANGE_MASK_PROPS && info->props != NULL)
    {
      gboolean piped = spa_dict_lookup (info->props, PW_KEY_NODE_LINK_GROUP) != NULL;

      changed |= take_node (node, info->props) | (piped != node->piped);
      node->piped = piped;
    }
  changed |= running != node->running;
  node->running = running;
  if (changed)
    tell_changed (bound->registry);
}

static const struct pw_node_events node_events = {
  PW_VERSION_NODE_EVENTS,
  .info = on_node_info,
};

static void
on_client_info (void *data, const struct pw_client_info *info)
{
  Bound *bound = data;
  CapGraphApplication *client
      = g_hash_table_lookup (bound->registry->mirror->clients, GUINT_TO_POINTER (bound->id));

  if (client != NULL && take_application (client, info->props))
    tell_changed (bound->registry);
}

static const struct pw_client_events client_events = {
  PW_VERSION_CLIENT_EVENTS,
  .info = on_client_info,
};

/* Gets NODE from {"name":"NODE"}; NULL for any other value. */
static char *
parse_default (const char *value)
{
  struct spa_json json, object;
  char key[64], name[512];

  if (value == NULL)
    return NULL;
  spa_json_init (&json, value, strlen (value));
  if (spa_json_enter_object (&json, &object) <= 0)
    return NULL;

  while (spa_json_get_string (&object, key, sizeof key) > 0)
    {
      const char *ignored;

      if (g_str_equal (key, "name"))
        return spa_json_get_string (&object, name, sizeof name) > 0 ? g_strdup (name) : NULL;
      if (spa_json_next (&object, &ignored) <= 0)
        break;
    }
  return NULL;
}

static int
on_metadata_property (void *data, uint32_t subject, const char *key, const char *type,
                      const char *value)
{
  Bound *bound = data;
  CapGraphMirror *mirror = bound->registry->mirror;
  gboolean all = key == NULL;

  if (subject != PW_ID_CORE)
    return 0;

  mirror->managed = TRUE;
  if (all || g_str_equal (key, "default.audio.sink"))
    {
      g_free (mirror->default_sink);
      mirror->default_sink = all ? NULL : parse_default (value);
    }
  if (all || g_str_equal (key, "default.audio.source"))
    {
      g_free (mirror->default_source);
      mirror->default_source = all ? NULL : parse_default (value);
    }
  tell_changed (bound->registry);
  return 0;
}

static const struct pw_metadata_events metadata_events = {
  PW_VERSION_METADATA_EVENTS,
  .property = on_metadata_property,
};

/* callbacks: the registry */

static void
add_node (CapGraphRegistry *self, guint32 id, const struct spa_dict *props)
{
  CapGraphNode *node = cap_graph_mirror_add_node (self->mirror, id);

  node->client = get_id (props, PW_KEY_CLIENT_ID);
  /* The server has not sent this property yet; assume the worse. */
  node->piped = TRUE;
  take_node (node, props);
  if (cap_graph_node_get_class (node) == CAP_GRAPH_OTHER)
    cap_graph_mirror_remove (self->mirror, id);
  else
    bind_object (self, id, PW_TYPE_INTERFACE_Node, PW_VERSION_NODE, &node_events);
}

static void
add_port (CapGraphRegistry *self, guint32 id, const struct spa_dict *props)
{
  CapGraphPort *port = cap_graph_mirror_add_port (self->mirror, id);
  const char *format = spa_dict_lookup (props, PW_KEY_FORMAT_DSP);

  port->node = get_id (props, PW_KEY_NODE_ID);
  port->output = g_strcmp0 (spa_dict_lookup (props, PW_KEY_PORT_DIRECTION), "out") == 0;
  port->monitor = spa_atob (spa_dict_lookup (props, PW_KEY_PORT_MONITOR));
  port->audio = format != NULL && strstr (format, "audio") != NULL;
  take_string (&port->channel, props, PW_KEY_AUDIO_CHANNEL);
}

static void
add_link (CapGraphRegistry *self, guint32 id, const struct spa_dict *props)
{
  CapGraphLink *link = cap_graph_mirror_add_link (self->mirror, id);

  link->output_node = get_id (props, PW_KEY_LINK_OUTPUT_NODE);
  link->output_port = get_id (props, PW_KEY_LINK_OUTPUT_PORT);
  link->input_node = get_id (props, PW_KEY_LINK_INPUT_NODE);
  link->input_port = get_id (props, PW_KEY_LINK_INPUT_PORT);
  self->funcs.link_added (link, self->user_data);
}

static void
on_global (void *data, uint32_t id, uint32_t permissions, const char *type, uint32_t version,
           const struct spa_dict *props)
{
  CapGraphRegistry *self = data;

  if (props == NULL)
    return;

  if (g_str_equal (type, PW_TYPE_INTERFACE_Node))
    add_node (self, id, props);
  else if (g_str_equal (type, PW_TYPE_INTERFACE_Port))
    add_port (self, id, props);
  else if (g_str_equal (type, PW_TYPE_INTERFACE_Link))
    add_link (self, id, props);
  else if (g_str_equal (type, PW_TYPE_INTERFACE_Client))
    {
      take_application (cap_graph_mirror_add_client (self->mirror, id), props);
      bind_object (self, id, type, PW_VERSION_CLIENT, &client_events);
    }
  else if (g_str_equal (type, PW_TYPE_INTERFACE_Metadata)
           && g_strcmp0 (spa_dict_lookup (props, PW_KEY_METADATA_NAME), "default") == 0)
    bind_object (self, id, type, PW_VERSION_METADATA, &metadata_events);
  else
    return;
  tell_changed (self);
}

/* The mirror keeps the default devices when their metadata disappears: if the
 * session manager dies, the devices and the links still exist. */
static void
on_global_remove (void *data, uint32_t id)
{
  CapGraphRegistry *self = data;

  g_hash_table_remove (self->bound, GUINT_TO_POINTER (id));
  if (cap_graph_mirror_remove (self->mirror, id))
    tell_changed (self);
}

static const struct pw_registry_events registry_events = {
  PW_VERSION_REGISTRY_EVENTS,
  .global = on_global,
  .global_remove = on_global_remove,
};

/* public functions */

CapGraphRegistry *
cap_graph_registry_new (struct pw_core *core,
                        CapGraphMirror *mirror,
                        const CapGraphRegistryFuncs *funcs,
                        gpointer user_data)
{
  g_return_val_if_fail (core != NULL, NULL);
  g_return_val_if_fail (mirror != NULL, NULL);
  g_return_val_if_fail (funcs != NULL, NULL);

  CapGraphRegistry *self = g_new0 (CapGraphRegistry, 1);

  self->bound = g_hash_table_new_full (NULL, NULL, NULL, free_bound);
  self->mirror = mirror;
  self->funcs = *funcs;
  self->user_data = user_data;
  self->registry = pw_core_get_registry (core, PW_VERSION_REGISTRY, 0);
  pw_registry_add_listener (self->registry, &self->listener, &registry_events, self);

  return self;
}

void
cap_graph_registry_free (CapGraphRegistry *self)
{
  g_return_if_fail (self != NULL);

  g_hash_table_unref (self->bound);
  spa_hook_remove (&self->listener);
  pw_proxy_destroy ((struct pw_proxy *) self->registry);
  g_free (self);
}
