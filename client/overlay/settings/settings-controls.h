/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Controls bound to a key of GSettings in both directions. The key is the name of
 * the widget. */

/* A value of a key (string or enumeration) and its name for people. */
typedef struct
{
  const char *value;
  const char *name; /* N_(), or NC_() with @context */
  const char *context;
} CapSettingsName;

GtkWidget *cap_settings_switch_new (GSettings *settings, const char *key);
/* The range is that of the schema. */
GtkWidget *cap_settings_number_new (GSettings *settings, const char *key);
/* Values from 0 to 1, shown in percent. */
GtkWidget *cap_settings_share_new (GSettings *settings, const char *key);
GtkWidget *cap_settings_color_new (GSettings *settings, const char *key, const char *title);
GtkWidget *cap_settings_font_new (GSettings *settings, const char *key);
/* @names: static, ended by a NULL value. */
GtkWidget *cap_settings_choice_new (GSettings *settings, const char *key, const CapSettingsName *names);

/* Numbers from @low to @high. Scrolling over the control scrolls the page instead
 * of changing the number. */
GtkWidget *cap_settings_spin_new (double low, double high, double step);

G_END_DECLS
