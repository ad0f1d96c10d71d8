/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/service/offers.h"
#include "common/own-language.h"
#include "overlay/text/language.h"
#include "overlay/text/sentence.h"

#include <glib/gi18n.h>
#include <string.h>

/* Limits for lists that people read. */
#define MAX_SHOWN 256
#define MAX_COLUMNS 256
#define MAX_NAMED 4

/* sources */

static char *
name_source (const char *id, const char *name)
{
  if (g_str_equal (id, "system"))
    return g_strdup (_("Computer audio"));
  if (g_str_equal (id, "microphone"))
    return g_strdup (_("Microphone"));

  return g_strdup (name);
}

static const char *
describe_kind (const char *id)
{
  if (g_str_has_prefix (id, "output:"))
    return _("All audio on this output");
  if (g_str_has_prefix (id, "input:"))
    return _("Microphone or line input");
  if (g_str_has_prefix (id, "app:"))
    return _("Only this application");
  if (g_str_equal (id, "system"))
    return _("Your speakers or headset");
  if (g_str_equal (id, "microphone"))
    return _("The default microphone");

  return "";
}

static void
add_source (GListStore *list, const char *id, const char *name, gboolean active)
{
  g_autofree char *shown = name_source (id, name);
  const char *kind = describe_kind (id);
  g_autofree char *detail = active ? g_strdup_printf (_("%s; in use"), kind) : g_strdup (kind);

  cap_choices_add (list, id, shown, detail);
}

static void
add_absent_source (GListStore *list, const char *id)
{
  const char *colon = strchr (id, ':');
  g_autofree char *name = name_source (id, colon != NULL ? colon + 1 : id);

  cap_choices_add (list, id, name, _("Unavailable; captions wait for it"));
}

/* The two default sources are offered even if the service does not answer. */
static void
add_missing_defaults (GListStore *list)
{
  const char *const ids[] = { "system", "microphone" };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (CapChoice) choice = NULL;
      g_autofree char *name = NULL;

      if (cap_choices_find (G_LIST_MODEL (list), ids[i]) != G_MAXUINT)
        continue;
      name = name_source (ids[i], "");
      choice = cap_choice_new (ids[i], name, describe_kind (ids[i]));
      g_list_store_insert (list, MIN (i, g_list_model_get_n_items (G_LIST_MODEL (list))), choice);
    }
}

GListModel *
cap_offers_list_sources (GVariant *sources, const char *chosen)
{
  GListStore *list;
  gsize n = sources != NULL ? MIN (g_variant_n_children (sources), MAX_SHOWN) : 0;

  g_return_val_if_fail (chosen != NULL, NULL);

  list = cap_choices_new ();
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) source = g_variant_get_child_value (sources, i);
      const char *id = cap_offers_get_text (source, "id");
      gboolean active = FALSE;

      g_variant_lookup (source, "active", "b", &active);
      if (*id != '\0' && cap_choices_find (G_LIST_MODEL (list), id) == G_MAXUINT)
        add_source (list, id, cap_offers_get_text (source, "name"), active);
    }

  add_missing_defaults (list);
  if (*chosen != '\0' && cap_choices_find (G_LIST_MODEL (list), chosen) == G_MAXUINT)
    add_absent_source (list, chosen);

  return G_LIST_MODEL (list);
}

/* engines */

static void
add_engine (GListStore *list, GVariant *engine)
{
  const char *id = cap_offers_get_text (engine, "id");
  g_autofree char *name = cap_offers_name_engine (engine);
  g_autofree char *host = cap_offers_dup_text (engine, "host");
  g_autofree char *reason = cap_offers_dup_text (engine, "reason");
  g_autofree char *detail = NULL;

  if (!cap_offers_is_ready (engine))
    detail = g_strdup_printf (_("Not ready: %s"), reason);
  else if (*host != '\0')
    detail = g_strdup_printf (_("Sends speech to %s"), host);
  else
    detail = g_strdup (_("Speech stays on this computer"));

  cap_choices_add (list, id, name, detail);
}

GListModel *
cap_offers_list_engines (GVariant *engines, const char *chosen)
{
  GListStore *list;
  gsize n = engines != NULL ? MIN (g_variant_n_children (engines), CAP_OFFERS_MAX_ENGINES) : 0;
  g_autoptr (GVariant) its = NULL;

  g_return_val_if_fail (chosen != NULL, NULL);

  list = cap_choices_new ();
  its = cap_offers_find_engine (engines, chosen);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) engine = g_variant_get_child_value (engines, i);

      if (*cap_offers_get_text (engine, "id") != '\0')
        add_engine (list, engine);
    }

  if (*chosen == '\0' || cap_choices_find (G_LIST_MODEL (list), chosen) != G_MAXUINT)
    return G_LIST_MODEL (list);

  if (its != NULL)
    add_engine (list, its);
  else
    cap_choices_add (list, chosen, g_str_equal (chosen, "local") ? _("This computer") : chosen,
                     engines != NULL ? _("No longer set up") : "");

  return G_LIST_MODEL (list);
}

char *
cap_offers_name_engine (GVariant *engine)
{
  g_autofree char *id = NULL;
  g_autofree char *name = NULL;

  g_return_val_if_fail (engine != NULL, NULL);

  id = cap_offers_dup_text (engine, "id");
  name = cap_offers_dup_text (engine, "name");
  if (g_str_equal (id, "local"))
    return g_strdup (_("This computer"));
  if (!g_str_has_prefix (id, "local:") || *name == '\0')
    return g_steal_pointer (&id);

  /* Translators: a recogniser of this computer, such as “PocketSphinx”. */
  return g_strdup_printf (_("This computer: %s"), name);
}

GVariant *
cap_offers_find_engine (GVariant *engines, const char *id)
{
  gsize n = engines != NULL ? g_variant_n_children (engines) : 0;

  g_return_val_if_fail (id != NULL, NULL);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) engine = g_variant_get_child_value (engines, i);

      if (g_str_equal (cap_offers_get_text (engine, "id"), id))
        return g_steal_pointer (&engine);
    }

  return NULL;
}

const char *
cap_offers_get_text (GVariant *engine, const char *key)
{
  const char *text = "";

  g_return_val_if_fail (key != NULL, NULL);

  g_variant_lookup (engine, key, "&s", &text);
  return text;
}

char *
cap_offers_dup_text (GVariant *engine, const char *key)
{
  g_return_val_if_fail (key != NULL, NULL);

  return cap_sentence_cut (cap_offers_get_text (engine, key), MAX_COLUMNS);
}

gboolean
cap_offers_is_ready (GVariant *engine)
{
  gboolean ready = TRUE;

  g_variant_lookup (engine, "ready", "b", &ready);
  return ready;
}

static char **
get_languages (GVariant *engine)
{
  char **languages = NULL;

  if (engine != NULL)
    g_variant_lookup (engine, "languages", "^as", &languages);

  return languages != NULL ? languages : g_new0 (char *, 1);
}

gboolean
cap_offers_understands (GVariant *engine, const char *language)
{
  g_auto (GStrv) languages = get_languages (engine);

  g_return_val_if_fail (language != NULL, FALSE);

  if (languages[0] == NULL || *language == '\0')
    return TRUE;
  for (char **tag = languages; *tag != NULL; tag++)
    if (cap_language_is_same (*tag, language))
      return TRUE;

  return FALSE;
}

/* Names of languages, each once, although an engine may list "en" and "en-US". */
static GPtrArray *
name_languages (GVariant *engine)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) languages = get_languages (engine);

  for (char **tag = languages; *tag != NULL && tag - languages < MAX_SHOWN; tag++)
    {
      g_autofree char *language = g_strndup (*tag, strcspn (*tag, "-"));
      g_autofree char *name = cap_language_describe (language);

      if (!g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
        g_ptr_array_add (names, g_steal_pointer (&name));
    }

  return names;
}

char *
cap_offers_say_languages (GVariant *engine)
{
  g_autoptr (GPtrArray) names = name_languages (engine);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *shown = NULL;

  for (guint i = 0; i < MIN (names->len, MAX_NAMED); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", (const char *) names->pdata[i]);

  shown = cap_sentence_cut (text->str, MAX_COLUMNS);
  if (names->len <= MAX_NAMED)
    return g_steal_pointer (&shown);

  /* Translators: some languages, and the number of those that are left out. */
  return g_strdup_printf (_("%s and %u more"), shown, names->len - MAX_NAMED);
}

GVariant *
cap_offers_choose_engine (GVariant *engines, const char *id, const char *language)
{
  g_autoptr (GVariant) engine = NULL;
  g_auto (GVariantDict) changes = G_VARIANT_DICT_INIT (NULL);

  g_return_val_if_fail (id != NULL, NULL);
  g_return_val_if_fail (language != NULL, NULL);

  engine = cap_offers_find_engine (engines, id);
  g_variant_dict_insert (&changes, "engine", "s", id);
  if (engine != NULL && !cap_offers_understands (engine, language))
    g_variant_dict_insert (&changes, "language", "s", "");

  return g_variant_dict_end (&changes);
}

gboolean
cap_offers_translates (GVariant *engine)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;
  gboolean translates = FALSE;

  if (engine == NULL)
    return FALSE;

  g_variant_iter_init (&iter, engine);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    translates |= g_str_has_prefix (key, "translat");

  return translates;
}

/* languages */

static void
add_language (GListStore *list, const char *tag)
{
  g_autofree char *name = cap_language_describe (tag);

  if (*tag != '\0' && cap_choices_find (G_LIST_MODEL (list), tag) == G_MAXUINT)
    cap_choices_add (list, tag, name, g_str_equal (name, tag) ? "" : tag);
}

static int
compare_names (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return g_utf8_collate (cap_choice_get_name ((CapChoice *) a), cap_choice_get_name ((CapChoice *) b));
}

/* All languages, sorted by name, with the user's own first. */
static void
add_common_languages (GListStore *list)
{
  g_autoptr (GListStore) sorted = cap_choices_new ();
  g_autofree char *own = cap_own_language_find ();

  for (const char *const *tag = cap_language_list (); *tag != NULL; tag++)
    add_language (sorted, *tag);
  g_list_store_sort (sorted, compare_names, NULL);

  if (own != NULL)
    add_language (list, own);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (sorted)); i++)
    {
      g_autoptr (CapChoice) choice = g_list_model_get_item (G_LIST_MODEL (sorted), i);

      add_language (list, cap_choice_get_id (choice));
    }
}

GListModel *
cap_offers_list_languages (GVariant *engines, const char *engine, const char *chosen)
{
  GListStore *list;
  g_autoptr (GVariant) its = NULL;
  g_auto (GStrv) languages = NULL;

  g_return_val_if_fail (engine != NULL, NULL);
  g_return_val_if_fail (chosen != NULL, NULL);

  list = cap_choices_new ();
  its = cap_offers_find_engine (engines, engine);
  languages = get_languages (its);
  cap_choices_add (list, "", _("Automatic"), _("Any language the engine supports"));
  for (char **tag = languages; *tag != NULL && tag - languages < MAX_SHOWN; tag++)
    add_language (list, *tag);
  if (languages[0] == NULL)
    add_common_languages (list);

  add_language (list, chosen);
  if (languages[0] == NULL)
    cap_choices_add (list, CAP_OFFERS_OTHER, _("Other language…"), "");

  return G_LIST_MODEL (list);
}

GListModel *
cap_offers_list_translations (const char *chosen)
{
  GListStore *list;

  g_return_val_if_fail (chosen != NULL, NULL);

  list = cap_choices_new ();
  cap_choices_add (list, "", _("No translation"), "");
  add_common_languages (list);
  add_language (list, chosen);

  return G_LIST_MODEL (list);
}
