/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/service/status.h"
#include "common/text.h"
#include "dbus/names.h"

#include <glib/gi18n.h>

/* The longest sentence, in columns: one of ours and, behind it, one of the service's. */
#define LONGEST 400

#define ICON_BUSY "content-loading-symbolic"
#define ICON_ERROR "dialog-error-symbolic"
#define ICON_KEY "dialog-password-symbolic"
#define ICON_MUTED "audio-volume-muted-symbolic"

/* How the overlay presents an error. The service explains its errors in English
 * and in detail, and its sentence is shown behind ours, which is translated. */
typedef struct
{
  const char *reason;   /* the error's name without its prefix; NULL ends the table */
  const char *icon;
  const char *sentence; /* N_(): what happened and what to do; NULL when the message says it all */
  const char *command;  /* The settings dialog does what this command does, so that the service's
                         * sentence that names it is left out; or NULL. */
  gboolean can_retry;
  gboolean to_settings;
} Reason;

static const Reason reasons[] = {
  { "NoSuchSource", ICON_MUTED,
    N_("The selected audio source is not available. Captions start when it appears."),
    .to_settings = TRUE },
  { "AudioUnavailable", ICON_MUTED,
    N_("The sound system does not respond. Captions start when it does.") },
  { "PolicyRefused", "system-lock-screen-symbolic",
    N_("Listening is not allowed at the moment.") },
  { "InvalidOption", ICON_ERROR,
    N_("The caption service does not accept one of the settings. Check the settings."),
    .can_retry = TRUE, .to_settings = TRUE },
  { "NoSuchEngine", ICON_ERROR,
    N_("The selected engine no longer exists. Select another one in the settings."),
    "captionctl engines", TRUE, TRUE },
  { "LanguageNotSupported", ICON_ERROR,
    N_("The selected engine does not support this language. Select another one in the settings."),
    .can_retry = TRUE, .to_settings = TRUE },
  { "NotConfigured", ICON_ERROR,
    N_("The selected engine is not set up completely. Check the settings."),
    "captionctl provider add", TRUE, TRUE },
  { "NoCredentials", ICON_KEY,
    N_("The speech service needs a key. Enter it in the settings."),
    "captionctl provider set-key", TRUE, TRUE },
  { "KeyringLocked", ICON_KEY,
    N_("The keyring is locked. Try again and unlock it."),
    .can_retry = TRUE, .to_settings = TRUE },
  { "AuthenticationFailed", ICON_KEY,
    N_("The speech service rejected the key. Enter the correct key in the settings."),
    "captionctl provider set-key", TRUE, TRUE },
  { "ModelNotFound", ICON_ERROR,
    N_("The speech service does not have this model. Check the settings."),
    .can_retry = TRUE, .to_settings = TRUE },
  { "ModelNotSupported", ICON_ERROR,
    N_("This model cannot produce captions. Select another one in the settings."),
    .can_retry = TRUE, .to_settings = TRUE },
  { "EndpointNotFound", ICON_ERROR,
    N_("There is no speech service at this address. Check the settings."),
    .can_retry = TRUE, .to_settings = TRUE },
  { "RedirectRefused", ICON_ERROR,
    N_("The speech service redirects to another address. Check the address in the settings."),
    .can_retry = TRUE, .to_settings = TRUE },
  { "TlsFailed", ICON_ERROR,
    N_("A secure connection to the speech service is not possible. Check the settings."),
    .can_retry = TRUE, .to_settings = TRUE },
  { "QuotaExceeded", ICON_ERROR,
    N_("Your account at the speech service has no credit left. Add credit or use the local engine."),
    .can_retry = TRUE, .to_settings = TRUE },
  { "BudgetExhausted", "alarm-symbolic",
    N_("The daily limit for speech services is reached. The local engine has no limit."),
    "gsettings set", TRUE, TRUE },
  { "ConnectionLost", "network-offline-symbolic",
    N_("The speech service cannot be reached. Check your network connection."),
    .can_retry = TRUE },
  { "RateLimited", ICON_BUSY,
    N_("The speech service received too many requests. Captions resume when it accepts more."),
    .can_retry = TRUE },
  { "ServiceFailed", ICON_ERROR,
    N_("The speech service reported an internal error. Try again later."),
    .can_retry = TRUE, .to_settings = TRUE },
  { "ProtocolError", ICON_ERROR,
    N_("The speech service sent an unexpected answer. Check the settings."),
    .can_retry = TRUE, .to_settings = TRUE },
  { "LimitExceeded", ICON_ERROR,
    N_("Too many caption streams are open. The overlay tries again in a minute."),
    .can_retry = TRUE },
  /* Errors of the bus after which trying again is of no use. */
  { "Disconnected", ICON_ERROR },
  { "UnknownObject", ICON_ERROR },
  { NULL, ICON_ERROR, .can_retry = TRUE },
};

/* private */

static const Reason *
find_reason (const CapState *state)
{
  static const char *const prefixes[] = { CAP_ERROR_PREFIX, "org.freedesktop.DBus.Error." };
  const char *name = state->reason;
  const Reason *reason = reasons;

  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (name, prefixes[i]))
      name += strlen (prefixes[i]);

  while (reason->reason != NULL && !g_str_equal (reason->reason, name))
    reason++;

  return reason;
}

/* @message without the sentence that names the command; "" when there is no other. */
static char *
drop_command (const char *message, const Reason *reason)
{
  const char *command = reason->command != NULL ? strstr (message, reason->command) : NULL;
  const char *end;

  if (command == NULL)
    return g_strdup (message);

  end = g_strrstr_len (message, command - message, ". ");
  return end != NULL ? g_strndup (message, end + 1 - message) : g_strdup ("");
}

/* @otherwise: translated, for a state that comes with neither a known reason nor a message. */
static char *
explain (const CapState *state, const char *otherwise)
{
  const Reason *reason = find_reason (state);
  g_autofree char *details = drop_command (state->message, reason);

  if (reason->sentence == NULL)
    return g_strdup (*state->message != '\0' ? state->message : otherwise);
  if (*details == '\0')
    return g_strdup (_(reason->sentence));

  /* Translators: a sentence, and what the caption service adds, which is always in English. */
  return g_strdup_printf (_("%s Details: %s"), _(reason->sentence), details);
}

/* states */

static void
be_starting (CapStatus *self, const CapState *state, gboolean silent)
{
  self->kind = CAP_STATUS_WORKING;
  self->icon = ICON_BUSY;
  /* There is a message when the stream before this one was lost. */
  self->sentence = g_strdup (*state->message != '\0' ? state->message : _("Starting captions…"));
}

static void
be_connecting (CapStatus *self, const CapState *state, gboolean silent)
{
  self->kind = CAP_STATUS_WORKING;
  self->icon = ICON_BUSY;
  self->sentence = *state->remote_host != '\0'
                       ? g_strdup_printf (_("Connecting to %s…"), state->remote_host)
                       : g_strdup (_("Starting captions…"));
}

static char *
say_silent (const CapState *state)
{
  const char *name = state->source;
  const char *colon = strchr (name, ':');

  if (g_str_equal (name, "system"))
    return g_strdup (_("Listening to computer audio. Nothing has been said yet."));
  if (g_str_equal (name, "microphone"))
    return g_strdup (_("Listening to the microphone. Nothing has been said yet."));

  if (*state->description != '\0')
    name = state->description;
  else if (colon != NULL)
    name = colon + 1;
  if (*name == '\0')
    return g_strdup (_("Listening. Nothing has been said yet."));

  return g_strdup_printf (_("Listening to “%s”. Nothing has been said yet."), name);
}

static void
be_listening (CapStatus *self, const CapState *state, gboolean silent)
{
  self->icon = g_str_equal (state->source, "microphone") || g_str_has_prefix (state->source, "input:")
                   ? "audio-input-microphone-symbolic"
                   : "audio-speakers-symbolic";

  if (cap_state_uses_fallback (state->state, state->engine, state->remote_host))
    {
      self->kind = CAP_STATUS_WAITING;
      self->icon = "network-offline-symbolic";
      self->can_retry = TRUE;
      self->sentence = g_strdup_printf (_("“%s” is unavailable. The local engine has taken over; "
                                          "no audio is sent."),
                                        state->engine);
    }
  else if (silent)
    {
      self->kind = CAP_STATUS_WAITING;
      self->sentence = say_silent (state);
    }
  else
    {
      self->kind = CAP_STATUS_QUIET;
      if (*state->remote_host != '\0')
        self->icon = "network-transmit-symbolic";
    }
}

static void
be_waiting (CapStatus *self, const CapState *state, gboolean silent)
{
  const Reason *reason = find_reason (state);

  self->kind = CAP_STATUS_WAITING;
  self->icon = reason->reason != NULL ? reason->icon : ICON_MUTED;
  self->to_settings = reason->to_settings;
  self->sentence = explain (state, _("Waiting for an audio source."));
}

static void
be_reconnecting (CapStatus *self, const CapState *state, gboolean silent)
{
  self->kind = CAP_STATUS_WORKING;
  self->icon = "view-refresh-symbolic";
  self->can_retry = TRUE;

  if (*state->message != '\0')
    {
      g_autofree char *cause = explain (state, "");

      self->sentence = g_strdup_printf (_("Reconnecting. %s"), cause);
    }
  else if (*state->remote_host != '\0')
    self->sentence = g_strdup_printf (_("Reconnecting to %s. Speech in the meantime is captioned later."),
                                      state->remote_host);
  else
    self->sentence = g_strdup (_("Reconnecting. Speech in the meantime is captioned later."));
}

static void
be_paused (CapStatus *self, const CapState *state, gboolean silent)
{
  self->kind = CAP_STATUS_WAITING;
  self->icon = "media-playback-pause-symbolic";
  self->sentence = g_strdup (_("Paused. Nothing is captioned until you resume."));
}

static void
be_failed (CapStatus *self, const CapState *state, gboolean silent)
{
  const Reason *reason = find_reason (state);

  self->kind = CAP_STATUS_FAILED;
  self->icon = reason->icon;
  self->can_retry = reason->can_retry;
  self->to_settings = reason->to_settings;
  self->sentence = explain (state, _("Captions failed for an unknown reason. Try again."));
}

static void
be_closed (CapStatus *self, const CapState *state, gboolean silent)
{
  if (*state->message != '\0')
    {
      be_failed (self, state, silent);
      return;
    }

  self->kind = CAP_STATUS_WAITING;
  self->icon = "media-playback-stop-symbolic";
  self->sentence = g_strdup (_("Captions are off."));
}

/* A state that only a newer service knows. */
static void
be_unknown (CapStatus *self, const CapState *state, gboolean silent)
{
  self->kind = *state->message != '\0' ? CAP_STATUS_WORKING : CAP_STATUS_QUIET;
  self->icon = ICON_BUSY;
  self->sentence = g_strdup (state->message);
}

static const struct
{
  const char *state;
  void (*be) (CapStatus *self, const CapState *state, gboolean silent);
} states[] = {
  { "starting", be_starting },         { "connecting", be_connecting },
  { "listening", be_listening },       { "waiting", be_waiting },
  { "reconnecting", be_reconnecting }, { "paused", be_paused },
  { "failed", be_failed },             { "closed", be_closed },
  { NULL, be_unknown },
};

/* Makes one line of bounded length of a text that came over the bus. */
static char *
make_fit (char *taken)
{
  g_autofree char *text = taken;
  g_autofree char *clean = cap_text_clean (text != NULL ? text : "");

  return cap_text_head (clean, LONGEST);
}

/* public methods */

CapStatus *
cap_status_new (const CapState *state, gboolean silent)
{
  CapStatus *self;
  gsize i = 0;

  g_return_val_if_fail (state != NULL, NULL);

  self = g_new0 (CapStatus, 1);
  while (states[i].state != NULL && !g_str_equal (states[i].state, state->state))
    i++;
  states[i].be (self, state, silent);

  self->sentence = make_fit (self->sentence);
  self->remote_host = make_fit (g_strdup (state->remote_host));
  return self;
}

void
cap_status_free (CapStatus *self)
{
  g_free (self->sentence);
  g_free (self->remote_host);
  g_free (self);
}
