/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "dbus/error.h"
#include "providers/key-read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#define KEY "sk-test-1234"

typedef struct
{
  CapSecret *key;
  GError *error;
  gboolean done;
} Outcome;

static void
clear_outcome (Outcome *self)
{
  g_clear_pointer (&self->key, cap_secret_unref);
  g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, clear_outcome)

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->key = cap_key_read_finish (result, &outcome->error);
  outcome->done = TRUE;
}

/* Takes @fd. */
static void
read_all (Outcome *outcome, int fd, guint seconds)
{
  cap_key_read_async (fd, seconds, on_read, outcome);
  while (!outcome->done)
    g_main_context_iteration (NULL, TRUE);
}

static void
assert_key (int fd)
{
  g_auto (Outcome) outcome = { 0 };

  read_all (&outcome, fd, 60);
  g_assert_no_error (outcome.error);
  g_assert_cmpstr (cap_secret_peek (outcome.key), ==, KEY);
}

static void
assert_fails (int fd, guint seconds, const char *why)
{
  g_auto (Outcome) outcome = { 0 };

  read_all (&outcome, fd, seconds);
  g_assert_null (outcome.key);
  g_assert_error (outcome.error, CAP_ERROR, CAP_ERROR_INVALID_OPTION);
  g_assert_true (g_str_has_prefix (outcome.error->message, "key: "));
  g_assert_nonnull (strstr (outcome.error->message, why));
}

static void
write_text (int fd, const char *text)
{
  g_assert_cmpint (write (fd, text, strlen (text)), ==, strlen (text));
}

/* An open file without a name. */
static int
make_file (const char *text)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("captiond-key-XXXXXX", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  unlink (path);
  write_text (fd, text);
  g_assert_cmpint (lseek (fd, 0, SEEK_SET), ==, 0);
  return fd;
}

static void
test_pipe (void)
{
  int ends[2];

  g_assert_cmpint (pipe (ends), ==, 0);
  write_text (ends[1], KEY "\nmore");
  close (ends[1]);
  assert_key (ends[0]);
}

static void
test_file (void)
{
  int fd = make_file ("first line\n" KEY "\n");

  /* A shell may have read the first line. */
  g_assert_cmpint (lseek (fd, strlen ("first line\n"), SEEK_SET), ==, 11);
  assert_key (fd);
}

static void
test_no_end (void)
{
  int ends[2];

  g_assert_cmpint (pipe (ends), ==, 0);
  write_text (ends[1], KEY "\n");
  assert_fails (ends[0], 1, "did not end in time");
  close (ends[1]);
}

static void
test_bad_text (void)
{
  g_autofree char *large = g_strnfill (16 * 1024 + 1, 'x');

  assert_fails (make_file (large), 60, "longer than 16 KiB");
  assert_fails (make_file (""), 60, "key: ");
  assert_fails (make_file ("k\001y"), 60, "key: ");
}

static void
test_other_kinds (void)
{
  int ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
  write_text (ends[1], KEY "\n");
  close (ends[1]);
  assert_fails (ends[0], 60, "a pipe or a file");

  assert_fails (open ("/dev/zero", O_RDONLY | O_CLOEXEC), 60, "a pipe or a file");
  assert_fails (open ("/", O_RDONLY | O_CLOEXEC), 60, "a pipe or a file");
  g_assert_cmpint (pipe (ends), ==, 0);
  assert_fails (ends[1], 60, "can only be written");
  close (ends[0]);
}

/* After one byte, poll() of such a terminal says that there is data, and read() waits. */
static void
test_terminal (void)
{
  int other = posix_openpt (O_RDWR | O_NOCTTY);
  struct termios mode;
  int terminal;

  if (other < 0 || grantpt (other) != 0 || unlockpt (other) != 0
      || (terminal = open (ptsname (other), O_RDWR | O_NOCTTY)) < 0)
    {
      g_test_skip ("there are no pseudo-terminals");
      return;
    }

  g_assert_cmpint (tcgetattr (terminal, &mode), ==, 0);
  mode.c_lflag &= ~(tcflag_t) ICANON;
  mode.c_cc[VMIN] = mode.c_cc[VTIME] = 255;
  g_assert_cmpint (tcsetattr (terminal, TCSANOW, &mode), ==, 0);
  write_text (other, "x");
  assert_fails (terminal, 60, "a pipe or a file");
  close (other);
}

/* Another reader takes the data between poll() and read(), again and again. */
static gpointer
steal (gpointer data)
{
  int fd = GPOINTER_TO_INT (data);
  gssize n;
  char byte;

  do
    n = read (fd, &byte, 1);
  while (n > 0 || (n < 0 && errno == EAGAIN));
  return NULL;
}

static void
test_second_reader (void)
{
  g_auto (Outcome) outcome = { 0 };
  g_autofree char *path = NULL;
  GThread *thief;
  int ends[2], second;

  g_assert_cmpint (pipe (ends), ==, 0);
  path = g_strdup_printf ("/proc/self/fd/%d", ends[0]);
  second = open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  g_assert_cmpint (second, >=, 0);
  thief = g_thread_new ("thief", steal, GINT_TO_POINTER (second));

  cap_key_read_async (ends[0], 1, on_read, &outcome);
  while (!outcome.done)
    {
      write_text (ends[1], "x");
      while (g_main_context_iteration (NULL, FALSE))
        continue;
    }
  g_assert_error (outcome.error, CAP_ERROR, CAP_ERROR_INVALID_OPTION);
  close (ends[1]);
  g_thread_join (thief);
  close (second);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/key-read/a pipe", test_pipe);
  g_test_add_func ("/key-read/a file, from its position", test_file);
  g_test_add_func ("/key-read/data that does not end", test_no_end);
  g_test_add_func ("/key-read/text that is no key", test_bad_text);
  g_test_add_func ("/key-read/sockets, devices and folders are refused", test_other_kinds);
  g_test_add_func ("/key-read/a terminal is refused", test_terminal);
  g_test_add_func ("/key-read/a second reader cannot stop it", test_second_reader);
  return g_test_run ();
}
