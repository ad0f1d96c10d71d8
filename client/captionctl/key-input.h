/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CAP_KEY_MAX (16 * 1024)

/* A key on its way from the person to the service: never in arguments, in the
 * output or in a message of the bus, and wiped when it is freed. */
typedef struct
{
  gsize length;
  char bytes[CAP_KEY_MAX + 1];
} CapKey;

/* From the terminal, without echo. CAP_USAGE_ERROR when it is empty. */
CapKey *cap_key_ask (const char *id, GError **error);
/* The first line of the standard input; a terminal there is asked. */
CapKey *cap_key_read (const char *id, GError **error);
void cap_key_free (CapKey *self);

/* Hands it to the service through a pipe. */
gboolean cap_key_send (const CapKey *self,
                       GDBusConnection *connection,
                       const char *id,
                       GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapKey, cap_key_free)

G_END_DECLS
