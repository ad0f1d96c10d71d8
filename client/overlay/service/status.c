/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/service/status.h"
#include "common/text.h"
#include "dbus/names.h"

#include <glib/gi18n.h>

/* Of a message that is not ours, columns. */
#define LONGEST 300

#define ICON_BUSY "content-loading-symbolic"
#define ICON_ERROR "dialog-error-symbolic"
#define ICON_KEY "dialog-password-symbolic"

/* What else is to be known of the error behind a state. The service explains
 * its errors itself; some of its sentences name a command, in the place of
 * which the settings dialog is at hand here. */
typedef struct
{
  const char *reason; /* without prefix; of the bus too */
  const char *icon;
  const char *sentence; /* where nobody explained it, and in other languages; or NULL */
  const char *command;  /* in a sentence that @advice takes the place of; or NULL */
  const char *advice;
  gboolean can_retry;
  gboolean to_settings;
} Reason;

static const Reason reasons[] = {
  { "NoSuchSource", "audio-volume-muted-symbolic",
    N_("What is to be captioned is not there. Captions begin when it is."), .to_settings = TRUE },
  { "AudioUnavailable", "audio-volume-muted-symbolic",
    N_("The sound system does not answer. Captions begin when it does.") },
  { "PolicyRefused", "system-lock-screen-symbolic", N_("Listening is not allowed now.") },
  { "InvalidOption", ICON_ERROR, N_("The service does not know one of the settings. See the settings."),
    .can_retry = TRUE, .to_settings = TRUE },
  { "NoSuchEngine", ICON_ERROR, N_("The chosen engine is not there any more."), "captionctl engines",
    N_("Choose another one in the settings."), TRUE, TRUE },
  { "LanguageNotSupported", ICON_ERROR,
    N_("The engine does not understand this language. Choose another one in the settings."),
    .can_retry = TRUE, .to_settings = TRUE },
  { "NotConfigured", ICON_ERROR, N_("The engine is not set up completely. See the settings."),
    "captionctl provider add", N_("Choose another engine, or set it up again, in the settings."), TRUE, TRUE },
  { "NoCredentials", ICON_KEY, N_("There is no key for the speech service. Enter the key in the settings."),
    "captionctl provider set-key", N_("Enter the key in the settings."), TRUE, TRUE },
  { "KeyringLocked", ICON_KEY, N_("The keyring is locked. Try again, and unlock it."),
    .can_retry = TRUE, .to_settings = TRUE },
  { "AuthenticationFailed", ICON_KEY,
    N_("The speech service did not accept the key. Enter the right one in the settings."),
    "captionctl provider set-key", N_("Enter the right one in the settings."), TRUE, TRUE },
  { "ModelNotFound", ICON_ERROR, N_("The speech service does not have this model. See the settings."),
    .can_retry = TRUE, .to_settings = TRUE },
  { "ModelNotSupported", ICON_ERROR, N_("This model cannot make captions. See the settings."),
    .can_retry = TRUE, .to_settings = TRUE },
  { "EndpointNotFound", ICON_ERROR, N_("There is no speech service at this address. See the settings."),
    .can_retry = TRUE, .to_settings = TRUE },
  { "RedirectRefused", ICON_ERROR,
    N_("The speech service points to another address, where no key is sent. Check the address in the settings."),
    .can_retry = TRUE, .to_settings = TRUE },
  { "TlsFailed", ICON_ERROR, N_("The connection to the speech service cannot be made safe."),
    .can_retry = TRUE, .to_settings = TRUE },
  { "QuotaExceeded", ICON_ERROR, N_("The account at the speech service has no credit left."),
    .can_retry = TRUE, .to_settings = TRUE },
  { "BudgetExhausted", "alarm-symbolic", N_("The minutes of speech of this day are used up."),
    "gsettings set", N_("The local engine, in the settings, has no limit."), TRUE, TRUE },
  { "ConnectionLost", "network-offline-symbolic",
    N_("The speech service cannot be reached. Check the network, and try again."), .can_retry = TRUE },
  { "RateLimited", ICON_BUSY, N_("The speech service takes no more for a moment. It is tried again."),
    .can_retry = TRUE },
  { "ServiceFailed", ICON_ERROR, N_("The speech service has a fault of its own."),
    .can_retry = TRUE, .to_settings = TRUE },
  { "ProtocolError", ICON_ERROR, N_("The speech service answers in a way that is not understood. See the settings."),
    .can_retry = TRUE, .to_settings = TRUE },
  { "LimitExceeded", ICON_ERROR, N_("Too many captions are open. In a minute they are tried again."),
    .can_retry = TRUE },
  /* Of the bus: nothing there would change. */
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

/* The same without the sentence that names the command, and with advice that
 * fits the place where it is read. */
static char *
replace_command (const char *message, const Reason *reason)
{
  const char *command = reason->command != NULL ? strstr (message, reason->command) : NULL;
  g_autofree char *before = NULL;
  const char *end;

  if (command == NULL)
    return g_strdup (message);

  end = g_strrstr_len (message, command - message, ". ");
  before = end != NULL ? g_strndup (message, end + 1 - message) : NULL;

  return before != NULL ? g_strconcat (before, " ", _(reason->advice), NULL) : g_strdup (_(reason->advice));
}

/* @otherwise: translated, where nobody says anything. */
static char *
explain (const CapState *state, const char *otherwise)
{
  const Reason *reason = find_reason (state);
  const char *translated = reason->sentence != NULL ? _(reason->sentence) : NULL;

  /* The service speaks English, and knows more: but who reads another language
   * is told less in theirs. */
  if (*state->message != '\0' && translated == reason->sentence)
    return replace_command (state->message, reason);

  return g_strdup (translated != NULL ? translated : *state->message != '\0' ? state->message : otherwise);
}

/* states */

static void
be_starting (CapStatus *self, const CapState *state, gboolean silent)
{
  self->kind = CAP_STATUS_WORKING;
  self->icon = ICON_BUSY;
  /* Where another stream was lost before. */
  self->sentence = g_strdup (*state->message != '\0' ? state->message : _("Captions are starting…"));
}

static void
be_connecting (CapStatus *self, const CapState *state, gboolean silent)
{
  self->kind = CAP_STATUS_WORKING;
  self->icon = ICON_BUSY;
  self->sentence = *state->remote_host != '\0'
                       ? g_strdup_printf (_("Connecting to %s…"), state->remote_host)
                       : g_strdup (_("Captions are starting…"));
}

static char *
say_silent (const CapState *state)
{
  const char *name = state->source;
  const char *colon = strchr (name, ':');

  if (g_str_equal (name, "system"))
    return g_strdup (_("Listening to what this computer plays. Nothing has been said yet."));
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

  if (cap_state_is_stood_in_for (state->state, state->engine, state->remote_host))
    {
      self->kind = CAP_STATUS_WAITING;
      self->icon = "network-offline-symbolic";
      self->can_retry = TRUE;
      self->sentence = g_strdup_printf (_("“%s” cannot be used now. The local engine stands in; nothing is sent."),
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
  self->icon = reason->reason != NULL ? reason->icon : "audio-volume-muted-symbolic";
  self->to_settings = reason->to_settings;
  self->sentence = explain (state, _("Waiting for something to listen to."));
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
    self->sentence = g_strdup_printf (_("Reconnecting to %s. What is said meanwhile is captioned later."),
                                      state->remote_host);
  else
    self->sentence = g_strdup (_("Reconnecting. What is said meanwhile is captioned later."));
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
  self->sentence = explain (state, _("Captions failed, and the caption service does not say why. Try again."));
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

/* One that a newer service knows. */
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

/* What others wrote is not ours: one line, and not for ever. */
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
  CapStatus *self = g_new0 (CapStatus, 1);
  gsize i = 0;

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
