/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A row of the settings: title, explanation, control, and below them the problem
 * that its last use had. */
#define CAP_TYPE_SETTINGS_ROW (cap_settings_row_get_type ())
G_DECLARE_FINAL_TYPE (CapSettingsRow, cap_settings_row, CAP, SETTINGS_ROW, GtkBox)

/* @title: with a mnemonic. It also names the control for screen readers, unless the
 * control is a button, which has a label of its own.
 * @explanation: "" for none.
 * @control: any widget that can have the focus, or a CapChoiceButton. */
GtkWidget *cap_settings_row_new (const char *title, const char *explanation, GtkWidget *control);

GtkWidget *cap_settings_row_get_control (CapSettingsRow *self);
void cap_settings_row_set_title (CapSettingsRow *self, const char *title);
void cap_settings_row_set_explanation (CapSettingsRow *self, const char *explanation);
/* NULL removes the problem. */
void cap_settings_row_set_problem (CapSettingsRow *self, const char *sentence);

G_END_DECLS
