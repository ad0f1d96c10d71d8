/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What is known of the audio server's graph, as plain data: audio-graph.c
 * fills it, capture-plan.c and source-list.c read it. Ids are the server's.
 * Strings are NULL when unknown. */

typedef struct
{
  char *name;   /* application.name */
  char *id;     /* application.id */
  char *binary; /* application.process.binary */
} CapGraphApplication;

typedef struct
{
  guint32 id;
  guint32 client;
  gboolean running;
  gboolean piped; /* one end of a loopback or a filter: its sound is others' */
  char *name;
  char *description;
  char *media_class;
  CapGraphApplication application;
} CapGraphNode;

typedef struct
{
  guint32 id;
  guint32 node;
  gboolean output;
  gboolean monitor;
  gboolean audio;
  char *channel;
} CapGraphPort;

typedef struct
{
  guint32 id;
  guint32 output_node;
  guint32 output_port;
  guint32 input_node;
  guint32 input_port;
  gboolean approved; /* the mark of whoever owns the input */
} CapGraphLink;

typedef struct
{
  GHashTable *nodes;   /* id → CapGraphNode */
  GHashTable *ports;   /* id → CapGraphPort */
  GHashTable *links;   /* id → CapGraphLink */
  GHashTable *clients; /* id → CapGraphApplication */
  gboolean managed;    /* a session manager has told the defaults */
  char *default_sink;
  char *default_source;
} CapGraphMirror;

typedef enum
{
  CAP_GRAPH_OTHER,
  CAP_GRAPH_SINK,
  CAP_GRAPH_SOURCE,
  CAP_GRAPH_DUPLEX,
  CAP_GRAPH_PLAYBACK,
} CapGraphNodeClass;

CapGraphMirror *cap_graph_mirror_new (void);
void cap_graph_mirror_free (CapGraphMirror *self);

CapGraphNode *cap_graph_mirror_add_node (CapGraphMirror *self, guint32 id);
CapGraphPort *cap_graph_mirror_add_port (CapGraphMirror *self, guint32 id);
CapGraphLink *cap_graph_mirror_add_link (CapGraphMirror *self, guint32 id);
CapGraphApplication *cap_graph_mirror_add_client (CapGraphMirror *self, guint32 id);
/* Whatever has that id. FALSE when nothing had. */
gboolean cap_graph_mirror_remove (CapGraphMirror *self, guint32 id);

/* NULL when there is none. */
CapGraphNode *cap_graph_mirror_get_node (const CapGraphMirror *self, guint32 id);
CapGraphPort *cap_graph_mirror_get_port (const CapGraphMirror *self, guint32 id);
CapGraphNode *cap_graph_mirror_find_node (const CapGraphMirror *self, const char *name);

/* Every node, oldest first. Free the list alone. */
GPtrArray *cap_graph_mirror_list_nodes (const CapGraphMirror *self);
/* The same of one node's ports. */
GPtrArray *cap_graph_mirror_list_ports (const CapGraphMirror *self, guint32 node);

CapGraphNodeClass cap_graph_node_get_class (const CapGraphNode *node);
/* What people call it; never NULL. */
const char *cap_graph_node_get_title (const CapGraphNode *node);

/* What the node says of its application or, where it says nothing, what its
 * client says. The strings are the mirror's. */
CapGraphApplication cap_graph_mirror_get_application (const CapGraphMirror *self,
                                                      const CapGraphNode *node);
gboolean cap_graph_application_matches (const CapGraphApplication *self, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapGraphMirror, cap_graph_mirror_free)

G_END_DECLS
