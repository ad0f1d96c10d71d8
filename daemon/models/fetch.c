/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "models/fetch.h"
#include "base/network.h"
#include "dbus/error.h"

#include <errno.h>
#include <fcntl.h>
#include <libsoup/soup.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define USER_AGENT "captiond/" CAPTIOND_VERSION
#define MAX_ATTEMPTS 3
#define MAX_BACK_OFF 6 /* doublings */
#define MAX_REDIRECTS 10
#define MAX_ETAG_BYTES 256
#define BLOCK (128 * 1024)

/* struct */

/* The result of one attempt. */
typedef enum
{
  DONE,
  LOST,    /* another attempt may bring more */
  RESTART, /* the part that was there is of no use */
  NEXT,    /* this address cannot give the file */
  STOP,    /* no address can */
} Outcome;

typedef struct
{
  const CapModelFile *file;
  const char *path;
  char *part, *etag_path;
  CapFetchPatience patience;
  SoupSession *session;

  int fd;              /* of the part */
  guint64 offset;      /* bytes in the part */
  GChecksum *checksum; /* of these bytes; NULL if they are still to be read */
  guchar *block;

  CapProgressFunc progress;
  gpointer user_data;
  GCancellable *cancellable;
} Fetch;

static void
fetch_clear (Fetch *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_clear_object (&self->session);
  g_clear_pointer (&self->checksum, g_checksum_free);
  g_free (self->part);
  g_free (self->etag_path);
  g_free (self->block);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fetch, fetch_clear)

/* private: errors */

#define TRY_LATER "Check the network connection, and try again later; captiond continues where it was."
#define ASK "Update captiond, or tell those who offer the model."

/* Returns @outcome. */
static Outcome
fail (Fetch *self, Outcome outcome, GUri *uri, const char *why, GError **error)
{
  g_set_error (error, CAP_ERROR, CAP_ERROR_DOWNLOAD_FAILED,
               "The file %s could not be fetched from %s, because %s. %s", self->file->name,
               g_uri_get_host (uri), why, outcome == LOST ? TRY_LATER : ASK);
  return outcome;
}

/* Takes @cause. */
static Outcome
fail_transfer (Fetch *self, GUri *uri, GError *cause, GError **error)
{
  g_autoptr (GError) taken = cause;
  g_autofree char *why = NULL;

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return STOP;
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    why = g_strdup_printf ("no data came for %u seconds", self->patience.stall_seconds);
  else
    why = g_strdup_printf ("the connection failed (%s)", cause->message);

  return fail (self, cause->domain == G_TLS_ERROR ? NEXT : LOST, uri, why, error);
}

static Outcome
fail_status (Fetch *self, GUri *uri, SoupMessage *message, GError **error)
{
  guint status = soup_message_get_status (message);
  gboolean passes = status >= 500 || status == SOUP_STATUS_REQUEST_TIMEOUT || status == 425 || status == 429;
  g_autofree char *why = g_strdup_printf ("the server answered with the status %u", status);

  if (status == SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE)
    return fail (self, RESTART, uri, why, error);

  return fail (self, passes ? LOST : NEXT, uri, why, error);
}

static Outcome
fail_disk (Fetch *self, const char *path, GError **error)
{
  cap_disk_fail (errno, path, error);
  return STOP;
}

/* private: the part */

static void
discard (Fetch *self)
{
  unlink (self->part);
  unlink (self->etag_path);
  g_clear_pointer (&self->checksum, g_checksum_free);
  self->offset = 0;
}

/* The ETag under which @uri gave the part; NULL if it is not known. Two servers may give
 * the same tag to different files. */
static char *
read_etag (Fetch *self, const char *address)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (self->etag_path, &text, NULL, NULL))
    return NULL;
  lines = g_strsplit (text, "\n", 2);
  if (lines[0] == NULL || lines[1] == NULL || !g_str_equal (lines[0], address))
    return NULL;

  return g_strdup (lines[1]);
}

/* Only a strong tag promises the same bytes. */
static gboolean
is_strong (const char *etag)
{
  return etag != NULL && *etag == '"' && strlen (etag) <= MAX_ETAG_BYTES && g_str_is_ascii (etag)
         && strpbrk (etag, "\r\n") == NULL;
}

static void
write_etag (Fetch *self, const char *address, SoupMessage *message)
{
  const char *etag = soup_message_headers_get_one (soup_message_get_response_headers (message), "ETag");
  g_autofree char *text = g_strdup_printf ("%s\n%s", address, etag);

  if (!is_strong (etag) || !g_file_set_contents (self->etag_path, text, -1, NULL))
    unlink (self->etag_path);
}

static gboolean
open_part (Fetch *self, GError **error)
{
  struct stat info;

  if (self->fd >= 0)
    close (self->fd);
  self->fd = open (self->part, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (self->fd < 0 || fstat (self->fd, &info) < 0)
    return cap_disk_fail (errno, self->part, error);

  if ((guint64) info.st_size != self->offset)
    g_clear_pointer (&self->checksum, g_checksum_free);
  self->offset = info.st_size;
  return TRUE;
}

static gboolean
begin_anew (Fetch *self, GError **error)
{
  if (ftruncate (self->fd, 0) < 0)
    return cap_disk_fail (errno, self->part, error);

  self->offset = 0;
  g_clear_pointer (&self->checksum, g_checksum_free);
  return TRUE;
}

/* Makes the checksum that of the bytes in the part, and goes to their end. */
static gboolean
read_part (Fetch *self, GError **error)
{
  if (self->checksum == NULL)
    {
      self->checksum = g_checksum_new (G_CHECKSUM_SHA256);
      if (lseek (self->fd, 0, SEEK_SET) < 0)
        return cap_disk_fail (errno, self->part, error);
      if (!cap_disk_hash (self->fd, self->part, self->offset, self->checksum, NULL, NULL, self->cancellable,
                          error))
        return FALSE;
    }

  return lseek (self->fd, self->offset, SEEK_SET) >= 0 || cap_disk_fail (errno, self->part, error);
}

/* private: addresses */

static gboolean
is_this_computer (GUri *uri)
{
  return cap_host_is_this_computer (g_uri_get_host (uri));
}

/* @from: the address that redirects to @uri, or NULL. A server on the network must not
 * lead captiond to the servers of this computer. */
static gboolean
is_allowed (GUri *uri, GUri *from)
{
  gboolean secure;

  if (uri == NULL || g_uri_get_host (uri) == NULL || g_uri_get_userinfo (uri) != NULL)
    return FALSE;

  secure = g_str_equal (g_uri_get_scheme (uri), "https");
  if (!is_this_computer (uri))
    return secure;
  return (secure || g_str_equal (g_uri_get_scheme (uri), "http")) && (from == NULL || is_this_computer (from));
}

static SoupMessage *
message_new (Fetch *self, GUri *uri, const char *etag)
{
  SoupMessage *message = soup_message_new_from_uri (SOUP_METHOD_GET, uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  /* Redirects are followed here, one by one. */
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_headers_replace (headers, "Accept-Encoding", "identity");
  if (self->offset > 0)
    {
      soup_message_headers_set_range (headers, self->offset, -1);
      soup_message_headers_replace (headers, "If-Range", etag);
    }
  return message;
}

/* Sends the request to @uri and where it leads, and sets @uri to the last address. NULL
 * with @outcome and an error unless there was an answer that is no redirect. */
static GInputStream *
send_request (Fetch *self, GUri **uri, const char *etag, SoupMessage **message, Outcome *outcome,
              GError **error)
{
  for (guint i = 0; i <= MAX_REDIRECTS; i++)
    {
      g_autoptr (SoupMessage) sent = message_new (self, *uri, etag);
      g_autoptr (GInputStream) stream = NULL;
      g_autoptr (GUri) next = NULL;
      GError *cause = NULL;
      const char *location;

      stream = soup_session_send (self->session, sent, self->cancellable, &cause);
      if (stream == NULL)
        {
          *outcome = fail_transfer (self, *uri, cause, error);
          return NULL;
        }
      if (!SOUP_STATUS_IS_REDIRECTION (soup_message_get_status (sent)))
        {
          *message = g_steal_pointer (&sent);
          return g_steal_pointer (&stream);
        }

      location = soup_message_headers_get_one (soup_message_get_response_headers (sent), "Location");
      next = location != NULL ? g_uri_parse_relative (*uri, location, SOUP_HTTP_URI_FLAGS, NULL) : NULL;
      if (!is_allowed (next, *uri))
        {
          *outcome = fail (self, NEXT, *uri, "the server redirects to an address that captiond does not follow",
                           error);
          return NULL;
        }
      g_uri_unref (*uri);
      *uri = g_steal_pointer (&next);
    }

  *outcome = fail (self, NEXT, *uri, "the server redirects too often", error);
  return NULL;
}

/* private: one attempt */

static Outcome
conclude (Fetch *self, GUri *uri, gboolean resumed, GError **error)
{
  if (!g_str_equal (g_checksum_get_string (self->checksum), self->file->sha256))
    {
      discard (self);
      return fail (self, resumed ? RESTART : NEXT, uri,
                   "it is not the file that the catalogue means: its content differs", error);
    }

  if (fdatasync (self->fd) < 0 || rename (self->part, self->path) < 0)
    return fail_disk (self, self->part, error);
  unlink (self->etag_path);
  return DONE;
}

static Outcome
refuse_size (Fetch *self, GUri *uri, GError **error)
{
  discard (self);
  return fail (self, NEXT, uri, "it is not the file that the catalogue means: its size differs", error);
}

/* Decides from the headers where the body belongs in the part. */
static Outcome
place (Fetch *self, GUri *uri, SoupMessage *message, GError **error)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  guint status = soup_message_get_status (message);
  goffset start, end, total;

  if (status == SOUP_STATUS_PARTIAL_CONTENT)
    {
      if (self->offset == 0 || !soup_message_headers_get_content_range (headers, &start, &end, &total)
          || start != (goffset) self->offset || (total >= 0 && total != (goffset) self->file->size))
        {
          discard (self);
          return fail (self, RESTART, uri, "the server sent another part of it than it was asked for", error);
        }
    }
  else if (status != SOUP_STATUS_OK)
    return fail_status (self, uri, message, error);
  else if (!begin_anew (self, error))
    return STOP;

  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH
      && soup_message_headers_get_content_length (headers) != (goffset) (self->file->size - self->offset))
    return refuse_size (self, uri, error);

  return read_part (self, error) ? DONE : STOP;
}

static Outcome
receive (Fetch *self, GUri *uri, GInputStream *stream, GError **error)
{
  for (;;)
    {
      GError *cause = NULL;
      gssize n = g_input_stream_read (stream, self->block, BLOCK, self->cancellable, &cause);

      if (n < 0)
        return fail_transfer (self, uri, cause, error);
      if (n == 0)
        return self->offset == self->file->size
                 ? DONE : fail (self, LOST, uri, "the connection ended too early", error);
      if ((guint64) n > self->file->size - self->offset)
        return refuse_size (self, uri, error);
      if (!cap_disk_write (self->fd, self->block, n))
        return fail_disk (self, self->part, error);

      g_checksum_update (self->checksum, self->block, n);
      self->offset += n;
      if (self->progress != NULL)
        self->progress (self->offset, self->file->size, self->user_data);
    }
}

static Outcome
attempt (Fetch *self, const char *address, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (address, SOUP_HTTP_URI_FLAGS, NULL);
  g_autofree char *etag = read_etag (self, address);
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (GInputStream) stream = NULL;
  Outcome outcome = STOP;
  gboolean resumed;

  if (!is_allowed (uri, NULL))
    {
      g_set_error (error, CAP_ERROR, CAP_ERROR_DOWNLOAD_FAILED,
                   "The catalogue has an address of the file %s that is not https, so captiond does not fetch "
                   "it. " ASK, self->file->name);
      return NEXT;
    }
  if (!open_part (self, error))
    return STOP;
  /* captiond ended after the last byte had come. */
  if (self->offset == self->file->size)
    return read_part (self, error) ? conclude (self, uri, TRUE, error) : STOP;
  if ((etag == NULL || self->offset > self->file->size) && !begin_anew (self, error))
    return STOP;

  stream = send_request (self, &uri, etag, &message, &outcome, error);
  if (stream == NULL)
    return outcome;
  outcome = place (self, uri, message, error);
  if (outcome != DONE)
    return outcome;
  resumed = self->offset > 0;
  write_etag (self, address, message);
  outcome = receive (self, uri, stream, error);
  return outcome == DONE ? conclude (self, uri, resumed, error) : outcome;
}

/* private: attempts */

/* FALSE if it was cancelled meanwhile. */
static gboolean
wait_before (Fetch *self, guint n_failures, GError **error)
{
  guint ms = self->patience.back_off_ms << MIN (n_failures, MAX_BACK_OFF);
  GPollFD cancelled = { .events = G_IO_IN };

  if (g_cancellable_make_pollfd (self->cancellable, &cancelled))
    {
      g_poll (&cancelled, 1, ms);
      g_cancellable_release_fd (self->cancellable);
    }
  else
    g_usleep (ms * 1000);

  return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

static Outcome
try_address (Fetch *self, const char *address, GError **error)
{
  guint64 furthest = 0;
  guint n_failures = 0;
  gboolean restarted = FALSE;

  for (;;)
    {
      GError *cause = NULL;
      Outcome outcome = attempt (self, address, &cause);

      if (outcome == RESTART)
        {
          discard (self);
          outcome = restarted ? NEXT : LOST;
          restarted = TRUE;
        }
      n_failures = self->offset > furthest ? 0 : n_failures + 1;
      furthest = MAX (furthest, self->offset);
      if (outcome != LOST || n_failures >= MAX_ATTEMPTS)
        {
          if (cause != NULL)
            g_propagate_error (error, cause);
          return outcome;
        }

      g_info ("%s", cause->message);
      g_error_free (cause);
      if (!wait_before (self, n_failures, error))
        return STOP;
    }
}

static gboolean
run (Fetch *self, GError **error)
{
  for (char **address = self->file->addresses; *address != NULL; address++)
    {
      GError *cause = NULL;
      Outcome outcome = try_address (self, *address, &cause);

      if (outcome == DONE)
        return TRUE;
      if (self->offset == 0 || g_error_matches (cause, CAP_ERROR, CAP_ERROR_DISK_FULL))
        discard (self);
      if (outcome == STOP || address[1] == NULL)
        {
          g_propagate_error (error, cause);
          return FALSE;
        }
      g_info ("%s", cause->message);
      g_error_free (cause);
    }

  g_return_val_if_reached (FALSE);
}

static SoupSession *
session_new (guint stall_seconds)
{
  g_autoptr (GProxyResolver) resolver = cap_proxy_resolver_new ();
  SoupSession *session = soup_session_new ();

  soup_session_set_proxy_resolver (session, resolver);
  soup_session_set_timeout (session, stall_seconds);
  soup_session_set_user_agent (session, USER_AGENT);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_SNIFFER);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_AUTH_MANAGER);
  return session;
}

/* public functions */

gboolean
cap_fetch_is_whole (const CapModelFile *file, const char *path, GCancellable *cancellable)
{
  g_autoptr (GChecksum) checksum = NULL;
  struct stat info;
  gboolean whole;
  int fd;

  g_return_val_if_fail (file != NULL, FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  /* O_NONBLOCK: opening a pipe would wait for its writer. */
  fd = open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    return FALSE;

  checksum = g_checksum_new (G_CHECKSUM_SHA256);
  whole = fstat (fd, &info) == 0 && S_ISREG (info.st_mode) && (guint64) info.st_size == file->size
          && cap_disk_hash (fd, path, file->size, checksum, NULL, NULL, cancellable, NULL)
          && g_str_equal (g_checksum_get_string (checksum), file->sha256);
  close (fd);
  return whole;
}

gboolean
cap_fetch (const CapModelFile *file,
           const char *path,
           const CapFetchPatience *patience,
           CapProgressFunc progress,
           gpointer user_data,
           GCancellable *cancellable,
           GError **error)
{
  static const CapFetchPatience usual = CAP_FETCH_PATIENCE;
  g_autoptr (GMainContext) context = NULL;
  gboolean done;

  g_return_val_if_fail (file != NULL, FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  if (cap_fetch_is_whole (file, path, cancellable))
    return TRUE;

  /* libsoup binds a session to the main context of its thread. */
  context = g_main_context_new ();
  g_main_context_push_thread_default (context);
  {
    g_auto (Fetch) self = { .fd = -1 };

    self.file = file;
    self.path = path;
    self.part = g_strconcat (path, ".part", NULL);
    self.etag_path = g_strconcat (path, ".etag", NULL);
    self.patience = patience != NULL ? *patience : usual;
    self.session = session_new (self.patience.stall_seconds);
    self.block = g_malloc (BLOCK);
    self.progress = progress;
    self.user_data = user_data;
    self.cancellable = cancellable;
    done = run (&self, error);
  }
  g_main_context_pop_thread_default (context);
  return done;
}
