/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "whisper/whisper-api.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The library of whisper.cpp, with the parts of ggml that compute. */
typedef struct
{
  char *version;

  WhisperGetContextParams get_context_params;
  WhisperOpen open;
  WhisperClose close;
  WhisperIsMultilingual is_multilingual;
  WhisperGetLanguageId get_language_id;
  WhisperGetLanguageName get_language_name;
  WhisperGetEndOfText get_end_of_text;
  WhisperGetParams get_params;
  WhisperDecode decode;
  WhisperCount count_segments;
  WhisperCount get_language;
  WhisperCountTokens count_tokens;
  WhisperGetToken get_token;
  WhisperGetTokenText get_token_text;
  WhisperGetNoSpeech get_no_speech;

  WhisperGetVersion get_version;
  WhisperSetLog set_log;
  GgmlCountDevices count_devices;
  GgmlLoadAll load_all;
  GgmlLoadAllFrom load_all_from;
} CapWhisperLibrary;

/* The library that this program is linked with. If it is linked with none: the file or
 * folder that the environment variable WHISPER_LIBRARY names and no other; else @folders
 * and their folders lib/, /usr/lib/captiond, and the places of the dynamic linker. The
 * library's log is off, because it may contain speech. Fails with a sentence for people.
 * @folders: NULL-terminated. */
CapWhisperLibrary *cap_whisper_library_new (const char *const *folders, GError **error);

/* Leaves the library loaded, because it has threads of its own. */
void cap_whisper_library_free (CapWhisperLibrary *self);

/* Whether the declarations in whisper-api.h are those of @version, such as "1.8.5". */
gboolean cap_whisper_library_is_tried (const char *version);

/* Fills the functions in. Sets the folder of the library, or NULL if it is not known.
 * FALSE with an error. linked.c or loaded.c does it. */
gboolean cap_whisper_library_connect (CapWhisperLibrary *self, const char *const *folders, char **folder,
                                      GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapWhisperLibrary, cap_whisper_library_free)

G_END_DECLS
