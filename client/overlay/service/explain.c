/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/service/explain.h"
#include "common/bus.h"

#include <glib/gi18n.h>

static const struct
{
  GDBusError code;
  const char *sentence;
} explanations[] = {
  { G_DBUS_ERROR_SERVICE_UNKNOWN,
    N_("The caption service is not installed. Install the package captiond and log in again.") },
  { G_DBUS_ERROR_NAME_HAS_NO_OWNER,
    N_("The caption service ended unexpectedly. It is being restarted.") },
  { G_DBUS_ERROR_NO_REPLY,
    N_("The caption service ended unexpectedly. It is being restarted.") },
  { G_DBUS_ERROR_TIMED_OUT,
    N_("The caption service does not respond. Try again. If that does not help, log out and in again.") },
  { G_DBUS_ERROR_DISCONNECTED,
    N_("The connection to the desktop session was lost. Start the captions again.") },
  { G_DBUS_ERROR_ACCESS_DENIED,
    N_("This program may not use the caption service. Its sandbox must allow it.") },
  { G_DBUS_ERROR_UNKNOWN_METHOD,
    N_("The caption service is older than this program. Log out and in again to update it.") },
  { G_DBUS_ERROR_UNKNOWN_OBJECT,
    N_("These captions have ended.") },
};

static const char *
find_sentence (const GError *error)
{
  if (error->domain != G_DBUS_ERROR)
    return NULL;

  /* The bus has a range of codes for a program that it could not start. */
  if (error->code >= G_DBUS_ERROR_SPAWN_EXEC_FAILED && error->code <= G_DBUS_ERROR_SPAWN_NO_MEMORY)
    return N_("The caption service could not be started. For the cause, see: journalctl --user -u captiond");

  for (gsize i = 0; i < G_N_ELEMENTS (explanations); i++)
    if (error->code == (int) explanations[i].code)
      return explanations[i].sentence;

  return NULL;
}

void
cap_explain (GError *error)
{
  const char *sentence;

  g_return_if_fail (error != NULL);

  /* cap_bus_explain () maps the different errors that GIO makes of one failure to
   * one code. Its sentences are for the command line, and are replaced below. */
  cap_bus_explain (error);

  sentence = find_sentence (error);
  if (sentence == NULL)
    return;

  g_free (error->message);
  error->message = g_strdup (_(sentence));
}
