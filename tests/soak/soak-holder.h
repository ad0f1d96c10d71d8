/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A program that shows captions, as the bus knows it: it counts the words of
 * text that is final, and sees to it that the rules of the interface are
 * kept. */
typedef struct _SoakHolder SoakHolder;

typedef struct
{
  guint words;        /* said so far */
  guint lost;         /* of them, those that never came */
  guint doubled;      /* came more often than once */
  guint garbled;      /* stretches of sound that were no word */
  guint strange;      /* words that nobody said */
  guint disordered;   /* words that came after a later one */
  guint finals, partials, retracted, gaps;
  guint broken;       /* rules: see soak_holder_get_first_broken() */
} SoakCount;

/* @daemon: the bus name that has the stream, at @path. */
SoakHolder *soak_holder_new (const char *address, const char *daemon, const char *path);
void soak_holder_free (SoakHolder *self);

const char *soak_holder_get_bus_name (SoakHolder *self);

/* Holds the clock until what was sent before has arrived. */
void soak_holder_catch_up (SoakHolder *self);

/* @n_said: words 0 to n_said - 1. */
void soak_holder_count (SoakHolder *self, guint n_said, SoakCount *count);
/* Words that were lost or doubled, for people. */
char *soak_holder_describe (SoakHolder *self, guint n_said);
/* Static, or NULL. */
const char *soak_holder_get_first_broken (SoakHolder *self);

/* A property of the stream, by the bus. */
GVariant *soak_holder_get_property (SoakHolder *self, const char *name);
/* No arguments, no answer. */
void soak_holder_call (SoakHolder *self, const char *method);

G_END_DECLS
