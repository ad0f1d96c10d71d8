/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "servers/realtime-server.h"

#define ID "conversation.item.input_audio_transcription."

/* Finds the countable words of one turn in its audio; see words.h. */
typedef struct _Spoken Spoken;
Spoken *spoken_new (guint rate);
void spoken_free (Spoken *self);
/* Decodes the new part of @turn, which only grows. Returns the number of words and
 * garbled stretches so far. */
guint spoken_hear (Spoken *self, const GByteArray *turn);
/* Ends the audio, which may complete the last word. */
void spoken_end (Spoken *self);
/* The words, separated by spaces; "garbled" stands for sound that was not a whole word. */
const char *spoken_get_text (Spoken *self);

/* The state of one session, shared by the realtime-server-*.c files. */
typedef struct
{
  Server *server;
  guint n;
  Dialect dialect;
  gboolean realtime;
  SoupWebsocketConnection *connection; /* NULL for a session that exists only in a mint */
  Complaint *complaint;    /* about the session of a mint */
  GSocket *socket;
  GPtrArray *script;       /* recording to replay (element-type JsonNode) */
  guint at;

  /* configuration */
  JsonNode *transcription, *turn_detection, *noise_reduction, *include;
  guint rate;
  const char *your_event;  /* id of the client's event that is being handled */

  /* sound */
  GByteArray *buffer;      /* audio since the last commit */
  guint64 n_bytes;         /* received in total */
  gboolean generating;     /* vLLM only: a turn is open */
  gboolean sampled;
  gboolean hung_up;
  gboolean speaking;
  guint loud_ms, quiet_ms;
  guint n_words;           /* words sent for the open turn */
  Spoken *spoken;          /* decoder of the open turn, with --hear words */

  /* turns */
  char *item, *previous;
  guint n_turns, n_outstanding, n_events, n_items;
  GPtrArray *held;         /* frames that wait for a later turn */
} Session;

gboolean session_is_open (Session *self);
void session_unref (Session *self);
void session_send_text (Session *self, const char *text);
/* @format continues the JSON object. */
void session_send (Session *self, const char *type, const char *format, ...) G_GNUC_PRINTF (3, 4);
void session_send_error (Session *self, const char *code, const char *param, const char *message);
/* Sends an error event and logs it. Returns FALSE. */
gboolean session_refuse (Session *self, const char *code, const char *param, const char *message);
void session_hang_up (Session *self, guint code, const char *reason);

char *session_print_node (JsonNode *node);
JsonObject *session_get_object (JsonObject *object, const char *name);
const char *session_get_string (JsonObject *object, const char *name);
gboolean session_check_keys (Session *self, JsonObject *object, const char *path, const char *known);
gboolean session_has (const char *model, const char *part);
gboolean session_streams (const char *model);

/* Audio, and the turns in it. */
void session_append (Session *self, JsonObject *frame);
void session_commit (Session *self, JsonObject *frame);
/* Discards the audio of the open turn. */
void session_clear_sound (Session *self);
typedef struct _Turn Turn;
void session_free_turn (Turn *turn);
