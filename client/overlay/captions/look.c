/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/captions/look.h"
#include "overlay/captions/color.h"

#include <string.h>

/* Font sizes in points. */
#define SMALLEST 6
#define LARGEST 200
#define USUAL_FONT "Sans Semi-Bold 22"
#define FONT_BYTES 256

/* With less opacity, only the edge of the letters counts as background, and text on
 * a thin edge needs more contrast. */
#define COVERS 0.5
#define READABLE_ON_EDGE 7.0

/* Factor of readable contrast that leaves room for dimming. */
#define FOR_DIMMING 1.45
#define ALIKE 0.35

/* The colours of Okabe and Ito, which people with colour vision deficiency can tell
 * apart, without those that are too dark or become too similar when their contrast
 * is raised. White and black replace colours that are similar to that of the text. */
static const char *const speaker_colors[] = {
  "#f0e442", "#56b4e9", "#e69f00", "#cc79a7", "#009e73", "#ffffff", "#000000",
};

/* The colours that can be behind the letters. */
typedef struct
{
  GdkRGBA colors[2];
  guint n; /* 0 if nothing is known of the background, so that no colour is better than another */
  double readable;
} Grounds;

/* private */

static PangoFontDescription *
read_font (GSettings *settings)
{
  g_autofree char *text = g_settings_get_string (settings, "font");
  g_autoptr (PangoFontDescription) usual = pango_font_description_from_string (USUAL_FONT);
  PangoFontDescription *font =
      pango_font_description_from_string (strlen (text) <= FONT_BYTES ? text : USUAL_FONT);
  double size;

  /* Rotated glyphs are of no use in captions. */
  pango_font_description_unset_fields (font, PANGO_FONT_MASK_GRAVITY);
  if (pango_font_description_get_family (font) == NULL)
    pango_font_description_set_family (font, pango_font_description_get_family (usual));
  if (pango_font_description_get_size (font) <= 0)
    pango_font_description_set_size (font, pango_font_description_get_size (usual));

  size = (double) pango_font_description_get_size (font) / PANGO_SCALE;
  /* Sizes in pixels would ignore the text scaling of the desktop. */
  if (pango_font_description_get_size_is_absolute (font))
    size = size * 72 / 96;
  pango_font_description_set_size (font, CLAMP (size, SMALLEST, LARGEST) * PANGO_SCALE);
  return font;
}

static GdkRGBA
read_color (GSettings *settings, const char *key)
{
  g_autofree char *text = g_settings_get_string (settings, key);
  GdkRGBA color;

  if (!gdk_rgba_parse (&color, text))
    {
      g_autoptr (GVariant) usual = g_settings_get_default_value (settings, key);

      if (!gdk_rgba_parse (&color, g_variant_get_string (usual, NULL)))
        color = (GdkRGBA) { 0, 0, 0, 1 };
    }
  color.alpha = 1;
  return color;
}

static gboolean
is_chosen (GSettings *settings, const char *key)
{
  g_autoptr (GVariant) value = g_settings_get_user_value (settings, key);

  return value != NULL;
}

static gboolean
desktop_wants_contrast (void)
{
  GtkSettings *desktop = gtk_is_initialized () ? gtk_settings_get_default () : NULL;
  g_autofree char *theme = NULL;

  if (desktop == NULL)
    return FALSE;

  /* GTK 4.20 and later read this from the portal; 2 means more contrast. */
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (desktop), "gtk-interface-contrast") != NULL)
    {
      int contrast = 0;

      g_object_get (desktop, "gtk-interface-contrast", &contrast, NULL);
      if (contrast == 2)
        return TRUE;
    }

  g_object_get (desktop, "gtk-theme-name", &theme, NULL);
  return theme != NULL && g_str_has_prefix (theme, "HighContrast");
}

static void
read_colors (CapLook *self, GSettings *settings)
{
  GdkRGBA text = read_color (settings, "text-color");
  double opacity = g_settings_get_double (settings, "background-opacity");

  self->edge = g_settings_get_enum (settings, "edge");
  self->edge_color = read_color (settings, "edge-color");
  self->background = read_color (settings, "background-color");
  self->background.alpha = opacity >= 0 && opacity <= 1 ? opacity : 1;

  if (desktop_wants_contrast () && !is_chosen (settings, "text-color") && !is_chosen (settings, "edge-color")
      && !is_chosen (settings, "background-color") && !is_chosen (settings, "background-opacity"))
    {
      text = (GdkRGBA) { 1, 1, 0, 1 };
      self->background = (GdkRGBA) { 0, 0, 0, 1 };
    }
  self->text.final = text;
}

static Grounds
find_grounds (const CapLook *self)
{
  const GdkRGBA black = { 0, 0, 0, 1 }, white = { 1, 1, 1, 1 };
  Grounds grounds = { .n = 0, .readable = CAP_COLOR_READABLE };

  if (self->background.alpha >= COVERS)
    {
      /* Any colour behind the background lies between these two. */
      grounds.colors[grounds.n++] = cap_color_over (&self->background, &black);
      grounds.colors[grounds.n++] = cap_color_over (&self->background, &white);
    }
  else if (self->edge != CAP_EDGE_NONE)
    {
      grounds.colors[grounds.n++] = self->edge_color;
      grounds.readable = READABLE_ON_EDGE;
    }
  return grounds;
}

static CapInk
make_ink (const GdkRGBA *color, const Grounds *grounds, CapRollPartials partials)
{
  CapInk ink = { .final = *color, .partial = *color };

  if (partials == CAP_ROLL_PARTIALS_DIM)
    ink.partial = cap_color_dim (color, grounds->colors, grounds->n, grounds->readable);
  return ink;
}

static gboolean
is_alike (const GdkRGBA *a, const GdkRGBA *b)
{
  return ABS (a->red - b->red) + ABS (a->green - b->green) + ABS (a->blue - b->blue) < ALIKE;
}

static void
make_inks (CapLook *self)
{
  Grounds grounds = find_grounds (self);
  GdkRGBA color;
  guint n = 0;

  self->text = make_ink (&self->text.final, &grounds, self->roll.partials);

  color = (GdkRGBA) { 0.66, 0.82, 1, 1 };
  color = cap_color_raise (&color, grounds.colors, grounds.n, grounds.readable * FOR_DIMMING);
  self->translation = make_ink (&color, &grounds, self->roll.partials);

  self->speakers[n++] = self->text;
  for (guint i = 0; i < G_N_ELEMENTS (speaker_colors) && n < CAP_LOOK_SPEAKERS; i++)
    {
      if (!gdk_rgba_parse (&color, speaker_colors[i]))
        continue;
      color = cap_color_raise (&color, grounds.colors, grounds.n, grounds.readable * FOR_DIMMING);
      if (!is_alike (&color, &self->text.final))
        self->speakers[n++] = make_ink (&color, &grounds, self->roll.partials);
    }
  for (; n < CAP_LOOK_SPEAKERS; n++)
    self->speakers[n] = self->text;
}

/* public */

CapLook *
cap_look_new (GSettings *settings)
{
  CapLook *self;
  int speakers;
  guint lines;
  guint edge_width;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_new0 (CapLook, 1);
  speakers = g_settings_get_enum (settings, "speakers");
  lines = g_settings_get_uint (settings, "lines");
  edge_width = g_settings_get_uint (settings, "edge-width");
  self->roll = (CapRollOptions) {
    .lines = CLAMP (lines, 1, 10),
    .upper_case = g_settings_get_boolean (settings, "upper-case"),
    .speaker_names = speakers == 1 || speakers == 3,
    .partials = g_settings_get_enum (settings, "partials"),
    .translation = g_settings_get_enum (settings, "translation"),
    .clear_after = g_settings_get_uint (settings, "clear-after") * (gint64) G_USEC_PER_SEC,
  };
  self->speaker_colors = speakers == 2 || speakers == 3;
  self->font = read_font (settings);
  self->edge_width = CLAMP (edge_width, 1, 30) / 100.0;
  read_colors (self, settings);
  make_inks (self);
  return self;
}

CapLook *
cap_look_copy (const CapLook *self)
{
  CapLook *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  copy->font = pango_font_description_copy (self->font);
  return copy;
}

void
cap_look_free (CapLook *self)
{
  pango_font_description_free (self->font);
  g_free (self);
}

const GdkRGBA *
cap_look_get_color (const CapLook *self, const CapRollLine *line, const CapRollRun *run)
{
  const CapInk *ink;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (line != NULL, NULL);
  g_return_val_if_fail (run != NULL, NULL);

  ink = &self->text;
  if (self->speaker_colors && run->speaker > 0)
    ink = &self->speakers[(run->speaker - 1) % CAP_LOOK_SPEAKERS];
  /* The line above shows the speaker. */
  if (line->translation)
    ink = &self->translation;
  return run->final ? &ink->final : &ink->partial;
}
