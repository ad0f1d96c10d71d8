/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "base/audio.h"

G_BEGIN_DECLS

/* Converts the stream's audio to the format on the wire: signed 16 bit
 * little-endian, at the rate that the service wants, in pieces of 100 ms. */
typedef struct _CapPacketizer CapPacketizer;

typedef void (*CapPacketizerFunc) (gconstpointer bytes, gsize n_bytes, gpointer user_data);

/* @rate: Hz. @func is called for every piece, from inside feed() and end(). */
CapPacketizer *cap_packetizer_new (guint rate, CapPacketizerFunc func, gpointer user_data);
void cap_packetizer_free (CapPacketizer *self);

/* @samples: at CAP_AUDIO_RATE. */
void cap_packetizer_feed (CapPacketizer *self, const gint16 *samples, gsize n_frames);

/* Ends a turn: appends at least @silence frames of silence, and as many as the turn
 * needs to have at least @least frames, and gives out the last piece. Returns
 * how many frames of silence that were; all in frames of the stream. */
guint cap_packetizer_end (CapPacketizer *self, guint least, guint silence);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapPacketizer, cap_packetizer_free)

G_END_DECLS
