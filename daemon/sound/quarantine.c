/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "sound/quarantine.h"

/* The time for which a graph cycle may still deliver sound of a forbidden link
 * after that link was removed. */
#define HOSTILE_NS (200 * G_GINT64_CONSTANT (1000000))

void
cap_quarantine_reset (CapQuarantine *self)
{
  g_return_if_fail (self != NULL);

  self->links = CAP_LINKS_ALLOWED;
  self->asking = FALSE;
  self->ask_again = FALSE;
}

void
cap_quarantine_see (CapQuarantine *self, CapLinks links, gint64 now)
{
  g_return_if_fail (self != NULL);

  if (links != CAP_LINKS_ALLOWED)
    self->taint++;
  else if (self->links == CAP_LINKS_FORBIDDEN)
    self->trusted_from = now + HOSTILE_NS;
  else if (self->links == CAP_LINKS_STALE)
    self->trusted_from = MAX (self->trusted_from, now);
  self->links = links;
}

gboolean
cap_quarantine_ask (CapQuarantine *self, guint64 end)
{
  g_return_val_if_fail (self != NULL, FALSE);

  self->ask_again = self->asking;
  if (self->asking)
    return FALSE;

  self->asking = TRUE;
  self->end = end;
  self->asked_taint = self->taint;
  return TRUE;
}

gboolean
cap_quarantine_answer (CapQuarantine *self, int seq, gboolean *again)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (again != NULL, FALSE);

  if (!self->asking || seq != self->seq)
    return FALSE;

  *again = self->ask_again;
  self->asking = FALSE;
  self->ask_again = FALSE;
  return TRUE;
}

gboolean
cap_quarantine_is_clean (const CapQuarantine *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->links == CAP_LINKS_ALLOWED && self->taint == self->asked_taint;
}

gboolean
cap_quarantine_trusts (const CapQuarantine *self, gint64 time)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return time >= self->trusted_from;
}
