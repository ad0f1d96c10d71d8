/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/captions/look.h"

#include <glib/gi18n.h>

/* The keys that a preset sets. Those that it does not list get the default of the
 * schema. */
static const char *const keys[] = {
  "font", "text-color", "edge", "edge-color", "edge-width", "background-color", "background-opacity",
  "upper-case", NULL,
};

typedef struct
{
  const char *key, *value; /* in the text format of GVariant */
} Setting;

typedef struct
{
  const char *id, *name;
  Setting settings[G_N_ELEMENTS (keys)];
} Preset;

static const Preset presets[] = {
  { "standard", N_("Standard"), { { NULL } } },
  { "large", N_("Large"), { { "font", "'Sans Bold 36'" } } },
  { "high-contrast", N_("High contrast"),
    { { "font", "'Sans Bold 26'" },
      { "text-color", "'#ffff00'" },
      { "edge", "'none'" },
      { "background-opacity", "1.0" } } },
  { "light", N_("Light"),
    { { "text-color", "'#000000'" },
      { "edge", "'none'" },
      { "edge-color", "'#ffffff'" },
      { "background-color", "'#ffffff'" },
      { "background-opacity", "0.9" } } },
  { "outline", N_("Outline, no background"),
    { { "font", "'Sans Bold 26'" },
      { "edge-width", "uint32 12" },
      { "background-opacity", "0.0" } } },
  { "broadcast", N_("Classic television"),
    { { "font", "'Monospace Bold 20'" },
      { "edge", "'none'" },
      { "background-opacity", "1.0" },
      { "upper-case", "true" } } },
};

static const char *const ids[] = {
  "standard", "large", "high-contrast", "light", "outline", "broadcast", NULL,
};

G_STATIC_ASSERT (G_N_ELEMENTS (ids) == G_N_ELEMENTS (presets) + 1);

static const Preset *
find (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (presets); i++)
    if (g_strcmp0 (presets[i].id, id) == 0)
      return &presets[i];
  return NULL;
}

/* Full reference; NULL for the default of the schema. */
static GVariant *
get_value (const Preset *preset, const char *key)
{
  for (const Setting *setting = preset->settings; setting->key != NULL; setting++)
    if (g_str_equal (setting->key, key))
      return g_variant_ref_sink (g_variant_new_parsed (setting->value));
  return NULL;
}

static gboolean
is_set (GSettings *settings, const Preset *preset, const char *key)
{
  g_autoptr (GVariant) current = g_settings_get_value (settings, key);
  g_autoptr (GVariant) value = get_value (preset, key);

  if (value == NULL)
    value = g_settings_get_default_value (settings, key);
  return g_variant_equal (current, value);
}

const char *const *
cap_look_list_presets (void)
{
  return ids;
}

const char *
cap_look_get_preset_name (const char *id)
{
  const Preset *preset = find (id);

  return preset != NULL ? _(preset->name) : NULL;
}

void
cap_look_apply_preset (GSettings *settings, const char *id)
{
  const Preset *preset = find (id);

  g_return_if_fail (preset != NULL);

  for (guint i = 0; keys[i] != NULL; i++)
    {
      g_autoptr (GVariant) value = get_value (preset, keys[i]);

      /* Equal values are skipped, because each change redraws the captions. */
      if (value == NULL)
        g_settings_reset (settings, keys[i]);
      else if (!is_set (settings, preset, keys[i]))
        g_settings_set_value (settings, keys[i], value);
    }
}

const char *
cap_look_find_preset (GSettings *settings)
{
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  for (guint i = 0; i < G_N_ELEMENTS (presets); i++)
    {
      guint k = 0;

      while (keys[k] != NULL && is_set (settings, &presets[i], keys[k]))
        k++;
      if (keys[k] == NULL)
        return presets[i].id;
    }
  return NULL;
}
