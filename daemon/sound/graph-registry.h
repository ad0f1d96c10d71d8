/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "sound/graph-mirror.h"

G_BEGIN_DECLS

struct pw_core;

/* Writes down in a mirror what PipeWire's registry tells: nodes, ports, links,
 * clients, and the names of the default devices. Knows nothing of connecting. */
typedef struct _CapGraphRegistry CapGraphRegistry;

typedef struct
{
  /* Something of the mirror is another one. May come many times in a turn. */
  void (*changed) (gpointer user_data);
  /* At once, and before anything that happened after it. */
  void (*link_added) (CapGraphLink *link, gpointer user_data);
} CapGraphRegistryFuncs;

/* To be freed before @core is disconnected; @mirror must outlive it. */
CapGraphRegistry *cap_graph_registry_new (struct pw_core *core,
                                          CapGraphMirror *mirror,
                                          const CapGraphRegistryFuncs *funcs,
                                          gpointer user_data);
void cap_graph_registry_free (CapGraphRegistry *self);

G_END_DECLS
