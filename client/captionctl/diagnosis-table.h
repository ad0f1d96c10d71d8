/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Prints each row of a diagnosis as soon as it arrives. Therefore columns have fixed
 * widths, and longer cells are cut. */

typedef struct _CapDiagnosisColumn CapDiagnosisColumn;

typedef struct
{
  const CapDiagnosisColumn *columns;
  guint n_columns;
} CapDiagnosisTable;

/* These tables are for a speech service, and for a recogniser of this computer. */
extern const CapDiagnosisTable cap_diagnosis_table_of_service;
extern const CapDiagnosisTable cap_diagnosis_table_of_recogniser;

/* Prints the columns that fit into @width; text is at most 100 columns wide. */
char *cap_diagnosis_table_print_header (const CapDiagnosisTable *self, guint width);
/* @row: a{sv}. The message of a row follows in lines of its own. If one of the rows
 * @before has the same message, the row refers to that one. @before may be NULL. */
char *cap_diagnosis_table_print_row (const CapDiagnosisTable *self, GVariant *row, GPtrArray *before,
                                     guint width);

/* A paragraph of clean lines that ends with a line break. */
char *cap_diagnosis_table_print_text (const char *text, const char *indent, guint width);

G_END_DECLS
