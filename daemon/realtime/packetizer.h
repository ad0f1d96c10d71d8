/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "base/audio.h"

G_BEGIN_DECLS

/* Makes of the stream's audio what goes over the wire: signed 16 bit
 * little-endian at the rate that the service wants, 100 ms at a time. */
typedef struct _CapPacketizer CapPacketizer;

typedef void (*CapPacketizerFunc) (gconstpointer bytes, gsize n_bytes, gpointer user_data);

/* @rate: Hz. @func gets every piece. */
CapPacketizer *cap_packetizer_new (guint rate, CapPacketizerFunc func, gpointer user_data);
void cap_packetizer_free (CapPacketizer *self);

void cap_packetizer_feed (CapPacketizer *self, const gint16 *samples, gsize n_frames);

/* Gives out what is left of a turn, with silence behind it so that the turn has
 * at least @least frames and at least @silence of them are silent: returns how
 * many of silence there were, in frames of the stream. The next turn begins. */
guint cap_packetizer_end (CapPacketizer *self, guint least, guint silence);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapPacketizer, cap_packetizer_free)

G_END_DECLS
