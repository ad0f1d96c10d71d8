/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "engine.h"

G_BEGIN_DECLS

/* The engines that there are. A new family is one more file, and one more
 * line in the table of engines.c. */

/* What ListEngines tells: aa{sv}, floating; see the D-Bus interface. */
GVariant *cap_engines_list (void);

/* Whether @id exists and understands @language (BCP 47, or empty).
 * CAP_ERROR_NO_SUCH_ENGINE, CAP_ERROR_LANGUAGE_NOT_SUPPORTED. */
gboolean cap_engines_check (const char *id, const char *language, GError **error);

/* A new engine of a kind that check() accepted. */
CapEngine *cap_engines_create (const char *id);

G_END_DECLS
