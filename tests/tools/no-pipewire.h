/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

/* The test finds no audio server. Without realtime threads: PipeWire 0.3.65 frees what
 * such a thread reads when the graph ends before the thread has begun. */
static inline void
no_pipewire (void)
{
  g_setenv ("PIPEWIRE_REMOTE", "captiond-test-nobody", TRUE);
  g_setenv ("PIPEWIRE_CONFIG_NAME", "client.conf", TRUE);
}
