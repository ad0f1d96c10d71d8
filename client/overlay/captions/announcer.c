/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/captions/announcer.h"
#include "overlay/captions/recent-ids.h"
#include "overlay/captions/roll-entry.h"

/* The announcer keeps ids, because their order does not tell what is new: if there
 * are two sources, the slower one has lower ids, and a gap gets its id late. */
struct _CapAnnouncer
{
  CapRecentIds said;
};

CapAnnouncer *
cap_announcer_new (void)
{
  return g_new0 (CapAnnouncer, 1);
}

void
cap_announcer_free (CapAnnouncer *self)
{
  g_free (self);
}

void
cap_announcer_clear (CapAnnouncer *self)
{
  g_return_if_fail (self != NULL);

  cap_recent_ids_clear (&self->said);
}

void
cap_announcer_pass_over (CapAnnouncer *self, const CapSegment *segment)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (segment != NULL);

  if (segment->final && !segment->retracted)
    cap_recent_ids_add (&self->said, segment->id);
}

char *
cap_announcer_take (CapAnnouncer *self, const CapSegment *segment)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (segment != NULL, NULL);

  /* A segment that gets its translation later is not announced again. */
  if (!segment->final || segment->retracted || !cap_recent_ids_add (&self->said, segment->id))
    return NULL;

  text = cap_roll_entry_read_text (segment);
  return *text != '\0' ? g_steal_pointer (&text) : NULL;
}
