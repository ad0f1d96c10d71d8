/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A set of ids of bounded size. It knows its newest ids one by one. Of older ones
 * it keeps only the greatest, and counts all ids up to that as contained. Because
 * ids mostly rise, that is accurate for hours. */
#define CAP_RECENT_IDS 256

typedef struct
{
  /*< private >*/
  guint64 ids[CAP_RECENT_IDS];
  guint n;
  guint next; /* index of the oldest id once the array is full */
  guint64 floor;
} CapRecentIds;

void cap_recent_ids_clear (CapRecentIds *self);
gboolean cap_recent_ids_contains (const CapRecentIds *self, guint64 id);
/* Returns FALSE if it is contained already. */
gboolean cap_recent_ids_add (CapRecentIds *self, guint64 id);

G_END_DECLS
