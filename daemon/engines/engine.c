/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "engines/engine.h"

/* struct */

typedef struct
{
  char *id;
  CapEngineState state;
  GError *failure;
  char *remote_host;
  guint64 sent_frames;
  double billed_seconds; /* negative: the service has reported none */
  guint reconnects;
} CapEnginePrivate;

/* properties */

enum
{
  PROP_0,

  PROP_ID,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

/* signals */

enum
{
  SIGNAL_HYPOTHESIS,
  SIGNAL_HUNGRY,
  SIGNAL_SETTLED,
  SIGNAL_REWIND,
  SIGNAL_STATE_CHANGED,
  SIGNAL_FINISHED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (CapEngine, cap_engine, G_TYPE_OBJECT)

/* lifecycle */

static void
cap_engine_finalize (GObject *object)
{
  CapEnginePrivate *priv = cap_engine_get_instance_private (CAP_ENGINE (object));

  g_free (priv->id);
  g_free (priv->remote_host);
  g_clear_error (&priv->failure);

  G_OBJECT_CLASS (cap_engine_parent_class)->finalize (object);
}

static void
cap_engine_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  CapEnginePrivate *priv = cap_engine_get_instance_private (CAP_ENGINE (object));

  if (id == PROP_ID)
    priv->id = g_value_dup_string (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
cap_engine_init (CapEngine *self)
{
  CapEnginePrivate *priv = cap_engine_get_instance_private (self);

  priv->remote_host = g_strdup ("");
  priv->billed_seconds = -1;
}

static guint
new_signal (const char *name, guint n_params, GType one, GType other)
{
  return g_signal_new (name, CAP_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, n_params, one, other);
}

static void
cap_engine_class_init (CapEngineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cap_engine_finalize;
  G_OBJECT_CLASS (klass)->set_property = cap_engine_set_property;

  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL,
                                             G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY
                                               | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);

  signals[SIGNAL_HYPOTHESIS] = new_signal ("hypothesis", 1, G_TYPE_POINTER, 0);
  signals[SIGNAL_HUNGRY] = new_signal ("hungry", 0, 0, 0);
  signals[SIGNAL_SETTLED] = new_signal ("settled", 2, G_TYPE_UINT64, G_TYPE_UINT64);
  signals[SIGNAL_REWIND] = new_signal ("rewind", 1, G_TYPE_UINT64, 0);
  signals[SIGNAL_STATE_CHANGED] = new_signal ("state-changed", 0, 0, 0);
  signals[SIGNAL_FINISHED] = new_signal ("finished", 0, 0, 0);
}

/* public methods */

const char *
cap_engine_get_id (CapEngine *self)
{
  CapEnginePrivate *priv = cap_engine_get_instance_private (self);

  g_return_val_if_fail (CAP_IS_ENGINE (self), NULL);

  return priv->id;
}

void
cap_engine_start (CapEngine *self)
{
  g_return_if_fail (CAP_IS_ENGINE (self));

  CAP_ENGINE_GET_CLASS (self)->start (self);
}

gsize
cap_engine_push (CapEngine *self, guint64 position, const gint16 *samples, gsize n_frames)
{
  g_return_val_if_fail (CAP_IS_ENGINE (self), 0);

  if (cap_engine_get_state (self) != CAP_ENGINE_READY)
    return 0;

  return CAP_ENGINE_GET_CLASS (self)->push (self, position, samples, n_frames);
}

void
cap_engine_speech_begins (CapEngine *self, guint64 position)
{
  g_return_if_fail (CAP_IS_ENGINE (self));

  CAP_ENGINE_GET_CLASS (self)->speech_begins (self, position);
}

void
cap_engine_speech_ends (CapEngine *self, guint64 position, CapGateEnd why)
{
  g_return_if_fail (CAP_IS_ENGINE (self));

  CAP_ENGINE_GET_CLASS (self)->speech_ends (self, position, why);
}

void
cap_engine_finish (CapEngine *self)
{
  g_return_if_fail (CAP_IS_ENGINE (self));

  CAP_ENGINE_GET_CLASS (self)->finish (self);
}

void
cap_engine_rest (CapEngine *self)
{
  g_return_if_fail (CAP_IS_ENGINE (self));

  if (CAP_ENGINE_GET_CLASS (self)->rest != NULL)
    CAP_ENGINE_GET_CLASS (self)->rest (self);
}

CapEngineState
cap_engine_get_state (CapEngine *self)
{
  CapEnginePrivate *priv = cap_engine_get_instance_private (self);

  g_return_val_if_fail (CAP_IS_ENGINE (self), CAP_ENGINE_STOPPED);

  return priv->state;
}

const GError *
cap_engine_get_failure (CapEngine *self)
{
  CapEnginePrivate *priv = cap_engine_get_instance_private (self);

  g_return_val_if_fail (CAP_IS_ENGINE (self), NULL);

  return priv->failure;
}

const char *
cap_engine_get_remote_host (CapEngine *self)
{
  CapEnginePrivate *priv = cap_engine_get_instance_private (self);

  g_return_val_if_fail (CAP_IS_ENGINE (self), "");

  return priv->remote_host;
}

double
cap_engine_get_sent_seconds (CapEngine *self)
{
  CapEnginePrivate *priv = cap_engine_get_instance_private (self);

  g_return_val_if_fail (CAP_IS_ENGINE (self), 0);

  return (double) priv->sent_frames / CAP_AUDIO_RATE;
}

double
cap_engine_get_billed_seconds (CapEngine *self)
{
  CapEnginePrivate *priv = cap_engine_get_instance_private (self);

  g_return_val_if_fail (CAP_IS_ENGINE (self), 0);

  return priv->billed_seconds >= 0 ? priv->billed_seconds : cap_engine_get_sent_seconds (self);
}

guint
cap_engine_get_reconnects (CapEngine *self)
{
  CapEnginePrivate *priv = cap_engine_get_instance_private (self);

  g_return_val_if_fail (CAP_IS_ENGINE (self), 0);

  return priv->reconnects;
}

/* for subclasses */

void
cap_engine_set_state (CapEngine *self, CapEngineState state, const GError *failure)
{
  CapEnginePrivate *priv = cap_engine_get_instance_private (self);

  g_return_if_fail (CAP_IS_ENGINE (self));

  priv->state = state;
  g_clear_error (&priv->failure);
  priv->failure = failure != NULL ? g_error_copy (failure) : NULL;
  g_signal_emit (self, signals[SIGNAL_STATE_CHANGED], 0);
}

void
cap_engine_emit_hypothesis (CapEngine *self, const CapHypothesis *hypothesis)
{
  g_return_if_fail (CAP_IS_ENGINE (self));
  g_return_if_fail (hypothesis != NULL && hypothesis->text != NULL);

  g_signal_emit (self, signals[SIGNAL_HYPOTHESIS], 0, hypothesis);
}

void
cap_engine_emit_hungry (CapEngine *self)
{
  g_return_if_fail (CAP_IS_ENGINE (self));

  g_signal_emit (self, signals[SIGNAL_HUNGRY], 0);
}

void
cap_engine_emit_settled (CapEngine *self, guint64 begin, guint64 end)
{
  g_return_if_fail (CAP_IS_ENGINE (self));
  g_return_if_fail (begin <= end);

  g_signal_emit (self, signals[SIGNAL_SETTLED], 0, begin, end);
}

void
cap_engine_emit_rewind (CapEngine *self, guint64 position)
{
  g_return_if_fail (CAP_IS_ENGINE (self));

  g_signal_emit (self, signals[SIGNAL_REWIND], 0, position);
}

void
cap_engine_emit_finished (CapEngine *self)
{
  g_return_if_fail (CAP_IS_ENGINE (self));

  g_signal_emit (self, signals[SIGNAL_FINISHED], 0);
}

void
cap_engine_set_remote_host (CapEngine *self, const char *host)
{
  CapEnginePrivate *priv = cap_engine_get_instance_private (self);

  g_return_if_fail (CAP_IS_ENGINE (self));
  g_return_if_fail (host != NULL);

  g_free (priv->remote_host);
  priv->remote_host = g_strdup (host);
}

void
cap_engine_add_sent (CapEngine *self, gsize n_frames)
{
  CapEnginePrivate *priv = cap_engine_get_instance_private (self);

  g_return_if_fail (CAP_IS_ENGINE (self));

  priv->sent_frames += n_frames;
}

void
cap_engine_add_billed (CapEngine *self, double seconds)
{
  CapEnginePrivate *priv = cap_engine_get_instance_private (self);

  g_return_if_fail (CAP_IS_ENGINE (self));

  priv->billed_seconds = MAX (priv->billed_seconds, 0) + seconds;
}

void
cap_engine_count_reconnect (CapEngine *self)
{
  CapEnginePrivate *priv = cap_engine_get_instance_private (self);

  g_return_if_fail (CAP_IS_ENGINE (self));

  priv->reconnects++;
}
