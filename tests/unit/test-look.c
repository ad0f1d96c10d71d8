/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/captions/color-private.h"
#include "overlay/captions/look.h"

#include <string.h>

static const GdkRGBA black = { 0, 0, 0, 1 };
static const GdkRGBA white = { 1, 1, 1, 1 };

/* The memory backend keeps values until they are reset. */
static GSettings *
open_settings (void)
{
  GSettings *settings = g_settings_new ("org.captiond.Overlay");
  g_autoptr (GSettingsSchema) schema = NULL;
  g_auto (GStrv) keys = NULL;

  g_object_get (settings, "settings-schema", &schema, NULL);
  keys = g_settings_schema_list_keys (schema);
  for (guint i = 0; keys[i] != NULL; i++)
    g_settings_reset (settings, keys[i]);
  return settings;
}

static double
points (const CapLook *look)
{
  g_assert_false (pango_font_description_get_size_is_absolute (look->font));
  return (double) pango_font_description_get_size (look->font) / PANGO_SCALE;
}

static void
assert_color (const GdkRGBA *color, const char *expected)
{
  GdkRGBA parsed;

  g_assert_true (gdk_rgba_parse (&parsed, expected));
  g_assert_cmpfloat_with_epsilon (color->red, parsed.red, 0.003);
  g_assert_cmpfloat_with_epsilon (color->green, parsed.green, 0.003);
  g_assert_cmpfloat_with_epsilon (color->blue, parsed.blue, 0.003);
  g_assert_cmpfloat_with_epsilon (color->alpha, parsed.alpha, 0.003);
}

/* colours */

static void
test_contrast (void)
{
  const GdkRGBA gray = { 0.467, 0.467, 0.467, 1 }; /* #777777 is known to be slightly too light on white. */

  g_assert_cmpfloat_with_epsilon (cap_color_contrast (&black, &white), 21, 0.01);
  g_assert_cmpfloat_with_epsilon (cap_color_contrast (&white, &black), 21, 0.01);
  g_assert_cmpfloat_with_epsilon (cap_color_contrast (&white, &white), 1, 0.01);
  g_assert_cmpfloat_with_epsilon (cap_color_contrast (&gray, &white), 4.48, 0.02);
}

static void
test_raise (void)
{
  const GdkRGBA blue = { 0, 0, 0.6, 1 };
  GdkRGBA raised = cap_color_raise (&blue, &black, 1, 4.5);

  g_assert_cmpfloat (cap_color_contrast (&raised, &black), >=, 4.5);
  g_assert_cmpfloat (raised.blue, >, raised.red);
  raised = cap_color_raise (&blue, &white, 1, 4.5);
  g_assert_true (gdk_rgba_equal (&raised, &blue));
  /* more contrast than possible */
  raised = cap_color_raise (&blue, &blue, 1, 21);
  g_assert_true (gdk_rgba_equal (&raised, &white));
}

static void
test_dim (void)
{
  const GdkRGBA hardly = { 0.45, 0.45, 0.45, 1 };
  GdkRGBA dimmed = cap_color_dim (&white, &black, 1, CAP_COLOR_READABLE);

  g_assert_cmpfloat (cap_color_contrast (&dimmed, &black), >=, CAP_COLOR_READABLE);
  g_assert_cmpfloat (cap_color_contrast (&dimmed, &white), >, 1.5);
  dimmed = cap_color_dim (&hardly, &black, 1, CAP_COLOR_READABLE);
  g_assert_true (gdk_rgba_equal (&dimmed, &hardly));
}

/* settings */

static void
test_defaults (void)
{
  g_autoptr (GSettings) settings = open_settings ();
  g_autoptr (CapLook) look = cap_look_new (settings);

  g_assert_cmpfloat (points (look), ==, 22);
  assert_color (&look->text.final, "#ffffff");
  assert_color (&look->background, "rgba(0,0,0,0.8)");
  g_assert_cmpint (look->edge, ==, CAP_EDGE_OUTLINE);
  g_assert_cmpfloat (look->edge_width, ==, 0.08);
  g_assert_true (look->speaker_colors);
  g_assert_cmpuint (look->roll.lines, ==, 3);
  g_assert_true (look->roll.speaker_names);
  g_assert_false (look->roll.upper_case);
  g_assert_cmpint (look->roll.partials, ==, CAP_ROLL_PARTIALS_DIM);
  g_assert_cmpint (look->roll.translation, ==, CAP_ROLL_TRANSLATION_BELOW);
  g_assert_cmpint (look->roll.clear_after, ==, 12 * G_USEC_PER_SEC);
}

static void
test_everything (void)
{
  g_autoptr (GSettings) settings = open_settings ();
  g_autoptr (CapLook) look = NULL;
  g_autoptr (CapLook) copy = NULL;

  g_settings_set_string (settings, "font", "Serif Italic 30");
  g_settings_set_string (settings, "text-color", "rgb(10,20,30)");
  g_settings_set_string (settings, "edge", "shadow");
  g_settings_set_uint (settings, "edge-width", 20);
  g_settings_set_string (settings, "background-color", "#abcdef");
  g_settings_set_double (settings, "background-opacity", 0.25);
  g_settings_set_boolean (settings, "upper-case", TRUE);
  g_settings_set_string (settings, "speakers", "name");
  g_settings_set_string (settings, "partials", "plain");
  g_settings_set_uint (settings, "lines", 7);
  g_settings_set_uint (settings, "clear-after", 0);

  look = cap_look_new (settings);
  copy = cap_look_copy (look);
  g_assert_true (pango_font_description_equal (look->font, copy->font));
  g_assert_cmpfloat (points (copy), ==, 30);
  g_assert_cmpint (pango_font_description_get_style (copy->font), ==, PANGO_STYLE_ITALIC);
  assert_color (&copy->text.final, "rgb(10,20,30)");
  assert_color (&copy->text.partial, "rgb(10,20,30)");
  assert_color (&copy->background, "rgba(171,205,239,0.25)");
  g_assert_cmpint (copy->edge, ==, CAP_EDGE_SHADOW);
  g_assert_cmpfloat (copy->edge_width, ==, 0.2);
  g_assert_false (copy->speaker_colors);
  g_assert_true (copy->roll.speaker_names);
  g_assert_true (copy->roll.upper_case);
  g_assert_cmpuint (copy->roll.lines, ==, 7);
  g_assert_cmpint (copy->roll.clear_after, ==, 0);
}

static void
test_bad_fonts (void)
{
  g_autoptr (GSettings) settings = open_settings ();
  g_autofree char *endless = g_strnfill (5000, 'x');
  const struct { const char *text; double points; } cases[] = {
    { "", 22 },
    { "Sans", 22 },
    { "Bold", 22 },
    { "30", 30 },
    { "Sans 1", 6 },
    { "Sans 0", 22 },
    { "Sans -5", 22 },
    { "Sans 5000", 200 },
    { "Sans 99999999999999999999", 22 },
    { "Sans 40px", 30 },
    { "Sans 99999px", 200 },
    { "No Such Font 24", 24 },
    { "Sans Rotated-Left 24", 24 },
    { "\xe2\x80\xae 24", 24 },
    { endless, 22 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CapLook) look = NULL;

      g_settings_set_string (settings, "font", cases[i].text);
      look = cap_look_new (settings);
      g_test_message ("%u", i);
      g_assert_cmpfloat (points (look), ==, cases[i].points);
      g_assert_nonnull (pango_font_description_get_family (look->font));
      g_assert_cmpint (pango_font_description_get_gravity (look->font), ==, PANGO_GRAVITY_SOUTH);
    }
}

static void
test_bad_colors (void)
{
  g_autoptr (GSettings) settings = open_settings ();
  const char *const cases[] = { "", "nothing", "#12", "#gggggg", "rgba(1,2", "rgb(nan,nan,nan)" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CapLook) look = NULL;

      g_settings_set_string (settings, "text-color", cases[i]);
      g_settings_set_string (settings, "background-color", cases[i]);
      look = cap_look_new (settings);
      assert_color (&look->text.final, "#ffffff");
      assert_color (&look->background, "rgba(0,0,0,0.8)");
    }

  /* Invisible text is not accepted. */
  g_settings_set_string (settings, "text-color", "rgba(255,0,0,0)");
  {
    g_autoptr (CapLook) look = cap_look_new (settings);

    assert_color (&look->text.final, "#ff0000");
  }
}

/* looks */

static void
assert_readable (const CapLook *look, const CapInk *ink)
{
  GdkRGBA over_black = cap_color_over (&look->background, &black);
  GdkRGBA over_white = cap_color_over (&look->background, &white);

  if (look->background.alpha >= 0.5)
    {
      g_assert_cmpfloat (cap_color_contrast (&ink->final, &over_black), >=, CAP_COLOR_READABLE);
      g_assert_cmpfloat (cap_color_contrast (&ink->final, &over_white), >=, CAP_COLOR_READABLE);
      g_assert_cmpfloat (cap_color_contrast (&ink->partial, &over_black), >=, CAP_COLOR_READABLE);
      g_assert_cmpfloat (cap_color_contrast (&ink->partial, &over_white), >=, CAP_COLOR_READABLE);
    }
  else
    {
      g_assert_cmpint (look->edge, !=, CAP_EDGE_NONE);
      g_assert_cmpfloat (cap_color_contrast (&ink->final, &look->edge_color), >=, CAP_COLOR_READABLE);
      g_assert_cmpfloat (cap_color_contrast (&ink->partial, &look->edge_color), >=, CAP_COLOR_READABLE);
    }
  /* distinct from final text */
  g_assert_cmpfloat (cap_color_contrast (&ink->final, &ink->partial), >, 1.2);
}

static void
test_presets (void)
{
  g_autoptr (GSettings) settings = open_settings ();
  const char *const *ids = cap_look_list_presets ();

  g_assert_cmpstr (ids[0], ==, "standard");
  g_assert_cmpstr (cap_look_find_preset (settings), ==, "standard");
  g_assert_null (cap_look_get_preset_name ("nothing"));

  for (guint i = 0; ids[i] != NULL; i++)
    {
      g_autoptr (CapLook) look = NULL;

      g_assert_nonnull (cap_look_get_preset_name (ids[i]));
      g_settings_set_string (settings, "edge", "shadow");
      g_settings_set_uint (settings, "lines", 5);
      cap_look_apply_preset (settings, ids[i]);
      g_assert_cmpstr (cap_look_find_preset (settings), ==, ids[i]);
      /* settings of other kinds are not changed */
      g_assert_cmpuint (g_settings_get_uint (settings, "lines"), ==, 5);

      look = cap_look_new (settings);
      assert_readable (look, &look->text);
      assert_readable (look, &look->translation);
      for (guint s = 0; s < CAP_LOOK_SPEAKERS; s++)
        assert_readable (look, &look->speakers[s]);
    }

  g_settings_set_string (settings, "text-color", "#123456");
  g_assert_null (cap_look_find_preset (settings));
}

static void
test_speakers (void)
{
  g_autoptr (GSettings) settings = open_settings ();
  const char *const texts[] = { "#ffffff", "#ffff00", "#000000", "#56b4e9" };

  for (guint t = 0; t < G_N_ELEMENTS (texts); t++)
    {
      g_autoptr (CapLook) look = NULL;

      g_settings_set_string (settings, "text-color", texts[t]);
      look = cap_look_new (settings);
      for (guint i = 0; i < CAP_LOOK_SPEAKERS; i++)
        for (guint j = 0; j < i; j++)
          g_assert_false (gdk_rgba_equal (&look->speakers[i].final, &look->speakers[j].final));
    }
}

static void
test_colors_of_runs (void)
{
  g_autoptr (GSettings) settings = open_settings ();
  g_autoptr (CapLook) look = cap_look_new (settings);
  const CapRollLine line = { .translation = FALSE };
  const CapRollLine translation = { .translation = TRUE };
  const CapRollRun unknown = { .final = TRUE };
  const CapRollRun partial = { .final = FALSE };
  const CapRollRun second = { .final = TRUE, .speaker = 2 };
  const CapRollRun last = { .final = TRUE, .speaker = G_MAXUINT };

  g_assert_true (cap_look_get_color (look, &line, &unknown) == &look->text.final);
  g_assert_true (cap_look_get_color (look, &line, &partial) == &look->text.partial);
  g_assert_true (cap_look_get_color (look, &line, &second) == &look->speakers[1].final);
  g_assert_nonnull (cap_look_get_color (look, &line, &last));
  g_assert_true (cap_look_get_color (look, &translation, &second) == &look->translation.final);
  look->speaker_colors = FALSE;
  g_assert_true (cap_look_get_color (look, &line, &second) == &look->text.final);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/look/contrast", test_contrast);
  g_test_add_func ("/look/raise", test_raise);
  g_test_add_func ("/look/dim", test_dim);
  g_test_add_func ("/look/defaults", test_defaults);
  g_test_add_func ("/look/everything", test_everything);
  g_test_add_func ("/look/bad-fonts", test_bad_fonts);
  g_test_add_func ("/look/bad-colors", test_bad_colors);
  g_test_add_func ("/look/presets", test_presets);
  g_test_add_func ("/look/speakers", test_speakers);
  g_test_add_func ("/look/colors-of-runs", test_colors_of_runs);
  return g_test_run ();
}
