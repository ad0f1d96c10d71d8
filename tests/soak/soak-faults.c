/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "soak/soak-faults.h"

/* Seconds without a fault before the next one. The client sends delayed audio twice as
 * fast as it was spoken, and this is enough time to catch up. */
#define SHORTEST_PEACE 60
#define LONGEST_PEACE 300

typedef struct
{
  const char *name;
  void (*begin) (SoakFaults *self);
  void (*end) (SoakFaults *self); /* or NULL */
  guint shortest, longest;        /* seconds */
  const char *behaviour;          /* behaviour of the server during the fault, or NULL */
} Fault;

struct _SoakFaults
{
  SoakRelay *relay;
  SoakServer *server;
  GRand *rand;
  GHashTable *counts; /* name → count */
  guint n;
  const Fault *current;
  guint timeout;
  SoakFaultFunc func;
  gpointer user_data;
};

/* the server */

/* The session length differs each time, so that some sessions expire. */
static void
start_server (SoakFaults *self, const char *behaviour)
{
  static const guint seconds[] = { 150, 300, 900, 3600 };
  guint chosen = seconds[g_rand_int_range (self->rand, 0, G_N_ELEMENTS (seconds))];

  soak_relay_set_target (self->relay, soak_server_start (self->server, behaviour, chosen));
}

/* The process is dead, and the kernel has closed its connections. */
static void
kill_server (SoakFaults *self)
{
  soak_relay_set_target (self->relay, 0);
  soak_server_kill (self->server);
  soak_relay_cut (self->relay, TRUE);
}

/* faults */

static void
reset (SoakFaults *self)
{
  soak_relay_cut (self->relay, TRUE);
}

static void
close_all (SoakFaults *self)
{
  soak_relay_cut (self->relay, FALSE);
}

static void
mute (SoakFaults *self)
{
  soak_relay_mute (self->relay, TRUE, TRUE);
}

static void
mute_up (SoakFaults *self)
{
  soak_relay_mute (self->relay, TRUE, FALSE);
}

static void
mute_down (SoakFaults *self)
{
  soak_relay_mute (self->relay, FALSE, TRUE);
}

static void
unmute (SoakFaults *self)
{
  soak_relay_mute (self->relay, FALSE, FALSE);
}

static void
restart (SoakFaults *self)
{
  kill_server (self);
  start_server (self, "ok");
}

static void
misbehave (SoakFaults *self)
{
  kill_server (self);
  start_server (self, self->current->behaviour);
}

static void
change_network (SoakFaults *self)
{
  g_signal_emit_by_name (g_network_monitor_get_default (), "network-changed", TRUE);
}

static const Fault faults[] = {
  { "connection reset", reset },
  { "connection closed", close_all },
  { "nothing passes, 1-10 s", mute, unmute, 1, 10 },
  { "nothing passes, 45 s", mute, unmute, 45, 45 },
  { "nothing passes up, 3-12 s", mute_up, unmute, 3, 12 },
  { "nothing passes down, 3-12 s", mute_down, unmute, 3, 12 },
  { "server killed", restart },
  { "server gone, 3-40 s", kill_server, restart, 3, 40 },
  { "network changed", change_network },
  { "busy (503), 3-30 s", misbehave, restart, 3, 30, "busy" },
  { "rate limited (429), 3-30 s", misbehave, restart, 3, 30, "rate-limited" },
  { "no answer to handshakes, 3-30 s", misbehave, restart, 3, 30, "never-answers" },
  { "session expires after a turn", misbehave, restart, 30, 90, "expire" },
  { "connection drops after a turn", misbehave, restart, 30, 90, "drop" },
  { "service restarts after a turn", misbehave, restart, 30, 90, "restart" },
  { "texts out of order", misbehave, restart, 30, 90, "out-of-order" },
  { "texts repeated", misbehave, restart, 30, 90, "repeat-completed" },
  { "unknown events", misbehave, restart, 30, 90, "unknown-events" },
  { "commit race", misbehave, restart, 30, 90, "7.2-6" },
};

/* scheduling */

static gboolean on_time (gpointer user_data);

static void
wait (SoakFaults *self, guint shortest, guint longest)
{
  guint ms = g_rand_int_range (self->rand, shortest * 1000, longest * 1000 + 1);

  g_clear_handle_id (&self->timeout, g_source_remove);
  self->timeout = g_timeout_add (ms, on_time, self);
}

static void
end (SoakFaults *self)
{
  const Fault *fault = g_steal_pointer (&self->current);

  if (fault == NULL)
    return;

  self->func (fault->name, FALSE, self->user_data);
  if (fault->end != NULL)
    fault->end (self);
}

static void
begin (SoakFaults *self)
{
  self->current = &faults[g_rand_int_range (self->rand, 0, G_N_ELEMENTS (faults))];
  g_hash_table_insert (self->counts, (gpointer) self->current->name,
                       (char *) g_hash_table_lookup (self->counts, self->current->name) + 1);
  self->n++;
  self->func (self->current->name, TRUE, self->user_data);
  self->current->begin (self);
}

static gboolean
on_time (gpointer user_data)
{
  SoakFaults *self = user_data;

  self->timeout = 0;
  if (self->current == NULL)
    {
      begin (self);
      wait (self, self->current->shortest, self->current->longest);
    }
  else
    {
      end (self);
      wait (self, SHORTEST_PEACE, LONGEST_PEACE);
    }
  return G_SOURCE_REMOVE;
}

/* public functions */

SoakFaults *
soak_faults_new (SoakRelay *relay, SoakServer *server, guint seed, SoakFaultFunc func, gpointer user_data)
{
  SoakFaults *self = g_new0 (SoakFaults, 1);

  self->func = func;
  self->user_data = user_data;
  self->relay = relay;
  self->server = server;
  self->rand = g_rand_new_with_seed (seed);
  self->counts = g_hash_table_new (NULL, NULL);
  start_server (self, "ok");
  return self;
}

void
soak_faults_free (SoakFaults *self)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  g_rand_free (self->rand);
  g_hash_table_unref (self->counts);
  g_free (self);
}

void
soak_faults_set_calm (SoakFaults *self, gboolean calm)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  end (self);
  if (!calm)
    wait (self, SHORTEST_PEACE, LONGEST_PEACE);
}

guint
soak_faults_count (SoakFaults *self)
{
  return self->n;
}

void
soak_faults_print (SoakFaults *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    g_print ("%6d  %s\n", GPOINTER_TO_INT (g_hash_table_lookup (self->counts, faults[i].name)), faults[i].name);
}
