/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/service/choice.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A drop-down list of CapChoice, which may become another one at any time.
 *
 * Signals:
 *   chosen (const char *id): by the user, never by the functions below */
#define CAP_TYPE_CHOICE_BUTTON (cap_choice_button_get_type ())
G_DECLARE_FINAL_TYPE (CapChoiceButton, cap_choice_button, CAP, CHOICE_BUTTON, GtkWidget)

GtkWidget *cap_choice_button_new (void);
/* For lists that are long: it can be typed into. */
void cap_choice_button_set_searched (CapChoiceButton *self, gboolean searched);

/* A list that says the same as the one before leaves it alone. */
void cap_choice_button_set_choices (CapChoiceButton *self, GListModel *choices);
void cap_choice_button_select (CapChoiceButton *self, const char *id);
/* "" when there is none. */
const char *cap_choice_button_get_id (CapChoiceButton *self);

/* What has the focus, and a name for screen readers. */
GtkWidget *cap_choice_button_get_target (CapChoiceButton *self);

G_END_DECLS
