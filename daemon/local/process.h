/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "local/hosts.h"

G_BEGIN_DECLS

/* A process of a recogniser as one stream sees it, which may share it with others, and the
 * contract with it: dbus/org.captiond.Recogniser1.xml. No call waits for the process, which runs
 * confined. Positions on this side of the contract are those of the recogniser.
 *
 * Signals, all in the main context in which the process was made:
 *  ::loaded (guint rate, gboolean as_float)
 *                          the process takes speech; nothing may be sent before
 *  ::hypothesis (const CapProcessHypothesis *)
 *                          valid during the emission
 *  ::replied (CapProcessCall call, guint64 value)
 *                          the process has handled a call; @value came with it
 *  ::failed (const GError *error, gboolean again)
 *                          the process is of no more use: it ended, hangs, or broke
 *                          the contract. @again: another one may do better */
#define CAP_TYPE_PROCESS (cap_process_get_type ())
G_DECLARE_FINAL_TYPE (CapProcess, cap_process, CAP, PROCESS, GObject)

typedef enum
{
  CAP_PROCESS_BEGIN,
  CAP_PROCESS_AUDIO,
  CAP_PROCESS_END,
  CAP_PROCESS_FINISH,
} CapProcessCall;

typedef struct
{
  guint64 utterance; /* counts from 1 */
  guint64 begin, end;
  const char *text;
  gboolean final;
  guint settled;        /* characters */
  double confidence;    /* negative if unknown */
  const char *language; /* or NULL */
  double processor;     /* seconds that the process has used so far; negative if unknown */
  GVariant *words;      /* a(sttd), or NULL */
} CapProcessHypothesis;

/* Joins the process of @hosts, or starts it. A failure to do so is reported by ::failed, never before this
 * returns.
 * @threads: the most processors that it may use. */
CapProcess *cap_process_new (CapHosts *hosts, CapCandidate *candidate, guint threads);

void cap_process_begin (CapProcess *self, guint64 position);
/* @samples: bytes, which the process takes.
 * @value: comes back with ::replied. */
void cap_process_audio (CapProcess *self, guint64 position, GByteArray *samples, guint64 value);
void cap_process_end (CapProcess *self, guint64 position, gboolean more, guint64 value);
void cap_process_finish (CapProcess *self);

/* The language of text that names no other, BCP 47; NULL if the process did not say. */
const char *cap_process_get_language (CapProcess *self);

/* Leaves the process at once, which ends if no other stream uses it. No signal follows. */
void cap_process_stop (CapProcess *self);

G_END_DECLS
