/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "realtime/learnt.h"

G_BEGIN_DECLS

/* One way into a service. */
typedef struct
{
  const CapDialect *dialect;
  gboolean minted; /* with a client secret */
} CapDoor;

/* The ways into a provider's service, and the one that is being tried. */
typedef struct _CapDoors CapDoors;

/* The one that worked last, and then those that the provider allows; each with
 * a client secret first where the user wants one. */
CapDoors *cap_doors_new (CapProvider *provider, CapLearnt *learnt);
void cap_doors_free (CapDoors *self);

/* The one to try; NULL when there is none (left). */
const CapDoor *cap_doors_get (CapDoors *self);
gboolean cap_doors_has_more (CapDoors *self);
/* The one being tried is shut. @recognised: the dialect that the server gave
 * away, which is next if it was not tried; or NULL. */
void cap_doors_pass (CapDoors *self, const CapDialect *recognised);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapDoors, cap_doors_free)

G_END_DECLS
