/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "protocol/fault-rows.h"

/* docs/known-failures.md explains the rows that have a number. */

#define AT(stage) (1 << CAP_STAGE_##stage)
#define HOW(how) CAP_HOW_##how
#define CODE(code) ((code) + 1)
#define THEN(e, r) .error = CAP_ERROR_##e, .remedy = CAP_REMEDY_##r

#define NOT_SUPPORTED "OperationNotSupported|OpperationNotSupported"
#define NO_SUCH_MODEL "model_not_found|DeploymentNotFound"
#define QUOTA "insufficient_quota|credit_balance_exhausted|billing_hard_limit_reached"
#define RATE "rate_limit_exceeded|rate_limit_error|too_many_requests|RateLimitReached"
#define OVERLOAD "server_error|overloaded|overloaded_error|InternalServerError|processing_error"

#define SET "captionctl provider set {provider} "
#define TRANSLATES \
  "The {noun} {asked-model} only translates: it can neither transcribe nor hold a conversation. " \
  "Set another {noun}: " SET "{model-option} NAME"
#define TRANSCRIBER \
  "Set a transcription model such as gpt-4o-transcribe or gpt-realtime-whisper (on Azure, the name of " \
  "its deployment): " SET "--model NAME"

static const CapFaultRow rows[] = {
  /* a proxy between this computer and the service */

  { .how = HOW (HTTP), .when = CAP_WHEN_BY_PROXY, THEN (CONNECTION_LOST, STOP),
    .sentence = "The proxy between this computer and {host} refused the connection (HTTP status {status}). "
                "Check the proxy and its password in the network settings, or ask its administrator to "
                "allow {host}" },
  { .how = HOW (HTTP), .from = 407, THEN (CONNECTION_LOST, STOP),
    .sentence = "The proxy between this computer and {host} requires a user name and a password. Set them "
                "in the network settings, or ask its administrator to allow {host}" },

  /* the wrong kind of session */

  { .row = "7.1-1b", .how = HOW (KIND), THEN (ENDPOINT_NOT_FOUND, OTHER_DOOR),
    .sentence = "The service opened a session of type {session-type}, which cannot be configured for "
                "transcription. The address belongs to another kind of session[: run captionctl doctor "
                "{provider} to find the one for transcription]" },
  { .row = "7.1-1b", .how = HOW (EVENT) | HOW (ENDED) | HOW (HTTP),
    .words = "transcription session update event to a|session update event to a transcription",
    THEN (ENDPOINT_NOT_FOUND, OTHER_DOOR),
    .sentence = "The service refused the configuration because it opened another type of session. The "
                "address belongs to another kind of session[: run captionctl doctor {provider} to find the "
                "one for transcription]" },
  { .row = "7.1-0d", .codes = "InvalidSessionType", THEN (ENDPOINT_NOT_FOUND, OTHER_DOOR),
    .sentence = "The service issues no client secrets for this type of session. Connect with the key "
                "itself: " SET "--no-mint" },

  /* redirects */

  { .row = "7.1-1c", .how = HOW (HTTP), .from = 300, .to = 399, .when = CAP_WHEN_OPENAI_LOST,
    THEN (REDIRECT_REFUSED, OTHER_DOOR),
    .sentence = "Azure redirected the connection to an address without /openai. That address does not "
                "exist, and a request to it would expose the key, so captiond sent none. Azure's preview "
                "interface is known for this fault. Use the current interface: " SET "--dialect azure" },
  { .how = HOW (HTTP), .from = 300, .to = 399, .dialects = "azure-preview",
    THEN (REDIRECT_REFUSED, OTHER_DOOR),
    .sentence = "The service redirects to another address{location}. captiond follows no redirect because "
                "that would send the key there. Use Azure's current interface: " SET "--dialect azure" },
  { .how = HOW (HTTP), .from = 300, .to = 399, THEN (REDIRECT_REFUSED, STOP),
    .sentence = "The service redirects to another address{location}. captiond follows no redirect because "
                "that would send the key there. If you trust that address, set it: " SET "--url URL" },

  /* models that the service cannot use; Azure spells the code in two ways */

  { .row = "7.1-0e", .how = HOW (TURN), .codes = NOT_SUPPORTED, THEN (MODEL_NOT_SUPPORTED, STOP),
    .sentence = "The service accepted the {noun} {model} when the session began, but cannot transcribe with "
                "it. " TRANSCRIBER },
  { .row = "7.1-4a", .codes = NOT_SUPPORTED "|" NO_SUCH_MODEL "|invalid_model|missing_model",
    .when = CAP_WHEN_MISNAMED_WHISPER, THEN (MODEL_NOT_FOUND, STOP),
    .sentence = "There is no model called gpt-4o-realtime-whisper. Its actual name is gpt-realtime-whisper: "
                SET "--model gpt-realtime-whisper" },
  { .row = "7.1-0a", .how = HOW (HTTP), .stages = AT (MINT), .dialects = "azure-preview",
    .codes = NOT_SUPPORTED,
    THEN (MODEL_NOT_SUPPORTED, OTHER_DOOR),
    .sentence = "Azure's preview interface issues no client secret for the deployment {model} because it "
                "does not support this kind of model. Use the current interface: " SET "--dialect azure" },
  { .row = "7.1-0b", .how = HOW (HTTP), .stages = AT (MINT), .codes = NOT_SUPPORTED,
    .when = CAP_WHEN_TRANSLATOR,
    THEN (MODEL_NOT_SUPPORTED, STOP), .sentence = TRANSLATES },
  { .row = "7.1-2a", .how = HOW (HTTP), .stages = AT (MINT), .codes = NOT_SUPPORTED,
    THEN (MODEL_NOT_SUPPORTED, OTHER_DOOR),
    .sentence = "The service issues no client secret for the {noun} {asked-model}, although it may exist. "
                "Check that this is the name of the deployment and not of its model, and that the model "
                "supports realtime sessions in this region. Or connect with the key itself: " SET
                "--no-mint" },
  { .row = "7.1-0g", .how = HOW (HTTP), .codes = NOT_SUPPORTED,
    .when = CAP_WHEN_TRANSLATOR,
    THEN (MODEL_NOT_SUPPORTED, OTHER_DOOR), .sentence = TRANSLATES },
  { .row = "7.1-1a", .how = HOW (HTTP), .dialects = "azure-realtime", .codes = NOT_SUPPORTED,
    THEN (MODEL_NOT_SUPPORTED, OTHER_DOOR),
    .sentence = "The deployment {session-model} exists, but its model does not hold conversations, so it "
                "cannot be the session model. Connect with intent=transcription: " SET "--dialect azure" },
  { .row = "7.1-1e", .how = HOW (HTTP), .stages = AT (HANDSHAKE), .dialects = "azure", .codes = NOT_SUPPORTED,
    THEN (MODEL_NOT_SUPPORTED, OTHER_DOOR),
    .sentence = "This Azure resource opens no transcription sessions. With a deployment of a conversation "
                "model in addition to {model}, captiond can transcribe in a conversation that never "
                "answers. This costs more: " SET "--dialect azure-realtime --session-model NAME" },
  { .how = HOW (HTTP) | HOW (EVENT) | HOW (ENDED), .codes = NOT_SUPPORTED,
    THEN (MODEL_NOT_SUPPORTED, OTHER_DOOR),
    .sentence = "The service knows the {noun} {asked-model}, but the {noun} does not work at this address[. "
                "Run captionctl doctor {provider} to find an address where it does]" },

  /* models that do not exist */

  { .row = "7.2-3", .how = HOW (TURN), .codes = NO_SUCH_MODEL, THEN (MODEL_NOT_FOUND, STOP),
    .sentence = "There is no {noun} called {model} on this resource, although the service accepted the name "
                "when the session began. Look up the exact name and set it: " SET "--model NAME" },
  { .row = "7.1-0i", .codes = "DeploymentNotFound", THEN (MODEL_NOT_FOUND, STOP),
    .sentence = "There is no deployment called {asked-model} on this resource. Look up the exact name of "
                "the deployment, which may differ from the name of its model, and set it: " SET
                "{model-option} NAME" },
  { .row = "7.2-7", .how = HOW (CLOSED), .from = 4004, THEN (MODEL_NOT_FOUND, STOP),
    .sentence = "The service has no model called {asked-model} for this account, even if it issued a client "
                "secret for it. Set another model: " SET "{model-option} NAME" },
  { .codes = "model_not_found", THEN (MODEL_NOT_FOUND, STOP),
    .sentence = "The service has no {noun} called {asked-model}, or your key does not give access to it. "
                "Set another {noun}: " SET "{model-option} NAME" },
  { .codes = "missing_model", THEN (MODEL_NOT_FOUND, OTHER_DOOR),
    .sentence = "The service expects the model in the address of the connection, and this dialect does not "
                "put it there[. Run captionctl doctor {provider} to find the right dialect]" },
  { .codes = "invalid_model|model_not_supported|unsupported_model", THEN (MODEL_NOT_SUPPORTED, OTHER_DOOR),
    .sentence = "The service does not accept the {noun} {asked-model} in this kind of session. Set a "
                "transcription model with " SET "--model NAME[, or run captionctl doctor {provider}]" },
  { .how = HOW (EVENT) | HOW (ENDED), .codes = "model_not_validated", THEN (PROTOCOL_ERROR, STOP),
    .sentence = "The server received speech before it had accepted the model {model}. Set the name under "
                "which it serves its model: " SET "--model NAME" },

  /* addresses */

  { .row = "7.2-4", .how = HOW (HTTP), .from = 404, .when = CAP_WHEN_FOUNDRY_HOST,
    THEN (ENDPOINT_NOT_FOUND, STOP),
    .sentence = "{host} has no realtime interface. The same resource has one under another host name: " SET
                "--url https://{resource}.openai.azure.com" },
  { .how = HOW (HTTP), .words = "api-version|api version|apiversion", THEN (ENDPOINT_NOT_FOUND, OTHER_DOOR),
    .sentence = "Azure does not accept the api-version of this request. The current interface needs none: "
                SET "--dialect azure --url https://RESOURCE.openai.azure.com" },

  /* the key */

  { .how = HOW (HTTP), .from = 401, .words = "ephemeral", THEN (AUTHENTICATION_FAILED, OTHER_DOOR),
    .sentence = "Azure's preview interface accepts a client secret, but not the key itself. Let captiond "
                "request a client secret with " SET "--mint, or use the current interface: " SET
                "--dialect azure" },
  { .how = HOW (HTTP), .from = 401, .to = 403, .codes = "PermissionDenied|insufficient_permissions",
    THEN (AUTHENTICATION_FAILED, STOP),
    .sentence = "The service recognises the key or account, but does not permit this request. Grant the "
                "permission (on Azure, the role \"Cognitive Services OpenAI User\"), or set another key: "
                "captionctl provider set-key {provider}" },
  { .how = HOW (HTTP), .from = 401, .when = CAP_WHEN_WITHOUT_KEY, THEN (AUTHENTICATION_FAILED, STOP),
    .sentence = "{host} requires a key, and captiond sent none. Set one: captionctl provider set-key "
                "{provider}" },
  { .how = HOW (HTTP), .from = 401, THEN (AUTHENTICATION_FAILED, STOP),
    .sentence = "{host} did not accept the key: it is wrong, has expired, or belongs to another address. "
                "{renew}" },
  { .codes = "invalid_api_key|invalid_authentication|authentication_error|Unauthorized",
    THEN (AUTHENTICATION_FAILED, STOP),
    .sentence = "{host} did not accept the key. {renew}" },
  { .codes = "insufficient_permissions|PermissionDenied", THEN (AUTHENTICATION_FAILED, STOP),
    .sentence = "The service recognises the key, but does not permit this request. Grant the permission, or "
                "set another key: captionctl provider set-key {provider}" },
  { .codes = "unsupported_country_region_territory", THEN (SERVICE_FAILED, STOP),
    .sentence = "{host} does not serve the country from which this computer connects. Use another provider "
                "or the local engine" },
  { .how = HOW (HTTP), .from = 403, .words = "virtual network|firewall|public access|private endpoint",
    THEN (AUTHENTICATION_FAILED, STOP),
    .sentence = "{host} accepts connections from certain networks only, and this computer is in none of "
                "them. Connect through one of them, or change the network rules of the resource" },
  { .how = HOW (HTTP), .from = 403, .when = CAP_WHEN_WITHOUT_KEY, THEN (AUTHENTICATION_FAILED, STOP),
    .sentence = "{host} refused the connection (HTTP status 403), and captiond sent no key. Set one: "
                "captionctl provider set-key {provider}" },
  { .how = HOW (HTTP), .from = 403, THEN (AUTHENTICATION_FAILED, STOP),
    .sentence = "{host} refused the connection (HTTP status 403): the key is wrong or does not permit this "
                "request. Set another key: captionctl provider set-key {provider}" },

  /* credit and rate limits */

  { .codes = QUOTA, THEN (QUOTA_EXCEEDED, STOP),
    .sentence = "The account at {host} has no credit left. Check its plan and billing at the service, or "
                "use the local engine for now" },
  { .how = HOW (HTTP), .from = 402, THEN (QUOTA_EXCEEDED, STOP),
    .sentence = "{host} requires payment first (HTTP status 402). Check the account's billing at the "
                "service, or use the local engine for now" },
  { .how = HOW (HTTP), .from = 429, THEN (RATE_LIMITED, RETRY),
    .sentence = "{host} has received too many requests from this account. [captiond waits, then tries "
                "again|Wait a minute, then try again]; if this continues, raise the limit of the {noun} at "
                "the service" },
  { .how = HOW (TURN), .codes = RATE, THEN (RATE_LIMITED, TURN_LOST),
    .sentence = "The service has received too many requests from this account, so one stretch of speech has "
                "no text. If this happens often, raise the limit of the {noun} at the service" },
  { .how = HOW (EVENT), .codes = RATE, .stages = AT (CONFIGURE) | AT (LISTEN), THEN (RATE_LIMITED, IGNORE),
    .sentence = "The service reports that it has received too many requests from this account[. The session "
                "continues]" },
  { .codes = RATE, THEN (RATE_LIMITED, RETRY),
    .sentence = "{host} has received too many requests from this account. [captiond waits, then tries "
                "again|Wait a minute, then try again]; if this continues, raise the limit of the {noun} at "
                "the service" },

  /* settings that the model refuses */

  { .row = "7.2-1", .how = HOW (HTTP) | HOW (EVENT) | HOW (ENDED), .when = CAP_WHEN_TURNS_REFUSED,
    THEN (MODEL_NOT_SUPPORTED, OUR_TURNS),
    .sentence = "The {noun} {model} cannot detect the ends of turns. captiond detects them instead; to keep "
                "it that way: " SET "--turns client" },
  { .row = "7.2-2", .how = HOW (HTTP) | HOW (EVENT) | HOW (ENDED), .when = CAP_WHEN_FIELD_REFUSED,
    THEN (MODEL_NOT_SUPPORTED, DROP_FIELD),
    .sentence = "The {noun} {model} does not accept the setting {field}. captiond leaves it out" },
  { .how = HOW (HTTP) | HOW (EVENT) | HOW (ENDED), .when = CAP_WHEN_MODEL_REFUSED,
    THEN (MODEL_NOT_SUPPORTED, STOP),
    .sentence = "The service does not accept the {noun} {model} for transcription{said}. " TRANSCRIBER },

  /* client secrets */

  { .row = "7.1-3a", .how = HOW (HTTP), .stages = AT (MINT), .dialects = "azure-realtime", .from = 500,
    THEN (SERVICE_FAILED, MINT_BARE),
    .sentence = "The service failed to issue a client secret for a conversation that transcribes. captiond "
                "asks again without the configuration and sends it later. If that fails too, connect with "
                "the key itself: " SET "--no-mint" },
  { .row = "7.1-0c", .how = HOW (HTTP), .stages = AT (MINT), .from = 500, THEN (SERVICE_FAILED, MINT_BARE),
    .sentence = "The service failed to issue a client secret. captiond asks again without the configuration "
                "and sends it later. If that fails too, connect with the key itself: " SET "--no-mint" },

  /* the life of a session */

  { .codes = "session_expired", THEN (CONNECTION_LOST, RENEW),
    .sentence = "The session reached the maximum duration that the service allows. captiond starts a "
                "new one" },
  { .how = HOW (CLOSED), .words = "maximum duration|session expired|session_expired",
    THEN (CONNECTION_LOST, RENEW),
    .sentence = "The session reached the maximum duration that the service allows. captiond starts a "
                "new one" },
  { .row = "7.2-6", .how = HOW (EVENT), .codes = "input_audio_buffer_commit_empty",
    THEN (PROTOCOL_ERROR, IGNORE),
    .sentence = "The service ended the turn just before captiond did. Nothing is lost" },
  { .how = HOW (HTTP) | HOW (EVENT) | HOW (ENDED), .codes = "beta_api_shape_disabled",
    THEN (PROTOCOL_ERROR, OTHER_DOOR),
    .sentence = "The service no longer supports the beta form of the protocol. Use the current form: " SET
                "--dialect openai" },
  { .how = HOW (EVENT), .stages = AT (CONFIGURE), .codes = "unknown_parameter|missing_required_parameter",
    THEN (PROTOCOL_ERROR, OTHER_DOOR),
    .sentence = "The service does not understand the configuration of this dialect{said}[. Run captionctl "
                "doctor {provider} to find the dialect that it speaks]" },
  { .how = HOW (EVENT), .codes = "processing_error|transcription_failed|invalid_audio|buffer_size_exceeded",
    THEN (SERVICE_FAILED, TURN_LOST),
    .sentence = "The service could not transcribe one stretch of speech[. The session continues]" },
  { .how = HOW (EVENT), .stages = AT (CONNECT) | AT (MINT) | AT (HANDSHAKE) | AT (CREATE), .codes = OVERLOAD,
    THEN (SERVICE_FAILED, RETRY),
    .sentence = "{host} failed or is overloaded. [captiond tries again|Try again later]" },
  { .how = HOW (ENDED), .codes = OVERLOAD, THEN (SERVICE_FAILED, RETRY),
    .sentence = "{host} failed or is overloaded, and ended the session. [captiond tries again|Try again "
                "later]" },
  { .how = HOW (EVENT), .stages = AT (CONFIGURE) | AT (LISTEN), THEN (PROTOCOL_ERROR, IGNORE),
    .sentence = "The service reported an error{code} that is not known to end a session[. The session "
                "continues]" },
  { .how = HOW (EVENT), THEN (PROTOCOL_ERROR, OTHER_DOOR),
    .sentence = "{host} accepted the connection, but answered with an error{code}{said}[. Run captionctl "
                "doctor {provider} to see which address, dialect and model work]" },
  { .how = HOW (TURN), THEN (SERVICE_FAILED, TURN_LOST),
    .sentence = "The service could not transcribe one stretch of speech{code}[. The session continues]" },

  /* HTTP statuses without a known error code */

  { .how = HOW (HTTP), .from = 200, .to = 299, THEN (CONNECTION_LOST, RETRY),
    .sentence = "A web page answered instead of the speech service at {host} (HTTP status {status}). It is "
                "often the login page of a public network. Log in with a web browser, or correct the "
                "address: " SET "--url URL" },
  { .row = "7.1-1e", .how = HOW (HTTP), .stages = AT (HANDSHAKE), .dialects = "azure", .from = 404,
    THEN (ENDPOINT_NOT_FOUND, OTHER_DOOR),
    .sentence = "{host} opens no transcription sessions at this address. Check that it is the endpoint of "
                "the resource, https://RESOURCE.openai.azure.com. With a deployment of a conversation "
                "model, captiond can transcribe in another way: " SET "--dialect azure-realtime "
                "--session-model NAME" },
  { .how = HOW (HTTP), .from = 404, THEN (ENDPOINT_NOT_FOUND, OTHER_DOOR),
    .sentence = "{host} has no realtime interface at this address (HTTP status 404). Correct the address "
                "with " SET "--url URL[, or run captionctl doctor {provider} to find the dialect]" },
  { .how = HOW (HTTP), .from = 405, .to = 406, THEN (ENDPOINT_NOT_FOUND, OTHER_DOOR),
    .sentence = "{host} has another kind of interface at this address (HTTP status {status}). Correct the "
                "address with " SET "--url URL[, or run captionctl doctor {provider} to find the dialect]" },
  { .how = HOW (HTTP), .from = 408, THEN (CONNECTION_LOST, RETRY),
    .sentence = "{host} did not receive the request in time (HTTP status 408). [captiond tries again|Try "
                "again later]" },
  { .how = HOW (HTTP), .from = 410, THEN (ENDPOINT_NOT_FOUND, OTHER_DOOR),
    .sentence = "{host} no longer offers this interface (HTTP status 410)[. Run captionctl doctor "
                "{provider} to find its successor]" },
  { .how = HOW (HTTP), .from = 422, THEN (ENDPOINT_NOT_FOUND, OTHER_DOOR),
    .sentence = "The server expects other parameters than this dialect sends{said}[. Run captionctl doctor "
                "{provider} to find the dialect that it speaks]" },
  { .how = HOW (HTTP), .from = 400, .to = 499, THEN (PROTOCOL_ERROR, OTHER_DOOR),
    .sentence = "{host} refused the connection (HTTP status {status}){code}{said}. The dialect or a setting "
                "does not suit this service[: run captionctl doctor {provider} to find one that does]" },
  { .how = HOW (HTTP), .from = 501, THEN (ENDPOINT_NOT_FOUND, OTHER_DOOR),
    .sentence = "{host} does not have this interface (HTTP status 501)[. Run captionctl doctor {provider} "
                "to find one that it has]" },
  { .how = HOW (HTTP), THEN (SERVICE_FAILED, RETRY),
    .sentence = "{host} is out of order or overloaded (HTTP status {status}). [captiond tries again|Try "
                "again later]" },

  /* close codes without a known error code */

  { .how = HOW (CLOSED), .from = 1000, .to = 1001, THEN (CONNECTION_LOST, RETRY),
    .sentence = "{host} ended the session (close code {close}). [captiond reconnects|Try again later]" },
  { .how = HOW (CLOSED), .from = 1005, .to = 1006, THEN (CONNECTION_LOST, RETRY),
    .sentence = "The connection to {host} was lost. [captiond reconnects|Try again later]" },
  { .how = HOW (CLOSED), .from = 1008, .when = CAP_WHEN_WITHOUT_KEY, THEN (AUTHENTICATION_FAILED, STOP),
    .sentence = "{host} refused the session (close code 1008), and captiond sent no key. Set one: "
                "captionctl provider set-key {provider}" },
  { .how = HOW (CLOSED), .from = 1008, THEN (AUTHENTICATION_FAILED, STOP),
    .sentence = "{host} refused the session (close code 1008): the key is wrong or does not permit this "
                "request. Set another key: captionctl provider set-key {provider}" },
  { .how = HOW (CLOSED), .from = 1011, .to = 1014, THEN (SERVICE_FAILED, RETRY),
    .sentence = "{host} failed or is restarting (close code {close}). [captiond reconnects|Try again "
                "later]" },
  { .how = HOW (CLOSED), .from = 1015, THEN (TLS_FAILED, STOP),
    .sentence = "The encrypted connection to {host} failed. Check the computer's clock and, for a server of "
                "your own, its certificate[. Run captionctl doctor {provider} for details]" },
  { .how = HOW (CLOSED), .from = 3000, THEN (AUTHENTICATION_FAILED, STOP),
    .sentence = "{host} did not accept the key. {renew}" },
  { .how = HOW (CLOSED), THEN (PROTOCOL_ERROR, STOP),
    .sentence = "{host} ended the session because it rejected a request (close code {close}){code}{said}[. "
                "Run captionctl doctor {provider} to see which address, dialect and model work]" },

  /* the network */

  { .how = HOW (NETWORK), .domain = g_resolver_error_quark, .network = CODE (G_RESOLVER_ERROR_NOT_FOUND),
    THEN (CONNECTION_LOST, RETRY),
    .sentence = "The host name {host} is not known. Either this computer has no network, or the address is "
                "wrong: " SET "--url URL" },
  { .how = HOW (NETWORK), .domain = g_resolver_error_quark, THEN (CONNECTION_LOST, RETRY),
    .sentence = "The host name {host} cannot be looked up at the moment. The network may be down[; captiond "
                "tries again]" },
  { .how = HOW (NETWORK), .domain = g_tls_error_quark, .network = CODE (G_TLS_ERROR_EOF),
    THEN (CONNECTION_LOST, RETRY),
    .sentence = "The connection to {host} was cut off. [captiond tries again|Try again later]" },
  { .how = HOW (NETWORK), .domain = g_tls_error_quark, .network = CODE (G_TLS_ERROR_UNAVAILABLE),
    THEN (TLS_FAILED, STOP),
    .sentence = "This computer cannot make encrypted connections. Install the package glib-networking" },
  { .how = HOW (NETWORK), .domain = g_tls_error_quark, .network = CODE (G_TLS_ERROR_BAD_CERTIFICATE),
    THEN (TLS_FAILED, STOP),
    .sentence = "The certificate of {host} cannot be trusted, so captiond sent nothing. Check the "
                "computer's clock and the address. For a server of your own, set the PEM file of the "
                "authority that signed the certificate: " SET "--ca-file FILE" },
  { .how = HOW (NETWORK), .domain = g_tls_error_quark, THEN (TLS_FAILED, STOP),
    .sentence = "captiond could not make an encrypted connection to {host}, so it sent nothing. Check that "
                "the address and its port are right: " SET "--url URL" },
  { .how = HOW (NETWORK), .domain = cap_error_quark, .network = CODE (CAP_ERROR_TLS_FAILED),
    THEN (TLS_FAILED, STOP),
    .sentence = "The file in the setting ca-file cannot be read or holds no certificate, so captiond sent "
                "nothing. Set the PEM file of the authority that signed the certificate of {host}: " SET
                "--ca-file FILE" },
  { .how = HOW (NETWORK), .stages = AT (LISTEN), .domain = cap_error_quark, THEN (PROTOCOL_ERROR, RETRY),
    .sentence = "{host} sent a message that does not belong to this protocol. [captiond reconnects|Try "
                "again later]" },
  { .how = HOW (NETWORK), .domain = cap_error_quark, THEN (PROTOCOL_ERROR, OTHER_DOOR),
    .sentence = "{host} answered, but not in this dialect of the protocol[. Run captionctl doctor "
                "{provider} to find the dialect that it speaks]" },
  { .how = HOW (NETWORK), .domain = g_io_error_quark, .network = CODE (G_IO_ERROR_CONNECTION_REFUSED),
    THEN (CONNECTION_LOST, RETRY),
    .sentence = "No server is listening at {host}. Start the server, or correct the address and its port: "
                SET "--url URL" },
  { .how = HOW (NETWORK), .domain = g_io_error_quark, .network = CODE (G_IO_ERROR_PROXY_AUTH_FAILED),
    THEN (CONNECTION_LOST, STOP),
    .sentence = "The proxy between this computer and {host} did not accept the password. Correct it in the "
                "network settings" },
  { .how = HOW (NETWORK), .domain = g_io_error_quark, .network = CODE (G_IO_ERROR_PROXY_NEED_AUTH),
    THEN (CONNECTION_LOST, STOP),
    .sentence = "The proxy between this computer and {host} requires a user name and a password. Set them "
                "in the network settings" },
  { .how = HOW (NETWORK), .domain = g_io_error_quark, .network = CODE (G_IO_ERROR_PROXY_NOT_ALLOWED),
    THEN (CONNECTION_LOST, STOP),
    .sentence = "The proxy between this computer and {host} refused the connection. Ask its administrator "
                "to allow {host}" },
  { .how = HOW (NETWORK), .domain = g_io_error_quark, .network = CODE (G_IO_ERROR_PROXY_FAILED),
    THEN (CONNECTION_LOST, RETRY),
    .sentence = "The proxy between this computer and {host} cannot be reached. Check it in the network "
                "settings[; captiond tries again]" },
  { .how = HOW (NETWORK), .stages = AT (CONNECT) | AT (MINT) | AT (HANDSHAKE), THEN (CONNECTION_LOST, RETRY),
    .sentence = "{host} cannot be reached. The network may be down[; captiond tries again]" },
  { .how = HOW (NETWORK), THEN (CONNECTION_LOST, RETRY),
    .sentence = "The connection to {host} was lost. [captiond reconnects|Try again later]" },

  /* timeouts */

  { .how = HOW (SILENT), .stages = AT (CREATE) | AT (CONFIGURE), THEN (SERVICE_FAILED, RETRY),
    .sentence = "{host} accepted the connection, but did not answer in time[. captiond tries again; if this "
                "continues, run captionctl doctor {provider}|. Try again later]" },
  { .how = HOW (SILENT), THEN (CONNECTION_LOST, RETRY),
    .sentence = "{host} did not answer in time. [captiond tries again|Try again later]" },

  { THEN (PROTOCOL_ERROR, STOP),
    .sentence = "The service behaved in a way that captiond does not understand[. Run captionctl doctor "
                "{provider} to see what works]" },
};

const CapFaultRow *
cap_fault_rows (gsize *n_rows)
{
  g_return_val_if_fail (n_rows != NULL, NULL);

  *n_rows = G_N_ELEMENTS (rows);
  return rows;
}
