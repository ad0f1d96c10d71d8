/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "protocol/fault-rows.h"

/* Those with a row are explained in docs/known-failures.md. */

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
  "The {noun} {asked-model} only translates: it neither transcribes nor holds conversations. " \
  "Name one of another model: " SET "{model-option} NAME"
#define TRANSCRIBER \
  "Name a {noun} of a transcription model such as gpt-4o-transcribe or gpt-realtime-whisper: " \
  SET "--model NAME"

static const CapFaultRow rows[] = {
  /* what stands between us and the service */

  { .how = HOW (HTTP), .when = CAP_WHEN_BY_PROXY, THEN (CONNECTION_LOST, STOP),
    .sentence = "The proxy on the way to {host} refused the connection (HTTP status {status}). Check the "
                "proxy and its password in the network settings, or ask whoever runs it to let {host} "
                "through" },
  { .how = HOW (HTTP), .from = 407, THEN (CONNECTION_LOST, STOP),
    .sentence = "The proxy on the way to {host} wants a name and a password. Set them in the network "
                "settings, or ask whoever runs it to let {host} through" },

  /* the wrong kind of session */

  { .row = "7.1-1b", .how = HOW (KIND), THEN (ENDPOINT_NOT_FOUND, OTHER_DOOR),
    .sentence = "The service opened a session of type {session-type}, in which what we need cannot be "
                "configured. The address leads to another kind of session[: run captionctl doctor "
                "{provider} to find the one for transcription]" },
  { .row = "7.1-1b", .how = HOW (EVENT) | HOW (ENDED) | HOW (HTTP),
    .words = "transcription session update event to a|session update event to a transcription",
    THEN (ENDPOINT_NOT_FOUND, OTHER_DOOR),
    .sentence = "The service opened another type of session than the configuration is for. The address "
                "leads to another kind of session[: run captionctl doctor {provider} to find the one for "
                "transcription]" },
  { .row = "7.1-0d", .codes = "InvalidSessionType", THEN (ENDPOINT_NOT_FOUND, OTHER_DOOR),
    .sentence = "The service gives no client secrets for this type of session. Connect with the key "
                "itself: " SET "--no-mint" },

  /* redirects */

  { .row = "7.1-1c", .how = HOW (HTTP), .from = 300, .to = 399, .when = CAP_WHEN_OPENAI_LOST,
    THEN (REDIRECT_REFUSED, OTHER_DOOR),
    .sentence = "Azure redirects to an address without /openai, which does not exist and would carry the "
                "key in the open, so captiond did not go there. Its preview interface is known for that. "
                "Use the current one: " SET "--dialect azure" },
  { .how = HOW (HTTP), .from = 300, .to = 399, .dialects = "azure-preview",
    THEN (REDIRECT_REFUSED, OTHER_DOOR),
    .sentence = "The service redirects to another address{location}, and captiond follows no redirect "
                "with a key. Use Azure's current interface: " SET "--dialect azure" },
  { .how = HOW (HTTP), .from = 300, .to = 399, THEN (REDIRECT_REFUSED, STOP),
    .sentence = "The service redirects to another address{location}, and captiond follows no redirect "
                "with a key. If you trust that address, set it: " SET "--url URL" },

  /* models that cannot do it, with Azure's two spellings */

  { .row = "7.1-0e", .how = HOW (TURN), .codes = NOT_SUPPORTED, THEN (MODEL_NOT_SUPPORTED, STOP),
    .sentence = "The service took the {noun} {model} when the session began, but cannot transcribe with "
                "it. " TRANSCRIBER },
  { .row = "7.1-4a", .codes = NOT_SUPPORTED "|" NO_SUCH_MODEL "|invalid_model|missing_model",
    .when = CAP_WHEN_MISNAMED_WHISPER, THEN (MODEL_NOT_FOUND, STOP),
    .sentence = "There is no model gpt-4o-realtime-whisper. The one that exists is called "
                "gpt-realtime-whisper: " SET "--model gpt-realtime-whisper" },
  { .row = "7.1-0a", .how = HOW (HTTP), .stages = AT (MINT), .dialects = "azure-preview",
    .codes = NOT_SUPPORTED,
    THEN (MODEL_NOT_SUPPORTED, OTHER_DOOR),
    .sentence = "Azure's preview interface gives no client secret for the deployment {model}: it does not "
                "know this kind of model. Use the current interface: " SET "--dialect azure" },
  { .row = "7.1-0b", .how = HOW (HTTP), .stages = AT (MINT), .codes = NOT_SUPPORTED,
    .when = CAP_WHEN_TRANSLATOR,
    THEN (MODEL_NOT_SUPPORTED, STOP), .sentence = TRANSLATES },
  { .row = "7.1-2a", .how = HOW (HTTP), .stages = AT (MINT), .codes = NOT_SUPPORTED,
    THEN (MODEL_NOT_SUPPORTED, OTHER_DOOR),
    .sentence = "The service gives no client secret for the {noun} {asked-model}, though it may well "
                "exist. Check that this is the deployment's name and not the model's, and that its model "
                "can do realtime in this region, or connect with the key itself: " SET "--no-mint" },
  { .row = "7.1-0g", .how = HOW (HTTP), .codes = NOT_SUPPORTED,
    .when = CAP_WHEN_TRANSLATOR,
    THEN (MODEL_NOT_SUPPORTED, OTHER_DOOR), .sentence = TRANSLATES },
  { .row = "7.1-1a", .how = HOW (HTTP), .dialects = "azure-realtime", .codes = NOT_SUPPORTED,
    THEN (MODEL_NOT_SUPPORTED, OTHER_DOOR),
    .sentence = "The deployment {session-model} exists, but cannot be the connection's model: it is not "
                "one for conversations. Connect with intent=transcription: " SET "--dialect azure" },
  { .row = "7.1-1e", .how = HOW (HTTP), .stages = AT (HANDSHAKE), .dialects = "azure", .codes = NOT_SUPPORTED,
    THEN (MODEL_NOT_SUPPORTED, OTHER_DOOR),
    .sentence = "This Azure resource opens no sessions that only transcribe. With a deployment of a "
                "conversation model beside {model} it can be done in a conversation that stays silent, "
                "which costs more: " SET "--dialect azure-realtime --session-model NAME" },
  { .how = HOW (HTTP) | HOW (EVENT) | HOW (ENDED), .codes = NOT_SUPPORTED,
    THEN (MODEL_NOT_SUPPORTED, OTHER_DOOR),
    .sentence = "The service knows the {noun} {asked-model}, but it does not work at this address[. Run "
                "captionctl doctor {provider} to find one where it does]" },

  /* models that are not there */

  { .row = "7.2-3", .how = HOW (TURN), .codes = NO_SUCH_MODEL, THEN (MODEL_NOT_FOUND, STOP),
    .sentence = "There is no {noun} called {model} on this resource, though the service took the name "
                "when the session began. Look up its exact name, and set it: " SET "--model NAME" },
  { .row = "7.1-0i", .codes = "DeploymentNotFound", THEN (MODEL_NOT_FOUND, STOP),
    .sentence = "There is no deployment called {asked-model} on this resource. Look up its exact name, "
                "which need not be the model's, and set it: " SET "{model-option} NAME" },
  { .row = "7.2-7", .how = HOW (CLOSED), .from = 4004, THEN (MODEL_NOT_FOUND, STOP),
    .sentence = "The service has no model called {asked-model} for this account, even if it gave a client "
                "secret for it. Set another: " SET "{model-option} NAME" },
  { .codes = "model_not_found", THEN (MODEL_NOT_FOUND, STOP),
    .sentence = "The service has no {noun} called {asked-model}, or your key may not use it. Set another: "
                SET "{model-option} NAME" },
  { .codes = "missing_model", THEN (MODEL_NOT_FOUND, OTHER_DOOR),
    .sentence = "The service wants the model in the address of the connection, which this dialect does "
                "not put there[. Run captionctl doctor {provider} to find the right one]" },
  { .codes = "invalid_model|model_not_supported|unsupported_model", THEN (MODEL_NOT_SUPPORTED, OTHER_DOOR),
    .sentence = "The service does not take the {noun} {asked-model} in this kind of session. Set a "
                "transcription model with " SET "--model NAME[, or run captionctl doctor {provider}]" },
  { .how = HOW (EVENT) | HOW (ENDED), .codes = "model_not_validated", THEN (PROTOCOL_ERROR, STOP),
    .sentence = "The server was given speech before it knew the model {model}. Set the name under which "
                "it serves its model: " SET "--model NAME" },

  /* addresses */

  { .row = "7.2-4", .how = HOW (HTTP), .from = 404, .when = CAP_WHEN_FOUNDRY_HOST,
    THEN (ENDPOINT_NOT_FOUND, STOP),
    .sentence = "{host} has no realtime interface. The same resource has one under another name: " SET
                "--url https://{resource}.openai.azure.com" },
  { .how = HOW (HTTP), .words = "api-version|api version|apiversion", THEN (ENDPOINT_NOT_FOUND, OTHER_DOOR),
    .sentence = "Azure does not take the api-version of this request. The current interface has none: " SET
                "--dialect azure --url https://RESOURCE.openai.azure.com" },

  /* the key */

  { .how = HOW (HTTP), .from = 401, .words = "ephemeral", THEN (AUTHENTICATION_FAILED, OTHER_DOOR),
    .sentence = "Azure's preview interface takes a client secret and not the key itself. Ask for one "
                "first with " SET "--mint, or use the current interface: " SET "--dialect azure" },
  { .how = HOW (HTTP), .from = 401, .to = 403, .codes = "PermissionDenied|insufficient_permissions",
    THEN (AUTHENTICATION_FAILED, STOP),
    .sentence = "The key or account is known, but may not do this. Give it the right (with Azure the role "
                "\"Cognitive Services OpenAI User\"), or set another key: captionctl provider set-key "
                "{provider}" },
  { .how = HOW (HTTP), .from = 401, .when = CAP_WHEN_WITHOUT_KEY, THEN (AUTHENTICATION_FAILED, STOP),
    .sentence = "{host} wants a key, and none was sent. Set one: captionctl provider set-key {provider}" },
  { .how = HOW (HTTP), .from = 401, THEN (AUTHENTICATION_FAILED, STOP),
    .sentence = "{host} did not accept the key: it is wrong, has expired, or belongs to another address. "
                "{renew}" },
  { .codes = "invalid_api_key|invalid_authentication|authentication_error|Unauthorized",
    THEN (AUTHENTICATION_FAILED, STOP),
    .sentence = "{host} did not accept the key. {renew}" },
  { .codes = "insufficient_permissions|PermissionDenied", THEN (AUTHENTICATION_FAILED, STOP),
    .sentence = "The key is known, but may not do this. Give it the right, or set another: captionctl "
                "provider set-key {provider}" },
  { .codes = "unsupported_country_region_territory", THEN (SERVICE_FAILED, STOP),
    .sentence = "{host} does not serve the country that this computer connects from. Use another "
                "provider, or the local engine" },
  { .how = HOW (HTTP), .from = 403, .words = "virtual network|firewall|public access|private endpoint",
    THEN (AUTHENTICATION_FAILED, STOP),
    .sentence = "{host} lets in only certain networks, and this computer is in none of them. Connect "
                "through one of them, or change the network rules of the resource" },
  { .how = HOW (HTTP), .from = 403, .when = CAP_WHEN_WITHOUT_KEY, THEN (AUTHENTICATION_FAILED, STOP),
    .sentence = "{host} refused the connection (HTTP status 403), and no key was sent. Set one: "
                "captionctl provider set-key {provider}" },
  { .how = HOW (HTTP), .from = 403, THEN (AUTHENTICATION_FAILED, STOP),
    .sentence = "{host} refused the connection (HTTP status 403): the key is wrong, or may not do this. "
                "Set another: captionctl provider set-key {provider}" },

  /* money and crowds */

  { .codes = QUOTA, THEN (QUOTA_EXCEEDED, STOP),
    .sentence = "The account at {host} has no credit left. Look at its plan and billing there, or use the "
                "local engine meanwhile" },
  { .how = HOW (HTTP), .from = 402, THEN (QUOTA_EXCEEDED, STOP),
    .sentence = "{host} wants to be paid first (HTTP status 402). Look at the account's billing there, or "
                "use the local engine meanwhile" },
  { .how = HOW (HTTP), .from = 429, THEN (RATE_LIMITED, RETRY),
    .sentence = "{host} has had too many requests of this account. [captiond waits, then tries again|Wait "
                "a minute]; if it stays so, raise the limit of the {noun} at the service" },
  { .how = HOW (TURN), .codes = RATE, THEN (RATE_LIMITED, TURN_LOST),
    .sentence = "The service had too many requests of this account, so one stretch of speech has no text. "
                "If it happens often, raise the limit of the {noun} at the service" },
  { .how = HOW (EVENT), .codes = RATE, .stages = AT (CONFIGURE) | AT (LISTEN), THEN (RATE_LIMITED, IGNORE),
    .sentence = "The service says that it has had too many requests of this account[. The session goes on]" },
  { .codes = RATE, THEN (RATE_LIMITED, RETRY),
    .sentence = "{host} has had too many requests of this account. [captiond waits, then tries again|Wait "
                "a minute]; if it stays so, raise the limit of the {noun} at the service" },

  /* what the model refuses */

  { .row = "7.2-1", .how = HOW (HTTP) | HOW (EVENT) | HOW (ENDED), .when = CAP_WHEN_TURNS_REFUSED,
    THEN (MODEL_NOT_SUPPORTED, OUR_TURNS),
    .sentence = "The {noun} {model} does not find the ends of turns by itself. captiond does it instead; "
                "to keep it so: " SET "--turns client" },
  { .row = "7.2-2", .how = HOW (HTTP) | HOW (EVENT) | HOW (ENDED), .when = CAP_WHEN_FIELD_REFUSED,
    THEN (MODEL_NOT_SUPPORTED, DROP_FIELD),
    .sentence = "The {noun} {model} does not take the setting {field}. captiond leaves it out" },
  { .how = HOW (HTTP) | HOW (EVENT) | HOW (ENDED), .when = CAP_WHEN_MODEL_REFUSED,
    THEN (MODEL_NOT_SUPPORTED, STOP),
    .sentence = "The service does not take the {noun} {model} for transcription{said}. " TRANSCRIBER },

  /* minting */

  { .row = "7.1-3a", .how = HOW (HTTP), .stages = AT (MINT), .dialects = "azure-realtime", .from = 500,
    THEN (SERVICE_FAILED, MINT_BARE),
    .sentence = "The service failed when it was asked for a client secret of a conversation that "
                "transcribes. captiond asks without the configuration and sends that later; a key needs "
                "no client secret: " SET "--no-mint" },
  { .row = "7.1-0c", .how = HOW (HTTP), .stages = AT (MINT), .from = 500, THEN (SERVICE_FAILED, MINT_BARE),
    .sentence = "The service failed when it was asked for a client secret. captiond asks without the "
                "configuration and sends that later; a key needs no client secret: " SET "--no-mint" },

  /* the life of a session */

  { .codes = "session_expired", THEN (CONNECTION_LOST, RENEW),
    .sentence = "The session reached the longest duration that the service allows. captiond begins a new "
                "one" },
  { .how = HOW (CLOSED), .words = "maximum duration|session expired|session_expired",
    THEN (CONNECTION_LOST, RENEW),
    .sentence = "The session reached the longest duration that the service allows. captiond begins a new "
                "one" },
  { .row = "7.2-6", .how = HOW (EVENT), .codes = "input_audio_buffer_commit_empty",
    THEN (PROTOCOL_ERROR, IGNORE),
    .sentence = "The service had ended the turn before captiond did. Nothing is lost" },
  { .how = HOW (HTTP) | HOW (EVENT) | HOW (ENDED), .codes = "beta_api_shape_disabled",
    THEN (PROTOCOL_ERROR, OTHER_DOOR),
    .sentence = "The service no longer speaks the old form of the protocol. Use the current one: " SET
                "--dialect openai" },
  { .how = HOW (EVENT), .stages = AT (CONFIGURE), .codes = "unknown_parameter|missing_required_parameter",
    THEN (PROTOCOL_ERROR, OTHER_DOOR),
    .sentence = "The service does not understand this dialect's configuration{said}[. Run captionctl "
                "doctor {provider} to find the dialect that it speaks]" },
  { .how = HOW (EVENT), .codes = "processing_error|transcription_failed|invalid_audio|buffer_size_exceeded",
    THEN (SERVICE_FAILED, TURN_LOST),
    .sentence = "The service could not transcribe one stretch of speech[. The session goes on]" },
  { .how = HOW (EVENT), .stages = AT (CONNECT) | AT (MINT) | AT (HANDSHAKE) | AT (CREATE), .codes = OVERLOAD,
    THEN (SERVICE_FAILED, RETRY),
    .sentence = "{host} failed, or has too much to do. [captiond tries again|Try again later]" },
  { .how = HOW (ENDED), .codes = OVERLOAD, THEN (SERVICE_FAILED, RETRY),
    .sentence = "{host} failed, or has too much to do, and ended the session. [captiond tries again|Try "
                "again later]" },
  { .how = HOW (EVENT), .stages = AT (CONFIGURE) | AT (LISTEN), THEN (PROTOCOL_ERROR, IGNORE),
    .sentence = "The service reported an error{code} that is not known to end a session[. The session goes "
                "on]" },
  { .how = HOW (EVENT), THEN (PROTOCOL_ERROR, OTHER_DOOR),
    .sentence = "{host} accepted the connection, but answered with an error{code}{said}[. Run captionctl "
                "doctor {provider} to see which address, dialect and model work]" },
  { .how = HOW (TURN), THEN (SERVICE_FAILED, TURN_LOST),
    .sentence = "The service could not transcribe one stretch of speech{code}[. The session goes on]" },

  /* HTTP, by status alone */

  { .how = HOW (HTTP), .from = 200, .to = 299, THEN (CONNECTION_LOST, RETRY),
    .sentence = "Something answered for {host} with a page (HTTP status {status}) and no speech service: "
                "often the login page of a public network. Open a web page to log in, or check the "
                "address: " SET "--url URL" },
  { .row = "7.1-1e", .how = HOW (HTTP), .stages = AT (HANDSHAKE), .dialects = "azure", .from = 404,
    THEN (ENDPOINT_NOT_FOUND, OTHER_DOOR),
    .sentence = "{host} has no sessions that only transcribe at this address. Check that it is the "
                "resource's endpoint https://RESOURCE.openai.azure.com; with a deployment of a "
                "conversation model there is another way: " SET "--dialect azure-realtime --session-model "
                "NAME" },
  { .how = HOW (HTTP), .from = 404, THEN (ENDPOINT_NOT_FOUND, OTHER_DOOR),
    .sentence = "{host} has no realtime interface at this address (HTTP status 404). Check it with " SET
                "--url URL[, or run captionctl doctor {provider} to find the dialect]" },
  { .how = HOW (HTTP), .from = 405, .to = 406, THEN (ENDPOINT_NOT_FOUND, OTHER_DOOR),
    .sentence = "{host} has something else at this address (HTTP status {status}). Check it with " SET
                "--url URL[, or run captionctl doctor {provider} to find the dialect]" },
  { .how = HOW (HTTP), .from = 408, THEN (CONNECTION_LOST, RETRY),
    .sentence = "{host} did not get the request in time (HTTP status 408). [captiond tries again|Try again "
                "later]" },
  { .how = HOW (HTTP), .from = 410, THEN (ENDPOINT_NOT_FOUND, OTHER_DOOR),
    .sentence = "{host} had this interface once and has closed it (HTTP status 410)[. Run captionctl "
                "doctor {provider} to find the one that has come after it]" },
  { .how = HOW (HTTP), .from = 422, THEN (ENDPOINT_NOT_FOUND, OTHER_DOOR),
    .sentence = "The server wants other parameters than this dialect sends{said}[. Run captionctl doctor "
                "{provider} to find the dialect that it speaks]" },
  { .how = HOW (HTTP), .from = 400, .to = 499, THEN (PROTOCOL_ERROR, OTHER_DOOR),
    .sentence = "{host} refused the connection (HTTP status {status}){code}{said}. The dialect or a "
                "setting does not fit[: run captionctl doctor {provider} to find one that does]" },
  { .how = HOW (HTTP), .from = 501, THEN (ENDPOINT_NOT_FOUND, OTHER_DOOR),
    .sentence = "{host} does not have this interface (HTTP status 501)[. Run captionctl doctor {provider} "
                "to find one that it has]" },
  { .how = HOW (HTTP), THEN (SERVICE_FAILED, RETRY),
    .sentence = "{host} is out of order or has too much to do (HTTP status {status}). [captiond tries "
                "again|Try again later]" },

  /* closes, by code alone */

  { .how = HOW (CLOSED), .from = 1000, .to = 1001, THEN (CONNECTION_LOST, RETRY),
    .sentence = "{host} ended the session (close code {close}). [captiond connects "
                "again|Try again later]" },
  { .how = HOW (CLOSED), .from = 1005, .to = 1006, THEN (CONNECTION_LOST, RETRY),
    .sentence = "The connection to {host} was lost. [captiond connects again|Try again later]" },
  { .how = HOW (CLOSED), .from = 1008, .when = CAP_WHEN_WITHOUT_KEY, THEN (AUTHENTICATION_FAILED, STOP),
    .sentence = "{host} refused the session (close code 1008), and no key was sent. Set one: captionctl "
                "provider set-key {provider}" },
  { .how = HOW (CLOSED), .from = 1008, THEN (AUTHENTICATION_FAILED, STOP),
    .sentence = "{host} refused the session (close code 1008): the key is wrong, or may not do this. Set "
                "another: captionctl provider set-key {provider}" },
  { .how = HOW (CLOSED), .from = 1011, .to = 1014, THEN (SERVICE_FAILED, RETRY),
    .sentence = "{host} failed or is being restarted (close code {close}). [captiond connects "
                "again|Try again later]" },
  { .how = HOW (CLOSED), .from = 1015, THEN (TLS_FAILED, STOP),
    .sentence = "The encrypted connection to {host} failed. Check the computer's clock and, for a server "
                "of your own, its certificate[: captionctl doctor {provider} says more]" },
  { .how = HOW (CLOSED), .from = 3000, THEN (AUTHENTICATION_FAILED, STOP),
    .sentence = "{host} did not accept the key. {renew}" },
  { .how = HOW (CLOSED), THEN (PROTOCOL_ERROR, STOP),
    .sentence = "{host} ended the session for a fault of the request (close code {close}){code}{said}[. "
                "Run captionctl doctor {provider} to see which address, dialect and model work]" },

  /* the network */

  { .how = HOW (NETWORK), .domain = g_resolver_error_quark, .network = CODE (G_RESOLVER_ERROR_NOT_FOUND),
    THEN (CONNECTION_LOST, RETRY),
    .sentence = "The name {host} is not known. Either this computer has no network, or the address is "
                "wrong: " SET "--url URL" },
  { .how = HOW (NETWORK), .domain = g_resolver_error_quark, THEN (CONNECTION_LOST, RETRY),
    .sentence = "The name {host} cannot be looked up now. The network may be down[; captiond tries again]" },
  { .how = HOW (NETWORK), .domain = g_tls_error_quark, .network = CODE (G_TLS_ERROR_EOF),
    THEN (CONNECTION_LOST, RETRY),
    .sentence = "The connection to {host} was cut. [captiond tries again|Try again later]" },
  { .how = HOW (NETWORK), .domain = g_tls_error_quark, .network = CODE (G_TLS_ERROR_UNAVAILABLE),
    THEN (TLS_FAILED, STOP),
    .sentence = "This computer cannot make encrypted connections: install the package glib-networking" },
  { .how = HOW (NETWORK), .domain = g_tls_error_quark, .network = CODE (G_TLS_ERROR_BAD_CERTIFICATE),
    THEN (TLS_FAILED, STOP),
    .sentence = "The certificate of {host} is not to be trusted, so nothing was sent. Check the "
                "computer's clock and the address; for a server of your own name its authority in the "
                "setting ca-file" },
  { .how = HOW (NETWORK), .domain = g_tls_error_quark, THEN (TLS_FAILED, STOP),
    .sentence = "No encrypted connection to {host} could be made, so nothing was sent. Check that the "
                "address and its port are right: " SET "--url URL" },
  { .how = HOW (NETWORK), .domain = cap_error_quark, .network = CODE (CAP_ERROR_TLS_FAILED),
    THEN (TLS_FAILED, STOP),
    .sentence = "The file that the setting ca-file names cannot be read, or holds no certificate, so nothing "
                "was sent. Name the PEM file of the authority that signed the certificate of {host}: "
                SET "--ca-file FILE" },
  { .how = HOW (NETWORK), .stages = AT (LISTEN), .domain = cap_error_quark, THEN (PROTOCOL_ERROR, RETRY),
    .sentence = "{host} sent a message that is not of this protocol. [captiond connects again|Try "
                "again later]" },
  { .how = HOW (NETWORK), .domain = cap_error_quark, THEN (PROTOCOL_ERROR, OTHER_DOOR),
    .sentence = "{host} answered, but not in this dialect of the protocol[. Run captionctl doctor "
                "{provider} to find the one that it speaks]" },
  { .how = HOW (NETWORK), .domain = g_io_error_quark, .network = CODE (G_IO_ERROR_CONNECTION_REFUSED),
    THEN (CONNECTION_LOST, RETRY),
    .sentence = "Nothing listens at {host}. Start the server, or check the address and its port: " SET
                "--url URL" },
  { .how = HOW (NETWORK), .domain = g_io_error_quark, .network = CODE (G_IO_ERROR_PROXY_AUTH_FAILED),
    THEN (CONNECTION_LOST, STOP),
    .sentence = "The proxy on the way to {host} did not accept the password. Correct it in the network "
                "settings" },
  { .how = HOW (NETWORK), .domain = g_io_error_quark, .network = CODE (G_IO_ERROR_PROXY_NEED_AUTH),
    THEN (CONNECTION_LOST, STOP),
    .sentence = "The proxy on the way to {host} wants a name and a password. Set them in the network "
                "settings" },
  { .how = HOW (NETWORK), .domain = g_io_error_quark, .network = CODE (G_IO_ERROR_PROXY_NOT_ALLOWED),
    THEN (CONNECTION_LOST, STOP),
    .sentence = "The proxy on the way to {host} refused the connection. Ask whoever runs it to let {host} "
                "through" },
  { .how = HOW (NETWORK), .domain = g_io_error_quark, .network = CODE (G_IO_ERROR_PROXY_FAILED),
    THEN (CONNECTION_LOST, RETRY),
    .sentence = "The proxy on the way to {host} cannot be reached. Check it in the network settings[; "
                "captiond tries again]" },
  { .how = HOW (NETWORK), .stages = AT (CONNECT) | AT (MINT) | AT (HANDSHAKE), THEN (CONNECTION_LOST, RETRY),
    .sentence = "{host} cannot be reached. The network may be down[; captiond tries again]" },
  { .how = HOW (NETWORK), THEN (CONNECTION_LOST, RETRY),
    .sentence = "The connection to {host} was lost. [captiond connects again|Try again later]" },

  /* silence */

  { .how = HOW (SILENT), .stages = AT (CREATE) | AT (CONFIGURE), THEN (SERVICE_FAILED, RETRY),
    .sentence = "{host} accepted the connection, but did not answer in time[. captiond tries again; if it "
                "stays so, run captionctl doctor {provider}|. Try again later]" },
  { .how = HOW (SILENT), THEN (CONNECTION_LOST, RETRY),
    .sentence = "{host} did not answer in time. [captiond tries again|Try again later]" },

  { THEN (PROTOCOL_ERROR, STOP),
    .sentence = "The service did what captiond does not understand[. Run captionctl doctor {provider} to "
                "see what works]" },
};

const CapFaultRow *
cap_fault_rows (gsize *n_rows)
{
  *n_rows = G_N_ELEMENTS (rows);
  return rows;
}
