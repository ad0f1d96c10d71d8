/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "bus/engines.h"
#include "dbus/error.h"
#include "engines/engine-fallback.h"
#include "local/engine-local.h"
#include "protocol/dialects.h"
#include "realtime/engine-realtime.h"

typedef struct
{
  const char *id;
  const char *kind;
  const char *host;
  const char *const *languages; /* BCP 47; a tag includes its variants */
  gboolean (*is_ready) (GError **reason);
  GType (*get_type) (void);
} EngineKind;

/* struct */

struct _CapEngines
{
  GObject parent_instance;

  GSettings *settings;
  CapProviders *providers;
  CapCredentials *credentials;
  CapLearnt *learnt;
  CapBudget *budget; /* shared by all engines */
};

G_DEFINE_FINAL_TYPE (CapEngines, cap_engines, G_TYPE_OBJECT)

/* One call of ListEngines, while it waits for the keyring. */
typedef struct
{
  GPtrArray *providers;
  char **keys; /* the state of the key of each provider */
  guint n_open; /* states that are still missing */
} Listing;

/* The question for the key of one provider. */
typedef struct
{
  GTask *task;
  guint place;
} Look;

static const char *const no_languages[] = { NULL };
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

/* An engine that knows en-US understands all English, because variants differ
 * less than speakers do. */
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

  G_OBJECT_CLASS (cap_engines_parent_class)->finalize (object);
}

static void
cap_engines_init (CapEngines *self)
{
}

static void
cap_engines_class_init (CapEnginesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cap_engines_finalize;
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

static void
add_kind (GVariantBuilder *list, const EngineKind *kind)
{
  g_autoptr (GError) reason = NULL;
  gboolean ready = kind->is_ready (&reason);

  add_engine (list, kind->id, kind->kind, ready ? "" : reason->message, kind->host, kind->languages);
  g_variant_builder_close (list);
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
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    add_kind (&list, &kinds[i]);
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
                 const char *learnt_path)
{
  CapEngines *self;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (CAP_IS_PROVIDERS (providers), NULL);
  g_return_val_if_fail (CAP_IS_CREDENTIALS (credentials), NULL);

  self = g_object_new (CAP_TYPE_ENGINES, NULL);
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
refuse_language (const EngineKind *kind, const char *language, GError **error)
{
  g_autofree char *known = g_strjoinv (", ", (char **) kind->languages);

  g_set_error (error, CAP_ERROR, CAP_ERROR_LANGUAGE_NOT_SUPPORTED,
               "The engine “%s” does not understand the language “%s”. It understands: %s.",
               kind->id, language, known);
  return FALSE;
}

gboolean
cap_engines_check (CapEngines *self, const char *id, const char *language, GError **error)
{
  const EngineKind *kind;
  g_autoptr (CapProvider) provider = NULL;

  g_return_val_if_fail (CAP_IS_ENGINES (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);
  g_return_val_if_fail (language != NULL, FALSE);

  kind = find_kind (id);
  provider = cap_providers_get (self->providers, id);
  if (kind != NULL)
    return understands (kind, language) || refuse_language (kind, language, error);

  if (provider != NULL)
    return TRUE;

  g_set_error (error, CAP_ERROR, CAP_ERROR_NO_SUCH_ENGINE,
               "There is no engine “%s”. List the engines with: captionctl engines", id);
  return FALSE;
}

static CapEngine *
create_kind (gpointer user_data)
{
  const EngineKind *kind = user_data;

  return g_object_new (kind->get_type (), "id", kind->id, NULL);
}

CapEngine *
cap_engines_create (CapEngines *self, const char *id, const char *language)
{
  const EngineKind *kind, *local = find_kind ("local");
  g_autoptr (CapEngine) realtime = NULL;

  g_return_val_if_fail (CAP_IS_ENGINES (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);
  g_return_val_if_fail (language != NULL, NULL);

  kind = find_kind (id);
  if (kind != NULL)
    return create_kind ((gpointer) kind);

  realtime = cap_engine_realtime_new (id, language, self->providers, self->credentials, self->learnt,
                                      self->budget,
                                      g_settings_get_uint (self->settings, "session-idle-seconds"));
  if (!g_settings_get_boolean (self->settings, "fallback") || !understands (local, language))
    return g_steal_pointer (&realtime);

  return cap_engine_fallback_new (realtime, create_kind, (gpointer) local,
                                  1000 * g_settings_get_uint (self->settings, "fallback-seconds"));
}

void
cap_engines_flush (CapEngines *self)
{
  g_return_if_fail (CAP_IS_ENGINES (self));

  cap_budget_flush (self->budget);
  cap_learnt_flush (self->learnt);
}
