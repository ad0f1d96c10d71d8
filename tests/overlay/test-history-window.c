/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors
 *
 * The real window on a real screen. Pictures of it are left in the folder of
 * the tests. */

#include "overlay/transcript/history-row.h"
#include "overlay/transcript/history-window-private.h"

#include <glib/gstdio.h>

#define SECOND ((gint64) G_USEC_PER_SEC)
#define STREAM "/org/captiond/Captions1/stream/1"
#define EPOCH (G_GINT64_CONSTANT (1777630000) * SECOND) /* Friday, 1 May 2026, 10:06:40 */
#define PATIENCE_MS 120000

typedef struct
{
  CapHistory *history;
  CapHistoryWindow *window;
  GtkAdjustment *scroll;
  guint64 next;
} Fixture;

/* waiting */

static gboolean
on_late (gpointer data)
{
  g_error ("what was waited for did not happen: %s", (const char *) data);
  return G_SOURCE_REMOVE;
}

#define wait_for(condition) \
  G_STMT_START \
    { \
      guint late = g_timeout_add (PATIENCE_MS, on_late, G_STRLOC ": " #condition); \
      while (!(condition)) \
        g_main_context_iteration (NULL, TRUE); \
      g_source_remove (late); \
    } \
  G_STMT_END

/* Waits for the second frame, so that pending changes are drawn. */
static void
wait_for_frames (Fixture *fixture)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (fixture->window));
  gint64 frame = gdk_frame_clock_get_frame_counter (clock);

  gtk_widget_queue_draw (GTK_WIDGET (fixture->window));
  gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_PAINT);
  wait_for (gdk_frame_clock_get_frame_counter (clock) > frame);
  gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_PAINT);
  wait_for (gdk_frame_clock_get_frame_counter (clock) > frame + 1);
}

/* widgets */

static GtkWidget *
find_widget (GtkWidget *widget, GType type)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type))
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_widget (child, type);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static GtkEditable *
get_search (Fixture *fixture)
{
  return GTK_EDITABLE (find_widget (GTK_WIDGET (fixture->window), GTK_TYPE_SEARCH_ENTRY));
}

static guint
count_shown (Fixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (cap_history_window_get_shown (fixture->window)));
}

static GtkWidget *
find_row (GtkWidget *widget, const char *text)
{
  if (CAP_IS_HISTORY_ROW (widget))
    {
      CapHistoryEntry *entry = cap_history_row_get_entry (CAP_HISTORY_ROW (widget));

      return g_str_equal (cap_history_entry_get_segment (entry)->text, text) ? widget : NULL;
    }

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_row (child, text);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static gboolean
is_at_end (Fixture *fixture)
{
  return gtk_adjustment_get_value (fixture->scroll) + gtk_adjustment_get_page_size (fixture->scroll)
         >= gtk_adjustment_get_upper (fixture->scroll) - 1;
}

/* Whether the widget is completely visible. */
static gboolean
is_seen (Fixture *fixture, const char *text)
{
  GtkWidget *scroller = find_widget (GTK_WIDGET (fixture->window), GTK_TYPE_SCROLLED_WINDOW);
  GtkWidget *row = find_row (scroller, text);
  graphene_rect_t bounds;

  return row != NULL && gtk_widget_get_mapped (row)
         && gtk_widget_compute_bounds (row, scroller, &bounds)
         && bounds.size.height > 0 && bounds.origin.y >= 0
         && bounds.origin.y + bounds.size.height <= gtk_widget_get_height (scroller);
}

static void
take_picture (Fixture *fixture, const char *name)
{
  GtkWidget *widget = GTK_WIDGET (fixture->window);
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_BUILT, name, NULL);

  wait_for_frames (fixture);
  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  node = gtk_snapshot_free_to_node (snapshot);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (widget)), node, NULL);
  g_assert_true (gdk_texture_save_to_png (texture, path));
}

/* segments */

/* @details: GVariant text, or NULL */
static void
say (Fixture *fixture, const char *text, const char *details)
{
  g_autoptr (GVariant) row = NULL;
  g_autoptr (CapSegment) segment = NULL;
  gint64 start = (gint64) fixture->next * 4 * SECOND;

  fixture->next++;
  row = g_variant_ref_sink (g_variant_new (
      "(ttsbxx@a{sv})", fixture->next, fixture->next, text, TRUE, start, start + 3 * SECOND,
      g_variant_new_parsed (details != NULL ? details : "@a{sv} {}")));
  segment = cap_segment_new (row);
  cap_history_add (fixture->history, segment);
}

static void
say_a_meeting (Fixture *fixture)
{
  say (fixture, "Good morning, everybody. Thank you for coming in spite of the weather.",
       "{'speaker': <'Anna'>}");
  say (fixture, "We have three things to talk about today: the budget, the new building, and who is to water "
                "the plants while all of us are away in summer.", "{'speaker': <'Anna'>}");
  say (fixture, "Bonjour à tous, je suis désolée pour le retard.",
       "{'speaker': <'Chloé'>, 'translation': <'Hello everybody, I am sorry for being late.'>}");
  say (fixture, "", "{'gap': <4.2>}");
  say (fixture, "שלום לכולם, אני שמח להיות כאן.", "{'speaker': <'Boaz'>}");
  say (fixture, "The budget first, then. It is smaller than last year’s, and that is good news.",
       "{'speaker': <'Anna'>}");
  say (fixture, "音声認識の結果は、話している間に少しずつ変わります。最後に確定した文だけがここに残ります。",
       "{'speaker': <'Emi'>}");
  say (fixture, "How can a smaller budget be good news?", "{'speaker': <'Boaz'>}");
}

static void
say_much (Fixture *fixture, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      const char *how = i % 3 == 0 ? "short" : "so long that it has to be broken into lines, for rows of "
                                               "different heights are what makes scrolling hard";
      g_autofree char *text = g_strdup_printf ("Sentence %u, which is %s.", i, how);

      say (fixture, text, NULL);
    }
}

/* lifecycle */

static void
open_window (Fixture *fixture)
{
  GtkWidget *scroller;

  fixture->window = CAP_HISTORY_WINDOW (cap_history_window_new (NULL, fixture->history));
  scroller = find_widget (GTK_WIDGET (fixture->window), GTK_TYPE_SCROLLED_WINDOW);
  fixture->scroll = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
  gtk_window_present (GTK_WINDOW (fixture->window));
  wait_for (gtk_widget_get_mapped (GTK_WIDGET (fixture->window)));
  wait_for_frames (fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->history = cap_history_new ();
  cap_history_begin (fixture->history, STREAM, EPOCH);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gpointer history = fixture->history;

  g_object_add_weak_pointer (history, &history);
  if (fixture->window != NULL)
    gtk_window_destroy (GTK_WINDOW (fixture->window));
  g_object_unref (fixture->history);
  /* Nothing keeps a reference to the history. */
  wait_for (history == NULL);
}

/* tests */

static void
test_pictures (Fixture *fixture, gconstpointer data)
{
  GtkSettings *settings = gtk_settings_get_default ();

  open_window (fixture);
  take_picture (fixture, "history-empty.png");

  say_a_meeting (fixture);
  wait_for (is_seen (fixture, "How can a smaller budget be good news?"));
  take_picture (fixture, "history-light.png");

  gtk_editable_set_text (get_search (fixture), "BUDGET");
  wait_for (count_shown (fixture) == 3);
  gtk_selection_model_select_item (cap_history_window_get_shown (fixture->window), 1, TRUE);
  take_picture (fixture, "history-search-light.png");

  g_object_set (settings, "gtk-application-prefer-dark-theme", TRUE, NULL);
  take_picture (fixture, "history-search-dark.png");

  gtk_editable_set_text (get_search (fixture), "");
  wait_for (is_seen (fixture, "How can a smaller budget be good news?"));
  take_picture (fixture, "history-dark.png");

  gtk_editable_set_text (get_search (fixture), "zebra");
  wait_for (count_shown (fixture) == 0);
  take_picture (fixture, "history-no-match-dark.png");
  g_object_set (settings, "gtk-application-prefer-dark-theme", FALSE, NULL);
}

static void
test_search (Fixture *fixture, gconstpointer data)
{
  g_autofree char *much = g_strnfill (100 * 1000, 'x');

  say_a_meeting (fixture);
  open_window (fixture);
  g_assert_cmpuint (count_shown (fixture), ==, 8);

  gtk_editable_set_text (get_search (fixture), "desolee");
  wait_for (count_shown (fixture) == 1);
  say (fixture, "Désolée!", NULL);
  g_assert_cmpuint (count_shown (fixture), ==, 2);
  say (fixture, "No matter.", NULL);
  g_assert_cmpuint (count_shown (fixture), ==, 2);

  /* The search includes speakers and translations. */
  gtk_editable_set_text (get_search (fixture), "chloe");
  wait_for (count_shown (fixture) == 1);
  gtk_editable_set_text (get_search (fixture), "being late");
  wait_for (count_shown (fixture) == 1);

  /* Text that was pasted by mistake. */
  gtk_editable_set_text (get_search (fixture), much);
  wait_for (count_shown (fixture) == 0);
  g_assert_cmpuint (strlen (gtk_editable_get_text (get_search (fixture))), ==, 100);

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "history.leave", NULL);
  wait_for (count_shown (fixture) == 10);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  char **text = data;

  *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static char *
copy (Fixture *fixture)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (fixture->window));
  char *text = NULL;

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "history.copy", NULL));
  gdk_clipboard_read_text_async (clipboard, NULL, on_read, &text);
  wait_for (text != NULL);
  return text;
}

static void
test_copy (Fixture *fixture, gconstpointer data)
{
  g_autofree char *all = NULL;
  g_autofree char *some = NULL;
  GtkSelectionModel *shown;

  say (fixture, "One.", "{'speaker': <'Anna'>}");
  say (fixture, "Two.", "{'translation': <'Zwei.'>}");
  say (fixture, "Three.", NULL);
  open_window (fixture);

  all = copy (fixture);
  g_assert_cmpstr (all, ==, "10:06:40  Anna: One.\n10:06:44  Two.\n          Zwei.\n10:06:48  Three.");

  shown = cap_history_window_get_shown (fixture->window);
  gtk_selection_model_select_item (shown, 0, TRUE);
  gtk_selection_model_select_item (shown, 2, FALSE);
  some = copy (fixture);
  g_assert_cmpstr (some, ==, "10:06:40  Anna: One.\n10:06:48  Three.");
  g_assert_false (gtk_selection_model_is_selected (shown, 1));

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "history.select-all", NULL);
  g_assert_true (gtk_selection_model_is_selected (shown, 1));
}

static void
test_end (Fixture *fixture, gconstpointer data)
{
  const char *words = "This is said at the end, and is a good deal longer than a line in this window.";
  double place;

  say_much (fixture, 3000);
  say (fixture, "So far.", NULL);
  open_window (fixture);
  wait_for (is_seen (fixture, "So far."));

  /* The view follows, even with rows that are higher than the list estimates. */
  for (guint i = 0; i < 30; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u. %s %s", i, words, i % 2 == 0 ? words : "Or so.");

      say (fixture, text, i % 4 == 0 ? "{'speaker': <'Anna'>}" : NULL);
      if (i % 3 == 0)
        wait_for (is_seen (fixture, text));
    }
  say (fixture, "Many.", NULL);
  wait_for (is_seen (fixture, "Many."));
  take_picture (fixture, "history-end.png");

  /* The view stays in place. */
  gtk_adjustment_set_value (fixture->scroll, gtk_adjustment_get_upper (fixture->scroll) / 2);
  wait_for_frames (fixture);
  place = gtk_adjustment_get_value (fixture->scroll);
  for (guint i = 0; i < 20; i++)
    {
      say (fixture, words, NULL);
      if (i % 3 == 0)
        wait_for_frames (fixture);
    }
  wait_for_frames (fixture);
  g_assert_false (is_at_end (fixture));
  g_assert_cmpfloat (ABS (gtk_adjustment_get_value (fixture->scroll) - place), <, place / 100);

  /* The view follows again. */
  gtk_adjustment_set_value (fixture->scroll, gtk_adjustment_get_upper (fixture->scroll));
  wait_for (is_at_end (fixture));
  wait_for_frames (fixture);
  say (fixture, "The last one.", NULL);
  wait_for (is_seen (fixture, "The last one."));
}

static gboolean
is_told (Fixture *fixture)
{
  GtkWidget *bar = find_widget (GTK_WIDGET (fixture->window), GTK_TYPE_INFO_BAR);

  return gtk_info_bar_get_revealed (GTK_INFO_BAR (bar));
}

static const char *
get_message (Fixture *fixture)
{
  GtkWidget *bar = find_widget (GTK_WIDGET (fixture->window), GTK_TYPE_INFO_BAR);

  return gtk_label_get_text (GTK_LABEL (find_widget (bar, GTK_TYPE_LABEL)));
}

static void
save_as (Fixture *fixture, const char *path, const CapExport *usual)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  cap_history_window_save (fixture->window, file, usual);
  wait_for (is_told (fixture));
}

static void
check_file (const char *path, const char *begin)
{
  g_autofree char *text = NULL;
  GStatBuf status;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, begin));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
}

static void
test_save (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("captiond-history-XXXXXX", NULL);
  g_autofree char *bare = g_build_filename (folder, "50% notes", NULL);
  g_autofree char *text = g_strconcat (bare, ".txt", NULL);
  g_autofree char *subtitles = g_strconcat (bare, ".srt", NULL);
  g_autofree char *nowhere = g_build_filename (folder, "nowhere", "notes.vtt", NULL);

  say_a_meeting (fixture);
  open_window (fixture);

  /* The extension decides, and a file that others could read is replaced. */
  g_assert_true (g_file_set_contents (subtitles, "old", -1, NULL));
  g_assert_cmpint (g_chmod (subtitles, 0644), ==, 0);
  save_as (fixture, subtitles, &cap_export_text);
  check_file (subtitles, "1\n00:00:00,000 --> ");
  g_assert_nonnull (strstr (get_message (fixture), "50% notes.srt"));

  /* A name without extension. */
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "history.leave", NULL);
  g_assert_false (is_told (fixture));
  save_as (fixture, bare, &cap_export_text);
  check_file (text, "Friday, 1 May 2026\n10:06:40  Anna: ");

  /* A file that the user did not name is not replaced. */
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "history.leave", NULL);
  save_as (fixture, bare, &cap_export_srt);
  g_test_message ("%s", get_message (fixture));
  g_assert_nonnull (strstr (get_message (fixture), "already"));

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "history.leave", NULL);
  save_as (fixture, nowhere, &cap_export_text);
  g_test_message ("%s", get_message (fixture));
  g_assert_nonnull (strstr (get_message (fixture), "could not be saved"));
  /* The message takes room from the list, which stays at its end. */
  wait_for_frames (fixture);
  wait_for (is_seen (fixture, "How can a smaller budget be good news?"));
  take_picture (fixture, "history-error.png");

  g_assert_cmpint (g_remove (text), ==, 0);
  g_assert_cmpint (g_remove (subtitles), ==, 0);
  /* No other file is left. */
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static GtkWindow *
find_dialog (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (GTK_IS_DIALOG (window) && gtk_widget_get_mapped (GTK_WIDGET (window)))
        return window;
    }

  return NULL;
}

static void
test_clear (Fixture *fixture, gconstpointer data)
{
  say_a_meeting (fixture);
  open_window (fixture);

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "history.clear", NULL);
  wait_for (find_dialog () != NULL);
  gtk_dialog_response (GTK_DIALOG (find_dialog ()), GTK_RESPONSE_CANCEL);
  wait_for (find_dialog () == NULL);
  g_assert_cmpuint (count_shown (fixture), ==, 8);

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "history.clear", NULL);
  wait_for (find_dialog () != NULL);
  gtk_dialog_response (GTK_DIALOG (find_dialog ()), GTK_RESPONSE_ACCEPT);
  wait_for (find_dialog () == NULL);
  g_assert_cmpuint (count_shown (fixture), ==, 0);
}

static void
test_size (Fixture *fixture, gconstpointer data)
{
  int width, height;

  say_a_meeting (fixture);
  open_window (fixture);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 720, 480);
  wait_for_frames (fixture);
  gtk_window_close (GTK_WINDOW (fixture->window));
  fixture->window = NULL;

  open_window (fixture);
  gtk_window_get_default_size (GTK_WINDOW (fixture->window), &width, &height);
  g_assert_cmpint (width, ==, 720);
  g_assert_cmpint (height, ==, 480);
}

/* Everything that Tab reaches has an accessible name. */
static void
check_names (GtkWidget *widget)
{
  gboolean control = GTK_IS_BUTTON (widget) || GTK_IS_MENU_BUTTON (widget) || GTK_IS_SEARCH_ENTRY (widget);

  if (control && !GTK_IS_MENU_BUTTON (gtk_widget_get_parent (widget)))
    {
      GtkWidget *label = find_widget (widget, GTK_TYPE_LABEL);

      g_test_message ("%s: %s, %s", G_OBJECT_TYPE_NAME (widget),
                      label != NULL ? gtk_label_get_text (GTK_LABEL (label)) : "-",
                      gtk_widget_get_tooltip_text (widget));
      g_assert_true (label != NULL || gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget),
                                                                        GTK_ACCESSIBLE_PROPERTY_LABEL));
      g_assert_nonnull (gtk_widget_get_tooltip_text (widget));
    }

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_get_mapped (child) && !GTK_IS_WINDOW_CONTROLS (child))
      check_names (child);
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  GtkWidget *row;

  say_a_meeting (fixture);
  open_window (fixture);
  save_as (fixture, "/nowhere/at/all.txt", &cap_export_text);
  wait_for_frames (fixture);
  check_names (GTK_WIDGET (fixture->window));

  row = find_widget (GTK_WIDGET (fixture->window), CAP_TYPE_HISTORY_ROW);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "10:06:40  Anna: Good morning, everybody. Thank you for coming in "
                                       "spite of the weather.");
}

/* Runs last, because GTK shows a window of its own if it cannot read a folder in
 * time. */
static void
test_file_dialog (Fixture *fixture, gconstpointer data)
{
  g_autofree char *name = NULL;
  g_autoptr (GtkFileFilter) filter = NULL;

  say_a_meeting (fixture);
  open_window (fixture);

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "history.save", "s", "vtt");
  wait_for (find_dialog () != NULL);
  g_object_get (find_dialog (), "filter", &filter, NULL);
  name = gtk_file_chooser_get_current_name (GTK_FILE_CHOOSER (find_dialog ()));
  g_assert_true (g_str_has_suffix (name, ".vtt"));
  g_assert_cmpstr (gtk_file_filter_get_name (filter), ==, "Subtitles (WebVTT)");

  gtk_dialog_response (GTK_DIALOG (find_dialog ()), GTK_RESPONSE_CANCEL);
  wait_for (find_dialog () == NULL);
  g_assert_false (is_told (fixture));
}

#define add_test(path, function) \
  g_test_add ("/history-window/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_setenv ("GTK_A11Y", "test", TRUE);
  /* Neither a portal nor a bus of another process. */
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "disabled:", TRUE);
  gtk_test_init (&argc, &argv, NULL);
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);

  add_test ("pictures", test_pictures);
  add_test ("search", test_search);
  add_test ("copy", test_copy);
  add_test ("end", test_end);
  add_test ("save", test_save);
  add_test ("clear", test_clear);
  add_test ("size", test_size);
  add_test ("names", test_names);
  add_test ("file-dialog", test_file_dialog);

  return g_test_run ();
}
