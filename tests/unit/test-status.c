/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "common/text.h"
#include "dbus/names.h"
#include "overlay/service/status.h"

#define ERROR(name) CAP_ERROR_PREFIX name
#define BUS_ERROR(name) "org.freedesktop.DBus.Error." name
#define ICONS "/usr/share/icons/Adwaita"

typedef struct
{
  const char *state, *reason, *message, *source, *description, *engine, *host;
  gboolean silent;

  CapStatusKind kind;
  const char *sentence;
  const char *icon;
  gboolean can_retry, to_settings;
} Case;

static CapStatus *
judge (const Case *given)
{
#define OR_EMPTY(text) ((text) != NULL ? (text) : "")
  const CapState state = {
    .stream = "/org/captiond/Captions1/stream/1",
    .state = given->state,
    .reason = OR_EMPTY (given->reason),
    .message = OR_EMPTY (given->message),
    .source = OR_EMPTY (given->source),
    .description = OR_EMPTY (given->description),
    .engine = OR_EMPTY (given->engine),
    .remote_host = OR_EMPTY (given->host),
    .language = "",
  };
#undef OR_EMPTY

  return cap_status_new (&state, given->silent);
}

/* Debian 12 and 13 keep them in different folders. */
static gboolean
is_installed (const char *icon)
{
  static const char *const folders[] = { "actions", "status", "devices" };

  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *old = g_strdup_printf (ICONS "/scalable/%s/%s.svg", folders[i], icon);
      g_autofree char *new = g_strdup_printf (ICONS "/symbolic/%s/%s.svg", folders[i], icon);

      if (g_file_test (old, G_FILE_TEST_EXISTS) || g_file_test (new, G_FILE_TEST_EXISTS))
        return TRUE;
    }

  return FALSE;
}

static void
check (const Case *cases, gsize n_cases)
{
  gboolean icons = is_installed ("dialog-error-symbolic");

  for (gsize i = 0; i < n_cases; i++)
    {
      const Case *expected = &cases[i];
      g_autoptr (CapStatus) status = judge (expected);

      g_test_message ("%s %s: %s", expected->state, expected->reason, status->sentence);
      g_assert_cmpstr (status->sentence, ==, expected->sentence);
      g_assert_cmpint (status->kind, ==, expected->kind);
      g_assert_cmpint (status->can_retry, ==, expected->can_retry);
      g_assert_cmpint (status->to_settings, ==, expected->to_settings);
      g_assert_cmpstr (status->remote_host, ==, expected->host != NULL ? expected->host : "");
      if (expected->icon != NULL)
        g_assert_cmpstr (status->icon, ==, expected->icon);
      g_assert_true (!icons || is_installed (status->icon));
      /* What is not the service's own is short. */
      if (expected->message == NULL)
        g_assert_cmpuint (cap_text_columns (status->sentence), <=, 90);
    }
}

static void
test_well (void)
{
  const Case cases[] = {
    { "starting", .silent = TRUE, .kind = CAP_STATUS_WORKING, .sentence = "Captions are starting…" },
    { "starting", BUS_ERROR ("NameHasNoOwner"), "It has ended. It is started again.", .silent = TRUE,
      .kind = CAP_STATUS_WORKING, .sentence = "It has ended. It is started again." },
    { "connecting", .host = "api.example.org", .kind = CAP_STATUS_WORKING,
      .sentence = "Connecting to api.example.org…" },
    { "connecting", .engine = "local", .kind = CAP_STATUS_WORKING, .sentence = "Captions are starting…" },
    { "listening", .source = "system", .engine = "local", .silent = TRUE, .kind = CAP_STATUS_WAITING,
      .description = "Built-in Audio", .icon = "audio-speakers-symbolic",
      .sentence = "Listening to what this computer plays. Nothing has been said yet." },
    { "listening", .source = "microphone", .engine = "cloud", .host = "api.example.org", .silent = TRUE,
      .kind = CAP_STATUS_WAITING, .icon = "audio-input-microphone-symbolic",
      .sentence = "Listening to the microphone. Nothing has been said yet." },
    { "listening", .source = "app:Firefox", .engine = "local", .silent = TRUE, .kind = CAP_STATUS_WAITING,
      .sentence = "Listening to “Firefox”. Nothing has been said yet." },
    { "listening", .source = "input:alsa_input.usb", .description = "USB Headset", .engine = "local",
      .silent = TRUE, .kind = CAP_STATUS_WAITING, .icon = "audio-input-microphone-symbolic",
      .sentence = "Listening to “USB Headset”. Nothing has been said yet." },
    { "listening", .engine = "local", .silent = TRUE, .kind = CAP_STATUS_WAITING,
      .sentence = "Listening. Nothing has been said yet." },
    { "listening", .source = "system", .engine = "local", .kind = CAP_STATUS_QUIET, .sentence = "" },
    { "listening", .source = "system", .engine = "cloud", .host = "api.example.org",
      .kind = CAP_STATUS_QUIET, .sentence = "", .icon = "network-transmit-symbolic" },
    { "listening", .source = "system", .engine = "cloud", .kind = CAP_STATUS_WAITING, .can_retry = TRUE,
      .sentence = "“cloud” cannot be used now. The local engine stands in; nothing is sent." },
    { "paused", .engine = "cloud", .host = "api.example.org", .kind = CAP_STATUS_WAITING,
      .icon = "media-playback-pause-symbolic",
      .sentence = "Paused. Nothing is captioned until you resume." },
    { "closed", .silent = TRUE, .kind = CAP_STATUS_WAITING, .sentence = "Captions are off." },
  };

  check (cases, G_N_ELEMENTS (cases));
}

static void
test_waiting (void)
{
  const Case cases[] = {
    { "waiting", ERROR ("NoSuchSource"), "No application called “Foo” is playing. Captions begin when it does.",
      .kind = CAP_STATUS_WAITING, .to_settings = TRUE, .icon = "audio-volume-muted-symbolic",
      .sentence = "No application called “Foo” is playing. Captions begin when it does." },
    { "waiting", ERROR ("NoSuchSource"), .kind = CAP_STATUS_WAITING, .to_settings = TRUE,
      .sentence = "What is to be captioned is not there. Captions begin when it is." },
    { "waiting", ERROR ("PolicyRefused"), "The session is locked.", .kind = CAP_STATUS_WAITING,
      .sentence = "The session is locked.", .icon = "system-lock-screen-symbolic" },
    { "waiting", ERROR ("AudioUnavailable"), .kind = CAP_STATUS_WAITING,
      .sentence = "The sound system does not answer. Captions begin when it does." },
    { "waiting", .kind = CAP_STATUS_WAITING, .sentence = "Waiting for something to listen to." },
    { "reconnecting", ERROR ("ConnectionLost"), "The connection was lost.", .host = "api.example.org",
      .kind = CAP_STATUS_WORKING, .can_retry = TRUE, .sentence = "Reconnecting. The connection was lost." },
    { "reconnecting", .host = "api.example.org", .kind = CAP_STATUS_WORKING, .can_retry = TRUE,
      .sentence = "Reconnecting to api.example.org. What is said meanwhile is captioned later." },
    { "reconnecting", .kind = CAP_STATUS_WORKING, .can_retry = TRUE,
      .sentence = "Reconnecting. What is said meanwhile is captioned later." },
  };

  check (cases, G_N_ELEMENTS (cases));
}

/* Where the service names a command, the settings are meant here. */
static void
test_failed (void)
{
  const Case cases[] = {
    { "failed", ERROR ("NoCredentials"), "There is no key for my. Store it with: captionctl provider set-key my",
      .kind = CAP_STATUS_FAILED, .can_retry = TRUE, .to_settings = TRUE, .icon = "dialog-password-symbolic",
      .sentence = "There is no key for my. Enter the key in the settings." },
    { "failed", ERROR ("NoCredentials"), "This session has no keyring. Start one.", .kind = CAP_STATUS_FAILED,
      .can_retry = TRUE, .to_settings = TRUE, .sentence = "This session has no keyring. Start one." },
    { "failed", ERROR ("NoCredentials"), "Store a key: captionctl provider set-key my",
      .kind = CAP_STATUS_FAILED, .can_retry = TRUE, .to_settings = TRUE,
      .sentence = "Enter the key in the settings." },
    { "failed", ERROR ("AuthenticationFailed"), .host = "api.example.org", .kind = CAP_STATUS_FAILED,
      .can_retry = TRUE, .to_settings = TRUE,
      .sentence = "The speech service did not accept the key. Enter the right one in the settings." },
    { "failed", ERROR ("KeyringLocked"), .kind = CAP_STATUS_FAILED, .can_retry = TRUE, .to_settings = TRUE,
      .sentence = "The keyring is locked. Try again, and unlock it." },
    { "failed", ERROR ("ModelNotFound"), "There is none. Set it: captionctl provider set my --model NAME",
      .kind = CAP_STATUS_FAILED, .can_retry = TRUE, .to_settings = TRUE,
      .sentence = "There is none. Set it: captionctl provider set my --model NAME" },
    { "failed", ERROR ("BudgetExhausted"),
      "The limit is reached until midnight. To raise it: gsettings set org.captiond daily-minutes MINUTES",
      .kind = CAP_STATUS_FAILED, .can_retry = TRUE, .to_settings = TRUE,
      .sentence = "The limit is reached until midnight. The local engine, in the settings, has no limit." },
    { "failed", ERROR ("NotConfigured"), .kind = CAP_STATUS_FAILED, .can_retry = TRUE, .to_settings = TRUE,
      .sentence = "The engine is not set up completely. See the settings." },
    { "failed", ERROR ("OfTomorrow"), "Something new.", .kind = CAP_STATUS_FAILED, .can_retry = TRUE,
      .sentence = "Something new." },
    { "failed", .kind = CAP_STATUS_FAILED, .can_retry = TRUE, .icon = "dialog-error-symbolic",
      .sentence = "Captions failed, and the caption service does not say why. Try again." },
    { "failed", ERROR ("TlsFailed"), "two\nlines \033[31mred", .kind = CAP_STATUS_FAILED, .can_retry = TRUE,
      .to_settings = TRUE, .sentence = "two lines [31mred" },
  };

  check (cases, G_N_ELEMENTS (cases));
}

static void
test_session (void)
{
  const Case cases[] = {
    { "failed", BUS_ERROR ("ServiceUnknown"), "Not installed.", .kind = CAP_STATUS_FAILED, .can_retry = TRUE,
      .sentence = "Not installed." },
    { "failed", BUS_ERROR ("UnknownObject"), "Ended.", .kind = CAP_STATUS_FAILED, .sentence = "Ended." },
    { "closed", BUS_ERROR ("Disconnected"), "The bus is gone.", .kind = CAP_STATUS_FAILED,
      .sentence = "The bus is gone." },
    { "of-tomorrow", .kind = CAP_STATUS_QUIET, .sentence = "" },
    { "of-tomorrow", .message = "Something is done.", .kind = CAP_STATUS_WORKING,
      .sentence = "Something is done." },
  };

  check (cases, G_N_ELEMENTS (cases));
}

/* A service gone wild does not fill the screen. */
static void
test_long (void)
{
  g_autofree char *message = g_strnfill (1000 * 1000, 'x');
  const Case given = { "failed", .message = message };
  g_autoptr (CapStatus) status = judge (&given);

  g_assert_cmpuint (cap_text_columns (status->sentence), ==, 300);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/status/well", test_well);
  g_test_add_func ("/status/waiting", test_waiting);
  g_test_add_func ("/status/failed", test_failed);
  g_test_add_func ("/status/session", test_session);
  g_test_add_func ("/status/long", test_long);

  return g_test_run ();
}
