/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "base/deadline.h"
#include "providers/secret.h"

#include <libsecret/secret.h>

G_BEGIN_DECLS

/* One request to the Secret Service, and the steps that all requests share. The
 * request is the data of a GTask; a step that fails also ends its task. */
typedef struct
{
  char *id;              /* attribute: the provider */
  char *host;            /* attribute: the host; NULL for any host */
  gboolean key_optional; /* a missing key is no error */
  gboolean may_prompt;
  gboolean prompting;    /* a dialog is open */
  gboolean peek;         /* the task returns a state instead of a key */
  CapSecret *secret;     /* the key to store, or NULL */

  void (*proceed) (GTask *task);
  CapDeadline *deadline;
  SecretService *service; /* NULL until it is reached */
  GList *items;           /* SecretItem, the result of the last search */
  gboolean locked;        /* a locked item could not be removed */
} CapKeyringAsk;

/* The schema of the items that captiond stores. */
extern const SecretSchema cap_keyring_schema;

/* Starts the deadline of the request. */
CapKeyringAsk *cap_keyring_ask_new (const char *id, const char *host, GCancellable *cancellable);
void cap_keyring_ask_free (CapKeyringAsk *self);
/* The cancellable of the request's deadline. */
GCancellable *cap_keyring_ask_cancellable (GTask *task);

/* Starts the Secret Service and calls @proceed. Takes @task. */
void cap_keyring_ask_reach (GTask *task, void (*proceed) (GTask *task));

/* Searches without unlocking, so that a locked keyring differs from one without
 * the key. The search itself filters by host because a locked item does not show
 * its attributes. @any_host: search without the host. Takes @task. */
void cap_keyring_ask_search (GTask *task, gboolean any_host, GAsyncReadyCallback callback);
/* Fills the items of the request. FALSE if the task has failed. */
gboolean cap_keyring_ask_take_items (GTask *task, GAsyncResult *result);
/* Prefers an unlocked item. Borrowed; NULL if there is none. */
SecretItem *cap_keyring_ask_best_item (GTask *task);

/* May open a dialog. @path: an item, or NULL for the default keyring. Takes
 * @task. */
void cap_keyring_ask_unlock (GTask *task, const char *path, GAsyncReadyCallback callback);
/* FALSE if the task has failed. */
gboolean cap_keyring_ask_finish_unlock (GTask *task, GAsyncResult *result);

/* Each of these ends the task. @secret: taken, may be NULL. @error: or NULL. */
void cap_keyring_ask_return_secret (GTask *task, CapSecret *secret);
void cap_keyring_ask_return_state (GTask *task, const char *state);
void cap_keyring_ask_fail (GTask *task, GError *error);
void cap_keyring_ask_fail_locked (GTask *task);
/* @other_host: there is a key, but for another host. */
void cap_keyring_ask_fail_missing (GTask *task, gboolean other_host);

G_END_DECLS
