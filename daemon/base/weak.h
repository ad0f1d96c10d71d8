/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib-object.h>

/* A weak reference for the user data of an asynchronous call. A full reference
 * would keep @object alive until the call ends; with a weak one, @object can
 * be disposed meanwhile and cancel the call. */
static inline GWeakRef *
cap_weak_new (gpointer object)
{
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak, object);
  return weak;
}

/* Returns a new reference to the object, or NULL if it no longer exists.
 * Frees @weak. */
static inline gpointer
cap_weak_take (GWeakRef *weak)
{
  gpointer object = g_weak_ref_get (weak);

  g_weak_ref_clear (weak);
  g_free (weak);
  return object;
}
