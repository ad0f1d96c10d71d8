/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/captions/roll.h"

G_BEGIN_DECLS

/* A text and where its lines are broken. When the text changes, a break stays
 * between the words where it was as long as they are there and the line fits. */
typedef struct
{
  char *text;
  GArray *words;  /* CapWordRange */
  GArray *breaks; /* where lines begin, but the first */
  gsize same;     /* bytes from the beginning that are what they were when it was broken */
  char *before;   /* what it was broken behind; NULL for not yet */
} CapFlow;

CapFlow *cap_flow_new (void);
void cap_flow_free (CapFlow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapFlow, cap_flow_free)

/* @text: valid UTF-8, without line breaks. */
void cap_flow_set_text (CapFlow *self, const char *text);
/* It is broken as if it had never been. */
void cap_flow_forget_breaks (CapFlow *self);

/* @before: what stands in the first line already, "" for nothing; where not
 * even one word fits behind it, the first line of the flow is empty.
 * @fit: NULL for lines without end. */
void cap_flow_break (CapFlow *self, const char *before, CapRollFit fit, gpointer data);

/* At least one. */
guint cap_flow_get_n_lines (CapFlow *self);
/* Owned by the flow and not terminated; without the space at its end. */
const char *cap_flow_get_line (CapFlow *self, guint index, gsize *length);

G_END_DECLS
