/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A page of the settings: groups of rows, one below the other, no wider than
 * can be read, and scrolled where they are higher than the window. */
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
/* Folded until it is wanted. @title: with a mnemonic. */
GtkWidget *cap_settings_group_new_folded (const char *title);
void cap_settings_group_set_explanation (CapSettingsGroup *self, const char *explanation);
/* Of one that was folded. */
void cap_settings_group_unfold (CapSettingsGroup *self);
void cap_settings_group_add (CapSettingsGroup *self, GtkWidget *row);
void cap_settings_group_remove_all (CapSettingsGroup *self);

/* Text that wraps, from the left. */
GtkWidget *cap_settings_text_new (const char *text);

/* The same for what went wrong: hidden, and read out when it is shown. */
GtkWidget *cap_settings_problem_new (void);
/* NULL: all is well. */
void cap_settings_problem_set (GtkWidget *problem, const char *sentence);

/* What the pages look like; once for a display, more often does nothing. */
void cap_settings_style_load (GdkDisplay *display);

G_END_DECLS
