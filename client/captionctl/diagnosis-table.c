/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/diagnosis-table.h"
#include "common/text.h"

#include <string.h>

#define GAP 2
#define WIDEST 100
#define NARROWEST 20
#define INDENT "    "

struct _CapDiagnosisColumn
{
  const char *title;
  guint width;
  char *(*print) (GVariant *row);
};

/* cells */

static const char *
get_text (GVariant *row, const char *key)
{
  const char *text = "";

  g_variant_lookup (row, key, "&s", &text);
  return text;
}

static gboolean
get_flag (GVariant *row, const char *key)
{
  gboolean flag = FALSE;

  g_variant_lookup (row, key, "b", &flag);
  return flag;
}

static char *
print_step (GVariant *row)
{
  const char *door = get_text (row, "door");

  return cap_text_clean (*door != '\0' ? door : get_text (row, "step"));
}

static char *
print_result (GVariant *row)
{
  return g_strdup (get_flag (row, "works") ? "works" : "fails");
}

static char *
print_status (GVariant *row)
{
  guint status = 0, close_code = 0;

  g_variant_lookup (row, "status", "u", &status);
  g_variant_lookup (row, "close-code", "u", &close_code);
  if (close_code == 0)
    return status != 0 ? g_strdup_printf ("%u", status) : g_strdup ("");

  return status != 0 ? g_strdup_printf ("%u/%u", status, close_code)
                     : g_strdup_printf ("/%u", close_code);
}

static char *
print_code (GVariant *row)
{
  return cap_text_clean (get_text (row, "code"));
}

/* Only for a door, "seconds" is the time until the first text. */
static char *
print_delay (GVariant *row)
{
  double seconds;

  if (*get_text (row, "door") == '\0' || !g_variant_lookup (row, "seconds", "d", &seconds))
    return g_strdup ("");

  return g_strdup_printf ("%.2f s", seconds);
}

static char *
print_region (GVariant *row)
{
  return cap_text_clean (get_text (row, "region"));
}

static char *
print_request (GVariant *row)
{
  return cap_text_clean (get_text (row, "request-id"));
}

/* lines */

static const CapDiagnosisColumn service_columns[] = {
  { "STEP", 23, print_step },
  { "RESULT", 7, print_result },
  { "HTTP/CLOSE", 10, print_status },
  { "CODE", 17, print_code },
  { "TEXT AFTER", 10, print_delay },
  { "REGION", 9, print_region },
  { "REQUEST", 12, print_request },
};

static const CapDiagnosisColumn recogniser_columns[] = {
  { "STEP", 10, print_step },
  { "RESULT", 7, print_result },
};

const CapDiagnosisTable cap_diagnosis_table_of_service = { service_columns, G_N_ELEMENTS (service_columns) };
const CapDiagnosisTable cap_diagnosis_table_of_recogniser = { recogniser_columns,
                                                              G_N_ELEMENTS (recogniser_columns) };

static void
append_cell (GString *line, const char *text, guint width)
{
  g_autofree char *cell = cap_text_head (text, width);

  g_string_append (line, cell);
  g_string_append_printf (line, "%*s", (int) (width - cap_text_columns (cell)) + GAP, "");
}

static void
end_line (GString *line)
{
  while (line->len > 0 && line->str[line->len - 1] == ' ')
    g_string_truncate (line, line->len - 1);
  g_string_append_c (line, '\n');
}

/* A narrow terminal shows only the first columns. */
static guint
count_columns (const CapDiagnosisTable *self, guint width)
{
  guint taken = 0, count = 0;

  while (count < self->n_columns && (count == 0 || taken + self->columns[count].width <= width))
    taken += self->columns[count++].width + GAP;

  return count;
}

/* Ignores the request ID, which differs each time. */
static gboolean
says_the_same (GVariant *row, GVariant *other)
{
  const char *message = get_text (row, "message");
  const char *reference = g_strstr_len (message, -1, " (request ");
  gsize length = reference != NULL ? (gsize) (reference - message) : strlen (message);

  return length > 0 && *get_text (other, "door") != '\0'
         && get_flag (row, "works") == get_flag (other, "works")
         && strncmp (message, get_text (other, "message"), length) == 0;
}

static char *
describe_reason (GVariant *row, GPtrArray *before)
{
  for (guint i = 0; before != NULL && i < before->len; i++)
    if (says_the_same (row, before->pdata[i]))
      return g_strdup_printf ("The reason is the same as for %s.", get_text (before->pdata[i], "door"));

  return g_strdup (get_text (row, "message"));
}

/* The message of a working name lookup is only the address. */
static gboolean
has_reason (GVariant *row)
{
  return *get_text (row, "message") != '\0'
         && (!get_flag (row, "works") || !g_str_equal (get_text (row, "step"), "name"));
}

/* public */

char *
cap_diagnosis_table_print_header (const CapDiagnosisTable *self, guint width)
{
  GString *line;

  g_return_val_if_fail (self != NULL, NULL);

  line = g_string_new (NULL);
  for (guint i = 0; i < count_columns (self, width); i++)
    append_cell (line, self->columns[i].title, self->columns[i].width);

  end_line (line);
  return g_string_free (line, FALSE);
}

char *
cap_diagnosis_table_print_row (const CapDiagnosisTable *self, GVariant *row, GPtrArray *before, guint width)
{
  GString *line;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (row != NULL, NULL);

  line = g_string_new (NULL);
  for (guint i = 0; i < count_columns (self, width); i++)
    {
      g_autofree char *cell = self->columns[i].print (row);

      append_cell (line, cell, self->columns[i].width);
    }
  end_line (line);

  if (has_reason (row))
    {
      g_autofree char *reason = describe_reason (row, before);
      g_autofree char *lines = cap_diagnosis_table_print_text (reason, INDENT, width);

      g_string_append (line, lines);
    }

  return g_string_free (line, FALSE);
}

char *
cap_diagnosis_table_print_text (const char *text, const char *indent, guint width)
{
  g_autofree char *clean = NULL;
  g_autofree char *wrapped = NULL;
  g_auto (GStrv) lines = NULL;
  GString *out;
  guint room;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (indent != NULL, NULL);

  room = MIN (width, WIDEST) - MIN (MIN (width, WIDEST), (guint) strlen (indent));
  clean = cap_text_clean (text);
  wrapped = cap_text_wrap (clean, MAX (room, NARROWEST));
  lines = g_strsplit (wrapped, "\n", -1);
  out = g_string_new (NULL);
  for (guint i = 0; lines[i] != NULL; i++)
    g_string_append_printf (out, "%s%s\n", indent, lines[i]);

  return g_string_free (out, FALSE);
}
