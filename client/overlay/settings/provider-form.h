/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/service/provider-field.h"
#include "overlay/settings/settings-page.h"

G_BEGIN_DECLS

/* The settings of one speech service, to be filled in. What is needed goes into
 * a group of the dialog's; all else is here, folded. */
#define CAP_TYPE_PROVIDER_FORM (cap_provider_form_get_type ())
G_DECLARE_FINAL_TYPE (CapProviderForm, cap_provider_form, CAP, PROVIDER_FORM, GtkBox)

/* @settings: a{sv} of a service that is there, or NULL. */
GtkWidget *cap_provider_form_new (CapSettingsGroup *needed, GVariant *settings);
/* Only what is needed of it is shown, with what can be suggested. */
void cap_provider_form_set_preset (CapProviderForm *self, const CapProviderPreset *preset);

/* What differs from @settings: a{sv}, floating. NULL when something makes no
 * sense, which is said at its row. */
GVariant *cap_provider_form_compose (CapProviderForm *self);
/* FALSE when there is no such field. */
gboolean cap_provider_form_show_problem (CapProviderForm *self, const char *key, const char *sentence);

/* For all of one width. */
GtkWidget *cap_provider_form_set_entry_width (GtkWidget *entry);

G_END_DECLS
