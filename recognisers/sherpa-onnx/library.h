/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "sherpa-onnx/sherpa-api.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The library of sherpa-onnx, which users install; captiond is built without it. Only
 * versions that were tried are accepted, because the layout of its structures changes
 * without a change of its name. */
typedef struct
{
  gpointer handle, runtime; /* of dlopen(); runtime may be NULL */
  char *version;

  SherpaCreateRecognizer create_recognizer;
  SherpaDestroyRecognizer destroy_recognizer;
  SherpaCreateStream create_stream;
  SherpaSetStreamOption set_stream_option; /* NULL in versions without it */
  SherpaDestroyStream destroy_stream;
  SherpaAcceptWaveform accept_waveform;
  SherpaInputFinished input_finished;
  SherpaIsReady is_ready;
  SherpaDecode decode;
  SherpaGetResult get_result;
  SherpaDestroyResult destroy_result;
} CapSherpaLibrary;

/* Searches the file or folder of the environment variable SHERPA_ONNX_LIBRARY and no
 * other place if it is set; else @folders and their folders lib/, /usr/lib/captiond,
 * and the places of the dynamic linker. Fails with a sentence for people.
 * @folders: NULL-terminated. */
CapSherpaLibrary *cap_sherpa_library_new (const char *const *folders, GError **error);

/* Leaves the library loaded, because it has threads and handlers of its own. */
void cap_sherpa_library_free (CapSherpaLibrary *self);

/* Whether the layout in sherpa-api.h is that of @version, such as "1.13.8". */
gboolean cap_sherpa_library_is_tried (const char *version);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapSherpaLibrary, cap_sherpa_library_free)

G_END_DECLS
