/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/better-model.h"
#include "captionctl/model-list.h"
#include "common/engine-id.h"
#include "common/own-language.h"
#include "dbus/names.h"

#include <errno.h>

/* Every model of the catalogue makes fewer mistakes. */
#define PLAIN_RECOGNISER "pocketsphinx"
#define SAID "model-hint-said"

struct _CapBetterModel
{
  GDBusConnection *connection;
  GCancellable *cancellable;
  char *engine;
  char *language;

  CapBetterModelFunc func;
  gpointer user_data;
};

/* what the user was told */

static char *
get_mark (void)
{
  return g_build_filename (g_get_user_state_dir (), "captiond", SAID, NULL);
}

static gboolean
was_said (void)
{
  g_autofree char *mark = get_mark ();

  return g_file_test (mark, G_FILE_TEST_EXISTS);
}

/* A mark that cannot be written is no error of the captions: the user is told again next
 * time. */
static void
set_said (void)
{
  g_autofree char *mark = get_mark ();
  g_autofree char *folder = g_path_get_dirname (mark);
  g_autoptr (GError) error = NULL;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    g_debug ("The folder %s cannot be made: %s", folder, g_strerror (errno));
  else if (!g_file_set_contents (mark, "", 0, &error))
    g_debug ("%s", error->message);
}

/* private */

static void
call (CapBetterModel *self, const char *method, GVariant *arguments, GAsyncReadyCallback callback)
{
  g_dbus_connection_call (self->connection, CAP_BUS_NAME, CAP_OBJECT_PATH, CAP_INTERFACE, method, arguments,
                          G_VARIANT_TYPE ("(aa{sv})"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, self->cancellable,
                          callback, self);
}

/* The list of a reply; NULL if the call failed. A hint is not worth an error message. Without
 * a list, the object may be gone. */
static GVariant *
take_list (GObject *source, GAsyncResult *result)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

static gboolean
can_be_installed (GVariant *model)
{
  return g_str_equal (cap_model_list_get_text (model, "kind"), "model")
         && g_str_equal (cap_model_list_get_text (model, "state"), "available")
         && cap_model_list_get_flag (model, "usable");
}

static gboolean
is_installed (GVariant *model)
{
  return g_str_equal (cap_model_list_get_text (model, "kind"), "model")
         && g_str_equal (cap_model_list_get_text (model, "state"), "installed");
}

/* With a model of the language, another recogniser is at work already. */
static gboolean
offers_one (GVariant *models)
{
  gboolean found = FALSE;

  for (gsize i = 0; i < g_variant_n_children (models); i++)
    {
      g_autoptr (GVariant) model = g_variant_get_child_value (models, i);

      if (is_installed (model))
        return FALSE;
      found = found || can_be_installed (model);
    }

  return found;
}

static void
say (CapBetterModel *self)
{
  g_autofree char *sentence = g_strdup_printf ("A better recogniser for this language can be installed. "
                                               "To see which: captionctl model list --language %s",
                                               self->language);

  self->func (sentence, self->user_data);
  set_said ();
}

/* callbacks */

static void
on_models (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) models = take_list (source, result);

  if (models != NULL && offers_one (models))
    say (user_data);
}

static void
list_models (CapBetterModel *self)
{
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "language", "s", self->language);
  call (self, "ListModels", g_variant_new ("(@a{sv})", g_variant_dict_end (&options)), on_models);
}

static void
on_engines (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) engines = take_list (source, result);
  CapBetterModel *self = user_data;
  g_autoptr (GVariant) engine = NULL;

  if (engines == NULL)
    return;

  engine = cap_model_list_find (engines, self->engine, NULL);
  if (engine != NULL && g_str_equal (cap_model_list_get_text (engine, "recogniser"), PLAIN_RECOGNISER))
    list_models (self);
}

/* As the service does, if captions have no language: the user's own, otherwise English. */
static char *
choose_language (const char *language)
{
  char *own;

  if (*language != '\0')
    return g_strdup (language);

  own = cap_own_language_find ();
  return own != NULL ? own : g_strdup ("en");
}

/* public */

CapBetterModel *
cap_better_model_look (GDBusConnection *connection, const char *engine, const char *language,
                       CapBetterModelFunc func, gpointer user_data)
{
  CapBetterModel *self;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);
  g_return_val_if_fail (engine != NULL, NULL);
  g_return_val_if_fail (language != NULL, NULL);
  g_return_val_if_fail (func != NULL, NULL);

  self = g_new0 (CapBetterModel, 1);
  self->connection = g_object_ref (connection);
  self->cancellable = g_cancellable_new ();
  self->engine = g_strdup (engine);
  self->language = choose_language (language);
  self->func = func;
  self->user_data = user_data;

  if (cap_engine_id_is_local (engine) && !was_said ())
    call (self, "ListEngines", NULL, on_engines);
  return self;
}

void
cap_better_model_free (CapBetterModel *self)
{
  g_return_if_fail (self != NULL);

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->connection);
  g_object_unref (self->cancellable);
  g_free (self->engine);
  g_free (self->language);
  g_free (self);
}
