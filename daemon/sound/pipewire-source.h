/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

struct pw_loop;

G_BEGIN_DECLS

/* Runs @loop in the thread-default main context; nothing else may run it from
 * then on. Returns the source, already attached. @loop must outlive it. */
GSource *cap_pipewire_source_new (struct pw_loop *loop);

G_END_DECLS
