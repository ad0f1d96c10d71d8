/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "soak/soak-holder.h"
#include "tools/fast-clock.h"
#include "tools/words.h"

#include <stdlib.h>
#include <string.h>

#define INTERFACE "org.captiond.Captions1.Stream"

struct _SoakHolder
{
  GDBusConnection *connection;
  char *daemon, *path;

  guint8 *heard;        /* counts per word; all allocated at the start, so that memory use does not grow */
  gint last_word;
  guint64 last_serial;
  guint64 last_final;   /* segment id */
  gint64 last_start;
  guint *texts;         /* hash of each final text by id, or 0 */
  SoakCount count;
  const char *first_broken;
};

/* One per segment; this suffices because most segments have more than one word. */
#define N_IDS WORDS_COUNT

/* rules */

static void
expect (SoakHolder *self, gboolean kept, const char *rule)
{
  if (kept)
    return;

  if (self->count.broken++ == 0)
    self->first_broken = rule;
}

static void
check_final (SoakHolder *self, guint64 id, const char *text, gint64 start)
{
  guint hash = g_str_hash (text) | 1;

  if (id >= N_IDS)
    return expect (self, FALSE, "more ids than the test has room for");

  expect (self, self->texts[id] == 0, "a final is sent twice, or changes");
  self->texts[id] = hash;
  expect (self, start > self->last_start || (start == self->last_start && id > self->last_final),
          "finals come in the order of (start, id)");
  self->last_start = MAX (start, self->last_start);
  self->last_final = id;
}

/* words */

static void
count_word (SoakHolder *self, const char *text)
{
  gint number;

  if (g_str_equal (text, "garbled"))
    {
      self->count.garbled++;
      return;
    }
  number = text[0] == 'w' ? atoi (text + 1) : -1;
  if (number < 0 || number >= WORDS_COUNT)
    {
      self->count.strange++;
      return;
    }

  self->count.disordered += number < self->last_word;
  self->last_word = MAX (number, self->last_word);
  if (self->heard[number] < G_MAXUINT8)
    self->heard[number]++;
}

static void
count_words (SoakHolder *self, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  for (guint i = 0; words[i] != NULL && words[i][0] != '\0'; i++)
    count_word (self, words[i]);
}

/* signals */

static void
on_segment (SoakHolder *self, GVariant *arguments)
{
  guint64 id, serial;
  const char *text;
  gboolean final;
  gint64 start, end;
  g_autoptr (GVariant) details = NULL;

  g_variant_get (arguments, "(tt&sbxx@a{sv})", &id, &serial, &text, &final, &start, &end, &details);
  expect (self, serial > self->last_serial, "serials grow");
  expect (self, end >= start, "text does not end before it begins");
  expect (self, id > 0 && (id >= N_IDS || self->texts[id] == 0), "a final does not change");
  self->last_serial = serial;
  if (!final)
    {
      self->count.partials++;
      return;
    }

  self->count.finals++;
  if (g_variant_lookup (details, "gap", "d", NULL))
    self->count.gaps++;
  expect (self, !g_variant_lookup (details, "incomplete", "b", NULL), "no text is incomplete");
  check_final (self, id, text, start);
  count_words (self, text);
}

static void
on_retracted (SoakHolder *self, GVariant *arguments)
{
  guint64 id, serial;

  g_variant_get (arguments, "(tt)", &id, &serial);
  expect (self, serial > self->last_serial, "serials grow");
  expect (self, id < N_IDS && self->texts[id] == 0, "no final is taken back");
  self->last_serial = serial;
  self->count.retracted++;
}

static void
on_signal (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
           const char *name, GVariant *arguments, gpointer user_data)
{
  SoakHolder *self = user_data;

  if (g_str_equal (name, "Segment"))
    on_segment (self, arguments);
  else if (g_str_equal (name, "SegmentRetracted"))
    on_retracted (self, arguments);
  else if (g_str_equal (name, "Failed"))
    expect (self, FALSE, "the stream does not fail");
  else
    expect (self, g_str_equal (name, "Level"), "the holder is not dropped");
}

/* calls */

static void
on_pong (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  fast_clock_release ();
}

static void
on_reply (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GVariant **place = user_data;
  g_autoptr (GError) error = NULL;

  *place = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (*place == NULL)
    g_error ("%s", error->message);
}

/* A daemon in this process answers from this thread, so the call must not block it. */
static GVariant *
call (SoakHolder *self, const char *interface, const char *method, GVariant *arguments)
{
  GVariant *reply = NULL;

  fast_clock_hold ();
  g_dbus_connection_call (self->connection, self->daemon, self->path, interface, method, arguments, NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_reply, &reply);
  while (reply == NULL)
    g_main_context_iteration (NULL, TRUE);
  fast_clock_release ();
  return reply;
}

/* public functions */

SoakHolder *
soak_holder_new (const char *address, const char *daemon, const char *path)
{
  SoakHolder *self = g_new0 (SoakHolder, 1);
  g_autoptr (GError) error = NULL;

  self->connection = g_dbus_connection_new_for_address_sync (address,
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL,
    &error);
  if (self->connection == NULL)
    g_error ("%s", error->message);
  self->daemon = g_strdup (daemon);
  self->path = g_strdup (path);
  self->last_word = -1;
  self->last_start = G_MININT64;
  self->heard = g_new (guint8, WORDS_COUNT);
  self->texts = g_new (guint, N_IDS);
  memset (self->heard, 1, WORDS_COUNT);
  memset (self->texts, 1, N_IDS * sizeof (guint));
  memset (self->heard, 0, WORDS_COUNT);
  memset (self->texts, 0, N_IDS * sizeof (guint));
  g_dbus_connection_signal_subscribe (self->connection, daemon, INTERFACE, NULL, path, NULL,
                                      G_DBUS_SIGNAL_FLAGS_NONE, on_signal, self, NULL);
  return self;
}

void
soak_holder_free (SoakHolder *self)
{
  g_dbus_connection_close_sync (self->connection, NULL, NULL);
  g_object_unref (self->connection);
  g_free (self->daemon);
  g_free (self->path);
  g_free (self->heard);
  g_free (self->texts);
  g_free (self);
}

const char *
soak_holder_get_bus_name (SoakHolder *self)
{
  return g_dbus_connection_get_unique_name (self->connection);
}

void
soak_holder_catch_up (SoakHolder *self)
{
  fast_clock_hold ();
  g_dbus_connection_call (self->connection, self->daemon, "/", "org.freedesktop.DBus.Peer", "Ping", NULL, NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_pong, NULL);
}

void
soak_holder_count (SoakHolder *self, guint n_said, SoakCount *count)
{
  *count = self->count;
  count->words = n_said;
  for (guint i = 0; i < WORDS_COUNT; i++)
    {
      count->lost += i < n_said && self->heard[i] == 0;
      count->doubled += i < n_said && self->heard[i] > 1 ? self->heard[i] - 1 : 0;
      count->strange += i >= n_said && self->heard[i] > 0;
    }
}

char *
soak_holder_describe (SoakHolder *self, guint n_said)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n_said && text->len < 2000; i++)
    if (self->heard[i] != 1)
      g_string_append_printf (text, " w%05u:%u", i, self->heard[i]);
  return g_string_free (text, FALSE);
}

const char *
soak_holder_get_first_broken (SoakHolder *self)
{
  return self->first_broken;
}

GVariant *
soak_holder_get_property (SoakHolder *self, const char *name)
{
  g_autoptr (GVariant) reply = call (self, "org.freedesktop.DBus.Properties", "Get",
                                     g_variant_new ("(ss)", INTERFACE, name));
  GVariant *value;

  g_variant_get (reply, "(v)", &value);
  return value;
}

void
soak_holder_call (SoakHolder *self, const char *method)
{
  g_variant_unref (call (self, INTERFACE, method, NULL));
}
