/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/captions/roll.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  CAP_EDGE_NONE,
  CAP_EDGE_OUTLINE,
  CAP_EDGE_SHADOW,
} CapEdge;

#define CAP_LOOK_SPEAKERS 6

/* A colour for final text, and a dimmed but readable one for partial results. */
typedef struct
{
  GdkRGBA final, partial;
} CapInk;

/* The appearance of captions: a snapshot of the settings, adjusted if the desktop
 * asks for high contrast. Pango applies the text scaling of the desktop, because
 * the font size is in points. */
typedef struct
{
  PangoFontDescription *font; /* always with family and size */
  CapInk text, translation;
  CapInk speakers[CAP_LOOK_SPEAKERS]; /* the first one is @text */
  GdkRGBA edge_color;
  GdkRGBA background; /* including opacity */
  gboolean speaker_colors;
  CapEdge edge;
  double edge_width; /* fraction of the text size, more than 0 */
  CapRollOptions roll;
} CapLook;

/* @settings: org.captiond.Overlay. Unusable values count as unset. */
CapLook *cap_look_new (GSettings *settings);
CapLook *cap_look_copy (const CapLook *self);
void cap_look_free (CapLook *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapLook, cap_look_free)

/* Returns the colour of a run, owned by @self. */
const GdkRGBA *cap_look_get_color (const CapLook *self, const CapRollLine *line, const CapRollRun *run);

/* Presets: NULL-terminated ids, and their translated names. */
const char *const *cap_look_list_presets (void);
const char *cap_look_get_preset_name (const char *id);
/* Applies a preset, which covers font, colours, edge, background and capitals;
 * other settings do not change. */
void cap_look_apply_preset (GSettings *settings, const char *id);
/* Returns the preset that the settings match, or NULL for a custom look. */
const char *cap_look_find_preset (GSettings *settings);

G_END_DECLS
