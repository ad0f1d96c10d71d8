/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/model-progress.h"
#include "captionctl/model-list.h"
#include "captionctl/output.h"
#include "captionctl/variant-json.h"
#include "common/text.h"

#include <unistd.h>

#define BAR_WIDTH 20

/* private */

static const char *
name_stage (const char *stage)
{
  static const char *const names[][2] = {
    { "download", "downloading" },
    { "copy", "copying" },
    { "unpack", "unpacking" },
    { "store", "storing" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i][0], stage))
      return names[i][1];

  return stage;
}

static void
show_json (CapModelProgress *self, const char *stage, guint64 done, guint64 total)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) row = NULL;
  g_autofree char *json = NULL;
  g_autofree char *line = NULL;

  g_variant_dict_insert (&dict, "type", "s", "progress");
  g_variant_dict_insert (&dict, "id", "s", self->id);
  g_variant_dict_insert (&dict, "stage", "s", stage);
  g_variant_dict_insert (&dict, "done", "t", done);
  g_variant_dict_insert (&dict, "total", "t", total);
  row = g_variant_ref_sink (g_variant_dict_end (&dict));
  json = cap_variant_to_json (row);
  line = g_strconcat (json, "\n", NULL);
  cap_output_print (line, NULL);
}

static void
show_bar (CapModelProgress *self, const char *line)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *clean = cap_text_clean (line);

  self->terminal.width = cap_terminal_read_width (STDERR_FILENO);
  cap_terminal_draw (&self->terminal, clean, out);
  cap_output_write (STDERR_FILENO, out->str, NULL);
}

static void
show_stage (CapModelProgress *self, const char *stage, guint64 total)
{
  g_autofree char *size = total > 0 ? cap_model_list_print_size (total) : g_strdup ("");
  g_autofree char *text = g_strdup_printf ("%s: %s %s", self->id, name_stage (stage), size);
  g_autofree char *clean = cap_text_clean (text);
  g_autofree char *line = g_strconcat (g_strchomp (clean), "\n", NULL);

  cap_output_write (STDERR_FILENO, line, NULL);
}

/* public */

void
cap_model_progress_begin (CapModelProgress *self, const char *id, gboolean json)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (id != NULL);

  self->id = id;
  self->json = json;
  self->bar = !json && cap_terminal_is_usable (STDERR_FILENO);
  self->stage = NULL;
  cap_terminal_init (&self->terminal, cap_terminal_read_width (STDERR_FILENO));
}

void
cap_model_progress_show (const char *stage, guint64 done, guint64 total, gpointer user_data)
{
  CapModelProgress *self = user_data;
  g_autofree char *line = NULL;

  g_return_if_fail (self != NULL);
  g_return_if_fail (stage != NULL);

  if (self->json)
    show_json (self, stage, done, total);
  else if (self->bar)
    {
      line = cap_model_progress_print (self->id, stage, done, total, BAR_WIDTH);
      show_bar (self, line);
    }
  else if (g_strcmp0 (stage, self->stage) != 0)
    show_stage (self, stage, total);

  if (g_strcmp0 (stage, self->stage) != 0)
    {
      g_free (self->stage);
      self->stage = g_strdup (stage);
    }
}

void
cap_model_progress_end (CapModelProgress *self)
{
  g_autoptr (GString) out = g_string_new (NULL);

  g_return_if_fail (self != NULL);

  cap_terminal_erase (&self->terminal, out);
  if (out->len > 0)
    cap_output_write (STDERR_FILENO, out->str, NULL);
  g_clear_pointer (&self->stage, g_free);
}

char *
cap_model_progress_print (const char *id, const char *stage, guint64 done, guint64 total, guint width)
{
  g_autofree char *bar = NULL;
  g_autofree char *so_far = NULL;
  g_autofree char *all = NULL;
  double share;
  guint filled;

  g_return_val_if_fail (id != NULL, NULL);
  g_return_val_if_fail (stage != NULL, NULL);

  if (total == 0)
    return g_strdup_printf ("%s: %s", id, name_stage (stage));

  share = (double) MIN (done, total) / total;
  filled = share * width;
  bar = g_strnfill (width, '-');
  memset (bar, '#', filled);
  so_far = cap_model_list_print_size (done);
  all = cap_model_list_print_size (total);
  return g_strdup_printf ("%s: %s [%s] %d %%, %s of %s", id, name_stage (stage), bar, (int) (share * 100), so_far,
                          all);
}
