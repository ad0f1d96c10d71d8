/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/format.h"
#include "common/text.h"

#define DIM "\033[2m"
#define PLAIN "\033[0m"

/* Writes text for people. In a pipe, each final segment is one line. On a terminal, a
 * last line also shows all text that is not final, in reading order, and dim lines say
 * what the stream waits for. */
typedef struct
{
  CapTerminal *terminal; /* NULL in a pipe */
  gboolean partials;
  GPtrArray *unfinished; /* CapSegment, in reading order */
  GHashTable *printed;   /* ids of final segments, which may come again with more details */
  char *last_note;
} TextFormat;

static gpointer
text_open (CapTerminal *terminal, gboolean partials)
{
  TextFormat *self = g_new0 (TextFormat, 1);

  self->terminal = terminal;
  self->partials = partials && terminal != NULL;
  self->unfinished = g_ptr_array_new_with_free_func ((GDestroyNotify) cap_segment_free);
  self->printed = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  return self;
}

static void
text_close (gpointer data)
{
  TextFormat *self = data;

  g_ptr_array_unref (self->unfinished);
  g_hash_table_unref (self->printed);
  g_free (self->last_note);
  g_free (self);
}

/* Lost speech and the name of the speaker stand before the text. */
static char *
compose_line (const CapSegment *segment)
{
  g_autoptr (GString) line = g_string_new (NULL);
  const char *speaker = NULL;
  double gap = 0;

  g_variant_lookup (segment->details, "gap", "d", &gap);
  if (gap > 0)
    g_string_append_printf (line, "[%.1f s of speech lost] ", gap);

  /* These two only repeat the source that the user asked for. */
  g_variant_lookup (segment->details, "speaker", "&s", &speaker);
  if (speaker != NULL && *speaker != '\0'
      && !g_str_equal (speaker, "system") && !g_str_equal (speaker, "microphone"))
    g_string_append_printf (line, "%s: ", speaker);

  g_string_append (line, segment->text);
  return cap_text_clean (line->str);
}

static void
text_redraw (gpointer data, GString *out)
{
  TextFormat *self = data;
  g_autoptr (GString) line = g_string_new (NULL);

  if (self->terminal == NULL)
    return;

  for (guint i = 0; i < self->unfinished->len; i++)
    {
      g_autofree char *text = compose_line (self->unfinished->pdata[i]);

      if (line->len > 0 && *text != '\0')
        g_string_append_c (line, ' ');
      g_string_append (line, text);
    }

  cap_terminal_draw (self->terminal, line->str, out);
}

static void
forget_unfinished (TextFormat *self, guint64 id)
{
  for (guint i = 0; i < self->unfinished->len; i++)
    {
      CapSegment *segment = self->unfinished->pdata[i];

      if (segment->id != id)
        continue;
      g_ptr_array_remove_index (self->unfinished, i);
      return;
    }
}

static void
print_final (TextFormat *self, const CapSegment *segment, GString *out)
{
  g_autofree char *line = NULL;

  if (!g_hash_table_add (self->printed, g_memdup2 (&segment->id, sizeof segment->id)))
    return;

  line = compose_line (segment);
  if (*line == '\0')
    return;

  if (self->terminal != NULL)
    {
      g_autofree char *wrapped = cap_text_wrap (line, self->terminal->width);

      cap_terminal_erase (self->terminal, out);
      g_string_append (out, wrapped);
    }
  else
    g_string_append (out, line);
  g_string_append_c (out, '\n');
}

static void
text_segment (gpointer data, const CapSegment *segment, GString *out)
{
  TextFormat *self = data;

  forget_unfinished (self, segment->id);
  if (segment->final && !segment->retracted)
    print_final (self, segment, out);
  else if (!segment->retracted && self->partials)
    {
      g_ptr_array_add (self->unfinished, cap_segment_copy (segment));
      g_ptr_array_sort (self->unfinished, cap_segment_compare);
    }

  text_redraw (self, out);
}

static void
text_note (gpointer data, const char *sentence, GString *out, GString *notes)
{
  TextFormat *self = data;
  g_autofree char *wrapped = NULL;

  if (self->terminal != NULL)
    {
      wrapped = cap_text_wrap (sentence, self->terminal->width);
      cap_terminal_erase (self->terminal, out);
    }
  g_string_append_printf (notes, DIM "%s" PLAIN "\n", wrapped != NULL ? wrapped : sentence);
}

static void
text_state (gpointer data, const CapState *state, GString *out, GString *notes)
{
  TextFormat *self = data;
  g_autofree char *note = cap_state_to_sentence (state);

  if (note == NULL || g_strcmp0 (note, self->last_note) == 0)
    return;

  text_note (self, note, out, notes);
  g_free (self->last_note);
  self->last_note = g_steal_pointer (&note);
}

static void
text_finish (gpointer data, GString *out)
{
  TextFormat *self = data;

  /* Text that never became final stays on the screen, because no final text follows. */
  if (self->terminal != NULL && self->terminal->drawn > 0)
    g_string_append_c (out, '\n');
}

const CapFormat cap_format_text = {
  .name = "text",
  .open = text_open,
  .segment = text_segment,
  .state = text_state,
  .note = text_note,
  .redraw = text_redraw,
  .finish = text_finish,
  .close = text_close,
};
