/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "state.h"
#include "text.h"

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
  if (cap_state_is_stood_in_for (state->state, state->engine, state->remote_host))
    return g_strdup_printf ("Listening to %s. The local engine stands in for \"%s\": nothing is sent.",
                            describe_source (state), state->engine);
  if (*state->remote_host == '\0')
    return g_strdup_printf ("Listening to %s.", describe_source (state));

  /* Whoever speaks has a right to know. */
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

/* Of the engines that there are, all but the local one have a host. Before a
 * stream listens for the first time, and once it failed, none may be known. */
gboolean
cap_state_is_stood_in_for (const char *state, const char *engine, const char *remote_host)
{
  const char *const at_work[] = { "listening", "waiting", "paused", NULL };

  return *remote_host == '\0' && !g_str_equal (engine, "local") && g_strv_contains (at_work, state);
}

char *
cap_state_to_sentence (const CapState *state)
{
  g_autofree char *sentence = NULL;

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
