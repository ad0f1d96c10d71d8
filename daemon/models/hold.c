/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "models/hold.h"

/* struct */

/* Each comparison has a reference, so it may end after free(). */
struct _CapHold
{
  CapModels *models;
  char **ids;
  guint n_checks;   /* that have not ended */
  CapHoldFunc func; /* NULL after its call, and after free() */
  gpointer user_data;
};

/* private */

static void
hold_clear (gpointer data)
{
  CapHold *self = data;

  g_object_unref (self->models);
  g_strfreev (self->ids);
}

static void
release (CapHold *self)
{
  g_rc_box_release_full (self, hold_clear);
}

static void
report (CapHold *self, const GError *error)
{
  CapHoldFunc func = self->func;

  self->func = NULL;
  func (error, self->user_data);
}

/* callbacks */

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CapHold *self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean good = cap_models_check_finish (CAP_MODELS (source), result, &error);

  self->n_checks--;
  if (self->func != NULL && (!good || self->n_checks == 0))
    report (self, error);
  release (self);
}

/* public */

CapHold *
cap_hold_new (CapModels *models, const char *const *ids, CapHoldFunc func, gpointer user_data)
{
  CapHold *self;

  g_return_val_if_fail (CAP_IS_MODELS (models), NULL);
  g_return_val_if_fail (ids != NULL && *ids != NULL, NULL);
  g_return_val_if_fail (func != NULL, NULL);

  self = g_rc_box_new0 (CapHold);
  self->models = g_object_ref (models);
  self->ids = g_strdupv ((char **) ids);
  self->n_checks = g_strv_length (self->ids);
  self->func = func;
  self->user_data = user_data;
  for (char **id = self->ids; *id != NULL; id++)
    {
      cap_catalogue_use (cap_models_get_catalogue (models), *id);
      cap_models_check_async (models, *id, on_checked, g_rc_box_acquire (self));
    }
  return self;
}

void
cap_hold_free (CapHold *self)
{
  g_return_if_fail (self != NULL);

  self->func = NULL;
  for (char **id = self->ids; *id != NULL; id++)
    cap_catalogue_unuse (cap_models_get_catalogue (self->models), *id);
  release (self);
}
