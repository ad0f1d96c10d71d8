/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The properties of a stream, as the D-Bus interface describes them; never NULL. */
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

/* A copy that owns its text. */
CapState *cap_state_copy (const CapState *self);
/* Only for a copy. */
void cap_state_free (CapState *self);
gboolean cap_state_equal (const CapState *a, const CapState *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapState, cap_state_free)

/* Whether the local engine currently replaces the service @engine. */
gboolean cap_state_uses_fallback (const char *state, const char *engine, const char *remote_host);

/* One clean line for people, or NULL if the state needs none. A failure has none,
 * because the program reports it when it ends. */
char *cap_state_to_sentence (const CapState *state);

G_END_DECLS
