/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "common/state.h"

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CAP_STATUS_QUIET,   /* no sentence; only @remote_host is worth showing */
  CAP_STATUS_WORKING, /* starting, connecting, reconnecting */
  CAP_STATUS_WAITING, /* for the source, for speech, or for the user */
  CAP_STATUS_FAILED,
} CapStatusKind;

/* The status that the overlay shows beside the captions. Texts are translated.
 * Independent of widgets. */
typedef struct
{
  CapStatusKind kind;
  char *sentence;      /* one clean line: what happened, and what to do; "" when quiet */
  char *remote_host;   /* host that speech is sent to; "" if it stays on this computer */
  const char *icon;    /* name of a symbolic icon */
  gboolean can_retry;  /* whether trying again may help */
  gboolean to_settings; /* whether the settings may help */
} CapStatus;

/* @silent: no segment has come in this stream yet. */
CapStatus *cap_status_new (const CapState *state, gboolean silent);
void cap_status_free (CapStatus *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapStatus, cap_status_free)

G_END_DECLS
