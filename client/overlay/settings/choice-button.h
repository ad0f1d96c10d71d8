/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/service/choice.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A drop-down list of CapChoice that may be replaced at any time.
 *
 * Signals:
 *   chosen (const char *id): the user, and not one of the functions below, chose
 *     @id */
#define CAP_TYPE_CHOICE_BUTTON (cap_choice_button_get_type ())
G_DECLARE_FINAL_TYPE (CapChoiceButton, cap_choice_button, CAP, CHOICE_BUTTON, GtkWidget)

GtkWidget *cap_choice_button_new (void);
/* Adds a search field, for long lists. */
void cap_choice_button_set_searched (CapChoiceButton *self, gboolean searched);

/* An equal list changes nothing. */
void cap_choice_button_set_choices (CapChoiceButton *self, GListModel *choices);
void cap_choice_button_select (CapChoiceButton *self, const char *id);
/* Id of the selected entry; "" if there is none. */
const char *cap_choice_button_get_id (CapChoiceButton *self);

/* The widget that takes the focus and needs a name for screen readers. */
GtkWidget *cap_choice_button_get_target (CapChoiceButton *self);

G_END_DECLS
