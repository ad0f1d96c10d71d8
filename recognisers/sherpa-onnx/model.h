/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "sherpa-onnx/sherpa-api.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The files and facts of a model, from the settings of its catalogue entry. */
typedef struct
{
  const char *type;  /* "transducer", "paraformer", "zipformer2-ctc", "nemo-ctc" or "t-one-ctc" */
  char *encoder, *decoder, *joiner, *model, *tokens; /* absolute paths; NULL if the type has none */
  char *model_type;  /* of transducers, such as "zipformer2", or NULL if the file says it */
  guint rate;        /* Hz */
  gboolean capitals; /* its tokens have no small letters */
  gboolean takes_language; /* it has to be told the language of each stream */
} CapSherpaModel;

/* Checks all that can be checked without the library, which ends the process if it is
 * not satisfied. Fails with a sentence for people.
 * @folder: absolute path, or NULL if captiond named none.
 * @settings: char * to char *: Type, Encoder, Decoder, Joiner, Model, Tokens, ModelType,
 * Rate, TakesLanguage. Names of files are relative to the folder and stay below it. */
CapSherpaModel *cap_sherpa_model_new (const char *folder, GHashTable *settings, GError **error);
void cap_sherpa_model_free (CapSherpaModel *self);

/* @config: valid as long as the model. */
void cap_sherpa_model_configure (CapSherpaModel *self, guint threads, SherpaConfig *config);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapSherpaModel, cap_sherpa_model_free)

G_END_DECLS
