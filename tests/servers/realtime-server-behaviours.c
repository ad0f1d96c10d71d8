/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "servers/realtime-server.h"

#define NOT_SUPPORTED "The realtime operation does not work with the specified model. " \
                      "Please choose different model and try again."
#define NO_DEPLOYMENT "The API deployment for this resource does not exist."
#define EXPIRED "Your session hit the maximum duration of 60 minutes."

static const Behaviour behaviours[] = {
  { "ok" },

  { "7.1-0a", AT_MINT, TRICK_PREVIEW, 400, "OperationNotSupported", NOT_SUPPORTED },
  { "7.1-0b", AT_MINT, TRICK_TRANSLATOR, 400, "OperationNotSupported", NOT_SUPPORTED },
  { "7.1-0c", AT_MINT, TRICK_MINT_TOP_MODEL, 500, "InternalServerError", "Internal server error" },
  { "7.1-0d", AT_MINT, TRICK_MINT_KIND, 400, "InvalidSessionType", "The session type is not valid." },
  { "7.1-0e", AT_SESSION, TRICK_FAILED, 0, "OperationNotSupported", "Input transcription failed." },
  { "7.1-0f" },
  { "7.1-0g", AT_SOCKET, TRICK_TRANSLATOR, 400, "OpperationNotSupported", NOT_SUPPORTED },
  { "7.1-0h" }, /* The real chat/completions endpoint always gives this answer. */
  { "7.1-0i", AT_SOCKET, TRICK_MODEL_URL, 404, "DeploymentNotFound", NO_DEPLOYMENT },
  { "7.1-0j" },
  { "7.1-1a", AT_SOCKET, TRICK_MODEL_URL, 400, "OpperationNotSupported", NOT_SUPPORTED },
  { "7.1-1b", AT_SESSION, TRICK_OTHER_KIND },
  { "7.1-1b-untold", AT_SESSION, TRICK_OTHER_KIND_UNTOLD },
  { "7.1-1c", AT_SOCKET, TRICK_PREVIEW, 302 },
  { "7.1-1d", AT_SESSION, TRICK_CREATED_ERROR, 4004, "model_not_found", "The model does not exist." },
  { "7.1-1e", AT_SOCKET, TRICK_INTENT_URL, 400, "OpperationNotSupported", NOT_SUPPORTED },
  { "7.1-1e-404", AT_SOCKET, TRICK_INTENT_URL, 404, "404", "Resource not found" },
  { "7.1-2a", AT_MINT, TRICK_MINT_TOP_MODEL, 400, "OpperationNotSupported", NOT_SUPPORTED },
  { "7.1-3a", AT_MINT, TRICK_MINT_CONFIG, 500, "InternalServerError", "Internal server error" },
  { "7.1-4a", AT_SESSION, TRICK_MISNAMED_WHISPER },
  { "7.1-4b" },

  { "7.2-1", AT_SESSION, TRICK_NO_VAD },
  { "7.2-2", AT_SESSION, TRICK_NO_FIELDS },
  { "7.2-3", AT_SESSION, TRICK_FAILED, 0, "DeploymentNotFound", NO_DEPLOYMENT },
  { "7.2-4", AT_SOCKET, 0, 404, "404", "Resource not found" },
  { "7.2-5" }, /* The real audio/transcriptions endpoint always gives this answer. */
  { "7.2-6", AT_SESSION, TRICK_COMMIT_RACE },
  { "7.2-7", AT_SESSION, TRICK_CREATED_ERROR, 4004, "model_not_found", "The model does not exist." },

  /* These take their numbers and texts from --status, --code and --message. */
  { "http", AT_SOCKET, 0, 500, "server_error", "It failed." },
  { "refused", AT_SESSION, TRICK_CREATED_ERROR, 4000, "never_heard_of", "It is refused." },
  { "error", AT_SESSION, TRICK_ERROR },

  { "out-of-order", AT_SESSION, TRICK_OUT_OF_ORDER },
  { "swapped", AT_SESSION, TRICK_SWAPPED },
  { "lost-turns", AT_SESSION, TRICK_LOST_TURNS },
  { "lost-turn", AT_SESSION, TRICK_LOST_TURN },
  { "failed-turn", AT_SESSION, TRICK_FAILED, 0, "server_error", "Input transcription failed." },
  { "deltas-then-failed", AT_SESSION, TRICK_DELTAS_THEN_FAILED, 0, "server_error", "Input transcription failed." },
  { "repeat-completed", AT_SESSION, TRICK_REPEAT_COMPLETED },
  { "empty-completed", AT_SESSION, TRICK_EMPTY_COMPLETED },
  { "expire", AT_SESSION, TRICK_END, 1001, "session_expired", EXPIRED },
  { "drop", AT_SESSION, TRICK_END, 0 },
  { "restart", AT_SESSION, TRICK_END, 1012, NULL, "Service restart" },
  { "busy", AT_SOCKET, 0, 503, "overloaded", "The server is busy." },
  { "rate-limited", AT_SOCKET, 0, 429, "rate_limit_exceeded", "Too many requests." },
  { "quota", AT_SESSION, TRICK_CREATED_ERROR, 4000, "insufficient_quota", "You exceeded your current quota." },
  { "invalid-key", AT_SESSION, TRICK_CREATED_ERROR, 3000, "invalid_api_key", "Incorrect API key provided: sk-***." },
  { "echo-key", AT_SOCKET, TRICK_ECHO_KEY, 403, "odd_key" },
  { "echo-key-late", AT_SESSION, TRICK_ECHO_KEY, 4000, "odd_key" },
  { "redirect-301", AT_SOCKET, 0, 301 },
  { "redirect-302", AT_SOCKET, 0, 302 },
  { "redirect-303", AT_SOCKET, 0, 303 },
  { "redirect-307", AT_SOCKET, 0, 307 },
  { "redirect-308", AT_SOCKET, 0, 308 },
  { "html-200", AT_SOCKET, 0, 200 },
  { "never-answers", AT_SOCKET, TRICK_NEVER_ANSWERS },
  { "never-creates", AT_SESSION, TRICK_NEVER_CREATES },
  { "never-updates", AT_SESSION, TRICK_NEVER_UPDATES },
  { "silent", AT_SESSION, TRICK_SILENT },
  { "flood", AT_SESSION, TRICK_FLOOD },
  { "huge-message", AT_SESSION, TRICK_HUGE_MESSAGE },
  { "deep-json", AT_SESSION, TRICK_DEEP_JSON },
  { "bad-utf8", AT_SESSION, TRICK_BAD_UTF8 },
  { "binary", AT_SESSION, TRICK_BINARY },
  { "no-json", AT_SESSION, TRICK_NO_JSON },
  { "unknown-events", AT_SESSION, TRICK_UNKNOWN_EVENTS },
  { "nulls", AT_SESSION, TRICK_NULLS },
  { "many-items", AT_SESSION, TRICK_MANY_ITEMS },
  { "huge-text", AT_SESSION, TRICK_HUGE_TEXT },
  { "no-transcription-in-updated", AT_SESSION, TRICK_NO_TRANSCRIPTION },
  { "mint-500-with-config", AT_MINT, TRICK_MINT_CONFIG, 500, "InternalServerError", "Internal server error" },
  { "mint-500", AT_MINT, 0, 500, "InternalServerError", "Internal server error" },
  { "mint-302", AT_MINT, 0, 302 },
  { "mint-404", AT_MINT, 0, 404, "404", "Resource not found" },
};

const Behaviour *
behaviour_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (behaviours); i++)
    if (g_str_equal (behaviours[i].name, name))
      return &behaviours[i];
  return NULL;
}

void
behaviours_list (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (behaviours); i++)
    g_print ("%s\n", behaviours[i].name);
}
