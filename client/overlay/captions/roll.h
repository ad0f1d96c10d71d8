/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "common/segment.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* The lines of captions. Knows segments and lines, but neither fonts nor windows.
 *
 * Text that has been shown stays in place: lines move up when new ones come below,
 * a segment that changes is rewritten from the first changed word on, and a line
 * break stays between the same two words as long as both are there and fit. Final
 * text only moves up.
 *
 * Times are microseconds of a monotonic clock (g_get_monotonic_time). */

/* Returns how many bytes of @text, which is part of one paragraph, fit into a line:
 * all, or up to a possible line break, including white space. More than 0. */
typedef gsize (*CapRollFit) (const char *text, gpointer user_data);

typedef enum
{
  CAP_ROLL_PARTIALS_DIM, /* shown as not final */
  CAP_ROLL_PARTIALS_PLAIN,
  CAP_ROLL_PARTIALS_HIDE,
} CapRollPartials;

typedef enum
{
  CAP_ROLL_TRANSLATION_OFF,
  /* On lines of its own below the segment. As soon as a stream has a translation,
   * each segment begins on a new line. */
  CAP_ROLL_TRANSLATION_BELOW,
  CAP_ROLL_TRANSLATION_INSTEAD, /* the original is shown until there is a translation */
} CapRollTranslation;

typedef struct
{
  guint lines;        /* 1 to 10 */
  gboolean upper_case;
  gboolean speaker_names; /* "Anna: " when the speaker changes */
  CapRollPartials partials;
  CapRollTranslation translation;
  gint64 clear_after; /* microseconds without new text; 0 means never */
} CapRollOptions;

/* A part of a line with one appearance. */
typedef struct
{
  gsize length; /* bytes */
  gboolean final;
  guint speaker; /* 0 if unknown; otherwise 1, 2 … in the order in which they first spoke */
} CapRollRun;

/* One line. Immutable and reference counted. */
typedef struct
{
  char *text;
  gboolean right_to_left; /* direction of its paragraph */
  gboolean translation;
  guint n_runs;
  CapRollRun *runs; /* cover all of the text */
  /*< private >*/
  gatomicrefcount references;
} CapRollLine;

CapRollLine *cap_roll_line_ref (CapRollLine *self);
void cap_roll_line_unref (CapRollLine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapRollLine, cap_roll_line_unref)

/* Signals:
 *   changed (): the lines to show have changed */
#define CAP_TYPE_ROLL (cap_roll_get_type ())
G_DECLARE_FINAL_TYPE (CapRoll, cap_roll, CAP, ROLL, GObject)

CapRoll *cap_roll_new (void);

/* Breaks all lines again, which is acceptable because fonts and widths change only
 * when the user changes them. Entries that have left the window do not return.
 * @fit: NULL for unlimited lines. */
void cap_roll_set_fit (CapRoll *self, CapRollFit fit, gpointer user_data);
void cap_roll_set_options (CapRoll *self, const CapRollOptions *options);

/* @now: time of arrival. */
void cap_roll_add (CapRoll *self, const CapSegment *segment, gint64 now);
/* Adds several earlier segments in one step. The caller passes only the end of a
 * long past, because all of it is laid out. */
void cap_roll_add_past (CapRoll *self, GPtrArray *segments, gint64 now);
/* Makes the roll ignore the segment @id and its later versions. */
void cap_roll_pass_over (CapRoll *self, guint64 id);
/* Removes everything, because another stream begins. */
void cap_roll_clear (CapRoll *self);

/* Time at which the lines are to be cleared unless new text comes; G_MAXINT64 for
 * never. Partial results are never cleared. */
gint64 cap_roll_get_deadline (CapRoll *self);
/* Clears the lines if that time has come. */
void cap_roll_age (CapRoll *self, gint64 now);

/* The lines to show, from top to bottom; at most as many as the options allow.
 * After text was retracted at the end, empty lines keep the lines above in place
 * until there is new text; there are never only empty lines. */
guint cap_roll_get_n_lines (CapRoll *self);
CapRollLine *cap_roll_get_line (CapRoll *self, guint index);

G_END_DECLS
