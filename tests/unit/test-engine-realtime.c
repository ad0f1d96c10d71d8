/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* Tests the engine with scripted sessions: this file implements realtime/session.h in
 * place of the library. */

#include "base/alarm.h"
#include "dbus/error.h"
#include "realtime/engine-realtime.h"
#include "realtime/session.h"

#define G_SETTINGS_ENABLE_BACKEND
#include <gio/gsettingsbackend.h>
#include <glib/gstdio.h>
#include <string.h>

#define SECOND CAP_AUDIO_MS (1000)
#define MINUTE (60 * SECOND)

/* scripted sessions */

struct _CapRealtimeSession
{
  GObject parent_instance;

  const CapDialect *dialect;
  CapAlarm *alarm;
  gboolean ready, closing;
  guint64 n_frames;
  guint n_turns;
};

G_DEFINE_FINAL_TYPE (CapRealtimeSession, cap_realtime_session, G_TYPE_OBJECT)

/* The open sessions, oldest first. */
static GPtrArray *sessions;
static guint n_sessions;
static gint64 expires_in; /* seconds; 0: sessions do not know */
static gboolean server_turns;

static void
on_alarm (gpointer data)
{
  CapRealtimeSession *self = data;

  if (self->closing)
    g_signal_emit_by_name (self, "ended", NULL, NULL);
  else
    {
      self->ready = TRUE;
      g_signal_emit_by_name (self, "ready");
    }
}

static void
cap_realtime_session_finalize (GObject *object)
{
  CapRealtimeSession *self = CAP_REALTIME_SESSION (object);

  g_ptr_array_remove (sessions, self);
  cap_alarm_free (self->alarm);
  G_OBJECT_CLASS (cap_realtime_session_parent_class)->finalize (object);
}

static void
cap_realtime_session_init (CapRealtimeSession *self)
{
  self->alarm = cap_alarm_new ("session of a test", on_alarm, self);
}

static void
cap_realtime_session_class_init (CapRealtimeSessionClass *klass)
{
  const GType pointer = G_TYPE_POINTER;
  const GType type = CAP_TYPE_REALTIME_SESSION;

  G_OBJECT_CLASS (klass)->finalize = cap_realtime_session_finalize;
  g_signal_new ("ready", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("event", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, pointer);
  g_signal_new ("drained", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("refused", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  g_signal_new ("ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, pointer, pointer);
}

CapRealtimeSession *
cap_realtime_session_new (const CapDialect *dialect, CapProvider *provider, const char *language,
                          gboolean minted, guint refused, CapSecret *secret)
{
  CapRealtimeSession *self = g_object_new (CAP_TYPE_REALTIME_SESSION, NULL);

  self->dialect = dialect;
  g_ptr_array_add (sessions, self);
  n_sessions++;
  return self;
}

void
cap_realtime_session_set_diagnosing (CapRealtimeSession *self)
{
}

void
cap_realtime_session_start (CapRealtimeSession *self)
{
  cap_alarm_set (self->alarm, 0);
}

gboolean
cap_realtime_session_has_server_turns (CapRealtimeSession *self)
{
  return server_turns;
}

const CapDialect *
cap_realtime_session_get_dialect (CapRealtimeSession *self)
{
  return self->dialect;
}

const CapDialect *
cap_realtime_session_get_recognised (CapRealtimeSession *self)
{
  return NULL;
}

const char *
cap_realtime_session_get_url (CapRealtimeSession *self)
{
  return "";
}

gint64
cap_realtime_session_get_expires_at (CapRealtimeSession *self)
{
  return expires_in != 0 ? g_get_real_time () / G_USEC_PER_SEC + expires_in : 0;
}

void
cap_realtime_session_check (CapRealtimeSession *self)
{
}

gsize
cap_realtime_session_get_room (CapRealtimeSession *self)
{
  return self->ready ? 5 * SECOND : 0;
}

void
cap_realtime_session_begin_turn (CapRealtimeSession *self)
{
}

void
cap_realtime_session_append (CapRealtimeSession *self, const gint16 *samples, gsize n_frames)
{
  self->n_frames += n_frames;
}

guint
cap_realtime_session_end_turn (CapRealtimeSession *self)
{
  self->n_turns++;
  return 0;
}

void
cap_realtime_session_close (CapRealtimeSession *self)
{
  self->closing = TRUE;
  self->ready = FALSE;
  cap_alarm_set (self->alarm, 0);
}

/* The newest session. */
static CapRealtimeSession *
session (void)
{
  return sessions->len > 0 ? g_ptr_array_index (sessions, sessions->len - 1) : NULL;
}

static void
send (CapEventKind kind, const char *item, const char *text)
{
  CapEvent event = { .kind = kind, .item_id = (char *) item, .text = (char *) text, .confidence = -1,
                     .billed_seconds = -1 };

  g_signal_emit_by_name (session (), "event", &event);
}

/* Breaks the oldest session. */
static void
break_session (CapRemedy remedy, int code)
{
  g_autoptr (GError) error = g_error_new (CAP_ERROR, code, "It broke.");
  CapFault fault = { .remedy = remedy, .error = error };
  g_autoptr (CapRealtimeSession) kept = g_object_ref (g_ptr_array_index (sessions, 0));

  kept->ready = FALSE;
  g_signal_emit_by_name (kept, "ended", &fault, NULL);
}

/* fixture */

typedef struct
{
  char *folder;
  GSettings *settings;
  CapProviders *providers;
  CapCredentials *credentials;
  CapLearnt *learnt;
  CapBudget *budget;
  CapEngine *engine;
  guint64 position;  /* position of the next push */
  guint64 rewound;   /* position of the last rewind */
  guint n_rewinds;
  gint n_spent;
  GString *said;     /* final texts, as "begin in seconds:text;" */
} Fixture;

static void
on_hypothesis (Fixture *fixture, const CapHypothesis *hypothesis)
{
  if (hypothesis->final)
    g_string_append_printf (fixture->said, "%d:%s;", (int) (hypothesis->begin / SECOND), hypothesis->text);
}

static void
on_rewind (Fixture *fixture, guint64 position)
{
  fixture->n_rewinds++;
  fixture->rewound = fixture->position = position;
}

static void
set_provider (Fixture *fixture, const char *key, GVariant *value)
{
  g_autoptr (GVariant) settings = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "dialect", "s", "openai");
  g_variant_dict_insert (&dict, "url", "s", "http://127.0.0.1:9/v1");
  g_variant_dict_insert (&dict, "model", "s", "gpt-live-transcribe");
  g_variant_dict_insert (&dict, "auth", "s", key != NULL && g_str_equal (key, "token-command") ? key : "none");
  if (key != NULL)
    g_variant_dict_insert_value (&dict, key, value);
  settings = g_variant_ref_sink (g_variant_dict_end (&dict));
  g_assert_true (cap_providers_set (fixture->providers, "cloud", settings, NULL));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSettingsBackend) backend = g_memory_settings_backend_new ();
  g_autofree char *learnt = NULL, *minutes = NULL;

  sessions = g_ptr_array_new ();
  n_sessions = 0;
  expires_in = 0;
  server_turns = FALSE;
  fixture->folder = g_dir_make_tmp ("engine-realtime-XXXXXX", NULL);
  learnt = g_build_filename (fixture->folder, "learnt", NULL);
  minutes = g_build_filename (fixture->folder, "minutes", NULL);
  fixture->settings = g_settings_new_with_backend ("org.captiond", backend);
  fixture->providers = cap_providers_new (fixture->settings);
  fixture->credentials = cap_credentials_new ();
  fixture->learnt = cap_learnt_new (learnt);
  fixture->budget = cap_budget_new (fixture->settings, minutes);
  fixture->said = g_string_new (NULL);
  set_provider (fixture, NULL, NULL);
  fixture->engine = cap_engine_realtime_new ("cloud", "", fixture->providers, fixture->credentials,
                                             fixture->learnt, fixture->budget, GPOINTER_TO_UINT (data));
  g_signal_connect_swapped (fixture->engine, "hypothesis", G_CALLBACK (on_hypothesis), fixture);
  g_signal_connect_swapped (fixture->engine, "rewind", G_CALLBACK (on_rewind), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  g_assert_finalize_object (fixture->engine);
  g_assert_cmpuint (sessions->len, ==, 0);
  g_ptr_array_unref (sessions);
  g_object_unref (fixture->budget);
  g_object_unref (fixture->learnt);
  g_object_unref (fixture->credentials);
  g_object_unref (fixture->providers);
  g_object_unref (fixture->settings);
  g_string_free (fixture->said, TRUE);
  dir = g_dir_open (fixture->folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
}

static gboolean
on_too_long (gpointer data)
{
  g_error ("timed out waiting for %s", (const char *) data);
  return G_SOURCE_REMOVE;
}

#define WAIT_FOR(condition)                                                                            \
  G_STMT_START                                                                                         \
  {                                                                                                    \
    guint too_long = g_timeout_add_seconds (120, on_too_long, #condition);                              \
    while (!(condition))                                                                               \
      g_main_context_iteration (NULL, TRUE);                                                           \
    g_source_remove (too_long);                                                                        \
  }                                                                                                    \
  G_STMT_END

static void
wait_for_state (Fixture *fixture, CapEngineState state)
{
  WAIT_FOR (cap_engine_get_state (fixture->engine) == state);
}

static gsize
push (Fixture *fixture)
{
  static const gint16 samples[SECOND];
  gsize n = cap_engine_push (fixture->engine, fixture->position, samples, SECOND);

  fixture->position += n;
  return n;
}

/* Sends a turn of one second, then one second of silence. */
static void
speak (Fixture *fixture)
{
  cap_engine_speech_begins (fixture->engine, fixture->position);
  g_assert_cmpuint (push (fixture), ==, SECOND);
  cap_engine_speech_ends (fixture->engine, fixture->position, CAP_GATE_PAUSE);
  g_assert_cmpuint (push (fixture), ==, SECOND);
}

static void
start (Fixture *fixture)
{
  cap_engine_start (fixture->engine);
  wait_for_state (fixture, CAP_ENGINE_READY);
}

/* lost turns */

static void
test_a_lost_turn_is_asked_again (Fixture *fixture, gconstpointer data)
{
  start (fixture);
  speak (fixture);
  send (CAP_EVENT_FAILED, "A", NULL);
  WAIT_FOR (n_sessions == 2 && cap_engine_get_state (fixture->engine) == CAP_ENGINE_READY);
  g_assert_cmpuint (fixture->rewound, ==, 0);
  speak (fixture);
  send (CAP_EVENT_COMPLETED, "B", "again");
  g_assert_cmpstr (fixture->said->str, ==, "0:again;");
}

static void
test_turns_lost_together_are_all_asked_again (Fixture *fixture, gconstpointer data)
{
  start (fixture);
  speak (fixture);
  speak (fixture);
  send (CAP_EVENT_COMMITTED, "A", NULL);
  send (CAP_EVENT_COMMITTED, "B", NULL);
  send (CAP_EVENT_FAILED, "B", NULL);
  send (CAP_EVENT_FAILED, "A", NULL);
  WAIT_FOR (n_sessions == 2 && cap_engine_get_state (fixture->engine) == CAP_ENGINE_READY);
  g_assert_cmpstr (fixture->said->str, ==, "");
  g_assert_cmpuint (fixture->rewound, ==, 0);
  speak (fixture);
  speak (fixture);
  send (CAP_EVENT_COMPLETED, "C", "one");
  send (CAP_EVENT_COMPLETED, "D", "two");
  g_assert_cmpstr (fixture->said->str, ==, "0:one;2:two;");
}

/* actions that wait for a pause, when no pause comes */

static void
test_other_settings_and_a_lost_turn (Fixture *fixture, gconstpointer data)
{
  start (fixture);
  speak (fixture);
  set_provider (fixture, "prompt", g_variant_new_string ("Another."));
  send (CAP_EVENT_FAILED, "A", NULL);
  WAIT_FOR (fixture->n_rewinds > 0);
  /* A stream also marks the speech again after a rewind. */
  cap_engine_speech_begins (fixture->engine, fixture->position);
  WAIT_FOR (push (fixture) > 0);
  cap_engine_speech_ends (fixture->engine, fixture->position, CAP_GATE_PAUSE);
  send (CAP_EVENT_COMPLETED, "B", "again");
  g_assert_cmpstr (fixture->said->str, ==, "0:again;");
}

/* The session that was replaced ends before it sends its last text. */
static void
test_other_settings_and_a_lost_last_session (Fixture *fixture, gconstpointer data)
{
  expires_in = 4;
  start (fixture);
  cap_engine_speech_begins (fixture->engine, fixture->position);
  g_assert_cmpuint (push (fixture), ==, SECOND);
  WAIT_FOR (sessions->len == 2 && session ()->ready);
  cap_engine_speech_ends (fixture->engine, fixture->position, CAP_GATE_PAUSE);
  set_provider (fixture, "prompt", g_variant_new_string ("Another."));
  g_assert_cmpuint (fixture->n_rewinds, ==, 0);
  break_session (CAP_REMEDY_RENEW, CAP_ERROR_CONNECTION_LOST);
  g_assert_cmpuint (fixture->n_rewinds, ==, 1);
  g_assert_cmpuint (fixture->rewound, ==, 0);
}

static void
test_spent_minutes_and_a_lost_session (Fixture *fixture, gconstpointer data)
{
  g_settings_set_uint (fixture->settings, "daily-minutes", 1);
  start (fixture);
  cap_budget_spend (fixture->budget, MINUTE - SECOND);
  speak (fixture);
  g_signal_connect_swapped (fixture->budget, "changed", G_CALLBACK (g_atomic_int_inc), &fixture->n_spent);
  WAIT_FOR (fixture->n_spent > 0);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  break_session (CAP_REMEDY_RENEW, CAP_ERROR_CONNECTION_LOST);
  g_assert_cmpuint (fixture->rewound, ==, 0);
  wait_for_state (fixture, CAP_ENGINE_FAILED);
  g_assert_error (cap_engine_get_failure (fixture->engine), CAP_ERROR, CAP_ERROR_BUDGET_EXHAUSTED);
}

/* idle sessions */

static void
rest (Fixture *fixture)
{
  cap_engine_rest (fixture->engine);
  WAIT_FOR (sessions->len == 0);
}

/* Speech opens a session, and the service rejects the expired token. */
static void
wake_with_an_old_token (Fixture *fixture)
{
  guint n = n_sessions;

  cap_engine_speech_begins (fixture->engine, fixture->position);
  g_assert_cmpuint (push (fixture), ==, 0);
  WAIT_FOR (n_sessions > n);
  break_session (CAP_REMEDY_STOP, CAP_ERROR_AUTHENTICATION_FAILED);
  WAIT_FOR (cap_engine_get_state (fixture->engine) == CAP_ENGINE_READY
            || cap_engine_get_state (fixture->engine) == CAP_ENGINE_FAILED);
  g_assert_cmpint (cap_engine_get_state (fixture->engine), ==, CAP_ENGINE_READY);
  speak (fixture);
  send (CAP_EVENT_COMPLETED, "A", "a");
}

static void
test_every_rest_may_outlast_a_token (Fixture *fixture, gconstpointer data)
{
  static const char *const command[] = { "/bin/echo", "a-token-of-a-test", NULL };

  set_provider (fixture, "token-command", g_variant_new_strv (command, -1));
  start (fixture);
  rest (fixture);
  wake_with_an_old_token (fixture);
  rest (fixture);
  wake_with_an_old_token (fixture);
}

static void
test_the_next_session_rests_too (Fixture *fixture, gconstpointer data)
{
  expires_in = 4;
  start (fixture);
  cap_engine_speech_begins (fixture->engine, fixture->position);
  g_assert_cmpuint (push (fixture), ==, SECOND);
  WAIT_FOR (sessions->len == 2 && session ()->ready);
  expires_in = 0;
  break_session (CAP_REMEDY_RENEW, CAP_ERROR_CONNECTION_LOST);
  g_assert_cmpint (cap_engine_get_state (fixture->engine), ==, CAP_ENGINE_READY);
  g_assert_cmpuint (fixture->rewound, ==, 0);
  WAIT_FOR (sessions->len == 0);
  g_assert_cmpint (cap_engine_get_state (fixture->engine), ==, CAP_ENGINE_READY);
}

/* turn detection by the service */

/* The gate cuts speech at its longest length, and no speech follows, because the capture
 * lost sound or the speaker stopped. */
static void
cut (Fixture *fixture)
{
  cap_engine_speech_begins (fixture->engine, fixture->position);
  g_assert_cmpuint (push (fixture), ==, SECOND);
  cap_engine_speech_ends (fixture->engine, fixture->position, CAP_GATE_LENGTH);
  g_assert_cmpuint (((CapRealtimeSession *) g_ptr_array_index (sessions, 0))->n_turns, ==, 0);
}

static void
test_silence_after_a_cut_ends_a_turn (Fixture *fixture, gconstpointer data)
{
  server_turns = TRUE;
  start (fixture);
  cut (fixture);
  g_assert_cmpuint (push (fixture), ==, SECOND);
  g_assert_cmpuint (session ()->n_turns, ==, 1);
}

static void
test_a_change_after_a_cut_ends_a_turn (Fixture *fixture, gconstpointer data)
{
  server_turns = TRUE;
  expires_in = 4;
  start (fixture);
  cut (fixture);
  WAIT_FOR (sessions->len == 2 && session ()->ready);
  g_assert_cmpuint (((CapRealtimeSession *) g_ptr_array_index (sessions, 0))->n_turns, ==, 1);
}

/* the network */

/* A captive portal answers in place of the service until the user logs in. */
static void
test_another_network_may_let_it_through (Fixture *fixture, gconstpointer data)
{
  start (fixture);
  break_session (CAP_REMEDY_STOP, GPOINTER_TO_INT (data));
  g_assert_cmpint (cap_engine_get_state (fixture->engine), ==, CAP_ENGINE_FAILED);
  g_signal_emit_by_name (g_network_monitor_get_default (), "network-changed", TRUE);
  wait_for_state (fixture, CAP_ENGINE_READY);
}

static gboolean
on_over (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
test_no_network_mends_a_key (Fixture *fixture, gconstpointer data)
{
  gboolean over = FALSE;

  start (fixture);
  break_session (CAP_REMEDY_STOP, CAP_ERROR_AUTHENTICATION_FAILED);
  g_signal_emit_by_name (g_network_monitor_get_default (), "network-changed", TRUE);
  g_timeout_add (800, on_over, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (cap_engine_get_state (fixture->engine), ==, CAP_ENGINE_FAILED);
  g_assert_cmpuint (n_sessions, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, idle, func)                                                                          \
  g_test_add ("/engine-realtime/" path, Fixture, GUINT_TO_POINTER (idle), set_up, func, tear_down)

  ADD ("lost/again", 120, test_a_lost_turn_is_asked_again);
  ADD ("lost/together", 120, test_turns_lost_together_are_all_asked_again);
  ADD ("pause/settings", 120, test_other_settings_and_a_lost_turn);
  ADD ("pause/settings-last", 120, test_other_settings_and_a_lost_last_session);
  ADD ("pause/minutes", 120, test_spent_minutes_and_a_lost_session);
  ADD ("rest/token", 120, test_every_rest_may_outlast_a_token);
  ADD ("rest/next", 1, test_the_next_session_rests_too);
  ADD ("cut/silence", 120, test_silence_after_a_cut_ends_a_turn);
  ADD ("cut/change", 120, test_a_change_after_a_cut_ends_a_turn);
  ADD ("network/redirect", CAP_ERROR_REDIRECT_REFUSED, test_another_network_may_let_it_through);
  ADD ("network/key", 120, test_no_network_mends_a_key);

  return g_test_run ();
}
