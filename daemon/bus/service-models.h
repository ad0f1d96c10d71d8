/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "dbus/captions-dbus.h"
#include "models/models.h"

G_BEGIN_DECLS

/* Answers ListModels, InstallModel and RemoveModel for callers that the service has
 * admitted, owns the objects of their jobs, and emits ModelsChanged. */
#define CAP_TYPE_SERVICE_MODELS (cap_service_models_get_type ())
G_DECLARE_FINAL_TYPE (CapServiceModels, cap_service_models, CAP, SERVICE_MODELS, GObject)

/* @object: where to answer calls and emit signals. Not owned. */
CapServiceModels *cap_service_models_new (CapDBusCaptions1 *object, CapModels *models);

/* Answers @invocation, a call of one of the three methods. */
void cap_service_models_handle (CapServiceModels *self, GDBusMethodInvocation *invocation);

/* Whether a job is at work. */
gboolean cap_service_models_is_busy (CapServiceModels *self);

G_END_DECLS
