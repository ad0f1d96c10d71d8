/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "models/entry.h"

G_BEGIN_DECLS

/* A model or library that the catalogue knows. Owned by the catalogue, and valid until
 * its next signal ::changed. */
typedef struct
{
  CapModelEntry *entry;   /* as it is installed, or else as it can be installed */
  CapModelEntry *offered; /* as it can be installed; NULL if only the installed one is left */
  char *path;             /* its folder; NULL if it is not installed */
  gboolean system;        /* installed for all users, so captiond cannot remove it */
  gboolean damaged;       /* its files are not those that were installed */
  guint64 disk_size;      /* bytes of the installed files */
} CapModel;

/* All entries (ID.model), and the folders (ID/) of what is installed. The folders are
 * those of the user and those of the system; the user's come first where both have the
 * same id. An installed model keeps the entry that it was installed with.
 *
 * Signals:
 *  ::changed  an entry or an installed model came, went or changed
 *  ::unused   nobody uses the model with this id any more (string) */
#define CAP_TYPE_CATALOGUE (cap_catalogue_get_type ())
G_DECLARE_FINAL_TYPE (CapCatalogue, cap_catalogue, CAP, CATALOGUE, GObject)

/* Reads the folders, and watches them from then on.
 * @user_folder: NULL for the folder captiond/models of the user's data.
 * @system_folders: NULL for the same below the system's data. */
CapCatalogue *cap_catalogue_new (const char *user_folder, const char *const *system_folders);

const char *cap_catalogue_get_user_folder (CapCatalogue *self);

/* Reads the folders again now. Emits ::changed if something changed. */
void cap_catalogue_rescan (CapCatalogue *self);

/* NULL if there is none. */
const CapModel *cap_catalogue_find (CapCatalogue *self, const char *id);

/* The models for @language (see cap_language_match()), or all models and libraries if
 * it is empty, ordered by id. Free the array, whose elements are const CapModel. */
GPtrArray *cap_catalogue_list (CapCatalogue *self, const char *language);

/* Whether it is installed whole, with all that it needs, and made for this machine. */
gboolean cap_catalogue_is_ready (CapCatalogue *self, const char *id);

/* The folders of the installed libraries of @recogniser, ordered by id. */
char **cap_catalogue_list_libraries (CapCatalogue *self, const char *recogniser);

/* While a model is in use, its files stay. Each call needs a call of unuse(). */
void cap_catalogue_use (CapCatalogue *self, const char *id);
void cap_catalogue_unuse (CapCatalogue *self, const char *id);
gboolean cap_catalogue_is_used (CapCatalogue *self, const char *id);

/* Remembers whether the files of the installed model are damaged. Emits ::changed if
 * that is news. */
void cap_catalogue_set_damaged (CapCatalogue *self, const char *id, gboolean damaged);

G_END_DECLS
