/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "sound/source-private.h"
#include "dbus/error.h"

/* In the order of CapSourceKind. A name must follow a word that ends in a colon. */
static const char *const source_words[] = { "system", "microphone", "output:", "input:", "app:" };

static gboolean
name_is_sane (const char *name)
{
  if (*name == '\0' || !g_utf8_validate (name, -1, NULL))
    return FALSE;

  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return FALSE;

  return TRUE;
}

CapSource *
cap_source_parse (const char *text, GError **error)
{
  g_return_val_if_fail (text != NULL, NULL);

  for (guint kind = 0; kind < G_N_ELEMENTS (source_words); kind++)
    {
      const char *word = source_words[kind];
      gboolean named = g_str_has_suffix (word, ":");
      const char *name = NULL;

      if (named ? !g_str_has_prefix (text, word) : !g_str_equal (text, word))
        continue;
      if (named)
        name = text + strlen (word);
      if (named && !name_is_sane (name))
        break;

      CapSource *self = g_new0 (CapSource, 1);
      self->kind = kind;
      self->name = g_strdup (name);
      return self;
    }

  g_set_error_literal (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION,
                       "must be system, microphone, output:NAME, input:NAME or app:NAME");
  return NULL;
}

gboolean
cap_source_check_option (GVariant *value, GError **error)
{
  g_return_val_if_fail (value != NULL, FALSE);

  g_autoptr (CapSource) source = cap_source_parse (g_variant_get_string (value, NULL), error);

  return source != NULL;
}

CapSource *
cap_source_copy (const CapSource *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  CapSource *copy = g_new0 (CapSource, 1);

  copy->kind = self->kind;
  copy->name = g_strdup (self->name);
  return copy;
}

void
cap_source_free (CapSource *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->name);
  g_free (self);
}

char *
cap_source_to_string (const CapSource *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_strconcat (source_words[self->kind], self->name, NULL);
}
