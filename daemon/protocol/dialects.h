/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "protocol/dialect.h"

G_BEGIN_DECLS

/* All dialects, in the order in which "auto" tries them where several are
 * possible; NULL-terminated. */
const CapDialect *const *cap_dialects (void);

/* NULL: none of that name ("auto" is none). */
const CapDialect *cap_dialect_find (const char *name);

/* The dialects that the provider's service may speak, by its URL and
 * settings, in the order in which to try them: the container is the caller's.
 * One that the provider names stands alone. */
GPtrArray *cap_dialects_for (CapProvider *provider);

/* Every door of the provider's service, the one that it names first: for the
 * doctor. The container is the caller's. */
GPtrArray *cap_dialects_of_service (CapProvider *provider);

/* Whether nothing works there without a key. */
gboolean cap_dialects_need_key (CapProvider *provider);

/* The dialect that the first event of a server gives away, or NULL. */
const CapDialect *cap_dialect_recognise (const CapEvent *created);

G_END_DECLS
