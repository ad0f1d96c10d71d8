/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/opener.h"
#include "base/alarm.h"
#include "dbus/error.h"
#include "protocol/dialects.h"

/* Waits between tries: a random time up to this, which doubles. */
#define FIRST_WAIT_MS 500
#define LONGEST_WAIT_MS 30000

/* How often a way in is tried that was open before, some two minutes in all, or
 * that does not say whether it is one, before the others are. */
#define TRIES_AFTER_SUCCESS 12
#define TRIES_OF_A_DOOR 2

struct _CapRealtimeOpener
{
  const CapRealtimeOpenerFuncs *funcs;
  gpointer user_data;

  CapProvider *provider;
  char *language;
  CapCredentials *credentials;
  CapLearnt *learnt;

  CapSecret *secret;
  GCancellable *cancellable; /* of the search for it */
  CapDoors *doors;
  CapFault *first_fault;     /* of the doors tried so far */
  CapRealtimeSession *session; /* on its way */

  guint n_tries;          /* since a session was good */
  gboolean was_open;      /* a session was ready */
  gboolean token_renewed; /* because the service refused the one before */
  CapAlarm *alarm;        /* the next try */
  gboolean told_to_wait;  /* until then, by the service */
};

static void connect_session (CapRealtimeOpener *self);
static void find_key (CapRealtimeOpener *self, gboolean may_prompt);

static void
drop_session (CapRealtimeOpener *self)
{
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
}

static void
fail (CapRealtimeOpener *self, const GError *error)
{
  g_autoptr (GError) kept = g_error_copy (error);

  cap_alarm_clear (self->alarm);
  g_clear_pointer (&self->secret, cap_secret_unref);
  self->funcs->failed (kept, self->user_data);
}

/* tries */

static void
try_next_door (CapRealtimeOpener *self, const CapFault *fault, const CapDialect *recognised)
{
  if (self->first_fault == NULL)
    self->first_fault = cap_fault_copy (fault);

  cap_doors_pass (self->doors, recognised);
  if (cap_doors_get (self->doors) != NULL)
    connect_session (self);
  else
    fail (self, self->first_fault->error);
}

/* A key is kept while the stream lives, so that it comes back when the keyring
 * is locked meanwhile; a token is asked for again, for it may have ended. */
static void
try_again (CapRealtimeOpener *self)
{
  cap_alarm_clear (self->alarm);
  if (self->provider->auth == CAP_AUTH_TOKEN_COMMAND)
    find_key (self, FALSE);
  else
    connect_session (self);
}

static void
on_alarm (gpointer data)
{
  try_again (data);
}

/* Full jitter: many clients of a service that comes back must not all come at
 * the same moment. */
static void
try_later (CapRealtimeOpener *self, const CapFault *fault, gboolean at_once)
{
  guint longest = MIN (LONGEST_WAIT_MS, FIRST_WAIT_MS << MIN (self->n_tries, 7));
  guint wait = at_once && self->n_tries == 0 ? 0 : g_random_int_range (0, longest + 1);

  self->n_tries++;
  self->told_to_wait = fault->wait > 0;
  if (self->told_to_wait)
    wait = MAX (wait, MIN (fault->wait, 3600) * 1000);
  cap_alarm_set (self->alarm, wait);
  self->funcs->retrying (fault->error, self->user_data);
}

/* A token may have been taken back before its time: one more is asked for, but
 * not again and again. */
static gboolean
renew_token (CapRealtimeOpener *self, const CapFault *fault)
{
  if (self->provider->auth != CAP_AUTH_TOKEN_COMMAND || self->token_renewed
      || !g_error_matches (fault->error, CAP_ERROR, CAP_ERROR_AUTHENTICATION_FAILED))
    return FALSE;

  self->token_renewed = TRUE;
  cap_credentials_forget_token (self->credentials, self->provider);
  find_key (self, FALSE);
  if (self->was_open)
    self->funcs->retrying (fault->error, self->user_data);
  return TRUE;
}

static gboolean
has_more_doors (CapRealtimeOpener *self)
{
  return !self->was_open && cap_doors_has_more (self->doors);
}

/* A server of somebody's own that wants more in its URL may say so as if the
 * key were wrong; or fail, or keep silent. */
static gboolean
may_be_another (CapRealtimeOpener *self, const CapFault *fault)
{
  if (!has_more_doors (self) || cap_dialects_need_key (self->provider))
    return FALSE;

  return g_error_matches (fault->error, CAP_ERROR, CAP_ERROR_AUTHENTICATION_FAILED)
         || (fault->remedy == CAP_REMEDY_RETRY && self->n_tries >= TRIES_OF_A_DOOR);
}

/* What was open may be shut while a server starts again, or a proxy, or behind
 * the page of a hotel, which has another certificate. */
static gboolean
may_pass (CapRealtimeOpener *self, const CapFault *fault)
{
  if (!self->was_open || self->n_tries >= TRIES_AFTER_SUCCESS)
    return FALSE;

  return fault->remedy != CAP_REMEDY_STOP || g_error_matches (fault->error, CAP_ERROR, CAP_ERROR_TLS_FAILED);
}

static void
act_on (CapRealtimeOpener *self, const CapFault *fault, const CapDialect *recognised)
{
  if (may_be_another (self, fault))
    {
      self->n_tries = 0;
      try_next_door (self, fault, recognised);
      return;
    }

  switch (fault->remedy)
    {
    case CAP_REMEDY_RETRY:
    case CAP_REMEDY_RENEW:
      try_later (self, fault, fault->remedy == CAP_REMEDY_RENEW);
      break;
    case CAP_REMEDY_STOP:
      if (may_pass (self, fault))
        try_later (self, fault, FALSE);
      else if (!renew_token (self, fault))
        fail (self, fault->error);
      break;
    default:
      if (may_pass (self, fault))
        try_later (self, fault, FALSE);
      else if (self->was_open)
        fail (self, fault->error);
      else
        try_next_door (self, fault, recognised);
      break;
    }
}

/* the session */

static void
on_ready (CapRealtimeOpener *self)
{
  const CapDoor *door = cap_doors_get (self->doors);
  CapRealtimeSession *session = g_steal_pointer (&self->session);

  g_signal_handlers_disconnect_by_data (session, self);
  self->was_open = TRUE;
  g_clear_pointer (&self->first_fault, cap_fault_free);
  cap_learnt_set_door (self->learnt, self->provider, door->dialect, door->minted);
  self->funcs->opened (session, self->user_data);
}

static void
on_refused (CapRealtimeOpener *self, guint fields)
{
  cap_learnt_add_refused (self->learnt, self->provider, fields);
}

static void
on_ended (CapRealtimeOpener *self, const CapFault *fault)
{
  g_autoptr (CapFault) owned = cap_fault_copy (fault);
  const CapDialect *recognised = cap_realtime_session_get_recognised (self->session);

  drop_session (self);
  act_on (self, owned, recognised);
}

static void
connect_session (CapRealtimeOpener *self)
{
  const CapDoor *door = cap_doors_get (self->doors);

  drop_session (self);
  self->session = cap_realtime_session_new (door->dialect, self->provider, self->language, door->minted,
                                            cap_learnt_get_refused (self->learnt, self->provider),
                                            self->secret);
  g_signal_connect_swapped (self->session, "ready", G_CALLBACK (on_ready), self);
  g_signal_connect_swapped (self->session, "refused", G_CALLBACK (on_refused), self);
  g_signal_connect_swapped (self->session, "ended", G_CALLBACK (on_ended), self);
  cap_realtime_session_start (self->session);
}

/* the key */

static void
take_key (CapRealtimeOpener *self, CapSecret *secret, const GError *error)
{
  g_clear_object (&self->cancellable);

  /* A program that gave tokens may need the network to give another. */
  if (error != NULL && self->was_open)
    {
      CapFault fault = { .remedy = CAP_REMEDY_RETRY, .error = (GError *) error };

      try_later (self, &fault, FALSE);
      return;
    }
  if (error != NULL)
    {
      fail (self, error);
      return;
    }

  g_clear_pointer (&self->secret, cap_secret_unref);
  self->secret = secret != NULL ? cap_secret_ref (secret) : NULL;
  if (!self->was_open)
    self->funcs->connecting (self->user_data);
  connect_session (self);
}

/* @data is gone when the search was cancelled. */
static void
on_key (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CapSecret) secret = NULL;

  cap_credentials_get_finish (CAP_CREDENTIALS (source), result, &secret, &error);
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    take_key (data, secret, error);
}

static void
stop_search (CapRealtimeOpener *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
find_key (CapRealtimeOpener *self, gboolean may_prompt)
{
  stop_search (self);
  self->cancellable = g_cancellable_new ();
  cap_credentials_get_async (self->credentials, self->provider,
                             !cap_dialects_need_key (self->provider), may_prompt,
                             self->cancellable, on_key, self);
}

/* public functions */

CapRealtimeOpener *
cap_realtime_opener_new (CapProvider *provider,
                         const char *language,
                         CapCredentials *credentials,
                         CapLearnt *learnt,
                         const CapRealtimeOpenerFuncs *funcs,
                         gpointer user_data)
{
  CapRealtimeOpener *self = g_new0 (CapRealtimeOpener, 1);

  self->funcs = funcs;
  self->user_data = user_data;
  self->provider = cap_provider_ref (provider);
  self->language = g_strdup (language);
  self->credentials = g_object_ref (credentials);
  self->learnt = g_object_ref (learnt);
  self->doors = cap_doors_new (provider, learnt);
  self->alarm = cap_alarm_new ("realtime-opener", on_alarm, self);
  return self;
}

CapRealtimeOpener *
cap_realtime_opener_new_beside (CapRealtimeOpener *other,
                                const CapRealtimeOpenerFuncs *funcs,
                                gpointer user_data)
{
  CapRealtimeOpener *self = cap_realtime_opener_new (other->provider, other->language, other->credentials,
                                                     other->learnt, funcs, user_data);

  /* The door that is open was learnt, and stands first. */
  self->secret = other->secret != NULL ? cap_secret_ref (other->secret) : NULL;
  self->was_open = TRUE;
  return self;
}

void
cap_realtime_opener_free (CapRealtimeOpener *self)
{
  stop_search (self);
  drop_session (self);
  cap_alarm_free (self->alarm);
  g_clear_pointer (&self->secret, cap_secret_unref);
  g_clear_pointer (&self->first_fault, cap_fault_free);
  cap_doors_free (self->doors);
  g_object_unref (self->credentials);
  g_object_unref (self->learnt);
  cap_provider_unref (self->provider);
  g_free (self->language);
  g_free (self);
}

gboolean
cap_realtime_opener_can_open (CapRealtimeOpener *self)
{
  return cap_doors_get (self->doors) != NULL;
}

void
cap_realtime_opener_open (CapRealtimeOpener *self, gboolean may_prompt)
{
  find_key (self, may_prompt);
}

void
cap_realtime_opener_open_again (CapRealtimeOpener *self, const CapFault *fault, gboolean good)
{
  if (good)
    {
      self->n_tries = 0;
      self->token_renewed = FALSE;
    }

  if (fault != NULL)
    act_on (self, fault, NULL);
  else
    try_again (self);
}

void
cap_realtime_opener_hurry (CapRealtimeOpener *self)
{
  gboolean waits = cap_alarm_is_set (self->alarm);

  if ((waits && self->told_to_wait) || (!waits && self->session == NULL))
    return;

  self->n_tries = 0;
  drop_session (self);
  try_again (self);
}
