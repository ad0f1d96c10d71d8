/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "bus/capture-policy.h"
#include "base/alarm.h"
#include "bus/logind.h"
#include "dbus/error.h"

#define LISTEN_WHILE_LOCKED "listen-while-locked"

/* How long a stream waits for the first answer of logind. */
#define ANSWER_MS 1000

/* How long the computer waits for the last text before it sleeps. logind allows
 * 5 s; users should wait less than 2 s, including the time until the signal
 * arrives here. */
#define SETTLE_MS 1500

/* struct */

typedef struct
{
  CapStream *stream;
  CapSourceKind kind;
} Member;

struct _CapCapturePolicy
{
  GSettings *settings;
  gulong setting_changed;
  GArray *members;        /* of Member */
  CapLogind *logind;      /* NULL without members */
  CapAlarm *answer_alarm;
  CapAlarm *settle_alarm;
  gboolean unanswered;    /* logind did not answer within ANSWER_MS */
  gboolean asleep;        /* as the streams last heard it */
};

static void
clear_member (gpointer data)
{
  Member *member = data;

  g_object_unref (member->stream);
}

/* private methods */

/* A microphone or an application can reveal the people around the computer; the
 * sound of a film cannot. */
static gboolean
is_private (CapSourceKind kind)
{
  return kind == CAP_SOURCE_MICROPHONE || kind == CAP_SOURCE_INPUT || kind == CAP_SOURCE_APP;
}

static gboolean
has_answered (CapCapturePolicy *self)
{
  return self->unanswered || (self->logind != NULL && cap_logind_has_answered (self->logind));
}

static void
update_streams (CapCapturePolicy *self)
{
  for (guint i = 0; i < self->members->len; i++)
    {
      Member *member = &g_array_index (self->members, Member, i);
      g_autoptr (GError) reason = cap_capture_policy_check (self, member->kind);

      cap_stream_set_blocked (member->stream, reason);
    }
}

static gboolean
any_may_have_text (CapCapturePolicy *self)
{
  for (guint i = 0; i < self->members->len; i++)
    switch (cap_stream_get_state (g_array_index (self->members, Member, i).stream))
      {
      case CAP_STREAM_PAUSED:
      case CAP_STREAM_FAILED:
      case CAP_STREAM_CLOSED:
        break;
      default:
        return TRUE;
      }

  return FALSE;
}

/* The streams are blocked already, so no new audio comes. This lets the engines
 * finish the last utterances and close their sessions before the computer
 * sleeps: a session that is open during sleep would be dead afterwards, and its
 * text would come late. */
static void
settle_streams (CapCapturePolicy *self)
{
  for (guint i = 0; i < self->members->len; i++)
    cap_engine_rest (cap_stream_get_engine (g_array_index (self->members, Member, i).stream));
  if (any_may_have_text (self))
    cap_alarm_ensure (self->settle_alarm, SETTLE_MS);
  else
    cap_logind_ready_to_sleep (self->logind);
}

/* callbacks */

static void
on_logind_changed (CapLogind *logind, gpointer user_data)
{
  CapCapturePolicy *self = user_data;
  gboolean asleep = cap_logind_is_asleep (self->logind);

  if (cap_logind_has_answered (self->logind))
    cap_alarm_clear (self->answer_alarm);
  update_streams (self);
  if (asleep && !self->asleep)
    settle_streams (self);
  else if (!asleep)
    cap_alarm_clear (self->settle_alarm);
  self->asleep = asleep;
}

static void
on_settled (gpointer user_data)
{
  CapCapturePolicy *self = user_data;

  cap_logind_ready_to_sleep (self->logind);
}

static void
on_no_answer (gpointer user_data)
{
  CapCapturePolicy *self = user_data;

  g_info ("logind does not answer, so captiond does not know whether the session is locked");
  self->unanswered = TRUE;
  update_streams (self);
}

/* logind */

static void
ask_logind (CapCapturePolicy *self)
{
  self->logind = cap_logind_new ();
  g_signal_connect (self->logind, "changed", G_CALLBACK (on_logind_changed), self);
  cap_alarm_set (self->answer_alarm, ANSWER_MS);
}

static void
leave_logind (CapCapturePolicy *self)
{
  cap_alarm_clear (self->answer_alarm);
  cap_alarm_clear (self->settle_alarm);
  if (self->logind != NULL)
    g_signal_handlers_disconnect_by_data (self->logind, self);
  g_clear_object (&self->logind);
  self->unanswered = FALSE;
  self->asleep = FALSE;
}

/* public methods */

CapCapturePolicy *
cap_capture_policy_new (GSettings *settings)
{
  CapCapturePolicy *self;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_new0 (CapCapturePolicy, 1);
  self->settings = g_object_ref (settings);
  self->setting_changed = g_signal_connect_swapped (settings, "changed::" LISTEN_WHILE_LOCKED,
                                                    G_CALLBACK (update_streams), self);
  self->members = g_array_new (FALSE, FALSE, sizeof (Member));
  g_array_set_clear_func (self->members, clear_member);
  self->answer_alarm = cap_alarm_new ("captiond logind answer", on_no_answer, self);
  self->settle_alarm = cap_alarm_new ("captiond settle before sleep", on_settled, self);
  return self;
}

void
cap_capture_policy_free (CapCapturePolicy *self)
{
  g_return_if_fail (self != NULL);

  leave_logind (self);
  g_signal_handler_disconnect (self->settings, self->setting_changed);
  g_object_unref (self->settings);
  g_array_unref (self->members);
  cap_alarm_free (self->answer_alarm);
  cap_alarm_free (self->settle_alarm);
  g_free (self);
}

GError *
cap_capture_policy_check (CapCapturePolicy *self, CapSourceKind kind)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->logind != NULL && cap_logind_is_asleep (self->logind))
    return g_error_new_literal (CAP_ERROR, CAP_ERROR_AUDIO_UNAVAILABLE,
                                "This computer is going to sleep. Captions continue when it wakes up.");
  if (!is_private (kind) || g_settings_get_boolean (self->settings, LISTEN_WHILE_LOCKED))
    return NULL;
  if (!has_answered (self))
    return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_PENDING, "logind has not answered yet");
  if (self->logind != NULL && cap_logind_is_locked (self->logind))
    return g_error_new_literal (CAP_ERROR, CAP_ERROR_POLICY_REFUSED,
                                "The session is locked, or another session is on the screen. captiond does "
                                "not listen to microphones and applications then. Captions continue when "
                                "you come back. To caption always, run: gsettings set org.captiond "
                                LISTEN_WHILE_LOCKED " true");

  return NULL;
}

void
cap_capture_policy_add (CapCapturePolicy *self, CapStream *stream, CapSourceKind kind)
{
  Member member = { NULL, kind };

  g_return_if_fail (self != NULL);
  g_return_if_fail (CAP_IS_STREAM (stream));

  member.stream = g_object_ref (stream);
  g_array_append_val (self->members, member);
  if (self->logind == NULL)
    ask_logind (self);
}

void
cap_capture_policy_remove (CapCapturePolicy *self, CapStream *stream)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (CAP_IS_STREAM (stream));

  for (guint i = 0; i < self->members->len; i++)
    if (g_array_index (self->members, Member, i).stream == stream)
      {
        g_array_remove_index (self->members, i);
        break;
      }

  if (self->members->len == 0)
    leave_logind (self);
}
