/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a stream says about itself: its properties, never NULL, as the
 * interface describes them. */
typedef struct
{
  const char *stream; /* object path */
  const char *state;
  const char *reason;
  const char *message;
  const char *source;
  const char *description;
  const char *engine;
  const char *remote_host;
  const char *language;
  gint64 epoch;
} CapState;

/* Text of its own, for who keeps it. */
CapState *cap_state_copy (const CapState *self);
/* Only of a copy. */
void cap_state_free (CapState *self);
gboolean cap_state_equal (const CapState *a, const CapState *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapState, cap_state_free)

/* Whether the local engine does the work of the service that was asked for. */
gboolean cap_state_is_stood_in_for (const char *state, const char *engine, const char *remote_host);

/* One clean line for people; NULL when there is nothing worth saying. A
 * failure has none: it is reported where the program ends. */
char *cap_state_to_sentence (const CapState *state);

G_END_DECLS
