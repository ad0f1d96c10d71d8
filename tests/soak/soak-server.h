/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Runs realtime-server, which decodes countable words, on the clock of this program. */
typedef struct _SoakServer SoakServer;

/* @program: path of a realtime-server that is linked with fast-clock. */
SoakServer *soak_server_new (const char *program, const char *key);
void soak_server_free (SoakServer *self);

/* Starts a server in place of any previous one, while the clock stands still. Returns its
 * port. */
guint16 soak_server_start (SoakServer *self, const char *behaviour, guint session_seconds);

/* Does nothing if there is no server. */
void soak_server_kill (SoakServer *self);

/* Private memory in kB; 0 if there is no server. */
guint soak_server_get_memory (SoakServer *self);

/* RssAnon in kB. @pid: a process id, or "self". */
guint soak_get_memory (const char *pid);

G_END_DECLS
