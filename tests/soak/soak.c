/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* A day of captions in less than an hour: speech of countable words goes through the
 * whole daemon except the capture, over connections that fail every few minutes, to a
 * caption program on a bus. No word may be lost or doubled, and memory, file descriptors
 * and sources may not grow. See run-soak. */

#include "base/alarm.h"
#include "bus/service-stream.h"
#include "dbus/names.h"
#include "realtime/engine-realtime.h"
#include "soak/soak-faults.h"
#include "soak/soak-holder.h"
#include "soak/soak-relay.h"
#include "soak/soak-server.h"
#include "tools/fast-clock.h"
#include "tools/words.h"

#define G_SETTINGS_ENABLE_BACKEND
#include <gio/gsettingsbackend.h>
#include <glib/gstdio.h>
#include <malloc.h>
#include <stdlib.h>

#define KEY "sk-soak-0123456789"
#define PATH "/org/captiond/Captions1/stream/1"

/* the size that the capture delivers */
#define CHUNK CAP_AUDIO_MS (40)

/* The test composes this much sound at a time. */
#define CHAPTER_SECONDS 60

/* Each hour ends in silence. After two minutes of it the stream closes its session, so
 * the test measures at rest. Faults stop earlier, so that the client can send all delayed
 * audio. */
#define HOUR_CHAPTERS 60
#define CALM_CHAPTER 52
#define SILENT_CHAPTER 55

/* The default of audio-kept-seconds. A fault delays audio by up to 45 s, and the next
 * attempt may follow up to 30 s later. */
#define KEPT_SECONDS 90

#define IDLE_SECONDS 120

/* How often the test waits for the caption program, which therefore never lags far behind
 * the clock. */
#define CATCH_UP_CHUNKS 50

/* Permitted growth of memory after the first hour, in kB. AddressSanitizer keeps freed
 * memory. */
#ifdef __SANITIZE_ADDRESS__
#define MOST_GROWTH (1024 * 1024)
#else
#define MOST_GROWTH 1024
#endif

typedef struct
{
  guint hour;
  guint memory, server_memory; /* kB */
  gsize heap;                  /* bytes in use */
  guint n_fds, n_sources;
} Measure;

typedef struct
{
  /* options */
  int hours, minutes, seed;
  double speed;
  gboolean verbose;
  char *server_path;

  char *folder;
  GTestDBus *bus;
  GDBusConnection *connection; /* used by the daemon */
  CapProviders *providers;
  CapCredentials *credentials;
  CapLearnt *learnt;
  CapBudget *budget;

  SoakRelay *relay;
  SoakServer *server;
  SoakFaults *faults;
  SoakHolder *holder;

  CapCapture *capture;
  CapStream *stream;
  CapServiceStream *service_stream;

  CapAlarm *alarm;
  GMainLoop *loop;
  gint64 begun;                /* CLOCK_BOOTTIME, µs */
  gint64 true_begun;
  guint64 n_frames;
  guint n_chapters;
  GArray *chapter;             /* the sound of this chapter (element-type gint16) */
  gsize at;                    /* position in the chapter */
  guint n_said;
  guint64 n_speech;            /* frames that contain words */
  guint32 noise;
  GArray *measures;
} Soak;

/* measures */

static guint
count_fds (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static gboolean
on_never (gpointer user_data)
{
  return G_SOURCE_REMOVE;
}

/* Counts the sources that are attached to the main context. Their ids only grow, so a
 * source attached now has the greatest. */
static guint
count_sources (gboolean print)
{
  guint newest = g_timeout_add_seconds (G_MAXINT, on_never, NULL);
  guint n = 0;

  g_source_remove (newest);
  for (guint id = 1; id < newest; id++)
    {
      GSource *source = g_main_context_find_source_by_id (NULL, id);

      n += source != NULL;
      if (source != NULL && print)
        g_print ("  source %u: %s\n", id, g_source_get_name (source) != NULL ? g_source_get_name (source) : "?");
    }
  return n;
}

static void
print_measure (Soak *self, const Measure *measure)
{
  SoakCount count;
  double wall = (fast_clock_get_true_time () - self->true_begun) / 1e6;

  soak_holder_count (self->holder, self->n_said, &count);
  g_print ("%4u %7.0f %8u %5u %8u %8u %7u %9u %10u %7.1f %8u %9.0f %4u %8u %8u\n", measure->hour, wall, count.words,
           count.lost, count.doubled, count.garbled, soak_faults_count (self->faults),
           cap_engine_get_reconnects (cap_stream_get_engine (self->stream)),
           soak_relay_count_takeovers (self->relay), cap_stream_get_lost_seconds (self->stream), measure->memory,
           measure->heap / 1024., measure->n_fds, measure->n_sources, measure->server_memory);
}

static void
measure (Soak *self)
{
  Measure now = { .hour = self->n_chapters / HOUR_CHAPTERS };

  malloc_trim (0);
  now.heap = mallinfo2 ().uordblks;
  now.memory = soak_get_memory ("self");
  now.server_memory = soak_server_get_memory (self->server);
  now.n_fds = count_fds ();
  now.n_sources = count_sources (g_getenv ("SOAK_SOURCES") != NULL);
  g_array_append_val (self->measures, now);
  print_measure (self, &now);
}

/* speech */

/* Half of the time is speech. The engine sends no silence, and sends delayed speech twice
 * as fast as it came, so it can catch up after a fault. */
static void
compose (Soak *self)
{
  g_autoptr (GArray) said = NULL;
  WordsPlan plan = {
    .rate = CAP_AUDIO_RATE,
    .seed = self->seed * 100003u + self->n_chapters,
    .first = self->n_said,
    .seconds = CHAPTER_SECONDS,
    .shortest = 3, .longest = 34,
    .least_pause = 0.7, .most_pause = 20,
  };

  self->chapter = words_compose (&plan, &said);
  self->n_said += said->len;
  self->n_speech += (guint64) said->len * words_get_length (CAP_AUDIO_RATE);
}

static void
begin_chapter (Soak *self)
{
  guint chapter = self->n_chapters % HOUR_CHAPTERS;

  g_clear_pointer (&self->chapter, g_array_unref);
  self->at = 0;
  if (chapter == 0)
    soak_faults_set_calm (self->faults, FALSE);
  else if (chapter == CALM_CHAPTER)
    soak_faults_set_calm (self->faults, TRUE);

  if (chapter < SILENT_CHAPTER)
    compose (self);
  else
    {
      self->chapter = g_array_new (FALSE, FALSE, sizeof (gint16));
      g_array_set_size (self->chapter, CHAPTER_SECONDS * CAP_AUDIO_RATE);
      words_fill_noise ((gint16 *) self->chapter->data, self->chapter->len, &self->noise);
    }
  self->n_chapters++;
}

static void
hear (Soak *self)
{
  gint64 time = self->begun + self->n_frames * G_USEC_PER_SEC / CAP_AUDIO_RATE;

  g_signal_emit_by_name (self->capture, "audio", time, (gint16 *) self->chapter->data + self->at, CHUNK);
  self->at += CHUNK;
  self->n_frames += CHUNK;
  if (self->n_frames / CHUNK % CATCH_UP_CHUNKS == 0)
    soak_holder_catch_up (self->holder);
}

static gboolean
is_over (Soak *self)
{
  gint64 wall = fast_clock_get_true_time () - self->true_begun;

  return self->n_chapters == (guint) self->hours * HOUR_CHAPTERS
         || (self->minutes > 0 && self->n_chapters % HOUR_CHAPTERS == 0
             && wall > self->minutes * 60 * G_USEC_PER_SEC);
}

static void
on_chunk (gpointer data)
{
  Soak *self = data;
  gint64 due;

  if (self->at == self->chapter->len)
    {
      if (self->n_chapters % HOUR_CHAPTERS == 0)
        measure (self);
      if (is_over (self))
        {
          g_main_loop_quit (self->loop);
          return;
        }
      begin_chapter (self);
    }
  hear (self);
  due = self->begun + (self->n_frames + CHUNK) * G_USEC_PER_SEC / CAP_AUDIO_RATE - g_get_monotonic_time ();
  cap_alarm_set (self->alarm, MAX (due, 0) / 1000);
}

/* a log for finding the cause of a failure */

static void
say (Soak *self, const char *what, const char *more)
{
  if (self->verbose)
    g_print ("%9.2f s: %s%s\n", (g_get_monotonic_time () - self->begun) / 1e6, what, more);
}

static void
on_fault (const char *name, gboolean begins, gpointer user_data)
{
  say (user_data, begins ? "begins: " : "ends: ", name);
}

static void
on_changed (Soak *self)
{
  const GError *reason = cap_stream_get_reason (self->stream);

  say (self, cap_stream_get_state_name (self->stream), "");
  if (reason != NULL)
    say (self, "  ", reason->message);
}

static void
on_segment (Soak *self, const CapTranscriptSegment *segment)
{
  if (g_variant_lookup (segment->details, "gap", "d", NULL))
    say (self, "LOST", "");
}

/* the daemon */

static void
set_up_provider (Soak *self)
{
  g_autoptr (GSettingsBackend) backend = g_memory_settings_backend_new ();
  g_autoptr (GSettings) settings = g_settings_new_with_backend ("org.captiond", backend);
  g_autofree char *learnt = g_build_filename (self->folder, "learnt", NULL);
  g_autofree char *minutes = g_build_filename (self->folder, "minutes", NULL);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/v1", soak_relay_get_port (self->relay));
  g_autoptr (GVariant) service = NULL;
  g_autoptr (GError) error = NULL;
  GVariantDict dict;

  g_setenv ("CAPTIOND_KEY_CLOUD", KEY, TRUE);
  self->credentials = cap_credentials_new ();
  self->learnt = cap_learnt_new (learnt);
  self->budget = cap_budget_new (settings, minutes);
  self->providers = cap_providers_new (settings);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "dialect", "s", "openai");
  g_variant_dict_insert (&dict, "url", "s", url);
  g_variant_dict_insert (&dict, "model", "s", "gpt-live-transcribe");
  service = g_variant_ref_sink (g_variant_dict_end (&dict));
  if (!cap_providers_set (self->providers, "cloud", service, &error))
    g_error ("%s", error->message);
}

/* A stream reaches the transcript's limit of remembered text after some hours. Filling it
 * at the start keeps that growth from looking like a leak. */
static void
fill_history (Soak *self)
{
  CapTranscript *transcript = cap_stream_get_transcript (self->stream);
  g_autoptr (GRand) rand = g_rand_new_with_seed (self->seed);
  g_autofree char *text = g_strnfill (250, 'a');

  for (guint i = 0; i < 30000; i++)
    {
      g_autofree char *part = g_strndup (text, g_rand_int_range (rand, 14, 180));
      CapHypothesis hypothesis = { .utterance = (1ull << 40) + i, .text = part, .final = TRUE, .confidence = -1 };
      GVariantDict details;

      g_variant_dict_init (&details, NULL);
      g_variant_dict_insert (&details, "speaker", "s", "system");
      g_variant_dict_insert (&details, "engine", "s", "cloud");
      cap_transcript_take (transcript, &hypothesis, 0, 0, g_variant_dict_end (&details));
    }
}

static void
open_stream (Soak *self)
{
  static const CapCallerLimits limits = CAP_CALLER_LIMITS;
  const CapStreamKey key = { "system", "cloud", "", "" };
  g_autoptr (CapSource) source = cap_source_parse ("system", NULL);
  g_autoptr (CapAudioGraph) graph = cap_audio_graph_new ();
  g_autoptr (CapEngine) engine = cap_engine_realtime_new ("cloud", "", self->providers, self->credentials,
                                                          self->learnt, self->budget, IDLE_SECONDS);
  g_autoptr (CapCaller) caller = NULL;
  g_autoptr (GError) error = NULL;

  self->capture = cap_capture_new (graph, source);
  self->stream = cap_stream_new (self->capture, engine, "system", KEPT_SECONDS, NULL);
  fill_history (self);
  g_signal_connect_swapped (self->stream, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (cap_stream_get_transcript (self->stream), "segment", G_CALLBACK (on_segment), self);
  self->service_stream = cap_service_stream_new (self->stream, &key);
  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->service_stream), self->connection, PATH,
                                         &error))
    g_error ("%s", error->message);
  caller = cap_caller_new (self->connection, soak_holder_get_bus_name (self->holder), "soak", NULL, &limits);
  if (!cap_service_stream_hold (self->service_stream, caller, TRUE, FALSE, &error))
    g_error ("%s", error->message);
}

static void
close_stream (Soak *self)
{
  cap_stream_close (self->stream, 0);
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->service_stream));
  g_assert_finalize_object (self->service_stream);
  g_assert_finalize_object (self->stream);
  g_assert_finalize_object (self->capture);
}

static void
set_up (Soak *self)
{
  g_autoptr (GError) error = NULL;
  const char *address;

  self->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (self->bus);
  address = g_test_dbus_get_bus_address (self->bus);
  self->connection = g_dbus_connection_new_for_address_sync (address,
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL,
    &error);
  if (self->connection == NULL)
    g_error ("%s", error->message);
  self->holder = soak_holder_new (address, g_dbus_connection_get_unique_name (self->connection), PATH);

  self->relay = soak_relay_new ();
  self->server = soak_server_new (self->server_path, KEY);
  self->faults = soak_faults_new (self->relay, self->server, self->seed, on_fault, self);
  set_up_provider (self);
  open_stream (self);
}

static void
tear_down (Soak *self)
{
  close_stream (self);
  soak_faults_free (self->faults);
  soak_server_free (self->server);
  soak_relay_free (self->relay);
  soak_holder_free (self->holder);
  g_object_unref (self->providers);
  g_object_unref (self->credentials);
  g_object_unref (self->learnt);
  g_object_unref (self->budget);
  g_dbus_connection_close_sync (self->connection, NULL, NULL);
  g_object_unref (self->connection);
  g_test_dbus_stop (self->bus);
  g_object_unref (self->bus);
}

/* verdict */

static gboolean
check (gboolean fine, const char *what)
{
  if (!fine)
    g_print ("FAILED: %s\n", what);
  return fine;
}

static double
get_double (Soak *self, const char *name)
{
  g_autoptr (GVariant) value = soak_holder_get_property (self->holder, name);

  return g_variant_get_double (value);
}

static void
print_table (Soak *self, const SoakCount *count)
{
  double stream = (double) self->n_frames / CAP_AUDIO_RATE;
  double wall = (fast_clock_get_true_time () - self->true_begun) / 1e6;
  g_autofree char *harmed = soak_holder_describe (self->holder, self->n_said);

  g_print ("\n%.2f hours of stream in %.0f s (%.0f times as fast), seed %d, %.0f %% words\n", stream / 3600, wall,
           stream / wall, self->seed, self->n_speech * 100. / self->n_frames);
  g_print ("%u faults, %u connections, %u reconnects, %u taken over\n", soak_faults_count (self->faults),
           soak_relay_count_all (self->relay), cap_engine_get_reconnects (cap_stream_get_engine (self->stream)),
           soak_relay_count_takeovers (self->relay));
  soak_faults_print (self->faults);
  g_print ("%u words said: %u lost, %u doubled, %u garbled, %u strange, %u out of order\n", count->words,
           count->lost, count->doubled, count->garbled, count->strange, count->disordered);
  g_print ("%u finals, %u partials, %u retracted, %u gaps; sent %.0f s, lost %.1f s\n", count->finals,
           count->partials, count->retracted, count->gaps, get_double (self, "SentSeconds"),
           get_double (self, "LostSeconds"));
  if (*harmed != '\0')
    g_print ("harmed words and their counts:%s\n", harmed);
}

static gboolean
judge (Soak *self)
{
  const Measure *first = &g_array_index (self->measures, Measure, 0);
  const Measure *last = &g_array_index (self->measures, Measure, self->measures->len - 1);
  const char *broken = soak_holder_get_first_broken (self->holder);
  SoakCount count;

  soak_holder_count (self->holder, self->n_said, &count);
  print_table (self, &count);
  return check (count.words > 0 && count.lost == 0, "no word is lost")
         & check (count.doubled == 0, "no word is doubled")
         & check (count.garbled == 0 && count.strange == 0, "every word is one that was said")
         & check (count.disordered == 0, "words come in order")
         & check (count.gaps == 0 && get_double (self, "LostSeconds") == 0, "LostSeconds is 0")
         & check (broken == NULL, broken)
         & check (last->memory <= first->memory + MOST_GROWTH, "memory stays within 1 MiB of the first hour's")
         & check (last->n_fds <= first->n_fds, "no file descriptor is left over")
         & check (last->n_sources <= first->n_sources, "no GSource is left over");
}

static gboolean
run (Soak *self)
{
  gboolean fine;

  self->loop = g_main_loop_new (NULL, FALSE);
  self->measures = g_array_new (FALSE, FALSE, sizeof (Measure));
  self->alarm = cap_alarm_new ("soak", on_chunk, self);
  self->begun = g_get_monotonic_time ();
  self->true_begun = fast_clock_get_true_time ();
  begin_chapter (self);
  g_print ("hour wall(s)    words  lost  doubled  garbled  faults reconnect taken-over lost(s) mem(kB)  heap(kB)"
           "  fds  sources server(kB)\n");
  cap_alarm_set (self->alarm, 40);
  g_main_loop_run (self->loop);

  fine = judge (self);
  cap_alarm_free (self->alarm);
  g_main_loop_unref (self->loop);
  g_array_unref (self->measures);
  g_array_unref (self->chapter);
  return fine;
}

int
main (int argc, char **argv)
{
  Soak self = { .hours = 24, .seed = 1, .speed = 1000 };
  gboolean fine;
  g_autofree char *clock = NULL, *command = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new ("SERVER");
  const GOptionEntry entries[] = {
    { "hours", 0, 0, G_OPTION_ARG_INT, &self.hours, "Hours of stream time", "N" },
    { "minutes", 0, 0, G_OPTION_ARG_INT, &self.minutes, "Stop at the full hour after N real minutes", "N" },
    { "speed", 0, 0, G_OPTION_ARG_DOUBLE, &self.speed, "Run at most N times as fast as real time", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &self.seed, "Random seed for words, pauses and faults", "N" },
    { "verbose", 0, 0, G_OPTION_ARG_NONE, &self.verbose, "Print every fault and its effects", NULL },
    { NULL }
  };

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2 || self.hours < 1 || self.speed <= 0)
    return g_printerr ("%s\n", error != NULL ? error->message : "soak [--hours N] [--speed N] [--seed N] SERVER"), 2;

#ifdef __SANITIZE_THREAD__
  g_print ("ThreadSanitizer replaces the same clock and wait functions\n");
  return 77;
#endif
  setvbuf (stdout, NULL, _IOLBF, 0);
  g_setenv ("PIPEWIRE_REMOTE", "captiond-test-nobody", TRUE);
  self.server_path = argv[1];
  self.folder = g_dir_make_tmp ("captiond-soak-XXXXXX", NULL);
  clock = g_build_filename (self.folder, "clock", NULL);
  fast_clock_own (clock, self.speed);
  set_up (&self);
  fine = run (&self);
  tear_down (&self);
  command = g_strdup_printf ("rm -r '%s'", self.folder);
  if (system (command) != 0)
    g_printerr ("%s stays\n", self.folder);
  g_free (self.folder);
  return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}
