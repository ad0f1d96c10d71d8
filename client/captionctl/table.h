/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Rows of text in columns that line up on a terminal. */
typedef struct _CapTable CapTable;

CapTable *cap_table_new (guint columns);
void cap_table_free (CapTable *self);
/* One string a column; each is cleaned. */
void cap_table_add (CapTable *self, ...);
char *cap_table_print (CapTable *self, const char *indent);
/* The last column is broken between words where it would pass @width; 0 for a
 * file or a pipe, where it stays whole. */
char *cap_table_print_within (CapTable *self, const char *indent, guint width);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapTable, cap_table_free)

G_END_DECLS
