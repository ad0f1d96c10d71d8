/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "tools/fast-clock.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define NS 1000000000ll
#define MS 1000000ll

/* The clock advances in steps of at most this, so that the follower can react in between. */
#define LONGEST_STEP (100 * MS)

/* Each reading of the clock advances it by this much. GTask takes equal times for the
 * same iteration of the main loop, and would then call back too late. */
#define READING 1000ll

/* Check again after this much time whether other threads or the follower are running. */
#define UNSEEN (200 * MS)

/* How often a follower looks at the clock, in real time. */
#define LOOK (MS / 2)

/* Abort when the clock has not advanced for this long, in real time. */
#define STUCK (120 * NS)

/* The memory that owner and follower share. */
typedef struct
{
  _Atomic gint64 now;    /* time of all clocks except CLOCK_REALTIME, ns */
  gint64 to_real;        /* difference of CLOCK_REALTIME, ns */
  _Atomic gint follower; /* process id, or 0 */
} Page;

/* Global, because replacements of C library functions have no user data. */
static struct
{
  Page *page;
  pid_t owner;  /* thread id of the main thread; a forked child owns nothing */
  double speed;
  gint64 quiet; /* time at which everybody else was last seen asleep */
  gint holds;
} fast;

/* the real clock */

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

/* who is running */

/* Whether the thread of the stat file @path waits for something. Once that has arrived,
 * the kernel shows the thread as running, even if it still has no processor. */
static gboolean
is_asleep (const char *path)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  char text[128];
  ssize_t n = fd >= 0 ? read (fd, text, sizeof text - 1) : 0;
  const char *state;

  if (fd >= 0)
    close (fd);
  text[MAX (n, 0)] = '\0';
  state = strrchr (text, ')');
  /* Without a state, the thread has ended. */
  return state == NULL || strchr ("RD", state[2]) == NULL;
}

static gboolean
are_threads_asleep (void)
{
  DIR *dir = opendir ("/proc/self/task");
  struct dirent *entry;
  gboolean asleep = TRUE;

  while (asleep && dir != NULL && (entry = readdir (dir)) != NULL)
    {
      char path[64];

      if (entry->d_name[0] == '.' || atoi (entry->d_name) == getpid ())
        continue;
      snprintf (path, sizeof path, "/proc/self/task/%.20s/stat", entry->d_name);
      asleep = is_asleep (path);
    }
  if (dir != NULL)
    closedir (dir);
  return asleep;
}

/* Whether all other threads and the follower are asleep. */
static gboolean
is_quiet (void)
{
  char path[64];

  if (fast.page->now - fast.quiet < UNSEEN)
    return TRUE;

  snprintf (path, sizeof path, "/proc/%d/stat", fast.page->follower);
  if ((fast.page->follower != 0 && !is_asleep (path)) || !are_threads_asleep ())
    return FALSE;
  fast.quiet = fast.page->now;
  return TRUE;
}

/* waiting */

static gint64
get_deadline (gint64 ns)
{
  return ns < 0 ? G_MAXINT64 : fast.page->now + ns;
}

/* Waits in the owner's main thread, which advances the clock. */
static int
pass_time (struct pollfd *fds, nfds_t n, gint64 ns)
{
  gint64 deadline = get_deadline (ns);
  gint64 since = read_clock (CLOCK_MONOTONIC);
  int ready = wait_truly (fds, n, 0);

  while (ready == 0 && fast.page->now < deadline)
    {
      gint64 step = MIN (deadline - fast.page->now, LONGEST_STEP);
      gboolean quiet = fast.holds == 0 && is_quiet ();

      /* The other threads and the follower may make a descriptor ready. */
      ready = wait_truly (fds, n, quiet ? step / fast.speed : LOOK / 5);
      if (ready == 0 && quiet)
        {
          fast.page->now += step;
          since = read_clock (CLOCK_MONOTONIC);
        }
      else if (ready == 0 && read_clock (CLOCK_MONOTONIC) - since > STUCK)
        g_error ("The clock stopped for 120 s: a thread or the follower is busy, or a hold is unreleased");
    }

  return ready;
}

/* Waits in any other thread, until the owner has advanced the clock. */
static int
follow_time (struct pollfd *fds, nfds_t n, gint64 ns)
{
  gint64 deadline = get_deadline (ns);
  int ready = wait_truly (fds, n, 0);

  while (ready == 0 && fast.page->now < deadline)
    ready = wait_truly (fds, n, ns < 0 ? -1 : LOOK);
  return ready;
}

static int
wait_fast (struct pollfd *fds, nfds_t n, gint64 ns)
{
  if (fast.page == NULL)
    return wait_truly (fds, n, ns);
  if (gettid () == fast.owner)
    return pass_time (fds, n, ns);
  return follow_time (fds, n, ns);
}

/* replacements of C library functions */

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

  now = fast.page->now += READING;
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

/* Runs before main(), so that the program never reads the real time. */
static void __attribute__ ((constructor))
follow (void)
{
  const char *path = getenv ("FAST_CLOCK");

  if (path == NULL)
    return;
  fast.page = open_page (path, 0);
  fast.page->follower = getpid ();
  prctl (PR_SET_TIMERSLACK, 1000, 0, 0, 0);
}

/* public functions */

void
fast_clock_own (const char *path, double speed)
{
  Page *page = open_page (path, O_CREAT | O_EXCL);

  page->now = read_clock (CLOCK_MONOTONIC);
  page->to_real = read_clock (CLOCK_REALTIME) - page->now;
  fast.owner = getpid ();
  fast.speed = speed;
  fast.page = page;
  g_setenv ("FAST_CLOCK", path, TRUE);
  /* The default slack of 50 µs would make short waits long. */
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
  fast.page->follower = 0;
}

gint64
fast_clock_get_true_time (void)
{
  return read_clock (CLOCK_MONOTONIC) / 1000;
}
