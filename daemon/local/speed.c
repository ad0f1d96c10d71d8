/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "local/speed.h"

#define MOST_ROUNDS 3
/* Two rounds that differ by less than this part show that a third one would, too. */
#define SAME 0.1
/* A recogniser that computes all the time takes as much processor time as a round lasts, and
 * more on several processors. */
#define DISTURBED 1.5

static gboolean
is_settled (const CapSpeed *self, double before)
{
  return cap_speed_get_share (self) <= CAP_SPEED_TIGHT || self->n_rounds >= MOST_ROUNDS
         || (self->n_rounds > 1 && ABS (self->last - before) <= SAME * before);
}

gboolean
cap_speed_add (CapSpeed *self, double seconds, double processor)
{
  double before;

  g_return_val_if_fail (self != NULL, TRUE);
  g_return_val_if_fail (seconds >= 0, TRUE);

  before = self->last;
  self->last = seconds;
  if (self->n_rounds == 0 || seconds < self->best)
    {
      self->best = seconds;
      self->processor = processor;
    }
  self->n_rounds++;
  return is_settled (self, before);
}

gboolean
cap_speed_is_disturbed (const CapSpeed *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->processor > 0 && self->best > DISTURBED * self->processor;
}

double
cap_speed_get_share (const CapSpeed *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return cap_speed_is_disturbed (self) ? self->processor : self->best;
}

char *
cap_speed_describe (const CapSpeed *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (!cap_speed_is_disturbed (self) || self->best <= CAP_SPEED_TIGHT)
    return g_strdup_printf ("A second of sound takes %.2f seconds.", self->best);

  return g_strdup_printf ("A second of sound took %.2f seconds, because this computer was busy with other "
                          "programs. Without them, it takes about %.2f seconds.", self->best, self->processor);
}
