/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/captions/roll.h"
#include "overlay/captions/recent-ids.h"
#include "overlay/captions/roll-entry.h"
#include "overlay/captions/roll-layout.h"
#include "overlay/captions/roll-window.h"

/* Limit of entries that are not visible yet: hidden partial results, or those above
 * others. There are few, unless a service forgets to finish them. */
#define MOST_UNSEEN 32
#define MOST_SPEAKERS 99
#define MOST_LINES 10

struct _CapRoll
{
  GObject parent_instance;

  CapRollOptions options;
  CapRollFit fit;
  gpointer fit_data;

  GPtrArray *entries; /* CapRollEntry in reading order: those that are visible or may become visible */
  CapRollWindow *window;
  GPtrArray *speakers; /* names in the order in which they first spoke */
  gboolean translates; /* the stream has translations */
  CapRecentIds gone;   /* segments that left the window and do not return */
  gint64 last_text;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapRoll, cap_roll, G_TYPE_OBJECT)

static void
cap_roll_finalize (GObject *object)
{
  CapRoll *self = CAP_ROLL (object);

  g_ptr_array_unref (self->entries);
  g_ptr_array_unref (self->speakers);
  cap_roll_window_free (self->window);

  G_OBJECT_CLASS (cap_roll_parent_class)->finalize (object);
}

static void
cap_roll_class_init (CapRollClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = cap_roll_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", CAP_TYPE_ROLL, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
cap_roll_init (CapRoll *self)
{
  self->options = (CapRollOptions) { .lines = 3, .translation = CAP_ROLL_TRANSLATION_BELOW };
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) cap_roll_entry_free);
  self->window = cap_roll_window_new (self->options.lines);
  self->speakers = g_ptr_array_new_with_free_func (g_free);
}

/* entries */

static CapRollEntry *
entry_at (CapRoll *self, guint index)
{
  return self->entries->pdata[index];
}

static CapRollEntry *
find_entry (CapRoll *self, guint64 id)
{
  /* Usually it is one of the last. */
  for (guint i = self->entries->len; i-- > 0;)
    if (entry_at (self, i)->id == id)
      return entry_at (self, i);

  return NULL;
}

static guint
index_of (CapRoll *self, CapRollEntry *entry)
{
  guint index = 0;

  g_ptr_array_find (self->entries, entry, &index);
  return index;
}

static CapRollEntry *
shown_before (CapRoll *self, CapRollEntry *entry)
{
  for (guint i = index_of (self, entry); i-- > 0;)
    if (cap_roll_entry_is_shown (entry_at (self, i)))
      return entry_at (self, i);

  return NULL;
}

/* Lets the entry after @entry begin a line, because it can no longer continue the
 * line of the entry before it. */
static void
part_next (CapRoll *self, CapRollEntry *entry)
{
  if (!cap_roll_entry_is_shown (entry))
    return;

  for (guint i = index_of (self, entry) + 1; i < self->entries->len; i++)
    if (cap_roll_entry_is_shown (entry_at (self, i)))
      {
        entry_at (self, i)->joined = FALSE;
        return;
      }
}

static void
insert_entry (CapRoll *self, CapRollEntry *entry)
{
  guint index = self->entries->len;

  while (index > 0 && cap_roll_entry_compare (entry_at (self, index - 1), entry) > 0)
    index--;

  g_ptr_array_insert (self->entries, index, entry);
}

/* The start of a segment can change until the segment is final. */
static void
sort_entry (CapRoll *self, CapRollEntry *entry)
{
  guint index = index_of (self, entry);

  if ((index == 0 || cap_roll_entry_compare (entry_at (self, index - 1), entry) <= 0)
      && (index + 1 == self->entries->len
          || cap_roll_entry_compare (entry, entry_at (self, index + 1)) <= 0))
    return;

  part_next (self, entry);
  g_ptr_array_steal_index (self->entries, index);
  insert_entry (self, entry);
  entry->joined = FALSE;
  part_next (self, entry);
}

static void
forget_entry (CapRoll *self, guint index)
{
  /* The entry after it cannot continue its line any more. */
  part_next (self, entry_at (self, index));
  g_ptr_array_remove_index (self->entries, index);
}

static guint
find_speaker (CapRoll *self, const char *name)
{
  guint index;

  if (name == NULL)
    return 0;
  if (g_ptr_array_find_with_equal_func (self->speakers, name, g_str_equal, &index))
    return index + 1;
  if (self->speakers->len == MOST_SPEAKERS)
    return 0;

  g_ptr_array_add (self->speakers, g_strdup (name));
  return self->speakers->len;
}

/* visible lines */

static GPtrArray *
lay_out (CapRoll *self)
{
  gboolean plain = self->options.partials == CAP_ROLL_PARTIALS_PLAIN;

  return cap_roll_layout (self->entries, plain, self->fit, self->fit_data);
}

/* Forgets final entries whose last line is above line @first. */
static gboolean
forget_above (CapRoll *self, guint first)
{
  gboolean forgot = FALSE;

  for (guint i = 0; i < self->entries->len;)
    {
      CapRollEntry *entry = entry_at (self, i);

      if (!entry->final || !cap_roll_entry_is_shown (entry) || entry->last_line >= first)
        {
          i++;
          continue;
        }

      cap_recent_ids_add (&self->gone, entry->id);
      forget_entry (self, i);
      forgot = TRUE;
    }

  return forgot;
}

static gboolean
forget_unseen (CapRoll *self, guint first)
{
  gboolean forgot = FALSE;
  guint unseen = 0;

  for (guint i = self->entries->len; i-- > 0;)
    {
      CapRollEntry *entry = entry_at (self, i);

      if (cap_roll_entry_is_shown (entry) && entry->last_line >= first)
        continue;
      if (++unseen <= MOST_UNSEEN)
        continue;

      forget_entry (self, i);
      forgot = TRUE;
    }

  return forgot;
}

static void
roll (CapRoll *self)
{
  guint first;
  gboolean forgot;

  cap_roll_window_set_lines (self->window, lay_out (self));

  /* An entry that has left the window does not return, even if the text that pushed
   * it out is retracted. */
  first = cap_roll_window_get_first (self->window);
  forgot = forget_above (self, first);
  forgot |= forget_unseen (self, first);
  if (self->window->visible->len == 0)
    {
      cap_roll_window_begin (self->window);
      cap_roll_window_set_lines (self->window, lay_out (self));
    }
  else if (forgot)
    cap_roll_window_drop_above (self->window, lay_out (self));
}

static gboolean
is_same (GPtrArray *a, GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;

  for (guint i = 0; i < a->len; i++)
    if (a->pdata[i] != b->pdata[i])
      return FALSE;

  return TRUE;
}

static void
show (CapRoll *self)
{
  /* Keeps the lines alive, so that different lines have different addresses. */
  g_autoptr (GPtrArray) before = g_ptr_array_ref (self->window->visible);

  roll (self);

  if (!is_same (before, self->window->visible))
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* where a segment begins */

static gboolean
joins (CapRoll *self, CapRollEntry *entry, CapRollEntry *before)
{
  if (before == NULL || !cap_roll_entry_follows (entry, before))
    return FALSE;
  if (!self->translates)
    return TRUE;

  /* An entry that a translation will replace cannot share a line with another one. */
  return self->options.translation == CAP_ROLL_TRANSLATION_OFF
         || (self->options.translation == CAP_ROLL_TRANSLATION_INSTEAD && before->instead);
}

static void
place (CapRoll *self, CapRollEntry *entry)
{
  CapRollEntry *before = shown_before (self, entry);

  entry->joined = (!entry->placed || entry->joined) && joins (self, entry, before);
  entry->named = self->options.speaker_names && entry->speaker != NULL
                 && (before == NULL || g_strcmp0 (before->speaker, entry->speaker) != 0);
  entry->placed = TRUE;
  cap_roll_entry_compose (entry, &self->options);
}

static void
compose (CapRoll *self, CapRollEntry *entry)
{
  gboolean was_shown = cap_roll_entry_is_shown (entry);

  cap_roll_entry_compose (entry, &self->options);
  if (was_shown || !cap_roll_entry_is_shown (entry))
    return;

  part_next (self, entry);
  cap_flow_forget_breaks (entry->flow);
  entry->placed = FALSE;
  place (self, entry);
}

/* Returns FALSE if it changes nothing. */
static gboolean
take (CapRoll *self, const CapSegment *segment, gint64 now)
{
  CapRollEntry *entry = find_entry (self, segment->id);
  g_autofree char *speaker = NULL;

  if (entry == NULL)
    {
      if (segment->retracted || cap_recent_ids_contains (&self->gone, segment->id))
        return FALSE;

      entry = cap_roll_entry_new (segment->id);
      entry->start = segment->start;
      insert_entry (self, entry);
    }

  speaker = g_strdup (entry->speaker);
  if (!cap_roll_entry_update (entry, segment))
    return FALSE;

  self->last_text = now;
  self->translates |= *entry->translation != '\0';
  entry->speaker_number = find_speaker (self, entry->speaker);
  sort_entry (self, entry);
  compose (self, entry);
  if (entry->placed && g_strcmp0 (speaker, entry->speaker) != 0)
    place (self, entry);
  return TRUE;
}

/* Places all entries again after a change of options. */
static void
compose_anew (CapRoll *self)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      CapRollEntry *entry = entry_at (self, i);

      cap_flow_forget_breaks (entry->flow);
      cap_flow_forget_breaks (entry->below);
      entry->placed = FALSE;
      entry->named = FALSE;
      cap_roll_entry_compose (entry, &self->options);
      if (cap_roll_entry_is_shown (entry))
        place (self, entry);
    }

  cap_roll_window_begin (self->window);
}

/* public */

CapRoll *
cap_roll_new (void)
{
  return g_object_new (CAP_TYPE_ROLL, NULL);
}

void
cap_roll_set_fit (CapRoll *self, CapRollFit fit, gpointer user_data)
{
  g_return_if_fail (CAP_IS_ROLL (self));

  self->fit = fit;
  self->fit_data = user_data;
  compose_anew (self);
  show (self);
}

void
cap_roll_set_options (CapRoll *self, const CapRollOptions *options)
{
  CapRollOptions old;

  g_return_if_fail (CAP_IS_ROLL (self));
  g_return_if_fail (options != NULL);

  old = self->options;
  self->options = *options;
  self->options.lines = CLAMP (options->lines, 1, MOST_LINES);
  cap_roll_window_set_height (self->window, self->options.lines);

  if (old.upper_case != options->upper_case || old.speaker_names != options->speaker_names
      || old.partials != options->partials || old.translation != options->translation)
    compose_anew (self);
  show (self);
}

void
cap_roll_add (CapRoll *self, const CapSegment *segment, gint64 now)
{
  g_return_if_fail (CAP_IS_ROLL (self));
  g_return_if_fail (segment != NULL);

  if (take (self, segment, now))
    show (self);
}

void
cap_roll_add_past (CapRoll *self, GPtrArray *segments, gint64 now)
{
  g_return_if_fail (CAP_IS_ROLL (self));
  g_return_if_fail (segments != NULL);

  for (guint i = 0; i < segments->len; i++)
    take (self, segments->pdata[i], now);

  show (self);
}

void
cap_roll_pass_over (CapRoll *self, guint64 id)
{
  g_return_if_fail (CAP_IS_ROLL (self));

  cap_recent_ids_add (&self->gone, id);
}

void
cap_roll_clear (CapRoll *self)
{
  g_return_if_fail (CAP_IS_ROLL (self));

  g_ptr_array_set_size (self->entries, 0);
  g_ptr_array_set_size (self->speakers, 0);
  self->translates = FALSE;
  cap_recent_ids_clear (&self->gone);
  show (self);
}

gint64
cap_roll_get_deadline (CapRoll *self)
{
  g_return_val_if_fail (CAP_IS_ROLL (self), G_MAXINT64);

  if (self->options.clear_after <= 0 || self->window->visible->len == 0
      || self->last_text > G_MAXINT64 - self->options.clear_after)
    return G_MAXINT64;

  for (guint i = 0; i < self->entries->len; i++)
    if (cap_roll_entry_is_unfinished (entry_at (self, i)))
      return G_MAXINT64;

  return self->last_text + self->options.clear_after;
}

void
cap_roll_age (CapRoll *self, gint64 now)
{
  g_return_if_fail (CAP_IS_ROLL (self));

  if (now < cap_roll_get_deadline (self))
    return;

  forget_above (self, G_MAXUINT);
  show (self);
}

guint
cap_roll_get_n_lines (CapRoll *self)
{
  g_return_val_if_fail (CAP_IS_ROLL (self), 0);

  return self->window->visible->len;
}

CapRollLine *
cap_roll_get_line (CapRoll *self, guint index)
{
  g_return_val_if_fail (index < self->window->visible->len, NULL);

  return self->window->visible->pdata[index];
}
