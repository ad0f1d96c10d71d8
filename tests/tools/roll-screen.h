/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/captions/roll.h"

/* A roll whose lines have a number of terminal columns, and its text. */
typedef struct
{
  CapRoll *roll;
  CapRollOptions options;
  guint columns;
  guint64 serial;
  guint changes; /* number of "changed" signals */
  guint fits;    /* number of calls of the fit function */
} Screen;

Screen *screen_new (guint lines, guint columns);
void screen_free (Screen *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Screen, screen_free)

/* Call this after changing columns or options. */
void screen_apply (Screen *self);

/* Adds a version of a segment, which arrives at its end time. Times are in milliseconds.
 * @details: an a{sv} in the text format of GVariant, or NULL. */
void screen_say (Screen *self, guint64 id, const char *text, gboolean final, gint64 start, gint64 end,
                 const char *details);
void screen_retract (Screen *self, guint64 id);

/* Returns all lines, including empty ones, each with a line break. */
char *screen_read (Screen *self);
#define screen_assert(self, expected)                     \
  G_STMT_START                                            \
  {                                                       \
    g_autofree char *read_ = screen_read (self);          \
    g_assert_cmpstr (read_, ==, expected);                \
  }                                                       \
  G_STMT_END

/* Returns how many bytes of @text fit into a line. Lines break at spaces, and next to
 * ideographs and Thai letters. */
gsize screen_fit (const char *text, guint columns);
