/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* The settings window without the overlay. Executes orders from standard input on
 * controls, by the names of their widgets, as a user would. Prints each answer as lines
 * followed by an empty line. */

#include "overlay/service/subscription.h"
#include "overlay/settings/choice-button.h"
#include "overlay/settings/model-row.h"
#include "overlay/settings/service-row.h"
#include "overlay/settings/settings-window.h"

#include <gio/gunixinputstream.h>
#include <libintl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  GtkApplication *application;
  GDBusConnection *connection;
  CapSubscription *subscription;
  CapModelJobs *models;
  GSettings *settings;
  GDataInputStream *input;
  GtkWindow *window; /* weak */
} Probe;

/* AddressSanitizer calls these functions. fontconfig and Pango free their caches only at
 * exit. */
const char *__asan_default_options (void);
const char *__lsan_default_suppressions (void);

const char *
__asan_default_options (void)
{
  return "intercept_tls_get_addr=0";
}

const char *
__lsan_default_suppressions (void)
{
  return "leak:libfontconfig\nleak:libpango\n";
}

/* searching */

static GtkWidget *
find (GtkWidget *widget, gboolean (*is_it) (GtkWidget *widget, const char *name), const char *name)
{
  GtkWidget *found = NULL;

  if (is_it (widget, name))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find (child, is_it, name);

  return found;
}

/* Buttons of the same kind differ by their rows: "edit-work". Free with g_free(). */
static char *
get_name (GtkWidget *widget)
{
  GtkWidget *model = gtk_widget_get_ancestor (widget, CAP_TYPE_MODEL_ROW);
  GtkWidget *service = gtk_widget_get_ancestor (widget, CAP_TYPE_SERVICE_ROW);
  const char *name = gtk_widget_get_name (widget);

  if (!GTK_IS_BUTTON (widget) || (model == NULL && service == NULL))
    return g_strdup (name);
  return g_strconcat (name, "-",
                      model != NULL ? cap_model_row_get_id (CAP_MODEL_ROW (model))
                                    : cap_service_row_get_id (CAP_SERVICE_ROW (service)), NULL);
}

static gboolean
has_name (GtkWidget *widget, const char *name)
{
  g_autofree char *own_name = get_name (widget);

  return g_str_equal (own_name, name);
}

static gboolean
is_stack (GtkWidget *widget, const char *name)
{
  return GTK_IS_STACK (widget) && gtk_stack_get_child_by_name (GTK_STACK (widget), name) != NULL;
}

static gboolean
is_expander (GtkWidget *widget, const char *name)
{
  return GTK_IS_EXPANDER (widget) && gtk_widget_get_mapped (widget);
}

/* The newest window comes first in the list. */
static GtkWidget *
find_anywhere (gboolean (*is_it) (GtkWidget *widget, const char *name), const char *name)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();
  GtkWidget *found = NULL;

  for (GList *link = windows; link != NULL && found == NULL; link = link->next)
    found = find (link->data, is_it, name);

  return found;
}

static GtkWindow *
get_newest (void)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();
  GtkWindow *newest = NULL;

  for (GList *link = windows; link != NULL; link = link->next)
    if (newest == NULL || gtk_window_get_transient_for (link->data) != NULL)
      newest = link->data;

  return newest;
}

/* operating controls */

static void
set_control (GtkWidget *control, const char *value)
{
  GdkRGBA color;

  if (CAP_IS_CHOICE_BUTTON (control))
    {
      GtkDropDown *drop_down = GTK_DROP_DOWN (cap_choice_button_get_target (CAP_CHOICE_BUTTON (control)));

      gtk_drop_down_set_selected (drop_down, cap_choices_find (gtk_drop_down_get_model (drop_down), value));
    }
  else if (GTK_IS_SWITCH (control))
    gtk_switch_set_active (GTK_SWITCH (control), g_str_equal (value, "yes"));
  else if (GTK_IS_SPIN_BUTTON (control))
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (control), g_ascii_strtod (value, NULL));
  else if (GTK_IS_RANGE (control))
    gtk_range_set_value (GTK_RANGE (control), g_ascii_strtod (value, NULL));
  else if (GTK_IS_COLOR_BUTTON (control) && gdk_rgba_parse (&color, value))
    g_object_set (control, "rgba", &color, NULL);
  else if (GTK_IS_FONT_BUTTON (control))
    g_object_set (control, "font", value, NULL);
  else if (GTK_IS_EDITABLE (control))
    gtk_editable_set_text (GTK_EDITABLE (control), value);
}

static void
activate (GtkWidget *control)
{
  if (CAP_IS_CHOICE_BUTTON (control))
    gtk_widget_activate (cap_choice_button_get_target (CAP_CHOICE_BUTTON (control)));
  else if (GTK_IS_ENTRY (control))
    g_signal_emit_by_name (control, "activate");
  else
    gtk_widget_activate (control);
}

static void
close_newest (void)
{
  gtk_window_close (get_newest ());
}

/* printing */

static void
print_value (GtkWidget *control)
{
  if (CAP_IS_CHOICE_BUTTON (control))
    printf ("value %s\n", cap_choice_button_get_id (CAP_CHOICE_BUTTON (control)));
  else if (GTK_IS_SWITCH (control))
    printf ("value %s\n", gtk_switch_get_active (GTK_SWITCH (control)) ? "yes" : "no");
  else if (GTK_IS_SPIN_BUTTON (control))
    printf ("value %d\n", gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (control)));
  else if (GTK_IS_EDITABLE (control))
    printf ("value %s\n", gtk_editable_get_text (GTK_EDITABLE (control)));

  printf ("%s\n%s\n", gtk_widget_get_sensitive (control) ? "sensitive" : "insensitive",
          gtk_widget_get_mapped (control) && gtk_widget_get_width (control) > 0 ? "shown" : "hidden");
}

static void
print_choices (GtkWidget *control)
{
  GtkDropDown *drop_down = GTK_DROP_DOWN (cap_choice_button_get_target (CAP_CHOICE_BUTTON (control)));
  GListModel *choices = gtk_drop_down_get_model (drop_down);

  for (guint i = 0; i < g_list_model_get_n_items (choices); i++)
    {
      g_autoptr (CapChoice) choice = g_list_model_get_item (choices, i);

      printf ("%s|%s|%s\n", cap_choice_get_id (choice), cap_choice_get_name (choice),
              cap_choice_get_detail (choice));
    }
}

/* An empty line would end the answer. */
static void
print_lines (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    if (**line != '\0')
      printf ("%s\n", *line);
}

static void
print_texts (GtkWidget *widget)
{
  if (!gtk_widget_get_mapped (widget) && !GTK_IS_WINDOW (widget))
    return;
  if (GTK_IS_LABEL (widget))
    print_lines (gtk_label_get_text (GTK_LABEL (widget)));

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    print_texts (child);
}

/* The focused widget, under the name of its control. */
static void
print_focus (GtkWindow *window)
{
  GtkWidget *widget = gtk_window_get_focus (window);
  g_autofree char *name = NULL;

  while (widget != NULL && (g_str_equal (gtk_widget_get_name (widget), G_OBJECT_TYPE_NAME (widget))
                            || GTK_IS_LABEL (widget))
         && !GTK_IS_WINDOW (gtk_widget_get_parent (widget)))
    widget = gtk_widget_get_parent (widget);
  name = widget != NULL ? get_name (widget) : g_strdup ("nothing");
  printf ("%s\n", name);
}

/* An entry represents the text widget in it, and a row has the name of its contents.
 * Scrolled windows are not controls. */
static gboolean
is_control (GtkWidget *widget)
{
  if (GTK_IS_TEXT (widget) || GTK_IS_SCROLLED_WINDOW (widget)
      || gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (widget)) == GTK_ACCESSIBLE_ROLE_LIST_ITEM)
    return FALSE;

  return GTK_IS_EDITABLE (widget) || (gtk_widget_get_focusable (widget) && gtk_widget_get_can_focus (widget));
}

static gboolean
is_named (GtkWidget *widget)
{
  GtkAccessible *accessible = GTK_ACCESSIBLE (widget);

  return (GTK_IS_BUTTON (widget) && gtk_button_get_label (GTK_BUTTON (widget)) != NULL)
         || (GTK_IS_EXPANDER (widget) && gtk_expander_get_label (GTK_EXPANDER (widget)) != NULL)
         || gtk_test_accessible_has_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL)
         || gtk_test_accessible_has_relation (accessible, GTK_ACCESSIBLE_RELATION_LABELLED_BY);
}

/* Prints the controls without a name for screen readers. This includes inner widgets,
 * because a screen reader reads the focused one. The lists of drop-downs belong to GTK. */
static void
print_nameless (GtkWidget *widget)
{
  if (GTK_IS_POPOVER (widget))
    return;
  if (is_control (widget) && !is_named (widget))
    printf ("%s %s in %s\n", G_OBJECT_TYPE_NAME (widget), gtk_widget_get_name (widget),
            gtk_widget_get_name (gtk_widget_get_parent (widget)));
  /* A button contains no widget that can get the focus. */
  if (GTK_IS_BUTTON (widget))
    return;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    print_nameless (child);
}

/* Prints the mnemonics that two visible controls share. */
static void
print_collisions (GtkWidget *widget, GString *keys)
{
  guint key = 0;

  if (!gtk_widget_get_mapped (widget) && !GTK_IS_WINDOW (widget))
    return;
  if (GTK_IS_LABEL (widget))
    key = gtk_label_get_mnemonic_keyval (GTK_LABEL (widget));
  if (key > 0 && key < 0x80)
    {
      if (strchr (keys->str, (char) key) != NULL)
        printf ("%c of %s\n", (char) key, gtk_label_get_label (GTK_LABEL (widget)));
      g_string_append_c (keys, (char) key);
    }

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    print_collisions (child, keys);
}

/* Prints the accessible name that the control itself has. */
static void
print_spoken (GtkWidget *control)
{
  GtkAccessible *accessible = GTK_ACCESSIBLE (control);
  g_autofree char *label = gtk_test_accessible_check_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL, "");

  if (gtk_test_accessible_has_relation (accessible, GTK_ACCESSIBLE_RELATION_LABELLED_BY))
    printf ("by another\n");
  printf ("%s\n", label != NULL ? label : "");
}

static void
print_size (GtkWindow *window)
{
  int width, height;

  gtk_widget_measure (GTK_WIDGET (window), GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  gtk_widget_measure (GTK_WIDGET (window), GTK_ORIENTATION_VERTICAL, 800, &height, NULL, NULL, NULL);
  printf ("%d\n%d\n", width, height);
}

static void
open_window (Probe *self)
{
  GtkWindow *window = cap_settings_window_new (self->application, self->connection, self->subscription,
                                               self->models, self->settings);

  g_set_weak_pointer (&self->window, window);
  gtk_window_present (window);
}

/* orders */

static void
obey_one (Probe *self, const char *order, const char *name, const char *rest)
{
  GtkWidget *control = name != NULL ? find_anywhere (has_name, name) : NULL;

  if (name != NULL && control == NULL)
    printf ("nothing is called %s\n", name);
  else if (g_str_equal (order, "set"))
    set_control (control, rest != NULL ? rest : "");
  else if (g_str_equal (order, "activate"))
    activate (control);
  else if (g_str_equal (order, "focus"))
    gtk_widget_grab_focus (control);
  else if (g_str_equal (order, "value"))
    print_value (control);
  else if (g_str_equal (order, "choices"))
    print_choices (control);
  else if (g_str_equal (order, "texts"))
    print_texts (GTK_WIDGET (get_newest ()));
  else if (g_str_equal (order, "tab"))
    {
      gtk_widget_child_focus (GTK_WIDGET (get_newest ()), GTK_DIR_TAB_FORWARD);
      print_focus (get_newest ());
    }
  else if (g_str_equal (order, "focused"))
    print_focus (get_newest ());
  else if (g_str_equal (order, "nameless"))
    print_nameless (GTK_WIDGET (get_newest ()));
  else if (g_str_equal (order, "collisions"))
    {
      g_autoptr (GString) keys = g_string_new (NULL);

      print_collisions (GTK_WIDGET (get_newest ()), keys);
    }
  else if (g_str_equal (order, "spoken"))
    print_spoken (control);
  else if (g_str_equal (order, "size"))
    print_size (get_newest ());
  else if (g_str_equal (order, "unfold"))
    gtk_expander_set_expanded (GTK_EXPANDER (find_anywhere (is_expander, NULL)), TRUE);
  else if (g_str_equal (order, "fold"))
    gtk_expander_set_expanded (GTK_EXPANDER (find_anywhere (is_expander, NULL)), FALSE);
  else if (g_str_equal (order, "close"))
    close_newest ();
  else if (g_str_equal (order, "open"))
    open_window (self);
  else if (g_str_equal (order, "there"))
    printf ("%s\n", self->window != NULL ? "yes" : "no");
  else if (g_str_equal (order, "captions"))
    cap_subscription_open (self->subscription);
  else
    printf ("not known: %s\n", order);
}

static void
obey (Probe *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 3);
  GtkWidget *stack;

  if (g_str_equal (words[0], "page"))
    {
      stack = find_anywhere (is_stack, words[1]);
      gtk_stack_set_visible_child_name (GTK_STACK (stack), words[1]);
    }
  else if (g_str_equal (words[0], "join"))
    cap_subscription_join (self->subscription, words[1]);
  else if (g_str_equal (words[0], "look"))
    g_object_set (gtk_settings_get_default (), "gtk-theme-name", words[1], "gtk-xft-dpi",
                  (int) (g_ascii_strtod (words[2], NULL) * 96 * 1024), NULL);
  else
    obey_one (self, words[0], words[1], words[1] != NULL ? words[2] : NULL);

  printf ("\n");
  fflush (stdout);
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer data)
{
  Probe *self = data;
  g_autofree char *line = g_data_input_stream_read_line_finish (self->input, result, NULL, NULL);

  if (line == NULL)
    {
      g_application_quit (G_APPLICATION (self->application));
      return;
    }

  obey (self, line);
  g_data_input_stream_read_line_async (self->input, G_PRIORITY_DEFAULT, NULL, on_line, self);
}

static void
on_activate (GtkApplication *application, Probe *self)
{
  open_window (self);
  /* The probe keeps running after its window closes, so that it can still answer. */
  g_application_hold (G_APPLICATION (application));
  g_data_input_stream_read_line_async (self->input, G_PRIORITY_DEFAULT, NULL, on_line, self);
}

int
main (int argc, char **argv)
{
  g_autoptr (GInputStream) stdin_stream = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autofree char *translations = g_build_filename (g_getenv ("CAPTIOND_BUILDDIR"), "po", NULL);
  Probe self = { 0 };
  int status;

  bindtextdomain ("captiond", translations);
  bind_textdomain_codeset ("captiond", "UTF-8");
  textdomain ("captiond");

  self.connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_assert (self.connection != NULL);
  self.application = gtk_application_new ("org.captiond.SettingsProbe", G_APPLICATION_NON_UNIQUE);
  self.subscription = cap_subscription_new (self.connection);
  self.models = cap_model_jobs_new (self.connection);
  self.settings = g_settings_new ("org.captiond.Overlay");
  self.input = g_data_input_stream_new (stdin_stream);
  g_signal_connect (self.application, "activate", G_CALLBACK (on_activate), &self);
  status = g_application_run (G_APPLICATION (self.application), 0, NULL);

  g_clear_weak_pointer (&self.window);
  cap_subscription_close (self.subscription);
  cap_model_jobs_close (self.models);
  g_object_unref (self.input);
  g_object_unref (self.subscription);
  g_object_unref (self.models);
  g_object_unref (self.settings);
  g_object_unref (self.application);
  g_object_unref (self.connection);
  return status;
}
