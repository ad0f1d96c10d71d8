/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib-object.h>

/* What an asynchronous call is given instead of a reference to who asked: an
 * object that is let go of meanwhile must end, and cancel, not wait. */
static inline GWeakRef *
cap_weak_new (gpointer object)
{
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak, object);
  return weak;
}

/* The object with a reference, or NULL when it is gone. Frees @weak. */
static inline gpointer
cap_weak_take (GWeakRef *weak)
{
  gpointer object = g_weak_ref_get (weak);

  g_weak_ref_clear (weak);
  g_free (weak);
  return object;
}
