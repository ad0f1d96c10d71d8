/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "local/recogniser.h"
#include "base/file-read.h"

#include "dbus/error.h"

#include <string.h>

#define GROUP "Recogniser"
#define SUFFIX ".recogniser"
#define LONGEST_ID 32
#define LONGEST_TEXT 256
#define LONGEST_FILE 65536
#define MOST_ITEMS 256

/* reading */

static char *
read_id (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);

  if (g_str_has_suffix (base, SUFFIX))
    base[strlen (base) - strlen (SUFFIX)] = '\0';
  if (strlen (base) > LONGEST_ID || !g_ascii_islower (base[0])
      || strspn (base, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen (base))
    return NULL;

  return g_steal_pointer (&base);
}

static char *
read_text (GKeyFile *file, const char *key)
{
  char *text = g_key_file_get_locale_string (file, GROUP, key, NULL, NULL);

  if (text == NULL || *text == '\0' || strlen (text) > LONGEST_TEXT)
    g_clear_pointer (&text, g_free);
  return text;
}

/* Never NULL. */
static char **
read_list (GKeyFile *file, const char *key)
{
  gsize n = 0;
  char **list = g_key_file_get_string_list (file, GROUP, key, &n, NULL);

  if (n > MOST_ITEMS)
    g_clear_pointer (&list, g_strfreev);
  return list != NULL ? list : g_new0 (char *, 1);
}

static gboolean
refuse (const char *path, const char *what, GError **error)
{
  g_set_error (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION, "The recogniser file %s is left out: %s.",
               path, what);
  return FALSE;
}

/* A program without a folder stands beside its file, or beside captiond's own programs. */
static gboolean
read_program (CapRecogniser *self, GKeyFile *file, const char *path, GError **error)
{
  g_autofree char *line = g_key_file_get_string (file, GROUP, "Program", NULL);

  if (line == NULL || !g_shell_parse_argv (line, NULL, &self->argv, NULL))
    return refuse (path, "its line Program names no program", error);

  if (strchr (self->argv[0], '/') == NULL)
    {
      g_autofree char *folder = g_path_get_dirname (path);
      char *beside = g_build_filename (folder, self->argv[0], NULL);
      gboolean exists = g_file_test (beside, G_FILE_TEST_EXISTS);
      char *other = g_build_filename (LIBEXECDIR, self->argv[0], NULL);

      g_free (self->argv[0]);
      self->argv[0] = exists ? beside : other;
      g_free (exists ? other : beside);
    }
  return g_path_is_absolute (self->argv[0]) || refuse (path, "its program has a relative path", error);
}

static gboolean
read_numbers (CapRecogniser *self, GKeyFile *file, const char *path, GError **error)
{
  g_autoptr (GError) fault = NULL;

  self->word_errors = -1;
  self->shared = g_key_file_get_boolean (file, GROUP, "Shared", NULL);
  self->streams = g_key_file_get_boolean (file, GROUP, "Streams", NULL);
  self->rank = CLAMP (g_key_file_get_integer (file, GROUP, "Rank", NULL), 0, 100);
  if (!g_key_file_has_key (file, GROUP, "WordErrors", NULL))
    return TRUE;

  self->word_errors = g_key_file_get_double (file, GROUP, "WordErrors", &fault);
  if (fault != NULL || !(self->word_errors >= 0 && self->word_errors <= 100))
    return refuse (path, "WordErrors is not a number from 0 to 100", error);

  return TRUE;
}

static gboolean
read_file (CapRecogniser *self, const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;
  gsize length;

  text = cap_file_read (path, LONGEST_FILE, &length, NULL);
  if (text == NULL || !g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, NULL))
    return refuse (path, "it cannot be read", error);

  self->id = read_id (path);
  if (self->id == NULL)
    return refuse (path, "its name may contain only small letters, digits and “-”", error);

  self->name = read_text (file, "Name");
  if (self->name == NULL)
    return refuse (path, "its line Name is missing or too long", error);

  self->license = read_text (file, "License");
  self->hint = read_text (file, "Hint");
  self->languages = read_list (file, "Languages");
  self->forms = read_list (file, "Models");
  self->needs = read_list (file, "Needs");
  if (*self->languages == NULL && *self->forms == NULL)
    return refuse (path, "it has neither Languages nor Models", error);

  return read_program (self, file, path, error) && read_numbers (self, file, path, error);
}

/* public */

CapRecogniser *
cap_recogniser_new_from_file (const char *path, GError **error)
{
  g_autoptr (CapRecogniser) self = g_new0 (CapRecogniser, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_return_val_if_fail (path != NULL, NULL);

  return read_file (self, path, error) ? g_steal_pointer (&self) : NULL;
}

CapRecogniser *
cap_recogniser_ref (CapRecogniser *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
cap_recogniser_unref (CapRecogniser *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->id);
  g_free (self->name);
  g_strfreev (self->argv);
  g_strfreev (self->languages);
  g_strfreev (self->forms);
  g_free (self->license);
  g_strfreev (self->needs);
  g_free (self->hint);
  g_free (self);
}

gboolean
cap_recogniser_check (CapRecogniser *self, GError **error)
{
  const char *missing = NULL;

  g_return_val_if_fail (self != NULL, FALSE);

  if (!g_file_test (self->argv[0], G_FILE_TEST_EXISTS))
    missing = self->argv[0];
  else if (!g_file_test (self->argv[0], G_FILE_TEST_IS_EXECUTABLE))
    {
      g_set_error (error, CAP_ERROR, CAP_ERROR_NOT_CONFIGURED,
                   "The program %s of the recogniser %s is not executable. To change that: chmod +x %s",
                   self->argv[0], self->name, self->argv[0]);
      return FALSE;
    }
  for (char **path = self->needs; missing == NULL && *path != NULL; path++)
    if (!g_file_test (*path, G_FILE_TEST_EXISTS))
      missing = *path;
  if (missing == NULL)
    return TRUE;

  g_set_error (error, CAP_ERROR, CAP_ERROR_NOT_CONFIGURED, "The recogniser %s needs the file %s, which is missing. %s",
               self->name, missing, self->hint != NULL ? self->hint : "Install the recogniser again.");
  return FALSE;
}

gboolean
cap_recogniser_reads (CapRecogniser *self, const char *form)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (form != NULL, FALSE);

  return g_strv_contains ((const char *const *) self->forms, form);
}
