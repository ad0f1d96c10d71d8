/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* POST, to request a client secret. */

#include "protocol/connection-private.h"

#include <string.h>

#define MAX_ANSWER (256 * 1024)

/* struct */

typedef struct
{
  CapRequest *request;
  CapDeadline *deadline;
  char *body;
  CapEvidence evidence;
} Post;

static void
post_free (Post *self)
{
  g_clear_pointer (&self->request, cap_request_free);
  g_clear_pointer (&self->deadline, cap_deadline_free);
  g_clear_pointer (&self->body, cap_body_free);
  cap_evidence_clear (&self->evidence);
  g_free (self);
}

/* private functions */

static void
post_fail (GTask *task, const GError *error)
{
  Post *post = g_task_get_task_data (task);
  CapEvidence *evidence = &post->evidence;

  cap_request_get_evidence (post->request, error, cap_deadline_is_over (post->deadline), CAP_STAGE_MINT,
                            evidence);
  /* The status was a success, but reading the body failed. */
  if (SOUP_STATUS_IS_SUCCESSFUL (evidence->status))
    {
      evidence->timed_out = cap_deadline_is_over (post->deadline);
      if (!evidence->timed_out && error != NULL)
        evidence->network = g_error_copy (error);
    }
  if (post->body != NULL && cap_evidence_has_reason (evidence))
    evidence->error = cap_service_error_parse (post->body, strlen (post->body));
  g_task_return_boolean (task, FALSE);
}

/* callbacks */

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Post *post = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  post->body = cap_request_send_finish (result, &error);
  cap_deadline_stop (post->deadline);
  if (post->body != NULL && SOUP_STATUS_IS_SUCCESSFUL (soup_message_get_status (post->request->message)))
    g_task_return_boolean (task, TRUE);
  else
    post_fail (task, error);
}

static void
on_post_authority (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Post *post = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsDatabase) database = cap_authority_load_finish (result, &error);

  if (error != NULL)
    {
      post_fail (task, error);
      return;
    }
  if (database != NULL)
    soup_session_set_tls_database (post->request->session, database);
  cap_request_send_async (post->request, MAX_ANSWER, cap_deadline_get_cancellable (post->deadline),
                          on_answered, g_object_ref (task));
}

/* public functions */

void
cap_realtime_connection_post_async (const CapEndpoint *endpoint,
                                    const char *json,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GBytes) bytes = NULL;
  Post *post;

  g_return_if_fail (endpoint != NULL);
  g_return_if_fail (json != NULL);

  task = g_task_new (NULL, NULL, callback, user_data);
  bytes = g_bytes_new (json, strlen (json));
  post = g_new0 (Post, 1);
  g_task_set_task_data (task, post, (GDestroyNotify) post_free);
  post->request = cap_request_new (SOUP_METHOD_POST, endpoint, &post->evidence.network);
  if (post->request == NULL)
    {
      g_task_return_boolean (task, FALSE);
      return;
    }
  soup_message_set_request_body_from_bytes (post->request->message, "application/json", bytes);
  post->deadline = cap_deadline_new (cancellable, CAP_OPEN_MS);
  cap_authority_load_async (post->request->ca_file, cap_deadline_get_cancellable (post->deadline),
                            on_post_authority, g_object_ref (task));
}

gboolean
cap_realtime_connection_post_finish (GAsyncResult *result, char **body, CapEvidence *evidence)
{
  Post *post;

  g_return_val_if_fail (G_IS_TASK (result), FALSE);
  g_return_val_if_fail (body != NULL && evidence != NULL, FALSE);

  post = g_task_get_task_data (G_TASK (result));
  memset (evidence, 0, sizeof *evidence);
  if (g_task_propagate_boolean (G_TASK (result), NULL))
    {
      *body = g_steal_pointer (&post->body);
      return TRUE;
    }
  *body = NULL;
  *evidence = post->evidence;
  memset (&post->evidence, 0, sizeof post->evidence);
  return FALSE;
}
