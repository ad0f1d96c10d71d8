/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "bus/engines.h"
#include "dbus/error.h"
#include "engines/engine-fallback.h"
#include "local/engine-local.h"
#include "local/recognisers.h"
#include "protocol/dialects.h"
#include "realtime/engine-realtime.h"

#include <string.h>

#define LOCAL "local"
#define LOCAL_PREFIX "local:"

/* struct */

struct _CapEngines
{
  GObject parent_instance;

  GSettings *settings;
  CapProviders *providers;
  CapCredentials *credentials;
  CapLearnt *learnt;
  CapBudget *budget; /* shared by all engines */
  CapRecognisers *recognisers;
  CapHosts *hosts;
};

G_DEFINE_FINAL_TYPE (CapEngines, cap_engines, G_TYPE_OBJECT)

/* signals */

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* One call of ListEngines, while it waits for the keyring. */
typedef struct
{
  GPtrArray *providers;
  char **keys; /* the state of the key of each provider */
  guint n_open; /* states that are still missing */
} Listing;

/* The local engine that one stream may fall back to. */
typedef struct
{
  CapEngines *engines;
  char *language;
} Fallback;

/* The question for the key of one provider. */
typedef struct
{
  GTask *task;
  guint place;
} Look;

static const char *const no_languages[] = { NULL };

/* Sets @recogniser to the one that @id names, or to NULL for the best one. FALSE if
 * @id is not an engine of this computer. */
static gboolean
parse_local (const char *id, const char **recogniser)
{
  *recogniser = g_str_has_prefix (id, LOCAL_PREFIX) ? id + strlen (LOCAL_PREFIX) : NULL;

  return *recogniser != NULL || g_str_equal (id, LOCAL);
}

/* Whether there is a way, and @recogniser, which may be NULL, leads. */
static gboolean
is_answer (GPtrArray *found, const char *recogniser)
{
  if (found->len == 0)
    return FALSE;

  return recogniser == NULL || g_str_equal (((CapCandidate *) found->pdata[0])->recogniser->id, recogniser);
}

/* The ways to recognise @language; the recogniser that is named comes first. NULL if
 * there is none, or the one that is named does not know the language.
 *
 * Without a language, it is that of the user. If no recogniser knows that one, it is
 * English, the language of most speech on computers. */
static GPtrArray *
find_candidates (CapEngines *self, const char *recogniser, const char *language)
{
  g_autofree char *own = g_strndup (*g_get_language_names (), strcspn (*g_get_language_names (), "_.@"));
  const char *const any[] = { own, "en", "", NULL };
  const char *const one[] = { language, NULL };

  for (const char *const *tag = *language != '\0' ? one : any; *tag != NULL; tag++)
    {
      g_autoptr (GPtrArray) found = cap_recognisers_find (self->recognisers, recogniser, *tag);

      if (is_answer (found, recogniser))
        return g_steal_pointer (&found);
    }

  return NULL;
}

/* lifecycle */

static void
cap_engines_finalize (GObject *object)
{
  CapEngines *self = CAP_ENGINES (object);

  g_clear_object (&self->settings);
  g_clear_object (&self->providers);
  g_clear_object (&self->credentials);
  g_clear_object (&self->learnt);
  g_clear_object (&self->budget);
  g_clear_object (&self->recognisers);
  g_clear_object (&self->hosts);

  G_OBJECT_CLASS (cap_engines_parent_class)->finalize (object);
}

static void
on_recognisers_changed (CapEngines *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
cap_engines_init (CapEngines *self)
{
}

static void
cap_engines_class_init (CapEnginesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cap_engines_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", CAP_TYPE_ENGINES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

/* listing */

static void
listing_free (gpointer data)
{
  Listing *listing = data;

  for (guint i = 0; i < listing->providers->len; i++)
    g_free (listing->keys[i]);
  g_free (listing->keys);
  g_ptr_array_unref (listing->providers);
  g_free (listing);
}

/* @reason: empty if the engine is ready. */
static void
add_engine (GVariantBuilder *list, const char *id, const char *kind, const char *reason, const char *host,
            const char *const *languages)
{
  g_variant_builder_open (list, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (list, "{sv}", "id", g_variant_new_string (id));
  g_variant_builder_add (list, "{sv}", "kind", g_variant_new_string (kind));
  g_variant_builder_add (list, "{sv}", "ready", g_variant_new_boolean (*reason == '\0'));
  g_variant_builder_add (list, "{sv}", "reason", g_variant_new_string (reason));
  g_variant_builder_add (list, "{sv}", "host", g_variant_new_string (host));
  g_variant_builder_add (list, "{sv}", "languages", g_variant_new_strv (languages, -1));
}

/* The default engine of this computer is ready if one of its recognisers is. */
static void
add_local (CapEngines *self, GVariantBuilder *list)
{
  g_auto (GStrv) languages = cap_recognisers_get_languages (self->recognisers, NULL);
  g_autoptr (GPtrArray) best = find_candidates (self, NULL, "");
  g_autoptr (GError) reason = NULL;

  if (best == NULL)
    g_set_error_literal (&reason, CAP_ERROR, CAP_ERROR_NOT_CONFIGURED,
                         "No recogniser is installed. Install captiond again.");
  else
    cap_recogniser_check (((CapCandidate *) best->pdata[0])->recogniser, &reason);

  add_engine (list, LOCAL, LOCAL, reason != NULL ? reason->message : "", "", (const char *const *) languages);
  if (reason == NULL)
    g_variant_builder_add (list, "{sv}", "recogniser",
                           g_variant_new_string (((CapCandidate *) best->pdata[0])->recogniser->id));
  g_variant_builder_close (list);
}

/* Whether a stream could start with @recogniser. */
static gboolean
check_recogniser (CapEngines *self, CapRecogniser *recogniser, GError **error)
{
  g_autoptr (GPtrArray) candidates = find_candidates (self, recogniser->id, "");

  if (candidates != NULL)
    return cap_recogniser_check (recogniser, error);

  g_set_error (error, CAP_ERROR, CAP_ERROR_NOT_CONFIGURED,
               "No model for %s is installed. List the models with: captionctl model list", recogniser->name);
  return FALSE;
}

static void
add_recogniser (CapEngines *self, GVariantBuilder *list, CapRecogniser *recogniser)
{
  g_auto (GStrv) languages = cap_recognisers_get_languages (self->recognisers, recogniser->id);
  g_autofree char *id = g_strconcat (LOCAL_PREFIX, recogniser->id, NULL);
  g_autoptr (GError) reason = NULL;

  check_recogniser (self, recogniser, &reason);
  add_engine (list, id, LOCAL, reason != NULL ? reason->message : "", "", (const char *const *) languages);
  g_variant_builder_add (list, "{sv}", "name", g_variant_new_string (recogniser->name));
  g_variant_builder_add (list, "{sv}", "recogniser", g_variant_new_string (recogniser->id));
  g_variant_builder_close (list);
}

static void
add_all_local (CapEngines *self, GVariantBuilder *list)
{
  g_autoptr (GPtrArray) recognisers = cap_recognisers_list (self->recognisers);

  add_local (self, list);
  for (guint i = 0; i < recognisers->len; i++)
    add_recogniser (self, list, recognisers->pdata[i]);
}

static void
add_provider (GVariantBuilder *list, CapProvider *provider, const char *key, CapLearnt *learnt)
{
  g_auto (GStrv) sentences = cap_learnt_describe (learnt, provider);
  g_autofree char *reason = NULL;

  if (g_str_equal (key, "missing") && !cap_dialects_need_key (provider))
    key = "none";
  if (g_str_equal (key, "missing"))
    reason = g_strdup_printf ("There is no key for %s. Store it with: captionctl provider set-key %s",
                              provider->id, provider->id);

  add_engine (list, provider->id, "realtime", reason != NULL ? reason : "", provider->host, no_languages);
  g_variant_builder_add (list, "{sv}", "provider", cap_provider_get_settings (provider));
  g_variant_builder_add (list, "{sv}", "key", g_variant_new_string (key));
  g_variant_builder_add (list, "{sv}", "learnt", g_variant_new_strv ((const char *const *) sentences, -1));
  g_variant_builder_close (list);
}

static void
finish_listing (GTask *task)
{
  CapEngines *self = g_task_get_source_object (task);
  Listing *listing = g_task_get_task_data (task);
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  add_all_local (self, &list);
  for (guint i = 0; i < listing->providers->len; i++)
    add_provider (&list, g_ptr_array_index (listing->providers, i), listing->keys[i], self->learnt);

  g_task_return_pointer (task, g_variant_ref_sink (g_variant_builder_end (&list)),
                         (GDestroyNotify) g_variant_unref);
}

/* A failure means that there is no keyring, so there is no key. */
static void
on_key_seen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Look *look = user_data;
  g_autoptr (GTask) task = look->task;
  Listing *listing = g_task_get_task_data (task);
  char *key = cap_credentials_peek_finish (CAP_CREDENTIALS (source), result, NULL);

  listing->keys[look->place] = key != NULL ? key : g_strdup ("missing");
  if (--listing->n_open == 0)
    finish_listing (task);
}

/* When a provider is removed, its learnt facts go too. */
static void
on_provider_changed (CapProviders *providers, const char *id, gpointer user_data)
{
  CapEngines *self = user_data;
  g_autoptr (CapProvider) provider = cap_providers_get (self->providers, id);

  if (provider == NULL)
    cap_learnt_forget (self->learnt, id);
}

/* public methods */

CapEngines *
cap_engines_new (GSettings *settings, CapProviders *providers, CapCredentials *credentials,
                 CapModels *models, const char *learnt_path)
{
  CapEngines *self;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (CAP_IS_PROVIDERS (providers), NULL);
  g_return_val_if_fail (CAP_IS_CREDENTIALS (credentials), NULL);
  g_return_val_if_fail (CAP_IS_MODELS (models), NULL);

  self = g_object_new (CAP_TYPE_ENGINES, NULL);
  self->recognisers = cap_recognisers_new (models);
  self->hosts = cap_hosts_new ();
  g_signal_connect_object (self->recognisers, "changed", G_CALLBACK (on_recognisers_changed), self,
                           G_CONNECT_SWAPPED);
  self->settings = g_object_ref (settings);
  self->learnt = cap_learnt_new (learnt_path);
  self->budget = cap_budget_new (settings, NULL);
  g_signal_connect_object (providers, "changed", G_CALLBACK (on_provider_changed), self,
                           G_CONNECT_DEFAULT);
  self->providers = g_object_ref (providers);
  self->credentials = g_object_ref (credentials);
  return self;
}

void
cap_engines_list_async (CapEngines *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Listing *listing;

  g_return_if_fail (CAP_IS_ENGINES (self));

  task = g_task_new (self, NULL, callback, user_data);
  listing = g_new0 (Listing, 1);
  listing->providers = cap_providers_list (self->providers);
  listing->n_open = listing->providers->len;
  listing->keys = g_new0 (char *, listing->n_open + 1);
  g_task_set_task_data (task, listing, listing_free);
  if (listing->n_open == 0)
    finish_listing (task);

  for (guint i = 0; i < listing->providers->len; i++)
    {
      Look *look = g_new0 (Look, 1);

      look->task = g_object_ref (task);
      look->place = i;
      cap_credentials_peek_async (self->credentials, g_ptr_array_index (listing->providers, i), NULL,
                                  on_key_seen, look);
    }
}

GVariant *
cap_engines_list_finish (CapEngines *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CAP_IS_ENGINES (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
refuse_engine (const char *id, GError **error)
{
  g_set_error (error, CAP_ERROR, CAP_ERROR_NO_SUCH_ENGINE,
               "There is no engine “%s”. List the engines with: captionctl engines", id);
  return FALSE;
}

static gboolean
refuse_language (CapEngines *self, const char *id, const char *recogniser, const char *language,
                 GError **error)
{
  g_auto (GStrv) languages = cap_recognisers_get_languages (self->recognisers, recogniser);
  g_autofree char *known = g_strjoinv (", ", languages);

  if (*known == '\0' && recogniser == NULL)
    g_set_error_literal (error, CAP_ERROR, CAP_ERROR_LANGUAGE_NOT_SUPPORTED,
                         "captiond finds no recogniser on this computer. Install captiond again.");
  else if (*known == '\0')
    g_set_error (error, CAP_ERROR, CAP_ERROR_LANGUAGE_NOT_SUPPORTED,
                 "The engine “%s” has no model yet. List the models with: captionctl model list", id);
  else
    g_set_error (error, CAP_ERROR, CAP_ERROR_LANGUAGE_NOT_SUPPORTED,
                 "The engine “%s” does not understand the language “%s”. It understands: %s. List the models "
                 "for it with: captionctl model list --language %s", id, language, known, language);
  return FALSE;
}

static gboolean
check_local (CapEngines *self, const char *id, const char *recogniser, const char *language, GError **error)
{
  g_autoptr (GPtrArray) fitting = find_candidates (self, recogniser, language);

  if (recogniser != NULL && !cap_recognisers_has (self->recognisers, recogniser))
    return refuse_engine (id, error);

  return fitting != NULL || refuse_language (self, id, recogniser, language, error);
}

gboolean
cap_engines_check (CapEngines *self, const char *id, const char *language, GError **error)
{
  const char *recogniser;
  g_autoptr (CapProvider) provider = NULL;

  g_return_val_if_fail (CAP_IS_ENGINES (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);
  g_return_val_if_fail (language != NULL, FALSE);

  if (parse_local (id, &recogniser))
    return check_local (self, id, recogniser, language, error);

  provider = cap_providers_get (self->providers, id);
  return provider != NULL || refuse_engine (id, error);
}

static CapEngine *
create_local (CapEngines *self, const char *id, const char *recogniser, const char *language)
{
  g_autoptr (GPtrArray) candidates = find_candidates (self, recogniser, language);

  /* The last model for the language was removed. */
  if (candidates == NULL)
    return NULL;

  return cap_engine_local_new (id, self->hosts, candidates,
                               g_settings_get_uint (self->settings, "recogniser-processors"));
}

static CapEngine *
create_fallback (gpointer user_data)
{
  Fallback *fallback = user_data;

  return create_local (fallback->engines, LOCAL, NULL, fallback->language);
}

static Fallback *
fallback_new (CapEngines *self, const char *language)
{
  Fallback *fallback = g_new0 (Fallback, 1);

  fallback->engines = g_object_ref (self);
  fallback->language = g_strdup (language);
  return fallback;
}

static void
fallback_free (gpointer data)
{
  Fallback *fallback = data;

  g_object_unref (fallback->engines);
  g_free (fallback->language);
  g_free (fallback);
}

CapEngine *
cap_engines_create (CapEngines *self, const char *id, const char *language)
{
  const char *recogniser;
  g_autoptr (CapEngine) realtime = NULL;
  g_autoptr (GPtrArray) fitting = NULL;

  g_return_val_if_fail (CAP_IS_ENGINES (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);
  g_return_val_if_fail (language != NULL, NULL);

  if (parse_local (id, &recogniser))
    return create_local (self, id, recogniser, language);

  realtime = cap_engine_realtime_new (id, language, self->providers, self->credentials, self->learnt,
                                      self->budget,
                                      g_settings_get_uint (self->settings, "session-idle-seconds"));
  fitting = find_candidates (self, NULL, language);
  if (!g_settings_get_boolean (self->settings, "fallback") || fitting == NULL)
    return g_steal_pointer (&realtime);

  return cap_engine_fallback_new (realtime, create_fallback, fallback_new (self, language), fallback_free,
                                  1000 * g_settings_get_uint (self->settings, "fallback-seconds"));
}

gboolean
cap_engines_is_local (CapEngines *self, const char *id)
{
  const char *recogniser;

  g_return_val_if_fail (CAP_IS_ENGINES (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  return parse_local (id, &recogniser);
}

CapLocalDiagnosis *
cap_engines_diagnose_local (CapEngines *self, const char *id, GError **error)
{
  const char *recogniser;
  g_autofree char *language = NULL;
  g_autofree char *better = NULL;
  g_autoptr (GPtrArray) candidates = NULL;

  g_return_val_if_fail (CAP_IS_ENGINES (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  if (!parse_local (id, &recogniser))
    {
      refuse_engine (id, error);
      return NULL;
    }

  language = g_settings_get_string (self->settings, "language");
  if (!check_local (self, id, recogniser, language, error))
    return NULL;

  candidates = find_candidates (self, recogniser, language);
  better = cap_recognisers_find_better (self->recognisers, candidates->pdata[0]);
  return cap_local_diagnosis_new (candidates, better,
                                  g_settings_get_uint (self->settings, "recogniser-processors"));
}

void
cap_engines_flush (CapEngines *self)
{
  g_return_if_fail (CAP_IS_ENGINES (self));

  cap_budget_flush (self->budget);
  cap_learnt_flush (self->learnt);
}
