/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/transcript/history-view.h"
#include "overlay/transcript/export.h"
#include "overlay/transcript/history-row.h"

#include <glib/gi18n.h>

struct _CapHistoryView
{
  GtkBox parent_instance;

  CapHistory *history;
  char *words;
  CapHistorySearch *search;
  GtkFilterListModel *shown;
  GtkMultiSelection *selection;
  GHashTable *rows; /* CapHistoryRow that are bound, not owned */

  GtkWidget *stack;
  GtkWidget *list;
  GtkWidget *nothing;

  GtkAdjustment *scroll;
  gboolean following; /* whether the view stays at the end */
  double place;       /* position after the last layout or scrolling */
  guint idle_id;
};

G_DEFINE_FINAL_TYPE (CapHistoryView, cap_history_view, GTK_TYPE_BOX)

static void on_laid_out (CapHistoryView *self);
static void on_scrolled (CapHistoryView *self);
static void follow (CapHistoryView *self);
static GtkWidget *new_list (CapHistoryView *self);
static GtkWidget *new_nothing (CapHistoryView *self);
static gboolean cap_history_view_grab_focus (GtkWidget *widget);

/* lifecycle */

static void
cap_history_view_dispose (GObject *object)
{
  CapHistoryView *self = CAP_HISTORY_VIEW (object);

  g_clear_handle_id (&self->idle_id, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->selection, self);
  g_signal_handlers_disconnect_by_data (self->scroll, self);
  if (self->history != NULL)
    g_signal_handlers_disconnect_by_data (self->history, self);
  g_clear_object (&self->history);

  G_OBJECT_CLASS (cap_history_view_parent_class)->dispose (object);
}

static void
cap_history_view_finalize (GObject *object)
{
  CapHistoryView *self = CAP_HISTORY_VIEW (object);

  g_clear_object (&self->scroll);
  g_clear_object (&self->selection);
  g_clear_object (&self->shown);
  g_clear_pointer (&self->search, cap_history_search_unref);
  g_hash_table_unref (self->rows);
  g_free (self->words);

  G_OBJECT_CLASS (cap_history_view_parent_class)->finalize (object);
}

static void
cap_history_view_class_init (CapHistoryViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cap_history_view_dispose;
  object_class->finalize = cap_history_view_finalize;
  GTK_WIDGET_CLASS (klass)->grab_focus = cap_history_view_grab_focus;
}

static void
cap_history_view_init (CapHistoryView *self)
{
  self->words = g_strdup ("");
  self->search = cap_history_search_new ("");
  self->rows = g_hash_table_new (NULL, NULL);
  self->following = TRUE;
  self->shown = gtk_filter_list_model_new (NULL, NULL);
  self->selection = gtk_multi_selection_new (G_LIST_MODEL (g_object_ref (self->shown)));

  self->stack = gtk_stack_new ();
  gtk_widget_set_hexpand (self->stack, TRUE);
  gtk_widget_set_vexpand (self->stack, TRUE);
  gtk_stack_add_named (GTK_STACK (self->stack), new_list (self), "list");
  gtk_stack_add_named (GTK_STACK (self->stack), new_nothing (self), "nothing");
  gtk_box_append (GTK_BOX (self), self->stack);

  /* Connected after the list's own handler. */
  g_signal_connect_swapped (self->selection, "items-changed", G_CALLBACK (follow), self);
  g_signal_connect_swapped (self->scroll, "changed", G_CALLBACK (on_laid_out), self);
  g_signal_connect_swapped (self->scroll, "value-changed", G_CALLBACK (on_scrolled), self);
}

/* staying at the end */

static gboolean
is_at_end (CapHistoryView *self)
{
  return gtk_adjustment_get_value (self->scroll) + gtk_adjustment_get_page_size (self->scroll)
         >= gtk_adjustment_get_upper (self->scroll) - 1;
}

static gboolean
on_idle (gpointer user_data)
{
  CapHistoryView *self = user_data;

  self->idle_id = 0;
  if (self->following)
    gtk_adjustment_set_value (self->scroll, gtk_adjustment_get_upper (self->scroll));
  return G_SOURCE_REMOVE;
}

/* The list estimates the heights of rows that it has not shown yet, and corrects
 * them during layout, when it cannot scroll. */
static void
on_laid_out (CapHistoryView *self)
{
  self->place = gtk_adjustment_get_value (self->scroll);
  if (self->following && !is_at_end (self) && self->idle_id == 0)
    self->idle_id = g_idle_add_full (GTK_PRIORITY_RESIZE, on_idle, self, NULL);
}

/* Runs after on_laid_out (). If the position differs, the user has scrolled. */
static void
on_scrolled (CapHistoryView *self)
{
  double place = gtk_adjustment_get_value (self->scroll);

  if (place != self->place)
    self->following = is_at_end (self);
  self->place = place;
}

static void
follow (CapHistoryView *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->selection));

  if (self->following && n > 0)
    gtk_widget_activate_action (self->list, "list.scroll-to-item", "u", n - 1);
}

/* shown entries */

static char *
compose_nothing (CapHistoryView *self)
{
  if (g_list_model_get_n_items (G_LIST_MODEL (self->history)) == 0)
    return g_strdup (_("Nothing has been said yet. Captions appear here as they come. The transcript is "
                       "discarded when you quit, unless you save it."));

  return g_strdup_printf (_("“%s” was not found."), self->words);
}

static void
update (CapHistoryView *self)
{
  gboolean any = g_list_model_get_n_items (G_LIST_MODEL (self->shown)) > 0;
  g_autofree char *sentence = any ? g_strdup ("") : compose_nothing (self);

  gtk_label_set_text (GTK_LABEL (self->nothing), sentence);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), any ? "list" : "nothing");
}

static gboolean
filter_entry (gpointer item, gpointer user_data)
{
  return cap_history_search_matches (user_data, item);
}

static GtkFilter *
new_filter (CapHistorySearch *search)
{
  if (cap_history_search_is_empty (search))
    return NULL;

  return GTK_FILTER (gtk_custom_filter_new (filter_entry, cap_history_search_ref (search),
                                            (GDestroyNotify) cap_history_search_unref));
}

/* rows */

static void
on_row_setup (GtkListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_child (item, cap_history_row_new ());
}

static void
on_row_bind (GtkListItemFactory *factory, GtkListItem *item, CapHistoryView *self)
{
  CapHistoryRow *row = CAP_HISTORY_ROW (gtk_list_item_get_child (item));

  cap_history_row_show (row, gtk_list_item_get_item (item), self->search);
  g_hash_table_add (self->rows, row);
}

static void
on_row_unbind (GtkListItemFactory *factory, GtkListItem *item, CapHistoryView *self)
{
  g_hash_table_remove (self->rows, gtk_list_item_get_child (item));
}

static void
append_entry (GString *text, GListModel *entries, guint position)
{
  g_autoptr (CapHistoryEntry) entry = g_list_model_get_item (entries, position);
  g_autofree char *line = cap_export_text_compose_entry (entry);

  g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", line);
}

/* widgets */

static GtkWidget *
new_list (CapHistoryView *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();

  g_signal_connect_object (factory, "setup", G_CALLBACK (on_row_setup), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_row_bind), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_row_unbind), self, 0);

  self->list = gtk_list_view_new (GTK_SELECTION_MODEL (g_object_ref (self->selection)), factory);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Transcript"), -1);

  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->list);
  self->scroll = g_object_ref (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller)));
  return scroller;
}

static GtkWidget *
new_nothing (CapHistoryView *self)
{
  self->nothing = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->nothing), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->nothing), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_justify (GTK_LABEL (self->nothing), GTK_JUSTIFY_CENTER);
  gtk_widget_set_margin_start (self->nothing, 48);
  gtk_widget_set_margin_end (self->nothing, 48);
  return self->nothing;
}

static gboolean
cap_history_view_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (CAP_HISTORY_VIEW (widget)->list);
}

/* public */

GtkWidget *
cap_history_view_new (CapHistory *history)
{
  CapHistoryView *self;

  g_return_val_if_fail (CAP_IS_HISTORY (history), NULL);

  self = g_object_new (CAP_TYPE_HISTORY_VIEW, NULL);
  self->history = g_object_ref (history);
  gtk_filter_list_model_set_model (self->shown, G_LIST_MODEL (history));
  /* Connected after the filter's own handler. */
  g_signal_connect_swapped (history, "items-changed", G_CALLBACK (update), self);
  update (self);
  return GTK_WIDGET (self);
}

void
cap_history_view_set_search (CapHistoryView *self, const char *words)
{
  g_autoptr (GtkFilter) filter = NULL;
  GHashTableIter iter;
  gpointer row;

  g_return_if_fail (CAP_IS_HISTORY_VIEW (self));
  g_return_if_fail (words != NULL);

  g_free (self->words);
  self->words = g_strdup (words);
  cap_history_search_unref (self->search);
  self->search = cap_history_search_new (words);
  filter = new_filter (self->search);
  gtk_filter_list_model_set_filter (self->shown, filter);

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    cap_history_row_show (row, cap_history_row_get_entry (row), self->search);
  update (self);
}

gboolean
cap_history_view_is_searching (CapHistoryView *self)
{
  g_return_val_if_fail (CAP_IS_HISTORY_VIEW (self), FALSE);

  return !cap_history_search_is_empty (self->search);
}

GtkSelectionModel *
cap_history_view_get_shown (CapHistoryView *self)
{
  g_return_val_if_fail (CAP_IS_HISTORY_VIEW (self), NULL);

  return GTK_SELECTION_MODEL (self->selection);
}

char *
cap_history_view_compose (CapHistoryView *self)
{
  GListModel *entries;
  g_autoptr (GtkBitset) selected = NULL;
  g_autoptr (GtkBitset) copied = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  GtkBitsetIter iter;
  guint position;

  g_return_val_if_fail (CAP_IS_HISTORY_VIEW (self), NULL);

  entries = G_LIST_MODEL (self->selection);
  selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  copied = gtk_bitset_copy (selected);
  if (gtk_bitset_is_empty (copied))
    gtk_bitset_add_range (copied, 0, g_list_model_get_n_items (entries));

  for (gboolean more = gtk_bitset_iter_init_first (&iter, copied, &position); more;
       more = gtk_bitset_iter_next (&iter, &position))
    append_entry (text, entries, position);

  return g_string_free (g_steal_pointer (&text), FALSE);
}
