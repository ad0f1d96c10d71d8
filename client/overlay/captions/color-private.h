/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* For tests. */

#pragma once

#include "overlay/captions/color.h"

G_BEGIN_DECLS

/* 1 for equal colours, to 21 for black and white. */
double cap_color_contrast (const GdkRGBA *a, const GdkRGBA *b);

G_END_DECLS
