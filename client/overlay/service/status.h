/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "common/state.h"

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CAP_STATUS_QUIET,   /* all is well: only @remote_host is worth showing */
  CAP_STATUS_WORKING, /* starting, connecting, reconnecting */
  CAP_STATUS_WAITING, /* for the source, for words, for the user to go on */
  CAP_STATUS_FAILED,
} CapStatusKind;

/* What the overlay says about itself besides captions. Knows no widgets.
 * Texts are translated. */
typedef struct
{
  CapStatusKind kind;
  char *sentence;      /* one clean line: what it is, and what to do; "" when quiet */
  char *remote_host;   /* where speech goes; "" when it stays here */
  const char *icon;    /* symbolic icon's name */
  gboolean can_retry;  /* Retry may help */
  gboolean to_settings; /* the settings dialog may help */
} CapStatus;

/* @silent: no segment has come yet in this stream. */
CapStatus *cap_status_new (const CapState *state, gboolean silent);
void cap_status_free (CapStatus *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapStatus, cap_status_free)

G_END_DECLS
