/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* An entry of a list to choose from. Immutable. */
#define CAP_TYPE_CHOICE (cap_choice_get_type ())
G_DECLARE_FINAL_TYPE (CapChoice, cap_choice, CAP, CHOICE, GObject)

/* @name, @detail: shown to people, cleaned here; @detail may be "". */
CapChoice *cap_choice_new (const char *id, const char *name, const char *detail);
const char *cap_choice_get_id (CapChoice *self);
const char *cap_choice_get_name (CapChoice *self);
const char *cap_choice_get_detail (CapChoice *self);

/* Lists of CapChoice: */
GListStore *cap_choices_new (void);
void cap_choices_add (GListStore *choices, const char *id, const char *name, const char *detail);
/* Returns the position, or G_MAXUINT if there is none. */
guint cap_choices_find (GListModel *choices, const char *id);
gboolean cap_choices_equal (GListModel *choices, GListModel *others);

G_END_DECLS
