/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Above this share of the time of speech, captions lag behind whenever the computer has
 * other work. */
#define CAP_SPEED_TIGHT 0.8

/* How fast a recogniser is, from rounds with the same sound. A computer with other work
 * makes each round slower, so the fastest one counts, and not its time alone but also how
 * much of it the recogniser could compute. Begins as zeros. */
typedef struct
{
  guint n_rounds;
  double last; /* seconds for a second of sound, as all of these */
  double best;
  double processor; /* of the best round; negative if unknown */
} CapSpeed;

/* Returns FALSE if another round may still change what is known.
 * @seconds: how long a second of sound took
 * @processor: the processor time in it; negative if unknown */
gboolean cap_speed_add (CapSpeed *self, double seconds, double processor);

/* Whether other programs kept the recogniser from computing. */
gboolean cap_speed_is_disturbed (const CapSpeed *self);
/* How long a second of sound takes on a computer without other work, as far as is known. */
double cap_speed_get_share (const CapSpeed *self);
/* As sentences for people. */
char *cap_speed_describe (const CapSpeed *self);

G_END_DECLS
