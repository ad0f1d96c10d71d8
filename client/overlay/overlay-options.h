/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CAP_OVERLAY_OPTIONS_ERROR (cap_overlay_options_error_quark ())
GQuark cap_overlay_options_error_quark (void);

typedef enum
{
  CAP_OVERLAY_ACTIVATE, /* activate @action with the parameter @value */
  CAP_OVERLAY_CHANGE,   /* change the state of @action to @value */
  CAP_OVERLAY_PRINT,    /* print @text */
  CAP_OVERLAY_SERVE,    /* run as a service, which the bus started */
} CapOverlayCommand;

/* A parsed command line. Actions are those of the application. */
typedef struct
{
  CapOverlayCommand command;
  const char *action;
  GVariant *value; /* parameter or state of the action; NULL for none */
  char *text;
} CapOverlayOptions;

/* @arguments: NULL-terminated, beginning with the name of the program; not changed.
 * Returns NULL and sets an error with a single line for people. */
CapOverlayOptions *cap_overlay_options_new (char **arguments, GError **error);
void cap_overlay_options_free (CapOverlayOptions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapOverlayOptions, cap_overlay_options_free)

G_END_DECLS
