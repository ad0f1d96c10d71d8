/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>
#include <stdio.h>
#include <string.h>

/* The parts of the test speech service; see realtime-server.c. */

typedef enum
{
  AT_SESSION, /* after a successful handshake */
  AT_SOCKET,  /* in place of the upgrade */
  AT_MINT,    /* in place of a client secret */
} Place;

typedef enum
{
  TRICK_NONE,
  TRICK_CREATED_ERROR, /* sends an error instead of session.created, then closes */
  TRICK_ERROR,         /* sends an error after session.updated, closes, or both */
  TRICK_OTHER_KIND,    /* creates a conversation, whatever the client asked for */
  TRICK_OTHER_KIND_UNTOLD,
  TRICK_MISNAMED_WHISPER,
  TRICK_MODEL_URL,     /* applies only if the URL names a model */
  TRICK_INTENT_URL,    /* applies only if the URL names an intent, except in the preview */
  TRICK_PREVIEW,       /* applies only to Azure's preview */
  TRICK_TRANSLATOR,    /* applies only if the model's name contains "translat" */
  TRICK_NO_VAD,
  TRICK_NO_FIELDS,
  TRICK_FAILED,
  TRICK_DELTAS_THEN_FAILED,
  TRICK_COMMIT_RACE,
  TRICK_OUT_OF_ORDER,
  TRICK_SWAPPED,       /* sends the text of each odd turn after that of the next */
  TRICK_LOST_TURN,
  TRICK_LOST_TURNS,    /* never answers every third turn */
  TRICK_REPEAT_COMPLETED,
  TRICK_EMPTY_COMPLETED,
  TRICK_END,           /* ends with the behaviour's status after the first turn; 0 drops the connection */
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
  TRICK_ECHO_KEY,      /* repeats the key in the refusal */
  TRICK_MINT_CONFIG,   /* applies only to a mint with a transcription */
  TRICK_MINT_KIND,     /* applies only to a mint of type "transcription" */
  TRICK_MINT_TOP_MODEL,
} Trick;

typedef struct
{
  const char *name;
  Place place;
  Trick trick;
  guint status;        /* HTTP status or close code */
  const char *code;    /* error code */
  const char *message;
} Behaviour;

const Behaviour *behaviour_find (const char *name);
void behaviours_list (void);

typedef enum { GA, FLAT, SPEACHES, LOCALAI, VLLM } Dialect;

typedef struct _Hearing Hearing;
typedef void (*HearingFunc) (const char *text, gpointer user_data);
Hearing *hearing_new (void);
void hearing_free (Hearing *self);
/* Calls @func in the main context. */
void hearing_recognise (Hearing *self, GByteArray *audio, guint rate, HearingFunc func, gpointer user_data);

typedef struct
{
  char *service, *behaviour_name, *key, *port_file, *log_path, *redirect_to, *session_file, *retry_after;
  char *hear;            /* "words" to decode the words of words.h, or NULL */
  char **texts;
  int delay_ms, session_seconds, rate, port;

  const Behaviour *behaviour;
  const Behaviour *at_mint; /* equals behaviour unless --behaviour names two */
  Behaviour said;           /* from --status, --code and --message */
  Behaviour changed;        /* the behaviour with the values of said */
  SoupServer *soup;
  GMainLoop *loop;
  FILE *log;
  Hearing *hearing;
  GHashTable *secrets;   /* minted secret → kind */
  GPtrArray *sessions;   /* open sessions (element-type Session) */
  guint n_connections;   /* requests so far */
  guint n_sockets;       /* upgrades since this behaviour began */
  guint n_settled;       /* turns that got their text or failed */
} Server;

/* Writes a record about connection @n; @format continues the JSON object. */
void server_log (Server *self, guint n, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* Logs which rule the client broke. */
void server_log_refused (Server *self, guint n, const char *why);
char *quote (const char *text);

/* @name: a behaviour, or "A+B", one of which must concern minting. Returns FALSE if it
 * does not exist. */
gboolean server_set_behaviour (Server *self, const char *name);
/* Whether the file to replay is the answer to a mint, judging by its name. */
gboolean server_replays_mint (Server *self);
/* Executes one order from the standard input; see realtime-server-orders.c. */
gboolean server_obey (Server *self, const char *line);

typedef struct
{
  Dialect dialect;
  const char *kind;      /* "transcription" or "realtime" */
  char *model;           /* from the URL, or NULL */
  const char *error;     /* code of the error after the upgrade, or NULL */
  const char *message;
  guint close_code;
} Door;

/* An error that the server reports for the session of a client secret. */
typedef struct
{
  char *code, *param, *message;
} Complaint;

Complaint *session_check_mint (Server *server, guint n, JsonObject *session, gboolean flat);
void complaint_free (Complaint *self);

void session_open (Server *server, guint n, SoupWebsocketConnection *connection, SoupServerMessage *msg,
                   const Door *door);

/* Closes all open sessions. @error: code of an error event to send before, or NULL. */
void sessions_close (Server *server, guint code, const char *error);
void sessions_make_noise (Server *server, Trick trick);
