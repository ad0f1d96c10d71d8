/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "common/key-pipe.h"

G_BEGIN_DECLS

/* A key on its way from the user to the service. It never appears in arguments, output
 * or D-Bus messages, and is wiped when it is freed. */
typedef struct
{
  gsize length;
  char bytes[CAP_KEY_MAX + 1];
} CapKey;

/* Asks on the terminal, without echo. CAP_USAGE_ERROR if the answer is empty. */
CapKey *cap_key_ask (const char *id, GError **error);
/* Reads the first line of the standard input; asks if that is a terminal. */
CapKey *cap_key_read (const char *id, GError **error);
void cap_key_free (CapKey *self);

/* Passes the key to the service through a pipe. */
gboolean cap_key_send (const CapKey *self,
                       GDBusConnection *connection,
                       const char *id,
                       GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapKey, cap_key_free)

G_END_DECLS
