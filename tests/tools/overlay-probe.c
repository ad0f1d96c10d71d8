/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* The overlay's window without the application. Executes orders from standard input, one
 * per line, and answers each with a line. */

#include "overlay/captions/caption-view.h"
#include "overlay/window/overlay-window.h"
#include "overlay/window/placement-private.h"

#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <unistd.h>

typedef struct
{
  GtkApplication *application;
  GSettings *settings;
  CapSubscription *subscription;
  CapOverlayWindow *window;
  GDataInputStream *input;
} Probe;

/* Calls that the window makes, recorded with the linker's --wrap option. */
static struct
{
  CapRoll *roll;
  guint changes;   /* "changed" signals of the roll */
  guint looks;     /* looks passed to the view */
  guint announced;
  char *words; /* last announced text */
} seen;

CapRoll *__real_cap_roll_new (void);
void __real_cap_caption_view_announce (CapCaptionView *view, const char *text);
void __real_cap_caption_view_set_look (CapCaptionView *view, const CapLook *look);
CapRoll *__wrap_cap_roll_new (void);
void __wrap_cap_caption_view_announce (CapCaptionView *view, const char *text);
void __wrap_cap_caption_view_set_look (CapCaptionView *view, const CapLook *look);

static void
on_changed (CapRoll *roll)
{
  seen.changes++;
}

CapRoll *
__wrap_cap_roll_new (void)
{
  seen.roll = __real_cap_roll_new ();
  g_signal_connect (seen.roll, "changed", G_CALLBACK (on_changed), NULL);
  return seen.roll;
}

void
__wrap_cap_caption_view_announce (CapCaptionView *view, const char *text)
{
  seen.announced++;
  g_free (seen.words);
  seen.words = g_strdup (text);
  __real_cap_caption_view_announce (view, text);
}

void
__wrap_cap_caption_view_set_look (CapCaptionView *view, const CapLook *look)
{
  seen.looks++;
  __real_cap_caption_view_set_look (view, look);
}

static void
say (const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  vprintf (format, arguments);
  va_end (arguments);
  putchar ('\n');
  fflush (stdout);
}

/* orders */

static void
set (Probe *self, const char *key, const char *text)
{
  g_autoptr (GVariant) value = g_variant_parse (NULL, text, NULL, NULL, NULL);

  g_assert_nonnull (value);
  g_assert_true (g_settings_set_value (self->settings, key, value));
  say ("set");
}

static void
get (Probe *self, const char *key)
{
  g_autoptr (GVariant) value = g_settings_get_value (self->settings, key);
  g_autofree char *text = g_variant_print (value, FALSE);

  say ("%s", text);
}

static void
tell (void)
{
  g_autoptr (GString) lines = g_string_new (NULL);

  for (guint i = 0; i < cap_roll_get_n_lines (seen.roll); i++)
    g_string_append_printf (lines, "|%s", cap_roll_get_line (seen.roll, i)->text);
  say ("%u|%u|%u|%s%s", seen.changes, seen.looks, seen.announced, seen.words != NULL ? seen.words : "",
       lines->str);
}

/* Applies a preset, or the theme of the desktop. */
static void
restyle (Probe *self, const char *what, const char *name)
{
  if (g_str_equal (what, "preset"))
    cap_look_apply_preset (self->settings, name);
  else
    g_object_set (gtk_settings_get_default (), "gtk-theme-name", name, NULL);
  say ("%s", what);
}

static void
obey (Probe *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 3);

  if (g_str_equal (words[0], "set"))
    set (self, words[1], words[2]);
  else if (g_str_equal (words[0], "get"))
    get (self, words[1]);
  else if (g_str_equal (words[0], "show") || g_str_equal (words[0], "hide"))
    {
      gtk_widget_set_visible (GTK_WIDGET (self->window), g_str_equal (words[0], "show"));
      say ("%s", words[0]);
    }
  else if (g_str_equal (words[0], "preset") || g_str_equal (words[0], "theme"))
    restyle (self, words[0], words[1]);
  else if (g_str_equal (words[0], "tell"))
    tell ();
  else if (g_str_equal (words[0], "take-focus"))
    {
      cap_overlay_window_take_focus (self->window);
      say ("taken");
    }
  else
    g_error ("an unknown order: %s", line);
}

static void read_order (Probe *self);

static void
on_line (GObject *source, GAsyncResult *result, gpointer data)
{
  Probe *self = data;
  GDataInputStream *input = G_DATA_INPUT_STREAM (source);
  g_autofree char *line = g_data_input_stream_read_line_finish (input, result, NULL, NULL);

  if (line == NULL)
    {
      g_application_quit (G_APPLICATION (self->application));
      return;
    }

  obey (self, line);
  read_order (self);
}

static void
read_order (Probe *self)
{
  g_data_input_stream_read_line_async (self->input, G_PRIORITY_DEFAULT, NULL, on_line, self);
}

/* the application */

static void
on_lock (GSimpleAction *action, GVariant *state, gpointer data)
{
  Probe *self = data;

  g_simple_action_set_state (action, state);
  g_settings_set_value (self->settings, "locked", state);
}

static void
on_locked (GSettings *settings, const char *key, gpointer data)
{
  Probe *self = data;
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->application), "lock");
  g_autoptr (GVariant) locked = g_settings_get_value (settings, key);

  g_simple_action_set_state (G_SIMPLE_ACTION (action), locked);
}

static void
on_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  say ("action %s", g_action_get_name (G_ACTION (action)));
}

static const GActionEntry actions[] = {
  { "lock", NULL, NULL, "true", on_lock },
  { "pause", NULL, NULL, "false" },
  { "retry", on_action },
  { "settings", on_action },
  { "history", on_action },
  { "hide", on_action },
};

static void
on_activate (GtkApplication *application, gpointer data)
{
  Probe *self = data;
  g_autoptr (GDBusConnection) connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (CapPlacement) placement = cap_placement_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions), self);
  g_signal_connect (self->settings, "changed::locked", G_CALLBACK (on_locked), self);

  self->subscription = cap_subscription_new (connection);
  self->window = cap_overlay_window_new (application, self->subscription, self->settings);
  cap_subscription_open (self->subscription);
  gtk_widget_set_visible (GTK_WIDGET (self->window), TRUE);

  say ("%s", cap_placement_get_name (placement));
  read_order (self);
}

int
main (int argc, char **argv)
{
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  Probe self = { 0 };
  int status;

  cap_placement_choose_backend ();
  self.application = gtk_application_new (NULL, G_APPLICATION_NON_UNIQUE);
  self.settings = g_settings_new ("org.captiond.Overlay");
  self.input = g_data_input_stream_new (input);
  g_signal_connect (self.application, "activate", G_CALLBACK (on_activate), &self);

  status = g_application_run (G_APPLICATION (self.application), argc, argv);

  gtk_window_destroy (GTK_WINDOW (self.window));
  g_object_unref (self.subscription);
  g_object_unref (self.input);
  g_object_unref (self.settings);
  g_object_unref (self.application);
  g_free (seen.words);
  return status;
}
