/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/service/choice.h"
#include "overlay/text/sentence.h"

/* Longer texts do not fit into a list. */
#define MAX_COLUMNS 300

struct _CapChoice
{
  GObject parent_instance;

  char *id;
  char *name;
  char *detail;
};

enum
{
  PROP_0,

  PROP_NAME,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (CapChoice, cap_choice, G_TYPE_OBJECT)

/* lifecycle */

static void
cap_choice_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CapChoice *self = CAP_CHOICE (object);

  if (id == PROP_NAME)
    g_value_set_string (value, self->name);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
cap_choice_finalize (GObject *object)
{
  CapChoice *self = CAP_CHOICE (object);

  g_free (self->id);
  g_free (self->name);
  g_free (self->detail);

  G_OBJECT_CLASS (cap_choice_parent_class)->finalize (object);
}

static void
cap_choice_class_init (CapChoiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = cap_choice_get_property;
  object_class->finalize = cap_choice_finalize;

  /* Drop-down lists search by this property. */
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, "",
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
cap_choice_init (CapChoice *self)
{
}

/* public */

CapChoice *
cap_choice_new (const char *id, const char *name, const char *detail)
{
  CapChoice *self = g_object_new (CAP_TYPE_CHOICE, NULL);

  self->id = g_strdup (id);
  self->name = cap_sentence_cut (name, MAX_COLUMNS);
  self->detail = cap_sentence_cut (detail, MAX_COLUMNS);
  return self;
}

const char *
cap_choice_get_id (CapChoice *self)
{
  g_return_val_if_fail (CAP_IS_CHOICE (self), NULL);

  return self->id;
}

const char *
cap_choice_get_name (CapChoice *self)
{
  g_return_val_if_fail (CAP_IS_CHOICE (self), NULL);

  return self->name;
}

const char *
cap_choice_get_detail (CapChoice *self)
{
  g_return_val_if_fail (CAP_IS_CHOICE (self), NULL);

  return self->detail;
}

GListStore *
cap_choices_new (void)
{
  return g_list_store_new (CAP_TYPE_CHOICE);
}

void
cap_choices_add (GListStore *choices, const char *id, const char *name, const char *detail)
{
  g_autoptr (CapChoice) choice = NULL;

  g_return_if_fail (G_IS_LIST_STORE (choices));
  g_return_if_fail (id != NULL);
  g_return_if_fail (name != NULL);
  g_return_if_fail (detail != NULL);

  choice = cap_choice_new (id, name, detail);
  g_list_store_append (choices, choice);
}

guint
cap_choices_find (GListModel *choices, const char *id)
{
  g_return_val_if_fail (G_IS_LIST_MODEL (choices), G_MAXUINT);
  g_return_val_if_fail (id != NULL, G_MAXUINT);

  for (guint i = 0; i < g_list_model_get_n_items (choices); i++)
    {
      g_autoptr (CapChoice) choice = g_list_model_get_item (choices, i);

      if (g_str_equal (choice->id, id))
        return i;
    }

  return G_MAXUINT;
}

gboolean
cap_choices_equal (GListModel *choices, GListModel *others)
{
  guint n;

  g_return_val_if_fail (G_IS_LIST_MODEL (choices), FALSE);
  g_return_val_if_fail (G_IS_LIST_MODEL (others), FALSE);

  n = g_list_model_get_n_items (choices);
  if (n != g_list_model_get_n_items (others))
    return FALSE;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (CapChoice) one = g_list_model_get_item (choices, i);
      g_autoptr (CapChoice) other = g_list_model_get_item (others, i);

      if (!g_str_equal (one->id, other->id) || !g_str_equal (one->name, other->name)
          || !g_str_equal (one->detail, other->detail))
        return FALSE;
    }

  return TRUE;
}
