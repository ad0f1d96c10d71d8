/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/service/model-facts.h"
#include "dbus/names.h"
#include "overlay/service/choice.h"
#include "overlay/service/offers.h"
#include "overlay/text/language.h"
#include "overlay/text/sentence.h"

#include <glib/gi18n.h>
#include <string.h>

/* Limits for what people read. */
#define MAX_LANGUAGES 4
#define MAX_COLUMNS 256
#define MAX_PLAN 16

#define LICENSE_REF "LicenseRef-"

/* reading */

static guint64
get_size (GVariant *model, const char *key)
{
  guint64 size = 0;

  g_variant_lookup (model, key, "t", &size);
  return size;
}

static char **
get_list (GVariant *model, const char *key)
{
  char **list = NULL;

  g_variant_lookup (model, key, "^as", &list);
  return list != NULL ? list : g_new0 (char *, 1);
}

GVariant *
cap_model_facts_find (GVariant *models, const char *id)
{
  /* Both lists have ids. */
  return cap_offers_find_engine (models, id);
}

gboolean
cap_model_facts_get_flag (GVariant *model, const char *key)
{
  gboolean flag = FALSE;

  g_return_val_if_fail (model != NULL, FALSE);
  g_return_val_if_fail (key != NULL, FALSE);

  g_variant_lookup (model, key, "b", &flag);
  return flag;
}

gboolean
cap_model_facts_is (GVariant *model, const char *state)
{
  g_return_val_if_fail (model != NULL, FALSE);
  g_return_val_if_fail (state != NULL, FALSE);

  return g_str_equal (cap_offers_get_text (model, "state"), state);
}

gboolean
cap_model_facts_recognises (GVariant *model, const char *language)
{
  g_auto (GStrv) languages = NULL;

  g_return_val_if_fail (model != NULL, FALSE);
  g_return_val_if_fail (language != NULL, FALSE);

  languages = get_list (model, "languages");
  for (char **tag = languages; *tag != NULL; tag++)
    if (*language == '\0' || cap_language_is_same (*tag, language))
      return TRUE;

  return FALSE;
}

gboolean
cap_model_facts_offer (GVariant *models, const char *language)
{
  gsize n = models != NULL ? g_variant_n_children (models) : 0;

  g_return_val_if_fail (language != NULL, FALSE);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) model = g_variant_get_child_value (models, i);

      if (cap_model_facts_recognises (model, language) && cap_model_facts_is (model, "available")
          && cap_model_facts_get_flag (model, "usable"))
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_due (GVariant *model)
{
  return !cap_model_facts_is (model, "installed") || cap_model_facts_get_flag (model, "update");
}

/* Each model has an index in @seen, because needs from outside may go round in circles. */
static void
add_to_plan (GVariant *models, const char *id, GHashTable *seen, GPtrArray *plan)
{
  g_autoptr (GVariant) model = cap_model_facts_find (models, id);
  g_auto (GStrv) needs = NULL;

  if (model == NULL || g_hash_table_size (seen) >= MAX_PLAN || !g_hash_table_add (seen, g_strdup (id)))
    return;

  needs = get_list (model, "needs");
  if (is_due (model))
    g_ptr_array_add (plan, g_variant_ref (model));
  for (char **need = needs; *need != NULL; need++)
    add_to_plan (models, *need, seen, plan);
}

GPtrArray *
cap_model_facts_plan (GVariant *models, const char *id)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *plan = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);

  g_return_val_if_fail (id != NULL, plan);

  add_to_plan (models, id, seen, plan);
  return plan;
}

guint64
cap_model_facts_get_download (GVariant *models, const char *id)
{
  g_autoptr (GPtrArray) plan = cap_model_facts_plan (models, id);
  guint64 size = 0;

  for (guint i = 0; i < plan->len; i++)
    {
      guint64 more = get_size (g_ptr_array_index (plan, i), "download-size");

      size = more > G_MAXUINT64 - size ? G_MAXUINT64 : size + more;
    }

  return size;
}

/* saying */

char *
cap_model_facts_say_languages (GVariant *model)
{
  g_auto (GStrv) languages = NULL;
  g_autoptr (GString) names = g_string_new (NULL);
  g_autofree char *shown = NULL;
  guint n;

  g_return_val_if_fail (model != NULL, NULL);

  languages = get_list (model, "languages");
  n = g_strv_length (languages);
  for (guint i = 0; i < MIN (n, MAX_LANGUAGES); i++)
    {
      g_autofree char *name = cap_language_describe (languages[i]);

      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", name);
    }

  shown = cap_sentence_cut (names->str, MAX_COLUMNS);
  if (n <= MAX_LANGUAGES)
    return g_steal_pointer (&shown);

  /* Translators: some languages, and the number of those that are left out. */
  return g_strdup_printf (_("%s and %u more"), shown, n - MAX_LANGUAGES);
}

/* A licence without an SPDX identifier of its own has one for machines: "LicenseRef-" and
 * its name. */
static char *
dup_license (GVariant *model)
{
  g_autofree char *license = cap_offers_dup_text (model, "license");
  gsize prefix = strlen (LICENSE_REF);

  return g_strdup (g_str_has_prefix (license, LICENSE_REF) ? license + prefix : license);
}

char *
cap_model_facts_say_size (GVariant *models, GVariant *model)
{
  g_autofree char *license = NULL;
  g_autofree char *download = NULL;
  g_autofree char *disk = NULL;
  guint64 on_disk;

  g_return_val_if_fail (model != NULL, NULL);

  license = dup_license (model);
  on_disk = get_size (model, "disk-size");
  disk = g_format_size (on_disk);
  download = g_format_size (cap_model_facts_get_download (models, cap_offers_get_text (model, "id")));
  if (is_due (model))
    /* Translators: the size of a download, and a licence. */
    return g_strdup_printf (_("%s to download, licence %s"), download, license);
  if (on_disk == 0)
    return g_strdup_printf (_("Licence %s"), license);

  /* Translators: the size of files, and a licence. */
  return g_strdup_printf (_("%s on the disk, licence %s"), disk, license);
}

char *
cap_model_facts_say_errors (GVariant *model)
{
  double errors;
  g_autofree char *recordings = NULL;

  g_return_val_if_fail (model != NULL, NULL);

  if (!g_variant_lookup (model, "word-errors", "d", &errors))
    return g_strdup ("");

  recordings = cap_offers_dup_text (model, "word-errors-on");
  if (*recordings == '\0')
    return g_strdup_printf (_("%.1f %% wrong words, according to its makers"), errors);

  /* Translators: the second part is the name of recordings, such as “LibriSpeech test-clean”. */
  return g_strdup_printf (_("%.1f %% wrong words, according to its makers (%s)"), errors, recordings);
}

char *
cap_model_facts_say_state (GVariant *model)
{
  g_autofree char *reason = NULL;

  g_return_val_if_fail (model != NULL, NULL);

  reason = cap_offers_dup_text (model, "reason");
  if (cap_model_facts_is (model, "installing"))
    return g_strdup (_("It is being installed."));
  if (cap_model_facts_is (model, "removing"))
    return g_strdup (_("It is being removed."));
  if (cap_model_facts_is (model, "damaged"))
    return g_strdup (_("Its files are damaged. Install it again."));
  if (!cap_model_facts_get_flag (model, "usable") && *reason != '\0')
    return g_strdup_printf (_("It cannot be used on this computer: %s"), reason);
  if (cap_model_facts_get_flag (model, "update"))
    return g_strdup (_("Installed. Another version is available."));
  if (cap_model_facts_is (model, "installed"))
    return g_strdup (cap_model_facts_get_flag (model, "system") ? _("Installed for all users.")
                                                                : _("Installed."));

  return g_strdup ("");
}

/* Takes @line. */
static void
add_line (GString *text, char *line)
{
  if (text->len > 0)
    g_string_append_c (text, '\n');
  g_string_append (text, line);
  g_free (line);
}

static char *
join_hosts (GVariant *model)
{
  g_auto (GStrv) hosts = get_list (model, "hosts");
  g_autofree char *joined = g_strjoinv (", ", hosts);

  return cap_sentence_cut (joined, MAX_COLUMNS);
}

static void
add_conditions (GString *text, GVariant *model)
{
  g_autofree char *name = cap_offers_dup_text (model, "name");
  g_autofree char *hosts = join_hosts (model);
  g_autofree char *size = g_format_size (get_size (model, "download-size"));
  g_autofree char *license = dup_license (model);
  g_autofree char *address = cap_offers_dup_text (model, "license-address");
  g_autofree char *makers = cap_offers_dup_text (model, "attribution");
  g_autofree char *notice = cap_offers_dup_text (model, "notice");

  if (text->len > 0)
    g_string_append_c (text, '\n');
  /* Translators: the name of a model, a size, and the servers that it comes from. */
  add_line (text, g_strdup_printf (_("%s: %s will be downloaded from %s."), name, size, hosts));
  if (*license != '\0')
    /* Translators: a licence, and the address of its text. */
    add_line (text, g_strdup_printf (_("Licence: %s, %s"), license, address));
  if (*makers != '\0')
    add_line (text, g_strdup_printf (_("Made by: %s"), makers));
  if (*notice != '\0')
    add_line (text, g_strdup_printf (_("Please note: %s"), notice));
}

char *
cap_model_facts_say_conditions (GVariant *models, const char *id)
{
  g_autoptr (GPtrArray) plan = NULL;
  g_autofree char *size = NULL;
  GString *text = g_string_new (NULL);

  g_return_val_if_fail (id != NULL, g_string_free (text, FALSE));

  plan = cap_model_facts_plan (models, id);
  for (guint i = 0; i < plan->len; i++)
    add_conditions (text, g_ptr_array_index (plan, i));
  size = g_format_size (cap_model_facts_get_download (models, id));
  if (plan->len > 1)
    {
      g_string_append_c (text, '\n');
      add_line (text, g_strdup_printf (_("Together: %s"), size));
    }

  return g_string_free (text, FALSE);
}

char *
cap_model_facts_say_progress (const char *stage, guint64 done, guint64 total)
{
  static const struct
  {
    const char *stage, *words;
  } stages[] = {
    { "", N_("Waiting…") },
    { "download", N_("Downloading…") },
    { "copy", N_("Copying…") },
    { "unpack", N_("Unpacking…") },
    { "store", N_("Storing…") },
  };
  const char *words = "…"; /* a stage of a newer service */
  g_autofree char *so_far = g_format_size (MIN (done, total));
  g_autofree char *all = g_format_size (total);

  g_return_val_if_fail (stage != NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (stages); i++)
    if (g_str_equal (stages[i].stage, stage))
      words = _(stages[i].words);
  if (total == 0)
    return g_strdup (words);

  /* Translators: “Downloading…”, the bytes so far, and all bytes. */
  return g_strdup_printf (_("%s %s of %s"), words, so_far, all);
}

char *
cap_model_facts_explain (const char *error, const char *message)
{
  static const struct
  {
    const char *error, *sentence;
  } sentences[] = {
    { "DownloadFailed",
      N_("The model could not be downloaded. Check your network connection and try again.") },
    { "DiskFull", N_("There is not enough free space on the disk. Free some and try again.") },
    { "DiskFailed", N_("The files of the model could not be read or written.") },
    { "ModelDamaged", N_("The downloaded files are damaged. Nothing was installed.") },
    { "LimitExceeded", N_("Too many models are being installed. Try again later.") },
  };

  g_return_val_if_fail (error != NULL, NULL);
  g_return_val_if_fail (message != NULL, NULL);

  if (g_str_has_prefix (error, CAP_ERROR_PREFIX))
    error += strlen (CAP_ERROR_PREFIX);
  if (*error == '\0' || g_str_equal (error, "Cancelled"))
    return NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (g_str_equal (sentences[i].error, error))
      {
        g_autofree char *details = cap_sentence_new (message);

        return g_strdup_printf (_("%s Details: %s"), _(sentences[i].sentence), details);
      }

  return cap_sentence_new (*message != '\0' ? message : error);
}

/* languages */

const char *
cap_model_facts_find_language (GListModel *choices, const char *language)
{
  guint n;

  g_return_val_if_fail (G_IS_LIST_MODEL (choices), "");
  g_return_val_if_fail (language != NULL, "");

  n = g_list_model_get_n_items (choices);
  for (guint i = 0; i < n && *language != '\0'; i++)
    {
      g_autoptr (CapChoice) choice = g_list_model_get_item (choices, i);

      if (cap_language_is_same (cap_choice_get_id (choice), language))
        return cap_choice_get_id (choice); /* the list keeps the choice */
    }

  return "";
}

static void
add_languages (GListStore *list, GVariant *model)
{
  g_auto (GStrv) languages = get_list (model, "languages");

  for (char **tag = languages; *tag != NULL; tag++)
    {
      g_autofree char *name = cap_language_describe (*tag);

      if (**tag != '\0' && *cap_model_facts_find_language (G_LIST_MODEL (list), *tag) == '\0')
        cap_choices_add (list, *tag, name, "");
    }
}

static int
compare_names (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return g_utf8_collate (cap_choice_get_name ((CapChoice *) a), cap_choice_get_name ((CapChoice *) b));
}

GListModel *
cap_model_facts_list_languages (GVariant *models)
{
  GListStore *list = cap_choices_new ();
  g_autoptr (CapChoice) all = cap_choice_new ("", _("All languages"), "");
  gsize n = models != NULL ? g_variant_n_children (models) : 0;

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) model = g_variant_get_child_value (models, i);

      add_languages (list, model);
    }

  g_list_store_sort (list, compare_names, NULL);
  g_list_store_insert (list, 0, all);
  return G_LIST_MODEL (list);
}
