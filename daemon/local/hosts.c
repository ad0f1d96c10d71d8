/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "local/hosts.h"

/* struct */

struct _CapHosts
{
  GObject parent_instance;

  GHashTable *hosts; /* what is loaded: GWeakRef of CapHost */
};

G_DEFINE_FINAL_TYPE (CapHosts, cap_hosts, G_TYPE_OBJECT)

/* lifecycle */

static void
weak_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static void
cap_hosts_init (CapHosts *self)
{
  self->hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, weak_free);
}

static void
cap_hosts_finalize (GObject *object)
{
  g_hash_table_unref (CAP_HOSTS (object)->hosts);

  G_OBJECT_CLASS (cap_hosts_parent_class)->finalize (object);
}

static void
cap_hosts_class_init (CapHostsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cap_hosts_finalize;
}

/* private */

/* All that decides what the process does. */
static char *
describe (const CapCandidate *candidate, guint threads)
{
  g_autoptr (GVariant) options = g_variant_ref_sink (cap_candidate_get_load_options (candidate, threads));
  g_autofree char *text = g_variant_print (options, FALSE);
  g_autofree char *program = g_strjoinv (" ", candidate->recogniser->argv);

  return g_strjoin ("\n", candidate->recogniser->id, program, text, NULL);
}

static gboolean
is_gone (gpointer key, gpointer value, gpointer user_data)
{
  g_autoptr (CapHost) host = g_weak_ref_get (value);

  return host == NULL || !cap_host_is_alive (host);
}

/* public */

CapHosts *
cap_hosts_new (void)
{
  return g_object_new (CAP_TYPE_HOSTS, NULL);
}

CapHost *
cap_hosts_get (CapHosts *self, const CapCandidate *candidate, guint threads, GError **error)
{
  g_autofree char *key = NULL;
  GWeakRef *known;
  CapHost *host;

  g_return_val_if_fail (CAP_IS_HOSTS (self), NULL);
  g_return_val_if_fail (candidate != NULL, NULL);

  if (!candidate->recogniser->shared)
    return cap_host_new (candidate->recogniser, threads, error);

  g_hash_table_foreach_remove (self->hosts, is_gone, NULL);
  key = describe (candidate, threads);
  known = g_hash_table_lookup (self->hosts, key);
  if (known != NULL)
    return g_weak_ref_get (known);

  host = cap_host_new (candidate->recogniser, threads, error);
  if (host == NULL)
    return NULL;

  known = g_new0 (GWeakRef, 1);
  g_weak_ref_init (known, host);
  g_hash_table_insert (self->hosts, g_steal_pointer (&key), known);
  return host;
}
