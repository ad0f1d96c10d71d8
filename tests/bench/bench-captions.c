/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors
 *
 * The cost of captions on the screen: ten partials a second and five levels a
 * second, in each look, drawn by software. The X server's part is not in it. */

#include "overlay/captions/caption-view.h"
#include "overlay/window/status-bar.h"
#include "tools/picture.h"

#include <stdlib.h>
#include <sys/resource.h>

/* default width of the overlay on a screen of 1280x720 */
#define WIDTH 768

#define WORDS_A_SEGMENT 25

static const char *const words[] = {
  "the", "harbour", "was", "quiet", "that", "morning", "and", "nobody", "remembered", "why", "it", "had", "been",
  "built", "so", "far", "away", "from", "everything", "else",
};

typedef struct
{
  CapRoll *roll;
  GtkWidget *view, *bar;
  GString *text;
  guint64 id, serial;
  guint n_words;
  guint n_frames;
} Bench;

static double
processor_time (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static gboolean
on_partial (gpointer data)
{
  Bench *self = data;
  gboolean final = ++self->n_words % WORDS_A_SEGMENT == 0;
  g_autoptr (GVariant) row = NULL;
  g_autoptr (CapSegment) segment = NULL;

  if (self->text->len > 0)
    g_string_append_c (self->text, ' ');
  g_string_append (self->text, words[self->n_words % G_N_ELEMENTS (words)]);
  row = g_variant_ref_sink (g_variant_new ("(ttsbxxa{sv})", self->id, ++self->serial, self->text->str, final,
                                           (gint64) self->id, (gint64) self->id + 1, NULL));
  segment = cap_segment_new (row);
  cap_roll_add (self->roll, segment, g_get_monotonic_time ());
  if (final)
    {
      g_string_truncate (self->text, 0);
      self->id++;
    }
  return G_SOURCE_CONTINUE;
}

static gboolean
on_level (gpointer data)
{
  Bench *self = data;

  cap_status_bar_set_level (CAP_STATUS_BAR (self->bar), g_random_double_range (-60, 0));
  return G_SOURCE_CONTINUE;
}

static void
on_after_paint (GdkFrameClock *clock, Bench *self)
{
  self->n_frames++;
}

static void
run (Bench *self, GSettings *settings, const char *id, double seconds)
{
  g_autoptr (CapLook) look = NULL;
  double begun;
  gint64 end;
  guint partials, levels;

  cap_look_apply_preset (settings, id);
  look = cap_look_new (settings);
  cap_roll_set_options (self->roll, &look->roll);
  cap_caption_view_set_look (CAP_CAPTION_VIEW (self->view), look);
  cap_status_bar_set_look (CAP_STATUS_BAR (self->bar), look);
  partials = g_timeout_add (100, on_partial, self);
  levels = g_timeout_add (200, on_level, self);

  picture_wait (self->view);
  self->n_frames = 0;
  begun = processor_time ();
  end = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;
  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_print ("%-14s %5.2f %% of a core, %.1f frames a second\n", id, (processor_time () - begun) / seconds * 100,
           self->n_frames / seconds);

  g_source_remove (partials);
  g_source_remove (levels);
}

int
main (int argc, char **argv)
{
  double seconds = argc > 1 ? g_ascii_strtod (argv[1], NULL) : 20;
  const char *const *ids = cap_look_list_presets ();
  const CapStatus status = { CAP_STATUS_QUIET, "", "api.example.com", NULL, FALSE, FALSE };
  g_autoptr (GSettings) settings = g_settings_new ("org.captiond.Overlay");
  Bench self = { .text = g_string_new (NULL), .id = 1 };
  GtkWidget *box;
  GtkWindow *window;

  gtk_init ();
  self.roll = cap_roll_new ();
  self.view = cap_caption_view_new (self.roll);
  self.bar = cap_status_bar_new ();
  cap_status_bar_set_status (CAP_STATUS_BAR (self.bar), &status);
  cap_status_bar_show_level (CAP_STATUS_BAR (self.bar), TRUE);
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_box_append (GTK_BOX (box), self.bar);
  gtk_box_append (GTK_BOX (box), self.view);
  window = picture_open_window (box, WIDTH, -1);
  g_signal_connect (gtk_widget_get_frame_clock (box), "after-paint", G_CALLBACK (on_after_paint), &self);

  for (guint i = 0; ids[i] != NULL; i++)
    if (argc <= 2 || g_str_equal (argv[2], ids[i]))
      run (&self, settings, ids[i], seconds);

  gtk_window_destroy (window);
  g_object_unref (self.roll);
  g_string_free (self.text, TRUE);
  return EXIT_SUCCESS;
}
