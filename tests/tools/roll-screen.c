/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "tools/roll-screen.h"
#include "common/text.h"
#include "overlay/text/word-match-private.h"

#include <string.h>

gsize
screen_fit (const char *text, guint columns)
{
  const char *last = NULL;
  guint taken = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      g_autofree char *character = g_strndup (p, g_utf8_next_char (p) - p);

      if (p > text && c != ' '
          && (p[-1] == ' ' || (cap_word_is_spaceless (c) && !cap_word_is_mark (c))))
        last = p;

      taken += cap_text_columns (character);
      if (taken > columns && c != ' ')
        return last != NULL ? last - text : MAX (p, g_utf8_next_char (text)) - text;
    }

  return strlen (text);
}

static gsize
on_fit (const char *text, gpointer data)
{
  Screen *self = data;

  self->fits++;
  return screen_fit (text, self->columns);
}

static void
on_changed (Screen *self)
{
  self->changes++;
}

Screen *
screen_new (guint lines, guint columns)
{
  Screen *self = g_new0 (Screen, 1);

  self->roll = cap_roll_new ();
  self->columns = columns;
  self->options.lines = lines;
  self->options.translation = CAP_ROLL_TRANSLATION_BELOW;
  screen_apply (self);
  g_signal_connect_swapped (self->roll, "changed", G_CALLBACK (on_changed), self);
  return self;
}

void
screen_free (Screen *self)
{
  g_assert_finalize_object (self->roll);
  g_free (self);
}

void
screen_apply (Screen *self)
{
  cap_roll_set_options (self->roll, &self->options);
  cap_roll_set_fit (self->roll, on_fit, self);
}

void
screen_say (Screen *self, guint64 id, const char *text, gboolean final, gint64 start, gint64 end,
            const char *details)
{
  g_autoptr (GVariant) row = NULL;
  g_autoptr (CapSegment) segment = NULL;

  row = g_variant_ref_sink (g_variant_new (
      "(ttsbxx@a{sv})", id, ++self->serial, text, final, start * G_TIME_SPAN_MILLISECOND,
      end * G_TIME_SPAN_MILLISECOND,
      g_variant_new_parsed (details != NULL ? details : "@a{sv} {}")));
  segment = cap_segment_new (row);
  cap_roll_add (self->roll, segment, segment->end);
}

void
screen_retract (Screen *self, guint64 id)
{
  g_autoptr (CapSegment) segment = cap_segment_new_retracted (id, ++self->serial);

  cap_roll_add (self->roll, segment, 0);
}

char *
screen_read (Screen *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < cap_roll_get_n_lines (self->roll); i++)
    {
      g_string_append (text, cap_roll_get_line (self->roll, i)->text);
      g_string_append_c (text, '\n');
    }

  return g_string_free (text, FALSE);
}
