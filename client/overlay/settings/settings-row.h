/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A line of the settings: what it is about, the control, and below them what
 * went wrong when it was last used. */
#define CAP_TYPE_SETTINGS_ROW (cap_settings_row_get_type ())
G_DECLARE_FINAL_TYPE (CapSettingsRow, cap_settings_row, CAP, SETTINGS_ROW, GtkBox)

/* @title: with a mnemonic; names the control for screen readers too, unless it
 * is a button, which says itself what it does.
 * @explanation: "" for none. @control: anything that can have the focus, or a
 * CapChoiceButton. */
GtkWidget *cap_settings_row_new (const char *title, const char *explanation, GtkWidget *control);

GtkWidget *cap_settings_row_get_control (CapSettingsRow *self);
void cap_settings_row_set_title (CapSettingsRow *self, const char *title);
void cap_settings_row_set_explanation (CapSettingsRow *self, const char *explanation);
/* NULL: all is well. */
void cap_settings_row_set_problem (CapSettingsRow *self, const char *sentence);

G_END_DECLS
