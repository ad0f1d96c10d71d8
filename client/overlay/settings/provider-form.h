/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/service/provider-field.h"
#include "overlay/settings/settings-page.h"

G_BEGIN_DECLS

/* A form with the settings of one speech service. The required ones go into a group
 * of the dialog; the others are here, folded. */
#define CAP_TYPE_PROVIDER_FORM (cap_provider_form_get_type ())
G_DECLARE_FINAL_TYPE (CapProviderForm, cap_provider_form, CAP, PROVIDER_FORM, GtkBox)

/* @settings: a{sv} of an existing service, or NULL. */
GtkWidget *cap_provider_form_new (CapSettingsGroup *needed, GVariant *settings);
/* Shows the rows that the preset needs, and fills in its suggestions for a new
 * service. */
void cap_provider_form_set_preset (CapProviderForm *self, const CapProviderPreset *preset);

/* Returns the values that differ from @settings: a{sv}, floating. If a value is
 * invalid, shows the problem at its row and returns NULL. */
GVariant *cap_provider_form_compose (CapProviderForm *self);
/* Returns FALSE if there is no such field. */
gboolean cap_provider_form_show_problem (CapProviderForm *self, const char *key, const char *sentence);

/* Gives all entries the same width. */
GtkWidget *cap_provider_form_set_entry_width (GtkWidget *entry);

G_END_DECLS
