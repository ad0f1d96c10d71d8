/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A value of the bus as JSON on one line. Dictionaries with string keys are
 * objects, structures arrays, and words (a(sxx)) objects with word, start
 * and end. What JSON has no number for is null. */
char *cap_variant_to_json (GVariant *value);

G_END_DECLS
