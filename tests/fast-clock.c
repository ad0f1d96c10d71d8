/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "fast-clock.h"

#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define NS 1000000000ll
#define MS 1000000ll

/* Time passes in steps, so that a follower may answer between them. */
#define LONGEST_STEP (100 * MS)

/* Of true time: how often it is looked whether the clock has got further. */
#define LOOK (MS / 2)

/* So long of true time nobody computes. */
#define STUCK (120 * NS)

/* What the programs share. */
typedef struct
{
  _Atomic gint64 now;  /* of all clocks but CLOCK_REALTIME, ns */
  gint64 to_real;      /* what that one is ahead */
  _Atomic gint busy;   /* the follower computes */
} Page;

/* Functions of the C library have no user data. */
static struct
{
  Page *page;
  gboolean owner;
  double speed;
  _Atomic gint holds;
} fast;

/* the true ones */

static gint64
read_clock (clockid_t clock)
{
  struct timespec time;

  syscall (SYS_clock_gettime, clock, &time);
  return time.tv_sec * NS + time.tv_nsec;
}

static int
wait_truly (struct pollfd *fds, nfds_t n, gint64 ns)
{
  struct timespec time = { ns / NS, ns % NS };

  return syscall (SYS_ppoll, fds, n, ns < 0 ? NULL : &time, NULL, 0);
}

/* waiting */

static gint64
get_deadline (gint64 ns)
{
  return ns < 0 ? G_MAXINT64 : fast.page->now + ns;
}

/* The owner's main thread: time passes here. */
static int
pass_time (struct pollfd *fds, nfds_t n, gint64 ns)
{
  gint64 deadline = get_deadline (ns);
  gint64 since = read_clock (CLOCK_MONOTONIC);
  int ready = wait_truly (fds, n, 0);

  while (ready == 0 && ns != 0)
    {
      gint64 step = MIN (deadline - fast.page->now, LONGEST_STEP);
      gboolean held = fast.holds > 0 || fast.page->busy;

      ready = wait_truly (fds, n, held ? LOOK : step / fast.speed);
      if (ready != 0)
        break;
      if (held && read_clock (CLOCK_MONOTONIC) - since > STUCK)
        g_error ("Somebody computes, or is waited for, since two minutes");
      if (held || fast.page->busy)
        continue;
      since = read_clock (CLOCK_MONOTONIC);
      fast.page->now += step;
      if (fast.page->now >= deadline)
        break;
    }

  return ready;
}

/* Others look at the clock. */
static int
follow_time (struct pollfd *fds, nfds_t n, gint64 ns, gboolean tell)
{
  gint64 deadline = get_deadline (ns);
  int ready = wait_truly (fds, n, 0);

  if (ready != 0 || ns == 0)
    return ready;

  if (tell)
    fast.page->busy = FALSE;
  while (ready == 0 && fast.page->now < deadline)
    ready = wait_truly (fds, n, ns < 0 ? -1 : LOOK);
  if (tell)
    fast.page->busy = TRUE;
  return ready;
}

static int
wait_fast (struct pollfd *fds, nfds_t n, gint64 ns)
{
  gboolean main_thread = gettid () == getpid ();

  if (fast.page == NULL)
    return wait_truly (fds, n, ns);
  if (fast.owner && main_thread)
    return pass_time (fds, n, ns);
  return follow_time (fds, n, ns, !fast.owner && main_thread);
}

/* in place of the C library's */

int
poll (struct pollfd *fds, nfds_t n, int ms)
{
  return wait_fast (fds, n, ms < 0 ? -1 : ms * MS);
}

int
__poll_chk (struct pollfd *fds, nfds_t n, int ms, size_t size);

int
__poll_chk (struct pollfd *fds, nfds_t n, int ms, size_t size)
{
  return poll (fds, n, ms);
}

int
ppoll (struct pollfd *fds, nfds_t n, const struct timespec *time, const sigset_t *mask)
{
  if (mask != NULL)
    return syscall (SYS_ppoll, fds, n, time, mask, _NSIG / 8);
  return wait_fast (fds, n, time == NULL ? -1 : time->tv_sec * NS + time->tv_nsec);
}

int
__ppoll_chk (struct pollfd *fds, nfds_t n, const struct timespec *time, const sigset_t *mask, size_t size);

int
__ppoll_chk (struct pollfd *fds, nfds_t n, const struct timespec *time, const sigset_t *mask, size_t size)
{
  return ppoll (fds, n, time, mask);
}

int
clock_gettime (clockid_t clock, struct timespec *time)
{
  gint64 now;

  if (fast.page == NULL || (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC && clock != CLOCK_BOOTTIME
                            && clock != CLOCK_REALTIME_COARSE && clock != CLOCK_MONOTONIC_COARSE))
    return syscall (SYS_clock_gettime, clock, time);

  now = fast.page->now;
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)
    now += fast.page->to_real;
  *time = (struct timespec) { now / NS, now % NS };
  return 0;
}

int
gettimeofday (struct timeval *restrict time, void *restrict zone)
{
  struct timespec now;

  clock_gettime (CLOCK_REALTIME, &now);
  *time = (struct timeval) { now.tv_sec, now.tv_nsec / 1000 };
  return 0;
}

time_t
time (time_t *place)
{
  struct timespec now;

  clock_gettime (CLOCK_REALTIME, &now);
  if (place != NULL)
    *place = now.tv_sec;
  return now.tv_sec;
}

/* the page */

static Page *
open_page (const char *path, int flags)
{
  int fd = open (path, flags | O_RDWR | O_CLOEXEC, 0600);
  void *page;

  if (fd < 0 || (flags != 0 && ftruncate (fd, sizeof (Page)) != 0))
    g_error ("%s cannot be opened", path);
  page = mmap (NULL, sizeof (Page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (page == MAP_FAILED)
    g_error ("%s cannot be shared", path);
  close (fd);
  return page;
}

/* Before main(), so that no time is read that is not of this clock. */
static void __attribute__ ((constructor))
follow (void)
{
  const char *path = getenv ("FAST_CLOCK");

  if (path == NULL)
    return;
  fast.page = open_page (path, 0);
  fast.page->busy = TRUE;
  prctl (PR_SET_TIMERSLACK, 1000, 0, 0, 0);
}

/* public functions */

void
fast_clock_own (const char *path, double speed)
{
  Page *page = open_page (path, O_CREAT | O_EXCL);

  page->now = read_clock (CLOCK_MONOTONIC);
  page->to_real = read_clock (CLOCK_REALTIME) - page->now;
  fast.owner = TRUE;
  fast.speed = speed;
  fast.page = page;
  g_setenv ("FAST_CLOCK", path, TRUE);
  /* Short waits shall be short. */
  prctl (PR_SET_TIMERSLACK, 1000, 0, 0, 0);
}

void
fast_clock_hold (void)
{
  fast.holds++;
}

void
fast_clock_release (void)
{
  fast.holds--;
}

void
fast_clock_forget_follower (void)
{
  fast.page->busy = FALSE;
}

gint64
fast_clock_get_true_time (void)
{
  return read_clock (CLOCK_MONOTONIC) / 1000;
}
