/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CAP_OVERLAY_OPTIONS_ERROR (cap_overlay_options_error_quark ())
GQuark cap_overlay_options_error_quark (void);

typedef enum
{
  CAP_OVERLAY_ACTIVATE, /* the action, with the parameter */
  CAP_OVERLAY_CHANGE,   /* the state of the action */
  CAP_OVERLAY_PRINT,    /* the text */
  CAP_OVERLAY_SERVE,    /* what comes over the bus, which started us */
} CapOverlayCommand;

/* What the command line asks for. Actions are those of the application. */
typedef struct
{
  CapOverlayCommand command;
  const char *action;
  GVariant *value; /* its parameter or state; NULL for none */
  char *text;
} CapOverlayOptions;

/* @arguments: ended by NULL, the first is the program's name; they are left as
 * they are. NULL with an error that is one line for people. */
CapOverlayOptions *cap_overlay_options_new (char **arguments, GError **error);
void cap_overlay_options_free (CapOverlayOptions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapOverlayOptions, cap_overlay_options_free)

G_END_DECLS
