/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "dbus/error.h"
#include "dbus/names.h"

static const GDBusErrorEntry error_entries[] = {
  { CAP_ERROR_INVALID_OPTION, CAP_ERROR_PREFIX "InvalidOption" },
  { CAP_ERROR_NO_SUCH_SOURCE, CAP_ERROR_PREFIX "NoSuchSource" },
  { CAP_ERROR_NO_SUCH_ENGINE, CAP_ERROR_PREFIX "NoSuchEngine" },
  { CAP_ERROR_LANGUAGE_NOT_SUPPORTED, CAP_ERROR_PREFIX "LanguageNotSupported" },
  { CAP_ERROR_NOT_CONFIGURED, CAP_ERROR_PREFIX "NotConfigured" },
  { CAP_ERROR_NO_CREDENTIALS, CAP_ERROR_PREFIX "NoCredentials" },
  { CAP_ERROR_KEYRING_LOCKED, CAP_ERROR_PREFIX "KeyringLocked" },
  { CAP_ERROR_AUTHENTICATION_FAILED, CAP_ERROR_PREFIX "AuthenticationFailed" },
  { CAP_ERROR_MODEL_NOT_FOUND, CAP_ERROR_PREFIX "ModelNotFound" },
  { CAP_ERROR_MODEL_NOT_SUPPORTED, CAP_ERROR_PREFIX "ModelNotSupported" },
  { CAP_ERROR_ENDPOINT_NOT_FOUND, CAP_ERROR_PREFIX "EndpointNotFound" },
  { CAP_ERROR_REDIRECT_REFUSED, CAP_ERROR_PREFIX "RedirectRefused" },
  { CAP_ERROR_TLS_FAILED, CAP_ERROR_PREFIX "TlsFailed" },
  { CAP_ERROR_PROTOCOL_ERROR, CAP_ERROR_PREFIX "ProtocolError" },
  { CAP_ERROR_RATE_LIMITED, CAP_ERROR_PREFIX "RateLimited" },
  { CAP_ERROR_QUOTA_EXCEEDED, CAP_ERROR_PREFIX "QuotaExceeded" },
  { CAP_ERROR_BUDGET_EXHAUSTED, CAP_ERROR_PREFIX "BudgetExhausted" },
  { CAP_ERROR_SERVICE_FAILED, CAP_ERROR_PREFIX "ServiceFailed" },
  { CAP_ERROR_CONNECTION_LOST, CAP_ERROR_PREFIX "ConnectionLost" },
  { CAP_ERROR_AUDIO_UNAVAILABLE, CAP_ERROR_PREFIX "AudioUnavailable" },
  { CAP_ERROR_POLICY_REFUSED, CAP_ERROR_PREFIX "PolicyRefused" },
  { CAP_ERROR_NOT_HOLDER, CAP_ERROR_PREFIX "NotHolder" },
  { CAP_ERROR_LIMIT_EXCEEDED, CAP_ERROR_PREFIX "LimitExceeded" },
  { CAP_ERROR_NO_SUCH_MODEL, CAP_ERROR_PREFIX "NoSuchModel" },
  { CAP_ERROR_MODEL_DAMAGED, CAP_ERROR_PREFIX "ModelDamaged" },
  { CAP_ERROR_DOWNLOAD_FAILED, CAP_ERROR_PREFIX "DownloadFailed" },
  { CAP_ERROR_DISK_FULL, CAP_ERROR_PREFIX "DiskFull" },
  { CAP_ERROR_DISK_FAILED, CAP_ERROR_PREFIX "DiskFailed" },
  { CAP_ERROR_CANCELLED, CAP_ERROR_PREFIX "Cancelled" },
};
G_STATIC_ASSERT (G_N_ELEMENTS (error_entries) == CAP_N_ERRORS);

GQuark
cap_error_quark (void)
{
  static gsize quark = 0;

  g_dbus_error_register_error_domain ("cap-error-quark", &quark,
                                      error_entries, G_N_ELEMENTS (error_entries));
  return (GQuark) quark;
}

const char *
cap_error_get_name (const GError *error)
{
  if (error == NULL || error->domain != CAP_ERROR)
    return "";

  g_assert (error->code >= 0 && error->code < CAP_N_ERRORS);
  return error_entries[error->code].dbus_error_name;
}
