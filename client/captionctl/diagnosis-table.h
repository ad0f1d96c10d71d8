/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Rows of a diagnosis as lines of a table, one as soon as it comes: the
 * columns cannot grow with what they hold, and what is longer is cut. */

/* What fits into @width; nothing is wider than 100 columns. */
char *cap_diagnosis_table_print_header (guint width);
/* @row: a{sv}. What did not work has its reason in lines of its own, unless one
 * of the rows @before it, which may be NULL, has the same. */
char *cap_diagnosis_table_print_row (GVariant *row, GPtrArray *before, guint width);

/* A paragraph of clean lines, with a line break at its end. */
char *cap_diagnosis_table_print_text (const char *text, const char *indent, guint width);

G_END_DECLS
