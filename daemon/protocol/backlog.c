/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "protocol/backlog.h"

#include <string.h>

/* The payload of libsoup's pings: up to 3.4 the first, later with their number. */
#define OURS "libsoup"
#define NUMBERED "libsoup-keepalive-"

#define MAX_NOTES 32
#define QUIET_PINGS 10

/* The bytes that were sent before a ping. */
typedef struct
{
  guint64 ping; /* number of the ping, from 1 */
  guint64 sent; /* bytes */
} Note;

struct _CapRealtimeBacklog
{
  guint64 sent; /* bytes since the connection opened */
  guint64 read; /* the part of them that the server has read */

  guint64 n_pings;
  guint64 n_pongs; /* or the number of the last answered ping */
  gboolean echoes; /* pongs repeat the payload of their pings */

  Note notes[MAX_NOTES]; /* a ring of pings that wait for their pong */
  guint first, n_notes;

  guint64 sent_before; /* bytes before the last ping */
  guint quiet;         /* pings since the last message */
  gboolean ponged;     /* a pong arrived since the last ping */
};

/* private methods */

/* If this adds no note, an earlier one applies, which only overstates the backlog. */
static void
note (CapRealtimeBacklog *self)
{
  guint last = (self->first + self->n_notes + MAX_NOTES - 1) % MAX_NOTES;
  guint64 noted = self->n_notes > 0 ? self->notes[last].sent : self->read;

  if (self->sent == noted || self->n_notes == MAX_NOTES)
    return;

  self->notes[(self->first + self->n_notes++) % MAX_NOTES] = (Note) { self->n_pings, self->sent };
}

/* A busy server may answer only the last of several pings (RFC 6455, 5.5.3). If
 * pongs have no number, the skipped ones would stay outstanding, and all later
 * messages would seem to be read that much later. When the server has answered
 * nothing but pings for a while, no pong can be outstanding. */
static void
forget_lost_pongs (CapRealtimeBacklog *self)
{
  if (self->quiet >= QUIET_PINGS && self->ponged && self->read == self->sent)
    self->n_pongs = MAX (self->n_pongs, self->n_pings - 1);
}

/* The number of the ping that this pong answers, or 0. Some servers send empty
 * pongs without a ping, and others answer every ping with an empty pong. An empty
 * pong counts as an answer until the server has once repeated a payload. */
static guint64
which_ping (CapRealtimeBacklog *self, const char *payload)
{
  guint64 ping = self->n_pongs + 1;

  if (g_str_has_prefix (payload, OURS))
    self->echoes = TRUE;
  else if (self->echoes)
    return 0;

  if (g_str_has_prefix (payload, NUMBERED))
    ping = g_ascii_strtoull (payload + strlen (NUMBERED), NULL, 10);
  return ping > self->n_pongs && ping <= self->n_pings ? ping : 0;
}

/* public methods */

CapRealtimeBacklog *
cap_realtime_backlog_new (void)
{
  return g_new0 (CapRealtimeBacklog, 1);
}

void
cap_realtime_backlog_free (CapRealtimeBacklog *self)
{
  g_free (self);
}

void
cap_realtime_backlog_add (CapRealtimeBacklog *self, gsize n_bytes)
{
  g_return_if_fail (self != NULL);

  self->sent += n_bytes;
}

void
cap_realtime_backlog_ping (CapRealtimeBacklog *self)
{
  g_return_if_fail (self != NULL);

  self->n_pings++;
  self->quiet = self->sent == self->sent_before ? self->quiet + 1 : 0;
  self->sent_before = self->sent;
  forget_lost_pongs (self);
  self->ponged = FALSE;
  note (self);
}

gboolean
cap_realtime_backlog_pong (CapRealtimeBacklog *self, const char *payload)
{
  guint64 ping, before;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (payload != NULL, FALSE);

  ping = which_ping (self, payload);
  before = self->read;
  if (ping == 0)
    return FALSE;

  self->n_pongs = ping;
  self->ponged = TRUE;
  /* captiond may note a ping a little late, after another message, so only the note
   * of an earlier ping is certain. */
  while (self->n_notes > 0 && self->notes[self->first].ping < ping)
    {
      self->read = self->notes[self->first].sent;
      self->first = (self->first + 1) % MAX_NOTES;
      self->n_notes--;
    }
  return self->read > before;
}

guint64
cap_realtime_backlog_get (CapRealtimeBacklog *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->sent - self->read;
}
