/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "base/network.h"

#include <string.h>

#define CAP_TYPE_PROXY_RESOLVER (cap_proxy_resolver_get_type ())
G_DECLARE_FINAL_TYPE (CapProxyResolver, cap_proxy_resolver, CAP, PROXY_RESOLVER, GObject)

struct _CapProxyResolver
{
  GObject parent_instance;

  GProxyResolver *others; /* of the desktop or the environment */
};

static void cap_proxy_resolver_iface_init (GProxyResolverInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CapProxyResolver, cap_proxy_resolver, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER, cap_proxy_resolver_iface_init))

static gboolean
is_for_this_computer (const char *uri)
{
  g_autoptr (GUri) parsed = g_uri_parse (uri, G_URI_FLAGS_NONE, NULL);

  return parsed != NULL && g_uri_get_host (parsed) != NULL
         && cap_host_is_this_computer (g_uri_get_host (parsed));
}

static char **
list_direct (void)
{
  return g_strdupv ((char *[]) { "direct://", NULL });
}

/* interface */

static gboolean
cap_proxy_resolver_is_supported (GProxyResolver *resolver)
{
  return TRUE;
}

static char **
cap_proxy_resolver_lookup (GProxyResolver *resolver,
                           const char *uri,
                           GCancellable *cancellable,
                           GError **error)
{
  if (is_for_this_computer (uri))
    return list_direct ();
  return g_proxy_resolver_lookup (CAP_PROXY_RESOLVER (resolver)->others, uri, cancellable, error);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  char **proxies = g_proxy_resolver_lookup_finish (G_PROXY_RESOLVER (source), result, &error);

  if (proxies != NULL)
    g_task_return_pointer (task, proxies, (GDestroyNotify) g_strfreev);
  else
    g_task_return_error (task, error);
}

static void
cap_proxy_resolver_lookup_async (GProxyResolver *resolver,
                                 const char *uri,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);

  if (is_for_this_computer (uri))
    g_task_return_pointer (task, list_direct (), (GDestroyNotify) g_strfreev);
  else
    g_proxy_resolver_lookup_async (CAP_PROXY_RESOLVER (resolver)->others, uri, cancellable, on_found,
                                   g_steal_pointer (&task));
}

static char **
cap_proxy_resolver_lookup_finish (GProxyResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
cap_proxy_resolver_iface_init (GProxyResolverInterface *iface)
{
  iface->is_supported = cap_proxy_resolver_is_supported;
  iface->lookup = cap_proxy_resolver_lookup;
  iface->lookup_async = cap_proxy_resolver_lookup_async;
  iface->lookup_finish = cap_proxy_resolver_lookup_finish;
}

/* lifecycle */

static void
cap_proxy_resolver_finalize (GObject *object)
{
  g_object_unref (CAP_PROXY_RESOLVER (object)->others);
  G_OBJECT_CLASS (cap_proxy_resolver_parent_class)->finalize (object);
}

static void
cap_proxy_resolver_class_init (CapProxyResolverClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cap_proxy_resolver_finalize;
}

static void
cap_proxy_resolver_init (CapProxyResolver *self)
{
  self->others = g_object_ref (g_proxy_resolver_get_default ());
}

/* public functions */

gboolean
cap_host_is_this_computer (const char *host)
{
  g_autoptr (GInetAddress) address = NULL;

  g_return_val_if_fail (host != NULL, FALSE);

  address = g_inet_address_new_from_string (host);
  if (address != NULL)
    return g_inet_address_get_is_loopback (address);

  /* RFC 6761, section 6.3 */
  return g_ascii_strcasecmp (host, "localhost") == 0
         || (strlen (host) > strlen (".localhost")
             && g_ascii_strcasecmp (host + strlen (host) - strlen (".localhost"), ".localhost") == 0);
}

GProxyResolver *
cap_proxy_resolver_new (void)
{
  return g_object_new (CAP_TYPE_PROXY_RESOLVER, NULL);
}
