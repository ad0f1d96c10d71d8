/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/captions/roll.h"

/* A roll whose lines are so many columns of a terminal wide, and what it shows. */
typedef struct
{
  CapRoll *roll;
  CapRollOptions options;
  guint columns;
  guint64 serial;
  guint changes; /* how often it said that it changed */
  guint fits;    /* how often a text was measured */
} Screen;

Screen *screen_new (guint lines, guint columns);
void screen_free (Screen *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Screen, screen_free)

/* After a change of its columns, or options. */
void screen_apply (Screen *self);

/* A next form of a segment; times are milliseconds. @details: NULL, or
 * a{sv} in the text format of GVariant. It came when it ended. */
void screen_say (Screen *self, guint64 id, const char *text, gboolean final, gint64 start, gint64 end,
                 const char *details);
void screen_retract (Screen *self, guint64 id);

/* Its lines, ended by line breaks; empty ones too. */
char *screen_read (Screen *self);
#define screen_assert(self, expected)                     \
  G_STMT_START                                            \
  {                                                       \
    g_autofree char *read_ = screen_read (self);          \
    g_assert_cmpstr (read_, ==, expected);                \
  }                                                       \
  G_STMT_END

/* How much of @text goes into a line: broken at spaces, and beside ideographs
 * and letters of Thai. */
gsize screen_fit (const char *text, guint columns);
