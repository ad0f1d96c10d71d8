/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "common/segment.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* The lines that are on the screen. Knows segments and lines, and neither
 * fonts nor windows.
 *
 * What has been shown stays where it is: lines roll up as new ones come below,
 * a segment that changes is written anew only from the word that changed, and
 * a break between lines stays between the words where it was as long as they
 * are there and fit. Final text never moves but up.
 *
 * Times are microseconds of the caller's own steady clock (g_get_monotonic_time). */

/* How many bytes of @text, which is a piece of one paragraph, fit into one line;
 * all of it, or up to where a line may be broken, white space included. More
 * than 0. */
typedef gsize (*CapRollFit) (const char *text, gpointer data);

typedef enum
{
  CAP_ROLL_PARTIALS_DIM, /* shown; runs say that they are not final */
  CAP_ROLL_PARTIALS_PLAIN,
  CAP_ROLL_PARTIALS_HIDE,
} CapRollPartials;

typedef enum
{
  CAP_ROLL_TRANSLATION_OFF,
  /* In lines of its own, behind the segment's. Once a stream was seen to have
   * translations, each segment begins on a line of its own. */
  CAP_ROLL_TRANSLATION_BELOW,
  CAP_ROLL_TRANSLATION_INSTEAD, /* the original until there is one */
} CapRollTranslation;

typedef struct
{
  guint lines;        /* 1 to 10 */
  gboolean upper_case;
  gboolean speaker_names; /* "Anna: " where the speaker changes */
  CapRollPartials partials;
  CapRollTranslation translation;
  gint64 clear_after; /* microseconds without new text; 0 for never */
} CapRollOptions;

/* A piece of a line that looks alike. */
typedef struct
{
  gsize length; /* bytes */
  gboolean final;
  guint speaker; /* 0 for who is not known, else 1, 2 … in the order in which they spoke */
} CapRollRun;

/* One line. Never changed: another one takes its place. Reference counted. */
typedef struct
{
  char *text;
  gboolean right_to_left; /* of the paragraph that it is part of */
  gboolean translation;
  guint n_runs;
  CapRollRun *runs; /* together all of the text */
  /*< private >*/
  gatomicrefcount references;
} CapRollLine;

CapRollLine *cap_roll_line_ref (CapRollLine *self);
void cap_roll_line_unref (CapRollLine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapRollLine, cap_roll_line_unref)

/* Signals:
 *   changed (): other lines are to be shown */
#define CAP_TYPE_ROLL (cap_roll_get_type ())
G_DECLARE_FINAL_TYPE (CapRoll, cap_roll, CAP, ROLL, GObject)

CapRoll *cap_roll_new (void);

/* Breaks all lines anew: fonts and widths change only when the user wants it.
 * What rolled away stays away. @fit: NULL for lines without end. */
void cap_roll_set_fit (CapRoll *self, CapRollFit fit, gpointer data);
void cap_roll_set_options (CapRoll *self, const CapRollOptions *options);

/* @now: when it came. */
void cap_roll_add (CapRoll *self, const CapSegment *segment, gint64 now);
/* The same for several, in one step: what was said before. Of a long past only
 * the end, for it is all laid out; the rest is passed over. */
void cap_roll_add_past (CapRoll *self, GPtrArray *segments, gint64 now);
/* @id was said long ago, and is not shown however it changes. */
void cap_roll_pass_over (CapRoll *self, guint64 id);
/* Another stream begins: nothing is shown. */
void cap_roll_clear (CapRoll *self);

/* When the lines are to be cleared if nothing comes before; G_MAXINT64 for
 * never. Text that is not final yet is never cleared. */
gint64 cap_roll_get_deadline (CapRoll *self);
/* Clears them when that has come. */
void cap_roll_age (CapRoll *self, gint64 now);

/* What is to be shown, from above: at most as many as the options say. Where
 * the engine took text back at the end, lines whose text is empty keep the
 * place of what is above them, until there is text for them; never only such. */
guint cap_roll_get_n_lines (CapRoll *self);
CapRollLine *cap_roll_get_line (CapRoll *self, guint index);

G_END_DECLS
