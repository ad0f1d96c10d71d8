/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Controls that are the same as a key of GSettings, both ways. Each has the
 * key as the name of its widget. */

/* A value of a key (text or enumeration), and what it is called. */
typedef struct
{
  const char *value;
  const char *name; /* N_(), or NC_() with: */
  const char *context;
} CapSettingsName;

GtkWidget *cap_settings_switch_new (GSettings *settings, const char *key);
/* The range is the schema's. */
GtkWidget *cap_settings_number_new (GSettings *settings, const char *key);
/* 0 to 1, shown in per cent. */
GtkWidget *cap_settings_share_new (GSettings *settings, const char *key);
GtkWidget *cap_settings_color_new (GSettings *settings, const char *key, const char *title);
GtkWidget *cap_settings_font_new (GSettings *settings, const char *key);
/* @names: static, ended by a NULL value. */
GtkWidget *cap_settings_choice_new (GSettings *settings, const char *key, const CapSettingsName *names);

/* Numbers from @low to @high. The wheel scrolls the page around it instead of
 * changing the number. */
GtkWidget *cap_settings_spin_new (double low, double high, double step);

G_END_DECLS
