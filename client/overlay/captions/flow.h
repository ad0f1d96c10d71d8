/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/captions/roll.h"

G_BEGIN_DECLS

/* A text and its line breaks. When the text changes, a break stays between the same
 * two words as long as both are there and the line fits. */
typedef struct
{
  char *text;
  GArray *words;  /* CapWordRange */
  GArray *breaks; /* offsets where lines begin, except the first */
  gsize same;     /* bytes at the beginning that have not changed since the last cap_flow_break () */
  char *before;   /* @before of the last cap_flow_break (); NULL if there was none */
} CapFlow;

CapFlow *cap_flow_new (void);
void cap_flow_free (CapFlow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapFlow, cap_flow_free)

/* @text: valid UTF-8 without line breaks. */
void cap_flow_set_text (CapFlow *self, const char *text);
/* The next cap_flow_break () starts from scratch. */
void cap_flow_forget_breaks (CapFlow *self);

/* @before: the text that the first line has already, or "". If not even one word
 * fits behind it, the first line of the flow is empty.
 * @fit: NULL for unlimited lines. */
void cap_flow_break (CapFlow *self, const char *before, CapRollFit fit, gpointer user_data);

/* At least 1. */
guint cap_flow_get_n_lines (CapFlow *self);
/* Owned by the flow, not NUL-terminated, without trailing space. */
const char *cap_flow_get_line (CapFlow *self, guint index, gsize *length);

G_END_DECLS
