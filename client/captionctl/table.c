/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/table.h"
#include "common/text.h"

#define GAP 2

/* If the last column would be narrower than this, the terminal wraps it. */
#define NARROWEST 20

struct _CapTable
{
  guint columns;
  GPtrArray *cells; /* row by row */
};

CapTable *
cap_table_new (guint columns)
{
  CapTable *self;

  g_return_val_if_fail (columns > 0, NULL);

  self = g_new0 (CapTable, 1);
  self->columns = columns;
  self->cells = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
cap_table_free (CapTable *self)
{
  g_return_if_fail (self != NULL);

  g_ptr_array_unref (self->cells);
  g_free (self);
}

void
cap_table_add (CapTable *self, ...)
{
  va_list cells;

  g_return_if_fail (self != NULL);

  va_start (cells, self);
  for (guint i = 0; i < self->columns; i++)
    g_ptr_array_add (self->cells, cap_text_clean (va_arg (cells, const char *)));
  va_end (cells);
}

static guint
column_width (CapTable *self, guint column)
{
  guint width = 0;

  for (guint i = column; i < self->cells->len; i += self->columns)
    width = MAX (width, cap_text_columns (self->cells->pdata[i]));

  return width;
}

/* @left: the terminal columns before the cell. */
static void
append_last (GString *out, const char *cell, guint left, guint width)
{
  g_autofree char *wrapped = NULL;
  g_auto (GStrv) lines = NULL;

  if (width < left + NARROWEST)
    {
      g_string_append (out, cell);
      return;
    }

  wrapped = cap_text_wrap (cell, width - left);
  lines = g_strsplit (wrapped, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_printf (out, "\n%*s", (int) left, "");
      g_string_append (out, lines[i]);
    }
}

char *
cap_table_print (CapTable *self, const char *indent)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (indent != NULL, NULL);

  return cap_table_print_within (self, indent, 0);
}

char *
cap_table_print_within (CapTable *self, const char *indent, guint width)
{
  g_autofree guint *widths = NULL;
  GString *out;
  guint left;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (indent != NULL, NULL);

  widths = g_new (guint, self->columns);
  out = g_string_new (NULL);
  left = cap_text_columns (indent);
  for (guint column = 0; column < self->columns; column++)
    widths[column] = column_width (self, column);
  for (guint column = 0; column + 1 < self->columns; column++)
    left += widths[column] + GAP;

  for (guint i = 0; i < self->cells->len; i++)
    {
      const char *cell = self->cells->pdata[i];
      guint column = i % self->columns;
      guint fill = widths[column] + GAP - cap_text_columns (cell);

      if (column == 0)
        g_string_append (out, indent);
      if (column < self->columns - 1)
        {
          g_string_append_printf (out, "%s%*s", cell, (int) fill, "");
          continue;
        }
      append_last (out, cell, left, width);

      /* After an empty last cell, the padding of the previous cell remains. */
      while (out->len > 0 && out->str[out->len - 1] == ' ')
        g_string_truncate (out, out->len - 1);
      g_string_append_c (out, '\n');
    }

  return g_string_free (out, FALSE);
}
