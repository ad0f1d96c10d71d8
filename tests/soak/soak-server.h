/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The scripted server, which hears words, by the clock of this program. */
typedef struct _SoakServer SoakServer;

/* @program: realtime-server, linked with the fast clock. */
SoakServer *soak_server_new (const char *program, const char *key);
void soak_server_free (SoakServer *self);

/* Starts one, in place of another; no time passes meanwhile. Returns its port. */
guint16 soak_server_start (SoakServer *self, const char *behaviour, guint session_seconds);

/* Kills it, if there is one. */
void soak_server_kill (SoakServer *self);

/* kB of memory that are its own; 0 while there is none. */
guint soak_server_get_memory (SoakServer *self);

/* RssAnon of @pid, or "self". */
guint soak_get_memory (const char *pid);

G_END_DECLS
