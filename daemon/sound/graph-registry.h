/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "sound/graph-mirror.h"

G_BEGIN_DECLS

struct pw_core;

/* Copies PipeWire's registry into a mirror: nodes, ports, links, clients, and the
 * names of the default devices. The audio graph connects to the server. */
typedef struct _CapGraphRegistry CapGraphRegistry;

typedef struct
{
  /* The mirror changed. Called for every change. */
  void (*changed) (gpointer user_data);
  /* Called immediately, before any later event. */
  void (*link_added) (CapGraphLink *link, gpointer user_data);
} CapGraphRegistryFuncs;

/* Free the registry before you disconnect @core. @mirror must outlive it. */
CapGraphRegistry *cap_graph_registry_new (struct pw_core *core,
                                          CapGraphMirror *mirror,
                                          const CapGraphRegistryFuncs *funcs,
                                          gpointer user_data);
void cap_graph_registry_free (CapGraphRegistry *self);

G_END_DECLS
