/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Ids that something was done with. As many as it holds it knows one by one;
 * of those before, only the greatest: all up to that one count as in it. Ids
 * rise but for a few, and so it stays small for hours. */
#define CAP_RECENT_IDS 256

typedef struct
{
  /*< private >*/
  guint64 ids[CAP_RECENT_IDS];
  guint n;
  guint next; /* that gives way to another one when all are there */
  guint64 floor;
} CapRecentIds;

void cap_recent_ids_clear (CapRecentIds *self);
gboolean cap_recent_ids_contains (const CapRecentIds *self, guint64 id);
/* FALSE: it has been there before. */
gboolean cap_recent_ids_add (CapRecentIds *self, guint64 id);

G_END_DECLS
