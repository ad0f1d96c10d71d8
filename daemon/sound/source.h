/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The source of a stream's audio, written as "system", "microphone",
 * "output:NAME", "input:NAME" or "app:NAME". */
typedef enum
{
  CAP_SOURCE_SYSTEM,     /* the default output; follows the default */
  CAP_SOURCE_MICROPHONE, /* the default input; follows the default */
  CAP_SOURCE_OUTPUT,     /* the output with this node name */
  CAP_SOURCE_INPUT,      /* the input with this node name */
  CAP_SOURCE_APP,        /* all playback streams of one application */
} CapSourceKind;

typedef struct
{
  CapSourceKind kind;
  char *name; /* NULL for system and microphone; UTF-8, never empty, no control characters */
} CapSource;

/* Fails with CAP_ERROR_INVALID_OPTION if @text is not one of these forms. */
CapSource *cap_source_parse (const char *text, GError **error);
CapSource *cap_source_copy (const CapSource *self);
void cap_source_free (CapSource *self);
/* A check for a table of options: whether @value, a string, can be parsed. */
gboolean cap_source_check_option (GVariant *value, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapSource, cap_source_free)

G_END_DECLS
