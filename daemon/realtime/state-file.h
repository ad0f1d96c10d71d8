/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One small file of what captiond remembers, readable for its owner alone.
 *
 * It is read once, and written in a thread, because a disk may take its time.
 * Each write replaces the whole file, and is on the disk before the old content
 * goes. Writes are done one after the other, in the order in which they were
 * asked for. A write that fails is a warning: captiond goes on without it. */
typedef struct _CapStateFile CapStateFile;

/* @path: NULL for captiond/@name in the user's state folder. */
CapStateFile *cap_state_file_new (const char *path, const char *name);
/* Waits for the disk, as flush() does. */
void cap_state_file_free (CapStateFile *self);

/* Waits for the disk. A file that is missing or damaged is an empty one. Owned
 * by the caller. */
GKeyFile *cap_state_file_read (CapStateFile *self);

/* @content may be changed when it returns. */
void cap_state_file_write (CapStateFile *self, GKeyFile *content);

/* Returns when everything that was to be written is on the disk. */
void cap_state_file_flush (CapStateFile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapStateFile, cap_state_file_free)

G_END_DECLS
