/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/turn-sender.h"
#include "protocol/messages.h"
#include "realtime/packetizer.h"

/* The shortest turn that services accept (100 ms), with a little to spare; and the
 * silence in which a service's own detection hears the end of one. */
#define LEAST_TURN CAP_AUDIO_MS (120)
#define SERVER_SILENCE CAP_AUDIO_MS (1000)

/* The most audio that a service may have yet to read, and how much of that may be
 * waiting here for its piece to be full. */
#define MOST_UNREAD CAP_AUDIO_MS (5000)
#define IN_PIECES CAP_AUDIO_MS (100)

struct _CapTurnSender
{
  const CapDialect *dialect;
  guint rate; /* Hz, of the wire */
  CapRealtimeConnection *connection;
  gboolean server_turns;

  CapPacketizer *packetizer;
  gboolean cramped; /* get_room() returned little room, and drained() is to say when there is more */
};

/* private */

static void
on_piece (gconstpointer bytes, gsize n_bytes, gpointer user_data)
{
  CapTurnSender *self = user_data;
  g_autofree char *message = cap_message_append (bytes, n_bytes);

  cap_realtime_connection_send (self->connection, message);
}

static void
send_if_any (CapTurnSender *self, char *message)
{
  if (message != NULL)
    cap_realtime_connection_send (self->connection, message);
  g_free (message);
}

/* Keeps room for the end of the turn. */
static gsize
measure_room (CapTurnSender *self)
{
  guint64 most = MOST_UNREAD - IN_PIECES - (self->server_turns ? SERVER_SILENCE : LEAST_TURN);
  guint64 n_bytes = cap_realtime_connection_get_unread (self->connection);
  guint64 unread = cap_message_count_frames (n_bytes, self->rate);

  return most - MIN (most, unread);
}

/* public functions */

CapTurnSender *
cap_turn_sender_new (const CapDialect *dialect,
                     CapProvider *provider,
                     CapRealtimeConnection *connection,
                     gboolean server_turns)
{
  CapTurnSender *self;

  g_return_val_if_fail (dialect != NULL, NULL);
  g_return_val_if_fail (provider != NULL, NULL);
  g_return_val_if_fail (CAP_IS_REALTIME_CONNECTION (connection), NULL);

  self = g_new0 (CapTurnSender, 1);
  self->dialect = dialect;
  self->rate = cap_dialect_rate (dialect, provider);
  self->connection = g_object_ref (connection);
  self->server_turns = server_turns;
  self->packetizer = cap_packetizer_new (self->rate, on_piece, self);
  return self;
}

void
cap_turn_sender_free (CapTurnSender *self)
{
  g_return_if_fail (self != NULL);

  cap_packetizer_free (self->packetizer);
  g_object_unref (self->connection);
  g_free (self);
}

void
cap_turn_sender_begin_turn (CapTurnSender *self)
{
  g_return_if_fail (self != NULL);

  if (self->dialect->turn_begins != NULL)
    send_if_any (self, self->dialect->turn_begins ());
}

void
cap_turn_sender_append (CapTurnSender *self, const gint16 *samples, gsize n_frames)
{
  g_return_if_fail (self != NULL);

  cap_packetizer_feed (self->packetizer, samples, n_frames);
}

guint
cap_turn_sender_end_turn (CapTurnSender *self)
{
  guint silence;

  g_return_val_if_fail (self != NULL, 0);

  if (self->server_turns)
    return cap_packetizer_end (self->packetizer, LEAST_TURN, SERVER_SILENCE);

  silence = cap_packetizer_end (self->packetizer, LEAST_TURN, 0);
  send_if_any (self, self->dialect->turn_ends ());
  return silence;
}

gsize
cap_turn_sender_get_room (CapTurnSender *self)
{
  gsize room;

  g_return_val_if_fail (self != NULL, 0);

  room = measure_room (self);
  self->cramped = room < CAP_TURN_SENDER_LITTLE_ROOM;
  return room;
}

gboolean
cap_turn_sender_drained (CapTurnSender *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (!self->cramped || measure_room (self) == 0)
    return FALSE;

  self->cramped = FALSE;
  return TRUE;
}
