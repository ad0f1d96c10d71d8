/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* A subscription without the overlay. Executes orders from standard input, one per line,
 * and prints each event as a line. If the argument names a file to create, the clock runs
 * thirty times as fast. */

#include "overlay/service/service-calls.h"
#include "overlay/service/status.h"
#include "overlay/service/subscription.h"
#include "tools/fast-clock.h"

#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <unistd.h>

#define SPEED 30

typedef struct
{
  GDBusConnection *connection;
  CapSubscription *subscription;
  GDataInputStream *input;
  GMainLoop *loop;
} Probe;

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

/* events */

static void
on_begun (CapSubscription *subscription, const char *path, gint64 epoch)
{
  say ("begun %" G_GINT64_FORMAT " %s", epoch, path);
}

static void
on_segment (CapSubscription *subscription, const CapSegment *segment)
{
  if (segment->retracted)
    say ("retracted %" G_GUINT64_FORMAT, segment->id);
  else
    say ("segment %" G_GUINT64_FORMAT " %s %s", segment->id, segment->final ? "final" : "partial",
         segment->text);
}

static void
on_state (CapSubscription *subscription)
{
  static const char *const kinds[] = { "quiet", "working", "waiting", "failed" };
  const CapState *state = cap_subscription_get_state (subscription);
  g_autoptr (CapStatus) status = cap_status_new (state, cap_subscription_is_silent (subscription));

  say ("state %s%s %s [%s] %s", state->state, cap_subscription_is_silent (subscription) ? " silent" : "",
       state->reason, kinds[status->kind], status->sentence);
}

static void
on_level (CapSubscription *subscription, double level)
{
  say ("level %.1f", level);
}

/* orders */

static void
on_got (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = cap_service_calls_get_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autofree char *text = value != NULL ? g_variant_print (value, FALSE) : NULL;

  say ("%s %s", text != NULL ? "got" : "refused", text != NULL ? text : error->message);
}

static void
on_set (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (cap_service_calls_set_finish (G_DBUS_CONNECTION (source), result, &error))
    say ("set");
  else
    say ("refused %s", error->message);
}

static void
on_key_set (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (cap_service_calls_set_key_finish (G_DBUS_CONNECTION (source), result, &error))
    say ("key set");
  else
    say ("refused %s", error->message);
}

static void
ask_service (Probe *self, const char *word, const char *rest)
{
  if (g_str_equal (word, "get"))
    cap_service_calls_get (self->connection, rest, NULL, on_got, NULL);
  else if (g_str_equal (word, "clear-key"))
    cap_service_calls_set (self->connection, "ClearKey", g_variant_new ("(s)", rest), NULL, on_set, NULL);
  else if (g_str_equal (word, "set-key"))
    {
      g_auto (GStrv) words = g_strsplit (rest, " ", 2);

      cap_service_calls_set_key (self->connection, words[0], words[1], NULL, on_key_set, NULL);
    }
  else
    g_error ("an unknown order: %s", word);
}

static void
obey (Probe *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 2);
  const char *rest = words[1] != NULL ? words[1] : "";

  if (g_str_equal (words[0], "open"))
    cap_subscription_open (self->subscription);
  else if (g_str_equal (words[0], "join"))
    cap_subscription_join (self->subscription, rest);
  else if (g_str_equal (words[0], "close"))
    cap_subscription_close (self->subscription);
  else if (g_str_equal (words[0], "pause"))
    cap_subscription_pause (self->subscription);
  else if (g_str_equal (words[0], "resume"))
    cap_subscription_resume (self->subscription);
  else if (g_str_equal (words[0], "retry"))
    cap_subscription_retry (self->subscription);
  else if (g_str_equal (words[0], "levels"))
    cap_subscription_set_levels (self->subscription, g_str_equal (rest, "on"));
  else
    ask_service (self, words[0], rest);
}

static void read_order (Probe *self);

static void
on_line (GObject *source, GAsyncResult *result, gpointer data)
{
  Probe *self = data;
  g_autofree char *line = g_data_input_stream_read_line_finish_utf8 (self->input, result, NULL, NULL);

  if (line == NULL)
    {
      g_main_loop_quit (self->loop);
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

int
main (int argc, char **argv)
{
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GError) error = NULL;
  Probe self = { 0 };

  if (argc > 1)
    fast_clock_own (argv[1], SPEED);

  self.connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  if (self.connection == NULL)
    g_error ("%s", error->message);
  g_dbus_connection_set_exit_on_close (self.connection, FALSE);

  self.subscription = cap_subscription_new (self.connection);
  self.input = g_data_input_stream_new (input);
  self.loop = g_main_loop_new (NULL, FALSE);
  g_signal_connect (self.subscription, "begun", G_CALLBACK (on_begun), NULL);
  g_signal_connect (self.subscription, "segment", G_CALLBACK (on_segment), NULL);
  g_signal_connect (self.subscription, "state", G_CALLBACK (on_state), NULL);
  g_signal_connect (self.subscription, "level", G_CALLBACK (on_level), NULL);
  read_order (&self);
  g_main_loop_run (self.loop);

  g_object_unref (self.subscription);
  g_object_unref (self.input);
  g_main_loop_unref (self.loop);
  g_object_unref (self.connection);
  return 0;
}
