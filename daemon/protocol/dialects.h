/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "protocol/dialect.h"

G_BEGIN_DECLS

/* NULL if there is no dialect of that name; "auto" is none. */
const CapDialect *cap_dialect_find (const char *name);

/* The dialects that the provider's service may speak, judged by its URL and
 * settings, in the order in which to try them: only the one that the provider
 * names, if it names one. The caller owns the array. */
GPtrArray *cap_dialects_for (CapProvider *provider);

/* For the doctor: every dialect that the service may speak, the one that the
 * provider names first. The caller owns the array. */
GPtrArray *cap_dialects_of_service (CapProvider *provider);

/* Whether every possible dialect requires a key. */
gboolean cap_dialects_need_key (CapProvider *provider);

/* The dialect that the first event of a server reveals, or NULL. */
const CapDialect *cap_dialect_recognise (const CapEvent *created);

G_END_DECLS
