/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/captions/recent-ids.h"

void
cap_recent_ids_clear (CapRecentIds *self)
{
  g_return_if_fail (self != NULL);

  *self = (CapRecentIds) { .n = 0 };
}

gboolean
cap_recent_ids_contains (const CapRecentIds *self, guint64 id)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (id <= self->floor)
    return TRUE;

  for (guint i = 0; i < self->n; i++)
    if (self->ids[i] == id)
      return TRUE;

  return FALSE;
}

gboolean
cap_recent_ids_add (CapRecentIds *self, guint64 id)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (cap_recent_ids_contains (self, id))
    return FALSE;

  if (self->n < CAP_RECENT_IDS)
    self->n++;
  else
    self->floor = MAX (self->floor, self->ids[self->next]);

  self->ids[self->next] = id;
  self->next = (self->next + 1) % CAP_RECENT_IDS;
  return TRUE;
}
