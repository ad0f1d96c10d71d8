/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The description of a recogniser: a file NAME.recogniser, which docs/recognisers.md
 * describes. */
typedef struct
{
  gatomicrefcount ref_count;

  char *id;           /* NAME: [a-z][a-z0-9-]{0,31} */
  char *name;         /* for people */
  char **argv;        /* the program, by absolute path, and its arguments */
  char **languages;   /* BCP 47; empty if its models decide */
  char **forms;       /* of models that it reads; empty if it brings its own model */
  char *license;
  gboolean streams;   /* it recognises while people speak */
  gboolean shared;    /* one process may serve several streams */
  guint rank;         /* of its own model, 0 to 100: the higher, the better */
  double word_errors; /* per cent, of its own model; negative if unknown */
  char **needs;       /* absolute paths of files without which it cannot run */
  char *hint;         /* a sentence that says what to do if one is missing, or NULL */
} CapRecogniser;

/* Fails with CAP_ERROR_INVALID_OPTION and a sentence that names @path. */
CapRecogniser *cap_recogniser_new_from_file (const char *path, GError **error);
CapRecogniser *cap_recogniser_ref (CapRecogniser *self);
void cap_recogniser_unref (CapRecogniser *self);

/* Whether its program and the files that it needs exist. Fails with
 * CAP_ERROR_NOT_CONFIGURED. */
gboolean cap_recogniser_check (CapRecogniser *self, GError **error);

/* Whether @form is among the forms of models that it reads. */
gboolean cap_recogniser_reads (CapRecogniser *self, const char *form);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapRecogniser, cap_recogniser_unref)

G_END_DECLS
