/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A key or token. Its memory is locked if the system allows it, and overwritten
 * when the last reference goes. It never appears in a log, an error or a D-Bus
 * message. */
typedef struct _CapSecret CapSecret;

/* Copies the first line of @text without the blanks around it; the caller
 * overwrites @text. @length: bytes, or -1. Fails with CAP_ERROR_INVALID_OPTION if
 * the line is empty, longer than 16 KiB or not printable ASCII, because it then
 * cannot be sent in an HTTP header. */
CapSecret *cap_secret_new (const char *text, gssize length, GError **error);
CapSecret *cap_secret_ref (CapSecret *self);
void cap_secret_unref (CapSecret *self);
/* Valid as long as @self. */
const char *cap_secret_peek (CapSecret *self);
/* Time of expiry in Unix seconds; 0 if there is none, or it is unknown. */
gint64 cap_secret_get_expiry (CapSecret *self);
void cap_secret_set_expiry (CapSecret *self, gint64 expiry);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapSecret, cap_secret_unref)

G_END_DECLS
