/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "roll.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  CAP_EDGE_NONE,
  CAP_EDGE_OUTLINE,
  CAP_EDGE_SHADOW,
} CapEdge;

/* How captions look: what the settings say, read once, with the desktop's own
 * wishes (text scaling, high contrast) applied. */
typedef struct
{
  PangoFontDescription *font; /* with size */
  GdkRGBA text, partial, translation, edge_color, background; /* background with its opacity */
  GdkRGBA speakers[6];
  gboolean speaker_colors;
  CapEdge edge;
  CapRollOptions roll;
} CapLook;

/* @settings: org.captiond.Overlay. */
CapLook *cap_look_new (GSettings *settings);
void cap_look_free (CapLook *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapLook, cap_look_free)

/* Ready-made looks, ended by NULL: ids, and their names for people. */
const char *const *cap_look_list_presets (void);
const char *cap_look_get_preset_name (const char *id);
void cap_look_apply_preset (GSettings *settings, const char *id);

G_END_DECLS
