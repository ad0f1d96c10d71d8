/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "sound/pipewire-source.h"

#include <pipewire/pipewire.h>
#include <spa/utils/result.h>

typedef struct
{
  GSource source;

  struct pw_loop *loop;
} PipewireSource;

static gboolean
pipewire_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  PipewireSource *self = (PipewireSource *) source;
  int result = pw_loop_iterate (self->loop, 0);

  if (result < 0 && result != -EINTR)
    g_debug ("PipeWire loop: %s", spa_strerror (result));
  return G_SOURCE_CONTINUE;
}

static void
pipewire_source_finalize (GSource *source)
{
  PipewireSource *self = (PipewireSource *) source;

  pw_loop_leave (self->loop);
}

static GSourceFuncs pipewire_source_funcs = {
  NULL, NULL, pipewire_source_dispatch, pipewire_source_finalize, NULL, NULL,
};

GSource *
cap_pipewire_source_new (struct pw_loop *loop)
{
  g_return_val_if_fail (loop != NULL, NULL);

  GSource *source = g_source_new (&pipewire_source_funcs, sizeof (PipewireSource));
  PipewireSource *self = (PipewireSource *) source;

  self->loop = loop;
  pw_loop_enter (loop);
  g_source_set_static_name (source, "PipeWire");
  g_source_add_unix_fd (source, pw_loop_get_fd (loop), G_IO_IN | G_IO_ERR | G_IO_HUP);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}
