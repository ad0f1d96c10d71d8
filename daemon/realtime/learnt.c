/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/learnt.h"
#include "protocol/dialects.h"
#include "realtime/state-file.h"

#define KEY_SERVICE "service"
#define KEY_DIALECT "dialect"
#define KEY_MINTED "minted"
#define KEY_REFUSED "refused"

/* struct */

struct _CapLearnt
{
  GObject parent_instance;

  CapStateFile *file;
  GKeyFile *content; /* a group for each provider */
};

G_DEFINE_FINAL_TYPE (CapLearnt, cap_learnt, G_TYPE_OBJECT)

/* lifecycle */

static void
cap_learnt_finalize (GObject *object)
{
  CapLearnt *self = CAP_LEARNT (object);

  g_key_file_unref (self->content);
  cap_state_file_free (self->file);

  G_OBJECT_CLASS (cap_learnt_parent_class)->finalize (object);
}

static void
cap_learnt_init (CapLearnt *self)
{
}

static void
cap_learnt_class_init (CapLearntClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cap_learnt_finalize;
}

/* private methods */

/* Another service has another fingerprint; a fingerprint does not show which
 * service it is of. */
static char *
fingerprint (CapProvider *provider)
{
  g_autofree char *service =
    g_strdup_printf ("%s\n%s\n%s\n%s\n%d\n%d", provider->url, provider->dialect, provider->model,
                     provider->session_model, provider->auth, provider->mint);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, service, -1);
}

static gboolean
knows (CapLearnt *self, CapProvider *provider)
{
  g_autofree char *is = fingerprint (provider);
  g_autofree char *was = g_key_file_get_string (self->content, provider->id, KEY_SERVICE, NULL);

  return g_strcmp0 (is, was) == 0;
}

/* Before something of @provider is set: what was learnt of the service that it
 * led to before must not stay. */
static void
begin (CapLearnt *self, CapProvider *provider)
{
  g_autofree char *is = fingerprint (provider);

  if (knows (self, provider))
    return;

  g_key_file_remove_group (self->content, provider->id, NULL);
  g_key_file_set_string (self->content, provider->id, KEY_SERVICE, is);
}

/* public methods */

CapLearnt *
cap_learnt_new (const char *path)
{
  CapLearnt *self = g_object_new (CAP_TYPE_LEARNT, NULL);

  self->file = cap_state_file_new (path, "learnt");
  /* A provider that a damaged file knew is learnt again. */
  self->content = cap_state_file_read (self->file);
  return self;
}

const CapDialect *
cap_learnt_get_door (CapLearnt *self, CapProvider *provider, gboolean *minted)
{
  g_autofree char *name = NULL;

  g_return_val_if_fail (CAP_IS_LEARNT (self), NULL);
  g_return_val_if_fail (provider != NULL, NULL);
  g_return_val_if_fail (minted != NULL, NULL);

  *minted = FALSE;
  if (!knows (self, provider))
    return NULL;

  name = g_key_file_get_string (self->content, provider->id, KEY_DIALECT, NULL);
  *minted = g_key_file_get_boolean (self->content, provider->id, KEY_MINTED, NULL);
  return name != NULL ? cap_dialect_find (name) : NULL;
}

void
cap_learnt_set_door (CapLearnt *self, CapProvider *provider, const CapDialect *dialect, gboolean minted)
{
  gboolean was_minted;

  g_return_if_fail (CAP_IS_LEARNT (self));
  g_return_if_fail (provider != NULL);
  g_return_if_fail (dialect != NULL);

  if (cap_learnt_get_door (self, provider, &was_minted) == dialect && was_minted == minted)
    return;

  begin (self, provider);
  g_key_file_set_string (self->content, provider->id, KEY_DIALECT, dialect->name);
  g_key_file_set_boolean (self->content, provider->id, KEY_MINTED, minted);
  cap_state_file_write (self->file, self->content);
}

guint
cap_learnt_get_refused (CapLearnt *self, CapProvider *provider)
{
  g_auto (GStrv) names = NULL;
  guint fields = 0;

  g_return_val_if_fail (CAP_IS_LEARNT (self), 0);
  g_return_val_if_fail (provider != NULL, 0);

  if (!knows (self, provider))
    return 0;

  names = g_key_file_get_string_list (self->content, provider->id, KEY_REFUSED, NULL, NULL);
  for (char **name = names; name != NULL && *name != NULL; name++)
    fields |= cap_field_from_string (*name);

  return fields;
}

void
cap_learnt_add_refused (CapLearnt *self, CapProvider *provider, guint fields)
{
  g_auto (GStrv) names = NULL;

  g_return_if_fail (CAP_IS_LEARNT (self));
  g_return_if_fail (provider != NULL);

  names = cap_fields_to_names (fields | cap_learnt_get_refused (self, provider));
  begin (self, provider);
  g_key_file_set_string_list (self->content, provider->id, KEY_REFUSED,
                              (const char *const *) names, g_strv_length (names));
  cap_state_file_write (self->file, self->content);
}

char **
cap_learnt_describe (CapLearnt *self, CapProvider *provider)
{
  g_autoptr (GStrvBuilder) sentences = g_strv_builder_new ();
  g_auto (GStrv) refused = NULL;
  const CapDialect *door;
  gboolean minted;

  g_return_val_if_fail (CAP_IS_LEARNT (self), NULL);
  g_return_val_if_fail (provider != NULL, NULL);

  door = cap_learnt_get_door (self, provider, &minted);
  refused = cap_fields_to_names (cap_learnt_get_refused (self, provider));
  if (door != NULL)
    {
      g_autofree char *sentence = g_strdup_printf ("The dialect “%s” worked%s.", door->name,
                                                   minted ? ", with a minted client secret" : "");
      g_strv_builder_add (sentences, sentence);
    }
  for (char **name = refused; *name != NULL; name++)
    {
      g_autofree char *sentence =
        g_strdup_printf ("The model refuses the field “%s”, so captiond leaves it out.", *name);
      g_strv_builder_add (sentences, sentence);
    }

  return g_strv_builder_end (sentences);
}

void
cap_learnt_forget (CapLearnt *self, const char *provider_id)
{
  g_return_if_fail (CAP_IS_LEARNT (self));
  g_return_if_fail (provider_id != NULL);

  if (g_key_file_remove_group (self->content, provider_id, NULL))
    cap_state_file_write (self->file, self->content);
}

void
cap_learnt_flush (CapLearnt *self)
{
  g_return_if_fail (CAP_IS_LEARNT (self));

  cap_state_file_flush (self->file);
}
