/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/transcript/history-window-private.h"
#include "overlay/transcript/history-save.h"
#include "overlay/transcript/history-view.h"

#include <glib/gi18n.h>

#define WIDTH 640
#define HEIGHT 560
/* Limit of search words, because each letter makes the search slower. */
#define MOST_LETTERS 100
#define SIZE_KEY "cap-history-window-size"

struct _CapHistoryWindow
{
  GtkWindow parent_instance;

  CapHistory *history;
  GtkNativeDialog *dialog;

  GtkWidget *box;
  GtkWidget *search_entry;
  GtkWidget *view; /* NULL until the window has its history */
  GtkWidget *info_bar;
  GtkWidget *message;
  GtkWidget *count;
  GtkWidget *save_button;
};

G_DEFINE_FINAL_TYPE (CapHistoryWindow, cap_history_window, GTK_TYPE_WINDOW)

static void install_actions (GtkWidgetClass *klass);
static GtkWidget *new_header (CapHistoryWindow *self);
static GtkWidget *new_info_bar (CapHistoryWindow *self);
static GtkWidget *new_bar (CapHistoryWindow *self);
static gboolean cap_history_window_close_request (GtkWindow *window);

/* lifecycle */

static void
cap_history_window_dispose (GObject *object)
{
  CapHistoryWindow *self = CAP_HISTORY_WINDOW (object);

  if (self->history != NULL)
    g_signal_handlers_disconnect_by_data (self->history, self);
  g_clear_object (&self->dialog);
  g_clear_object (&self->history);

  G_OBJECT_CLASS (cap_history_window_parent_class)->dispose (object);
}

static void
cap_history_window_class_init (CapHistoryWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_history_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = cap_history_window_close_request;

  install_actions (GTK_WIDGET_CLASS (klass));
}

static void
cap_history_window_init (CapHistoryWindow *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_window_set_title (GTK_WINDOW (self), _("Transcript"));
  gtk_window_set_titlebar (GTK_WINDOW (self), new_header (self));
  gtk_box_append (GTK_BOX (self->box), new_info_bar (self));
  gtk_box_append (GTK_BOX (self->box), new_bar (self));
  gtk_window_set_child (GTK_WINDOW (self), self->box);
}

/* messages */

static void
tell (CapHistoryWindow *self, GtkMessageType type, const char *sentence)
{
  gtk_info_bar_set_message_type (GTK_INFO_BAR (self->info_bar), type);
  gtk_label_set_text (GTK_LABEL (self->message), sentence);
  gtk_info_bar_set_revealed (GTK_INFO_BAR (self->info_bar), TRUE);
}

static void
on_info_response (GtkInfoBar *bar)
{
  gtk_info_bar_set_revealed (bar, FALSE);
}

/* shown entries */

static void
show_count (CapHistoryWindow *self, guint n)
{
  g_autofree char *count = NULL;

  if (cap_history_view_is_searching (CAP_HISTORY_VIEW (self->view)))
    count = g_strdup_printf (ngettext ("%u match", "%u matches", n), n);
  gtk_label_set_text (GTK_LABEL (self->count), count != NULL ? count : "");
}

static void
update (CapHistoryWindow *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (cap_history_window_get_shown (self)));
  gboolean any = g_list_model_get_n_items (G_LIST_MODEL (self->history)) > 0;

  show_count (self, n);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "history.copy", n > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "history.select-all", n > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "history.save", any);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "history.clear", any);
  gtk_widget_set_sensitive (self->save_button, any);
}

static void
on_search_changed (CapHistoryWindow *self)
{
  cap_history_view_set_search (CAP_HISTORY_VIEW (self->view),
                               gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));
  update (self);
}

/* copy */

static void
copy (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CapHistoryWindow *self = CAP_HISTORY_WINDOW (widget);
  g_autofree char *text = cap_history_view_compose (CAP_HISTORY_VIEW (self->view));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
}

static void
select_all (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_selection_model_select_all (cap_history_window_get_shown (CAP_HISTORY_WINDOW (widget)));
}

/* save */

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapHistoryWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = cap_history_save_finish (result, &error);
  g_autofree char *name = file != NULL ? g_file_get_parse_name (file) : NULL;
  g_autofree char *sentence = NULL;

  if (gtk_widget_in_destruction (GTK_WIDGET (self)) || self->history == NULL)
    return;

  if (file == NULL)
    {
      tell (self, GTK_MESSAGE_ERROR, error->message);
      return;
    }

  sentence = g_strdup_printf (_("Saved as “%s”."), name);
  tell (self, GTK_MESSAGE_INFO, sentence);
}

static GtkFileFilter *
new_file_filter (const CapExport *format)
{
  GtkFileFilter *filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _(format->name));
  gtk_file_filter_add_suffix (filter, format->extension);
  return filter;
}

static const CapExport *
find_chosen_format (GtkFileChooser *chooser)
{
  GtkFileFilter *filter = gtk_file_chooser_get_filter (chooser);

  for (guint i = 0; filter != NULL && cap_export_list ()[i] != NULL; i++)
    if (g_strcmp0 (gtk_file_filter_get_name (filter), _(cap_export_list ()[i]->name)) == 0)
      return cap_export_list ()[i];

  return cap_export_list ()[0];
}

static void
on_file_chosen (GtkNativeDialog *dialog, int response, CapHistoryWindow *self)
{
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file != NULL)
    cap_history_window_save (self, file, find_chosen_format (GTK_FILE_CHOOSER (dialog)));

  g_clear_object (&self->dialog);
}

static char *
compose_file_name (const CapExport *format)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%Y-%m-%d %H-%M");

  /* Translators: the name of a file: Transcript 2026-05-01 10-06.txt */
  return g_strdup_printf (_("Transcript %s.%s"), date, format->extension);
}

static void
choose_file (CapHistoryWindow *self, const CapExport *format)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _("Save the Transcript"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), NULL);
  g_autofree char *name = compose_file_name (format);

  for (guint i = 0; cap_export_list ()[i] != NULL; i++)
    {
      g_autoptr (GtkFileFilter) filter = new_file_filter (cap_export_list ()[i]);

      gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
      if (cap_export_list ()[i] == format)
        gtk_file_chooser_set_filter (GTK_FILE_CHOOSER (dialog), filter);
    }

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_file_chosen), self, 0);
  g_set_object (&self->dialog, GTK_NATIVE_DIALOG (dialog));
  g_object_unref (dialog);
  gtk_native_dialog_show (self->dialog);
}

static void
save (GtkWidget *widget, const char *name, GVariant *parameter)
{
  const char *extension = g_variant_get_string (parameter, NULL);

  for (guint i = 0; cap_export_list ()[i] != NULL; i++)
    if (g_str_equal (cap_export_list ()[i]->extension, extension))
      choose_file (CAP_HISTORY_WINDOW (widget), cap_export_list ()[i]);
}

/* clear */

static void
on_clear_response (GtkDialog *dialog, int response, CapHistoryWindow *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    cap_history_clear (self->history);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
ask_to_clear (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkWidget *dialog = gtk_message_dialog_new (GTK_WINDOW (widget),
                                              GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT,
                                              GTK_MESSAGE_QUESTION, GTK_BUTTONS_NONE,
                                              "%s", _("Clear the transcript?"));
  GtkWidget *button;

  gtk_message_dialog_format_secondary_text (GTK_MESSAGE_DIALOG (dialog), "%s",
                                            _("The transcript so far will be lost. Captions continue."));
  gtk_dialog_add_button (GTK_DIALOG (dialog), _("_Cancel"), GTK_RESPONSE_CANCEL);
  button = gtk_dialog_add_button (GTK_DIALOG (dialog), _("C_lear"), GTK_RESPONSE_ACCEPT);
  gtk_widget_add_css_class (button, "destructive-action");
  gtk_dialog_set_default_response (GTK_DIALOG (dialog), GTK_RESPONSE_CANCEL);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_clear_response), widget, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* the keyboard */

static void
find (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_widget_grab_focus (CAP_HISTORY_WINDOW (widget)->search_entry);
}

/* Leaves the search, or else the message, or else closes the window. */
static void
leave (CapHistoryWindow *self)
{
  if (*gtk_editable_get_text (GTK_EDITABLE (self->search_entry)) != '\0')
    {
      gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
      gtk_widget_grab_focus (self->view);
      return;
    }
  if (gtk_info_bar_get_revealed (GTK_INFO_BAR (self->info_bar)))
    {
      gtk_info_bar_set_revealed (GTK_INFO_BAR (self->info_bar), FALSE);
      return;
    }

  gtk_window_close (GTK_WINDOW (self));
}

static void
leave_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  leave (CAP_HISTORY_WINDOW (widget));
}

static void
install_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "history.find", NULL, find);
  gtk_widget_class_install_action (klass, "history.copy", NULL, copy);
  gtk_widget_class_install_action (klass, "history.select-all", NULL, select_all);
  gtk_widget_class_install_action (klass, "history.save", "s", save);
  gtk_widget_class_install_action (klass, "history.clear", NULL, ask_to_clear);
  gtk_widget_class_install_action (klass, "history.leave", NULL, leave_action);

  gtk_widget_class_add_binding_action (klass, GDK_KEY_f, GDK_CONTROL_MASK, "history.find", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_c, GDK_CONTROL_MASK, "history.copy", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_a, GDK_CONTROL_MASK, "history.select-all", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_s, GDK_CONTROL_MASK, "history.save", "s",
                                       cap_export_list ()[0]->extension);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_Escape, 0, "history.leave", NULL);
}

/* widgets */

static void
describe (GtkWidget *widget, const char *name, const char *tooltip)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_tooltip_text (widget, tooltip);
}

static GtkWidget *
new_header (CapHistoryWindow *self)
{
  GtkWidget *header = gtk_header_bar_new ();

  self->search_entry = gtk_search_entry_new ();
  g_object_set (self->search_entry, "placeholder-text", _("Search"), NULL);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->search_entry), 22);
  gtk_text_set_max_length (GTK_TEXT (gtk_editable_get_delegate (GTK_EDITABLE (self->search_entry))),
                           MOST_LETTERS);
  describe (self->search_entry, _("Search the transcript"), _("Search the transcript (Ctrl+F)"));
  g_signal_connect_object (self->search_entry, "search-changed", G_CALLBACK (on_search_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search_entry, "stop-search", G_CALLBACK (leave), self, G_CONNECT_SWAPPED);

  gtk_header_bar_pack_end (GTK_HEADER_BAR (header), self->search_entry);
  return header;
}

static GtkWidget *
new_info_bar (CapHistoryWindow *self)
{
  GtkWidget *close;

  self->info_bar = gtk_info_bar_new ();
  self->message = g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_ALERT,
                                "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR, "xalign", 0.0,
                                "hexpand", TRUE, NULL);
  gtk_info_bar_add_child (GTK_INFO_BAR (self->info_bar), self->message);
  /* The close button of GtkInfoBar has no accessible name in GTK 4.8. */
  close = gtk_info_bar_add_button (GTK_INFO_BAR (self->info_bar), _("_Dismiss"), GTK_RESPONSE_CLOSE);
  gtk_widget_set_tooltip_text (close, _("Hide this message (Escape)"));
  gtk_info_bar_set_revealed (GTK_INFO_BAR (self->info_bar), FALSE);
  g_signal_connect (self->info_bar, "response", G_CALLBACK (on_info_response), NULL);
  return self->info_bar;
}

static GtkWidget *
new_button (const char *label, const char *action, const char *tooltip)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_tooltip_text (button, tooltip);
  return button;
}

static GtkWidget *
new_save_button (void)
{
  GtkWidget *button = gtk_menu_button_new ();
  g_autoptr (GMenu) menu = g_menu_new ();

  for (guint i = 0; cap_export_list ()[i] != NULL; i++)
    {
      const CapExport *format = cap_export_list ()[i];
      g_autofree char *label = g_strdup_printf (_("%s…"), _(format->name));
      g_autofree char *action = g_strdup_printf ("history.save::%s", format->extension);

      g_menu_append (menu, label, action);
    }

  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  gtk_menu_button_set_label (GTK_MENU_BUTTON (button), _("_Save"));
  gtk_menu_button_set_use_underline (GTK_MENU_BUTTON (button), TRUE);
  gtk_menu_button_set_direction (GTK_MENU_BUTTON (button), GTK_ARROW_UP);
  describe (button, _("Save the transcript"), _("Save the whole transcript as a file (Ctrl+S)"));
  return button;
}

static GtkWidget *
new_bar (CapHistoryWindow *self)
{
  GtkWidget *bar = gtk_action_bar_new ();

  self->count = g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_STATUS, NULL);
  self->save_button = new_save_button ();

  gtk_action_bar_pack_start (GTK_ACTION_BAR (bar),
                             new_button (_("C_lear…"), "history.clear", _("Clear the transcript")));
  gtk_action_bar_pack_start (GTK_ACTION_BAR (bar), self->count);
  gtk_action_bar_pack_end (GTK_ACTION_BAR (bar), self->save_button);
  gtk_action_bar_pack_end (GTK_ACTION_BAR (bar),
                           new_button (_("_Copy"), "history.copy",
                                       _("Copy the selection, or everything if nothing is selected "
                                         "(Ctrl+C)")));
  gtk_action_bar_pack_end (GTK_ACTION_BAR (bar),
                           new_button (_("Select _All"), "history.select-all",
                                       _("Select everything (Ctrl+A)")));
  return bar;
}

/* The size is kept only while the overlay runs. */
static void
keep_size (CapHistoryWindow *self)
{
  GdkRectangle size = { 0 };

  gtk_window_get_default_size (GTK_WINDOW (self), &size.width, &size.height);
  g_object_set_data_full (G_OBJECT (self->history), SIZE_KEY, g_memdup2 (&size, sizeof size), g_free);
}

static gboolean
cap_history_window_close_request (GtkWindow *window)
{
  keep_size (CAP_HISTORY_WINDOW (window));
  return GTK_WINDOW_CLASS (cap_history_window_parent_class)->close_request (window);
}

/* public */

GtkWindow *
cap_history_window_new (GtkApplication *application, CapHistory *history)
{
  CapHistoryWindow *self;
  const GdkRectangle *size;

  g_return_val_if_fail (CAP_IS_HISTORY (history), NULL);

  self = g_object_new (CAP_TYPE_HISTORY_WINDOW, "application", application, NULL);
  size = g_object_get_data (G_OBJECT (history), SIZE_KEY);
  self->history = g_object_ref (history);
  self->view = cap_history_view_new (history);
  gtk_box_insert_child_after (GTK_BOX (self->box), self->view, self->info_bar);
  gtk_window_set_default_size (GTK_WINDOW (self), size != NULL ? size->width : WIDTH,
                               size != NULL ? size->height : HEIGHT);

  /* Connected after the view's own handler. */
  g_signal_connect_swapped (history, "items-changed", G_CALLBACK (update), self);
  update (self);
  gtk_widget_grab_focus (self->view);
  return GTK_WINDOW (self);
}

GtkSelectionModel *
cap_history_window_get_shown (CapHistoryWindow *self)
{
  g_return_val_if_fail (CAP_IS_HISTORY_WINDOW (self), NULL);

  return cap_history_view_get_shown (CAP_HISTORY_VIEW (self->view));
}

void
cap_history_window_save (CapHistoryWindow *self, GFile *file, const CapExport *usual)
{
  g_return_if_fail (CAP_IS_HISTORY_WINDOW (self));
  g_return_if_fail (G_IS_FILE (file));

  cap_history_save (G_LIST_MODEL (self->history), file, usual, NULL, on_saved, g_object_ref (self));
}
