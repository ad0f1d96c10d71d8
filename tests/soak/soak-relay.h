/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The way to a server on this machine, whose faults are made here: a port that
 * stays, whatever becomes of the server's. */
typedef struct _SoakRelay SoakRelay;

SoakRelay *soak_relay_new (void);
void soak_relay_free (SoakRelay *self);

guint16 soak_relay_get_port (SoakRelay *self);

/* Where new connections lead to: a port of this machine. 0: they are reset. */
void soak_relay_set_target (SoakRelay *self, guint16 port);

/* Ends every connection: by a reset, or in order. */
void soak_relay_cut (SoakRelay *self, gboolean reset);

/* Stops what goes to the server, what comes from it, or both: new connections
 * too. What is on the way waits. */
void soak_relay_mute (SoakRelay *self, gboolean up, gboolean down);

guint soak_relay_count_open (SoakRelay *self);
/* Connections so far that led to a server. */
guint soak_relay_count_all (SoakRelay *self);
/* Those of them that were made beside one that nothing had happened to. */
guint soak_relay_count_takeovers (SoakRelay *self);

G_END_DECLS
