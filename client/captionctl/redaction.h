/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Takes out of a text what tells who somebody is, or opens a door: hosts, the
 * name of an Azure resource, this machine and its user, and whatever looks
 * like a key. Rather too much than too little. */
typedef struct _CapRedaction CapRedaction;

/* What it takes out besides; each may be NULL. @url: of the service. @kept: a
 * NULL-terminated list of words that look like hosts and are none. */
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

/* A sentence or an address. */
char *cap_redaction_apply (CapRedaction *self, const char *text);
/* A name that somebody gave, such as a model: only this machine, its user,
 * the resource and keys. */
char *cap_redaction_apply_to_name (CapRedaction *self, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapRedaction, cap_redaction_free)

G_END_DECLS
