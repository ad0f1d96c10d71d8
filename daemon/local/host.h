/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "local/recogniser.h"

G_BEGIN_DECLS

/* One process of a recogniser, confined, from its start to its end. It serves one stream
 * over its standard input, or, if the recogniser can be shared, several streams, each over
 * a connection of its own. The process ends with the last reference.
 *
 * Signal ::ended: the process ended by itself. */
#define CAP_TYPE_HOST (cap_host_get_type ())
G_DECLARE_FINAL_TYPE (CapHost, cap_host, CAP, HOST, GObject)

/* @threads: the most processors that it may use. NULL, with the error of the system, if
 * the process cannot be started. */
CapHost *cap_host_new (CapRecogniser *recogniser, guint threads, GError **error);

/* captiond's end of the process's standard input, for one stream; -1 if it was taken, or
 * serves to join. */
int cap_host_take_input (CapHost *self);

/* captiond's end of a connection for one more stream of a shared recogniser; -1 if there
 * is none. */
int cap_host_join (CapHost *self);

/* Ends the process at once: it hangs, or breaks the contract. Its connections close. */
void cap_host_end (CapHost *self);
gboolean cap_host_is_alive (CapHost *self);

/* Makes captiond the D-Bus server of a recogniser over the socket @fd, which this takes. Calls
 * that come over the connection are dropped: a recogniser need not read their answers,
 * which would fill the memory. */
void cap_host_connect_async (int fd,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
GDBusConnection *cap_host_connect_finish (GAsyncResult *result, GError **error);

/* Any reply to any stream shows that the process does not hang. */
void cap_host_note_reply (CapHost *self);
/* Milliseconds. */
guint cap_host_get_silence (CapHost *self);

G_END_DECLS
