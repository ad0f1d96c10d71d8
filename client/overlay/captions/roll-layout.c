/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/captions/roll-layout.h"
#include "common/text.h"
#include "overlay/captions/roll-line.h"
#include "overlay/text/direction.h"

#include <string.h>

typedef struct
{
  gboolean plain;
  CapRollFit fit;
  gpointer data;

  GPtrArray *lines;
  /* The current line, and the paragraph that contains it. */
  GString *text;
  GArray *runs;
  gboolean right_to_left;
  GPtrArray *paragraph; /* CapRollEntry */
} Page;

static void
end_line (Page *page, gboolean translation)
{
  g_ptr_array_add (page->lines, cap_roll_line_new (page->text->str, page->runs,
                                                   page->right_to_left, translation));
  g_string_truncate (page->text, 0);
  g_array_set_size (page->runs, 0);
}

static void
write_text (Page *page, const CapRollEntry *entry, const char *text, gsize length)
{
  CapRollRun run = { length, entry->final || page->plain, entry->speaker_number };

  g_string_append_len (page->text, text, length);
  g_array_append_val (page->runs, run);
}

static void
write_translation (Page *page, CapRollEntry *entry)
{
  if (*entry->below->text == '\0')
    return;

  page->right_to_left = cap_direction_is_right_to_left (entry->below->text);
  cap_flow_break (entry->below, "", page->fit, page->data);
  for (guint i = 0; i < cap_flow_get_n_lines (entry->below); i++)
    {
      gsize length;
      const char *line = cap_flow_get_line (entry->below, i, &length);

      entry->last_line = page->lines->len;
      write_text (page, entry, line, length);
      end_line (page, TRUE);
    }
}

static void
end_paragraph (Page *page)
{
  if (page->paragraph->len == 0)
    return;

  end_line (page, FALSE);
  for (guint i = 0; i < page->paragraph->len; i++)
    write_translation (page, page->paragraph->pdata[i]);
  g_ptr_array_set_size (page->paragraph, 0);
}

/* The text between two segments on one line. */
static const char *
find_separator (const char *before, const char *after)
{
  const char *last = g_utf8_find_prev_char (before, before + strlen (before));

  return last != NULL && cap_text_is_ideographic (g_utf8_get_char (last))
                 && cap_text_is_ideographic (g_utf8_get_char (after))
             ? ""
             : " ";
}

static void
write_entry (Page *page, CapRollEntry *entry)
{
  g_autofree char *before = NULL;
  const char *separator = "";

  if (!entry->joined)
    end_paragraph (page);
  if (page->paragraph->len == 0)
    page->right_to_left = cap_roll_entry_is_right_to_left (entry);
  else
    separator = find_separator (page->text->str, entry->flow->text);
  g_ptr_array_add (page->paragraph, entry);

  before = g_strconcat (page->text->str, separator, NULL);
  cap_flow_break (entry->flow, before, page->fit, page->data);
  for (guint i = 0; i < cap_flow_get_n_lines (entry->flow); i++)
    {
      gsize length;
      const char *line = cap_flow_get_line (entry->flow, i, &length);

      if (i > 0)
        end_line (page, FALSE);
      else if (length > 0)
        write_text (page, entry, separator, strlen (separator));
      write_text (page, entry, line, length);
    }
  entry->last_line = page->lines->len;
}

GPtrArray *
cap_roll_layout (GPtrArray *entries, gboolean plain, CapRollFit fit, gpointer user_data)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (CapRollRun));
  g_autoptr (GPtrArray) paragraph = g_ptr_array_new ();
  Page page = {
    .plain = plain,
    .fit = fit,
    .data = user_data,
    .lines = g_ptr_array_new_with_free_func ((GDestroyNotify) cap_roll_line_unref),
    .text = text,
    .runs = runs,
    .paragraph = paragraph,
  };

  g_return_val_if_fail (entries != NULL, NULL);

  for (guint i = 0; i < entries->len; i++)
    if (cap_roll_entry_is_shown (entries->pdata[i]))
      write_entry (&page, entries->pdata[i]);
  end_paragraph (&page);

  return page.lines;
}
