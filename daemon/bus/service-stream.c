/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "bus/service-stream.h"
#include "bus/holders.h"
#include "dbus/captions-dbus.h"
#include "dbus/error.h"
#include "dbus/names.h"

#define SEGMENT_TYPE "(ttsbxx@a{sv})"

typedef struct
{
  const char *name;
  void (*handle) (CapServiceStream *self, const char *sender, GVariant *arguments,
                  GDBusMethodInvocation *invocation);
} Method;

typedef struct
{
  const char *name;
  GVariant *(*get) (CapServiceStream *self);
  gboolean announced; /* PropertiesChanged tells the holders about changes */
} Property;

/* struct */

struct _CapServiceStream
{
  GDBusInterfaceSkeleton parent_instance;

  CapStream *stream;
  CapHolders *holders;
  char *source;
  char *engine;
  char *language;
  char *translate_to;

  GHashTable *announced; /* property name → GVariant that the holders know */
  gboolean failed;       /* the holders have received Failed */
};

/* signals */

enum
{
  SIGNAL_RELEASED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static GDBusInterfaceInfo *cap_service_stream_get_info (GDBusInterfaceSkeleton *skeleton);
static GDBusInterfaceVTable *cap_service_stream_get_vtable (GDBusInterfaceSkeleton *skeleton);
static GVariant *cap_service_stream_get_properties (GDBusInterfaceSkeleton *skeleton);
static void cap_service_stream_flush (GDBusInterfaceSkeleton *skeleton);

G_DEFINE_FINAL_TYPE (CapServiceStream, cap_service_stream, G_TYPE_DBUS_INTERFACE_SKELETON)

/* lifecycle */

static void
cap_service_stream_init (CapServiceStream *self)
{
  self->holders = cap_holders_new ();
  self->announced = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                           (GDestroyNotify) g_variant_unref);
}

static void
cap_service_stream_dispose (GObject *object)
{
  CapServiceStream *self = CAP_SERVICE_STREAM (object);

  g_clear_object (&self->stream);
  g_clear_pointer (&self->holders, cap_holders_free);

  G_OBJECT_CLASS (cap_service_stream_parent_class)->dispose (object);
}

static void
cap_service_stream_finalize (GObject *object)
{
  CapServiceStream *self = CAP_SERVICE_STREAM (object);

  g_hash_table_unref (self->announced);
  g_free (self->source);
  g_free (self->engine);
  g_free (self->language);
  g_free (self->translate_to);

  G_OBJECT_CLASS (cap_service_stream_parent_class)->finalize (object);
}

static void
cap_service_stream_class_init (CapServiceStreamClass *klass)
{
  GDBusInterfaceSkeletonClass *skeleton_class = G_DBUS_INTERFACE_SKELETON_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cap_service_stream_dispose;
  G_OBJECT_CLASS (klass)->finalize = cap_service_stream_finalize;
  skeleton_class->get_info = cap_service_stream_get_info;
  skeleton_class->get_vtable = cap_service_stream_get_vtable;
  skeleton_class->get_properties = cap_service_stream_get_properties;
  skeleton_class->flush = cap_service_stream_flush;

  signals[SIGNAL_RELEASED] = g_signal_new ("released", CAP_TYPE_SERVICE_STREAM, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 0);
}

/* D-Bus properties */

static GVariant *
get_source (CapServiceStream *self)
{
  return g_variant_new_string (self->source);
}

static GVariant *
get_source_description (CapServiceStream *self)
{
  return g_variant_new_string (cap_stream_get_description (self->stream));
}

static GVariant *
get_engine (CapServiceStream *self)
{
  return g_variant_new_string (self->engine);
}

static GVariant *
get_remote_host (CapServiceStream *self)
{
  return g_variant_new_string (cap_engine_get_remote_host (cap_stream_get_engine (self->stream)));
}

static GVariant *
get_language (CapServiceStream *self)
{
  return g_variant_new_string (self->language);
}

static GVariant *
get_translate_to (CapServiceStream *self)
{
  return g_variant_new_string (self->translate_to);
}

static GVariant *
get_state (CapServiceStream *self)
{
  return g_variant_new_string (cap_stream_get_state_name (self->stream));
}

static GVariant *
get_state_reason (CapServiceStream *self)
{
  return g_variant_new_string (cap_error_get_name (cap_stream_get_reason (self->stream)));
}

static GVariant *
get_state_message (CapServiceStream *self)
{
  const GError *reason = cap_stream_get_reason (self->stream);

  return g_variant_new_string (reason != NULL ? reason->message : "");
}

static GVariant *
get_epoch (CapServiceStream *self)
{
  return g_variant_new_int64 (cap_stream_get_epoch (self->stream));
}

static GVariant *
get_holders (CapServiceStream *self)
{
  return cap_holders_list_processes (self->holders);
}

static GVariant *
get_audio_seconds (CapServiceStream *self)
{
  return g_variant_new_double (cap_stream_get_audio_seconds (self->stream));
}

static GVariant *
get_sent_seconds (CapServiceStream *self)
{
  return g_variant_new_double (cap_engine_get_sent_seconds (cap_stream_get_engine (self->stream)));
}

static GVariant *
get_billed_seconds (CapServiceStream *self)
{
  return g_variant_new_double (cap_engine_get_billed_seconds (cap_stream_get_engine (self->stream)));
}

static GVariant *
get_lost_seconds (CapServiceStream *self)
{
  return g_variant_new_double (cap_stream_get_lost_seconds (self->stream));
}

static GVariant *
get_reconnects (CapServiceStream *self)
{
  return g_variant_new_uint32 (cap_engine_get_reconnects (cap_stream_get_engine (self->stream)));
}

static const Property stream_properties[] = {
  { "Source", get_source },
  { "SourceDescription", get_source_description, TRUE },
  { "Engine", get_engine },
  { "RemoteHost", get_remote_host, TRUE },
  { "Language", get_language },
  { "TranslateTo", get_translate_to },
  { "State", get_state, TRUE },
  { "StateReason", get_state_reason, TRUE },
  { "StateMessage", get_state_message, TRUE },
  { "Epoch", get_epoch },
  { "Holders", get_holders, TRUE },
  { "AudioSeconds", get_audio_seconds },
  { "SentSeconds", get_sent_seconds },
  { "BilledSeconds", get_billed_seconds },
  { "LostSeconds", get_lost_seconds },
  { "Reconnects", get_reconnects },
};

/* private methods */

static void
send_to (CapServiceStream *self, const char *bus_name, const char *interface, const char *signal,
         GVariant *arguments)
{
  GDBusInterfaceSkeleton *skeleton = G_DBUS_INTERFACE_SKELETON (self);
  GDBusConnection *connection = g_dbus_interface_skeleton_get_connection (skeleton);

  if (connection != NULL)
    g_dbus_connection_emit_signal (connection, bus_name,
                                   g_dbus_interface_skeleton_get_object_path (skeleton), interface,
                                   signal, arguments, NULL);
}

static void
send (CapServiceStream *self, CapNews news, const char *interface, const char *signal,
      GVariant *arguments)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (arguments);
  g_autoptr (GPtrArray) receivers = cap_holders_list_receivers (self->holders, news);

  for (guint i = 0; i < receivers->len; i++)
    send_to (self, g_ptr_array_index (receivers, i), interface, signal, sunk);
}

static void
tell_failure (CapServiceStream *self, const char *bus_name)
{
  const GError *reason = cap_stream_get_reason (self->stream);

  send_to (self, bus_name, CAP_STREAM_INTERFACE, "Failed",
           g_variant_new ("(ss)", cap_error_get_name (reason), reason->message));
}

static void
tell_failure_to_all (CapServiceStream *self)
{
  gboolean failed = cap_stream_get_state (self->stream) == CAP_STREAM_FAILED;

  if (failed && !self->failed)
    {
      g_autoptr (GPtrArray) receivers = cap_holders_list_receivers (self->holders, CAP_NEWS_STATE);

      for (guint i = 0; i < receivers->len; i++)
        tell_failure (self, g_ptr_array_index (receivers, i));
    }
  self->failed = failed;
}

/* Sends the properties that have changed since the last time. */
static void
announce (CapServiceStream *self)
{
  GVariantBuilder changed;
  gboolean any = FALSE;

  g_variant_builder_init (&changed, G_VARIANT_TYPE_VARDICT);
  for (gsize i = 0; i < G_N_ELEMENTS (stream_properties); i++)
    {
      const Property *property = &stream_properties[i];
      g_autoptr (GVariant) value = NULL;
      GVariant *known;

      if (!property->announced)
        continue;
      value = g_variant_ref_sink (property->get (self));
      known = g_hash_table_lookup (self->announced, property->name);
      if (known != NULL && g_variant_equal (known, value))
        continue;

      g_variant_builder_add (&changed, "{sv}", property->name, value);
      g_hash_table_insert (self->announced, (gpointer) property->name, g_steal_pointer (&value));
      any = TRUE;
    }

  if (any)
    send (self, CAP_NEWS_STATE, "org.freedesktop.DBus.Properties", "PropertiesChanged",
          g_variant_new ("(s@a{sv}as)", CAP_STREAM_INTERFACE, g_variant_builder_end (&changed), NULL));
  else
    g_variant_builder_clear (&changed);
}

static void
remove_holds (CapServiceStream *self, const char *bus_name, gboolean all)
{
  if (!cap_holders_remove (self->holders, bus_name, all))
    return;

  if (cap_holders_is_empty (self->holders))
    {
      g_signal_emit (self, signals[SIGNAL_RELEASED], 0);
      return;
    }
  cap_stream_set_paused (self->stream, cap_holders_all_paused (self->holders));
  announce (self);
}

static GVariant *
segment_to_variant (const CapTranscriptSegment *segment)
{
  return g_variant_new (SEGMENT_TYPE, segment->id, segment->serial, segment->text, segment->final,
                        segment->start, segment->end, segment->details);
}

/* callbacks */

static void
on_changed (CapStream *stream, gpointer user_data)
{
  CapServiceStream *self = user_data;

  announce (self);
  tell_failure_to_all (self);
}

static void
on_level (CapStream *stream, double level, gpointer user_data)
{
  CapServiceStream *self = user_data;

  send (self, CAP_NEWS_LEVEL, CAP_STREAM_INTERFACE, "Level", g_variant_new ("(d)", level));
}

static void
on_segment (CapTranscript *transcript, const CapTranscriptSegment *segment, gpointer user_data)
{
  CapServiceStream *self = user_data;

  send (self, segment->final ? CAP_NEWS_FINAL : CAP_NEWS_PARTIAL, CAP_STREAM_INTERFACE, "Segment",
        segment_to_variant (segment));
}

static void
on_retracted (CapTranscript *transcript, const CapTranscriptSegment *segment, gpointer user_data)
{
  CapServiceStream *self = user_data;

  /* A holder that wants no partial results may have one from GetSegments. */
  send (self, CAP_NEWS_FINAL, CAP_STREAM_INTERFACE, "SegmentRetracted",
        g_variant_new ("(tt)", segment->id, segment->serial));
}

/* D-Bus methods */

/* Closing the stream makes its last text final. This happens before the last
 * holder leaves, so that the text still reaches it. */
static void
handle_close (CapServiceStream *self, const char *sender, GVariant *arguments,
              GDBusMethodInvocation *invocation)
{
  if (cap_holders_is_last (self->holders, sender))
    cap_stream_close (self->stream, 0);

  g_dbus_method_invocation_return_value (invocation, NULL);
  remove_holds (self, sender, FALSE);
}

static void
handle_get_segments (CapServiceStream *self, const char *sender, GVariant *arguments,
                     GDBusMethodInvocation *invocation)
{
  g_autoptr (GPtrArray) changes = NULL;
  GVariantBuilder rows;
  guint64 serial;

  g_variant_get (arguments, "(t)", &serial);
  changes = cap_transcript_get_changes (cap_stream_get_transcript (self->stream), serial);

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a(ttsbxxa{sv})"));
  for (guint i = 0; i < changes->len; i++)
    g_variant_builder_add_value (&rows, segment_to_variant (g_ptr_array_index (changes, i)));

  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(a(ttsbxxa{sv}))", &rows));
}

static void
handle_flush (CapServiceStream *self, const char *sender, GVariant *arguments,
              GDBusMethodInvocation *invocation)
{
  cap_stream_flush (self->stream);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
set_paused (CapServiceStream *self, const char *sender, gboolean paused,
            GDBusMethodInvocation *invocation)
{
  cap_holders_set_paused (self->holders, sender, paused);
  cap_stream_set_paused (self->stream, cap_holders_all_paused (self->holders));
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
handle_pause (CapServiceStream *self, const char *sender, GVariant *arguments,
              GDBusMethodInvocation *invocation)
{
  set_paused (self, sender, TRUE, invocation);
}

static void
handle_resume (CapServiceStream *self, const char *sender, GVariant *arguments,
               GDBusMethodInvocation *invocation)
{
  set_paused (self, sender, FALSE, invocation);
}

static void
handle_retry (CapServiceStream *self, const char *sender, GVariant *arguments,
              GDBusMethodInvocation *invocation)
{
  cap_stream_retry (self->stream);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static const Method stream_methods[] = {
  { "Close", handle_close },
  { "GetSegments", handle_get_segments },
  { "Flush", handle_flush },
  { "Pause", handle_pause },
  { "Resume", handle_resume },
  { "Retry", handle_retry },
};

/* interface skeleton */

static void
handle_method_call (GDBusConnection *connection, const char *sender, const char *path,
                    const char *interface, const char *name, GVariant *arguments,
                    GDBusMethodInvocation *invocation, gpointer user_data)
{
  g_autoptr (CapServiceStream) self = g_object_ref (user_data);

  if (!cap_holders_contain (self->holders, sender))
    {
      g_dbus_method_invocation_return_error (invocation, CAP_ERROR, CAP_ERROR_NOT_HOLDER,
                                             "The caller does not hold this stream. Open or join it "
                                             "with OpenStream first.");
      return;
    }

  for (gsize i = 0; i < G_N_ELEMENTS (stream_methods); i++)
    if (g_str_equal (stream_methods[i].name, name))
      {
        stream_methods[i].handle (self, sender, arguments, invocation);
        return;
      }

  g_assert_not_reached ();
}

static GVariant *
handle_get_property (GDBusConnection *connection, const char *sender, const char *path,
                     const char *interface, const char *name, GError **error, gpointer user_data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (stream_properties); i++)
    if (g_str_equal (stream_properties[i].name, name))
      return stream_properties[i].get (user_data);

  g_assert_not_reached ();
}

static GDBusInterfaceInfo *
cap_service_stream_get_info (GDBusInterfaceSkeleton *skeleton)
{
  return cap_dbus_captions1_stream_interface_info ();
}

static GDBusInterfaceVTable *
cap_service_stream_get_vtable (GDBusInterfaceSkeleton *skeleton)
{
  static GDBusInterfaceVTable vtable = { handle_method_call, handle_get_property, NULL };

  return &vtable;
}

static GVariant *
cap_service_stream_get_properties (GDBusInterfaceSkeleton *skeleton)
{
  CapServiceStream *self = CAP_SERVICE_STREAM (skeleton);
  GVariantBuilder all;

  g_variant_builder_init (&all, G_VARIANT_TYPE_VARDICT);
  for (gsize i = 0; i < G_N_ELEMENTS (stream_properties); i++)
    g_variant_builder_add (&all, "{sv}", stream_properties[i].name, stream_properties[i].get (self));

  return g_variant_builder_end (&all);
}

/* announce() has sent all changes already. */
static void
cap_service_stream_flush (GDBusInterfaceSkeleton *skeleton)
{
}

/* public methods */

CapServiceStream *
cap_service_stream_new (CapStream *stream, const CapStreamKey *key)
{
  CapServiceStream *self;
  CapTranscript *transcript;

  g_return_val_if_fail (CAP_IS_STREAM (stream), NULL);
  g_return_val_if_fail (key != NULL, NULL);

  self = g_object_new (CAP_TYPE_SERVICE_STREAM, NULL);
  transcript = cap_stream_get_transcript (stream);
  self->stream = g_object_ref (stream);
  self->source = g_strdup (key->source);
  self->engine = g_strdup (key->engine);
  self->language = g_strdup (key->language);
  self->translate_to = g_strdup (key->translate_to);
  self->failed = cap_stream_get_state (stream) == CAP_STREAM_FAILED;
  g_signal_connect_object (stream, "changed", G_CALLBACK (on_changed), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (stream, "level", G_CALLBACK (on_level), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (transcript, "segment", G_CALLBACK (on_segment), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (transcript, "retracted", G_CALLBACK (on_retracted), self,
                           G_CONNECT_DEFAULT);

  return self;
}

CapStream *
cap_service_stream_get_stream (CapServiceStream *self)
{
  g_return_val_if_fail (CAP_IS_SERVICE_STREAM (self), NULL);

  return self->stream;
}

gboolean
cap_service_stream_matches (CapServiceStream *self, const CapStreamKey *key)
{
  g_return_val_if_fail (CAP_IS_SERVICE_STREAM (self), FALSE);
  g_return_val_if_fail (key != NULL, FALSE);

  return g_str_equal (self->source, key->source) && g_str_equal (self->engine, key->engine)
         && g_str_equal (self->language, key->language)
         && g_str_equal (self->translate_to, key->translate_to);
}

gboolean
cap_service_stream_hold (CapServiceStream *self,
                         CapCaller *caller,
                         gboolean partials,
                         gboolean levels,
                         GError **error)
{
  g_return_val_if_fail (CAP_IS_SERVICE_STREAM (self), FALSE);
  g_return_val_if_fail (CAP_IS_CALLER (caller), FALSE);

  if (!cap_holders_add (self->holders, caller, partials, levels, error))
    return FALSE;

  cap_stream_set_paused (self->stream, cap_holders_all_paused (self->holders));
  announce (self);
  if (self->failed)
    tell_failure (self, cap_caller_get_bus_name (caller));

  return TRUE;
}

void
cap_service_stream_drop (CapServiceStream *self, const char *bus_name, const char *reason)
{
  g_return_if_fail (CAP_IS_SERVICE_STREAM (self));
  g_return_if_fail (bus_name != NULL);

  if (reason != NULL && cap_holders_contain (self->holders, bus_name))
    send_to (self, bus_name, CAP_STREAM_INTERFACE, "Dropped", g_variant_new ("(s)", reason));

  remove_holds (self, bus_name, TRUE);
}
