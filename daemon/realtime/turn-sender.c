/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/turn-sender.h"
#include "protocol/messages.h"
#include "realtime/packetizer.h"

/* What a service takes as a turn at least, with a little to spare; and the
 * silence in which its own detection hears the end of one. */
#define LEAST_TURN CAP_AUDIO_MS (120)
#define SERVER_SILENCE CAP_AUDIO_MS (1000)

/* Audio that the service has not been seen to read, and of it what waits in
 * pieces here; and with how little room an engine is told when there is more. */
#define MOST_UNREAD CAP_AUDIO_MS (5000)
#define IN_PIECES CAP_AUDIO_MS (100)
#define LITTLE_ROOM CAP_AUDIO_MS (1000)

struct _CapTurnSender
{
  const CapDialect *dialect;
  guint rate; /* Hz, of the wire */
  CapRealtimeConnection *connection;
  gboolean server_turns;

  CapPacketizer *sound;
  gboolean cramped; /* somebody was told that there is little room */
};

static void
on_piece (gconstpointer bytes, gsize n_bytes, gpointer data)
{
  CapTurnSender *self = data;
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

/* The end of a turn must find room too. */
static gsize
measure_room (CapTurnSender *self)
{
  guint64 most = MOST_UNREAD - IN_PIECES - (self->server_turns ? SERVER_SILENCE : LEAST_TURN);
  guint64 unread = cap_message_count_frames (cap_realtime_connection_get_unread (self->connection), self->rate);

  return most - MIN (most, unread);
}

CapTurnSender *
cap_turn_sender_new (const CapDialect *dialect,
                     CapProvider *provider,
                     CapRealtimeConnection *connection,
                     gboolean server_turns)
{
  CapTurnSender *self = g_new0 (CapTurnSender, 1);

  self->dialect = dialect;
  self->rate = cap_dialect_rate (dialect, provider);
  self->connection = g_object_ref (connection);
  self->server_turns = server_turns;
  self->sound = cap_packetizer_new (self->rate, on_piece, self);
  return self;
}

void
cap_turn_sender_free (CapTurnSender *self)
{
  cap_packetizer_free (self->sound);
  g_object_unref (self->connection);
  g_free (self);
}

void
cap_turn_sender_begin_turn (CapTurnSender *self)
{
  if (self->dialect->turn_begins != NULL)
    send_if_any (self, self->dialect->turn_begins ());
}

void
cap_turn_sender_append (CapTurnSender *self, const gint16 *samples, gsize n_frames)
{
  cap_packetizer_feed (self->sound, samples, n_frames);
}

guint
cap_turn_sender_end_turn (CapTurnSender *self)
{
  guint silence;

  if (self->server_turns)
    return cap_packetizer_end (self->sound, LEAST_TURN, SERVER_SILENCE);

  silence = cap_packetizer_end (self->sound, LEAST_TURN, 0);
  send_if_any (self, self->dialect->turn_ends ());
  return silence;
}

gsize
cap_turn_sender_get_room (CapTurnSender *self)
{
  gsize room = measure_room (self);

  self->cramped = room < LITTLE_ROOM;
  return room;
}

gboolean
cap_turn_sender_drained (CapTurnSender *self)
{
  if (!self->cramped || measure_room (self) == 0)
    return FALSE;

  self->cramped = FALSE;
  return TRUE;
}
