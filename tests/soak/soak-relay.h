/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A relay to a server on this machine, which causes network faults. Its port stays the
 * same when the server restarts on another port. */
typedef struct _SoakRelay SoakRelay;

SoakRelay *soak_relay_new (void);
void soak_relay_free (SoakRelay *self);

guint16 soak_relay_get_port (SoakRelay *self);

/* Connects new clients to this local port; 0 resets them. */
void soak_relay_set_target (SoakRelay *self, guint16 port);

/* Ends every connection, by a reset or an orderly close. */
void soak_relay_cut (SoakRelay *self, gboolean reset);

/* Holds back data to the server, from it, or both, for new connections too. Nothing is
 * lost. */
void soak_relay_mute (SoakRelay *self, gboolean up, gboolean down);

guint soak_relay_count_open (SoakRelay *self);
/* Number of connections to a server so far. */
guint soak_relay_count_all (SoakRelay *self);
/* How many of them began while another one was still intact. */
guint soak_relay_count_takeovers (SoakRelay *self);

G_END_DECLS
