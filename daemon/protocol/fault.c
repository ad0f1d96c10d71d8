/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "protocol/fault.h"

#include <string.h>

static const struct
{
  CapField field;
  const char *name;
} fields[] = {
  { CAP_FIELD_LANGUAGE, "language" },
  { CAP_FIELD_PROMPT, "prompt" },
  { CAP_FIELD_KEYWORDS, "keywords" },
  { CAP_FIELD_DELAY, "delay" },
  { CAP_FIELD_NOISE_REDUCTION, "noise-reduction" },
  { CAP_FIELD_INCLUDE, "include" },
  { CAP_FIELD_TURN_DETECTION, "turn-detection" },
};

const char *
cap_field_to_string (CapField field)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (fields[i].field == field)
      return fields[i].name;

  g_return_val_if_reached ("");
}

CapField
cap_field_from_string (const char *name)
{
  g_return_val_if_fail (name != NULL, 0);

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (strcmp (fields[i].name, name) == 0)
      return fields[i].field;

  return 0;
}

char **
cap_fields_to_names (guint wanted)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (wanted & fields[i].field)
      g_strv_builder_add (names, fields[i].name);

  return g_strv_builder_end (names);
}

void
cap_evidence_copy (CapEvidence *copy, const CapEvidence *self)
{
  g_return_if_fail (copy != NULL);
  g_return_if_fail (self != NULL);

  *copy = *self;
  copy->network = self->network != NULL ? g_error_copy (self->network) : NULL;
  copy->close_reason = g_strdup (self->close_reason);
  copy->error = cap_service_error_copy (self->error);
  copy->request_id = g_strdup (self->request_id);
  copy->region = g_strdup (self->region);
  copy->location = g_strdup (self->location);
  copy->session_type = g_strdup (self->session_type);
}

void
cap_evidence_clear (CapEvidence *self)
{
  g_return_if_fail (self != NULL);

  g_clear_error (&self->network);
  g_clear_pointer (&self->close_reason, g_free);
  g_clear_pointer (&self->error, cap_service_error_free);
  g_clear_pointer (&self->request_id, g_free);
  g_clear_pointer (&self->region, g_free);
  g_clear_pointer (&self->location, g_free);
  g_clear_pointer (&self->session_type, g_free);
}

CapFault *
cap_fault_copy (const CapFault *self)
{
  CapFault *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_new (CapFault, 1);
  *copy = *self;
  copy->error = g_error_copy (self->error);

  return copy;
}

void
cap_fault_free (CapFault *self)
{
  if (self == NULL)
    return;

  g_error_free (self->error);
  g_free (self);
}

gboolean
cap_service_error_is_passing (const CapServiceError *self)
{
  static const char *const words[] = { "server_error", "rate_limit", "overload", "busy" };

  g_return_val_if_fail (self != NULL, FALSE);

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if ((self->type != NULL && strstr (self->type, words[i]) != NULL)
        || (self->code != NULL && strstr (self->code, words[i]) != NULL))
      return TRUE;

  return FALSE;
}
