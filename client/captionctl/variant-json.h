/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Converts a D-Bus value to JSON on one line. Dictionaries with string keys become
 * objects, structures arrays, and words (a(sxx)) objects with word, start and end.
 * Infinity and NaN become null. */
char *cap_variant_to_json (GVariant *value);

G_END_DECLS
