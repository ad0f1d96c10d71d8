/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "realtime/learnt.h"

G_BEGIN_DECLS

/* A door is one way into a service: a dialect, with or without a client secret. */
typedef struct
{
  const CapDialect *dialect;
  gboolean minted; /* a client secret is asked for first */
} CapDoor;

/* The doors of a provider's service, best first, and which of them is tried. */
typedef struct _CapDoors CapDoors;

/* Begins with the door that worked last. Those that the provider's settings allow
 * follow; where the settings ask for a client secret, the door with one comes
 * before the same door without. */
CapDoors *cap_doors_new (CapProvider *provider, CapLearnt *learnt);
void cap_doors_free (CapDoors *self);

/* The door to try; NULL when none is left. Valid until cap_doors_pass(). */
const CapDoor *cap_doors_get (CapDoors *self);
gboolean cap_doors_has_more (CapDoors *self);
/* Goes on to the next door, because this one is shut. @recognised: the dialect
 * that the server turned out to speak: its door comes next, unless it was tried;
 * or NULL. */
void cap_doors_pass (CapDoors *self, const CapDialect *recognised);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapDoors, cap_doors_free)

G_END_DECLS
