/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "protocol/dialect.h"

#include <string.h>

/* private functions */

static void
append_query (GString *url, va_list arguments)
{
  char separator = '?';

  for (const char *name; (name = va_arg (arguments, const char *)) != NULL;)
    {
      const char *value = va_arg (arguments, const char *);

      if (value == NULL || *value == '\0')
        continue;
      g_string_append_printf (url, "%c%s=", separator, name);
      g_string_append_uri_escaped (url, value, NULL, FALSE);
      separator = '&';
    }
}

static void
strip_suffix (GString *text, const char *suffix)
{
  if (g_str_has_suffix (text->str, suffix))
    g_string_truncate (text, text->len - strlen (suffix));
}

static void
add_header (GPtrArray *headers, const char *name, const char *value)
{
  if (*value == '\0')
    return;

  g_ptr_array_add (headers, (gpointer) name);
  g_ptr_array_add (headers, (gpointer) value);
}

/* public functions */

char *
cap_dialect_url (CapProvider *provider, const char *path, ...)
{
  GString *url;
  va_list arguments;

  g_return_val_if_fail (provider != NULL, NULL);
  g_return_val_if_fail (path != NULL, NULL);

  url = g_string_new (provider->url);
  g_string_append (url, path);
  va_start (arguments, path);
  append_query (url, arguments);
  va_end (arguments);
  return g_string_free (url, FALSE);
}

char *
cap_dialect_azure_url (CapProvider *provider, const char *path, ...)
{
  GString *url;
  va_list arguments;

  g_return_val_if_fail (provider != NULL, NULL);
  g_return_val_if_fail (path != NULL, NULL);

  url = g_string_new (provider->url);
  strip_suffix (url, "/v1");
  strip_suffix (url, "/openai");
  g_string_append (url, path);
  va_start (arguments, path);
  append_query (url, arguments);
  va_end (arguments);
  return g_string_free (url, FALSE);
}

gboolean
cap_dialect_server_turns (const CapDialect *self, CapProvider *provider, guint refused)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (provider != NULL, FALSE);

  if (self->must_detect_turns)
    return TRUE;

  return self->can_detect_turns && provider->turns == CAP_TURNS_SERVER
         && (refused & CAP_FIELD_TURN_DETECTION) == 0;
}

guint
cap_dialect_rate (const CapDialect *self, CapProvider *provider)
{
  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (provider != NULL, 0);

  return self->rate != 0 ? self->rate : provider->rate != 0 ? provider->rate : 24000;
}

CapAuth
cap_dialect_auth (const CapDialect *self, CapProvider *provider)
{
  g_return_val_if_fail (self != NULL, CAP_AUTH_NONE);
  g_return_val_if_fail (provider != NULL, CAP_AUTH_NONE);

  switch (provider->auth)
    {
    case CAP_AUTH_DEFAULT:
      return self->auth;
    case CAP_AUTH_TOKEN_COMMAND:
      return CAP_AUTH_BEARER;
    default:
      return provider->auth;
    }
}

GPtrArray *
cap_dialect_headers (const CapDialect *self, CapProvider *provider)
{
  GPtrArray *headers;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (provider != NULL, NULL);

  headers = g_ptr_array_new ();
  for (const char *const *header = self->headers; header != NULL && *header != NULL; header++)
    g_ptr_array_add (headers, (gpointer) *header);
  add_header (headers, "OpenAI-Organization", provider->organization);
  add_header (headers, "OpenAI-Project", provider->project);
  g_ptr_array_add (headers, NULL);
  return headers;
}

guint
cap_session_wishes_get_fields (const CapSessionWishes *self)
{
  CapProvider *provider;
  guint fields = CAP_FIELD_NOISE_REDUCTION | CAP_FIELD_INCLUDE;

  g_return_val_if_fail (self != NULL, 0);

  provider = self->provider;
  fields |= *self->language != '\0' ? CAP_FIELD_LANGUAGE : 0;
  fields |= *provider->prompt != '\0' ? CAP_FIELD_PROMPT : 0;
  fields |= *provider->keywords != NULL ? CAP_FIELD_KEYWORDS : 0;
  fields |= *provider->delay != '\0' ? CAP_FIELD_DELAY : 0;
  fields |= self->server_turns ? CAP_FIELD_TURN_DETECTION : 0;
  return fields & ~self->refused;
}
