/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/application.h"
#include "common/stream-path.h"
#include "common/text.h"
#include "overlay/overlay-options.h"
#include "overlay/settings/appearance.h"
#include "overlay/settings/settings-window.h"
#include "overlay/transcript/history-window.h"
#include "overlay/window/overlay-window.h"
#include "overlay/window/placement.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>

#define EXIT_USAGE 2

struct _CapApplication
{
  GtkApplication parent_instance;

  char *trouble; /* why the overlay cannot run, for people; NULL when it can */
  guint signal_ids[3];

  GSettings *settings;
  CapAppearance *appearance;
  CapSubscription *subscription;
  CapModelJobs *models; /* NULL until the settings are first shown */
  CapHistory *history;

  /* Weak pointers. Each window is made when it is first needed. */
  GtkWindow *window;
  GtkWindow *settings_window;
  GtkWindow *history_window;
};

G_DEFINE_FINAL_TYPE (CapApplication, cap_application, GTK_TYPE_APPLICATION)

static void cap_application_startup (GApplication *application);
static void cap_application_shutdown (GApplication *application);
static void cap_application_activate (GApplication *application);
static gboolean cap_application_local_command_line (GApplication *application, char ***arguments,
                                                    int *exit_status);

/* lifecycle */

static void
cap_application_finalize (GObject *object)
{
  CapApplication *self = CAP_APPLICATION (object);

  g_clear_weak_pointer (&self->window);
  g_clear_weak_pointer (&self->settings_window);
  g_clear_weak_pointer (&self->history_window);
  g_clear_object (&self->subscription);
  g_clear_object (&self->models);
  g_clear_object (&self->history);
  g_clear_object (&self->settings);
  g_free (self->trouble);

  G_OBJECT_CLASS (cap_application_parent_class)->finalize (object);
}

static void
cap_application_class_init (CapApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = cap_application_finalize;
  application_class->startup = cap_application_startup;
  application_class->shutdown = cap_application_shutdown;
  application_class->activate = cap_application_activate;
  application_class->local_command_line = cap_application_local_command_line;
}

static void
cap_application_init (CapApplication *self)
{
}

static void
set_action_state (CapApplication *self, const char *name, gboolean state)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (state));
}

/* captions */

/* A pause applies to streams that are opened later, too. */
static void
forget_pause (CapApplication *self)
{
  cap_subscription_resume (self->subscription);
  set_action_state (self, "pause", FALSE);
}

static gboolean
is_shown (CapApplication *self)
{
  return self->window != NULL && gtk_widget_get_visible (GTK_WIDGET (self->window));
}

static void
hide (CapApplication *self)
{
  if (!is_shown (self))
    return;

  gtk_widget_set_visible (GTK_WIDGET (self->window), FALSE);
  cap_subscription_close (self->subscription);
  forget_pause (self);
}

static gboolean
on_close_request (CapApplication *self)
{
  hide (self);
  return GDK_EVENT_STOP;
}

/* gtk_window_present () would ask for the focus. */
static void
reveal (CapApplication *self)
{
  if (self->window == NULL)
    {
      CapOverlayWindow *window = cap_overlay_window_new (GTK_APPLICATION (self), self->subscription,
                                                         self->settings);

      g_set_weak_pointer (&self->window, GTK_WINDOW (window));
      g_signal_connect_object (self->window, "close-request", G_CALLBACK (on_close_request), self,
                               G_CONNECT_SWAPPED);
    }

  gtk_widget_set_visible (GTK_WIDGET (self->window), TRUE);
}

/* A user who starts the overlay again wants captions: if the stream has failed, as
 * it does when a joined one ends, another stream is opened. */
static void
show (CapApplication *self)
{
  if (is_shown (self) && !g_str_equal (cap_subscription_get_state (self->subscription)->state, "failed"))
    return;

  cap_subscription_open (self->subscription);
  reveal (self);
}

/* dialogs */

static void
present (CapApplication *self, GtkWindow **window, GtkWindow *created)
{
  if (created != NULL)
    g_set_weak_pointer (window, created);
  gtk_window_present (*window);
}

/* actions */

static void
on_show (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CapApplication *self = user_data;

  show (self);
}

static void
on_hide (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CapApplication *self = user_data;

  hide (self);
}

static void
on_toggle (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CapApplication *self = user_data;

  if (is_shown (self))
    hide (self);
  else
    show (self);
}

static void
on_join (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CapApplication *self = user_data;
  g_autofree char *path = cap_stream_path_parse (g_variant_get_string (parameter, NULL));

  if (path == NULL)
    {
      g_info ("somebody on the bus asked for a stream that cannot be");
      return;
    }

  cap_subscription_join (self->subscription, path);
  forget_pause (self);
  reveal (self);
}

static void
on_lock (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  CapApplication *self = user_data;
  gboolean locked = g_variant_get_boolean (state);

  g_settings_set_boolean (self->settings, "locked", locked);

  /* Users often unlock with a shortcut, and go on with the keyboard. */
  if (!locked && is_shown (self))
    cap_overlay_window_take_focus (CAP_OVERLAY_WINDOW (self->window));
}

static void
on_locked_changed (CapApplication *self)
{
  set_action_state (self, "lock", g_settings_get_boolean (self->settings, "locked"));
}

static void
on_pause (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  CapApplication *self = user_data;

  /* Hidden captions are closed already. */
  if (!is_shown (self))
    return;

  if (g_variant_get_boolean (state))
    cap_subscription_pause (self->subscription);
  else
    cap_subscription_resume (self->subscription);
  g_simple_action_set_state (action, state);
}

static void
on_retry (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CapApplication *self = user_data;

  if (is_shown (self))
    cap_subscription_retry (self->subscription);
}

static void
on_settings (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CapApplication *self = user_data;
  GDBusConnection *connection = g_application_get_dbus_connection (user_data);
  GtkWindow *created = NULL;

  if (self->models == NULL)
    self->models = cap_model_jobs_new (connection);
  if (self->settings_window == NULL)
    created = cap_settings_window_new (user_data, connection, self->subscription, self->models,
                                       self->settings);
  present (self, &self->settings_window, created);
}

static void
on_history (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CapApplication *self = user_data;
  GtkWindow *created = NULL;

  if (self->history_window == NULL)
    created = cap_history_window_new (user_data, self->history);
  present (self, &self->history_window, created);
}

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_application_quit (user_data);
}

static const GActionEntry actions[] = {
  { "show", on_show },
  { "hide", on_hide },
  { "toggle", on_toggle },
  { "join", on_join, "s" },
  { "lock", NULL, NULL, "true", on_lock },
  { "pause", NULL, NULL, "false", on_pause },
  { "retry", on_retry },
  { "settings", on_settings },
  { "history", on_history },
  { "quit", on_quit },
};

/* startup */

/* g_settings_new () aborts when a schema is missing. */
static GSettings *
settings_new (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, CAP_OVERLAY_ID, TRUE);

  return schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
}

static const char *
find_trouble (CapApplication *self)
{
  if (g_application_get_dbus_connection (G_APPLICATION (self)) == NULL)
    return _("There is no session bus. Start captiond-overlay in a desktop session.");
  if (self->settings == NULL)
    return _("The settings schema org.captiond.Overlay is not installed. Reinstall captiond-overlay.");

  cap_placement_choose_backend ();
  if (!gtk_init_check ())
    return _("There is no screen to show captions on. Start captiond-overlay in a desktop session.");

  return NULL;
}

static gboolean
on_signal (gpointer user_data)
{
  g_application_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static void
watch_signals (CapApplication *self)
{
  const int signals[] = { SIGTERM, SIGINT, SIGHUP };

  G_STATIC_ASSERT (G_N_ELEMENTS (signals) == G_N_ELEMENTS (self->signal_ids));
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    self->signal_ids[i] = g_unix_signal_add (signals[i], on_signal, self);
}

static void
begin (CapApplication *self)
{
  const char *const settings_keys[] = { "<Control>comma", NULL };

  self->subscription = cap_subscription_new (g_application_get_dbus_connection (G_APPLICATION (self)));
  self->history = cap_history_new ();
  g_signal_connect_object (self->subscription, "begun", G_CALLBACK (cap_history_begin), self->history,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->subscription, "segment", G_CALLBACK (cap_history_add), self->history,
                           G_CONNECT_SWAPPED);

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "app.settings", settings_keys);
  g_signal_connect_object (self->settings, "changed::locked", G_CALLBACK (on_locked_changed), self,
                           G_CONNECT_SWAPPED);
  on_locked_changed (self);

  self->appearance = cap_appearance_new (g_application_get_dbus_connection (G_APPLICATION (self)),
                                         gtk_settings_get_default ());
  gtk_window_set_default_icon_name (CAP_OVERLAY_ID);
  watch_signals (self);
}

/* GTK's own functions abort without a display, but those of GApplication do not. */
static GApplicationClass *
get_parent_class (CapApplication *self)
{
  gpointer gtk_class = cap_application_parent_class;

  return self->trouble != NULL ? g_type_class_peek_parent (gtk_class) : gtk_class;
}

static void
cap_application_startup (GApplication *application)
{
  CapApplication *self = CAP_APPLICATION (application);

  /* X11 windows get this name, by which desktops find the desktop file. */
  g_set_prgname (CAP_OVERLAY_ID);
  self->settings = settings_new ();
  self->trouble = g_strdup (find_trouble (self));

  get_parent_class (self)->startup (application);
  if (self->trouble == NULL)
    begin (self);
}

static void
cap_application_shutdown (GApplication *application)
{
  CapApplication *self = CAP_APPLICATION (application);

  for (guint i = 0; i < G_N_ELEMENTS (self->signal_ids); i++)
    g_clear_handle_id (&self->signal_ids[i], g_source_remove);

  if (self->subscription != NULL)
    cap_subscription_close (self->subscription);
  for (GList *windows; (windows = gtk_application_get_windows (GTK_APPLICATION (self))) != NULL;)
    gtk_window_destroy (windows->data);
  if (self->models != NULL)
    cap_model_jobs_close (self->models);

  g_clear_object (&self->appearance);
  get_parent_class (self)->shutdown (application);
}

static void
cap_application_activate (GApplication *application)
{
  show (CAP_APPLICATION (application));
}

/* the command line */

static int
report (const char *message)
{
  g_printerr ("captiond-overlay: %s\n", message);
  return EXIT_FAILURE;
}

static int
report_usage (const GError *error)
{
  g_autofree char *message = cap_text_clean (error->message);

  g_printerr (_("captiond-overlay: %s. See: captiond-overlay --help\n"), message);
  return EXIT_USAGE;
}

/* Runs the command in this process, or in the one that is running already. */
static int
perform (CapApplication *self, const CapOverlayOptions *options)
{
  g_autoptr (GError) error = NULL;

  if (options->command == CAP_OVERLAY_SERVE)
    g_application_set_flags (G_APPLICATION (self), G_APPLICATION_IS_SERVICE);
  if (!g_application_register (G_APPLICATION (self), NULL, &error))
    return report (error->message);
  if (self->trouble != NULL)
    {
      g_application_quit (G_APPLICATION (self));
      return report (self->trouble);
    }

  if (options->command == CAP_OVERLAY_ACTIVATE)
    g_action_group_activate_action (G_ACTION_GROUP (self), options->action, options->value);
  else if (options->command == CAP_OVERLAY_CHANGE)
    g_action_group_change_action_state (G_ACTION_GROUP (self), options->action, options->value);

  return EXIT_SUCCESS;
}

static gboolean
cap_application_local_command_line (GApplication *application, char ***arguments, int *exit_status)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CapOverlayOptions) options = cap_overlay_options_new (*arguments, &error);

  *exit_status = EXIT_SUCCESS;
  if (options == NULL)
    *exit_status = report_usage (error);
  else if (options->command == CAP_OVERLAY_PRINT)
    g_print ("%s", options->text);
  else
    *exit_status = perform (CAP_APPLICATION (application), options);

  return TRUE;
}

CapApplication *
cap_application_new (void)
{
  return g_object_new (CAP_TYPE_APPLICATION, "application-id", CAP_OVERLAY_ID, NULL);
}
