/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "local/host.h"

#include "base/weak.h"
#include "dbus/recogniser-names.h"

#include <errno.h>
#include <gio/gunixfdlist.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

/* struct */

struct _CapHost
{
  GObject parent_instance;

  char *recogniser;         /* id */
  GSubprocess *subprocess;  /* NULL after its end */
  pid_t group;              /* of it and its children; 0 after the end */
  int input;                /* captiond's end of the standard input; -1 if it was taken */
  gboolean joins;           /* the standard input serves to join */
  GDBusConnection *control; /* over the standard input, to join; NULL until it is open */
  GPtrArray *joining;       /* GUnixFDList, which wait for it */
  GCancellable *cancellable;
  gint64 last_reply;        /* monotonic, µs */
};

enum
{
  SIGNAL_ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapHost, cap_host, G_TYPE_OBJECT)

/* lifecycle */

static void
cap_host_init (CapHost *self)
{
  self->input = -1;
  self->joining = g_ptr_array_new_with_free_func (g_object_unref);
  self->cancellable = g_cancellable_new ();
}

static void
cap_host_dispose (GObject *object)
{
  cap_host_end (CAP_HOST (object));

  G_OBJECT_CLASS (cap_host_parent_class)->dispose (object);
}

static void
cap_host_finalize (GObject *object)
{
  CapHost *self = CAP_HOST (object);

  g_free (self->recogniser);
  g_ptr_array_unref (self->joining);
  g_object_unref (self->cancellable);

  G_OBJECT_CLASS (cap_host_parent_class)->finalize (object);
}

static void
cap_host_class_init (CapHostClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_host_dispose;
  G_OBJECT_CLASS (klass)->finalize = cap_host_finalize;

  signals[SIGNAL_ENDED] = g_signal_new ("ended", CAP_TYPE_HOST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 0);
}

/* starting */

/* The recogniser gets no address of a bus, a screen or a proxy, and no key that may
 * stand in captiond's environment. */
static char **
compose_environment (guint threads)
{
  static const char *const names[] = {
    "PATH", "HOME", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "TMPDIR", "XDG_DATA_HOME",
    "XDG_DATA_DIRS", "LD_LIBRARY_PATH", "SHERPA_ONNX_LIBRARY", "WHISPER_LIBRARY", "GI_TYPELIB_PATH",
    "PYTHONPATH",
    "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "G_DEBUG", "G_SLICE",
  };
  g_autofree char *number = g_strdup_printf ("%u", threads);
  char **environment = g_new0 (char *, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_getenv (names[i]) != NULL)
      environment = g_environ_setenv (environment, names[i], g_getenv (names[i]), TRUE);
  /* Threads that wait for each other take no time from other programs. */
  environment = g_environ_setenv (environment, "OMP_WAIT_POLICY", "passive", TRUE);
  return g_environ_setenv (environment, "OMP_NUM_THREADS", number, TRUE);
}

static const char *
find_confine (void)
{
  const char *path = g_getenv ("CAPTIOND_CONFINE");

  return path != NULL ? path : LIBEXECDIR "/captiond-confine";
}

/* @stdin_fd: this takes it. */
/* The program leads a group, which ends with it: a child must not outlive it. */
static void
become_leader (gpointer data)
{
  setpgid (0, 0);
}

/* Runs in a thread of GDBus. A recogniser has nothing to call; an answer that it does not
 * read would stay in memory. */
static GDBusMessage *
drop_call (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer user_data)
{
  if (!incoming || g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    return message;

  g_object_unref (message);
  return NULL;
}

/* 0 if it has ended already. */
static pid_t
read_pid (GSubprocess *subprocess)
{
  const char *pid = g_subprocess_get_identifier (subprocess);

  return pid != NULL ? (pid_t) g_ascii_strtoll (pid, NULL, 10) : 0;
}

static GSubprocess *
spawn (CapRecogniser *recogniser, guint threads, int stdin_fd, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autofree char *number = g_strdup_printf ("%u", threads);
  g_auto (GStrv) environment = compose_environment (threads);

  g_ptr_array_add (argv, (gpointer) find_confine ());
  g_ptr_array_add (argv, number);
  for (char **argument = recogniser->argv; *argument != NULL; argument++)
    g_ptr_array_add (argv, *argument);
  g_ptr_array_add (argv, NULL);

  g_subprocess_launcher_set_environ (launcher, environment);
  g_subprocess_launcher_set_child_setup (launcher, become_leader, NULL, NULL);
  g_subprocess_launcher_take_stdin_fd (launcher, stdin_fd);
  g_subprocess_launcher_take_stdout_fd (launcher, dup (STDERR_FILENO));
  return g_subprocess_launcher_spawnv (launcher, (const char *const *) argv->pdata, error);
}

/* Makes a pair of sockets: [0] stays with captiond, and [1] goes to the process. */
static gboolean
make_pair (int ends[2], GError **error)
{
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0)
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (errno), g_strerror (errno));
  return FALSE;
}

/* Tells an administrator how a process ended that captiond did not end. */
static void
on_exited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapHost) self = cap_weak_take (user_data);
  GSubprocess *subprocess = G_SUBPROCESS (source);

  if (!g_subprocess_wait_finish (subprocess, result, NULL) || self == NULL || self->subprocess == NULL)
    return;

  if (g_subprocess_get_if_signaled (subprocess))
    g_message ("The recogniser %s was ended by signal %d.", self->recogniser,
               g_subprocess_get_term_sig (subprocess));
  else
    g_message ("The recogniser %s exited with status %d.", self->recogniser,
               g_subprocess_get_exit_status (subprocess));
  cap_host_end (self);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0);
}

/* joining */

static void
send_join (CapHost *self, GUnixFDList *list)
{
  g_dbus_connection_call_with_unix_fd_list (self->control, NULL, CAP_RECOGNISER_PATH,
                                            CAP_RECOGNISER_INTERFACE, "Join", g_variant_new ("(h)", 0), NULL,
                                            G_DBUS_CALL_FLAGS_NONE, G_MAXINT, list, self->cancellable, NULL,
                                            NULL);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GDBusConnection *connection = g_dbus_connection_new_finish (result, &error);

  if (connection == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  g_dbus_connection_add_filter (connection, drop_call, NULL, NULL);
  g_task_return_pointer (task, connection, g_object_unref);
}

static void
on_control (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapHost) self = cap_weak_take (user_data);
  g_autoptr (GDBusConnection) control = cap_host_connect_finish (result, NULL);

  if (self == NULL || self->subprocess == NULL)
    return;

  /* Without it, the streams that wait see their connections close. */
  if (control == NULL)
    {
      g_ptr_array_set_size (self->joining, 0);
      return;
    }

  self->control = g_steal_pointer (&control);
  for (guint i = 0; i < self->joining->len; i++)
    send_join (self, self->joining->pdata[i]);
  g_ptr_array_set_size (self->joining, 0);
}

static void
open_control (CapHost *self)
{
  int fd = self->input;

  self->joins = TRUE;
  self->input = -1;
  cap_host_connect_async (fd, self->cancellable, on_control, cap_weak_new (self));
}

/* public */

CapHost *
cap_host_new (CapRecogniser *recogniser, guint threads, GError **error)
{
  g_autoptr (CapHost) self = NULL;
  int ends[2];

  g_return_val_if_fail (recogniser != NULL, NULL);
  g_return_val_if_fail (threads > 0, NULL);

  if (!make_pair (ends, error))
    return NULL;

  self = g_object_new (CAP_TYPE_HOST, NULL);
  self->recogniser = g_strdup (recogniser->id);
  self->input = ends[0];
  self->subprocess = spawn (recogniser, threads, ends[1], error);
  if (self->subprocess == NULL)
    return NULL;

  self->group = read_pid (self->subprocess);
  g_subprocess_wait_async (self->subprocess, self->cancellable, on_exited, cap_weak_new (self));
  return g_steal_pointer (&self);
}

int
cap_host_take_input (CapHost *self)
{
  int input;

  g_return_val_if_fail (CAP_IS_HOST (self), -1);

  input = self->input;
  self->input = -1;
  return input;
}

int
cap_host_join (CapHost *self)
{
  g_autoptr (GUnixFDList) list = NULL;
  int ends[2];

  g_return_val_if_fail (CAP_IS_HOST (self), -1);

  if (!cap_host_is_alive (self) || !make_pair (ends, NULL))
    return -1;

  list = g_unix_fd_list_new_from_array (&ends[1], 1);
  if (!self->joins)
    open_control (self);
  if (self->control != NULL)
    send_join (self, list);
  else
    g_ptr_array_add (self->joining, g_steal_pointer (&list));
  return ends[0];
}

void
cap_host_end (CapHost *self)
{
  g_return_if_fail (CAP_IS_HOST (self));

  g_cancellable_cancel (self->cancellable);
  if (self->subprocess != NULL)
    g_subprocess_force_exit (self->subprocess);
  if (self->group > 0)
    kill (-self->group, SIGKILL);
  self->group = 0;
  g_clear_object (&self->subprocess);
  if (self->control != NULL)
    g_dbus_connection_close (self->control, NULL, NULL, NULL);
  g_clear_object (&self->control);
  g_ptr_array_set_size (self->joining, 0);
  if (self->input >= 0)
    close (self->input);
  self->input = -1;
}

void
cap_host_connect_async (int fd, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketConnection) stream = NULL;
  g_autofree char *guid = g_dbus_generate_guid ();
  GError *error = NULL;

  g_return_if_fail (fd >= 0);

  task = g_task_new (NULL, cancellable, callback, user_data);
  socket = g_socket_new_from_fd (fd, &error);
  if (socket == NULL)
    {
      close (fd);
      g_task_return_error (task, error);
      return;
    }

  stream = g_socket_connection_factory_create_connection (socket);
  g_dbus_connection_new (G_IO_STREAM (stream), guid,
                         G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_SERVER
                           | G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_REQUIRE_SAME_USER,
                         NULL, cancellable, on_connected, g_steal_pointer (&task));
}

GDBusConnection *
cap_host_connect_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
cap_host_is_alive (CapHost *self)
{
  g_return_val_if_fail (CAP_IS_HOST (self), FALSE);

  return self->subprocess != NULL;
}

void
cap_host_note_reply (CapHost *self)
{
  g_return_if_fail (CAP_IS_HOST (self));

  self->last_reply = g_get_monotonic_time ();
}

guint
cap_host_get_silence (CapHost *self)
{
  g_return_val_if_fail (CAP_IS_HOST (self), 0);

  return MIN ((g_get_monotonic_time () - self->last_reply) / 1000, G_MAXINT);
}
