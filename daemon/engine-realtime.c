/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "engine-realtime.h"
#include "alarm.h"
#include "dialects.h"
#include "error.h"
#include "realtime-session.h"
#include "realtime-turns.h"
#include "weak.h"

/* Waits between tries: a random time up to this, which doubles. */
#define FIRST_WAIT_MS 500
#define LONGEST_WAIT_MS 60000

/* A session that lasted so long was a good one. */
#define HEALTHY_MS 60000

/* How often a way in is tried that was open before, or that does not say
 * whether it is one, before the others are. */
#define TRIES_AFTER_SUCCESS 6
#define TRIES_OF_A_DOOR 2

/* One way in. */
typedef struct
{
  const CapDialect *dialect;
  gboolean minted;
} Door;

/* struct */

struct _CapEngineRealtime
{
  CapEngine parent_instance;

  CapProviders *providers;
  CapCredentials *credentials;
  CapLearnt *learnt;
  char *language;

  CapProvider *provider;  /* NULL before start */
  CapSecret *secret;
  GCancellable *cancellable; /* of the search for the key */

  GArray *doors;          /* of Door, those that may be tried, best first */
  guint door;             /* the one that is being tried */
  CapFault *first_fault;  /* of the doors tried so far */
  CapRealtimeSession *session;
  CapRealtimeTurns *turns;

  guint n_tries;          /* since a session was good */
  gint64 ready_since;     /* monotonic, µs; 0 while not ready */
  gboolean was_ready;     /* since the last start */
  gboolean token_renewed; /* because the service refused the one before */
  CapAlarm *alarm;        /* the next try */

  gboolean speaking;      /* the gate says */
  gboolean turn_open;     /* the session was told */
  gboolean restarting;    /* at the next pause */
  gboolean finishing;
};

G_DEFINE_FINAL_TYPE (CapEngineRealtime, cap_engine_realtime, CAP_TYPE_ENGINE)

static void begin (CapEngineRealtime *self, gboolean may_prompt);
static void connect_session (CapEngineRealtime *self);
static void find_key (CapEngineRealtime *self, gboolean may_prompt);

/* ends */

static void
drop_session (CapEngineRealtime *self)
{
  self->turn_open = FALSE;
  self->ready_since = 0;
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
}

/* What still waited for its text gets none any more. */
static void
end_session (CapEngineRealtime *self)
{
  drop_session (self);
  cap_realtime_turns_close (self->turns);
}

static void
stop (CapEngineRealtime *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  cap_alarm_clear (self->alarm);
  end_session (self);
  g_clear_pointer (&self->secret, cap_secret_unref);
  g_clear_pointer (&self->first_fault, cap_fault_free);
}

static void
fail (CapEngineRealtime *self, const GError *error)
{
  g_autoptr (GError) kept = g_error_copy (error);

  stop (self);
  cap_engine_set_state (CAP_ENGINE (self), CAP_ENGINE_FAILED, kept);
}

/* doors */

static void
add_door (CapEngineRealtime *self, const CapDialect *dialect, gboolean minted)
{
  Door door = { dialect, dialect->must_mint || (minted && dialect->secret_path != NULL) };

  for (guint i = 0; i < self->doors->len; i++)
    {
      Door *other = &g_array_index (self->doors, Door, i);

      if (other->dialect == door.dialect && other->minted == door.minted)
        return;
    }
  g_array_append_val (self->doors, door);
}

/* The one that worked last, and then those that the provider allows; each with
 * a client secret first where the user wants one. */
static void
find_doors (CapEngineRealtime *self)
{
  g_autoptr (GPtrArray) dialects = cap_dialects_for (self->provider);
  gboolean minted;
  const CapDialect *learnt = cap_learnt_get_door (self->learnt, self->provider, &minted);

  g_array_set_size (self->doors, 0);
  self->door = 0;
  g_clear_pointer (&self->first_fault, cap_fault_free);

  if (learnt != NULL && g_ptr_array_find (dialects, learnt, NULL))
    add_door (self, learnt, minted);
  for (guint i = 0; i < dialects->len; i++)
    {
      if (self->provider->mint)
        add_door (self, g_ptr_array_index (dialects, i), TRUE);
      add_door (self, g_ptr_array_index (dialects, i), FALSE);
    }
}

/* A server that gave its dialect away: that one is next, if it was not tried. */
static void
prefer_door (CapEngineRealtime *self, const CapDialect *dialect)
{
  for (guint i = self->door + 1; i < self->doors->len; i++)
    {
      Door door = g_array_index (self->doors, Door, i);

      if (door.dialect == dialect)
        {
          g_array_remove_index (self->doors, i);
          g_array_insert_val (self->doors, self->door + 1, door);
          return;
        }
    }
}

static void
try_next_door (CapEngineRealtime *self, const CapFault *fault, const CapDialect *recognised)
{
  if (self->first_fault == NULL)
    self->first_fault = cap_fault_copy (fault);
  if (recognised != NULL)
    prefer_door (self, recognised);

  if (++self->door < self->doors->len)
    connect_session (self);
  else
    fail (self, self->first_fault->error);
}

/* tries */

/* A key is kept while the stream lives, so that it comes back when the keyring
 * is locked meanwhile; a token is asked for again, for it may have ended. */
static void
connect_again (CapEngineRealtime *self)
{
  if (self->provider->auth == CAP_AUTH_TOKEN_COMMAND)
    find_key (self, FALSE);
  else
    connect_session (self);
}

static void
on_alarm (gpointer data)
{
  connect_again (data);
}

/* Full jitter: many clients of a service that comes back must not all come at
 * the same moment. */
static void
retry_later (CapEngineRealtime *self, const CapFault *fault, gboolean at_once)
{
  guint longest = MIN (LONGEST_WAIT_MS, FIRST_WAIT_MS << MIN (self->n_tries, 7));
  guint wait = at_once && self->n_tries == 0 ? 0 : g_random_int_range (0, longest + 1);

  self->n_tries++;
  if (fault->wait > 0)
    wait = MAX (wait, MIN (fault->wait, 3600) * 1000);
  cap_engine_set_state (CAP_ENGINE (self), CAP_ENGINE_RECONNECTING, fault->error);
  cap_alarm_set (self->alarm, wait);
}

/* A token may have been taken back before its time: one more is asked for, but
 * not again and again. */
static gboolean
renew_token (CapEngineRealtime *self, const CapFault *fault)
{
  if (self->provider->auth != CAP_AUTH_TOKEN_COMMAND || self->token_renewed
      || !g_error_matches (fault->error, CAP_ERROR, CAP_ERROR_AUTHENTICATION_FAILED))
    return FALSE;

  self->token_renewed = TRUE;
  cap_credentials_forget_token (self->credentials, self->provider);
  if (self->was_ready)
    cap_engine_set_state (CAP_ENGINE (self), CAP_ENGINE_RECONNECTING, fault->error);
  find_key (self, FALSE);
  return TRUE;
}

static gboolean
has_more_doors (CapEngineRealtime *self)
{
  return !self->was_ready && self->door + 1 < self->doors->len;
}

/* A server of somebody's own that wants more in its URL may say so as if the
 * key were wrong; or fail, or keep silent. */
static gboolean
may_be_another (CapEngineRealtime *self, const CapFault *fault)
{
  if (!has_more_doors (self) || cap_dialects_need_key (self->provider))
    return FALSE;

  return g_error_matches (fault->error, CAP_ERROR, CAP_ERROR_AUTHENTICATION_FAILED)
         || (fault->remedy == CAP_REMEDY_RETRY && self->n_tries >= TRIES_OF_A_DOOR);
}

static void
act_on (CapEngineRealtime *self, const CapFault *fault, const CapDialect *recognised)
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
      retry_later (self, fault, fault->remedy == CAP_REMEDY_RENEW);
      break;
    case CAP_REMEDY_STOP:
      if (!renew_token (self, fault))
        fail (self, fault->error);
      break;
    default:
      /* What was open may be shut while a server starts again, or a proxy. */
      if (self->was_ready && self->n_tries < TRIES_AFTER_SUCCESS)
        retry_later (self, fault, FALSE);
      else if (self->was_ready)
        fail (self, fault->error);
      else
        try_next_door (self, fault, recognised);
      break;
    }
}

/* the session */

static Door *
current_door (CapEngineRealtime *self)
{
  return &g_array_index (self->doors, Door, self->door);
}

static void
on_ready (CapEngineRealtime *self)
{
  Door *door = current_door (self);

  self->ready_since = g_get_monotonic_time ();
  self->was_ready = TRUE;
  g_clear_pointer (&self->first_fault, cap_fault_free);
  cap_learnt_set_door (self->learnt, self->provider, door->dialect, door->minted);
  cap_realtime_turns_open (self->turns, cap_realtime_session_has_server_turns (self->session),
                           door->dialect->texts_in_order);
  cap_engine_set_state (CAP_ENGINE (self), CAP_ENGINE_READY, NULL);
}

static void
on_event (CapEngineRealtime *self, const CapEvent *event)
{
  if (event->billed_seconds > 0)
    cap_engine_add_billed (CAP_ENGINE (self), event->billed_seconds);
  cap_realtime_turns_take (self->turns, event);
}

static void
on_refused (CapEngineRealtime *self, guint fields)
{
  cap_learnt_add_refused (self->learnt, self->provider, fields);
}

static void
on_ended (CapEngineRealtime *self, const CapFault *fault, const CapEvidence *evidence)
{
  g_autoptr (CapEngineRealtime) kept = g_object_ref (self);
  g_autoptr (CapFault) owned = fault != NULL ? cap_fault_copy (fault) : NULL;
  const CapDialect *recognised = cap_realtime_session_get_recognised (self->session);
  gint64 lasted = self->ready_since != 0 ? g_get_monotonic_time () - self->ready_since : 0;

  if (lasted >= (gint64) HEALTHY_MS * 1000)
    {
      self->n_tries = 0;
      self->token_renewed = FALSE;
    }
  end_session (self);
  if (self->finishing)
    cap_engine_emit_finished (CAP_ENGINE (self));
  else if (owned == NULL || self->restarting)
    begin (self, FALSE);
  else
    act_on (self, owned, recognised);
}

static void
connect_session (CapEngineRealtime *self)
{
  Door *door = current_door (self);

  end_session (self);
  if (!self->was_ready)
    cap_engine_set_state (CAP_ENGINE (self), CAP_ENGINE_STARTING, NULL);
  else
    cap_engine_count_reconnect (CAP_ENGINE (self));

  self->session = cap_realtime_session_new (door->dialect, self->provider, self->language, door->minted,
                                            cap_learnt_get_refused (self->learnt, self->provider),
                                            self->secret);
  g_signal_connect_object (self->session, "ready", G_CALLBACK (on_ready), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "event", G_CALLBACK (on_event), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "refused", G_CALLBACK (on_refused), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "ended", G_CALLBACK (on_ended), self, G_CONNECT_SWAPPED);
  cap_realtime_session_start (self->session);
}

/* the key */

static void
on_key (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CapEngineRealtime) self = cap_weak_take (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (CapSecret) secret = NULL;

  gboolean found = cap_credentials_get_finish (CAP_CREDENTIALS (source), result, &secret, &error);

  if (self == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  /* A program that gave tokens may need the network to give another. */
  if (!found && self->was_ready)
    {
      retry_later (self, &(CapFault) { .remedy = CAP_REMEDY_RETRY, .error = error }, FALSE);
      return;
    }
  if (!found)
    {
      fail (self, error);
      return;
    }

  g_clear_pointer (&self->secret, cap_secret_unref);
  self->secret = g_steal_pointer (&secret);
  connect_session (self);
}

static void
find_key (CapEngineRealtime *self, gboolean may_prompt)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  cap_credentials_get_async (self->credentials, self->provider,
                             !cap_dialects_need_key (self->provider), may_prompt,
                             self->cancellable, on_key, cap_weak_new (self));
}

/* turns */

static void
on_hypothesis (const CapHypothesis *hypothesis, gpointer user_data)
{
  cap_engine_emit_hypothesis (user_data, hypothesis);
}

static void
on_settled (guint64 position, gpointer user_data)
{
  cap_engine_emit_settled (user_data, 0, position);
}

static gboolean
must_wait (CapEngineRealtime *self)
{
  return cap_realtime_session_get_dialect (self->session)->one_turn_at_a_time
         && cap_realtime_turns_is_waiting (self->turns);
}

/* All that was said has its text: what waited for that can go on. */
static void
on_turns_idle (gpointer user_data)
{
  CapEngineRealtime *self = user_data;

  if (self->session == NULL)
    return;
  if (self->finishing || (self->restarting && !self->turn_open))
    cap_realtime_session_close (self->session);
  else
    cap_engine_emit_hungry (CAP_ENGINE (self));
}

static void
open_turn (CapEngineRealtime *self, guint64 position)
{
  self->turn_open = TRUE;
  cap_realtime_session_begin_turn (self->session);
  cap_realtime_turns_begin (self->turns, position);
}

static void
close_turn (CapEngineRealtime *self, guint64 position)
{
  self->turn_open = FALSE;
  cap_realtime_turns_sent_silence (self->turns, cap_realtime_session_end_turn (self->session));
  cap_realtime_turns_end (self->turns, position);
}

/* Settings and keys of a running engine: at the next pause. */
static void
on_provider_changed (CapEngineRealtime *self, const char *id)
{
  CapEngine *engine = CAP_ENGINE (self);
  g_autoptr (CapProvider) provider = cap_providers_get (self->providers, id);
  gboolean busy = self->turn_open || !cap_realtime_turns_is_idle (self->turns);

  if (self->provider == NULL || !g_str_equal (id, self->provider->id) || self->finishing)
    return;

  /* Who removed it wants nothing sent there any more. */
  if (provider != NULL && cap_engine_get_state (engine) == CAP_ENGINE_READY && busy)
    self->restarting = TRUE;
  else
    begin (self, FALSE);
}

/* engine */

static gboolean
load_provider (CapEngineRealtime *self)
{
  const char *id = cap_engine_get_id (CAP_ENGINE (self));
  CapProvider *provider = cap_providers_get (self->providers, id);
  g_autoptr (GError) error = NULL;

  if (provider != NULL)
    {
      g_clear_pointer (&self->provider, cap_provider_unref);
      self->provider = provider;
      find_doors (self);
    }
  if (provider != NULL && self->doors->len > 0)
    return TRUE;

  if (provider == NULL)
    error = g_error_new (CAP_ERROR, CAP_ERROR_NO_SUCH_ENGINE,
                         "There is no provider “%s” any more, or its settings are damaged. Choose another "
                         "engine, or set it up again: captionctl provider add %s", id, id);
  else
    error = g_error_new (CAP_ERROR, CAP_ERROR_NOT_CONFIGURED,
                         "The provider “%s” has no dialect that fits. See: captionctl provider show %s",
                         id, id);
  fail (self, error);
  return FALSE;
}

/* Only who opened a stream, or asked for another try, is there to answer a
 * prompt. */
static void
begin (CapEngineRealtime *self, gboolean may_prompt)
{
  CapEngine *engine = CAP_ENGINE (self);
  gboolean running = cap_engine_get_state (engine) == CAP_ENGINE_READY
                     || cap_engine_get_state (engine) == CAP_ENGINE_RECONNECTING;

  stop (self);
  self->restarting = FALSE;
  self->was_ready = FALSE;
  self->token_renewed = FALSE;
  self->n_tries = 0;
  if (!load_provider (self))
    return;

  cap_engine_set_remote_host (engine, self->provider->host);
  cap_engine_set_state (engine, running ? CAP_ENGINE_STARTING : CAP_ENGINE_STOPPED, NULL);
  find_key (self, may_prompt);
}

static void
cap_engine_realtime_start (CapEngine *engine)
{
  begin (CAP_ENGINE_REALTIME (engine), TRUE);
}

static gsize
cap_engine_realtime_push (CapEngine *engine, guint64 position, const gint16 *samples, gsize n_frames)
{
  CapEngineRealtime *self = CAP_ENGINE_REALTIME (engine);

  if (self->session == NULL || !cap_realtime_session_is_ready (self->session))
    return 0;

  if (!self->speaking)
    {
      cap_realtime_turns_skipped (self->turns, position, n_frames);
      return n_frames;
    }

  if (!self->turn_open)
    {
      if (self->restarting || must_wait (self))
        return 0;
      open_turn (self, position);
    }
  cap_realtime_session_append (self->session, samples, n_frames);
  cap_realtime_turns_sent (self->turns, position, n_frames);
  cap_engine_add_sent (engine, n_frames);
  return n_frames;
}

static void
cap_engine_realtime_speech_begins (CapEngine *engine, guint64 position)
{
  CAP_ENGINE_REALTIME (engine)->speaking = TRUE;
}

static void
cap_engine_realtime_speech_ends (CapEngine *engine, guint64 position, CapGateEnd why)
{
  CapEngineRealtime *self = CAP_ENGINE_REALTIME (engine);

  self->speaking = FALSE;
  /* A service that detects turns must not hear a pause where there is none. */
  if (self->turn_open
      && !(why == CAP_GATE_LENGTH && !self->restarting
           && cap_realtime_session_has_server_turns (self->session)))
    close_turn (self, position);
  if (self->restarting && cap_realtime_turns_is_idle (self->turns))
    begin (self, FALSE);
}

static void
cap_engine_realtime_finish (CapEngine *engine)
{
  CapEngineRealtime *self = CAP_ENGINE_REALTIME (engine);

  self->finishing = TRUE;
  if (self->turn_open)
    close_turn (self, cap_realtime_turns_get_position (self->turns));
  if (self->session == NULL)
    {
      stop (self);
      cap_engine_emit_finished (engine);
    }
  else if (cap_realtime_turns_is_idle (self->turns))
    cap_realtime_session_close (self->session);
}

/* lifecycle */

static void
cap_engine_realtime_dispose (GObject *object)
{
  CapEngineRealtime *self = CAP_ENGINE_REALTIME (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  drop_session (self);
  g_clear_pointer (&self->turns, cap_realtime_turns_free);
  g_clear_pointer (&self->alarm, cap_alarm_free);
  g_clear_pointer (&self->secret, cap_secret_unref);

  G_OBJECT_CLASS (cap_engine_realtime_parent_class)->dispose (object);
}

static void
cap_engine_realtime_finalize (GObject *object)
{
  CapEngineRealtime *self = CAP_ENGINE_REALTIME (object);

  g_clear_pointer (&self->provider, cap_provider_unref);
  g_clear_pointer (&self->first_fault, cap_fault_free);
  g_array_unref (self->doors);
  g_clear_object (&self->providers);
  g_clear_object (&self->credentials);
  g_clear_object (&self->learnt);
  g_free (self->language);

  G_OBJECT_CLASS (cap_engine_realtime_parent_class)->finalize (object);
}

static void
cap_engine_realtime_init (CapEngineRealtime *self)
{
  static const CapRealtimeTurnsFuncs funcs = { on_hypothesis, on_settled, on_turns_idle };

  self->doors = g_array_new (FALSE, FALSE, sizeof (Door));
  self->turns = cap_realtime_turns_new (&funcs, self);
  self->alarm = cap_alarm_new ("engine-realtime", on_alarm, self);
}

static void
cap_engine_realtime_class_init (CapEngineRealtimeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  CapEngineClass *engine_class = CAP_ENGINE_CLASS (klass);

  object_class->dispose = cap_engine_realtime_dispose;
  object_class->finalize = cap_engine_realtime_finalize;
  engine_class->start = cap_engine_realtime_start;
  engine_class->push = cap_engine_realtime_push;
  engine_class->speech_begins = cap_engine_realtime_speech_begins;
  engine_class->speech_ends = cap_engine_realtime_speech_ends;
  engine_class->finish = cap_engine_realtime_finish;
}

/* public methods */

CapEngine *
cap_engine_realtime_new (const char *id,
                         const char *language,
                         CapProviders *providers,
                         CapCredentials *credentials,
                         CapLearnt *learnt)
{
  CapEngineRealtime *self = g_object_new (CAP_TYPE_ENGINE_REALTIME, "id", id, NULL);

  self->language = g_strdup (language);
  self->providers = g_object_ref (providers);
  self->credentials = g_object_ref (credentials);
  self->learnt = g_object_ref (learnt);
  g_signal_connect_object (providers, "changed", G_CALLBACK (on_provider_changed), self,
                           G_CONNECT_SWAPPED);
  return CAP_ENGINE (self);
}
