/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/transcript/export-cues.h"
#include "overlay/transcript/export.h"

#include <glib/gi18n.h>

/* SRT has no escaping: players look for the arrow between times, and hide text that
 * looks like a tag, such as "<unk>" from engines. */
static void
replace_syntax (GString *words)
{
  g_string_replace (words, "-->", "→", 0);
  g_string_replace (words, "<", "‹", 0);
  g_string_replace (words, ">", "›", 0);
}

static char *
compose (GListModel *entries)
{
  g_autoptr (GPtrArray) cues = cap_cues_new (entries);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < cues->len; i++)
    {
      const CapCue *cue = cues->pdata[i];
      g_autoptr (GString) words = g_string_new (NULL);

      if (cue->first && *cue->speaker != '\0')
        g_string_append_printf (words, "%s: ", cue->speaker);
      g_string_append (words, cue->text);
      replace_syntax (words);

      g_string_append_printf (text, "%s%u\n", i > 0 ? "\n" : "", i + 1);
      cap_cue_append_times (cue, ',', text);
      g_string_append_printf (text, "\n%s\n", words->str);
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

const CapExport cap_export_srt = {
  .name = N_("Subtitles (SRT)"),
  .extension = "srt",
  .compose = compose,
};
