/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/session.h"
#include "base/alarm.h"
#include "base/weak.h"
#include "dbus/error.h"
#include "protocol/dialects.h"
#include "realtime/mint.h"
#include "realtime/turn-sender.h"

#include <string.h>

/* How long the service may take to answer. */
#define ANSWER_MS 10000

/* A service that ends a session because of an error closes it within this time
 * after the error. */
#define CLOSE_FOLLOWS_MS 1500

/* The fields that a configuration may leave out. */
#define ALL_FIELDS                                                                                     \
  (CAP_FIELD_LANGUAGE | CAP_FIELD_PROMPT | CAP_FIELD_KEYWORDS | CAP_FIELD_DELAY                        \
   | CAP_FIELD_NOISE_REDUCTION | CAP_FIELD_INCLUDE)

/* struct */

/* Only the functions named here change the state.
 *
 * State        Meaning, and the states that follow
 * ---------------------------------------------------------------------------
 * IDLE         start() was not called.
 * MINTING      mint() asked for a client secret. CONNECTING: it came.
 * CONNECTING   open_connection() began. CREATING: the WebSocket is open.
 * CREATING     on_opened(): the first event of the service is due.
 *              CONFIGURING: it came.
 * CONFIGURING  configure() sent the configuration. READY: the service
 *              acknowledged it. CONFIGURING: once more, without refused fields.
 * READY        become_ready(): audio is sent.
 * CLOSING      close() said goodbye, and the answer is awaited.
 * ENDED        end_session() ran, because of a failure or of close(). */
typedef enum
{
  STATE_IDLE,
  STATE_MINTING,
  STATE_CONNECTING,
  STATE_CREATING,
  STATE_CONFIGURING,
  STATE_READY,
  STATE_CLOSING,
  STATE_ENDED,
} State;

struct _CapRealtimeSession
{
  GObject parent_instance;

  const CapDialect *dialect;
  const CapDialect *recognised;
  CapProvider *provider;
  char *language;
  gboolean minted;           /* a client secret is asked for first */
  gboolean mint_bare;        /* the mint fails with a configuration, and is asked without */
  guint refused;             /* of CapField */
  CapSecret *secret;         /* until the WebSocket is open */
  char *url;                 /* of the WebSocket; until that, of the mint */

  State state;
  CapRealtimeConnection *connection;
  CapTurnSender *speech;     /* in READY */
  gint64 expires_at;         /* Unix seconds, or 0 */
  GCancellable *cancellable; /* of the mint */
  CapAlarm *alarm;           /* an answer that is due, or a close that is to follow an error */
  CapServiceError *error;    /* the last one, in case the server closes because of it */
  gboolean doomed;           /* that error ends the session: the close is awaited */
  gboolean with_key;         /* a key or token is sent */
  gboolean diagnosing;
};

/* signals */

enum
{
  SIGNAL_READY,
  SIGNAL_EVENT,
  SIGNAL_DRAINED,
  SIGNAL_REFUSED,
  SIGNAL_ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

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

  signals[SIGNAL_READY] = new_signal ("ready", 0, 0, 0);
  signals[SIGNAL_EVENT] = new_signal ("event", 1, G_TYPE_POINTER, 0);
  signals[SIGNAL_DRAINED] = new_signal ("drained", 0, 0, 0);
  signals[SIGNAL_REFUSED] = new_signal ("refused", 1, G_TYPE_UINT, 0);
  signals[SIGNAL_ENDED] = new_signal ("ended", 2, G_TYPE_POINTER, G_TYPE_POINTER);
}

/* how a session ends */

static CapStage
stage_of (CapRealtimeSession *self)
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
  g_clear_pointer (&self->speech, cap_turn_sender_free);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->secret, cap_secret_unref);
}

/* The only way to ENDED. @fault: NULL after close(). */
static void
end_session (CapRealtimeSession *self, CapFault *fault, const CapEvidence *evidence)
{
  g_autoptr (CapRealtimeSession) kept = g_object_ref (self);

  if (self->state == STATE_ENDED)
    return;

  self->state = STATE_ENDED;
  drop_connection (self);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0, fault, evidence);
}

static CapFault *
judge (CapRealtimeSession *self, const CapEvidence *evidence)
{
  CapAsked what = asked (self);

  return cap_fault_judge (evidence, &what);
}

/* Ends the session with the fault that @evidence points to. Adds the service's
 * last error, because many services close without repeating the reason. */
static void
end_for_evidence (CapRealtimeSession *self, CapEvidence *evidence)
{
  g_autoptr (CapFault) fault = NULL;

  if (evidence->error == NULL)
    evidence->error = cap_service_error_copy (self->error);
  fault = judge (self, evidence);
  /* A fault that is harmless in a session that goes on is not harmless in one
   * that ends. */
  if (fault->remedy == CAP_REMEDY_IGNORE || fault->remedy == CAP_REMEDY_TURN_LOST)
    fault->remedy = CAP_REMEDY_RETRY;
  end_session (self, fault, evidence);
}

/* Ends the session with a fault of its own making, which the table of faults
 * does not hold. */
static void
end_with_own_fault (CapRealtimeSession *self, CapRemedy remedy, int code, const char *message)
{
  g_auto (CapEvidence) evidence = { .stage = stage_of (self) };
  CapFault fault = { .remedy = remedy };
  g_autoptr (GError) error = g_error_new_literal (CAP_ERROR, code, message);

  fault.error = error;
  end_session (self, &fault, &evidence);
}

static void
on_alarm (gpointer user_data)
{
  CapRealtimeSession *self = user_data;
  g_auto (CapEvidence) evidence = { .stage = stage_of (self), .timed_out = self->error == NULL };

  end_for_evidence (self, &evidence);
}

/* configuring */

static CapSessionWishes
wishes (CapRealtimeSession *self)
{
  return (CapSessionWishes) {
    .provider = self->provider,
    .language = self->language,
    .refused = self->refused,
    .server_turns = cap_realtime_session_has_server_turns (self),
    .mint_bare = self->mint_bare,
  };
}

static void
become_ready (CapRealtimeSession *self)
{
  cap_alarm_clear (self->alarm);
  self->doomed = FALSE;
  g_clear_pointer (&self->error, cap_service_error_free);
  self->state = STATE_READY;
  self->speech = cap_turn_sender_new (self->dialect, self->provider, self->connection,
                                      cap_realtime_session_has_server_turns (self));
  g_signal_emit (self, signals[SIGNAL_READY], 0);
}

static void
configure (CapRealtimeSession *self)
{
  CapSessionWishes what = wishes (self);
  g_autofree char *message = self->dialect->configure (&what);

  if (message != NULL)
    cap_realtime_connection_send (self->connection, message);
  self->state = STATE_CONFIGURING;
  self->doomed = FALSE;
  if (message == NULL || !self->dialect->acknowledges)
    become_ready (self);
  else
    cap_alarm_set (self->alarm, ANSWER_MS);
}

static void mint (CapRealtimeSession *self);

/* Configures, or mints, once more without @fields. FALSE: none of them was in
 * the configuration, so leaving them out would change nothing. @sure: the
 * service named them, so that they are worth remembering. */
static gboolean
leave_out (CapRealtimeSession *self, guint fields, gboolean sure)
{
  CapSessionWishes what = wishes (self);
  guint fresh = fields & cap_session_wishes_get_fields (&what);

  if (fresh == 0)
    return FALSE;

  self->refused |= fresh;
  if (sure)
    g_signal_emit (self, signals[SIGNAL_REFUSED], 0, fresh);
  if (self->state == STATE_MINTING)
    mint (self);
  else
    configure (self);
  return TRUE;
}

/* FALSE: leaving something out is not the remedy. */
static gboolean
leave_out_for (CapRealtimeSession *self, const CapFault *fault)
{
  switch (fault->remedy)
    {
    case CAP_REMEDY_DROP_FIELD:
      return leave_out (self, fault->field, TRUE);
    case CAP_REMEDY_OUR_TURNS:
      return leave_out (self, CAP_FIELD_TURN_DETECTION, TRUE);
    default:
      return FALSE;
    }
}

/* events */

static void
end_for_another_dialect (CapRealtimeSession *self, const CapEvent *created)
{
  g_autofree char *message = NULL;

  self->recognised = cap_dialect_recognise (created);
  message = g_strdup_printf ("The server at %s speaks another dialect than “%s”%s%s. Set it with: "
                             "captionctl provider set %s --dialect %s",
                             self->provider->host, self->dialect->name, self->recognised != NULL ? ": " : "",
                             self->recognised != NULL ? self->recognised->title : "", self->provider->id,
                             self->recognised != NULL ? self->recognised->name : "auto");
  end_with_own_fault (self, CAP_REMEDY_OTHER_DOOR, CAP_ERROR_PROTOCOL_ERROR, message);
}

static void
take_created (CapRealtimeSession *self, const CapEvent *event)
{
  if (self->state != STATE_CREATING)
    return;

  if (event->shape != CAP_SHAPE_UNKNOWN && event->shape != self->dialect->shape)
    {
      end_for_another_dialect (self, event);
      return;
    }
  if (self->dialect->session_type != NULL && event->session_type != NULL
      && !g_str_equal (event->session_type, self->dialect->session_type))
    {
      g_auto (CapEvidence) evidence = { .stage = CAP_STAGE_CREATE,
                                        .session_type = g_strdup (event->session_type) };
      end_for_evidence (self, &evidence);
      return;
    }

  configure (self);
}

static void
take_updated (CapRealtimeSession *self, const CapEvent *event)
{
  if (self->state != STATE_CONFIGURING)
    return;

  if (event->says_transcription && !event->transcribes)
    end_with_own_fault (self, CAP_REMEDY_OTHER_DOOR, CAP_ERROR_PROTOCOL_ERROR,
                        "The service accepted the configuration without the transcription, so it would "
                        "listen and send no text. Try another model or dialect.");
  else
    become_ready (self);
}

/* Whether the error means that one turn gets no text. */
static gboolean
is_of_a_turn (const CapServiceError *error, const CapFault *fault)
{
  return fault->remedy == CAP_REMEDY_TURN_LOST
         || g_strcmp0 (error->code, "input_audio_buffer_commit_empty") == 0;
}

/* Whether the session goes on after the error. */
static gboolean
survive_error (CapRealtimeSession *self, const CapEvent *event, const CapFault *fault)
{
  switch (self->state)
    {
    case STATE_CONFIGURING:
      /* A service that does not name the field it objects to may accept a
       * configuration without any. */
      return leave_out_for (self, fault)
             || (fault->remedy == CAP_REMEDY_IGNORE && !cap_service_error_is_passing (event->error)
                 && leave_out (self, ALL_FIELDS, FALSE));
    case STATE_READY:
      if (is_of_a_turn (event->error, fault))
        g_signal_emit (self, signals[SIGNAL_EVENT], 0, event);
      return fault->remedy == CAP_REMEDY_IGNORE || fault->remedy == CAP_REMEDY_TURN_LOST
             || fault->remedy == CAP_REMEDY_DROP_FIELD || fault->remedy == CAP_REMEDY_OUR_TURNS;
    default:
      return FALSE;
    }
}

/* Only the close that follows shows that an error was fatal; a service that does
 * not close is left soon. */
static void
take_error (CapRealtimeSession *self, const CapEvent *event)
{
  g_auto (CapEvidence) evidence = { .stage = stage_of (self) };
  g_autoptr (CapFault) fault = NULL;

  if (self->doomed)
    return;

  g_clear_pointer (&self->error, cap_service_error_free);
  self->error = cap_service_error_copy (event->error);
  evidence.error = cap_service_error_copy (event->error);
  fault = judge (self, &evidence);
  if (survive_error (self, event, fault))
    return;

  self->doomed = TRUE;
  cap_alarm_set (self->alarm, CLOSE_FOLLOWS_MS);
}

static void
take_failed (CapRealtimeSession *self, const CapEvent *event)
{
  g_autoptr (CapRealtimeSession) kept = g_object_ref (self);
  g_auto (CapEvidence) evidence = { .stage = CAP_STAGE_LISTEN, .turn_failed = TRUE };
  g_autoptr (CapFault) fault = NULL;

  evidence.error = cap_service_error_copy (event->error);
  fault = judge (self, &evidence);
  g_signal_emit (self, signals[SIGNAL_EVENT], 0, event);
  if (fault->remedy != CAP_REMEDY_TURN_LOST && fault->remedy != CAP_REMEDY_IGNORE)
    end_session (self, fault, &evidence);
}

static void
take_event (CapRealtimeSession *self, const CapEvent *event)
{
  if (event->expires_at != 0)
    self->expires_at = event->expires_at;

  switch (event->kind)
    {
    case CAP_EVENT_CREATED:
      take_created (self, event);
      break;
    case CAP_EVENT_UPDATED:
      take_updated (self, event);
      break;
    case CAP_EVENT_ERROR:
      take_error (self, event);
      break;
    case CAP_EVENT_FAILED:
      if (self->state == STATE_READY)
        take_failed (self, event);
      break;
    case CAP_EVENT_OTHER:
      break;
    default:
      if (self->state == STATE_READY)
        g_signal_emit (self, signals[SIGNAL_EVENT], 0, event);
      break;
    }
}

/* the connection */

static void
on_opened (CapRealtimeSession *self)
{
  self->state = STATE_CREATING;
  g_clear_pointer (&self->secret, cap_secret_unref);
  cap_alarm_set (self->alarm, ANSWER_MS);
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
      take_event (self, event);
      return;
    }

  g_auto (CapEvidence) evidence = { .stage = stage_of (self), .network = g_steal_pointer (&error) };
  end_for_evidence (self, &evidence);
}

static void
on_closed (CapRealtimeSession *self, const CapEvidence *evidence)
{
  g_auto (CapEvidence) copy = { 0 };

  if (self->state == STATE_CLOSING)
    {
      end_session (self, NULL, evidence);
      return;
    }

  cap_evidence_copy (&copy, evidence);
  if (copy.stage == CAP_STAGE_LISTEN)
    copy.stage = stage_of (self);
  end_for_evidence (self, &copy);
}

static void
on_drained (CapRealtimeSession *self)
{
  if (self->state == STATE_READY && cap_turn_sender_drained (self->speech))
    g_signal_emit (self, signals[SIGNAL_DRAINED], 0);
}

static void
open_connection (CapRealtimeSession *self, CapAuth auth)
{
  CapSessionWishes what = wishes (self);
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

      end_with_own_fault (self, CAP_REMEDY_OTHER_DOOR, CAP_ERROR_PROTOCOL_ERROR, message);
      return;
    }

  g_clear_pointer (&self->secret, cap_secret_unref);
  self->secret = cap_secret_ref (secret);
  open_connection (self, CAP_AUTH_BEARER);
}

static void
take_refusal_to_mint (CapRealtimeSession *self, const CapEvidence *evidence)
{
  g_autoptr (CapFault) fault = judge (self, evidence);

  if (leave_out_for (self, fault))
    return;
  if (fault->remedy == CAP_REMEDY_MINT_BARE && !self->mint_bare)
    {
      self->mint_bare = TRUE;
      mint (self);
      return;
    }
  if (fault->remedy == CAP_REMEDY_MINT_BARE)
    fault->remedy = CAP_REMEDY_OTHER_DOOR;
  end_session (self, fault, evidence);
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

static void
mint (CapRealtimeSession *self)
{
  CapSessionWishes what = wishes (self);

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
    mint (self);
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

  return self->state == STATE_READY ? cap_turn_sender_get_room (self->speech) : 0;
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
    cap_turn_sender_begin_turn (self->speech);
}

void
cap_realtime_session_append (CapRealtimeSession *self, const gint16 *samples, gsize n_frames)
{
  g_return_if_fail (CAP_IS_REALTIME_SESSION (self));

  if (self->state == STATE_READY)
    cap_turn_sender_append (self->speech, samples, n_frames);
}

guint
cap_realtime_session_end_turn (CapRealtimeSession *self)
{
  g_return_val_if_fail (CAP_IS_REALTIME_SESSION (self), 0);

  return self->state == STATE_READY ? cap_turn_sender_end_turn (self->speech) : 0;
}

void
cap_realtime_session_close (CapRealtimeSession *self)
{
  g_return_if_fail (CAP_IS_REALTIME_SESSION (self));

  if (self->state == STATE_CLOSING || self->state == STATE_ENDED)
    return;
  if (self->state < STATE_CREATING)
    {
      g_auto (CapEvidence) evidence = { .stage = stage_of (self) };
      end_session (self, NULL, &evidence);
      return;
    }

  self->state = STATE_CLOSING;
  cap_alarm_clear (self->alarm);
  cap_realtime_connection_close (self->connection);
}
