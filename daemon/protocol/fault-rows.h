/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "dbus/error.h"
#include "protocol/fault.h"

G_BEGIN_DECLS

/* How we came to know of it: each evidence is one of these. */
typedef enum
{
  CAP_HOW_HTTP = 1 << 0,    /* an answer with a status */
  CAP_HOW_CLOSED = 1 << 1,  /* a close code */
  CAP_HOW_EVENT = 1 << 2,   /* an error, while the connection stays */
  CAP_HOW_TURN = 1 << 3,    /* an item that failed */
  CAP_HOW_NETWORK = 1 << 4, /* no connection, or not any more */
  CAP_HOW_SILENT = 1 << 5,  /* no answer in time */
  CAP_HOW_KIND = 1 << 6,    /* a session of another type than was asked for */

  /* What the last error of a session that is over may have been the cause of. */
  CAP_HOW_ENDED = CAP_HOW_CLOSED | CAP_HOW_NETWORK | CAP_HOW_SILENT,
} CapHow;

/* What no other column can say. */
typedef enum
{
  CAP_WHEN_ALWAYS,
  CAP_WHEN_BY_PROXY,
  CAP_WHEN_WITHOUT_KEY,
  CAP_WHEN_TRANSLATOR,        /* the model's name says that it translates */
  CAP_WHEN_MISNAMED_WHISPER,  /* gpt-4o-realtime-whisper, which nobody has */
  CAP_WHEN_FOUNDRY_HOST,      /* services.ai.azure.com */
  CAP_WHEN_OPENAI_LOST,       /* a redirect to the same path without /openai */
  CAP_WHEN_TURNS_REFUSED,     /* the error is about voice detection */
  CAP_WHEN_FIELD_REFUSED,     /* about another field that we can leave out */
  CAP_WHEN_MODEL_REFUSED,     /* about the transcription model's name */
} CapWhen;

/* Columns that are 0 or NULL match everything. Lists are separated by "|". */
typedef struct
{
  const char *row; /* as in CapFault */

  guint how;             /* of CapHow */
  guint stages;          /* of 1 << CapStage */
  const char *dialects;
  guint from, to;        /* HTTP status or close code; to: 0 for from alone */
  const char *codes;     /* code or type of the error */
  const char *words;     /* of them, in its message or the close's reason */
  CapWhen when;
  GQuark (*domain) (void); /* of the network error */
  int network;           /* its code + 1 */

  CapError error;
  CapRemedy remedy;
  /* For people, without the last full stop; cap_fault_judge() fills in what is
   * in braces. What is in brackets is for streams alone; behind a bar, for the
   * doctor alone. */
  const char *sentence;
} CapFaultRow;

/* The first that matches counts; the last matches everything. */
const CapFaultRow *cap_fault_rows (gsize *n_rows);

G_END_DECLS
