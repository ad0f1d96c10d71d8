/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * CapError:
 *
 * The errors of the service. On the bus, CAP_ERROR_NO_SUCH_SOURCE is called
 * org.captiond.Captions1.Error.NoSuchSource, and so on. The message of an
 * error is one or two sentences for people: what happened, what it means, what
 * to do. It contains neither speech nor keys.
 */
typedef enum
{
  CAP_ERROR_INVALID_OPTION,
  CAP_ERROR_NO_SUCH_SOURCE,
  CAP_ERROR_NO_SUCH_ENGINE,
  CAP_ERROR_LANGUAGE_NOT_SUPPORTED,
  CAP_ERROR_NOT_CONFIGURED,
  CAP_ERROR_NO_CREDENTIALS,
  CAP_ERROR_KEYRING_LOCKED,
  CAP_ERROR_AUTHENTICATION_FAILED,
  CAP_ERROR_MODEL_NOT_FOUND,
  CAP_ERROR_MODEL_NOT_SUPPORTED,
  CAP_ERROR_ENDPOINT_NOT_FOUND,
  CAP_ERROR_REDIRECT_REFUSED,
  CAP_ERROR_TLS_FAILED,
  CAP_ERROR_PROTOCOL_ERROR,
  CAP_ERROR_RATE_LIMITED,
  CAP_ERROR_QUOTA_EXCEEDED,
  CAP_ERROR_BUDGET_EXHAUSTED,
  CAP_ERROR_SERVICE_FAILED,
  CAP_ERROR_CONNECTION_LOST,
  CAP_ERROR_AUDIO_UNAVAILABLE,
  CAP_ERROR_POLICY_REFUSED,
  CAP_ERROR_NOT_HOLDER,
  CAP_ERROR_LIMIT_EXCEEDED,
  CAP_ERROR_NO_SUCH_MODEL,
  CAP_ERROR_MODEL_DAMAGED,
  CAP_ERROR_DOWNLOAD_FAILED,
  CAP_ERROR_DISK_FULL,
  CAP_ERROR_DISK_FAILED,
  CAP_ERROR_CANCELLED,
} CapError;

#define CAP_N_ERRORS (CAP_ERROR_CANCELLED + 1)

/* The error domain. The first call registers the D-Bus names: a program must
 * make this call before it uses D-Bus. */
#define CAP_ERROR (cap_error_quark ())
GQuark cap_error_quark (void);

/* The full D-Bus name of @error; the empty string for NULL and for errors of
 * other domains. Static. */
const char *cap_error_get_name (const GError *error);

G_END_DECLS
