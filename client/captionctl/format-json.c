/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/format.h"
#include "captionctl/variant-json.h"

/* Writes one JSON object a line for scripts, with the values of the bus unchanged.
 * Characters that could harm a terminal are escaped. */
typedef struct
{
  gboolean partials;
  GHashTable *unfinished; /* ids of segments that were written and are not final */
  char *last_state;
} JsonFormat;

static gpointer
json_open (CapTerminal *terminal, gboolean partials)
{
  JsonFormat *self = g_new0 (JsonFormat, 1);

  self->partials = partials;
  self->unfinished = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  return self;
}

static void
json_close (gpointer data)
{
  JsonFormat *self = data;

  g_hash_table_unref (self->unfinished);
  g_free (self->last_state);
  g_free (self);
}

/* @format and its values: as for g_variant_new (). */
static void
add (GVariantBuilder *object, const char *key, const char *format, ...)
{
  va_list values;
  GVariant *value;

  va_start (values, format);
  value = g_variant_new_va (format, NULL, &values);
  va_end (values);
  g_variant_builder_add (object, "{sv}", key, value);
}

static char *
print_line (GVariantBuilder *object)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_builder_end (object));
  g_autofree char *json = cap_variant_to_json (value);

  return g_strconcat (json, "\n", NULL);
}

static char *
print_segment (const CapSegment *segment)
{
  GVariantBuilder object;

  g_variant_builder_init (&object, G_VARIANT_TYPE_VARDICT);
  add (&object, "type", "s", "segment");
  add (&object, "id", "t", segment->id);
  add (&object, "serial", "t", segment->serial);
  add (&object, "text", "s", segment->text);
  add (&object, "final", "b", segment->final);
  add (&object, "start", "x", segment->start);
  add (&object, "end", "x", segment->end);
  add (&object, "details", "@a{sv}", segment->details);
  return print_line (&object);
}

static char *
print_retracted (const CapSegment *segment)
{
  GVariantBuilder object;

  g_variant_builder_init (&object, G_VARIANT_TYPE_VARDICT);
  add (&object, "type", "s", "retracted");
  add (&object, "id", "t", segment->id);
  add (&object, "serial", "t", segment->serial);
  return print_line (&object);
}

static char *
print_state (const CapState *state)
{
  GVariantBuilder object;

  g_variant_builder_init (&object, G_VARIANT_TYPE_VARDICT);
  add (&object, "type", "s", "state");
  add (&object, "stream", "s", state->stream);
  add (&object, "state", "s", state->state);
  add (&object, "state_reason", "s", state->reason);
  add (&object, "state_message", "s", state->message);
  add (&object, "source", "s", state->source);
  add (&object, "source_description", "s", state->description);
  add (&object, "engine", "s", state->engine);
  add (&object, "remote_host", "s", state->remote_host);
  add (&object, "language", "s", state->language);
  add (&object, "epoch", "x", state->epoch);
  return print_line (&object);
}

static void
json_segment (gpointer data, const CapSegment *segment, GString *out)
{
  JsonFormat *self = data;
  g_autofree char *line = NULL;

  if (segment->retracted)
    {
      /* The reader never saw this segment. */
      if (!g_hash_table_remove (self->unfinished, &segment->id))
        return;
      line = print_retracted (segment);
    }
  else
    {
      if (!segment->final && !self->partials)
        return;
      if (segment->final)
        g_hash_table_remove (self->unfinished, &segment->id);
      else
        g_hash_table_add (self->unfinished, g_memdup2 (&segment->id, sizeof segment->id));
      line = print_segment (segment);
    }

  g_string_append (out, line);
}

static void
json_state (gpointer data, const CapState *state, GString *out, GString *notes)
{
  JsonFormat *self = data;
  g_autofree char *line = print_state (state);

  if (g_strcmp0 (line, self->last_state) == 0)
    return;

  g_string_append (out, line);
  g_free (self->last_state);
  self->last_state = g_steal_pointer (&line);
}

const CapFormat cap_format_json = {
  .name = "json",
  .partials_in_pipe = TRUE,
  .open = json_open,
  .segment = json_segment,
  .state = json_state,
  .close = json_close,
};
