/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "protocol/backlog.h"

#include <string.h>

/* What libsoup's pings carry: up to 3.4 this alone, and then their number too. */
#define OURS "libsoup"
#define NUMBERED "libsoup-keepalive-"

#define MAX_NOTES 32
#define QUIET_PINGS 10

/* What had been sent by the time of a ping. */
typedef struct
{
  guint64 ping; /* the how manieth */
  guint64 sent; /* bytes */
} Note;

struct _CapRealtimeBacklog
{
  guint64 sent; /* bytes, since the beginning */
  guint64 read;

  guint64 n_pings;
  guint64 n_pongs; /* or the number of the last ping that was answered */
  gboolean echoes; /* pongs carry what their pings did */

  Note notes[MAX_NOTES]; /* as a ring, of pings that wait for their pong */
  guint first, n_notes;

  guint64 sent_before; /* the last ping */
  guint quiet;         /* pings since something was sent */
  gboolean ponged;     /* since the last ping */
};

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
  self->sent += n_bytes;
}

/* Without a note an earlier one counts, which says less: that is safe. */
static void
note (CapRealtimeBacklog *self)
{
  guint last = (self->first + self->n_notes + MAX_NOTES - 1) % MAX_NOTES;
  guint64 noted = self->n_notes > 0 ? self->notes[last].sent : self->read;

  if (self->sent == noted || self->n_notes == MAX_NOTES)
    return;

  self->notes[(self->first + self->n_notes++) % MAX_NOTES] = (Note) { self->n_pings, self->sent };
}

/* A busy server may answer the last of several pings alone (RFC 6455, 5.5.3).
 * Where pongs have no number, the others would be waited for for ever, and
 * all that is sent would seem to be read that much later. When nothing but
 * pings has gone out for long, and they are answered, none is on its way. */
static void
forget_lost_pongs (CapRealtimeBacklog *self)
{
  if (self->quiet >= QUIET_PINGS && self->ponged && self->read == self->sent)
    self->n_pongs = MAX (self->n_pongs, self->n_pings - 1);
}

void
cap_realtime_backlog_ping (CapRealtimeBacklog *self)
{
  self->n_pings++;
  self->quiet = self->sent == self->sent_before ? self->quiet + 1 : 0;
  self->sent_before = self->sent;
  forget_lost_pongs (self);
  self->ponged = FALSE;
  note (self);
}

/* The number of the ping that this is the answer to; 0: of none. Some servers
 * send pongs unasked, which carry nothing; and some answer with nothing, and
 * have to be taken as they are until they have shown that they know better. */
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

gboolean
cap_realtime_backlog_pong (CapRealtimeBacklog *self, const char *payload)
{
  guint64 ping = which_ping (self, payload);
  guint64 before = self->read;

  if (ping == 0)
    return FALSE;

  self->n_pongs = ping;
  self->ponged = TRUE;
  /* The note may have been taken after its ping, with a message in between:
   * so what counts is the one before. */
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
  return self->sent - self->read;
}
