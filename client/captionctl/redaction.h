/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Removes from a text whatever identifies the user or grants access: hosts, the name
 * of an Azure resource, this machine and its user, and whatever looks like a key. In
 * doubt, it removes too much. */
typedef struct _CapRedaction CapRedaction;

/* Further names to remove; each may be NULL. @url: the address of the service. @kept:
 * a NULL-terminated list of words that look like hosts but are to stay. */
typedef struct
{
  const char *host_name;
  const char *user_name;
  const char *home;
  const char *url;
  const char *const *kept;
} CapRedactionNames;

CapRedaction *cap_redaction_new (const CapRedactionNames *names);
void cap_redaction_free (CapRedaction *self);

/* For a sentence or an address. */
char *cap_redaction_apply (CapRedaction *self, const char *text);
/* For a name that the user chose, such as a model. Removes only this machine, its
 * user, the resource and keys. */
char *cap_redaction_apply_to_name (CapRedaction *self, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapRedaction, cap_redaction_free)

G_END_DECLS
