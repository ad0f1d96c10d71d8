/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The kinds of events of the realtime protocol, independent of their names. */
typedef enum
{
  CAP_EVENT_OTHER,          /* irrelevant or unknown */
  CAP_EVENT_CREATED,        /* the service created the session */
  CAP_EVENT_UPDATED,        /* the service configured the session */
  CAP_EVENT_SPEECH_STARTED, /* a turn began at ms */
  CAP_EVENT_SPEECH_STOPPED, /* a turn ended at ms */
  CAP_EVENT_COMMITTED,      /* a turn became an item, in this order */
  CAP_EVENT_DELTA,          /* text to append to the text of an item */
  CAP_EVENT_COMPLETED,      /* the final text of an item; replaces its deltas */
  CAP_EVENT_FAILED,         /* an item has no text; see the error */
  CAP_EVENT_SEGMENT,        /* a diarised part of an item */
  CAP_EVENT_ERROR,          /* see the error; fatal only if a close follows */
} CapEventKind;

/* The form of a session description; it distinguishes servers. */
typedef enum
{
  CAP_SHAPE_UNKNOWN,
  CAP_SHAPE_NESTED, /* session.audio, or a session.type: OpenAI, Azure, LocalAI */
  CAP_SHAPE_FLAT,   /* session.input_audio_format: legacy, speaches, Azure preview */
  CAP_SHAPE_BARE,   /* id and no session: vLLM */
} CapSessionShape;

/* A dialect's name for an event. Tables end with an entry whose name is NULL. */
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

/* An error as the service describes it, redacted and of limited length; each
 * member may be NULL. */
typedef struct
{
  char *type;
  char *code;
  char *message;
  char *param;
  char *event_id; /* id of captiond's message that caused the error */
} CapServiceError;

void cap_service_error_free (CapServiceError *self);
CapServiceError *cap_service_error_copy (const CapServiceError *self);

typedef struct
{
  CapEventKind kind;
  char *name;             /* the type in the message, at most 128 bytes */

  /* CREATED, UPDATED */
  CapSessionShape shape;
  char *session_type;     /* "transcription", "realtime", or NULL */
  char *session_id;
  gint64 expires_at;      /* Unix seconds, 0 if unknown */
  gboolean transcribes;   /* a transcription is configured; FALSE if the event
                           * does not mention it */
  gboolean says_transcription; /* the event mentions it */

  /* items; at most 256 bytes */
  char *item_id;          /* "" if the service has none (vLLM) */
  char *previous_item_id; /* NULL for the first item, or if unknown */
  gint64 ms;              /* SPEECH_STARTED, _STOPPED: since the session began */

  /* DELTA, COMPLETED, SEGMENT: valid UTF-8, at most 64 KiB; may be empty */
  char *text;
  char *speaker;          /* or NULL */
  double start, end;      /* SEGMENT: seconds since the turn began */
  char *segment_id;
  char *language;         /* BCP 47, or NULL */
  double confidence;      /* mean of logprobs, 0 to 1; negative if unknown */
  double billed_seconds;  /* usage by duration; negative if unknown */

  CapServiceError *error; /* ERROR, FAILED */
} CapEvent;

/* Parses one message of a server. Fails with CAP_ERROR_PROTOCOL_ERROR if it is not
 * a JSON object, has no type, is too long or too deeply nested; the error repeats
 * nothing of the message. Treats null and wrong types of optional members as
 * missing. */
CapEvent *cap_event_parse (const CapEventName *names, const char *text, gsize length, GError **error);
void cap_event_free (CapEvent *self);

/* The error in the body of a refused request, in each of the forms that
 * docs/protocol.md 6.3 lists; NULL when there is none. */
CapServiceError *cap_service_error_parse (const char *body, gsize length);

/* A copy of @text (or of "" for NULL) that is safe to show and to log: without
 * control characters, without anything that looks like a key or a token, and at
 * most 300 bytes. */
char *cap_redact (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapEvent, cap_event_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapServiceError, cap_service_error_free)

G_END_DECLS
