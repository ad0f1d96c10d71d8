/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/transcript/history.h"

#define MAX_BYTES (16 * 1024 * 1024)

/* The number of streams whose segments the history recognises. An earlier stream
 * returns when it is joined again, or when others kept it running while we were
 * away. */
#define MAX_STREAMS 16

typedef struct
{
  char *path;
  gint64 epoch;
  GHashTable *places; /* id to GSequenceIter; NULL for entries that do not return */
} Stream;

struct _CapHistory
{
  GObject parent_instance;

  GSequence *entries; /* CapHistoryEntry */
  GPtrArray *streams; /* Stream; the current one is the last */
  guint number;       /* number of the current stream */
  gsize bytes;
};

static void cap_history_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CapHistory, cap_history, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, cap_history_list_model_init))

/* streams */

static Stream *
stream_new (const char *path, gint64 epoch)
{
  Stream *stream = g_new0 (Stream, 1);

  stream->path = g_strdup (path);
  stream->epoch = epoch;
  stream->places = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  return stream;
}

static void
stream_free (gpointer data)
{
  Stream *stream = data;

  g_free (stream->path);
  g_hash_table_unref (stream->places);
  g_free (stream);
}

/* Marks all entries, so that they do not return. */
static void
stream_forget (Stream *stream)
{
  GHashTableIter iter;

  g_hash_table_iter_init (&iter, stream->places);
  while (g_hash_table_iter_next (&iter, NULL, NULL))
    g_hash_table_iter_replace (&iter, NULL);
}

static Stream *
get_stream (CapHistory *self)
{
  return self->streams->pdata[self->streams->len - 1];
}

static gboolean
is_of (const Stream *stream, const char *path, gint64 epoch)
{
  /* A service that restarts uses the same paths again. */
  return stream->epoch == epoch && g_str_equal (stream->path, path);
}

/* Returns NULL if the stream is unknown. */
static Stream *
steal_stream (CapHistory *self, const char *path, gint64 epoch)
{
  for (guint i = 0; i < self->streams->len; i++)
    if (is_of (self->streams->pdata[i], path, epoch))
      return g_ptr_array_steal_index (self->streams, i);

  return NULL;
}

/* lifecycle */

static void
cap_history_finalize (GObject *object)
{
  CapHistory *self = CAP_HISTORY (object);

  g_ptr_array_unref (self->streams);
  g_sequence_free (self->entries);

  G_OBJECT_CLASS (cap_history_parent_class)->finalize (object);
}

static void
cap_history_class_init (CapHistoryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = cap_history_finalize;
}

static void
cap_history_init (CapHistory *self)
{
  self->entries = g_sequence_new (g_object_unref);
  self->streams = g_ptr_array_new_with_free_func (stream_free);
  cap_history_begin (self, "", 0);
}

/* the list model */

static GType
cap_history_get_item_type (GListModel *model)
{
  return CAP_TYPE_HISTORY_ENTRY;
}

static guint
cap_history_get_n_items (GListModel *model)
{
  CapHistory *self = CAP_HISTORY (model);

  return g_sequence_get_length (self->entries);
}

static gpointer
cap_history_get_item (GListModel *model, guint position)
{
  CapHistory *self = CAP_HISTORY (model);
  GSequenceIter *iter;

  if (position >= (guint) g_sequence_get_length (self->entries))
    return NULL;

  iter = g_sequence_get_iter_at_pos (self->entries, position);
  return g_object_ref (g_sequence_get (iter));
}

static void
cap_history_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = cap_history_get_item_type;
  iface->get_n_items = cap_history_get_n_items;
  iface->get_item = cap_history_get_item;
}

/* entries and their places */

static int
compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return cap_history_entry_compare ((CapHistoryEntry *) a, (CapHistoryEntry *) b);
}

static void
set_place (CapHistory *self, guint64 id, GSequenceIter *iter)
{
  g_hash_table_replace (get_stream (self)->places, g_memdup2 (&id, sizeof id), iter);
}

/* The entry may belong to any stream, even to one that is no longer known. */
static void
forget_place (CapHistory *self, guint64 id, GSequenceIter *iter)
{
  for (guint i = 0; i < self->streams->len; i++)
    {
      Stream *stream = self->streams->pdata[i];

      if (g_hash_table_lookup (stream->places, &id) == iter)
        g_hash_table_remove (stream->places, &id);
    }
}

/* Returns the former position. */
static guint
take_out (CapHistory *self, GSequenceIter *iter)
{
  CapHistoryEntry *entry = g_sequence_get (iter);
  guint position = g_sequence_iter_get_position (iter);

  self->bytes -= cap_history_entry_get_size (entry);
  forget_place (self, cap_history_entry_get_segment (entry)->id, iter);
  g_sequence_remove (iter);
  return position;
}

static guint
put_in (CapHistory *self, CapHistoryEntry *entry)
{
  GSequenceIter *before = g_sequence_search (self->entries, entry, compare, NULL);
  GSequenceIter *iter = g_sequence_insert_before (before, g_object_ref (entry));

  self->bytes += cap_history_entry_get_size (entry);
  set_place (self, cap_history_entry_get_segment (entry)->id, iter);
  return g_sequence_iter_get_position (iter);
}

static void
forget_oldest (CapHistory *self)
{
  guint removed = 0;

  while (self->bytes > MAX_BYTES)
    {
      take_out (self, g_sequence_get_begin_iter (self->entries));
      removed++;
    }

  if (removed > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, removed, 0);
}

static void
insert (CapHistory *self, CapHistoryEntry *entry)
{
  if (cap_history_entry_is_empty (entry))
    return;

  g_list_model_items_changed (G_LIST_MODEL (self), put_in (self, entry), 0, 1);
}

static void
replace (CapHistory *self, GSequenceIter *iter, CapHistoryEntry *entry)
{
  g_autoptr (CapHistoryEntry) old = g_object_ref (g_sequence_get (iter));
  guint position = take_out (self, iter);

  /* A single change lets a list keep its scroll position. */
  if (cap_history_entry_compare (old, entry) == 0 && !cap_history_entry_is_empty (entry))
    {
      put_in (self, entry);
      g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 1);
      return;
    }

  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  insert (self, entry);
}

static void
retract (CapHistory *self, GSequenceIter *iter, guint64 id)
{
  guint position = take_out (self, iter);

  set_place (self, id, NULL);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

/* public */

CapHistory *
cap_history_new (void)
{
  return g_object_new (CAP_TYPE_HISTORY, NULL);
}

void
cap_history_begin (CapHistory *self, const char *path, gint64 epoch)
{
  Stream *stream;

  g_return_if_fail (CAP_IS_HISTORY (self));
  g_return_if_fail (path != NULL);

  if (self->streams->len > 0 && is_of (get_stream (self), path, epoch))
    return;

  stream = steal_stream (self, path, epoch);
  if (self->streams->len == MAX_STREAMS)
    g_ptr_array_remove_index (self->streams, 0);
  g_ptr_array_add (self->streams, stream != NULL ? stream : stream_new (path, epoch));
  /* An earlier stream gets a new number too: its new entries go to the end, where
   * users look. */
  self->number++;
}

void
cap_history_add (CapHistory *self, const CapSegment *segment)
{
  g_autoptr (CapHistoryEntry) entry = NULL;
  Stream *stream;
  guint number;
  gpointer iter = NULL;
  gboolean known;

  g_return_if_fail (CAP_IS_HISTORY (self));
  g_return_if_fail (segment != NULL);

  stream = get_stream (self);
  number = self->number;
  known = g_hash_table_lookup_extended (stream->places, &segment->id, NULL, &iter);
  if ((known && iter == NULL) || !(segment->final || segment->retracted))
    return;
  if (iter != NULL
      && segment->serial <= cap_history_entry_get_segment (g_sequence_get (iter))->serial)
    return;

  if (segment->retracted)
    {
      if (iter != NULL)
        retract (self, iter, segment->id);
      return;
    }

  if (iter != NULL)
    number = cap_history_entry_get_stream (g_sequence_get (iter));
  entry = cap_history_entry_new (number, stream->epoch, segment);
  if (iter != NULL)
    replace (self, iter, entry);
  else
    insert (self, entry);
  forget_oldest (self);
}

void
cap_history_clear (CapHistory *self)
{
  guint removed;

  g_return_if_fail (CAP_IS_HISTORY (self));

  removed = g_sequence_get_length (self->entries);
  if (removed == 0)
    return;

  for (guint i = 0; i < self->streams->len; i++)
    stream_forget (self->streams->pdata[i]);

  g_sequence_remove_range (g_sequence_get_begin_iter (self->entries),
                           g_sequence_get_end_iter (self->entries));
  self->bytes = 0;
  g_list_model_items_changed (G_LIST_MODEL (self), 0, removed, 0);
}
