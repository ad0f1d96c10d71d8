/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "engines.h"
#include "engine-local.h"
#include "error.h"

typedef struct
{
  const char *id;
  const char *kind;
  const char *host;
  const char *const *languages; /* BCP 47; a tag stands for its variants too */
  gboolean (*is_ready) (GError **reason);
  GType (*get_type) (void);
} EngineKind;

static const char *const local_languages[] = { "en-US", NULL };

static const EngineKind kinds[] = {
  { "local", "local", "", local_languages, cap_engine_local_is_ready,
    cap_engine_local_get_type },
};

static const EngineKind *
find_kind (const char *id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].id, id))
      return &kinds[i];

  return NULL;
}

/* Any English is understood by an engine that knows en-US: what differs
 * between variants is less than what differs between speakers. */
static gboolean
same_language (const char *one, const char *other)
{
  gsize length = strcspn (one, "-");

  return length == strcspn (other, "-") && g_ascii_strncasecmp (one, other, length) == 0;
}

static gboolean
understands (const EngineKind *kind, const char *language)
{
  if (*language == '\0')
    return TRUE;

  for (const char *const *tag = kind->languages; *tag != NULL; tag++)
    if (same_language (*tag, language))
      return TRUE;

  return FALSE;
}

GVariant *
cap_engines_list (void)
{
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (GError) reason = NULL;
      gboolean ready = kinds[i].is_ready (&reason);

      g_variant_builder_open (&list, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&list, "{sv}", "id", g_variant_new_string (kinds[i].id));
      g_variant_builder_add (&list, "{sv}", "kind", g_variant_new_string (kinds[i].kind));
      g_variant_builder_add (&list, "{sv}", "ready", g_variant_new_boolean (ready));
      g_variant_builder_add (&list, "{sv}", "reason",
                             g_variant_new_string (ready ? "" : reason->message));
      g_variant_builder_add (&list, "{sv}", "host", g_variant_new_string (kinds[i].host));
      g_variant_builder_add (&list, "{sv}", "languages", g_variant_new_strv (kinds[i].languages, -1));
      g_variant_builder_close (&list);
    }

  return g_variant_builder_end (&list);
}

gboolean
cap_engines_check (const char *id, const char *language, GError **error)
{
  const EngineKind *kind = find_kind (id);

  if (kind == NULL)
    {
      g_set_error (error, CAP_ERROR, CAP_ERROR_NO_SUCH_ENGINE,
                   "There is no engine called “%s”. See which there are with: captionctl engines", id);
      return FALSE;
    }
  if (!understands (kind, language))
    {
      g_autofree char *known = g_strjoinv (", ", (char **) kind->languages);
      g_set_error (error, CAP_ERROR, CAP_ERROR_LANGUAGE_NOT_SUPPORTED,
                   "The engine “%s” does not understand “%s”. It knows: %s.", id, language, known);
      return FALSE;
    }

  return TRUE;
}

CapEngine *
cap_engines_create (const char *id)
{
  const EngineKind *kind = find_kind (id);

  g_assert (kind != NULL);
  return g_object_new (kind->get_type (), "id", kind->id, NULL);
}
