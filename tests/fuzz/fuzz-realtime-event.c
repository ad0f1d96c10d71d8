/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* Feeds arbitrary server data to the parsers of events and error bodies, and to the
 * fault table. With libFuzzer it makes up inputs; otherwise it is a test that reads
 * every file of a folder once.
 *
 * An input begins with eight bytes that choose, in this order, the table of names,
 * the stage, the HTTP status, the close code, the network error, the dialect and the
 * flags. A line end and the message follow. */

#include "protocol/fault.h"

#include <string.h>

#define HEADER 8

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static const guint statuses[] = { 0, 101, 200, 302, 400, 401, 403, 404, 407, 422, 429, 500 };
static const guint closes[] = { 0, 1000, 1001, 1006, 1008, 1011, 1015, 3000, 4000, 4004 };
static const char *const dialects[] = {
  NULL, "azure", "azure-realtime", "azure-preview", "openai", "speaches", "vllm",
};

static void
check_text (const char *text, gsize max)
{
  g_assert_true (text == NULL || (strlen (text) <= max && g_utf8_validate (text, -1, NULL)));
}

static void
check_error (const CapServiceError *error)
{
  check_text (error->type, 300);
  check_text (error->code, 300);
  check_text (error->message, 300);
  check_text (error->param, 300);
  check_text (error->event_id, 300);
}

static void
check_event (const CapEvent *event)
{
  check_text (event->name, 128);
  check_text (event->item_id, 256);
  check_text (event->previous_item_id, 256);
  check_text (event->text, 64 * 1024);
  check_text (event->language, 35);
  g_assert_true (event->confidence <= 1 && event->billed_seconds < 1e6);
  g_assert_true (event->start >= 0 && event->end >= event->start);
  g_assert_true (event->ms >= 0 && event->expires_at >= 0);
  g_assert_nonnull (event->item_id);
  if (event->kind == CAP_EVENT_ERROR || event->kind == CAP_EVENT_FAILED)
    check_error (event->error);
}

static CapEvent *
parse_event (guint8 choice, const char *text, gsize length)
{
  const CapEventName *const tables[] = { cap_event_names_nested, cap_event_names_flat, cap_event_names_vllm };
  g_autoptr (GError) error = NULL;
  CapEvent *event = cap_event_parse (tables[choice % G_N_ELEMENTS (tables)], text, length, &error);

  g_assert_true ((event == NULL) == (error != NULL));
  if (event != NULL)
    check_event (event);

  return event;
}

static GError *
network_error (guint8 choice)
{
  const GQuark domains[] = { 0, G_IO_ERROR, G_TLS_ERROR, G_RESOLVER_ERROR };
  GQuark domain = domains[choice % G_N_ELEMENTS (domains)];

  return domain != 0 ? g_error_new_literal (domain, choice / G_N_ELEMENTS (domains), "unheard") : NULL;
}

static void
judge (const guint8 *header, const CapServiceError *error, const char *text)
{
  g_auto (CapEvidence) evidence = {
    .stage = header[1] % (CAP_STAGE_LISTEN + 1),
    .status = statuses[header[2] % G_N_ELEMENTS (statuses)],
    .close_code = closes[header[3] % G_N_ELEMENTS (closes)],
    .network = network_error (header[4]),
    .error = cap_service_error_copy (error),
    .close_reason = cap_redact (text),
    .request_id = cap_redact (text),
    .location = cap_redact (text),
    .session_type = header[6] & 1 ? cap_redact (text) : NULL,
    .turn_failed = (header[6] & 2) != 0,
    .by_proxy = (header[6] & 4) != 0,
    .timed_out = (header[6] & 8) != 0,
  };
  CapAsked asked = {
    .provider = "p",
    .dialect = dialects[header[5] % G_N_ELEMENTS (dialects)],
    .host = "res.openai.azure.com",
    .path = "/openai/realtime",
    .model = "my-{model}",
    .with_key = (header[6] & 16) != 0,
  };
  g_autoptr (CapFault) fault = cap_fault_judge (&evidence, &asked);

  check_text (fault->error->message, 2000);
  g_assert_true (g_str_has_suffix (fault->error->message, "."));
  g_assert_true (fault->remedy != CAP_REMEDY_DROP_FIELD || fault->field != 0);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *text = NULL;
  g_autoptr (CapEvent) event = NULL;
  g_autoptr (CapServiceError) error = NULL;

  if (size < HEADER)
    return 0;

  /* A copy of exact size lets AddressSanitizer notice reads past its end. */
  size -= HEADER;
  text = g_memdup2 (data + HEADER, size);
  event = parse_event (data[0], text, size);
  error = cap_service_error_parse (text, size);
  if (error != NULL)
    check_error (error);

  text = g_realloc (text, size + 1);
  text[size] = '\0';
  judge (data, event != NULL && event->error != NULL ? event->error : error, text);

  return 0;
}

#ifndef LIBFUZZER

int
main (int argc, char **argv)
{
  g_autoptr (GDir) folder = g_dir_open (argv[1], 0, NULL);
  const char *name;
  int n = 0;

  g_assert_nonnull (folder);
  for (n = 0; (name = g_dir_read_name (folder)) != NULL; n++)
    {
      g_autofree char *path = g_build_filename (argv[1], name, NULL);
      g_autofree char *data = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (path, &data, &length, NULL));
      g_print ("%s\n", name);
      LLVMFuzzerTestOneInput ((const guint8 *) data, length);
    }

  g_assert_cmpint (n, >, 0);
  return 0;
}

#endif
