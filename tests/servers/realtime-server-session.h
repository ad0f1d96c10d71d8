/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "servers/realtime-server.h"

#define ID "conversation.item.input_audio_transcription."

/* The countable words of one turn, found in its audio. */
typedef struct _Spoken Spoken;
Spoken *spoken_new (guint rate);
void spoken_free (Spoken *self);
/* Hears what is new in @turn, which only grows; returns how many words, or
 * stretches that are none, the text has so far. */
guint spoken_hear (Spoken *self, const GByteArray *turn);
/* No more will come: the last word may be completed. */
void spoken_end (Spoken *self);
/* Words between spaces; "garbled" for sound that was no whole word. */
const char *spoken_get_text (Spoken *self);

/* Of the files that make a session. */
typedef struct
{
  Server *server;
  guint n;
  Dialect dialect;
  gboolean realtime;
  SoupWebsocketConnection *connection; /* NULL: only the session of a mint */
  Complaint *complaint;    /* about that */
  GSocket *socket;
  GPtrArray *script;       /* of a replay (element-type JsonNode) */
  guint at;

  /* configuration */
  JsonNode *transcription, *turn_detection, *noise_reduction, *include;
  guint rate;
  const char *your_event;  /* the id of the client's event, while it is handled */

  /* sound */
  GByteArray *buffer;      /* since the last commit */
  guint64 n_bytes;         /* all */
  gboolean generating;     /* vLLM */
  gboolean sampled;
  gboolean hung_up;
  gboolean speaking;
  guint loud_ms, quiet_ms;
  guint n_words;           /* sent of the open turn */
  Spoken *spoken;          /* of the open turn, with --hear words */

  /* turns */
  char *item, *previous;
  guint n_turns, n_outstanding, n_events, n_items;
  GPtrArray *held;         /* frames that have to wait for a later turn */
} Session;

gboolean session_is_open (Session *self);
void session_unref (Session *self);
void session_send_text (Session *self, const char *text);
/* @format continues the object. */
void session_send (Session *self, const char *type, const char *format, ...) G_GNUC_PRINTF (3, 4);
void session_send_error (Session *self, const char *code, const char *param, const char *message);
/* Says so in the log too. Returns FALSE. */
gboolean session_refuse (Session *self, const char *code, const char *param, const char *message);
void session_hang_up (Session *self, guint code, const char *reason);

char *session_print_node (JsonNode *node);
JsonObject *session_get_object (JsonObject *object, const char *name);
const char *session_get_string (JsonObject *object, const char *name);
gboolean session_check_keys (Session *self, JsonObject *object, const char *path, const char *known);
gboolean session_has (const char *model, const char *part);
gboolean session_streams (const char *model);

/* Sound, and the turns that it makes. */
void session_append (Session *self, JsonObject *frame);
void session_commit (Session *self, JsonObject *frame);
/* Forgets the sound of the open turn. */
void session_clear_sound (Session *self);
typedef struct _Turn Turn;
void session_free_turn (Turn *turn);
