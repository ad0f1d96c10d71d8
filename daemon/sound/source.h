/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a stream listens to, parsed from the words that people and programs
 * use: "system", "microphone", "output:NAME", "input:NAME", "app:NAME". */
typedef enum
{
  CAP_SOURCE_SYSTEM,     /* the default output; follows the default */
  CAP_SOURCE_MICROPHONE, /* the default input; follows the default */
  CAP_SOURCE_OUTPUT,     /* one output, by node name */
  CAP_SOURCE_INPUT,      /* one input, by node name */
  CAP_SOURCE_APP,        /* every playing stream of one application */
} CapSourceKind;

typedef struct
{
  CapSourceKind kind;
  char *name; /* NULL for system and microphone; UTF-8, never empty, no control characters */
} CapSource;

/* CAP_ERROR_INVALID_OPTION when @text is not one of the forms above. */
CapSource *cap_source_parse (const char *text, GError **error);
CapSource *cap_source_copy (const CapSource *self);
void cap_source_free (CapSource *self);
/* For a table of options: whether @value, a string, is one of the forms above. */
gboolean cap_source_check_option (GVariant *value, GError **error);
/* The inverse of parse. */
char *cap_source_to_string (const CapSource *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapSource, cap_source_free)

G_END_DECLS
