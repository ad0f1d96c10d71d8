/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "models/entry.h"
#include "base/file-read.h"
#include "dbus/error.h"

#include <string.h>
#include <sys/utsname.h>

#define GROUP "Model"
#define SETTINGS_GROUP "Settings"
#define FILE_PREFIX "File "

#define MAX_NAME_BYTES 100
#define MAX_LINE_BYTES 1024
#define MAX_LIST 64
#define MAX_FILES 32
#define MAX_STRIP 16
#define MAX_FILE_BYTES ((guint64) 8 << 30)
#define MAX_RANK 100
#define MAX_MEMORY ((guint64) 1 << 40)

/* The endings are those of the store's own folders. */
#define ID_PATTERN "^[a-z0-9][a-z0-9.-]{0,63}(?<!\\.old)(?<!\\.removed)$"
#define LANGUAGE_PATTERN "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"
#define FILE_PATTERN "^[A-Za-z0-9+_-][A-Za-z0-9.+_-]{0,127}$"

/* The names of the files that a download has beside itself. */
#define PART_PATTERN "\\.(part|etag)$"

/* One group of the file. Each function below returns FALSE with an error that names
 * the group and the key. */
typedef struct
{
  GKeyFile *file;
  const char *group;
  GError **error;
} Group;

/* private: values */

static gboolean
matches (const char *pattern, const char *text)
{
  return g_regex_match_simple (pattern, text, G_REGEX_DOLLAR_ENDONLY, 0);
}

static gboolean
refuse (const Group *group, const char *key, const char *why)
{
  g_set_error (group->error, CAP_ERROR, CAP_ERROR_INVALID_OPTION, "[%s] %s: %s", group->group, key, why);
  return FALSE;
}

static gboolean
is_line (const char *text, gsize max_bytes)
{
  if (strlen (text) > max_bytes || !g_utf8_validate (text, -1, NULL))
    return FALSE;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return FALSE;

  return TRUE;
}

static gboolean
has (const Group *group, const char *key)
{
  return g_key_file_has_key (group->file, group->group, key, NULL);
}

/* A missing value is the empty string. */
static gboolean
read_line (const Group *group, const char *key, gsize max_bytes, gboolean required, char **value)
{
  *value = g_key_file_get_string (group->file, group->group, key, NULL);
  if (*value == NULL)
    *value = g_strdup ("");
  g_strstrip (*value);
  if (required && **value == '\0')
    return refuse (group, key, "is missing");
  if (!is_line (*value, max_bytes))
    return refuse (group, key, "is too long, or contains control characters");

  return TRUE;
}

static gboolean
read_word (const Group *group, const char *key, char **value)
{
  return read_line (group, key, MAX_NAME_BYTES, TRUE, value)
         && (cap_model_entry_is_id (*value) || refuse (group, key, "must be a word like sherpa-onnx"));
}

/* @pattern: for each word of the list, or NULL. A missing list is empty. */
static gboolean
read_list (const Group *group, const char *key, const char *pattern, char ***value)
{
  *value = g_key_file_get_string_list (group->file, group->group, key, NULL, NULL);
  if (*value == NULL)
    *value = g_new0 (char *, 1);
  if (g_strv_length (*value) > MAX_LIST)
    return refuse (group, key, "has more than 64 values");

  for (char **word = *value; *word != NULL; word++)
    {
      g_strstrip (*word);
      if (**word == '\0' || !is_line (*word, MAX_LINE_BYTES)
          || (pattern != NULL && !matches (pattern, *word)))
        return refuse (group, key, "has a value that is not valid");
    }

  return TRUE;
}

static gboolean
read_number (const Group *group, const char *key, guint64 least, guint64 most, guint64 *value)
{
  g_autofree char *text = NULL;

  if (!read_line (group, key, MAX_NAME_BYTES, FALSE, &text))
    return FALSE;
  if (*text == '\0' && least == 0)
    {
      *value = 0;
      return TRUE;
    }

  return g_ascii_string_to_unsigned (text, 10, least, most, value, NULL)
         || refuse (group, key, "must be a whole number within its limits");
}

static gboolean
read_flag (const Group *group, const char *key, gboolean *value)
{
  GError *error = NULL;

  *value = has (group, key) && g_key_file_get_boolean (group->file, group->group, key, &error);
  if (error == NULL)
    return TRUE;

  g_error_free (error);
  return refuse (group, key, "must be true or false");
}

static gboolean
read_per_cent (const Group *group, const char *key, double *value)
{
  *value = -1;
  if (!has (group, key))
    return TRUE;

  *value = g_key_file_get_double (group->file, group->group, key, NULL);
  return (*value > 0 && *value <= 100) || refuse (group, key, "must be a number up to 100");
}

static gboolean
is_address (const char *text)
{
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);

  return uri != NULL && g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0'
         && g_uri_get_userinfo (uri) == NULL
         && (g_str_equal (g_uri_get_scheme (uri), "https") || g_str_equal (g_uri_get_scheme (uri), "http"));
}

static gboolean
read_address (const Group *group, const char *key, gboolean required, char **value)
{
  return read_line (group, key, MAX_LINE_BYTES, required, value)
         && (**value == '\0' || is_address (*value) || refuse (group, key, "must be an https address"));
}

/* private: files */

static void
file_free (gpointer data)
{
  CapModelFile *self = data;

  g_free (self->name);
  g_strfreev (self->addresses);
  g_free (self->sha256);
  g_strfreev (self->keep);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapModelFile, file_free)

static gboolean
read_sha256 (const Group *group, CapModelFile *file)
{
  if (!read_line (group, "SHA256", MAX_NAME_BYTES, TRUE, &file->sha256))
    return FALSE;
  if (!matches ("^[0-9a-fA-F]{64}$", file->sha256))
    return refuse (group, "SHA256", "must be 64 hexadecimal digits");

  for (char *digit = file->sha256; *digit != '\0'; digit++)
    *digit = g_ascii_tolower (*digit);
  return TRUE;
}

static gboolean
read_addresses (const Group *group, CapModelFile *file)
{
  if (!read_list (group, "Address", NULL, &file->addresses))
    return FALSE;
  if (file->addresses[0] == NULL)
    return refuse (group, "Address", "is missing");

  for (char **address = file->addresses; *address != NULL; address++)
    if (!is_address (*address))
      return refuse (group, "Address", "must be https addresses");

  return TRUE;
}

static gboolean
check_file_name (const Group *group, const char *name)
{
  if (matches (FILE_PATTERN, name) && !matches (PART_PATTERN, name)
      && !g_str_equal (name, CAP_MODEL_ENTRY_NAME) && !g_str_equal (name, CAP_MODEL_MANIFEST_NAME))
    return TRUE;

  return refuse (group, name, "is not a name that a file of a model may have");
}

static CapModelFile *
read_file (const Group *group, char **architecture)
{
  g_autoptr (CapModelFile) file = g_new0 (CapModelFile, 1);
  guint64 strip = 0;

  file->name = g_strdup (group->group + strlen (FILE_PREFIX));
  if (!check_file_name (group, file->name)
      || !read_addresses (group, file)
      || !read_number (group, "Size", 1, MAX_FILE_BYTES, &file->size)
      || !read_sha256 (group, file)
      || !read_flag (group, "Unpack", &file->unpack)
      || !read_number (group, "Strip", 0, MAX_STRIP, &strip)
      || !read_list (group, "Keep", NULL, &file->keep)
      || !read_line (group, "Architecture", MAX_NAME_BYTES, FALSE, architecture))
    return NULL;
  if (**architecture != '\0' && !g_str_equal (*architecture, "x86_64")
      && !g_str_equal (*architecture, "aarch64"))
    {
      refuse (group, "Architecture", "must be x86_64 or aarch64");
      return NULL;
    }

  file->strip = strip;
  return g_steal_pointer (&file);
}

/* A model needs files for this machine if it has files for any machine in particular. */
static gboolean
read_files (CapModelEntry *self, GKeyFile *key_file, const char *machine, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (key_file, NULL);
  gboolean picky = FALSE, served = FALSE;
  guint n_files = 0;

  for (char **name = groups; *name != NULL; name++)
    {
      const Group group = { key_file, *name, error };
      g_autoptr (CapModelFile) file = NULL;
      g_autofree char *architecture = NULL;

      if (!g_str_has_prefix (*name, FILE_PREFIX))
        continue;
      if (++n_files > MAX_FILES)
        return refuse (&group, "Address", "more than 32 files");
      file = read_file (&group, &architecture);
      if (file == NULL)
        return FALSE;
      picky = picky || *architecture != '\0';
      served = served || g_str_equal (architecture, machine);
      if (*architecture == '\0' || g_str_equal (architecture, machine))
        g_ptr_array_add (self->files, g_steal_pointer (&file));
    }

  self->fits = self->files->len > 0 && (served || !picky);
  if (n_files > 0)
    return TRUE;
  g_set_error_literal (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION, "[File NAME]: there is no file to download");
  return FALSE;
}

/* private: groups */

static gboolean
read_kind (CapModelEntry *self, const Group *group)
{
  g_autofree char *kind = NULL;

  if (!read_line (group, "Kind", MAX_NAME_BYTES, FALSE, &kind))
    return FALSE;

  self->kind = g_str_equal (kind, "library") ? CAP_MODEL_KIND_LIBRARY : CAP_MODEL_KIND_MODEL;
  return *kind == '\0' || g_str_equal (kind, "library") || g_str_equal (kind, "model")
         || refuse (group, "Kind", "must be model or library");
}

static gboolean
read_languages (CapModelEntry *self, const Group *group)
{
  if (!read_list (group, "Languages", LANGUAGE_PATTERN, &self->languages))
    return FALSE;

  return self->languages[0] != NULL || self->kind == CAP_MODEL_KIND_LIBRARY
         || refuse (group, "Languages", "is missing");
}

static gboolean
read_model (CapModelEntry *self, GKeyFile *file, GError **error)
{
  const Group group = { file, GROUP, error };

  return read_line (&group, "Name", MAX_NAME_BYTES, TRUE, &self->name)
         && read_kind (self, &group)
         && read_languages (self, &group)
         && read_word (&group, "Recogniser", &self->recogniser)
         && read_word (&group, "Form", &self->form)
         && read_list (&group, "Needs", ID_PATTERN, &self->needs)
         && read_line (&group, "License", MAX_NAME_BYTES, TRUE, &self->license)
         && read_address (&group, "LicenseAddress", TRUE, &self->license_address)
         && read_line (&group, "Attribution", MAX_LINE_BYTES, FALSE, &self->attribution)
         && read_line (&group, "Notice", MAX_LINE_BYTES, FALSE, &self->notice)
         && read_number (&group, "Rank", 0, MAX_RANK, &self->rank)
         && read_number (&group, "Memory", 0, MAX_MEMORY, &self->memory)
         && read_flag (&group, "Case", &self->has_case)
         && read_flag (&group, "Punctuation", &self->punctuation)
         && read_flag (&group, "Streams", &self->streams)
         && read_per_cent (&group, "WordErrors", &self->word_errors)
         && read_address (&group, "WordErrorsSource", FALSE, &self->word_errors_source)
         && read_line (&group, "WordErrorsOn", MAX_LINE_BYTES, FALSE, &self->word_errors_on);
}

static gboolean
read_settings (CapModelEntry *self, GKeyFile *file, GError **error)
{
  const Group group = { file, SETTINGS_GROUP, error };
  g_auto (GStrv) keys = g_key_file_get_keys (file, SETTINGS_GROUP, NULL, NULL);
  g_auto (GVariantBuilder) settings = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));

  if (keys != NULL && g_strv_length (keys) > MAX_LIST)
    return refuse (&group, keys[0], "more than 64 settings");

  for (char **key = keys; key != NULL && *key != NULL; key++)
    {
      g_autofree char *value = NULL;

      if (!read_line (&group, *key, MAX_LINE_BYTES, FALSE, &value))
        return FALSE;
      g_variant_builder_add (&settings, "{ss}", *key, value);
    }

  self->settings = g_variant_ref_sink (g_variant_builder_end (&settings));
  return TRUE;
}

/* private: lifecycle */

static void
clear (gpointer data)
{
  CapModelEntry *self = data;

  g_free (self->id);
  g_free (self->name);
  g_strfreev (self->languages);
  g_free (self->recogniser);
  g_free (self->form);
  g_strfreev (self->needs);
  g_free (self->license);
  g_free (self->license_address);
  g_free (self->attribution);
  g_free (self->notice);
  g_free (self->word_errors_source);
  g_free (self->word_errors_on);
  g_ptr_array_unref (self->files);
  g_clear_pointer (&self->settings, g_variant_unref);
  g_bytes_unref (self->text);
}

static GKeyFile *
parse (GBytes *text, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  GError *cause = NULL;

  if (g_bytes_get_size (text) <= CAP_MODEL_ENTRY_BYTES
      && g_key_file_load_from_bytes (file, text, G_KEY_FILE_NONE, &cause))
    return g_steal_pointer (&file);

  g_set_error (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION, "[%s]: the file cannot be read: %s", GROUP,
               cause != NULL ? cause->message : "it is too long");
  g_clear_error (&cause);
  return NULL;
}

/* public functions */

gboolean
cap_model_entry_is_id (const char *id)
{
  g_return_val_if_fail (id != NULL, FALSE);

  return matches (ID_PATTERN, id);
}

CapModelEntry *
cap_model_entry_new (const char *id, GBytes *text, const char *machine, GError **error)
{
  g_autoptr (CapModelEntry) self = NULL;
  g_autoptr (GKeyFile) file = NULL;
  struct utsname here;

  g_return_val_if_fail (id != NULL, NULL);
  g_return_val_if_fail (text != NULL, NULL);

  if (!cap_model_entry_is_id (id))
    {
      g_set_error_literal (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION,
                           "[" GROUP "]: the name of the file is not a valid id");
      return NULL;
    }

  if (machine == NULL)
    machine = uname (&here) == 0 ? here.machine : "";
  self = g_atomic_rc_box_new0 (CapModelEntry);
  self->id = g_strdup (id);
  self->text = g_bytes_ref (text);
  self->files = g_ptr_array_new_with_free_func (file_free);
  file = parse (text, error);
  if (file == NULL || !read_model (self, file, error) || !read_files (self, file, machine, error)
      || !read_settings (self, file, error))
    return NULL;

  return g_steal_pointer (&self);
}

CapModelEntry *
cap_model_entry_ref (CapModelEntry *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

void
cap_model_entry_unref (CapModelEntry *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear);
}

CapModelEntry *
cap_model_entry_load (const char *path, const char *id, GError **error)
{
  g_autofree char *name = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize length;
  char *text;

  g_return_val_if_fail (path != NULL, NULL);

  name = g_path_get_basename (path);
  if (g_str_has_suffix (name, ".model"))
    name[strlen (name) - strlen (".model")] = '\0';
  text = cap_file_read (path, CAP_MODEL_ENTRY_BYTES, &length, error);
  if (text == NULL)
    return NULL;

  bytes = g_bytes_new_take (text, length);
  return cap_model_entry_new (id != NULL ? id : name, bytes, NULL, error);
}

guint64
cap_model_entry_get_download_size (CapModelEntry *self)
{
  guint64 size = 0;

  g_return_val_if_fail (self != NULL, 0);

  for (guint i = 0; i < self->files->len; i++)
    size += ((CapModelFile *) g_ptr_array_index (self->files, i))->size;
  return size;
}
