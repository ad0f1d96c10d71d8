/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/captions/caption-view.h"
#include "tools/picture.h"

#include <string.h>

#define WHITE 0xffffffff
#define BLACK 0xff000000
#define WIDTH 600
#define MARGIN 60

typedef struct
{
  GSettings *settings;
  CapRoll *roll;
  GtkWidget *view;
  GtkWindow *window;
  guint64 id;
  guint64 serial;
} Fixture;

static void
use_look (Fixture *f)
{
  g_autoptr (CapLook) look = cap_look_new (f->settings);

  cap_roll_set_options (f->roll, &look->roll);
  cap_caption_view_set_look (CAP_CAPTION_VIEW (f->view), look);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  f->settings = g_settings_new ("org.captiond.Overlay");
  cap_look_apply_preset (f->settings, "standard");
  g_settings_set_uint (f->settings, "lines", 3);
  g_settings_set_string (f->settings, "partials", "plain");
  f->roll = cap_roll_new ();
  f->view = cap_caption_view_new (f->roll);
  use_look (f);
  gtk_widget_set_valign (f->view, GTK_ALIGN_END);
  gtk_widget_set_vexpand (f->view, TRUE);
  gtk_box_append (GTK_BOX (box), f->view);
  f->window = picture_open_window (box, WIDTH, 400);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gtk_window_destroy (f->window);
  g_object_unref (f->roll);
  g_object_unref (f->settings);
}

static void
put (Fixture *f, guint64 id, const char *text, gboolean final)
{
  g_autoptr (GVariant) row = g_variant_ref_sink (
      g_variant_new ("(ttsbxxa{sv})", id, ++f->serial, text, final, (gint64) id, (gint64) id + 1, NULL));
  g_autoptr (CapSegment) segment = cap_segment_new (row);

  cap_roll_add (f->roll, segment, g_get_monotonic_time ());
}

static void
say (Fixture *f, const char *text)
{
  put (f, ++f->id, text, TRUE);
}

/* The area of the text, without padding. */
static GdkRectangle
all_of (Picture *picture)
{
  return (GdkRectangle) { 0, 0, picture->width, picture->height };
}

static Picture *
take (Fixture *f)
{
  picture_wait (f->view);
  return picture_new (f->view, 0);
}

/* nodes */

static void
collect (GskRenderNode *node, GPtrArray *leaves)
{
  switch (gsk_render_node_get_node_type (node))
    {
    case GSK_CONTAINER_NODE:
      for (guint i = 0; i < gsk_container_node_get_n_children (node); i++)
        collect (gsk_container_node_get_child (node, i), leaves);
      break;
    case GSK_TRANSFORM_NODE:
      collect (gsk_transform_node_get_child (node), leaves);
      break;
    case GSK_TEXT_NODE:
    case GSK_CAIRO_NODE:
      g_ptr_array_add (leaves, gsk_render_node_ref (node));
      break;
    default:
      break;
    }
}

/* Texts and outlines, from the top. */
static GPtrArray *
collect_leaves (Fixture *f)
{
  GPtrArray *leaves = g_ptr_array_new_with_free_func ((GDestroyNotify) gsk_render_node_unref);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;

  GTK_WIDGET_GET_CLASS (f->view)->snapshot (f->view, snapshot);
  node = gtk_snapshot_free_to_node (snapshot);
  if (node != NULL)
    collect (node, leaves);
  g_clear_pointer (&node, gsk_render_node_unref);
  return leaves;
}

/* tests */

static void
test_empty (Fixture *f, gconstpointer data)
{
  g_autoptr (Picture) picture = take (f);

  g_assert_cmpuint (picture_count (picture, all_of (picture), 0), ==, picture->width * picture->height);
  say (f, "Hello");
  cap_roll_clear (f->roll);
  g_clear_pointer (&picture, picture_free);
  picture = take (f);
  g_assert_cmpuint (picture_count (picture, all_of (picture), 0), ==, picture->width * picture->height);
}

static void
test_bottom (Fixture *f, gconstpointer data)
{
  g_autoptr (Picture) picture = NULL;
  GdkRectangle text;
  int height;

  say (f, "Hello");
  picture = take (f);
  height = picture->height;

  /* Two thirds are empty; the box is below, with letters on its left. */
  g_assert_cmpuint (picture_count (picture, (GdkRectangle) { 0, 0, WIDTH, height / 2 }, 0), ==, WIDTH * (height / 2));
  g_assert_cmpuint (picture_count (picture, (GdkRectangle) { WIDTH / 2, height - 30, 10, 10 }, 0xcc000000), ==, 100);
  text = picture_find (picture, WHITE);
  g_assert_cmpint (text.x, <, 40);
  g_assert_cmpint (text.x + text.width, <, WIDTH / 2);
  g_assert_cmpint (text.y, >, height / 2);
  g_assert_cmpint (text.y + text.height, <, height);
  /* the corners are round */
  g_assert_cmpuint (picture_count (picture, (GdkRectangle) { 0, height - 1, 1, 1 }, 0), ==, 1);
}

static void
test_unchanged (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;

  say (f, "The first line is long enough that nothing else fits beside it here.");
  put (f, 100, "And then", FALSE);
  picture_wait (f->view);
  before = collect_leaves (f);
  g_assert_cmpuint (before->len, >=, 4);
  /* Each line is an outline and at least one text. */
  put (f, 100, "And then some", FALSE);
  picture_wait (f->view);
  after = collect_leaves (f);

  g_assert_true (before->pdata[0] == after->pdata[0]);
  g_assert_true (before->pdata[1] == after->pdata[1]);
  g_assert_true (before->pdata[before->len - 1] != after->pdata[after->len - 1]);

  /* Without a change, nothing is drawn again. */
  g_clear_pointer (&before, g_ptr_array_unref);
  before = g_steal_pointer (&after);
  gtk_widget_queue_draw (f->view);
  picture_wait (f->view);
  after = collect_leaves (f);
  g_assert_cmpuint (before->len, ==, after->len);
  for (guint i = 0; i < after->len; i++)
    g_assert_true (before->pdata[i] == after->pdata[i]);
}

/* Lines stay as they are when their colour changes. */
static void
test_colors (Fixture *f, gconstpointer data)
{
  g_autoptr (CapRollLine) first = NULL;
  g_autoptr (Picture) picture = NULL;
  int height;

  put (f, 1, "It is not as if all of this were so long that nothing else fits here.", FALSE);
  picture_wait (f->view);
  /* The view does not use the additional room. */
  put (f, 1, "It is if all of this were so long that nothing else fits here.", FALSE);
  picture_wait (f->view);
  first = cap_roll_line_ref (cap_roll_get_line (f->roll, 0));
  height = gtk_widget_get_height (f->view);

  g_settings_set_string (f->settings, "text-color", "#00ff00");
  g_settings_set_string (f->settings, "edge", "none");
  use_look (f);
  picture = take (f);
  g_assert_true (cap_roll_get_line (f->roll, 0) == first);
  g_assert_cmpuint (picture_count (picture, all_of (picture), 0xff00ff00), >, 100);
  g_assert_cmpuint (picture_count (picture, all_of (picture), WHITE), ==, 0);

  g_settings_set_uint (f->settings, "lines", 5);
  use_look (f);
  picture_wait (f->view);
  picture_wait (f->view);
  g_assert_true (cap_roll_get_line (f->roll, 0) == first);
  g_assert_cmpint (gtk_widget_get_height (f->view), >, height);

  g_settings_set_string (f->settings, "font", "Sans 40");
  use_look (f);
  g_assert_true (cap_roll_get_line (f->roll, 0) != first);
}

static void
test_long_word (Fixture *f, gconstpointer data)
{
  g_autofree char *word = g_strnfill (60, 'W');
  g_autoptr (Picture) picture = NULL;
  GdkRectangle text;

  say (f, word);
  g_assert_cmpuint (cap_roll_get_n_lines (f->roll), >, 1);
  for (guint i = 0; i < cap_roll_get_n_lines (f->roll); i++)
    g_assert_cmpuint (strlen (cap_roll_get_line (f->roll, i)->text), >, 1);
  picture = take (f);
  text = picture_find (picture, WHITE);
  g_assert_cmpint (text.x, >, 8);
  g_assert_cmpint (text.x + text.width, <, WIDTH - 8);
}

static void
test_right_to_left (Fixture *f, gconstpointer data)
{
  const char *const texts[] = { "مرحبا", "שלום", "שלום CAPTION" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (Picture) picture = NULL;
      GdkRectangle text;

      cap_roll_clear (f->roll);
      say (f, texts[i]);
      picture = take (f);
      text = picture_find (picture, WHITE);
      g_assert_cmpint (text.x, >, WIDTH / 2);
      g_assert_cmpint (text.x + text.width, >, WIDTH - 40);
      g_assert_cmpint (text.x + text.width, <, WIDTH - 8);
    }
}

static void
test_edges (Fixture *f, gconstpointer data)
{
  guint n_black[3];

  g_settings_set_double (f->settings, "background-opacity", 0);
  /* In any font, some pixels are completely black. */
  g_settings_set_uint (f->settings, "edge-width", 25);
  for (int edge = CAP_EDGE_NONE; edge <= CAP_EDGE_SHADOW; edge++)
    {
      g_autoptr (Picture) picture = NULL;
      GdkRectangle text;

      g_settings_set_enum (f->settings, "edge", edge);
      use_look (f);
      cap_roll_clear (f->roll);
      say (f, "IIII");
      picture = take (f);
      n_black[edge] = picture_count (picture, all_of (picture), BLACK);
      text = picture_find (picture, WHITE);
      g_assert_cmpint (text.width, >, 10);
      if (edge == CAP_EDGE_NONE)
        continue;

      /* On each side of the letters. */
      g_assert_cmpuint (picture_count (picture, (GdkRectangle) { text.x - 2, text.y, 2, text.height }, BLACK), >, 0);
      g_assert_cmpuint (picture_count (picture, (GdkRectangle) { text.x + text.width, text.y, 2, text.height }, BLACK),
                        >, 0);
    }
  g_assert_cmpuint (n_black[CAP_EDGE_NONE], ==, 0);
  g_assert_cmpuint (n_black[CAP_EDGE_OUTLINE], >, 100);
  g_assert_cmpuint (n_black[CAP_EDGE_SHADOW], >, 100);
}

static void
test_width (Fixture *f, gconstpointer data)
{
  guint lines;

  g_settings_set_uint (f->settings, "lines", 10);
  use_look (f);
  say (f, "These are some words that need two lines or three in a window of this width.");
  picture_wait (f->view);
  lines = cap_roll_get_n_lines (f->roll);

  gtk_widget_set_margin_end (f->view, WIDTH / 2);
  while (gtk_widget_get_width (f->view) > WIDTH / 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (cap_roll_get_n_lines (f->roll), >, lines);
}

/* Letters taller than Latin ones are not cut off, at any position. */
static void
test_tall_scripts (Fixture *f, gconstpointer data)
{
  const char *const texts[] = {
    "Ågjy", "กี่ปู้ ญู่", "हिन्दी र्कि ट्ठ्यू", "العَرَبِيَّةُ", "اُردو نستعلیق میں", "漢字かな한글", "བོད་སྐྱོངྒྱ",
        "Ế̂̌̌ Ặ̣̀",
  };

  g_settings_set_uint (f->settings, "lines", 1);
  g_settings_set_string (f->settings, "edge", "none");
  g_settings_set_double (f->settings, "background-opacity", 0);
  use_look (f);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (Picture) picture = NULL;
      GdkRectangle text;

      cap_roll_clear (f->roll);
      say (f, texts[i]);
      picture_wait (f->view);
      picture_wait (f->view);
      picture = picture_new (f->view, MARGIN);
      text = picture_find (picture, WHITE);
      g_test_message ("%s: %d to %d of %d", texts[i], text.y - MARGIN, text.y + text.height - MARGIN,
                      picture->height - 2 * MARGIN);
      g_assert_cmpint (text.y, >=, MARGIN);
      g_assert_cmpint (text.y + text.height, <=, picture->height - MARGIN);
    }
}

static void
test_many_marks (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new ("Z");
  int height = gtk_widget_get_height (f->view);

  for (guint i = 0; i < 200; i++)
    g_string_append (text, "\xcc\x81");
  say (f, text->str);
  picture_wait (f->view);
  picture_wait (f->view);
  g_assert_cmpint (gtk_widget_get_height (f->view), <=, height * 4);
}

static void
test_text_scaling (Fixture *f, gconstpointer data)
{
  GtkSettings *desktop = gtk_settings_get_default ();
  int before, after, dpi;

  g_object_get (desktop, "gtk-xft-dpi", &dpi, NULL);
  gtk_widget_measure (f->view, GTK_ORIENTATION_VERTICAL, -1, NULL, &before, NULL, NULL);
  g_object_set (desktop, "gtk-xft-dpi", 2 * dpi, NULL);
  gtk_widget_measure (f->view, GTK_ORIENTATION_VERTICAL, -1, NULL, &after, NULL, NULL);
  g_object_set (desktop, "gtk-xft-dpi", dpi, NULL);
  g_assert_cmpint (after, >, before * 1.8);
  g_assert_cmpint (after, <, before * 2.2);
}

static void
test_high_contrast (Fixture *f, gconstpointer data)
{
  GtkSettings *desktop = gtk_settings_get_default ();
  g_autofree char *theme = NULL;
  g_autoptr (CapLook) wished = NULL;
  g_autoptr (CapLook) chosen = NULL;

  g_object_get (desktop, "gtk-theme-name", &theme, NULL);
  g_object_set (desktop, "gtk-theme-name", "HighContrast", NULL);
  wished = cap_look_new (f->settings);
  g_settings_set_string (f->settings, "text-color", "#00ff00");
  chosen = cap_look_new (f->settings);
  g_object_set (desktop, "gtk-theme-name", theme, NULL);

  g_assert_cmpfloat (wished->background.alpha, ==, 1);
  g_assert_cmpfloat (wished->text.final.blue, ==, 0);
  g_assert_cmpfloat (chosen->background.alpha, <, 1);
  g_assert_cmpfloat (chosen->text.final.red, ==, 0);
}

static void
test_huge (Fixture *f, gconstpointer data)
{
  g_autofree char *text = g_strnfill (8192, 'a');

  g_settings_set_string (f->settings, "font", "Sans 200");
  use_look (f);
  say (f, text);
  say (f, "a b c");
  picture_wait (f->view);
  g_assert_cmpuint (cap_roll_get_n_lines (f->roll), ==, 3);
  g_assert_cmpint (gtk_widget_get_width (f->view), ==, WIDTH);
}

static void
test_goes_away (Fixture *f, gconstpointer data)
{
  /* The roll lives longer than the view that breaks its lines. */
  gtk_window_set_child (f->window, NULL);
  f->view = NULL;
  say (f, "Somebody says more than fits into one line of that view, which is there no more.");
  g_assert_cmpuint (cap_roll_get_n_lines (f->roll), >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gtk_init ();

#define TEST(name, function) g_test_add ("/caption-view/" name, Fixture, NULL, set_up, function, tear_down)
  TEST ("empty", test_empty);
  TEST ("bottom", test_bottom);
  TEST ("unchanged", test_unchanged);
  TEST ("colors", test_colors);
  TEST ("long-word", test_long_word);
  TEST ("right-to-left", test_right_to_left);
  TEST ("edges", test_edges);
  TEST ("width", test_width);
  TEST ("tall-scripts", test_tall_scripts);
  TEST ("many-marks", test_many_marks);
  TEST ("text-scaling", test_text_scaling);
  TEST ("high-contrast", test_high_contrast);
  TEST ("huge", test_huge);
  TEST ("goes-away", test_goes_away);
#undef TEST
  return g_test_run ();
}
