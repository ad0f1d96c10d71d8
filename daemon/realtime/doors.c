/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/doors.h"
#include "protocol/dialects.h"

struct _CapDoors
{
  GArray *doors; /* of CapDoor, best first */
  guint current;
};

/* private */

static CapDoor *
door_at (CapDoors *self, guint i)
{
  return &g_array_index (self->doors, CapDoor, i);
}

static void
add (CapDoors *self, const CapDialect *dialect, gboolean minted)
{
  CapDoor door = { dialect, dialect->must_mint || (minted && dialect->secret_path != NULL) };

  for (guint i = 0; i < self->doors->len; i++)
    if (door_at (self, i)->dialect == door.dialect && door_at (self, i)->minted == door.minted)
      return;

  g_array_append_val (self->doors, door);
}

static void
prefer (CapDoors *self, const CapDialect *dialect)
{
  for (guint i = self->current; i < self->doors->len; i++)
    {
      CapDoor door = *door_at (self, i);

      if (door.dialect == dialect)
        {
          g_array_remove_index (self->doors, i);
          g_array_insert_val (self->doors, self->current, door);
          return;
        }
    }
}

/* public functions */

CapDoors *
cap_doors_new (CapProvider *provider, CapLearnt *learnt)
{
  g_autoptr (GPtrArray) dialects = NULL;
  const CapDialect *known;
  gboolean minted;
  CapDoors *self;

  g_return_val_if_fail (provider != NULL, NULL);
  g_return_val_if_fail (CAP_IS_LEARNT (learnt), NULL);

  dialects = cap_dialects_for (provider);
  known = cap_learnt_get_door (learnt, provider, &minted);
  self = g_new0 (CapDoors, 1);
  self->doors = g_array_new (FALSE, FALSE, sizeof (CapDoor));
  if (known != NULL && g_ptr_array_find (dialects, known, NULL))
    add (self, known, minted);
  for (guint i = 0; i < dialects->len; i++)
    {
      if (provider->mint)
        add (self, g_ptr_array_index (dialects, i), TRUE);
      add (self, g_ptr_array_index (dialects, i), FALSE);
    }

  return self;
}

void
cap_doors_free (CapDoors *self)
{
  g_return_if_fail (self != NULL);

  g_array_unref (self->doors);
  g_free (self);
}

const CapDoor *
cap_doors_get (CapDoors *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->current < self->doors->len ? door_at (self, self->current) : NULL;
}

gboolean
cap_doors_has_more (CapDoors *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->current + 1 < self->doors->len;
}

void
cap_doors_pass (CapDoors *self, const CapDialect *recognised)
{
  g_return_if_fail (self != NULL);

  self->current++;
  if (recognised != NULL)
    prefer (self, recognised);
}
