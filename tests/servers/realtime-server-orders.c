/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* Orders that the server reads from its standard input while it runs, one a line:
 *
 *   behave NAME         changes the behaviour, for open sessions too
 *   close CODE [ERROR]  closes all sessions, after an error event with this code;
 *                       CODE 0 drops the connection without a close frame
 *   noise NAME          makes the noise of that behaviour in each session
 *   key KEY             accepts only this key from now on */

#include "servers/realtime-server.h"

#include <stdlib.h>

static gboolean
obey (Server *self, const char *order, const char *first, const char *second)
{
  const Behaviour *behaviour;

  if (g_str_equal (order, "behave"))
    return server_set_behaviour (self, first);
  if (g_str_equal (order, "close"))
    sessions_close (self, atoi (first), second);
  else if (g_str_equal (order, "key"))
    {
      g_free (self->key);
      self->key = g_strdup (first);
    }
  else if (g_str_equal (order, "noise") && (behaviour = behaviour_find (first)) != NULL)
    sessions_make_noise (self, behaviour->trick);
  else
    return FALSE;
  return TRUE;
}

gboolean
server_obey (Server *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 3);

  if (g_strv_length (words) < 2 || !obey (self, words[0], words[1], words[2]))
    {
      g_printerr ("realtime-server: unknown order: %s\n", line);
      return FALSE;
    }
  /* The log must never contain a key. */
  server_log (self, 0, "\"dir\":\"order\",\"order\":\"%s\"", words[0]);
  return TRUE;
}
