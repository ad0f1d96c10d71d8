/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "base/deadline.h"

struct _CapDeadline
{
  GCancellable *cancellable;
  GCancellable *parent; /* or NULL */
  gulong handler;
  guint timeout;
  gboolean over;
};

static gboolean
on_time_is_up (gpointer user_data)
{
  CapDeadline *self = user_data;

  self->timeout = 0;
  self->over = TRUE;
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

CapDeadline *
cap_deadline_new (GCancellable *parent, guint ms)
{
  CapDeadline *self = g_new0 (CapDeadline, 1);

  self->cancellable = g_cancellable_new ();
  if (parent != NULL)
    {
      /* A handler of g_cancellable_connect() must not be disconnected while
       * the signal is being emitted; this one may be. */
      self->parent = g_object_ref (parent);
      self->handler = g_signal_connect_swapped (parent, "cancelled", G_CALLBACK (g_cancellable_cancel),
                                                self->cancellable);
      if (g_cancellable_is_cancelled (parent))
        g_cancellable_cancel (self->cancellable);
    }
  cap_deadline_extend (self, ms);
  return self;
}

GCancellable *
cap_deadline_get_cancellable (CapDeadline *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->cancellable;
}

void
cap_deadline_extend (CapDeadline *self, guint ms)
{
  g_return_if_fail (self != NULL);

  g_clear_handle_id (&self->timeout, g_source_remove);
  if (!self->over)
    self->timeout = g_timeout_add (ms, on_time_is_up, self);
}

void
cap_deadline_stop (CapDeadline *self)
{
  g_return_if_fail (self != NULL);

  g_clear_handle_id (&self->timeout, g_source_remove);
}

gboolean
cap_deadline_is_over (CapDeadline *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->over;
}

void
cap_deadline_free (CapDeadline *self)
{
  g_return_if_fail (self != NULL);

  g_clear_handle_id (&self->timeout, g_source_remove);
  if (self->parent != NULL)
    g_signal_handler_disconnect (self->parent, self->handler);
  g_clear_object (&self->parent);
  g_object_unref (self->cancellable);
  g_free (self);
}
