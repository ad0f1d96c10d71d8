/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "local/process.h"

#include "base/alarm.h"
#include "dbus/error.h"
#include "dbus/recogniser-dbus.h"
#include "dbus/recogniser-names.h"

#include <math.h>
#include <string.h>

/* A large model on a slow disk takes this long. */
#define LOAD_MS 60000
/* Without any reply for this long, the process hangs. */
#define HANG_MS 10000
/* As often, if the process replies to other streams meanwhile. */
#define MOST_HANGS 4
#define LONGEST_TEXT 8192
#define LONGEST_TAG 35          /* of a language, BCP 47 */
#define MOST_WORDS 4096
#define LONGEST_WORDS (256 * 1024) /* bytes */
#define MOST_HYPOTHESES 200     /* in a second */
/* Positions beyond this one would overflow where they are converted. */
#define LAST_POSITION (G_MAXUINT64 / 48000)
#define LONGEST_SENTENCE 500

/* struct */

struct _CapProcess
{
  GObject parent_instance;

  CapCandidate *candidate; /* borrowed */
  guint threads;
  CapHost *host; /* NULL if it could not be started, and after stop() */
  GDBusConnection *connection;
  CapDBusRecogniser1 *proxy;
  GCancellable *cancellable; /* cancelled by stop() */
  CapAlarm *hang;
  char *language;
  gboolean loaded;
  guint n_open;            /* calls without a reply */
  guint n_hangs;           /* how often HANG_MS passed since the last reply */
  gint64 second;           /* when the current second of hypotheses began, monotonic, µs */
  guint n_hypotheses;      /* in it */
  guint64 utterance;       /* the newest */
  guint64 final_utterance; /* the newest that is final */
  guint64 end;             /* of the newest final text */
};

typedef struct
{
  CapProcess *process;
  CapProcessCall call;
  guint64 value;
  gboolean ends_text; /* all text is final when the reply comes */
} Call;

/* signals */

enum
{
  SIGNAL_LOADED,
  SIGNAL_HYPOTHESIS,
  SIGNAL_REPLIED,
  SIGNAL_FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapProcess, cap_process, G_TYPE_OBJECT)

static void on_hang (gpointer user_data);

/* lifecycle */

static void
cap_process_init (CapProcess *self)
{
  self->cancellable = g_cancellable_new ();
  self->hang = cap_alarm_new ("recogniser hangs", on_hang, self);
}

static void
cap_process_dispose (GObject *object)
{
  CapProcess *self = CAP_PROCESS (object);

  cap_process_stop (self);
  g_clear_pointer (&self->hang, cap_alarm_free);

  G_OBJECT_CLASS (cap_process_parent_class)->dispose (object);
}

static void
cap_process_finalize (GObject *object)
{
  CapProcess *self = CAP_PROCESS (object);

  g_clear_object (&self->cancellable);
  g_free (self->language);

  G_OBJECT_CLASS (cap_process_parent_class)->finalize (object);
}

static guint
new_signal (const char *name, guint n_params, GType one, GType other)
{
  return g_signal_new (name, CAP_TYPE_PROCESS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                       n_params, one, other);
}

static void
cap_process_class_init (CapProcessClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_process_dispose;
  G_OBJECT_CLASS (klass)->finalize = cap_process_finalize;

  signals[SIGNAL_LOADED] = new_signal ("loaded", 2, G_TYPE_UINT, G_TYPE_BOOLEAN);
  signals[SIGNAL_HYPOTHESIS] = new_signal ("hypothesis", 1, G_TYPE_POINTER, 0);
  signals[SIGNAL_REPLIED] = new_signal ("replied", 2, G_TYPE_UINT, G_TYPE_UINT64);
  signals[SIGNAL_FAILED] = new_signal ("failed", 2, G_TYPE_POINTER, G_TYPE_BOOLEAN);
}

/* failures */

static gboolean
is_stopped (CapProcess *self)
{
  return g_cancellable_is_cancelled (self->cancellable);
}

static void
fail_with (CapProcess *self, gboolean again, GError *error)
{
  g_autoptr (CapProcess) alive = g_object_ref (self);
  g_autoptr (GError) taken = error;

  if (is_stopped (self))
    return;

  /* It would serve no other stream better. */
  if (self->host != NULL)
    cap_host_end (self->host);
  cap_process_stop (self);
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, taken, again);
}

/* @what: the end of a sentence about the recogniser. */
static void
fail (CapProcess *self, gboolean again, const char *what)
{
  if (!is_stopped (self))
    fail_with (self, again, g_error_new (CAP_ERROR, CAP_ERROR_SERVICE_FAILED, "The recogniser %s %s.",
                                         self->candidate->recogniser->name, what));
}

/* The process may be at work for another stream, but not for ever. */
static void
on_hang (gpointer user_data)
{
  CapProcess *self = user_data;
  guint silence = cap_host_get_silence (self->host);

  if (self->loaded && silence < HANG_MS && ++self->n_hangs < MOST_HANGS)
    cap_alarm_set (self->hang, HANG_MS - silence);
  else
    fail (self, TRUE, "stopped responding");
}

static void
on_closed (GDBusConnection *connection, gboolean by_peer, GError *error, CapProcess *self)
{
  fail (self, TRUE, "ended unexpectedly");
}

static void
on_ended (CapProcess *self)
{
  fail (self, TRUE, "ended unexpectedly");
}

/* calls */

/* Counts a call that was sent. */
static Call *
call_new (CapProcess *self, CapProcessCall kind, guint64 value, gboolean ends_text)
{
  Call *call = g_new0 (Call, 1);

  call->process = g_object_ref (self);
  call->call = kind;
  call->value = value;
  call->ends_text = ends_text;
  if (self->n_open++ == 0)
    cap_alarm_set (self->hang, HANG_MS);
  return call;
}

/* A call fails with an error of the program, or because the connection closed. */
static const char *
describe (const GError *error)
{
  return g_dbus_error_is_remote_error (error) ? "could not go on" : "ended unexpectedly";
}

static void
on_replied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Call *call = user_data;
  g_autoptr (CapProcess) self = call->process;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  reply = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);
  if (is_stopped (self))
    return;

  if (reply == NULL)
    {
      fail (self, TRUE, describe (error));
      return;
    }

  if (call->ends_text && self->utterance > self->final_utterance)
    {
      fail (self, TRUE, "left text unfinished");
      return;
    }

  self->n_hangs = 0;
  cap_host_note_reply (self->host);
  if (--self->n_open > 0)
    cap_alarm_set (self->hang, HANG_MS);
  else
    cap_alarm_clear (self->hang);
  g_signal_emit (self, signals[SIGNAL_REPLIED], 0, call->call, call->value);
}

static void
make_call (CapProcess *self,
           const char *method,
           GVariant *arguments,
           CapProcessCall kind,
           guint64 value,
           gboolean ends_text)
{
  g_dbus_proxy_call (G_DBUS_PROXY (self->proxy), method, arguments, G_DBUS_CALL_FLAGS_NONE, G_MAXINT,
                     self->cancellable, on_replied, call_new (self, kind, value, ends_text));
}

/* hypotheses */

static gboolean
keeps_contract (CapProcess *self, guint64 utterance, guint64 begin, guint64 end, const char *text)
{
  return utterance > self->final_utterance && utterance >= self->utterance && utterance <= G_MAXUINT32
         && begin <= end && begin >= self->end && end <= LAST_POSITION
         && strlen (text) <= LONGEST_TEXT;
}

/* Each hypothesis costs time in captiond and in the programs that show it. */
static gboolean
floods (CapProcess *self)
{
  gint64 now = g_get_monotonic_time ();

  if (now - self->second >= G_USEC_PER_SEC)
    {
      self->second = now;
      self->n_hypotheses = 0;
    }
  return ++self->n_hypotheses > MOST_HYPOTHESES;
}

static gboolean
is_tag (const char *text)
{
  return *text != '\0' && strlen (text) <= LONGEST_TAG
         && strspn (text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-") == strlen (text);
}

/* Takes those details that keep within their limits. @words: owned by the caller. */
static void
read_details (CapProcessHypothesis *hypothesis, GVariant *details, GVariant **words)
{
  guint length = g_utf8_strlen (hypothesis->text, -1);

  *words = g_variant_lookup_value (details, "words", G_VARIANT_TYPE ("a(sttd)"));
  if (*words != NULL && g_variant_get_size (*words) <= LONGEST_WORDS
      && g_variant_n_children (*words) <= MOST_WORDS)
    hypothesis->words = *words;
  g_variant_lookup (details, "settled", "u", &hypothesis->settled);
  hypothesis->settled = MIN (hypothesis->settled, length);
  g_variant_lookup (details, "language", "&s", &hypothesis->language);
  if (hypothesis->language != NULL && !is_tag (hypothesis->language))
    hypothesis->language = NULL;
  g_variant_lookup (details, "confidence", "d", &hypothesis->confidence);
  if (!(hypothesis->confidence <= 1))
    hypothesis->confidence = -1;
  g_variant_lookup (details, "processor-seconds", "d", &hypothesis->processor);
  if (!isfinite (hypothesis->processor))
    hypothesis->processor = -1;
}

/* Why the process is of no more use after this hypothesis, or NULL. */
static const char *
find_breach (CapProcess *self, guint64 utterance, guint64 begin, guint64 end, const char *text)
{
  if (!self->loaded)
    return "sent text before it had loaded its model";
  if (floods (self))
    return "sent text too often";
  if (!keeps_contract (self, utterance, begin, end, text))
    return "sent text that does not follow its earlier text";
  return NULL;
}

static void
on_hypothesis (CapDBusRecogniser1 *proxy,
               guint64 utterance,
               guint64 begin,
               guint64 end,
               const char *text,
               gboolean final,
               GVariant *details,
               CapProcess *self)
{
  CapProcessHypothesis hypothesis = {
    .utterance = utterance, .begin = begin, .end = end, .text = text, .final = final, .confidence = -1,
    .processor = -1,
  };
  g_autoptr (GVariant) words = NULL;
  const char *breach;

  if (is_stopped (self))
    return;

  breach = find_breach (self, utterance, begin, end, text);
  if (breach != NULL)
    {
      fail (self, TRUE, breach);
      return;
    }

  self->utterance = utterance;
  if (final)
    {
      self->final_utterance = utterance;
      self->end = end;
    }

  read_details (&hypothesis, details, &words);
  g_signal_emit (self, signals[SIGNAL_HYPOTHESIS], 0, &hypothesis);
}

/* loading */

static void
fail_to_load (CapProcess *self, GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);
  g_autofree char *sentence = NULL;

  if (g_strcmp0 (name, CAP_RECOGNISER_ERROR) != 0)
    {
      fail (self, TRUE, "ended while it loaded its model");
      return;
    }

  g_dbus_error_strip_remote_error (error);
  sentence = g_utf8_substring (error->message, 0, MIN (LONGEST_SENTENCE, g_utf8_strlen (error->message, -1)));
  for (char *byte = sentence; *byte != '\0'; byte++)
    if (g_ascii_iscntrl (*byte))
      *byte = ' ';
  fail_with (self, FALSE, g_error_new_literal (CAP_ERROR, CAP_ERROR_NOT_CONFIGURED, sentence));
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapProcess) self = user_data;
  g_autoptr (GVariant) facts = NULL;
  g_autoptr (GError) error = NULL;
  const char *format = "S16";
  guint rate = 16000;

  cap_dbus_recogniser1_call_load_finish (CAP_DBUS_RECOGNISER1 (source), &facts, result, &error);
  if (is_stopped (self))
    return;

  if (error != NULL)
    {
      fail_to_load (self, error);
      return;
    }

  g_variant_lookup (facts, "rate", "u", &rate);
  g_variant_lookup (facts, "format", "&s", &format);
  g_variant_lookup (facts, "language", "s", &self->language);
  if (self->language != NULL && !is_tag (self->language))
    g_clear_pointer (&self->language, g_free);
  if (rate < 8000 || rate > 48000 || !(g_str_equal (format, "S16") || g_str_equal (format, "F32")))
    {
      fail (self, FALSE, "asks for audio that captiond does not have");
      return;
    }

  self->loaded = TRUE;
  cap_alarm_clear (self->hang);
  g_signal_emit (self, signals[SIGNAL_LOADED], 0, rate, g_str_equal (format, "F32"));
}

static void
on_proxy (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapProcess) self = user_data;
  CapDBusRecogniser1 *proxy = cap_dbus_recogniser1_proxy_new_finish (result, NULL);

  if (is_stopped (self) || proxy == NULL)
    {
      g_clear_object (&proxy);
      fail (self, TRUE, "ended unexpectedly");
      return;
    }

  self->proxy = proxy;
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (proxy), G_MAXINT);
  g_signal_connect_object (proxy, "hypothesis", G_CALLBACK (on_hypothesis), self, G_CONNECT_DEFAULT);
  cap_dbus_recogniser1_call_load (proxy, cap_candidate_get_load_options (self->candidate, self->threads),
                                  self->cancellable, on_loaded, g_object_ref (self));
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapProcess) self = user_data;
  GDBusConnection *connection = cap_host_connect_finish (result, NULL);

  if (is_stopped (self) || connection == NULL)
    {
      g_clear_object (&connection);
      fail (self, TRUE, "ended before it was ready");
      return;
    }

  self->connection = connection;
  g_signal_connect_object (connection, "closed", G_CALLBACK (on_closed), self, G_CONNECT_DEFAULT);
  cap_dbus_recogniser1_proxy_new (connection, G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES, NULL,
                                  CAP_RECOGNISER_PATH, self->cancellable, on_proxy, g_object_ref (self));
}

/* starting */

/* @fd: this takes it. */
static gboolean
on_not_started (gpointer user_data)
{
  CapProcess *self = user_data;

  fail (self, FALSE, "cannot be started");
  return G_SOURCE_REMOVE;
}

/* public */

CapProcess *
cap_process_new (CapHosts *hosts, CapCandidate *candidate, guint threads)
{
  CapProcess *self;
  g_autoptr (GError) error = NULL;
  int fd = -1;

  g_return_val_if_fail (CAP_IS_HOSTS (hosts), NULL);
  g_return_val_if_fail (candidate != NULL, NULL);
  g_return_val_if_fail (threads > 0, NULL);

  self = g_object_new (CAP_TYPE_PROCESS, NULL);
  self->candidate = candidate;
  self->threads = threads;
  self->host = cap_hosts_get (hosts, candidate, threads, &error);
  if (self->host != NULL)
    fd = candidate->recogniser->shared ? cap_host_join (self->host) : cap_host_take_input (self->host);
  if (fd < 0)
    {
      /* Other streams may have this process. */
      g_clear_object (&self->host);
      g_message ("The recogniser %s cannot be started: %s", candidate->recogniser->id,
                 error != NULL ? error->message : "no connection to it can be made");
      g_idle_add_full (G_PRIORITY_DEFAULT, on_not_started, g_object_ref (self), g_object_unref);
      return self;
    }

  cap_alarm_set (self->hang, LOAD_MS);
  g_signal_connect_object (self->host, "ended", G_CALLBACK (on_ended), self, G_CONNECT_SWAPPED);
  cap_host_connect_async (fd, self->cancellable, on_connected, g_object_ref (self));
  return self;
}

void
cap_process_begin (CapProcess *self, guint64 position)
{
  g_return_if_fail (CAP_IS_PROCESS (self));
  g_return_if_fail (self->proxy != NULL);

  make_call (self, "Begin", g_variant_new ("(t)", position), CAP_PROCESS_BEGIN, 0, FALSE);
}

void
cap_process_audio (CapProcess *self, guint64 position, GByteArray *samples, guint64 value)
{
  g_autoptr (GBytes) bytes = NULL;
  GVariant *frames;

  g_return_if_fail (CAP_IS_PROCESS (self));
  g_return_if_fail (self->proxy != NULL);

  bytes = g_byte_array_free_to_bytes (samples);
  frames = g_variant_new_from_bytes (G_VARIANT_TYPE ("ay"), bytes, TRUE);
  make_call (self, "Audio", g_variant_new ("(t@ay)", position, frames), CAP_PROCESS_AUDIO, value, FALSE);
}

void
cap_process_end (CapProcess *self, guint64 position, gboolean more, guint64 value)
{
  g_return_if_fail (CAP_IS_PROCESS (self));
  g_return_if_fail (self->proxy != NULL);

  make_call (self, "End", g_variant_new ("(tb)", position, more), CAP_PROCESS_END, value, !more);
}

void
cap_process_finish (CapProcess *self)
{
  g_return_if_fail (CAP_IS_PROCESS (self));
  g_return_if_fail (self->proxy != NULL);

  make_call (self, "Finish", NULL, CAP_PROCESS_FINISH, 0, TRUE);
}

const char *
cap_process_get_language (CapProcess *self)
{
  g_return_val_if_fail (CAP_IS_PROCESS (self), NULL);

  return self->language != NULL ? self->language : self->candidate->language;
}

void
cap_process_stop (CapProcess *self)
{
  g_return_if_fail (CAP_IS_PROCESS (self));

  if (is_stopped (self))
    return;

  g_cancellable_cancel (self->cancellable);
  cap_alarm_clear (self->hang);
  g_clear_object (&self->proxy);
  if (self->connection != NULL)
    g_dbus_connection_close (self->connection, NULL, NULL, NULL);
  g_clear_object (&self->connection);
  if (self->host != NULL)
    g_signal_handlers_disconnect_by_data (self->host, self);
  g_clear_object (&self->host);
}
