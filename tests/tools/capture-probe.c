/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors
 *
 * Captures one source and tells what happens, a JSON object a line, for
 * test_capture.py and for people who want to look.
 *
 *   capture-probe [--raw FILE] SOURCE [HERTZ…]
 *
 * Commands on standard input: start, stop, list, cycle N (start and stop, N
 * times), stall (do not run the main loop for 4 s), quit. Levels are in dBFS
 * of a sine at each of the frequencies, for each 100 ms of sound. */

#include "base/audio.h"
#include "dbus/error.h"
#include "sound/capture.h"

#include <glib-unix.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#define WINDOW CAP_AUDIO_MS (100)

typedef struct
{
  GMainLoop *loop;
  CapAudioGraph *graph;
  CapCapture *capture;
  FILE *raw;
  guint n_tones;
  double *tones;
  gint16 window[WINDOW];
  guint n_window;
  gint64 window_time;
  guint cycles;
} Probe;

/* Quotes @text for JSON. The names that occur here need no more escapes than these. */
static char *
quote (const char *text)
{
  GString *json = g_string_new ("\"");

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_c (json, '\\');
      g_string_append_c (json, (guchar) *p < 0x20 ? ' ' : *p);
    }
  g_string_append_c (json, '"');
  return g_string_free (json, FALSE);
}

static double
measure (Probe *self, double hertz)
{
  double w = 2 * M_PI * hertz / CAP_AUDIO_RATE, c = 2 * cos (w), s1 = 0, s2 = 0;

  for (guint i = 0; i < self->n_window; i++)
    {
      double s0 = self->window[i] / 32768.0 + c * s1 - s2;
      s2 = s1;
      s1 = s0;
    }
  double power = s1 * s1 + s2 * s2 - c * s1 * s2;
  return 20 * log10 (MAX (sqrt (MAX (power, 0)) * 2 / WINDOW, 1e-6));
}

static void
flush_window (Probe *self)
{
  int peak = 0;

  if (self->n_window == 0)
    return;
  for (guint i = 0; i < self->n_window; i++)
    peak = MAX (peak, abs (self->window[i]));
  printf ("{\"event\": \"audio\", \"time\": %" G_GINT64_FORMAT ", \"frames\": %u, \"peak\": %.4f, "
          "\"levels\": [",
          self->window_time, self->n_window, peak / 32768.0);
  for (guint i = 0; i < self->n_tones; i++)
    printf ("%s%.1f", i > 0 ? ", " : "", measure (self, self->tones[i]));
  printf ("]}\n");
  self->n_window = 0;
}

static void
on_audio (CapCapture *capture, gint64 time, gpointer samples, guint n_frames, gpointer data)
{
  Probe *self = data;

  if (self->raw != NULL)
    fwrite (samples, sizeof (gint16), n_frames, self->raw);

  for (guint i = 0; i < n_frames; i++)
    {
      if (self->n_window == 0)
        self->window_time = time + (gint64) i * G_USEC_PER_SEC / CAP_AUDIO_RATE;
      self->window[self->n_window++] = ((gint16 *) samples)[i];
      if (self->n_window == WINDOW)
        flush_window (self);
    }
}

static void
on_paused (CapCapture *capture, gpointer data)
{
  flush_window (data);
  printf ("{\"event\": \"paused\"}\n");
}

static void
on_changed (CapCapture *capture, gpointer data)
{
  static const char *const states[] = { "stopped", "starting", "waiting", "linked" };
  const GError *reason = cap_capture_get_reason (capture);
  g_autofree char *message = quote (reason != NULL ? reason->message : "");
  g_autofree char *description = quote (cap_capture_get_description (capture));

  flush_window (data);
  printf ("{\"event\": \"changed\", \"state\": \"%s\", \"reason\": \"%s\", \"message\": %s, "
          "\"description\": %s, \"lost\": %" G_GUINT64_FORMAT "}\n",
          states[cap_capture_get_state (capture)], cap_error_get_name (reason), message,
          description, cap_capture_get_lost_frames (capture));
}

static void
list (Probe *self)
{
  g_autoptr (GVariant) sources = g_variant_ref_sink (cap_audio_graph_list_sources (self->graph));
  GVariantIter iter;
  GVariant *child;

  printf ("{\"event\": \"list\", \"connected\": %s, \"sources\": [",
          cap_audio_graph_is_connected (self->graph) ? "true" : "false");
  g_variant_iter_init (&iter, sources);
  for (guint i = 0; (child = g_variant_iter_next_value (&iter)) != NULL; i++)
    {
      g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (child);
      const char *id, *kind, *name;
      gboolean is_default, active;

      g_variant_dict_lookup (&dict, "id", "&s", &id);
      g_variant_dict_lookup (&dict, "kind", "&s", &kind);
      g_variant_dict_lookup (&dict, "name", "&s", &name);
      g_variant_dict_lookup (&dict, "default", "b", &is_default);
      g_variant_dict_lookup (&dict, "active", "b", &active);
      g_autofree char *json_id = quote (id), *json_name = quote (name);
      printf ("%s{\"id\": %s, \"kind\": \"%s\", \"name\": %s, \"default\": %s, \"active\": %s}",
              i > 0 ? ", " : "", json_id, kind, json_name, is_default ? "true" : "false",
              active ? "true" : "false");
      g_variant_unref (child);
    }
  printf ("]}\n");
}

/* Each call is one step of a start and stop cycle. Returning to the loop lets the server
 * see most steps, but not all. */
static gboolean
cycle (gpointer data)
{
  Probe *self = data;

  if (self->cycles == 0)
    {
      printf ("{\"event\": \"cycled\"}\n");
      return G_SOURCE_REMOVE;
    }
  if (cap_capture_get_state (self->capture) == CAP_CAPTURE_STOPPED)
    cap_capture_start (self->capture);
  else if (self->cycles % 4 == 0 || cap_capture_get_state (self->capture) == CAP_CAPTURE_LINKED)
    {
      cap_capture_stop (self->capture);
      self->cycles--;
    }
  return G_SOURCE_CONTINUE;
}

static gboolean
on_command (int fd, GIOCondition condition, gpointer data)
{
  Probe *self = data;
  char text[256];
  gssize length = read (fd, text, sizeof text - 1);

  text[MAX (length, 0)] = '\0';
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (g_str_equal (lines[i], "start"))
        cap_capture_start (self->capture);
      else if (g_str_equal (lines[i], "stop"))
        cap_capture_stop (self->capture);
      else if (g_str_equal (lines[i], "list"))
        list (self);
      else if (g_str_equal (lines[i], "stall"))
        g_usleep (4 * G_USEC_PER_SEC);
      else if (g_str_has_prefix (lines[i], "cycle "))
        {
          self->cycles = atoi (lines[i] + 6);
          g_timeout_add (5, cycle, self);
        }
      else if (g_str_equal (lines[i], "quit"))
        length = 0;
    }
  if (length <= 0)
    g_main_loop_quit (self->loop);
  return G_SOURCE_CONTINUE;
}

static int
run (Probe *self, const CapSource *source)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  guint commands = g_unix_fd_add (0, G_IO_IN | G_IO_HUP, on_command, self);

  self->loop = loop;
  self->graph = cap_audio_graph_new ();
  self->capture = cap_capture_new (self->graph, source);
  g_signal_connect (self->capture, "audio", G_CALLBACK (on_audio), self);
  g_signal_connect (self->capture, "paused", G_CALLBACK (on_paused), self);
  g_signal_connect (self->capture, "changed", G_CALLBACK (on_changed), self);
  g_main_loop_run (loop);

  g_clear_handle_id (&commands, g_source_remove);
  g_assert_finalize_object (g_steal_pointer (&self->capture));
  g_assert_finalize_object (g_steal_pointer (&self->graph));
  return 0;
}

int
main (int argc, char **argv)
{
  Probe self = { 0 };
  g_autofree double *tones = NULL;
  g_autoptr (GError) error = NULL;
  int at = 1, status;

  setvbuf (stdout, NULL, _IOLBF, 0);
  g_log_writer_default_set_use_stderr (TRUE);
  cap_audio_graph_ignore_environment ();
  if (argc > at + 1 && g_str_equal (argv[at], "--raw"))
    {
      self.raw = fopen (argv[at + 1], "w");
      at += 2;
    }
  g_autoptr (CapSource) source = cap_source_parse (argc > at ? argv[at] : "", &error);
  if (source == NULL)
    {
      g_printerr ("capture-probe: %s\n", error->message);
      return 2;
    }

  self.n_tones = argc - at - 1;
  self.tones = tones = g_new (double, MAX (self.n_tones, 1));
  for (guint i = 0; i < self.n_tones; i++)
    tones[i] = g_ascii_strtod (argv[at + 1 + i], NULL);
  status = run (&self, source);
  g_clear_pointer (&self.raw, fclose);
  return status;
}
