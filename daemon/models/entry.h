/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The names that an installed folder has for files of its own. */
#define CAP_MODEL_ENTRY_NAME "entry.model"
#define CAP_MODEL_MANIFEST_NAME "manifest"

/* The greatest size of an entry, in bytes. */
#define CAP_MODEL_ENTRY_BYTES (64 * 1024)

typedef enum
{
  CAP_MODEL_KIND_MODEL,
  CAP_MODEL_KIND_LIBRARY, /* a library that a recogniser loads; it has no language of its own */
} CapModelKind;

/* One file to download. */
typedef struct
{
  char *name;         /* local file name, [A-Za-z0-9+_-][A-Za-z0-9.+_-]{0,127} */
  char **addresses;   /* http or https, at least one, in the order in which to try them */
  guint64 size;       /* bytes, at least 1 */
  char *sha256;       /* 64 hexadecimal digits, lower case */
  gboolean unpack;    /* an archive */
  guint strip;        /* leading components of its members' paths to drop, at most 16 */
  char **keep;        /* globs of the members to keep, after strip; empty keeps all */
} CapModelFile;

/* The checked content of one file ID.model: a model, or a library, that captiond can
 * install. Immutable; any thread may hold a reference. */
typedef struct
{
  char *id;            /* [a-z0-9][a-z0-9.-]{0,63} */
  char *name;          /* for people, at most 100 bytes */
  CapModelKind kind;
  char **languages;    /* BCP 47; empty for a library */
  char *recogniser;    /* name of the recogniser that reads it */
  char *form;          /* kind of model, a word of that recogniser */
  char **needs;        /* ids to install with it */
  char *license;
  char *license_address;
  char *attribution;   /* this and the following are empty if not known */
  char *notice;        /* a restriction that the user must know */
  char *word_errors_source;
  char *word_errors_on; /* the recordings on which the errors were counted */
  double word_errors;  /* per cent, -1 if not known */
  guint64 rank;        /* 0 to 100: the higher, the better among those for one language */
  guint64 memory;      /* bytes while it runs; 0 if not known */
  gboolean has_case, punctuation, streams;
  GPtrArray *files;    /* of CapModelFile, without those for other machines */
  gboolean fits;       /* whether it has the files that this machine needs */
  GVariant *settings;  /* a{ss}, for the recogniser */
  GBytes *text;        /* the file itself */
} CapModelEntry;

/* Whether @id is a valid id of a model. */
gboolean cap_model_entry_is_id (const char *id);

/* Parses @text, the content of ID.model. @machine: "x86_64", "aarch64", or NULL for this
 * machine. Fails with CAP_ERROR_INVALID_OPTION, whose message begins with the group and
 * the key. Unknown groups and keys are ignored, because later versions may add some. */
CapModelEntry *cap_model_entry_new (const char *id, GBytes *text, const char *machine, GError **error);

/* The same for a file, whose name gives the id unless @id is set. */
CapModelEntry *cap_model_entry_load (const char *path, const char *id, GError **error);

CapModelEntry *cap_model_entry_ref (CapModelEntry *self);
void cap_model_entry_unref (CapModelEntry *self);

/* The bytes of all files together. */
guint64 cap_model_entry_get_download_size (CapModelEntry *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapModelEntry, cap_model_entry_unref)

G_END_DECLS
