/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A page of the settings: a column of groups of rows, limited to a readable width
 * and scrolled if it is higher than the window. */
#define CAP_TYPE_SETTINGS_PAGE (cap_settings_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (CapSettingsPage, cap_settings_page, CAP, SETTINGS_PAGE, GtkWidget)

struct _CapSettingsPageClass
{
  GtkWidgetClass parent_class;
};

GtkWidget *cap_settings_page_new (void);
void cap_settings_page_add (CapSettingsPage *self, GtkWidget *widget);

/* A frame of rows below a heading. @explanation: "" for none. */
#define CAP_TYPE_SETTINGS_GROUP (cap_settings_group_get_type ())
G_DECLARE_FINAL_TYPE (CapSettingsGroup, cap_settings_group, CAP, SETTINGS_GROUP, GtkBox)

GtkWidget *cap_settings_group_new (const char *title, const char *explanation);
/* The group is folded at first. @title: with a mnemonic. */
GtkWidget *cap_settings_group_new_folded (const char *title);
void cap_settings_group_set_explanation (CapSettingsGroup *self, const char *explanation);
/* For a group made by cap_settings_group_new_folded (). */
void cap_settings_group_unfold (CapSettingsGroup *self);
void cap_settings_group_add (CapSettingsGroup *self, GtkWidget *row);
void cap_settings_group_remove_all (CapSettingsGroup *self);

/* Left-aligned text that wraps. */
GtkWidget *cap_settings_text_new (const char *text);

/* A hidden text for a problem; screen readers announce it when it appears. */
GtkWidget *cap_settings_problem_new (void);
/* NULL removes the problem. */
void cap_settings_problem_set (GtkWidget *problem, const char *sentence);

/* Loads the style of the pages. Only the first call for a display has an effect. */
void cap_settings_style_load (GdkDisplay *display);

G_END_DECLS
