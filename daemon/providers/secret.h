/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A key or token. Its memory is locked where the system allows it, and
 * overwritten when it is freed. Never goes into a log, an error or a message
 * of the bus. */
typedef struct _CapSecret CapSecret;

/* Takes the first line of @text, without the blanks around it; overwrites
 * what it copied from only if that is its own. NULL with
 * CAP_ERROR_INVALID_OPTION for what cannot stand in a header: nothing at all,
 * more than 16 KiB, anything but printable ASCII. */
CapSecret *cap_secret_new (const char *text, gssize length, GError **error);
CapSecret *cap_secret_ref (CapSecret *self);
void cap_secret_unref (CapSecret *self);
/* Valid as long as the secret is. */
const char *cap_secret_peek (CapSecret *self);
/* When it ends, unix seconds; 0 when it does not, or nobody said. */
gint64 cap_secret_get_expiry (CapSecret *self);
void cap_secret_set_expiry (CapSecret *self, gint64 expiry);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapSecret, cap_secret_unref)

G_END_DECLS
