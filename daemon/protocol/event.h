/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a server of the realtime protocol can say, whatever it calls it. */
typedef enum
{
  CAP_EVENT_OTHER,          /* known to be of no interest, or unknown */
  CAP_EVENT_CREATED,        /* the session is there */
  CAP_EVENT_UPDATED,        /* and configured */
  CAP_EVENT_SPEECH_STARTED, /* the service hears a turn begin, at ms */
  CAP_EVENT_SPEECH_STOPPED, /* and end, at ms */
  CAP_EVENT_COMMITTED,      /* a turn has its item, and its place */
  CAP_EVENT_DELTA,          /* text to append to an item's */
  CAP_EVENT_COMPLETED,      /* an item's text, in the place of its deltas */
  CAP_EVENT_FAILED,         /* an item has no text, see the error */
  CAP_EVENT_SEGMENT,        /* a diarised part of an item */
  CAP_EVENT_ERROR,          /* see the error; fatal only if a close follows */
} CapEventKind;

/* Which words of a session description were seen: tells servers apart. */
typedef enum
{
  CAP_SHAPE_UNKNOWN,
  CAP_SHAPE_NESTED, /* session.audio, or a session.type: OpenAI, Azure, LocalAI */
  CAP_SHAPE_FLAT,   /* session.input_audio_format: legacy, speaches, Azure preview */
  CAP_SHAPE_BARE,   /* id and no session: vLLM */
} CapSessionShape;

/* How a dialect calls an event. Tables end with an entry whose name is NULL. */
typedef struct
{
  const char *name;
  CapEventKind kind;
} CapEventName;

/* The names in OpenAI's current protocol, in its beta, which older gateways
 * speak, and in vLLM (docs/protocol.md 2.1, 5.1). */
extern const CapEventName cap_event_names_nested[];
extern const CapEventName cap_event_names_flat[];
extern const CapEventName cap_event_names_vllm[];

/* What the service says went wrong. Cleaned of control characters and of
 * anything that looks like a key, and bounded; any may be NULL. */
typedef struct
{
  char *type;
  char *code;
  char *message;
  char *param;
  char *event_id; /* of ours, which it is about */
} CapServiceError;

void cap_service_error_free (CapServiceError *self);
CapServiceError *cap_service_error_copy (const CapServiceError *self);

typedef struct
{
  CapEventKind kind;
  char *name;             /* the type on the wire, at most 128 bytes */

  /* CREATED, UPDATED */
  CapSessionShape shape;
  char *session_type;     /* "transcription", "realtime", or NULL */
  char *session_id;
  gint64 expires_at;      /* unix seconds, 0 when it was not said */
  gboolean transcribes;   /* a transcription is configured; FALSE too when the
                           * event does not tell */
  gboolean says_transcription; /* the event tells */

  /* of items; at most 256 bytes */
  char *item_id;          /* "" where the service has none (vLLM) */
  char *previous_item_id; /* NULL: the first, or not said */
  gint64 ms;              /* SPEECH_STARTED, _STOPPED: since the session began */

  /* DELTA, COMPLETED, SEGMENT: valid UTF-8, at most 64 KiB; may be empty */
  char *text;
  char *speaker;          /* or NULL */
  double start, end;      /* SEGMENT: seconds since the turn began */
  char *segment_id;
  char *language;         /* BCP 47, or NULL */
  double confidence;      /* of logprobs, 0 to 1; negative when unknown */
  double billed_seconds;  /* usage by duration; negative when not said */

  CapServiceError *error; /* ERROR, FAILED */
} CapEvent;

/* Reads one message of a server. NULL with CAP_ERROR_PROTOCOL_ERROR for what is
 * no JSON object, has no type, is too long, or is nested too deep; the message
 * repeats nothing of it. Accepts null and wrong types for whatever is
 * optional. */
CapEvent *cap_event_parse (const CapEventName *names, const char *text, gsize length, GError **error);
void cap_event_free (CapEvent *self);

/* The error in the body of a refused request, in each of the forms that
 * docs/protocol.md 6.3 lists; NULL when there is none. */
CapServiceError *cap_service_error_parse (const char *body, gsize length);

/* A copy of @text that may be shown and logged: no control characters, nothing
 * that looks like a key or a token, no "api-key=…" in a URL, at most 300
 * bytes. */
char *cap_redact (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapEvent, cap_event_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapServiceError, cap_service_error_free)

G_END_DECLS
