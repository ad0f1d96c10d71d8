/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Rows of text in aligned columns, for a terminal. */
typedef struct _CapTable CapTable;

CapTable *cap_table_new (guint columns);
void cap_table_free (CapTable *self);
/* Takes one string for each column, and cleans it. */
void cap_table_add (CapTable *self, ...);
char *cap_table_print (CapTable *self, const char *indent);
/* Wraps the last column between words to fit into @width. 0 does not wrap, for a file
 * or a pipe. */
char *cap_table_print_within (CapTable *self, const char *indent, guint width);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapTable, cap_table_free)

G_END_DECLS
