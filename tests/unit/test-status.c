/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "common/text.h"
#include "dbus/names.h"
#include "overlay/service/status.h"

#include <libintl.h>
#include <locale.h>

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

/* Debian 12 and 13 keep icons in different folders. */
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
      /* The sentences of captiond itself are short. */
      if (expected->message == NULL)
        g_assert_cmpuint (cap_text_columns (status->sentence), <=, 95);
    }
}

static void
test_well (void)
{
  const Case cases[] = {
    { "starting", .silent = TRUE, .kind = CAP_STATUS_WORKING, .sentence = "Starting captions…" },
    { "starting", BUS_ERROR ("NameHasNoOwner"), "It has ended. It is started again.", .silent = TRUE,
      .kind = CAP_STATUS_WORKING, .sentence = "It has ended. It is started again." },
    { "connecting", .host = "api.example.org", .kind = CAP_STATUS_WORKING,
      .sentence = "Connecting to api.example.org…" },
    { "connecting", .engine = "local", .kind = CAP_STATUS_WORKING, .sentence = "Starting captions…" },
    { "listening", .source = "system", .engine = "local", .silent = TRUE, .kind = CAP_STATUS_WAITING,
      .description = "Built-in Audio", .icon = "audio-speakers-symbolic",
      .sentence = "Listening to computer audio. Nothing has been said yet." },
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
      .sentence = "“cloud” is unavailable. The local engine has taken over; no audio is sent." },
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
    { "waiting", ERROR ("NoSuchSource"), "No application called “Foo” is playing.",
      .kind = CAP_STATUS_WAITING, .to_settings = TRUE, .icon = "audio-volume-muted-symbolic",
      .sentence = "The selected audio source is not available. Captions start when it appears. "
                  "Details: No application called “Foo” is playing." },
    { "waiting", ERROR ("NoSuchSource"), .kind = CAP_STATUS_WAITING, .to_settings = TRUE,
      .sentence = "The selected audio source is not available. Captions start when it appears." },
    { "waiting", ERROR ("PolicyRefused"), "The session is locked.", .kind = CAP_STATUS_WAITING,
      .sentence = "Listening is not allowed at the moment. Details: The session is locked.",
      .icon = "system-lock-screen-symbolic" },
    { "waiting", ERROR ("AudioUnavailable"), .kind = CAP_STATUS_WAITING,
      .sentence = "The sound system does not respond. Captions start when it does." },
    { "waiting", .kind = CAP_STATUS_WAITING, .sentence = "Waiting for an audio source." },
    { "reconnecting", ERROR ("ConnectionLost"), "The connection was lost.", .host = "api.example.org",
      .kind = CAP_STATUS_WORKING, .can_retry = TRUE,
      .sentence = "Reconnecting. The speech service cannot be reached. Check your network connection. "
                  "Details: The connection was lost." },
    { "reconnecting", .host = "api.example.org", .kind = CAP_STATUS_WORKING, .can_retry = TRUE,
      .sentence = "Reconnecting to api.example.org. Speech in the meantime is captioned later." },
    { "reconnecting", .kind = CAP_STATUS_WORKING, .can_retry = TRUE,
      .sentence = "Reconnecting. Speech in the meantime is captioned later." },
  };

  check (cases, G_N_ELEMENTS (cases));
}

/* The sentence in which the service names a command is left out, because the
 * settings do the same. */
static void
test_failed (void)
{
  const Case cases[] = {
    { "failed", ERROR ("NoCredentials"), "There is no key for my. Store it with: captionctl provider set-key my",
      .kind = CAP_STATUS_FAILED, .can_retry = TRUE, .to_settings = TRUE, .icon = "dialog-password-symbolic",
      .sentence = "The speech service needs a key. Enter it in the settings. Details: There is no key for my." },
    { "failed", ERROR ("NoCredentials"), "This session has no keyring. Start one.", .kind = CAP_STATUS_FAILED,
      .can_retry = TRUE, .to_settings = TRUE,
      .sentence = "The speech service needs a key. Enter it in the settings. "
                  "Details: This session has no keyring. Start one." },
    { "failed", ERROR ("NoCredentials"), "Store a key: captionctl provider set-key my",
      .kind = CAP_STATUS_FAILED, .can_retry = TRUE, .to_settings = TRUE,
      .sentence = "The speech service needs a key. Enter it in the settings." },
    { "failed", ERROR ("AuthenticationFailed"), .host = "api.example.org", .kind = CAP_STATUS_FAILED,
      .can_retry = TRUE, .to_settings = TRUE,
      .sentence = "The speech service rejected the key. Enter the correct key in the settings." },
    { "failed", ERROR ("KeyringLocked"), .kind = CAP_STATUS_FAILED, .can_retry = TRUE, .to_settings = TRUE,
      .sentence = "The keyring is locked. Try again and unlock it." },
    { "failed", ERROR ("ModelNotFound"), "There is none. Set it: captionctl provider set my --model NAME",
      .kind = CAP_STATUS_FAILED, .can_retry = TRUE, .to_settings = TRUE,
      .sentence = "The speech service does not have this model. Check the settings. "
                  "Details: There is none. Set it: captionctl provider set my --model NAME" },
    { "failed", ERROR ("BudgetExhausted"),
      "The limit is reached until midnight. To raise it: gsettings set org.captiond daily-minutes MINUTES",
      .kind = CAP_STATUS_FAILED, .can_retry = TRUE, .to_settings = TRUE,
      .sentence = "The daily limit for speech services is reached. The local engine has no limit. "
                  "Details: The limit is reached until midnight." },
    { "failed", ERROR ("NotConfigured"), .kind = CAP_STATUS_FAILED, .can_retry = TRUE, .to_settings = TRUE,
      .sentence = "The selected engine is not set up completely. Check the settings." },
    { "failed", ERROR ("OfTomorrow"), "Something new.", .kind = CAP_STATUS_FAILED, .can_retry = TRUE,
      .sentence = "Something new." },
    { "failed", .kind = CAP_STATUS_FAILED, .can_retry = TRUE, .icon = "dialog-error-symbolic",
      .sentence = "Captions failed for an unknown reason. Try again." },
    { "failed", ERROR ("TlsFailed"), "two\nlines \033[31mred", .kind = CAP_STATUS_FAILED, .can_retry = TRUE,
      .to_settings = TRUE,
      .sentence = "A secure connection to the speech service is not possible. Check the settings. "
                  "Details: two lines [31mred" },
  };

  check (cases, G_N_ELEMENTS (cases));
}

static void
test_bus (void)
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

/* A translated sentence comes first, for readers of every language. The service's own
 * message follows. */
static void
test_german (void)
{
  const Case cases[] = {
    { "failed", ERROR ("AuthenticationFailed"), "api.example.org did not accept the key.",
      .kind = CAP_STATUS_FAILED, .can_retry = TRUE, .to_settings = TRUE,
      .sentence = "Der Sprachdienst hat den Schlüssel abgelehnt. Geben Sie in den Einstellungen den richtigen "
                  "ein. Einzelheiten: api.example.org did not accept the key." },
    { "reconnecting", ERROR ("ServiceFailed"), "api.example.org has too much to do.",
      .kind = CAP_STATUS_WORKING, .can_retry = TRUE,
      .sentence = "Verbindung wird neu aufgebaut. Der Sprachdienst meldet einen internen Fehler. Versuchen Sie "
                  "es später noch einmal. Einzelheiten: api.example.org has too much to do." },
    { "failed", ERROR ("OfTomorrow"), "Something new.", .kind = CAP_STATUS_FAILED, .can_retry = TRUE,
      .sentence = "Something new." },
  };
  const char *build = g_getenv ("CAPTIOND_BUILDDIR");
  g_autofree char *translations = g_build_filename (build, "po", NULL);
  g_autofree char *locales = g_build_filename (build, "tests", "tools", NULL);

  g_setenv ("LOCPATH", locales, TRUE);
  if (setlocale (LC_ALL, "de_DE.UTF-8") == NULL)
    {
      g_test_skip ("there is no German locale: the package locales is not installed");
      return;
    }

  g_setenv ("LANGUAGE", "de", TRUE);
  bindtextdomain ("captiond", translations);
  textdomain ("captiond");
  check (cases, G_N_ELEMENTS (cases));
  g_setenv ("LANGUAGE", "", TRUE);
  setlocale (LC_ALL, "C");
}

/* A message of any length must not fill the screen. */
static void
test_long (void)
{
  g_autofree char *message = g_strnfill (1000 * 1000, 'x');
  const Case given = { "failed", .message = message };
  g_autoptr (CapStatus) status = judge (&given);

  g_assert_cmpuint (cap_text_columns (status->sentence), ==, 400);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/status/well", test_well);
  g_test_add_func ("/status/waiting", test_waiting);
  g_test_add_func ("/status/failed", test_failed);
  g_test_add_func ("/status/bus", test_bus);
  g_test_add_func ("/status/german", test_german);
  g_test_add_func ("/status/long", test_long);

  return g_test_run ();
}
