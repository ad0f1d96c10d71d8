/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A copy of the audio server's graph as plain data: graph-registry.c writes it,
 * capture-plan.c and source-list.c read it. The server assigns the ids. A
 * string is NULL when the server has not sent it. */

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
  gboolean piped; /* one end of a loopback or filter, which passes on the sound
                   * of other nodes */
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
  gboolean approved; /* set by the owner of the input: the link was allowed once */
} CapGraphLink;

typedef struct
{
  GHashTable *nodes;   /* id → CapGraphNode */
  GHashTable *ports;   /* id → CapGraphPort */
  GHashTable *links;   /* id → CapGraphLink */
  GHashTable *clients; /* id → CapGraphApplication */
  gboolean managed;    /* a session manager has announced the defaults */
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

/* The mirror owns the objects that these return; an object with the same id is
 * replaced. */
CapGraphNode *cap_graph_mirror_add_node (CapGraphMirror *self, guint32 id);
CapGraphPort *cap_graph_mirror_add_port (CapGraphMirror *self, guint32 id);
CapGraphLink *cap_graph_mirror_add_link (CapGraphMirror *self, guint32 id);
CapGraphApplication *cap_graph_mirror_add_client (CapGraphMirror *self, guint32 id);
/* Removes the object with this id. FALSE if there is none. */
gboolean cap_graph_mirror_remove (CapGraphMirror *self, guint32 id);

/* Owned by the mirror; NULL if there is none. @name may be NULL. */
CapGraphNode *cap_graph_mirror_get_node (const CapGraphMirror *self, guint32 id);
CapGraphPort *cap_graph_mirror_get_port (const CapGraphMirror *self, guint32 id);
CapGraphNode *cap_graph_mirror_find_node (const CapGraphMirror *self, const char *name);

/* All nodes, sorted by id. The caller owns the list, not the nodes. */
GPtrArray *cap_graph_mirror_list_nodes (const CapGraphMirror *self);
/* The ports of @node, in the same way. */
GPtrArray *cap_graph_mirror_list_ports (const CapGraphMirror *self, guint32 node);

CapGraphNodeClass cap_graph_node_get_class (const CapGraphNode *node);
/* The name to show to the user; never NULL. */
const char *cap_graph_node_get_title (const CapGraphNode *node);

/* The node's properties of its application, or, where the node has none, those of
 * its client. The mirror owns the strings. */
CapGraphApplication cap_graph_mirror_get_application (const CapGraphMirror *self,
                                                      const CapGraphNode *node);
/* Whether the application's name, id or binary is @name, ignoring case. */
gboolean cap_graph_application_matches (const CapGraphApplication *self, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapGraphMirror, cap_graph_mirror_free)

G_END_DECLS
