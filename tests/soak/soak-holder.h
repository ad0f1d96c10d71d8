/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A caption program, as the daemon sees it on the bus. It counts the words in final text,
 * and checks that the daemon keeps the rules of the interface. */
typedef struct _SoakHolder SoakHolder;

typedef struct
{
  guint words;        /* words said so far */
  guint lost;         /* words that never came */
  guint doubled;      /* words that came more than once */
  guint garbled;      /* stretches of sound that were not a word */
  guint strange;      /* words that were never said */
  guint disordered;   /* words that came after a later word */
  guint finals, partials, retracted, gaps;
  guint broken;       /* broken rules; see soak_holder_get_first_broken() */
} SoakCount;

/* @daemon: bus name of the daemon; @path: object path of its stream. */
SoakHolder *soak_holder_new (const char *address, const char *daemon, const char *path);
void soak_holder_free (SoakHolder *self);

const char *soak_holder_get_bus_name (SoakHolder *self);

/* Holds the clock until all signals sent so far have arrived. */
void soak_holder_catch_up (SoakHolder *self);

/* @n_said: number of words said; they are 0 to @n_said - 1. */
void soak_holder_count (SoakHolder *self, guint n_said, SoakCount *count);
/* Describes the lost and doubled words for people. */
char *soak_holder_describe (SoakHolder *self, guint n_said);
/* The first broken rule: a static string, or NULL. */
const char *soak_holder_get_first_broken (SoakHolder *self);

/* Reads a property of the stream over the bus. */
GVariant *soak_holder_get_property (SoakHolder *self, const char *name);
/* @method takes no arguments and returns nothing. */
void soak_holder_call (SoakHolder *self, const char *method);

G_END_DECLS
