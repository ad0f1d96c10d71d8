/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "sound/capture-plan-private.h"
#include "dbus/error.h"

/* private */

static gboolean
wants_monitor (const CapSource *source)
{
  return source->kind == CAP_SOURCE_SYSTEM || source->kind == CAP_SOURCE_OUTPUT;
}

/* The name of the node that the source currently means; NULL for applications,
 * and when there is no default device. */
static const char *
get_device_name (const CapGraphMirror *mirror, const CapSource *source)
{
  switch (source->kind)
    {
    case CAP_SOURCE_SYSTEM:
      return mirror->default_sink;
    case CAP_SOURCE_MICROPHONE:
      return mirror->default_source;
    case CAP_SOURCE_OUTPUT:
    case CAP_SOURCE_INPUT:
      return source->name;
    case CAP_SOURCE_APP:
    default:
      return NULL;
    }
}

static gboolean
allows_node (const CapGraphMirror *mirror, const CapSource *source, const CapGraphNode *node)
{
  CapGraphNodeClass class = cap_graph_node_get_class (node);

  if (source->kind == CAP_SOURCE_APP)
    {
      CapGraphApplication application = cap_graph_mirror_get_application (mirror, node);

      return class == CAP_GRAPH_PLAYBACK && !node->piped
             && cap_graph_application_matches (&application, source->name);
    }

  const char *name = get_device_name (mirror, source);
  if (name == NULL || g_strcmp0 (node->name, name) != 0)
    return FALSE;
  return class == CAP_GRAPH_DUPLEX
         || class == (wants_monitor (source) ? CAP_GRAPH_SINK : CAP_GRAPH_SOURCE);
}

static gboolean
allows_port (const CapSource *source, const CapGraphPort *port)
{
  return port->output && port->audio && port->monitor == wants_monitor (source);
}

/* The bass channel of a surround output carries no speech, and mixing it in would
 * make all other channels quieter. */
static gboolean
is_bass (const CapGraphPort *port)
{
  return port->channel != NULL && g_str_has_prefix (port->channel, "LFE");
}

static guint
add_ports (CapCapturePlan *self, const CapGraphMirror *mirror, const CapSource *source,
           const CapGraphNode *node)
{
  g_autoptr (GPtrArray) ports = cap_graph_mirror_list_ports (mirror, node->id);
  guint n_channels = 0;

  for (guint i = 0; i < ports->len; i++)
    {
      CapGraphPort *port = g_ptr_array_index (ports, i);

      if (!allows_port (source, port) || is_bass (port))
        continue;
      g_array_append_val (self->ports, port->id);
      n_channels++;
    }
  self->n_channels = MAX (self->n_channels, n_channels);
  return n_channels;
}

static char *
describe (const CapGraphMirror *mirror, const CapSource *source, const CapGraphNode *first,
          guint n_nodes)
{
  if (source->kind != CAP_SOURCE_APP)
    return g_utf8_make_valid (cap_graph_node_get_title (first), -1);

  CapGraphApplication application = cap_graph_mirror_get_application (mirror, first);
  const char *name = application.name != NULL ? application.name : source->name;
  g_autofree char *valid = g_utf8_make_valid (name, -1);

  return n_nodes == 1 ? g_steal_pointer (&valid)
                      : g_strdup_printf ("%s, %u streams", valid, n_nodes);
}

static GError *
explain (const CapGraphMirror *mirror, const CapSource *source)
{
  gboolean is_default = source->kind == CAP_SOURCE_SYSTEM || source->kind == CAP_SOURCE_MICROPHONE;

  if (is_default && !mirror->managed)
    return g_error_new_literal (CAP_ERROR, CAP_ERROR_AUDIO_UNAVAILABLE,
                                "PipeWire runs without a session manager, so there is no default "
                                "device. Start WirePlumber.");

  switch (source->kind)
    {
    case CAP_SOURCE_SYSTEM:
      return g_error_new_literal (CAP_ERROR, CAP_ERROR_NO_SUCH_SOURCE,
                                  "There is no sound output. Captions will start when you connect "
                                  "one.");
    case CAP_SOURCE_MICROPHONE:
      return g_error_new_literal (CAP_ERROR, CAP_ERROR_NO_SUCH_SOURCE,
                                  "There is no microphone. Captions will start when you connect one "
                                  "or choose one in the sound settings.");
    case CAP_SOURCE_OUTPUT:
      return g_error_new (CAP_ERROR, CAP_ERROR_NO_SUCH_SOURCE,
                          "The output “%s” is not connected. Captions will start when you connect it.",
                          source->name);
    case CAP_SOURCE_INPUT:
      return g_error_new (CAP_ERROR, CAP_ERROR_NO_SUCH_SOURCE,
                          "The input “%s” is not connected. Captions will start when you connect it.",
                          source->name);
    case CAP_SOURCE_APP:
    default:
      return g_error_new (CAP_ERROR, CAP_ERROR_NO_SUCH_SOURCE,
                          "No application called “%s” is playing sound. Captions will start when it "
                          "does.",
                          source->name);
    }
}

/* public methods */

CapCapturePlan *
cap_capture_plan_new (const CapGraphMirror *mirror, const CapSource *source)
{
  g_return_val_if_fail (mirror != NULL, NULL);
  g_return_val_if_fail (source != NULL, NULL);

  CapCapturePlan *self = g_new0 (CapCapturePlan, 1);
  g_autoptr (GPtrArray) nodes = cap_graph_mirror_list_nodes (mirror);
  const CapGraphNode *first = NULL;
  guint n_nodes = 0;

  self->ports = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint i = 0; i < nodes->len; i++)
    {
      CapGraphNode *node = g_ptr_array_index (nodes, i);

      if (!allows_node (mirror, source, node) || add_ports (self, mirror, source, node) == 0)
        continue;
      if (n_nodes++ == 0)
        first = node;
      self->running |= node->running;
    }

  if (first != NULL)
    self->description = describe (mirror, source, first, n_nodes);
  else
    self->reason = explain (mirror, source);
  return self;
}

void
cap_capture_plan_free (CapCapturePlan *self)
{
  g_return_if_fail (self != NULL);

  g_array_unref (self->ports);
  g_free (self->description);
  g_clear_error (&self->reason);
  g_free (self);
}

gboolean
cap_capture_plan_allows (const CapGraphMirror *mirror, const CapSource *source,
                         const CapGraphLink *link)
{
  g_return_val_if_fail (mirror != NULL, FALSE);
  g_return_val_if_fail (source != NULL, FALSE);
  g_return_val_if_fail (link != NULL, FALSE);

  const CapGraphNode *node = cap_graph_mirror_get_node (mirror, link->output_node);
  const CapGraphPort *port = cap_graph_mirror_get_port (mirror, link->output_port);

  return node != NULL && port != NULL && port->node == node->id && allows_port (source, port)
         && allows_node (mirror, source, node);
}

CapLinks
cap_capture_plan_judge (const CapGraphMirror *mirror, const CapSource *source, guint32 node,
                        CapGraphLink *link)
{
  g_return_val_if_fail (mirror != NULL, CAP_LINKS_FORBIDDEN);
  g_return_val_if_fail (source != NULL, CAP_LINKS_FORBIDDEN);
  g_return_val_if_fail (link != NULL, CAP_LINKS_FORBIDDEN);

  if (link->input_node != node)
    return CAP_LINKS_ALLOWED;
  if (cap_capture_plan_allows (mirror, source, link))
    {
      link->approved = TRUE;
      return CAP_LINKS_ALLOWED;
    }
  if (!link->approved)
    return CAP_LINKS_FORBIDDEN;

  /* A port that was allowed and has disappeared delivers no sound. */
  return cap_graph_mirror_get_port (mirror, link->output_port) == NULL ? CAP_LINKS_ALLOWED
                                                                       : CAP_LINKS_STALE;
}

CapLinks
cap_capture_plan_judge_all (const CapGraphMirror *mirror, const CapSource *source, guint32 node)
{
  CapLinks worst = CAP_LINKS_ALLOWED;
  GHashTableIter iter;
  CapGraphLink *link;

  g_return_val_if_fail (mirror != NULL, CAP_LINKS_FORBIDDEN);
  g_return_val_if_fail (source != NULL, CAP_LINKS_FORBIDDEN);

  g_hash_table_iter_init (&iter, mirror->links);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &link))
    worst = MAX (worst, cap_capture_plan_judge (mirror, source, node, link));

  return worst;
}

gboolean
cap_capture_plan_is_passive (const CapSource *source)
{
  g_return_val_if_fail (source != NULL, FALSE);

  return source->kind != CAP_SOURCE_MICROPHONE && source->kind != CAP_SOURCE_INPUT;
}
