/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>
#include <stdio.h>
#include <string.h>

/* A realtime speech service as the tests know it: see realtime-server.c. */

typedef enum
{
  AT_SESSION, /* the handshake succeeds */
  AT_SOCKET,  /* instead of the upgrade */
  AT_MINT,    /* instead of a client secret */
} Place;

typedef enum
{
  TRICK_NONE,
  TRICK_CREATED_ERROR, /* an error instead of session.created, and a close */
  TRICK_ERROR,         /* an error after session.updated, a close, or both */
  TRICK_OTHER_KIND,    /* a conversation, whatever was asked for */
  TRICK_OTHER_KIND_UNTOLD,
  TRICK_MISNAMED_WHISPER,
  TRICK_MODEL_URL,     /* only where the URL names a model */
  TRICK_INTENT_URL,    /* only where it names an intent, but not in the preview */
  TRICK_PREVIEW,       /* only Azure's preview */
  TRICK_TRANSLATOR,    /* only for a model that is called a translator */
  TRICK_NO_VAD,
  TRICK_NO_FIELDS,
  TRICK_FAILED,
  TRICK_DELTAS_THEN_FAILED,
  TRICK_COMMIT_RACE,
  TRICK_OUT_OF_ORDER,
  TRICK_SWAPPED,       /* each text of an odd turn after that of the next */
  TRICK_LOST_TURN,
  TRICK_LOST_TURNS,    /* every third */
  TRICK_REPEAT_COMPLETED,
  TRICK_EMPTY_COMPLETED,
  TRICK_END,           /* close_code after the first turn; 0 drops the line */
  TRICK_NEVER_ANSWERS,
  TRICK_NEVER_CREATES,
  TRICK_NEVER_UPDATES,
  TRICK_SILENT,
  TRICK_FLOOD,
  TRICK_HUGE_MESSAGE,
  TRICK_DEEP_JSON,
  TRICK_BAD_UTF8,
  TRICK_BINARY,
  TRICK_NO_JSON,
  TRICK_UNKNOWN_EVENTS,
  TRICK_NULLS,
  TRICK_MANY_ITEMS,
  TRICK_HUGE_TEXT,
  TRICK_NO_TRANSCRIPTION,
  TRICK_ECHO_KEY,      /* the refusal repeats the key */
  TRICK_MINT_CONFIG,   /* only a mint with a transcription */
  TRICK_MINT_KIND,     /* only a mint of type "transcription" */
  TRICK_MINT_TOP_MODEL,
} Trick;

typedef struct
{
  const char *name;
  Place place;
  Trick trick;
  guint status;        /* of HTTP, or the close code */
  const char *code;    /* of the error */
  const char *message;
} Behaviour;

const Behaviour *behaviour_find (const char *name);
void behaviours_list (void);

typedef enum { GA, FLAT, SPEACHES, LOCALAI, VLLM } Dialect;

typedef struct _Hearing Hearing;
typedef void (*HearingFunc) (const char *text, gpointer user_data);
Hearing *hearing_new (void);
void hearing_free (Hearing *self);
/* @func is called in the main context. */
void hearing_recognise (Hearing *self, GByteArray *audio, guint rate, HearingFunc func, gpointer user_data);

typedef struct
{
  char *service, *behaviour_name, *key, *port_file, *log_path, *redirect_to, *session_file, *retry_after;
  char *hear;            /* "words": of words.h; or NULL */
  char **texts;
  int delay_ms, session_seconds, rate, port;

  const Behaviour *behaviour;
  const Behaviour *at_mint; /* the same, or a second one */
  Behaviour said;           /* replaces what is known of the first */
  Behaviour changed;        /* the first with that */
  SoupServer *soup;
  GMainLoop *loop;
  FILE *log;
  Hearing *hearing;
  GHashTable *secrets;   /* minted, name → kind */
  GPtrArray *sessions;   /* open ones (element-type Session) */
  guint n_connections;   /* requests so far */
  guint n_sockets;       /* since this behaviour began */
  guint n_settled;       /* turns that have their text or have failed */
} Server;

/* Writes a record of connection @n; @format continues the object. */
void server_log (Server *self, guint n, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* The rule that the client broke. */
void server_log_refused (Server *self, guint n, const char *why);
char *quote (const char *text);

/* One behaviour, or "A+B": then one of them is about minting. Returns whether
 * there is such a one. */
gboolean server_set_behaviour (Server *self, const char *name);
/* Whether the session to be replayed is the answer to a mint: its file's name
 * tells. */
gboolean server_replays_mint (Server *self);
/* Does what a line from the standard input says. */
gboolean server_obey (Server *self, const char *line);

typedef struct
{
  Dialect dialect;
  const char *kind;      /* "transcription" or "realtime" */
  char *model;           /* of the URL, or NULL */
  const char *error;     /* code of a refusal after the upgrade, or NULL */
  const char *message;
  guint close_code;
} Door;

/* What is wrong with a mint's session, or NULL. */
typedef struct
{
  char *code, *param, *message;
} Complaint;

Complaint *session_check_mint (Server *server, guint n, JsonObject *session, gboolean flat);
void complaint_free (Complaint *self);

void session_open (Server *server, guint n, SoupWebsocketConnection *connection, SoupServerMessage *msg,
                   const Door *door);

/* All that are open. @error: the code of an event before the end, or NULL. */
void sessions_close (Server *server, guint code, const char *error);
void sessions_make_noise (Server *server, Trick trick);
