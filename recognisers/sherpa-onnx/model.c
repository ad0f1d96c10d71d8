/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "sherpa-onnx/model.h"

#include "sherpa-onnx/casing.h"

#include <string.h>

#define DEFAULT_RATE 16000
#define T_ONE_RATE 8000
#define LARGEST_TOKENS (16 * 1024 * 1024)
#define MOST_TOKENS 1000000

/* types */

enum
{
  FILE_ENCODER = 1 << 0,
  FILE_DECODER = 1 << 1,
  FILE_JOINER = 1 << 2,
  FILE_MODEL = 1 << 3,
};

static const struct
{
  const char *name;
  guint files;
} types[] = {
  { "transducer", FILE_ENCODER | FILE_DECODER | FILE_JOINER },
  { "paraformer", FILE_ENCODER | FILE_DECODER },
  { "zipformer2-ctc", FILE_MODEL },
  { "nemo-ctc", FILE_MODEL },
  { "t-one-ctc", FILE_MODEL },
};

static guint
find_type (const char *name)
{
  guint i = 0;

  while (i < G_N_ELEMENTS (types) && g_strcmp0 (types[i].name, name) != 0)
    i++;
  return i;
}

static gboolean
is_type (CapSherpaModel *self, const char *name)
{
  return g_str_equal (self->type, name);
}

/* settings */

static gboolean
stays_below (const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, "/", -1);

  return *name != '\0' && *name != '/' && !g_strv_contains ((const char *const *) parts, "..");
}

/* FALSE, with an error, if the setting is missing or names no file in @folder. */
static gboolean
read_file (const char *folder, GHashTable *settings, const char *key, char **path, GError **error)
{
  const char *name = g_hash_table_lookup (settings, key);

  if (name == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "The model's entry has no line %s=, which its type needs. Correct the entry, or choose "
                   "another model.", key);
      return FALSE;
    }
  if (!stays_below (name))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "The line %s= of the model's entry names a file outside of the model's folder. Correct the "
                   "entry, or choose another model.", key);
      return FALSE;
    }

  *path = g_build_filename (folder, name, NULL);
  if (g_file_test (*path, G_FILE_TEST_IS_REGULAR))
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               "The model's file %s is missing. Remove the model, and install it again.", *path);
  return FALSE;
}

static gboolean
read_files (CapSherpaModel *self, const char *folder, GHashTable *settings, guint files, GError **error)
{
  return (!(files & FILE_ENCODER) || read_file (folder, settings, "Encoder", &self->encoder, error))
         && (!(files & FILE_DECODER) || read_file (folder, settings, "Decoder", &self->decoder, error))
         && (!(files & FILE_JOINER) || read_file (folder, settings, "Joiner", &self->joiner, error))
         && (!(files & FILE_MODEL) || read_file (folder, settings, "Model", &self->model, error))
         && read_file (folder, settings, "Tokens", &self->tokens, error);
}

static gboolean
read_rate (CapSherpaModel *self, GHashTable *settings, GError **error)
{
  const char *text = g_hash_table_lookup (settings, "Rate");
  guint64 rate = is_type (self, "t-one-ctc") ? T_ONE_RATE : DEFAULT_RATE;

  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, 8000, 48000, &rate, NULL))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           "The line Rate= of the model's entry is not a number from 8000 to 48000. Correct the "
                           "entry, or choose another model.");
      return FALSE;
    }

  self->rate = rate;
  return TRUE;
}

/* the list of tokens */

static gboolean
refuse_tokens (CapSherpaModel *self, const char *fault, GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               "The model's list of tokens %s cannot be used: %s. Remove the model, and install it again.",
               self->tokens, fault);
  return FALSE;
}

/* Each line has a token and its number, or only the number of the blank. FALSE for any
 * other line. */
static gboolean
read_token (const char *line, char **token, guint64 *number)
{
  g_autofree char *stripped = g_strstrip (g_strdup (line));
  gsize length = strcspn (stripped, " \t");
  char *rest = stripped + length;

  *token = NULL;
  if (*rest == '\0')
    return g_ascii_string_to_unsigned (stripped, 10, 0, MOST_TOKENS - 1, number, NULL);

  rest += strspn (rest, " \t");
  if (!g_ascii_string_to_unsigned (rest, 10, 0, MOST_TOKENS - 1, number, NULL))
    return FALSE;

  *token = g_strndup (stripped, length);
  return TRUE;
}

static gboolean
is_blank_token (const char *token)
{
  return g_str_equal (token, "<blk>") || g_str_equal (token, "<blank>") || g_str_equal (token, "<eps>");
}

/* A token in angle brackets is not text: <unk>, <sos/eos>, <0x0A>. */
static void
note_case (const char *token, gboolean *small, gboolean *capital)
{
  if (token[0] == '<' || !g_utf8_validate (token, -1, NULL))
    return;

  *small = *small || cap_casing_has_small (token);
  *capital = *capital || cap_casing_has_capital (token);
}

/* The library ends the process if a line has another form, if a CTC model has no blank,
 * and, later, if the model chooses a number that is missing. */
static gboolean
check_tokens (CapSherpaModel *self, char **lines, GError **error)
{
  gboolean blank = FALSE, small = FALSE, capital = FALSE;
  guint64 number, greatest = 0;
  guint n = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *token = NULL;

      if (*g_strchug (lines[i]) == '\0')
        continue;
      if (!read_token (lines[i], &token, &number))
        return refuse_tokens (self, "a line is not a token and its number", error);

      greatest = MAX (greatest, number);
      n++;
      if (token == NULL)
        continue;
      blank = blank || is_blank_token (token);
      note_case (token, &small, &capital);
    }

  if (greatest >= n)
    return refuse_tokens (self, "it is not complete", error);
  if (!blank && g_str_has_suffix (self->type, "ctc"))
    return refuse_tokens (self, "it has no blank token", error);

  self->capitals = capital && !small;
  return TRUE;
}

static gboolean
read_tokens (CapSherpaModel *self, GError **error)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  gsize length;

  if (!g_file_get_contents (self->tokens, &text, &length, error))
    return FALSE;
  if (length > LARGEST_TOKENS)
    return refuse_tokens (self, "it is too large", error);
  if (strlen (text) != length)
    return refuse_tokens (self, "it is not text", error);

  lines = g_strsplit (text, "\n", -1);
  return check_tokens (self, lines, error);
}

/* public */

CapSherpaModel *
cap_sherpa_model_new (const char *folder, GHashTable *settings, GError **error)
{
  g_autoptr (CapSherpaModel) self = g_new0 (CapSherpaModel, 1);
  guint type;

  g_return_val_if_fail (settings != NULL, NULL);

  if (folder == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                           "sherpa-onnx needs a model. Install one: “captionctl model list” shows them.");
      return NULL;
    }
  type = find_type (g_hash_table_lookup (settings, "Type"));
  if (type == G_N_ELEMENTS (types))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           "The model's type is not one that captiond reads with sherpa-onnx: transducer, "
                           "paraformer, zipformer2-ctc, nemo-ctc and t-one-ctc. Choose another model.");
      return NULL;
    }

  self->type = types[type].name;
  self->model_type = g_strdup (g_hash_table_lookup (settings, "ModelType"));
  self->takes_language = g_strcmp0 (g_hash_table_lookup (settings, "TakesLanguage"), "true") == 0;
  if (!read_files (self, folder, settings, types[type].files, error) || !read_rate (self, settings, error)
      || !read_tokens (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
cap_sherpa_model_free (CapSherpaModel *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->encoder);
  g_free (self->decoder);
  g_free (self->joiner);
  g_free (self->model);
  g_free (self->tokens);
  g_free (self->model_type);
  g_free (self);
}

void
cap_sherpa_model_configure (CapSherpaModel *self, guint threads, SherpaConfig *config)
{
  g_return_if_fail (self != NULL && config != NULL);

  *config = (SherpaConfig){
    .features = { .sample_rate = self->rate, .feature_dim = 80 },
    .model.tokens = self->tokens,
    .model.model_type = self->model_type,
    .model.num_threads = MAX (threads, 1),
    .model.provider = "cpu",
    .decoding_method = "greedy_search",
  };
  if (is_type (self, "transducer"))
    {
      config->model.transducer.encoder = self->encoder;
      config->model.transducer.decoder = self->decoder;
      config->model.transducer.joiner = self->joiner;
    }
  else if (is_type (self, "paraformer"))
    {
      config->model.paraformer.encoder = self->encoder;
      config->model.paraformer.decoder = self->decoder;
    }
  else if (is_type (self, "zipformer2-ctc"))
    config->model.zipformer2_ctc = self->model;
  else if (is_type (self, "nemo-ctc"))
    config->model.nemo_ctc = self->model;
  else
    config->model.t_one_ctc = self->model;
}
