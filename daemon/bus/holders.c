/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "bus/holders.h"
#include "dbus/error.h"

#define MAX_HOLDERS 128

typedef struct
{
  CapCaller *caller;
  guint n_holds;
  gboolean partials;
  gboolean levels;
  gboolean paused;
} Holder;

struct _CapHolders
{
  GPtrArray *holders; /* of Holder, the oldest first */
};

static void
holder_free (Holder *holder)
{
  cap_caller_remove_holds (holder->caller, holder->n_holds);
  g_object_unref (holder->caller);
  g_free (holder);
}

static Holder *
find_holder (CapHolders *self, const char *bus_name)
{
  for (guint i = 0; i < self->holders->len; i++)
    {
      Holder *holder = g_ptr_array_index (self->holders, i);

      if (g_str_equal (cap_caller_get_bus_name (holder->caller), bus_name))
        return holder;
    }

  return NULL;
}

static Holder *
add_holder (CapHolders *self, CapCaller *caller)
{
  Holder *holder = g_new0 (Holder, 1);

  holder->caller = g_object_ref (caller);
  g_ptr_array_add (self->holders, holder);
  return holder;
}

/* Only text and levels need a caller that answers pings: all other signals are
 * rare, and cannot fill the queue of a caller that does not read. */
static gboolean
wants (Holder *holder, CapNews news)
{
  switch (news)
    {
    case CAP_NEWS_STATE:
      return TRUE;
    case CAP_NEWS_FINAL:
      return cap_caller_may_send (holder->caller);
    case CAP_NEWS_PARTIAL:
      return holder->partials && cap_caller_may_send (holder->caller);
    case CAP_NEWS_LEVEL:
      return holder->levels && cap_caller_may_send (holder->caller);
    default:
      g_assert_not_reached ();
    }
}

CapHolders *
cap_holders_new (void)
{
  CapHolders *self = g_new0 (CapHolders, 1);

  self->holders = g_ptr_array_new_with_free_func ((GDestroyNotify) holder_free);
  return self;
}

void
cap_holders_free (CapHolders *self)
{
  g_return_if_fail (self != NULL);

  g_ptr_array_unref (self->holders);
  g_free (self);
}

gboolean
cap_holders_add (CapHolders *self, CapCaller *caller, gboolean partials, gboolean levels, GError **error)
{
  Holder *holder;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (CAP_IS_CALLER (caller), FALSE);

  holder = find_holder (self, cap_caller_get_bus_name (caller));
  if (holder == NULL && self->holders->len >= MAX_HOLDERS)
    {
      g_set_error (error, CAP_ERROR, CAP_ERROR_LIMIT_EXCEEDED,
                   "%d programs already hold this stream. Close it in one of them first.", MAX_HOLDERS);
      return FALSE;
    }
  if (holder == NULL)
    holder = add_holder (self, caller);

  cap_caller_add_hold (caller);
  holder->n_holds++;
  holder->partials = partials;
  holder->levels = levels;
  return TRUE;
}

gboolean
cap_holders_remove (CapHolders *self, const char *bus_name, gboolean all)
{
  Holder *holder;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (bus_name != NULL, FALSE);

  holder = find_holder (self, bus_name);
  if (holder == NULL)
    return FALSE;

  if (all || holder->n_holds == 1)
    {
      g_ptr_array_remove (self->holders, holder);
      return TRUE;
    }

  holder->n_holds--;
  cap_caller_remove_holds (holder->caller, 1);
  return TRUE;
}

gboolean
cap_holders_contain (CapHolders *self, const char *bus_name)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (bus_name != NULL, FALSE);

  return find_holder (self, bus_name) != NULL;
}

gboolean
cap_holders_is_last (CapHolders *self, const char *bus_name)
{
  Holder *holder;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (bus_name != NULL, FALSE);

  holder = find_holder (self, bus_name);
  return holder != NULL && holder->n_holds == 1 && self->holders->len == 1;
}

gboolean
cap_holders_is_empty (CapHolders *self)
{
  g_return_val_if_fail (self != NULL, TRUE);

  return self->holders->len == 0;
}

void
cap_holders_set_paused (CapHolders *self, const char *bus_name, gboolean paused)
{
  Holder *holder;

  g_return_if_fail (self != NULL);
  g_return_if_fail (bus_name != NULL);

  holder = find_holder (self, bus_name);
  g_return_if_fail (holder != NULL);
  holder->paused = paused;
}

gboolean
cap_holders_all_paused (CapHolders *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  for (guint i = 0; i < self->holders->len; i++)
    if (!((Holder *) g_ptr_array_index (self->holders, i))->paused)
      return FALSE;

  return self->holders->len > 0;
}

GPtrArray *
cap_holders_list_receivers (CapHolders *self, CapNews news)
{
  g_autoptr (GPtrArray) names = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  names = g_ptr_array_new ();
  for (guint i = 0; i < self->holders->len; i++)
    {
      Holder *holder = g_ptr_array_index (self->holders, i);

      if (wants (holder, news))
        g_ptr_array_add (names, (gpointer) cap_caller_get_bus_name (holder->caller));
    }

  return g_steal_pointer (&names);
}

GVariant *
cap_holders_list_processes (CapHolders *self)
{
  GVariantBuilder list;

  g_return_val_if_fail (self != NULL, NULL);

  g_variant_builder_init (&list, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < self->holders->len; i++)
    {
      Holder *holder = g_ptr_array_index (self->holders, i);

      g_variant_builder_add (&list, "s", cap_caller_get_process (holder->caller));
    }

  return g_variant_builder_end (&list);
}
