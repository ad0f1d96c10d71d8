/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "dbus/error.h"
#include "protocol/fault.h"

G_BEGIN_DECLS

/* The way in which captiond noticed the fault. Each CapEvidence has exactly one. */
typedef enum
{
  CAP_HOW_HTTP = 1 << 0,    /* an HTTP answer with a status */
  CAP_HOW_CLOSED = 1 << 1,  /* a close code of the WebSocket */
  CAP_HOW_EVENT = 1 << 2,   /* an error event; the connection stays open */
  CAP_HOW_TURN = 1 << 3,    /* an item whose transcription failed */
  CAP_HOW_NETWORK = 1 << 4, /* no connection, or a lost one */
  CAP_HOW_SILENT = 1 << 5,  /* no answer in time */
  CAP_HOW_KIND = 1 << 6,    /* a session of another type than requested */

  /* A session that ended; its last error event may be the cause. */
  CAP_HOW_ENDED = CAP_HOW_CLOSED | CAP_HOW_NETWORK | CAP_HOW_SILENT,
} CapHow;

/* Conditions that no other column can express. */
typedef enum
{
  CAP_WHEN_ALWAYS,
  CAP_WHEN_BY_PROXY,
  CAP_WHEN_WITHOUT_KEY,
  CAP_WHEN_TRANSLATOR,        /* the name of the model contains "translat" */
  CAP_WHEN_MISNAMED_WHISPER,  /* gpt-4o-realtime-whisper, which does not exist */
  CAP_WHEN_FOUNDRY_HOST,      /* services.ai.azure.com */
  CAP_WHEN_OPENAI_LOST,       /* a redirect to the same path without /openai */
  CAP_WHEN_TURNS_REFUSED,     /* the error is about voice activity detection */
  CAP_WHEN_FIELD_REFUSED,     /* about another field that captiond can leave out */
  CAP_WHEN_MODEL_REFUSED,     /* about the name of the transcription model */
} CapWhen;

/* A column that is 0 or NULL matches everything. "|" separates the words of a list. */
typedef struct
{
  const char *row; /* as in CapFault */

  guint how;             /* of CapHow */
  guint stages;          /* of 1 << CapStage */
  const char *dialects;
  guint from, to;        /* HTTP status or close code; to: 0 for from alone */
  const char *codes;     /* code or type of the error */
  const char *words;     /* parts of the error's message or of the close reason */
  CapWhen when;
  GQuark (*domain) (void); /* domain of the network error */
  int network;           /* code of the network error + 1 */

  CapError error;
  CapRemedy remedy;
  /* For people, without the last full stop. cap_fault_judge() replaces the names
   * in braces. A stream shows the text in brackets up to the bar, the doctor the
   * text after the bar. */
  const char *sentence;
} CapFaultRow;

/* The first row that matches applies; the last one matches everything. Static. */
const CapFaultRow *cap_fault_rows (gsize *n_rows);

G_END_DECLS
