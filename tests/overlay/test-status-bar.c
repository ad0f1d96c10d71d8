/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/window/level-meter-private.h"
#include "overlay/window/status-bar.h"
#include "overlay/window/status-text.h"
#include "tools/picture.h"

#include <math.h>
#include <string.h>

typedef struct
{
  GSettings *settings;
  GtkWidget *bar;
  GtkWindow *window;
  guint retries, settings_calls;
} Fixture;

static void
count (guint *calls)
{
  (*calls)++;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autoptr (CapLook) look = NULL;

  f->settings = g_settings_new ("org.captiond.Overlay");
  cap_look_apply_preset (f->settings, "standard");
  look = cap_look_new (f->settings);
  f->bar = cap_status_bar_new ();
  cap_status_bar_set_look (CAP_STATUS_BAR (f->bar), look);
  g_signal_connect_swapped (f->bar, "retry", G_CALLBACK (count), &f->retries);
  g_signal_connect_swapped (f->bar, "settings", G_CALLBACK (count), &f->settings_calls);
  gtk_box_append (GTK_BOX (box), f->bar);
  f->window = picture_open_window (box, 600, 200);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gtk_window_destroy (f->window);
  g_object_unref (f->settings);
}

static void
set_status (Fixture *f, CapStatus status)
{
  cap_status_bar_set_status (CAP_STATUS_BAR (f->bar), &status);
}

/* The first visible descendant of @widget of that type. */
static GtkWidget *
find (GtkWidget *widget, GType type)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found;

      if (!gtk_widget_get_visible (child))
        continue;
      if (G_TYPE_CHECK_INSTANCE_TYPE (child, type))
        return child;
      found = find (child, type);
      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
test_quiet (Fixture *f, gconstpointer data)
{
  g_assert_false (gtk_widget_get_visible (f->bar));
  set_status (f, (CapStatus) { CAP_STATUS_QUIET, "", "", NULL, FALSE, FALSE });
  g_assert_false (gtk_widget_get_visible (f->bar));
  cap_status_bar_show_level (CAP_STATUS_BAR (f->bar), TRUE);
  g_assert_true (gtk_widget_get_visible (f->bar));
  cap_status_bar_show_level (CAP_STATUS_BAR (f->bar), FALSE);
  g_assert_false (gtk_widget_get_visible (f->bar));
}

static void
test_host (Fixture *f, gconstpointer data)
{
  GtkWidget *text;

  set_status (f, (CapStatus) { CAP_STATUS_QUIET, "", "api.example.com", NULL, FALSE, FALSE });
  g_assert_true (gtk_widget_get_visible (f->bar));
  text = find (f->bar, CAP_TYPE_STATUS_TEXT);
  g_assert_nonnull (text);
  g_assert_nonnull (strstr (cap_status_text_get_text (CAP_STATUS_TEXT (text)), "api.example.com"));
  set_status (f, (CapStatus) { CAP_STATUS_QUIET, "", "", NULL, FALSE, FALSE });
  g_assert_false (gtk_widget_get_visible (f->bar));
}

static void
test_sentence (Fixture *f, gconstpointer data)
{
  g_autofree char *endless = g_strnfill (8192, 'w');
  int height;

  /* Sentences are not markup. */
  set_status (f, (CapStatus) { CAP_STATUS_FAILED, "<b>No</b> & on", "", "dialog-warning-symbolic", TRUE, TRUE });
  g_assert_cmpstr (cap_status_text_get_text (CAP_STATUS_TEXT (find (f->bar, CAP_TYPE_STATUS_TEXT))), ==,
                   "<b>No</b> & on");
  picture_wait (f->bar);
  height = gtk_widget_get_height (f->bar);

  set_status (f, (CapStatus) { CAP_STATUS_FAILED, endless, endless, "dialog-warning-symbolic", TRUE, TRUE });
  picture_wait (f->bar);
  picture_wait (f->bar);
  g_assert_cmpint (gtk_widget_get_width (f->bar), <=, 600);
  g_assert_cmpint (gtk_widget_get_height (f->bar), <, height * 6);
}

/* GTK would warn about heights that contradict each other. */
static void
test_other_fonts (Fixture *f, gconstpointer data)
{
  const char *const texts[] = { "会議 is not there → 你好 བོད་སྐྱོངྒྱ", "اُردو نستعلیق", "กี่ปู้", "🕊", "→ … →" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (int width = 600; width > 0; width -= 150)
      {
        g_autofree char *sentence = g_strdup_printf ("This is a sentence with: %s and some more behind it %s", texts[i], texts[i]);
        const char *both[] = { texts[i], sentence };

        for (guint b = 0; b < 2; b++)
          {
            set_status (f, (CapStatus) { CAP_STATUS_WAITING, (char *) both[b], (char *) texts[i],
                                        "dialog-warning-symbolic" });
            gtk_widget_set_margin_end (f->bar, 600 - width);
            picture_wait (f->bar);
            picture_wait (f->bar);
          }
      }
}

static void
test_buttons (Fixture *f, gconstpointer data)
{
  CapStatus status = { CAP_STATUS_FAILED, "There is no key.", "", "dialog-warning-symbolic", FALSE, TRUE };

  set_status (f, status);
  g_assert_null (find (f->bar, GTK_TYPE_BUTTON));
  cap_status_bar_set_clickable (CAP_STATUS_BAR (f->bar), TRUE);
  g_signal_emit_by_name (find (f->bar, GTK_TYPE_BUTTON), "clicked");
  g_assert_cmpuint (f->settings_calls, ==, 1);
  g_assert_cmpuint (f->retries, ==, 0);

  status.can_retry = TRUE;
  set_status (f, status);
  g_signal_emit_by_name (find (f->bar, GTK_TYPE_BUTTON), "clicked");
  g_assert_cmpuint (f->retries, ==, 1);

  cap_status_bar_set_clickable (CAP_STATUS_BAR (f->bar), FALSE);
  g_assert_null (find (f->bar, GTK_TYPE_BUTTON));
}

static void
test_looks (Fixture *f, gconstpointer data)
{
  const char *const *ids = cap_look_list_presets ();

  set_status (f, (CapStatus) { CAP_STATUS_WORKING, "Connecting", "api.example.com", "emblem-synchronizing-symbolic" });
  for (guint i = 0; ids[i] != NULL; i++)
    {
      g_autoptr (CapLook) look = NULL;
      g_autoptr (Picture) picture = NULL;
      guint32 ground;

      cap_look_apply_preset (f->settings, ids[i]);
      look = cap_look_new (f->settings);
      cap_status_bar_set_look (CAP_STATUS_BAR (f->bar), look);
      picture_wait (f->bar);
      picture_wait (f->bar);
      picture = picture_new_of_children (f->bar);
      /* The status has its own background. */
      ground = picture->pixels[picture->height / 2 * picture->width + 2];
      g_assert_cmpuint (ground >> 24, >, 200);
      g_assert_cmpuint (picture_count (picture, (GdkRectangle) { 0, 0, picture->width, picture->height }, ground), <,
                        picture->width * picture->height - 100);
    }
}

static void
test_meter (Fixture *f, gconstpointer data)
{
  g_autoptr (GtkWidget) meter = g_object_ref_sink (cap_level_meter_new ());
  CapLevelMeter *self = CAP_LEVEL_METER (meter);
  const struct { double level; guint step; } cases[] = {
    { -96, 0 }, { -60, 0 }, { -59, 1 }, { -30, 6 }, { -1, 12 }, { 0, 12 },
    { 300, 12 }, { -1e300, 0 }, { NAN, 0 }, { INFINITY, 12 }, { -INFINITY, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      cap_level_meter_set_level (self, cases[i].level);
      g_assert_cmpuint (cap_level_meter_get_step (self), ==, cases[i].step);
    }
}

static void
test_meter_draws (Fixture *f, gconstpointer data)
{
  GtkWidget *meter;
  guint n[2];

  cap_status_bar_show_level (CAP_STATUS_BAR (f->bar), TRUE);
  meter = find (f->bar, CAP_TYPE_LEVEL_METER);
  g_assert_nonnull (meter);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (Picture) picture = NULL;

      cap_status_bar_set_level (CAP_STATUS_BAR (f->bar), i == 0 ? -50 : -10);
      picture_wait (f->bar);
      picture = picture_new (meter, 0);
      n[i] = picture_count (picture, (GdkRectangle) { 0, 0, picture->width, picture->height }, 0xffffffff);
    }
  g_assert_cmpuint (n[0], >, 0);
  g_assert_cmpuint (n[1], ==, n[0] * 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gtk_init ();

#define TEST(name, function) g_test_add ("/status-bar/" name, Fixture, NULL, set_up, function, tear_down)
  TEST ("quiet", test_quiet);
  TEST ("host", test_host);
  TEST ("sentence", test_sentence);
  TEST ("other-fonts", test_other_fonts);
  TEST ("buttons", test_buttons);
  TEST ("looks", test_looks);
  TEST ("meter", test_meter);
  TEST ("meter-draws", test_meter_draws);
#undef TEST
  return g_test_run ();
}
