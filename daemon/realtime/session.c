/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/session-private.h"
#include "base/weak.h"
#include "dbus/error.h"
#include "realtime/mint.h"

/* signals */

guint cap_realtime_session_signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapRealtimeSession, cap_realtime_session, G_TYPE_OBJECT)

static void drop_connection (CapRealtimeSession *self);
static void on_alarm (gpointer user_data);

/* lifecycle */

static void
cap_realtime_session_dispose (GObject *object)
{
  CapRealtimeSession *self = CAP_REALTIME_SESSION (object);

  self->state = STATE_ENDED;
  if (self->alarm != NULL)
    drop_connection (self);
  g_clear_pointer (&self->alarm, cap_alarm_free);

  G_OBJECT_CLASS (cap_realtime_session_parent_class)->dispose (object);
}

static void
cap_realtime_session_finalize (GObject *object)
{
  CapRealtimeSession *self = CAP_REALTIME_SESSION (object);

  g_clear_pointer (&self->error, cap_service_error_free);
  g_object_unref (self->cancellable);
  cap_provider_unref (self->provider);
  g_free (self->language);
  g_free (self->url);

  G_OBJECT_CLASS (cap_realtime_session_parent_class)->finalize (object);
}

static void
cap_realtime_session_init (CapRealtimeSession *self)
{
  self->cancellable = g_cancellable_new ();
  self->alarm = cap_alarm_new ("realtime-session", on_alarm, self);
}

static guint
new_signal (const char *name, guint n_params, GType one, GType two)
{
  return g_signal_new (name, CAP_TYPE_REALTIME_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, n_params, one, two);
}

static void
cap_realtime_session_class_init (CapRealtimeSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_realtime_session_dispose;
  G_OBJECT_CLASS (klass)->finalize = cap_realtime_session_finalize;

  cap_realtime_session_signals[SIGNAL_READY] = new_signal ("ready", 0, 0, 0);
  cap_realtime_session_signals[SIGNAL_EVENT] = new_signal ("event", 1, G_TYPE_POINTER, 0);
  cap_realtime_session_signals[SIGNAL_DRAINED] = new_signal ("drained", 0, 0, 0);
  cap_realtime_session_signals[SIGNAL_REFUSED] = new_signal ("refused", 1, G_TYPE_UINT, 0);
  cap_realtime_session_signals[SIGNAL_ENDED] = new_signal ("ended", 2, G_TYPE_POINTER, G_TYPE_POINTER);
}

/* how a session ends */

CapStage
cap_realtime_session_get_stage (CapRealtimeSession *self)
{
  switch (self->state)
    {
    case STATE_IDLE:
    case STATE_MINTING:
      return CAP_STAGE_MINT;
    case STATE_CONNECTING:
      return CAP_STAGE_HANDSHAKE;
    case STATE_CREATING:
      return CAP_STAGE_CREATE;
    case STATE_CONFIGURING:
      return CAP_STAGE_CONFIGURE;
    default:
      return CAP_STAGE_LISTEN;
    }
}

static CapAsked
asked (CapRealtimeSession *self)
{
  return (CapAsked) {
    .provider = self->provider->id,
    .dialect = self->dialect->name,
    .host = self->provider->host,
    .path = self->url,
    .model = self->provider->model,
    .session_model = self->provider->session_model,
    .with_key = self->with_key,
    .with_token = self->provider->auth == CAP_AUTH_TOKEN_COMMAND,
    .diagnosing = self->diagnosing,
  };
}

static void
drop_connection (CapRealtimeSession *self)
{
  cap_alarm_clear (self->alarm);
  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->sender, cap_turn_sender_free);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->secret, cap_secret_unref);
}

void
cap_realtime_session_end (CapRealtimeSession *self, CapFault *fault, const CapEvidence *evidence)
{
  g_autoptr (CapRealtimeSession) kept = g_object_ref (self);

  if (self->state == STATE_ENDED)
    return;

  self->state = STATE_ENDED;
  drop_connection (self);
  g_signal_emit (self, cap_realtime_session_signals[SIGNAL_ENDED], 0, fault, evidence);
}

CapFault *
cap_realtime_session_judge (CapRealtimeSession *self, const CapEvidence *evidence)
{
  CapAsked what = asked (self);

  return cap_fault_judge (evidence, &what);
}

void
cap_realtime_session_end_for_evidence (CapRealtimeSession *self, CapEvidence *evidence)
{
  g_autoptr (CapFault) fault = NULL;

  if (evidence->error == NULL)
    evidence->error = cap_service_error_copy (self->error);
  fault = cap_realtime_session_judge (self, evidence);
  /* A fault that is harmless in a session that goes on is not harmless in one
   * that ends. */
  if (fault->remedy == CAP_REMEDY_IGNORE || fault->remedy == CAP_REMEDY_TURN_LOST)
    fault->remedy = CAP_REMEDY_RETRY;
  cap_realtime_session_end (self, fault, evidence);
}

void
cap_realtime_session_end_with_own_fault (CapRealtimeSession *self,
                                         CapRemedy remedy,
                                         int code,
                                         const char *message)
{
  g_auto (CapEvidence) evidence = { .stage = cap_realtime_session_get_stage (self) };
  CapFault fault = { .remedy = remedy };
  g_autoptr (GError) error = g_error_new_literal (CAP_ERROR, code, message);

  fault.error = error;
  cap_realtime_session_end (self, &fault, &evidence);
}

static void
on_alarm (gpointer user_data)
{
  CapRealtimeSession *self = user_data;
  g_auto (CapEvidence) evidence = { .stage = cap_realtime_session_get_stage (self),
                                    .timed_out = self->error == NULL };

  cap_realtime_session_end_for_evidence (self, &evidence);
}

/* the connection */

static void
on_opened (CapRealtimeSession *self)
{
  self->state = STATE_CREATING;
  g_clear_pointer (&self->secret, cap_secret_unref);
  cap_alarm_set (self->alarm, CAP_REALTIME_SESSION_ANSWER_MS);
}

static void
on_message (CapRealtimeSession *self, const char *text, guint64 length)
{
  g_autoptr (CapRealtimeSession) kept = g_object_ref (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (CapEvent) event = NULL;

  if (self->state == STATE_CLOSING || self->state == STATE_ENDED)
    return;

  event = cap_event_parse (self->dialect->events, text, length, &error);
  if (event != NULL)
    {
      cap_realtime_session_take_event (self, event);
      return;
    }

  g_auto (CapEvidence) evidence = { .stage = cap_realtime_session_get_stage (self),
                                    .network = g_steal_pointer (&error) };
  cap_realtime_session_end_for_evidence (self, &evidence);
}

static void
on_closed (CapRealtimeSession *self, const CapEvidence *evidence)
{
  g_auto (CapEvidence) copy = { 0 };

  if (self->state == STATE_CLOSING)
    {
      cap_realtime_session_end (self, NULL, evidence);
      return;
    }

  cap_evidence_copy (&copy, evidence);
  if (copy.stage == CAP_STAGE_LISTEN)
    copy.stage = cap_realtime_session_get_stage (self);
  cap_realtime_session_end_for_evidence (self, &copy);
}

static void
on_drained (CapRealtimeSession *self)
{
  if (self->state == STATE_READY && cap_turn_sender_drained (self->sender))
    g_signal_emit (self, cap_realtime_session_signals[SIGNAL_DRAINED], 0);
}

static void
open_connection (CapRealtimeSession *self, CapAuth auth)
{
  CapSessionWishes what = cap_realtime_session_get_wishes (self);
  g_autoptr (GPtrArray) headers = cap_dialect_headers (self->dialect, self->provider);
  CapEndpoint endpoint = { .auth = auth, .secret = self->secret, .ca_file = self->provider->ca_file };

  g_free (self->url);
  self->url = self->dialect->socket_url (&what);
  endpoint.url = self->url;
  endpoint.headers = (const char *const *) headers->pdata;
  self->state = STATE_CONNECTING;
  self->connection = cap_realtime_connection_new ();
  g_signal_connect_object (self->connection, "opened", G_CALLBACK (on_opened), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->connection, "message", G_CALLBACK (on_message), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->connection, "drained", G_CALLBACK (on_drained), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->connection, "closed", G_CALLBACK (on_closed), self, G_CONNECT_SWAPPED);
  cap_realtime_connection_open (self->connection, &endpoint);
}

/* the mint */

static void
take_client_secret (CapRealtimeSession *self, CapSecret *secret)
{
  if (secret == NULL)
    {
      g_autofree char *message =
        g_strdup_printf ("The service answered the request for a client secret, but sent none. Connect with "
                         "the key itself: captionctl provider set %s --no-mint", self->provider->id);

      cap_realtime_session_end_with_own_fault (self, CAP_REMEDY_OTHER_DOOR, CAP_ERROR_PROTOCOL_ERROR,
                                               message);
      return;
    }

  g_clear_pointer (&self->secret, cap_secret_unref);
  self->secret = cap_secret_ref (secret);
  open_connection (self, CAP_AUTH_BEARER);
}

static void
take_refusal_to_mint (CapRealtimeSession *self, const CapEvidence *evidence)
{
  g_autoptr (CapFault) fault = cap_realtime_session_judge (self, evidence);

  if (cap_realtime_session_leave_out_for (self, fault))
    return;
  if (fault->remedy == CAP_REMEDY_MINT_BARE && !self->mint_bare)
    {
      self->mint_bare = TRUE;
      cap_realtime_session_mint (self);
      return;
    }
  if (fault->remedy == CAP_REMEDY_MINT_BARE)
    fault->remedy = CAP_REMEDY_OTHER_DOOR;
  cap_realtime_session_end (self, fault, evidence);
}

static void
on_minted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapRealtimeSession) self = cap_weak_take (user_data);
  g_auto (CapEvidence) evidence = { 0 };
  g_autoptr (CapSecret) secret = NULL;

  if (self == NULL || self->state != STATE_MINTING)
    return;
  if (cap_realtime_mint_finish (self->dialect, result, &secret, &evidence))
    take_client_secret (self, secret);
  else
    take_refusal_to_mint (self, &evidence);
}

void
cap_realtime_session_mint (CapRealtimeSession *self)
{
  CapSessionWishes what = cap_realtime_session_get_wishes (self);

  g_free (self->url);
  self->url = self->dialect->mint_url (&what);
  self->state = STATE_MINTING;
  cap_realtime_mint_async (self->dialect, &what, self->url, self->secret, self->cancellable, on_minted,
                           cap_weak_new (self));
}

/* public methods */

CapRealtimeSession *
cap_realtime_session_new (const CapDialect *dialect,
                          CapProvider *provider,
                          const char *language,
                          gboolean minted,
                          guint refused,
                          CapSecret *secret)
{
  CapRealtimeSession *self;

  g_return_val_if_fail (dialect != NULL, NULL);
  g_return_val_if_fail (provider != NULL, NULL);
  g_return_val_if_fail (language != NULL, NULL);

  self = g_object_new (CAP_TYPE_REALTIME_SESSION, NULL);
  self->dialect = dialect;
  self->provider = cap_provider_ref (provider);
  self->language = g_strdup (language);
  self->minted = dialect->secret_path != NULL && (minted || dialect->must_mint);
  self->refused = refused;
  self->secret = secret != NULL ? cap_secret_ref (secret) : NULL;
  self->with_key = secret != NULL;
  return self;
}

void
cap_realtime_session_set_diagnosing (CapRealtimeSession *self)
{
  g_return_if_fail (CAP_IS_REALTIME_SESSION (self));

  self->diagnosing = TRUE;
}

void
cap_realtime_session_start (CapRealtimeSession *self)
{
  g_return_if_fail (CAP_IS_REALTIME_SESSION (self));
  g_return_if_fail (self->state == STATE_IDLE);

  if (self->minted)
    cap_realtime_session_mint (self);
  else
    open_connection (self, cap_dialect_auth (self->dialect, self->provider));
}

gboolean
cap_realtime_session_has_server_turns (CapRealtimeSession *self)
{
  g_return_val_if_fail (CAP_IS_REALTIME_SESSION (self), FALSE);

  return cap_dialect_server_turns (self->dialect, self->provider, self->refused);
}

const CapDialect *
cap_realtime_session_get_dialect (CapRealtimeSession *self)
{
  g_return_val_if_fail (CAP_IS_REALTIME_SESSION (self), NULL);

  return self->dialect;
}

const CapDialect *
cap_realtime_session_get_recognised (CapRealtimeSession *self)
{
  g_return_val_if_fail (CAP_IS_REALTIME_SESSION (self), NULL);

  return self->recognised;
}

const char *
cap_realtime_session_get_url (CapRealtimeSession *self)
{
  g_return_val_if_fail (CAP_IS_REALTIME_SESSION (self), NULL);

  return self->url;
}

gint64
cap_realtime_session_get_expires_at (CapRealtimeSession *self)
{
  g_return_val_if_fail (CAP_IS_REALTIME_SESSION (self), 0);

  return self->expires_at;
}

gsize
cap_realtime_session_get_room (CapRealtimeSession *self)
{
  g_return_val_if_fail (CAP_IS_REALTIME_SESSION (self), 0);

  return self->state == STATE_READY ? cap_turn_sender_get_room (self->sender) : 0;
}

void
cap_realtime_session_check (CapRealtimeSession *self)
{
  g_return_if_fail (CAP_IS_REALTIME_SESSION (self));

  if (self->connection != NULL)
    cap_realtime_connection_check (self->connection);
}

void
cap_realtime_session_begin_turn (CapRealtimeSession *self)
{
  g_return_if_fail (CAP_IS_REALTIME_SESSION (self));

  if (self->state == STATE_READY)
    cap_turn_sender_begin_turn (self->sender);
}

void
cap_realtime_session_append (CapRealtimeSession *self, const gint16 *samples, gsize n_frames)
{
  g_return_if_fail (CAP_IS_REALTIME_SESSION (self));

  if (self->state == STATE_READY)
    cap_turn_sender_append (self->sender, samples, n_frames);
}

guint
cap_realtime_session_end_turn (CapRealtimeSession *self)
{
  g_return_val_if_fail (CAP_IS_REALTIME_SESSION (self), 0);

  return self->state == STATE_READY ? cap_turn_sender_end_turn (self->sender) : 0;
}

void
cap_realtime_session_close (CapRealtimeSession *self)
{
  g_return_if_fail (CAP_IS_REALTIME_SESSION (self));

  if (self->state == STATE_CLOSING || self->state == STATE_ENDED)
    return;
  if (self->state < STATE_CREATING)
    {
      g_auto (CapEvidence) evidence = { .stage = cap_realtime_session_get_stage (self) };
      cap_realtime_session_end (self, NULL, &evidence);
      return;
    }

  self->state = STATE_CLOSING;
  cap_alarm_clear (self->alarm);
  cap_realtime_connection_close (self->connection);
}
