/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors
 *
 * Asks for the key of a provider as an engine does, and prints what came:
 * "none", "key KEY" or "error NAME MESSAGE". Then waits for a line of input,
 * and asks again, until the input ends.
 *
 *   credentials-probe [--optional] [--prompt] ID SETTINGS */

#include "dbus/error.h"
#include "providers/credentials.h"

#include <stdio.h>

static gboolean optional;
static gboolean prompt;

static void
on_key (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CapSecret) secret = NULL;
  gboolean *done = data;

  if (!cap_credentials_get_finish (CAP_CREDENTIALS (source), result, &secret, &error))
    printf ("error %s %s\n", cap_error_get_name (error), error->message);
  else if (secret == NULL)
    printf ("none\n");
  else
    printf ("key %s\n", cap_secret_peek (secret));
  fflush (stdout);
  *done = TRUE;
}

static void
ask (CapCredentials *credentials, CapProvider *provider)
{
  gboolean done = FALSE;

  cap_credentials_get_async (credentials, provider, optional, prompt, NULL, on_key, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
}

int
main (int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "optional", 0, 0, G_OPTION_ARG_NONE, &optional, "Succeed without a key", NULL },
    { "prompt", 0, 0, G_OPTION_ARG_NONE, &prompt, "Allow the keyring to show a dialog", NULL },
    { NULL },
  };
  g_autoptr (CapCredentials) credentials = cap_credentials_new ();
  g_autoptr (GOptionContext) context = g_option_context_new ("ID SETTINGS");
  g_autoptr (GVariant) settings = NULL;
  g_autoptr (CapProvider) provider = NULL;
  g_autoptr (GError) error = NULL;
  char line[16];

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 3)
    g_error ("usage: credentials-probe [--optional] [--prompt] ID SETTINGS");
  settings = g_variant_parse (G_VARIANT_TYPE_VARDICT, argv[2], NULL, NULL, &error);
  g_assert_no_error (error);
  provider = cap_provider_new (argv[1], settings, &error);
  g_assert_no_error (error);

  do
    ask (credentials, provider);
  while (fgets (line, sizeof line, stdin) != NULL);
  return 0;
}
