/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/prompt.h"
#include "captionctl/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

/* The bytes of a line that a terminal accepts, including the line break. */
#define TERMINAL_LINE 4096

typedef struct
{
  int terminal;
  int signals;
  gboolean hidden;
  struct termios before;
} Prompt;

/* private */

static void
list_signals (sigset_t *set)
{
  sigemptyset (set);
  sigaddset (set, SIGINT);
  sigaddset (set, SIGTERM);
  sigaddset (set, SIGHUP);
  sigaddset (set, SIGQUIT);
  sigaddset (set, SIGTSTP);
}

static void
hide (Prompt *self)
{
  struct termios quiet;

  if (tcgetattr (self->terminal, &self->before) < 0)
    {
      self->hidden = FALSE;
      return;
    }

  quiet = self->before;
  quiet.c_lflag &= ~(tcflag_t) ECHO;
  /* The terminal shows the line break, so that the next output is on a new line. */
  quiet.c_lflag |= ICANON | ECHONL | ISIG;
  tcsetattr (self->terminal, TCSAFLUSH, &quiet);
}

static void
restore (Prompt *self)
{
  if (self->hidden)
    tcsetattr (self->terminal, TCSAFLUSH, &self->before);
}

static void
take_signal (Prompt *self, const char *question)
{
  struct signalfd_siginfo info;
  sigset_t one;

  if (read (self->signals, &info, sizeof info) != sizeof info)
    return;

  restore (self);
  cap_output_write (self->terminal, "\n", NULL);

  /* Unblocking the signal lets it take effect here. */
  sigemptyset (&one);
  sigaddset (&one, (int) info.ssi_signo);
  raise ((int) info.ssi_signo);
  pthread_sigmask (SIG_UNBLOCK, &one, NULL);

  /* The program was stopped, and continues. */
  pthread_sigmask (SIG_BLOCK, &one, NULL);
  if (self->hidden)
    hide (self);
  cap_output_write (self->terminal, question, NULL);
}

static gboolean
await_line (Prompt *self, const char *question)
{
  struct pollfd fds[] = { { .fd = self->signals, .events = POLLIN },
                          { .fd = self->terminal, .events = POLLIN } };

  for (;;)
    {
      if (poll (fds, G_N_ELEMENTS (fds), -1) < 0 && errno != EINTR)
        return FALSE;
      if (fds[0].revents != 0)
        take_signal (self, question);
      else if (fds[1].revents != 0)
        return TRUE;
    }
}

static gboolean
read_line (Prompt *self, const char *question, char *line, gsize size, GError **error)
{
  gssize length = -1;

  if (await_line (self, question))
    length = read (self->terminal, line, size - 1);
  /* A line that does not end with Enter is not an answer. */
  if (length <= 0 || line[length - 1] != '\n')
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                           "the question was not answered. Nothing was changed");
      return FALSE;
    }

  /* A terminal silently cuts a longer line. */
  if (length >= TERMINAL_LINE)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                           "the answer is longer than a line of a terminal can be. Nothing was changed");
      return FALSE;
    }

  line[length - 1] = '\0';
  return TRUE;
}

/* public */

gboolean
cap_prompt_is_possible (void)
{
  return isatty (STDIN_FILENO);
}

gboolean
cap_prompt_ask (const char *question, gboolean hidden, char *line, gsize size, GError **error)
{
  Prompt self = { .hidden = hidden };
  sigset_t before, set;
  gboolean answered;

  g_return_val_if_fail (question != NULL, FALSE);
  g_return_val_if_fail (line != NULL, FALSE);
  g_return_val_if_fail (size > 1, FALSE);

  self.terminal = open ("/dev/tty", O_RDWR | O_CLOEXEC);
  if (self.terminal < 0)
    self.terminal = fcntl (STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
  list_signals (&set);
  cap_prompt_hold_signals (&before);
  self.signals = signalfd (-1, &set, SFD_CLOEXEC);

  if (self.hidden)
    hide (&self);
  cap_output_write (self.terminal, question, NULL);
  answered = read_line (&self, question, line, size, error);
  restore (&self);

  close (self.signals);
  cap_prompt_release_signals (&before);
  close (self.terminal);
  return answered;
}

void
cap_prompt_hold_signals (sigset_t *before)
{
  sigset_t set;

  g_return_if_fail (before != NULL);

  list_signals (&set);
  pthread_sigmask (SIG_BLOCK, &set, before);
}

void
cap_prompt_release_signals (const sigset_t *before)
{
  g_return_if_fail (before != NULL);

  pthread_sigmask (SIG_SETMASK, before, NULL);
}
