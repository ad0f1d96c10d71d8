/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/transcript/export-cues.h"
#include "overlay/transcript/export.h"

#include <glib/gi18n.h>

/* Escaping ">" also prevents "-->". */
static void
append_escaped (GString *text, const char *words)
{
  for (const char *p = words; *p != '\0'; p++)
    switch (*p)
      {
      case '&':
        g_string_append (text, "&amp;");
        break;
      case '<':
        g_string_append (text, "&lt;");
        break;
      case '>':
        g_string_append (text, "&gt;");
        break;
      default:
        g_string_append_c (text, *p);
      }
}

static char *
compose (GListModel *entries)
{
  g_autoptr (GPtrArray) cues = cap_cues_new (entries);
  g_autoptr (GString) text = g_string_new ("WEBVTT\n");

  for (guint i = 0; i < cues->len; i++)
    {
      const CapCue *cue = cues->pdata[i];

      g_string_append_c (text, '\n');
      cap_cue_append_times (cue, '.', text);
      g_string_append_c (text, '\n');
      if (*cue->speaker != '\0')
        {
          g_string_append (text, "<v ");
          append_escaped (text, cue->speaker);
          g_string_append_c (text, '>');
        }
      append_escaped (text, cue->text);
      g_string_append_c (text, '\n');
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

const CapExport cap_export_vtt = {
  .name = N_("Subtitles (WebVTT)"),
  .extension = "vtt",
  .compose = compose,
};
