/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* One stream of a recogniser written in C, which speaks D-Bus with captiond: over standard
 * input, or over a connection of its own if the recogniser can be shared. The contract is
 * dbus/org.captiond.Recogniser1.xml. Positions count audio frames of the rate that the
 * recogniser asked for. */
typedef struct _CapProgram CapProgram;

typedef enum
{
  CAP_FORMAT_S16,
  CAP_FORMAT_F32,
} CapFormat;

/* The options of Load. Strings are NULL, and arrays empty, if captiond left them out. */
typedef struct
{
  const char *language;         /* BCP 47 */
  const char *model;            /* folder */
  const char *translate_to;     /* BCP 47 */
  const char *const *terms;     /* names and words that are likely */
  const char *const *libraries; /* folders */
  GHashTable *settings;         /* char * to char * */
  guint threads;
  gpointer beside;              /* what load() returned for another stream with the same
                                 * options, so that both can share the model; or NULL */
} CapLoadOptions;

/* The facts of Load. A recogniser that changes nothing gets 16000 Hz and S16. */
typedef struct
{
  guint rate;
  CapFormat format;
  char *language; /* BCP 47, or NULL */
  char *name;     /* for people, or NULL */
} CapLoadFacts;

typedef struct
{
  guint64 utterance; /* counts from 1 */
  guint64 begin, end;
  const char *text;
  gboolean final;
  guint settled;     /* characters; 0 if unknown */
  double confidence; /* 0 to 1, negative if unknown */
  GVariant *words;   /* a(sttd), floating, or NULL */
  const char *language; /* BCP 47, if the recogniser found it itself, or NULL */
} CapRecognised;

/* A recogniser: each function but load() gets what load() returned. */
typedef struct
{
  /* Fails with a sentence for people. */
  gpointer (*load) (CapProgram *program, const CapLoadOptions *options, CapLoadFacts *facts, GError **error);
  void (*begin) (gpointer recogniser, guint64 position);
  /* @samples: in the format of the facts, aligned. */
  void (*audio) (gpointer recogniser, guint64 position, gconstpointer samples, gsize n_frames);
  void (*end) (gpointer recogniser, guint64 position, gboolean more);
  void (*finish) (gpointer recogniser);
  void (*free) (gpointer recogniser);
} CapProgramFuncs;

/* The main loop. Returns the exit status when captiond closes standard input. */
int cap_program_run (const CapProgramFuncs *funcs);

/* Sends a hypothesis. */
void cap_program_emit (CapProgram *self, const CapRecognised *recognised);

G_END_DECLS
