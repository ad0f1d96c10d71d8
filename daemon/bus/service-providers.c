/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "bus/service-providers.h"
#include "dbus/error.h"
#include "providers/key-read.h"

#include <gio/gunixfdlist.h>

#define MAX_CALLS 8
#define KEY_SECONDS 30

/* struct */

struct _CapServiceProviders
{
  GObject parent_instance;

  CapDBusCaptions1 *object; /* weak */
  GSettings *settings;
  CapProviders *providers;
  CapCredentials *credentials;
  guint n_calls; /* calls that wait for a key or for the keyring */
  guint tell_idle;
};

G_DEFINE_FINAL_TYPE (CapServiceProviders, cap_service_providers, G_TYPE_OBJECT)

/* A call that waits for a key or for the keyring. */
typedef struct
{
  CapServiceProviders *self;
  GDBusMethodInvocation *invocation;
  char *id;
} Call;

static Call *
call_new (CapServiceProviders *self, GDBusMethodInvocation *invocation, const char *id)
{
  Call *call = g_new0 (Call, 1);

  call->self = g_object_ref (self);
  call->invocation = invocation;
  call->id = g_strdup (id);
  self->n_calls++;
  return call;
}

static void
call_free (Call *call)
{
  call->self->n_calls--;
  g_object_unref (call->self);
  g_free (call->id);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

/* lifecycle */

static void
cap_service_providers_dispose (GObject *object)
{
  CapServiceProviders *self = CAP_SERVICE_PROVIDERS (object);

  g_clear_handle_id (&self->tell_idle, g_source_remove);
  g_clear_weak_pointer (&self->object);
  g_clear_object (&self->settings);
  g_clear_object (&self->providers);
  g_clear_object (&self->credentials);

  G_OBJECT_CLASS (cap_service_providers_parent_class)->dispose (object);
}

static void
cap_service_providers_init (CapServiceProviders *self)
{
}

static void
cap_service_providers_class_init (CapServiceProvidersClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_service_providers_dispose;
}

/* EnginesChanged */

static gboolean
on_tell (gpointer user_data)
{
  CapServiceProviders *self = user_data;

  self->tell_idle = 0;
  if (self->object != NULL)
    cap_dbus_captions1_emit_engines_changed (self->object);
  return G_SOURCE_REMOVE;
}

/* Emits one signal for all changes of one turn of the main loop. */
static void
on_changed (CapProviders *providers, const char *id, gpointer user_data)
{
  CapServiceProviders *self = user_data;

  if (self->tell_idle == 0)
    self->tell_idle = g_idle_add (on_tell, self);
}

/* answers */

static void
answer (GDBusMethodInvocation *invocation, const GError *error)
{
  if (error != NULL)
    g_dbus_method_invocation_return_gerror (invocation, error);
  else
    g_dbus_method_invocation_return_value (invocation, NULL);
}

/* The limit is low because each call holds a file descriptor or asks the user
 * about the keyring. */
static gboolean
check_room (CapServiceProviders *self, GError **error)
{
  if (self->n_calls < MAX_CALLS)
    return TRUE;

  g_set_error_literal (error, CAP_ERROR, CAP_ERROR_LIMIT_EXCEEDED,
                       "captiond is already working on several keys. Try again in a moment.");
  return FALSE;
}

static CapProvider *
find_provider (CapServiceProviders *self, const char *id, GError **error)
{
  CapProvider *provider = cap_providers_get (self->providers, id);

  if (provider == NULL)
    g_set_error (error, CAP_ERROR, CAP_ERROR_NO_SUCH_ENGINE,
                 "There is no provider “%s”. List the providers with: captionctl provider list", id);
  return provider;
}

/* SetProvider */

static void
set_provider (CapServiceProviders *self, GDBusMethodInvocation *invocation, const char *id)
{
  g_autoptr (GVariant) settings =
    g_variant_get_child_value (g_dbus_method_invocation_get_parameters (invocation), 1);
  g_autoptr (GError) error = NULL;

  cap_providers_set (self->providers, id, settings, &error);
  answer (invocation, error);
}

/* RemoveProvider */

/* The provider is gone in every case. But if the keyring is locked, the call
 * must fail, or the user would believe that the key is gone too. Without a
 * keyring there is no key. */
static void
on_key_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL, locked = NULL;

  if (!cap_credentials_clear_finish (CAP_CREDENTIALS (source), result, &error)
      && g_error_matches (error, CAP_ERROR, CAP_ERROR_KEYRING_LOCKED))
    g_set_error (&locked, CAP_ERROR, CAP_ERROR_KEYRING_LOCKED,
                 "%s is removed, but its key is still in the keyring, because the keyring is locked. "
                 "Unlock the keyring, and delete the entry “captiond: key of %s” there.",
                 call->id, call->id);
  answer (call->invocation, locked);
}

/* Whether the administrator has locked @id as the default engine. */
static gboolean
is_fixed (CapServiceProviders *self, const char *id, GError **error)
{
  g_autofree char *engine = g_settings_get_string (self->settings, "engine");

  if (!g_str_equal (engine, id) || g_settings_is_writable (self->settings, "engine"))
    return FALSE;

  g_set_error_literal (error, CAP_ERROR, CAP_ERROR_POLICY_REFUSED,
                       "engine: the administrator of this computer has locked this provider as the "
                       "default engine");
  return TRUE;
}

static void
remove_provider (CapServiceProviders *self, GDBusMethodInvocation *invocation, const char *id)
{
  g_autoptr (CapProvider) provider = cap_providers_get (self->providers, id);
  g_autofree char *engine = g_settings_get_string (self->settings, "engine");
  g_autoptr (GError) error = NULL;

  if (!check_room (self, &error) || is_fixed (self, id, &error)
      || !cap_providers_remove (self->providers, id, &error))
    {
      answer (invocation, error);
      return;
    }

  if (g_str_equal (engine, id))
    g_settings_set_string (self->settings, "engine", "local");
  if (provider != NULL)
    cap_credentials_forget_token (self->credentials, provider);
  cap_credentials_clear_async (self->credentials, id, NULL, on_key_forgotten,
                               call_new (self, invocation, id));
}

/* SetKey */

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;

  if (cap_credentials_store_finish (CAP_CREDENTIALS (source), result, &error))
    cap_providers_touch (call->self->providers, call->id);
  answer (call->invocation, error);
}

static void
on_key (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  CapServiceProviders *self = call->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (CapSecret) secret = cap_key_read_finish (result, &error);
  g_autoptr (CapProvider) provider = secret != NULL ? find_provider (self, call->id, &error) : NULL;

  if (provider == NULL)
    {
      answer (call->invocation, error);
      return;
    }

  cap_credentials_store_async (self->credentials, provider, secret, NULL, on_stored, g_steal_pointer (&call));
}

/* The file descriptor in the call, owned by the caller; -1 with an error. */
static int
take_descriptor (GDBusMethodInvocation *invocation, GError **error)
{
  GUnixFDList *list = g_dbus_message_get_unix_fd_list (g_dbus_method_invocation_get_message (invocation));
  gint32 place;

  g_variant_get_child (g_dbus_method_invocation_get_parameters (invocation), 1, "h", &place);
  if (list != NULL && place >= 0 && place < g_unix_fd_list_get_length (list))
    return g_unix_fd_list_get (list, place, error);

  g_set_error_literal (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION, "key: the call contains no pipe or file");
  return -1;
}

static void
set_key (CapServiceProviders *self, GDBusMethodInvocation *invocation, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CapProvider) provider = find_provider (self, id, &error);
  int fd = -1;

  if (provider != NULL && check_room (self, &error))
    fd = take_descriptor (invocation, &error);
  if (fd < 0)
    {
      answer (invocation, error);
      return;
    }

  cap_key_read_async (fd, KEY_SECONDS, on_key, call_new (self, invocation, id));
}

/* ClearKey */

static void
on_cleared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;

  if (cap_credentials_clear_finish (CAP_CREDENTIALS (source), result, &error))
    cap_providers_touch (call->self->providers, call->id);
  answer (call->invocation, error);
}

static void
clear_key (CapServiceProviders *self, GDBusMethodInvocation *invocation, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CapProvider) provider = find_provider (self, id, &error);

  if (provider == NULL || !check_room (self, &error))
    answer (invocation, error);
  else
    cap_credentials_clear_async (self->credentials, id, NULL, on_cleared, call_new (self, invocation, id));
}

/* public methods */

CapServiceProviders *
cap_service_providers_new (CapDBusCaptions1 *object, GSettings *settings, CapProviders *providers,
                           CapCredentials *credentials)
{
  CapServiceProviders *self;

  g_return_val_if_fail (CAP_DBUS_IS_CAPTIONS1 (object), NULL);
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (CAP_IS_PROVIDERS (providers), NULL);
  g_return_val_if_fail (CAP_IS_CREDENTIALS (credentials), NULL);

  self = g_object_new (CAP_TYPE_SERVICE_PROVIDERS, NULL);
  g_set_weak_pointer (&self->object, object);
  self->settings = g_object_ref (settings);
  self->providers = g_object_ref (providers);
  self->credentials = g_object_ref (credentials);
  g_signal_connect_object (providers, "changed", G_CALLBACK (on_changed), self, G_CONNECT_DEFAULT);
  return self;
}

void
cap_service_providers_handle (CapServiceProviders *self, GDBusMethodInvocation *invocation)
{
  static const struct
  {
    const char *method;
    void (*handle) (CapServiceProviders *self, GDBusMethodInvocation *invocation, const char *id);
  } methods[] = {
    { "SetProvider", set_provider },
    { "RemoveProvider", remove_provider },
    { "SetKey", set_key },
    { "ClearKey", clear_key },
  };
  const char *id;

  g_return_if_fail (CAP_IS_SERVICE_PROVIDERS (self));
  g_return_if_fail (G_IS_DBUS_METHOD_INVOCATION (invocation));

  g_variant_get_child (g_dbus_method_invocation_get_parameters (invocation), 0, "&s", &id);
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    if (g_str_equal (g_dbus_method_invocation_get_method_name (invocation), methods[i].method))
      {
        methods[i].handle (self, invocation, id);
        return;
      }

  g_assert_not_reached ();
}

gboolean
cap_service_providers_is_busy (CapServiceProviders *self)
{
  g_return_val_if_fail (CAP_IS_SERVICE_PROVIDERS (self), FALSE);

  return self->n_calls > 0;
}
