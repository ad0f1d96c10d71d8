/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/overlay-options.h"
#include "common/stream-path.h"

#include <glib/gi18n.h>

G_DEFINE_QUARK (cap-overlay-options-error-quark, cap_overlay_options_error)

/* A switch, and the action that it stands for. */
typedef struct
{
  const char *name;
  const char *action;
  enum
  {
    NO_STATE,
    STATE_OFF,
    STATE_ON,
  } state;
  const char *summary;
} Switch;

static const Switch switches[] = {
  { "show", "show", NO_STATE, N_("Show captions (the default)") },
  { "hide", "hide", NO_STATE, N_("Hide captions and stop listening") },
  { "toggle", "toggle", NO_STATE, N_("Show captions if they are hidden; otherwise hide them") },
  { "lock", "lock", STATE_ON, N_("Let clicks pass through the captions") },
  { "unlock", "lock", STATE_OFF, N_("Let the captions be moved, and show their buttons") },
  { "pause", "pause", STATE_ON, N_("Pause the captions") },
  { "resume", "pause", STATE_OFF, N_("Resume paused captions") },
  { "settings", "settings", NO_STATE, N_("Open the settings") },
  { "history", "history", NO_STATE, N_("Open the transcript") },
  { "quit", "quit", NO_STATE, N_("Quit and discard the transcript") },
};

/* The values that GOption sets. */
typedef struct
{
  gboolean switched[G_N_ELEMENTS (switches)];
  char *join;
  gboolean help, version, service;
} Given;

static void
given_clear (Given *given)
{
  g_free (given->join);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Given, given_clear)

/* GOption would print the help and end the program. */
static GOptionContext *
context_new (Given *given)
{
  const GOptionEntry others[] = {
    /* A file name arrives as it was typed; GOption refuses a string that is not
     * valid in the locale. */
    { "join", 'j', 0, G_OPTION_ARG_FILENAME, &given->join,
      N_("Show the captions of a running stream; see captionctl status"), N_("STREAM") },
    { "version", 0, 0, G_OPTION_ARG_NONE, &given->version, N_("Show the version"), NULL },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &given->help, N_("Show this help"), NULL },
    { "gapplication-service", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &given->service, NULL, NULL },
    { NULL }
  };
  GOptionEntry entries[G_N_ELEMENTS (switches) + 1] = { 0 };
  GOptionContext *context = g_option_context_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (switches); i++)
    entries[i] = (GOptionEntry) { switches[i].name, 0, 0, G_OPTION_ARG_NONE, &given->switched[i],
                                  switches[i].summary, NULL };

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_summary (context, N_("Shows live captions on the screen."));
  g_option_context_set_description (context, N_("Only one overlay runs at a time. If it is already running, "
                                                "it carries out the command."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, others, GETTEXT_PACKAGE);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  return context;
}

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, CAP_OVERLAY_OPTIONS_ERROR, 0, message);
  return FALSE;
}

static gboolean
choose_switch (CapOverlayOptions *self, const Given *given, GError **error)
{
  const char *chosen = given->join != NULL ? "join" : NULL;

  for (guint i = 0; i < G_N_ELEMENTS (switches); i++)
    {
      if (!given->switched[i])
        continue;
      if (chosen != NULL)
        {
          g_set_error (error, CAP_OVERLAY_OPTIONS_ERROR, 0, _("--%s and --%s cannot be used together"),
                       chosen, switches[i].name);
          return FALSE;
        }

      chosen = switches[i].name;
      self->action = switches[i].action;
      if (switches[i].state == NO_STATE)
        continue;
      self->command = CAP_OVERLAY_CHANGE;
      self->value = g_variant_ref_sink (g_variant_new_boolean (switches[i].state == STATE_ON));
    }

  return TRUE;
}

static gboolean
choose_stream (CapOverlayOptions *self, const char *stream, GError **error)
{
  g_autofree char *path = cap_stream_path_parse (stream);

  if (path == NULL)
    return fail (error, _("--join needs the number or the object path of a stream"));

  self->action = "join";
  self->value = g_variant_ref_sink (g_variant_new_string (path));
  return TRUE;
}

static gboolean
choose (CapOverlayOptions *self, const Given *given, GOptionContext *context, GError **error)
{
  if (given->help || given->version)
    {
      self->command = CAP_OVERLAY_PRINT;
      self->text = given->help ? g_option_context_get_help (context, TRUE, NULL)
                               : g_strdup ("captiond-overlay " CAPTIOND_VERSION "\n");
      return TRUE;
    }

  if (!choose_switch (self, given, error))
    return FALSE;
  if (given->service && (self->action != NULL || given->join != NULL))
    return fail (error, _("--gapplication-service cannot be combined with other options"));
  if (given->service)
    self->command = CAP_OVERLAY_SERVE;

  return given->join == NULL || choose_stream (self, given->join, error);
}

static gboolean
parse (GOptionContext *context, char **arguments, GError **error)
{
  g_auto (GStrv) rest = g_strdupv (arguments);
  g_autoptr (GError) cause = NULL;

  if (!g_option_context_parse_strv (context, &rest, &cause))
    return fail (error, cause->message);

  if (g_strv_length (rest) > 1)
    {
      g_set_error (error, CAP_OVERLAY_OPTIONS_ERROR, 0, _("Unexpected argument “%s”"), rest[1]);
      return FALSE;
    }

  return TRUE;
}

CapOverlayOptions *
cap_overlay_options_new (char **arguments, GError **error)
{
  g_autoptr (CapOverlayOptions) self = g_new0 (CapOverlayOptions, 1);
  g_auto (Given) given = { 0 };
  g_autoptr (GOptionContext) context = context_new (&given);

  self->command = CAP_OVERLAY_ACTIVATE;
  if (!parse (context, arguments, error) || !choose (self, &given, context, error))
    return NULL;

  if (self->action == NULL)
    self->action = "show";
  return g_steal_pointer (&self);
}

void
cap_overlay_options_free (CapOverlayOptions *self)
{
  g_clear_pointer (&self->value, g_variant_unref);
  g_free (self->text);
  g_free (self);
}
