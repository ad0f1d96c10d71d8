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

/* A colour for text that is final, and the same for text that can still
 * change: it stands back, and is readable all the same. */
typedef struct
{
  GdkRGBA final, partial;
} CapInk;

/* How captions look: what the settings say, read once, with the desktop's wish
 * for high contrast applied. Its wish for larger text is applied by Pango
 * where the font is used, for its size is in points. */
typedef struct
{
  PangoFontDescription *font; /* with family and size */
  CapInk text, translation;
  CapInk speakers[CAP_LOOK_SPEAKERS]; /* the first one's is the text's */
  GdkRGBA edge_color;
  GdkRGBA background; /* with its opacity */
  gboolean speaker_colors;
  CapEdge edge;
  double edge_width; /* of the size of letters; more than 0 */
  CapRollOptions roll;
} CapLook;

/* @settings: org.captiond.Overlay. What cannot be read there is as if it were
 * not set. */
CapLook *cap_look_new (GSettings *settings);
CapLook *cap_look_copy (const CapLook *self);
void cap_look_free (CapLook *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapLook, cap_look_free)

/* The colour of a run. */
const GdkRGBA *cap_look_get_color (const CapLook *self, const CapRollLine *line, const CapRollRun *run);

/* Ready-made looks, ended by NULL: ids, and their names for people. */
const char *const *cap_look_list_presets (void);
const char *cap_look_get_preset_name (const char *id);
/* Sets what of the look it is about, and resets the rest of it: font, colours,
 * edge, background and capitals; not how much is shown, when and where. */
void cap_look_apply_preset (GSettings *settings, const char *id);
/* The one that is set now; NULL when the user made a look of their own. */
const char *cap_look_find_preset (GSettings *settings);

G_END_DECLS
