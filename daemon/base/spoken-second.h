/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A second of speech for tests of services and recognisers: "he might even", 24 kHz mono S16
 * little-endian, from a reading of Sense and Sensibility that LibriVox put into the public
 * domain. Owned by the caller. */
GBytes *cap_spoken_second_load (void);

G_END_DECLS
