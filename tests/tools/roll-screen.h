/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/captions/roll.h"

/* A roll with lines of a number of terminal columns, and its contents. */
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

/* To be called after a change of columns or options. */
void screen_apply (Screen *self);

/* Adds a version of a segment; times are in milliseconds. @details: NULL, or a{sv}
 * in the text format of GVariant. It arrives at its end time. */
void screen_say (Screen *self, guint64 id, const char *text, gboolean final, gint64 start, gint64 end,
                 const char *details);
void screen_retract (Screen *self, guint64 id);

/* The lines, each with a line break, including empty ones. */
char *screen_read (Screen *self);
#define screen_assert(self, expected)                     \
  G_STMT_START                                            \
  {                                                       \
    g_autofree char *read_ = screen_read (self);          \
    g_assert_cmpstr (read_, ==, expected);                \
  }                                                       \
  G_STMT_END

/* Number of bytes of @text that fit into a line. Lines break at spaces, and next to
 * ideographs and Thai letters. */
gsize screen_fit (const char *text, guint columns);
