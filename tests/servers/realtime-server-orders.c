/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* What the server is told on its standard input while it runs, a line each:
 *
 *   behave NAME         from now on, the open sessions too
 *   close CODE [ERROR]  all sessions, after an error event with this code; 0
 *                       only drops the line
 *   noise NAME          makes the noise of that behaviour in each session
 *   key KEY             the only one that is right from now on */

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
      g_printerr ("realtime-server: no such order: %s\n", line);
      return FALSE;
    }
  /* A key is logged nowhere. */
  server_log (self, 0, "\"dir\":\"order\",\"order\":\"%s\"", words[0]);
  return TRUE;
}
