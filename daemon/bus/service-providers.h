/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "dbus/captions-dbus.h"
#include "providers/credentials.h"
#include "providers/providers.h"

G_BEGIN_DECLS

/* The part of org.captiond.Captions1 that manages providers: SetProvider,
 * RemoveProvider, SetKey, ClearKey, and the signal EnginesChanged. */
#define CAP_TYPE_SERVICE_PROVIDERS (cap_service_providers_get_type ())
G_DECLARE_FINAL_TYPE (CapServiceProviders, cap_service_providers, CAP, SERVICE_PROVIDERS, GObject)

/* @object: the object that emits the signal. It is not referenced, because it
 * owns this one. */
CapServiceProviders *cap_service_providers_new (CapDBusCaptions1 *object,
                                                GSettings *settings,
                                                CapProviders *providers,
                                                CapCredentials *credentials);

/* Answers a call of one of these methods. The caller of this function has
 * checked that the sender is allowed to make it. */
void cap_service_providers_handle (CapServiceProviders *self, GDBusMethodInvocation *invocation);

/* Whether a call still waits for its answer. */
gboolean cap_service_providers_is_busy (CapServiceProviders *self);

G_END_DECLS
