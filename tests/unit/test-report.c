/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/diagnosis-table.h"
#include "captionctl/provider-settings.h"
#include "captionctl/redaction.h"
#include "captionctl/report.h"
#include "common/text.h"

#include <glib/gstdio.h>
#include <unistd.h>

#define KEY "sk-proj-0123456789abcdef"

static GVariant *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (NULL, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return value;
}

static CapRedaction *
redaction_new (const char *url)
{
  static const char *const kept[] = { "whisper-small.en", "req_0123456789abcdef0123456789abcdef", NULL };

  return cap_redaction_new (&(CapRedactionNames) {
      .host_name = "thinkpad", .user_name = "alice", .home = "/home/alice", .url = url, .kept = kept });
}

/* redaction */

static void
test_sentences (void)
{
  const struct { const char *url, *given, *expected; } cases[] = {
    /* unchanged */
    { "https://api.openai.com/v1", "api.openai.com answered 401.", "api.openai.com answered 401." },
    { "https://api.openai.com/v1", "wss://api.openai.com/v1/realtime", "wss://api.openai.com/v1/realtime" },
    { "https://eu.api.openai.com/v1", "eu.api.openai.com", "eu.api.openai.com" },
    { NULL, "After session.update nothing came.", "After session.update nothing came." },
    { NULL, "conversation.item.created", "conversation.item.created" },
    { NULL, "org.captiond.Captions1.Error.TlsFailed", "org.captiond.Captions1.Error.TlsFailed" },
    { NULL, "Model whisper-small.en is there.", "Model whisper-small.en is there." },
    { NULL, "Request req_0123456789abcdef0123456789abcdef",
      "Request req_0123456789abcdef0123456789abcdef" },
    { NULL, "The close code was 1006 at 08:39:47.", "The close code was 1006 at 08:39:47." },
    { NULL, "Version 0.1.0, 24000 Hz, 1.5 s.", "Version 0.1.0, 24000 Hz, 1.5 s." },
    /* hosts */
    { "https://acme.openai.azure.com", "wss://acme.openai.azure.com/openai/v1",
      "wss://RESOURCE.openai.azure.com/openai/v1" },
    { "https://acme.openai.azure.com", "The resource Acme is not there.", "The resource RESOURCE is not there." },
    { NULL, "acme.services.ai.azure.com redirected", "RESOURCE.services.ai.azure.com redirected" },
    { NULL, "acme.privatelink.openai.azure.com.", "RESOURCE.privatelink.openai.azure.com." },
    { "https://speech.example.org:8000/v1", "speech.example.org:8000 refused", "HOST:8000 refused" },
    { "http://gpu:8000/v1", "gpu refused http://gpu:8000/v1", "HOST refused http://HOST:8000/v1" },
    { NULL, "redirected to login.example.co.uk", "redirected to HOST" },
    { NULL, "http://[2001:db8::1]:8000/v1", "http://HOST:8000/v1" },
    { NULL, "10.0.0.7 and 2001:db8::17 refused", "HOST and HOST refused" },
    { NULL, "the proxy squid:3128", "the proxy HOST:3128" },
    { NULL, "api.openai.com.example.org", "HOST" },
    /* the machine and its user */
    { NULL, "/home/alice/ca cannot be read by alice on ThinkPad.",
      "~/ca cannot be read by USER on MACHINE." },
    { NULL, "thinkpad.lan", "HOST" },
    /* keys */
    { NULL, "Incorrect key " KEY ".", "Incorrect key (left out)." },
    { NULL, "Bearer abc.def-1", "Bearer (left out)" },
    { NULL, "ek_abcdef0123", "(left out)" },
    { NULL, "eyJhbGciOi.eyJzdWIi.c2ln", "(left out)" },
    { NULL, "0123456789abcdef0123456789abcdef", "(left out)" },
    { NULL, "a\377b", "a\357\277\275b" },
    { NULL, "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CapRedaction) redaction = redaction_new (cases[i].url);
      g_autofree char *clean = cap_redaction_apply (redaction, cases[i].given);

      g_assert_cmpstr (clean, ==, cases[i].expected);
    }
}

static void
test_names (void)
{
  g_autoptr (CapRedaction) redaction = redaction_new ("https://acme.openai.azure.com");
  const char *const cases[][2] = {
    { "whisper-1.0.en", "whisper-1.0.en" },
    { "acme-whisper", "RESOURCE-whisper" },
    { "Systran/faster-whisper.en", "Systran/faster-whisper.en" },
    { "alice", "USER" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *clean = cap_redaction_apply_to_name (redaction, cases[i][0]);

      g_assert_cmpstr (clean, ==, cases[i][1]);
    }
}

/* reports */

static char *
compose (void)
{
  g_autoptr (GDateTime) when = g_date_time_new_utc (2026, 11, 21, 8, 0, 0);
  g_autoptr (GVariant) settings = parse (
      "{'dialect': <'azure'>, 'url': <'https://acme.openai.azure.com/x'>, 'model': <'whisper'>,"
      " 'token-command': <['az', 'secret-word']>, 'ca-file': <'/home/alice/ca.pem'>,"
      " 'prompt': <'Mrs Smith'>, 'keywords': <['Smith']>, 'mint': <true>, 'rate': <uint32 16000>,"
      " 'turns': <''>}");
  g_autoptr (GVariant) rows = parse (
      "[{'step': <'connection'>, 'works': <true>, 'seconds': <0.25>},"
      " {'step': <'door'>, 'door': <'azure (minted)'>, 'url': <'wss://acme.openai.azure.com/openai/v1'>,"
      "  'works': <false>, 'status': <uint32 401>, 'close-code': <uint32 4001>, 'code': <'invalid_key'>,"
      "  'request-id': <'0123456789abcdef0123456789abcdef'>, 'region': <'Sweden Central'>,"
      "  'new': <['acme.openai.azure.com']>,"
      "  'message': <'acme.openai.azure.com refused " KEY ".'>}]");
  g_autoptr (GVariant) details = parse (
      "{'message': <'Ask the owner of acme.'>, 'settings': <{'dialect': <'azure'>, 'ca-file': <'/x'>}>}");
  const CapReport report = {
    .when = when, .service_version = "0.1.0", .id = "acme", .settings = settings, .rows = rows,
    .verdict = "fails", .details = details,
    .host_name = "thinkpad", .user_name = "alice", .home = "/home/alice",
  };

  return cap_report_compose (&report);
}

static void
test_report (void)
{
  static const char *const there[] = {
    "2026-11-21 08:00:00 UTC", "captiond    0.1.0", ("captionctl  " CAPTIOND_VERSION),
    "Provider RESOURCE\n", "https://RESOURCE.openai.azure.com/x\n", "(set)", "16000", "0.250",
    "wss://RESOURCE.openai.azure.com/openai/v1\n", "azure (minted)\n", "401", "4001", "invalid_key",
    "0123456789abcdef0123456789abcdef", "Sweden Central", "['RESOURCE.openai.azure.com']",
    "Verdict: fails", "Ask the owner of RESOURCE.", "Settings to use",
  };
  static const char *const absent[] = {
    "acme", "alice", "thinkpad", "secret-word", "Smith", "ca.pem", KEY, "turns",
  };
  g_autofree char *text = compose ();

  for (guint i = 0; i < G_N_ELEMENTS (there); i++)
    if (strstr (text, there[i]) == NULL)
      g_error ("\"%s\" is not in:\n%s", there[i], text);
  for (guint i = 0; i < G_N_ELEMENTS (absent); i++)
    if (strstr (text, absent[i]) != NULL)
      g_error ("\"%s\" is in:\n%s", absent[i], text);
}

static void
test_file (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp (NULL, &error);
  g_autofree char *path = g_build_filename (folder, "report", NULL);
  g_autofree char *link = g_build_filename (folder, "link", NULL);
  g_autofree char *inside = g_build_filename (path, "x", NULL);
  g_autofree char *text = NULL;
  GStatBuf info;

  g_assert_no_error (error);
  g_assert_true (g_file_set_contents_full (path, "old", -1, G_FILE_SET_CONTENTS_NONE, 0644, NULL));
  g_assert_true (cap_report_check_path (path, &error));
  g_assert_true (cap_report_write (path, "new", &error));
  g_assert_no_error (error);

  g_assert_cmpint (g_lstat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "new");

  g_assert_cmpint (symlink (path, link), ==, 0);
  g_assert_false (cap_report_check_path (link, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
  g_clear_error (&error);
  g_assert_false (cap_report_check_path (inside, &error));
  g_assert_nonnull (error);

  g_unlink (link);
  g_unlink (path);
  g_rmdir (folder);
}

/* the table and the command */

static void
test_table (void)
{
  g_autoptr (GVariant) row = parse (
      "{'step': <'door'>, 'door': <'azure-realtime (minted)'>, 'works': <false>, 'status': <uint32 101>,"
      " 'close-code': <uint32 4001>, 'code': <'an_error_code_that_is_long'>, 'seconds': <1.239>,"
      " 'region': <'Sweden Central'>, 'request-id': <'0123456789abcdef'>,"
      " 'message': <'A sentence that does not fit into so narrow a window\\n, and goes on.'>}");
  const CapDiagnosisTable *table = &cap_diagnosis_table_of_service;
  g_autofree char *wide = cap_diagnosis_table_print_row (table, row, NULL, 120);
  g_autofree char *narrow = cap_diagnosis_table_print_row (table, row, NULL, 80);
  g_autofree char *head = cap_diagnosis_table_print_header (table, 100);

  g_assert_cmpstr (head, ==,
                   "STEP                     RESULT   HTTP/CLOSE  CODE               TEXT AFTER  "
                   "REGION     REQUEST\n");
  g_assert_cmpstr (wide, ==,
                   "azure-realtime (minted)  fails    101/4001    an_error_code_th…  1.24 s      "
                   "Sweden C…  0123456789a…\n"
                   "    A sentence that does not fit into so narrow a window , and goes on.\n");
  g_assert_cmpstr (narrow, ==,
                   "azure-realtime (minted)  fails    101/4001    an_error_code_th…  1.24 s\n"
                   "    A sentence that does not fit into so narrow a window , and goes on.\n");
}

static void
test_head (void)
{
  const struct { const char *text; guint columns; const char *expected; } cases[] = {
    { "abc", 3, "abc" }, { "abcd", 3, "ab…" }, { "abcd", 1, "…" }, { "abcd", 0, "" },
    { "日本語", 5, "日本…" }, { "日本語", 4, "日…" }, { "", 0, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *head = cap_text_head (cases[i].text, cases[i].columns);

      g_assert_cmpstr (head, ==, cases[i].expected);
    }
}

static void
test_command (void)
{
  g_autoptr (GVariant) current = parse ("{'dialect': <'auto'>, 'model': <'m'>}");
  const char *const cases[][2] = {
    { "{'dialect': <'azure'>, 'model': <'m'>}", "captionctl provider set x --dialect azure" },
    { "{'model': <'it\\'s'>, 'mint': <true>}", "captionctl provider set x --model 'it'\\''s' --mint" },
    { "{'rate': <uint32 24000>, 'turns': <''>}", "captionctl provider set x --rate 24000" },
    { "{'model': <''>}", "captionctl provider set x --model ''" },
    { "{'keywords': <['a b', 'c']>}", "captionctl provider set x --keyword 'a b' --keyword c" },
    { "{'token-command': <['az', 'a b']>}", "captionctl provider set x --token-command 'az '\\''a b'\\'''" },
    { "{'model': <'m'>, 'mint': <false>}", NULL },
    { "{'unknown': <'m'>}", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) settings = parse (cases[i][0]);
      g_autofree char *command = cap_provider_settings_to_command ("x", settings, current);

      g_assert_cmpstr (command, ==, cases[i][1]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/report/sentences", test_sentences);
  g_test_add_func ("/report/names", test_names);
  g_test_add_func ("/report/report", test_report);
  g_test_add_func ("/report/file", test_file);
  g_test_add_func ("/report/table", test_table);
  g_test_add_func ("/report/head", test_head);
  g_test_add_func ("/report/command", test_command);

  return g_test_run ();
}
