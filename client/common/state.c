/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "common/state.h"
#include "common/engine-id.h"
#include "common/text.h"

static const char *
describe_source (const CapState *state)
{
  if (*state->description != '\0')
    return state->description;
  if (g_str_equal (state->source, "system"))
    return "the default output";
  if (g_str_equal (state->source, "microphone"))
    return "the default microphone";

  return state->source;
}

static char *
say_listening (const CapState *state)
{
  if (cap_state_uses_fallback (state->state, state->engine, state->remote_host))
    return g_strdup_printf ("Listening to %s with the local engine, because \"%s\" is unavailable. "
                            "No speech is sent.",
                            describe_source (state), state->engine);
  /* The message says which recogniser stands in for another, and why. */
  if (*state->remote_host == '\0')
    return g_strdup_printf ("Listening to %s.%s%s", describe_source (state), *state->message != '\0' ? " " : "",
                            state->message);

  return g_strdup_printf ("Listening to %s. Speech is sent to %s.",
                          describe_source (state), state->remote_host);
}

static char *
say_connecting (const CapState *state)
{
  if (*state->remote_host == '\0')
    return g_strdup_printf ("Starting the engine \"%s\".", state->engine);

  return g_strdup_printf ("Connecting to %s.", state->remote_host);
}

static char *
say_because (const char *word, const CapState *state)
{
  if (*state->message == '\0')
    return g_strdup_printf ("%s.", word);

  return g_strdup_printf ("%s: %s", word, state->message);
}

CapState *
cap_state_copy (const CapState *self)
{
  CapState *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_new (CapState, 1);
  *copy = (CapState) {
    .stream = g_strdup (self->stream),
    .state = g_strdup (self->state),
    .reason = g_strdup (self->reason),
    .message = g_strdup (self->message),
    .source = g_strdup (self->source),
    .description = g_strdup (self->description),
    .engine = g_strdup (self->engine),
    .remote_host = g_strdup (self->remote_host),
    .language = g_strdup (self->language),
    .epoch = self->epoch,
  };
  return copy;
}

void
cap_state_free (CapState *self)
{
  g_return_if_fail (self != NULL);

  g_free ((char *) self->stream);
  g_free ((char *) self->state);
  g_free ((char *) self->reason);
  g_free ((char *) self->message);
  g_free ((char *) self->source);
  g_free ((char *) self->description);
  g_free ((char *) self->engine);
  g_free ((char *) self->remote_host);
  g_free ((char *) self->language);
  g_free (self);
}

gboolean
cap_state_equal (const CapState *a, const CapState *b)
{
  g_return_val_if_fail (a != NULL, FALSE);
  g_return_val_if_fail (b != NULL, FALSE);

  return a->epoch == b->epoch
         && g_str_equal (a->stream, b->stream)
         && g_str_equal (a->state, b->state)
         && g_str_equal (a->reason, b->reason)
         && g_str_equal (a->message, b->message)
         && g_str_equal (a->source, b->source)
         && g_str_equal (a->description, b->description)
         && g_str_equal (a->engine, b->engine)
         && g_str_equal (a->remote_host, b->remote_host)
         && g_str_equal (a->language, b->language);
}

/* All engines except the local ones have a host, so that a working stream of another
 * engine without a host uses a local one. Before a stream first listens, and after
 * it failed, the host may be unknown. */
gboolean
cap_state_uses_fallback (const char *state, const char *engine, const char *remote_host)
{
  const char *const at_work[] = { "listening", "waiting", "paused", NULL };

  g_return_val_if_fail (state != NULL, FALSE);
  g_return_val_if_fail (engine != NULL, FALSE);
  g_return_val_if_fail (remote_host != NULL, FALSE);

  return *remote_host == '\0' && !cap_engine_id_is_local (engine) && g_strv_contains (at_work, state);
}

char *
cap_state_to_sentence (const CapState *state)
{
  g_autofree char *sentence = NULL;

  g_return_val_if_fail (state != NULL, NULL);

  if (g_str_equal (state->state, "listening"))
    sentence = say_listening (state);
  else if (g_str_equal (state->state, "connecting"))
    sentence = say_connecting (state);
  else if (g_str_equal (state->state, "waiting"))
    sentence = say_because ("Waiting", state);
  else if (g_str_equal (state->state, "reconnecting"))
    sentence = say_because ("Reconnecting", state);
  else if (g_str_equal (state->state, "paused"))
    sentence = say_because ("Paused", state);

  return sentence != NULL ? cap_text_clean (sentence) : NULL;
}
