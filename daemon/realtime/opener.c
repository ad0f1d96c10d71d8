/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/opener.h"
#include "base/alarm.h"
#include "dbus/error.h"
#include "protocol/dialects.h"

/* The wait between tries is random, up to a limit that doubles from the first of
 * these to the second. */
#define FIRST_WAIT_MS 500
#define LONGEST_WAIT_MS 30000

/* How often a door that was open before is tried, for some two minutes in all,
 * before its failure counts as final; and how often one that gives no clear
 * answer is tried before the next one. */
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

  CapSecret *secret;           /* NULL before it is found, and where none is needed */
  GCancellable *cancellable;   /* of the search for it */
  CapDoors *doors;
  CapFault *first_fault;       /* of the first door that was tried in vain */
  CapRealtimeSession *session; /* being opened */

  guint n_tries;               /* since a session was good */
  gboolean was_open;           /* a session was ready */
  gboolean token_renewed;      /* because the service refused the one before */
  CapAlarm *alarm;             /* the next try */
  gboolean told_to_wait;       /* the service asked for the wait until then */
};

static void connect_session (CapRealtimeOpener *self);
static void find_key (CapRealtimeOpener *self, gboolean may_prompt);

/* private */

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

/* A key is kept as long as the stream, so that captions come back even when the
 * keyring is locked meanwhile. A token may have expired, so another is asked
 * for. */
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
on_alarm (gpointer user_data)
{
  try_again (user_data);
}

/* Full jitter: the many clients of a service must not all come back at the same
 * moment. */
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

/* A token may have been revoked before it expired: one more is asked for, but
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

/* A self-hosted server that wants another URL may answer as if the key were wrong,
 * or fail, or not answer at all. */
static gboolean
may_be_another_door (CapRealtimeOpener *self, const CapFault *fault)
{
  if (!has_more_doors (self) || cap_dialects_need_key (self->provider))
    return FALSE;

  return g_error_matches (fault->error, CAP_ERROR, CAP_ERROR_AUTHENTICATION_FAILED)
         || (fault->remedy == CAP_REMEDY_RETRY && self->n_tries >= TRIES_OF_A_DOOR);
}

/* A door that was open may be shut for a while: a server or a proxy starts again,
 * or the login page of a network answers, with its own certificate. */
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
  if (may_be_another_door (self, fault))
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

/* callbacks of the session */

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

  /* A program that printed tokens may need the network for another one. */
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

/* @user_data is freed already when the search was cancelled. */
static void
on_key (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CapSecret) secret = NULL;

  cap_credentials_get_finish (CAP_CREDENTIALS (source), result, &secret, &error);
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    take_key (user_data, secret, error);
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
  CapRealtimeOpener *self;

  g_return_val_if_fail (provider != NULL, NULL);
  g_return_val_if_fail (language != NULL, NULL);
  g_return_val_if_fail (CAP_IS_CREDENTIALS (credentials), NULL);
  g_return_val_if_fail (CAP_IS_LEARNT (learnt), NULL);
  g_return_val_if_fail (funcs != NULL, NULL);

  self = g_new0 (CapRealtimeOpener, 1);
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
  CapRealtimeOpener *self;

  g_return_val_if_fail (other != NULL, NULL);

  self = cap_realtime_opener_new (other->provider, other->language, other->credentials, other->learnt,
                                  funcs, user_data);
  /* The open door was learnt, so that it is the first one here. */
  self->secret = other->secret != NULL ? cap_secret_ref (other->secret) : NULL;
  self->was_open = TRUE;
  return self;
}

void
cap_realtime_opener_free (CapRealtimeOpener *self)
{
  g_return_if_fail (self != NULL);

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
  g_return_val_if_fail (self != NULL, FALSE);

  return cap_doors_get (self->doors) != NULL;
}

void
cap_realtime_opener_open (CapRealtimeOpener *self, gboolean may_prompt)
{
  g_return_if_fail (self != NULL);

  find_key (self, may_prompt);
}

void
cap_realtime_opener_open_again (CapRealtimeOpener *self, const CapFault *fault, gboolean good)
{
  g_return_if_fail (self != NULL);

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
  gboolean waits;

  g_return_if_fail (self != NULL);

  waits = cap_alarm_is_set (self->alarm);
  if ((waits && self->told_to_wait) || (!waits && self->session == NULL))
    return;

  self->n_tries = 0;
  drop_session (self);
  try_again (self);
}
