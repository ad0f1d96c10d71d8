/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "text/transcript.h"
#include "base/alarm.h"

/* A segment: its published form, and a newer form that is not published yet. */
typedef struct
{
  CapTranscriptSegment segment;
  GList *link;        /* in the history; NULL if it was never published */

  guint64 utterance;  /* the engine's number */
  gboolean orphan;    /* the engine lost the session that transcribed it */
  CapTranscriptSegment next;    /* the newest form; id and serial are unused */
  gboolean dirty;     /* next differs from the published form */
  gboolean done;      /* next is final; it may have to wait for earlier finals */
  gint64 done_since;  /* monotonic, µs */
} Entry;

/* struct */

struct _CapTranscript
{
  GObject parent_instance;

  CapTranscriptLimits limits;
  guint64 last_id;
  guint64 last_serial;

  GList *open;     /* of Entry, sorted by (start, id): not published as final yet */
  GQueue history;  /* of Entry, sorted by serial: published at least once */
  gsize closed_bytes; /* size of the entries in history that are not open */

  gint64 partial_sent; /* monotonic, µs */
  CapAlarm *alarm;
};

/* signals */

enum
{
  SIGNAL_SEGMENT,
  SIGNAL_RETRACTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapTranscript, cap_transcript, G_TYPE_OBJECT)

static void entry_free (Entry *entry);
static void on_due (gpointer user_data);

/* lifecycle */

static void
cap_transcript_finalize (GObject *object)
{
  CapTranscript *self = CAP_TRANSCRIPT (object);

  cap_alarm_free (self->alarm);
  for (GList *link = self->open; link != NULL; link = link->next)
    if (((Entry *) link->data)->segment.serial == 0)
      entry_free (link->data);
  g_list_free (self->open);
  g_queue_clear_full (&self->history, (GDestroyNotify) entry_free);

  G_OBJECT_CLASS (cap_transcript_parent_class)->finalize (object);
}

static void
cap_transcript_init (CapTranscript *self)
{
  g_queue_init (&self->history);
  self->partial_sent = G_MININT32;
  self->alarm = cap_alarm_new ("transcript", on_due, self);
}

static void
cap_transcript_class_init (CapTranscriptClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cap_transcript_finalize;

  signals[SIGNAL_SEGMENT] = g_signal_new ("segment", CAP_TYPE_TRANSCRIPT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_RETRACTED] = g_signal_new ("retracted", CAP_TYPE_TRANSCRIPT, G_SIGNAL_RUN_LAST, 0, NULL,
                                            NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

/* private: entries */

static void
form_clear (CapTranscriptSegment *form)
{
  g_clear_pointer (&form->text, g_free);
  g_clear_pointer (&form->details, g_variant_unref);
}

static void
entry_free (Entry *entry)
{
  form_clear (&entry->segment);
  form_clear (&entry->next);
  g_free (entry);
}

static gsize
entry_size (const Entry *entry)
{
  return sizeof *entry + strlen (entry->segment.text) + g_variant_get_size (entry->segment.details);
}

static gint
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *one = a, *other = b;

  if (one->next.start != other->next.start)
    return one->next.start < other->next.start ? -1 : 1;

  return one->segment.id < other->segment.id ? -1 : one->segment.id > other->segment.id;
}

static GVariant *
details_with (GVariant *details, const char *key, GVariant *value)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (details);

  g_variant_dict_insert_value (&dict, key, value);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static void
entry_set_next (Entry *entry, char *text, gint64 start, gint64 end, GVariant *details)
{
  form_clear (&entry->next);
  entry->next.text = text;
  entry->next.start = start;
  entry->next.end = MAX (start, end);
  entry->next.details = details;
  entry->dirty = TRUE;
}

/* private: publishing */

static void
trim_history (CapTranscript *self)
{
  GList *link = self->history.head;

  while (self->closed_bytes > self->limits.history_bytes && link != NULL)
    {
      GList *newer = link->next;
      Entry *entry = link->data;

      if (entry->segment.final || entry->segment.retracted)
        {
          self->closed_bytes -= entry_size (entry);
          g_queue_delete_link (&self->history, link);
          entry_free (entry);
        }
      link = newer;
    }
}

/* The entry knows its own link, because a partial text changes ten times a second
 * and searching the history of a long day would be slow. */
static void
make_newest (CapTranscript *self, Entry *entry)
{
  if (entry->link == NULL)
    entry->link = g_list_prepend (NULL, entry);
  else
    g_queue_unlink (&self->history, entry->link);
  g_queue_push_tail_link (&self->history, entry->link);
}

static void
publish (CapTranscript *self, Entry *entry, gboolean final)
{
  make_newest (self, entry);

  form_clear (&entry->segment);
  entry->segment.text = g_strdup (entry->next.text);
  entry->segment.details = g_variant_ref (entry->next.details);
  entry->segment.start = entry->next.start;
  entry->segment.end = entry->next.end;
  entry->segment.final = final;
  entry->segment.serial = ++self->last_serial;
  entry->dirty = FALSE;

  if (final)
    {
      form_clear (&entry->next);
      self->open = g_list_remove (self->open, entry);
      self->closed_bytes += entry_size (entry);
    }
  else
    self->partial_sent = g_get_monotonic_time ();

  g_signal_emit (self, signals[SIGNAL_SEGMENT], 0, &entry->segment);
  trim_history (self);
}

static void
retract (CapTranscript *self, Entry *entry)
{
  self->open = g_list_remove (self->open, entry);
  if (entry->segment.serial == 0)
    {
      entry_free (entry);
      return;
    }

  g_autoptr (GVariant) details = g_steal_pointer (&entry->segment.details);
  make_newest (self, entry);
  g_free (entry->segment.text);
  entry->segment.text = g_strdup ("");
  entry->segment.details = details_with (details, "retracted", g_variant_new_boolean (TRUE));
  entry->segment.retracted = TRUE;
  entry->segment.serial = ++self->last_serial;
  form_clear (&entry->next);
  self->closed_bytes += entry_size (entry);

  g_signal_emit (self, signals[SIGNAL_RETRACTED], 0, &entry->segment);
  trim_history (self);
}

/* Publishes the finals that need not wait for an earlier one. Returns when the next
 * waiting one must be published anyway, or -1. */
static gint64
release_finals (CapTranscript *self, gint64 now)
{
  gint64 wait = (gint64) self->limits.order_wait * 1000;
  gint64 deadline = -1;
  gboolean blocked = FALSE;

  for (GList *link = self->open, *next; link != NULL; link = next)
    {
      Entry *entry = link->data;

      next = link->next;
      if (!entry->done)
        blocked = TRUE;
      else if (!blocked || now >= entry->done_since + wait)
        publish (self, entry, TRUE);
      else if (deadline < 0 || entry->done_since + wait < deadline)
        deadline = entry->done_since + wait;
    }

  return deadline;
}

/* Publishes at most one partial text, the one that has waited longest. Returns when
 * the next may follow, or -1. */
static gint64
release_partial (CapTranscript *self, gint64 now)
{
  gint64 due = self->partial_sent + (gint64) self->limits.partial_interval * 1000;
  Entry *chosen = NULL;
  guint n_dirty = 0;

  for (GList *link = self->open; link != NULL; link = link->next)
    {
      Entry *entry = link->data;

      if (!entry->dirty)
        continue;
      n_dirty++;
      if (chosen == NULL || entry->segment.serial < chosen->segment.serial)
        chosen = entry;
    }

  if (chosen == NULL)
    return -1;
  if (now < due)
    return due;

  publish (self, chosen, FALSE);
  return n_dirty > 1 ? now + (gint64) self->limits.partial_interval * 1000 : -1;
}

static void
release (CapTranscript *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 final_due = release_finals (self, now);
  gint64 partial_due = release_partial (self, now);
  gint64 due = final_due;

  if (partial_due >= 0 && (due < 0 || partial_due < due))
    due = partial_due;

  if (due >= 0)
    cap_alarm_set (self->alarm, (MAX (due - now, 0) + 999) / 1000);
  else
    cap_alarm_clear (self->alarm);
}

/* private: open entries */

static Entry *
find_open (CapTranscript *self, guint64 utterance)
{
  for (GList *link = self->open; link != NULL; link = link->next)
    {
      Entry *entry = link->data;

      if (entry->utterance == utterance && !entry->done && !entry->orphan)
        return entry;
    }

  return NULL;
}

/* An empty range counts as one microsecond long. */
static gboolean
overlap (gint64 start, gint64 end, gint64 other_start, gint64 other_end)
{
  return start < MAX (other_end, other_start + 1) && other_start < MAX (end, start + 1);
}

/* Lets @utterance take over an orphan between @start and @end, if there is one:
 * the engine transcribes that audio again. */
static Entry *
adopt (CapTranscript *self, guint64 utterance, gint64 start, gint64 end)
{
  for (GList *link = self->open; link != NULL; link = link->next)
    {
      Entry *entry = link->data;

      if (entry->orphan && overlap (start, end, entry->next.start, entry->next.end))
        {
          entry->orphan = FALSE;
          entry->utterance = utterance;
          return entry;
        }
    }

  return NULL;
}

static void
finish_entry (CapTranscript *self, Entry *entry)
{
  if (entry->segment.serial == 0 && !entry->done && *entry->next.text == '\0')
    {
      retract (self, entry);
      return;
    }
  if (!entry->done)
    {
      GVariant *details = details_with (entry->next.details, "incomplete", g_variant_new_boolean (TRUE));
      entry_set_next (entry, g_strdup (entry->next.text), entry->next.start, entry->next.end, details);
    }
  publish (self, entry, TRUE);
}

/* Calls @end for every orphan whose known end is not after @time. */
static void
end_orphans (CapTranscript *self, gint64 time, void (*end) (CapTranscript *self, Entry *entry))
{
  gboolean any = FALSE;

  for (GList *link = self->open, *next; link != NULL; link = next)
    {
      Entry *entry = link->data;

      next = link->next;
      if (!entry->orphan || entry->next.end > time)
        continue;
      end (self, entry);
      any = TRUE;
    }
  if (any)
    release (self);
}

static Entry *
add_open (CapTranscript *self, guint64 utterance)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->utterance = utterance;
  entry->segment.id = ++self->last_id;
  self->open = g_list_prepend (self->open, entry);

  return entry;
}

/* An engine that keeps beginning utterances and ends none must not fill memory. */
static void
limit_open (CapTranscript *self)
{
  while (g_list_length (self->open) > self->limits.max_open)
    finish_entry (self, self->open->data);
}

static char *
limit_text (CapTranscript *self, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  gsize length = strlen (valid);

  if (length > self->limits.text_bytes)
    {
      const char *cut = g_utf8_find_prev_char (valid, valid + self->limits.text_bytes + 1);
      valid[cut - valid] = '\0';
    }

  return g_steal_pointer (&valid);
}

/* Keeps a place in the order for an utterance that has no text yet. */
static void
reserve (CapTranscript *self, Entry *entry, guint64 utterance, gint64 start, GVariant *details)
{
  if (entry != NULL && *entry->next.text != '\0')
    {
      g_variant_unref (details);
      return;
    }

  if (entry == NULL)
    entry = add_open (self, utterance);
  entry_set_next (entry, g_strdup (""), start, start, details);
  entry->dirty = FALSE;
  self->open = g_list_sort (self->open, compare_entries);
  limit_open (self);
}

/* callbacks */

static void
on_due (gpointer user_data)
{
  release (user_data);
}

/* public methods */

CapTranscript *
cap_transcript_new (const CapTranscriptLimits *limits)
{
  g_return_val_if_fail (limits != NULL, NULL);

  CapTranscript *self = g_object_new (CAP_TYPE_TRANSCRIPT, NULL);

  self->limits = *limits;
  return self;
}

void
cap_transcript_take (CapTranscript *self,
                     const CapHypothesis *hypothesis,
                     gint64 start,
                     gint64 end,
                     GVariant *details)
{
  g_return_if_fail (CAP_IS_TRANSCRIPT (self));
  g_return_if_fail (hypothesis != NULL);
  g_return_if_fail (details != NULL);

  g_autoptr (GVariant) sunk = g_variant_ref_sink (details);
  Entry *entry = find_open (self, hypothesis->utterance);

  if (entry == NULL)
    entry = adopt (self, hypothesis->utterance, start, end);

  /* There is no text yet. Still, later utterances must wait for this one, and get
   * a greater id. */
  if (*hypothesis->text == '\0' && !hypothesis->final)
    {
      reserve (self, entry, hypothesis->utterance, start, g_steal_pointer (&sunk));
      return;
    }

  if (*hypothesis->text == '\0')
    {
      if (entry != NULL)
        retract (self, entry);
      release (self);
      return;
    }

  if (entry == NULL)
    entry = add_open (self, hypothesis->utterance);

  entry_set_next (entry, limit_text (self, hypothesis->text), start, end, g_steal_pointer (&sunk));
  entry->done = hypothesis->final;
  entry->done_since = g_get_monotonic_time ();
  self->open = g_list_sort (self->open, compare_entries);
  limit_open (self);
  release (self);
}

void
cap_transcript_add_gap (CapTranscript *self, gint64 start, gint64 end, double seconds)
{
  g_return_if_fail (CAP_IS_TRANSCRIPT (self));

  Entry *entry = add_open (self, 0);
  g_autoptr (GVariant) nothing = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));

  entry_set_next (entry, g_strdup (""), start, end,
                  details_with (nothing, "gap", g_variant_new_double (seconds)));
  entry->done = TRUE;
  entry->done_since = g_get_monotonic_time ();
  self->open = g_list_sort (self->open, compare_entries);
  limit_open (self);
  release (self);
}

void
cap_transcript_orphan (CapTranscript *self)
{
  g_return_if_fail (CAP_IS_TRANSCRIPT (self));

  for (GList *link = self->open; link != NULL; link = link->next)
    {
      Entry *entry = link->data;

      entry->orphan = !entry->done;
    }
}

void
cap_transcript_retract_orphans (CapTranscript *self, gint64 time)
{
  g_return_if_fail (CAP_IS_TRANSCRIPT (self));

  end_orphans (self, time, retract);
}

void
cap_transcript_close_orphans (CapTranscript *self, gint64 time)
{
  g_return_if_fail (CAP_IS_TRANSCRIPT (self));

  end_orphans (self, time, finish_entry);
}

void
cap_transcript_finish (CapTranscript *self)
{
  g_return_if_fail (CAP_IS_TRANSCRIPT (self));

  while (self->open != NULL)
    finish_entry (self, self->open->data);

  cap_alarm_clear (self->alarm);
}

GPtrArray *
cap_transcript_get_changes (CapTranscript *self, guint64 serial)
{
  g_return_val_if_fail (CAP_IS_TRANSCRIPT (self), NULL);

  g_autoptr (GPtrArray) changes = g_ptr_array_new ();
  GList *link = self->history.tail;

  while (link != NULL && ((Entry *) link->data)->segment.serial > serial)
    link = link->prev;

  for (link = link != NULL ? link->next : self->history.head; link != NULL; link = link->next)
    g_ptr_array_add (changes, &((Entry *) link->data)->segment);

  return g_steal_pointer (&changes);
}
