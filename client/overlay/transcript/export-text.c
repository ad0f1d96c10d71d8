/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/transcript/export.h"

#include <glib/gi18n.h>

/* A pause after which a new section with the time of day begins. */
#define PAUSE (5 * 60 * G_USEC_PER_SEC)

/* The width of the time of day and the space behind it. */
#define INDENT "          "

static gint64
get_begin (CapHistoryEntry *entry)
{
  return cap_history_entry_get_epoch (entry) + cap_history_entry_get_segment (entry)->start;
}

static gint64
get_end (CapHistoryEntry *entry)
{
  return cap_history_entry_get_epoch (entry) + cap_history_entry_get_segment (entry)->end;
}

static gboolean
is_same_day (CapHistoryEntry *a, CapHistoryEntry *b)
{
  g_autoptr (GDateTime) left = cap_history_entry_get_time (a);
  g_autoptr (GDateTime) right = cap_history_entry_get_time (b);

  return g_date_time_get_year (left) == g_date_time_get_year (right)
         && g_date_time_get_day_of_year (left) == g_date_time_get_day_of_year (right);
}

static gboolean
goes_on (CapHistoryEntry *previous, CapHistoryEntry *entry)
{
  return previous != NULL
         && cap_history_entry_get_stream (previous) == cap_history_entry_get_stream (entry)
         && get_begin (entry) - get_end (previous) < PAUSE
         && is_same_day (previous, entry);
}

static char *
compose_date (CapHistoryEntry *entry)
{
  g_autoptr (GDateTime) time = cap_history_entry_get_time (entry);

  /* Translators: a date in full, as g_date_time_format() takes it: Friday, 1 May 2026 */
  return g_date_time_format (time, _("%A, %-d %B %Y"));
}

char *
cap_export_text_compose_entry (CapHistoryEntry *entry)
{
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *clock = NULL;
  const CapSegment *segment;
  const char *speaker;
  const char *translation;
  double gap;
  g_autoptr (GString) line = NULL;

  g_return_val_if_fail (CAP_IS_HISTORY_ENTRY (entry), NULL);

  time = cap_history_entry_get_time (entry);
  clock = g_date_time_format (time, "%H:%M:%S");
  segment = cap_history_entry_get_segment (entry);
  speaker = cap_history_entry_get_speaker (entry);
  translation = cap_history_entry_get_translation (entry);
  gap = cap_history_entry_get_gap (entry);
  line = g_string_new (clock);
  g_string_append (line, " ");
  if (gap > 0)
    {
      g_string_append_c (line, ' ');
      g_string_append_printf (line, _("[%.1f s of speech were lost here]"), gap);
    }

  if (*segment->text != '\0')
    {
      g_string_append_c (line, ' ');
      if (*speaker != '\0')
        g_string_append_printf (line, "%s: ", speaker);
      g_string_append (line, segment->text);
    }

  if (*translation != '\0')
    g_string_append_printf (line, "\n" INDENT "%s", translation);

  return g_string_free (g_steal_pointer (&line), FALSE);
}

static char *
compose (GListModel *entries)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (CapHistoryEntry) previous = NULL;
  guint n = g_list_model_get_n_items (entries);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (CapHistoryEntry) entry = g_list_model_get_item (entries, i);
      g_autofree char *paragraph = cap_export_text_compose_entry (entry);

      if (!goes_on (previous, entry))
        {
          g_autofree char *date = compose_date (entry);

          g_string_append_printf (text, "%s%s\n", i > 0 ? "\n" : "", date);
        }
      g_string_append_printf (text, "%s\n", paragraph);
      g_set_object (&previous, entry);
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

const CapExport cap_export_text = {
  .name = N_("Text"),
  .extension = "txt",
  .compose = compose,
};
