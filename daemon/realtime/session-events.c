/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* The configuration of a session, and the effect that each event of the service
 * has on it. */

#include "realtime/session-private.h"
#include "dbus/error.h"
#include "protocol/dialects.h"

/* A service that ends a session because of an error closes it within this time
 * after the error. */
#define CLOSE_FOLLOWS_MS 1500

/* The fields that a configuration may leave out. */
#define ALL_FIELDS                                                                                     \
  (CAP_FIELD_LANGUAGE | CAP_FIELD_PROMPT | CAP_FIELD_KEYWORDS | CAP_FIELD_DELAY                        \
   | CAP_FIELD_NOISE_REDUCTION | CAP_FIELD_INCLUDE)

/* configuring */

CapSessionWishes
cap_realtime_session_get_wishes (CapRealtimeSession *self)
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
  self->sender = cap_turn_sender_new (self->dialect, self->provider, self->connection,
                                      cap_realtime_session_has_server_turns (self));
  g_signal_emit (self, cap_realtime_session_signals[SIGNAL_READY], 0);
}

static void
configure (CapRealtimeSession *self)
{
  CapSessionWishes what = cap_realtime_session_get_wishes (self);
  g_autofree char *message = self->dialect->configure (&what);

  if (message != NULL)
    cap_realtime_connection_send (self->connection, message);
  self->state = STATE_CONFIGURING;
  self->doomed = FALSE;
  if (message == NULL || !self->dialect->acknowledges)
    become_ready (self);
  else
    cap_alarm_set (self->alarm, CAP_REALTIME_SESSION_ANSWER_MS);
}

/* Configures, or mints, once more without @fields. FALSE: none of them was in
 * the configuration, so leaving them out would change nothing. @sure: the
 * service named them, so that they are worth remembering. */
static gboolean
leave_out (CapRealtimeSession *self, guint fields, gboolean sure)
{
  CapSessionWishes what = cap_realtime_session_get_wishes (self);
  guint fresh = fields & cap_session_wishes_get_fields (&what);

  if (fresh == 0)
    return FALSE;

  self->refused |= fresh;
  if (sure)
    g_signal_emit (self, cap_realtime_session_signals[SIGNAL_REFUSED], 0, fresh);
  if (self->state == STATE_MINTING)
    cap_realtime_session_mint (self);
  else
    configure (self);
  return TRUE;
}

gboolean
cap_realtime_session_leave_out_for (CapRealtimeSession *self, const CapFault *fault)
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
  cap_realtime_session_end_with_own_fault (self, CAP_REMEDY_OTHER_DOOR, CAP_ERROR_PROTOCOL_ERROR, message);
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
      cap_realtime_session_end_for_evidence (self, &evidence);
      return;
    }

  configure (self);
}

static void
take_updated (CapRealtimeSession *self, const CapEvent *event)
{
  if (self->state != STATE_CONFIGURING)
    return;

  if (!event->says_transcription || event->transcribes)
    {
      become_ready (self);
      return;
    }

  cap_realtime_session_end_with_own_fault (
    self, CAP_REMEDY_OTHER_DOOR, CAP_ERROR_PROTOCOL_ERROR,
    "The service accepted the configuration without the transcription, so it would listen and send no text. "
    "Try another model or dialect.");
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
      return cap_realtime_session_leave_out_for (self, fault)
             || (fault->remedy == CAP_REMEDY_IGNORE && !cap_service_error_is_passing (event->error)
                 && leave_out (self, ALL_FIELDS, FALSE));
    case STATE_READY:
      if (is_of_a_turn (event->error, fault))
        g_signal_emit (self, cap_realtime_session_signals[SIGNAL_EVENT], 0, event);
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
  g_auto (CapEvidence) evidence = { .stage = cap_realtime_session_get_stage (self) };
  g_autoptr (CapFault) fault = NULL;

  if (self->doomed)
    return;

  g_clear_pointer (&self->error, cap_service_error_free);
  self->error = cap_service_error_copy (event->error);
  evidence.error = cap_service_error_copy (event->error);
  fault = cap_realtime_session_judge (self, &evidence);
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
  fault = cap_realtime_session_judge (self, &evidence);
  g_signal_emit (self, cap_realtime_session_signals[SIGNAL_EVENT], 0, event);
  if (fault->remedy != CAP_REMEDY_TURN_LOST && fault->remedy != CAP_REMEDY_IGNORE)
    cap_realtime_session_end (self, fault, &evidence);
}

void
cap_realtime_session_take_event (CapRealtimeSession *self, const CapEvent *event)
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
        g_signal_emit (self, cap_realtime_session_signals[SIGNAL_EVENT], 0, event);
      break;
    }
}
