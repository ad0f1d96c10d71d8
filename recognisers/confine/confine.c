/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* Runs a recogniser in a small room: without network, without the right to write
 * files or to reach other processes, at a lower priority, and on few processors.
 * Recognisers read models that come from the internet, with libraries that were not
 * written for hostile input.
 *
 * This is a program of its own because a process with threads, such as captiond, may
 * do little between fork and exec. It needs no privilege and no namespace. */

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than the headers of Debian 12; see landlock(7). */
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#define SCOPE_ABSTRACT_UNIX_SOCKET (1ULL << 0)
#define SCOPE_SIGNAL (1ULL << 1)
/* The first version that knows the right to truncate. */
#define KNOWS_TRUNCATE 3

/* Below the audio of the desktop. Much lower, a busy computer would starve captions. */
#define NICE 1
/* If memory runs out, the kernel ends a recogniser first: captiond replaces it
 * without losing a word. */
#define OOM_SCORE "700"

#define STATUS_NOT_CONFINED 125
#define STATUS_NOT_STARTED 127

#define WRITING \
  (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE \
   | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG \
   | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK \
   | LANDLOCK_ACCESS_FS_MAKE_SYM)

static void
fail (const char *step)
{
  fprintf (stderr, "captiond-confine: %s: %s\n", step, strerror (errno));
  exit (STATUS_NOT_CONFINED);
}

/* A core dump would contain speech. A limit of one byte, other than of none, is also
 * respected by the kernel if core dumps go to a program; see core(5). */
static void
forbid_core_dumps (void)
{
  const struct rlimit one = { 1, 1 };
  const struct rlimit none = { 0, 0 };

  if (setrlimit (RLIMIT_CORE, &one) != 0 && setrlimit (RLIMIT_CORE, &none) != 0)
    fail ("core dumps cannot be turned off");
}

static void
lower_priority (void)
{
  int file = open ("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

  /* A user may not lower the score that an administrator raised above this one. */
  if (file >= 0)
    {
      (void) !write (file, OOM_SCORE, strlen (OOM_SCORE));
      close (file);
    }

  errno = 0;
  if (nice (NICE) == -1 && errno != 0)
    fail ("the priority cannot be lowered");
}

/* Libraries count the processors that they may use, and start as many threads.
 * Several recognisers begin at different processors. */
static void
limit_processors (int n)
{
  cpu_set_t all, some;
  int n_all, skip;

  if (sched_getaffinity (0, sizeof all, &all) != 0)
    return;

  n_all = CPU_COUNT (&all);
  if (n >= n_all)
    return;

  CPU_ZERO (&some);
  skip = getpid () % n_all;
  for (int cpu = 0, n_seen = 0; CPU_COUNT (&some) < n; cpu = (cpu + 1) % CPU_SETSIZE)
    if (CPU_ISSET (cpu, &all) && n_seen++ >= skip)
      CPU_SET (cpu, &some);
  if (sched_setaffinity (0, sizeof some, &some) != 0)
    fail ("the number of processors cannot be limited");
}

static void
allow_device (int rules, const char *path)
{
  struct landlock_path_beneath_attr rule = { .allowed_access = LANDLOCK_ACCESS_FS_WRITE_FILE };

  rule.parent_fd = open (path, O_PATH | O_CLOEXEC);
  if (rule.parent_fd < 0)
    return;
  if (syscall (SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
    fail (path);
  close (rule.parent_fd);
}

/* Longer than in the headers of Debian 12; see landlock(7). */
typedef struct
{
  __u64 files;
  __u64 net;
  __u64 scoped;
} Attributes;

/* Makes all files read-only, and signals and abstract sockets of others unreachable.
 * Returns the version of Landlock; 0 for a kernel without it (before 5.13, or with
 * another choice of security modules), which leaves the files to the filter of calls. */
static long
restrict_files (void)
{
  Attributes attributes = { .files = WRITING };
  size_t size = sizeof attributes.files;
  long version = syscall (SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  int rules;

  if (version < 0)
    return 0;
  if (version >= 2)
    attributes.files |= LANDLOCK_ACCESS_FS_REFER;
  if (version >= 3)
    attributes.files |= LANDLOCK_ACCESS_FS_TRUNCATE;
  if (version >= 6)
    {
      attributes.scoped = SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL;
      size = sizeof attributes;
    }

  rules = syscall (SYS_landlock_create_ruleset, &attributes, size, 0);
  if (rules < 0)
    fail ("files cannot be made read-only");
  allow_device (rules, "/dev/null");
  allow_device (rules, "/dev/zero");
  if (syscall (SYS_landlock_restrict_self, rules, 0) != 0)
    fail ("files cannot be made read-only");
  close (rules);
  return version;
}

/* Calls that reach the network, other processes, the kernel's less tried parts, or
 * what Landlock does not cover. The list has sockets of any kind: through one of this
 * computer, a recogniser could ask another program to reach the network. */
static const char *const forbidden[] = {
  "socket", "connect", "bind", "listen", "accept", "accept4",
  "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "ioprio_set", "migrate_pages", "move_pages",
  "shmget", "shmat", "shmctl", "msgget", "msgsnd", "msgrcv", "msgctl", "semget", "semop", "semtimedop",
  "semctl", "mq_open", "mq_unlink",
  "process_vm_readv", "process_vm_writev", "pidfd_getfd", "pidfd_send_signal", "kcmp",
#ifndef __SANITIZE_ADDRESS__
  "ptrace", /* AddressSanitizer's search for leaks needs it */
#endif
  "io_uring_setup", "io_uring_enter", "io_uring_register",
  "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat", "truncate",
  "setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr",
  "utime", "utimes", "futimesat", "utimensat", "sched_setaffinity",
  "setsid", "setpgid", /* captiond ends the whole group */
  "unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "move_mount", "fsopen", "open_tree",
  "bpf", "perf_event_open", "userfaultfd", "keyctl", "add_key", "request_key",
  "kexec_load", "init_module", "finit_module", "delete_module",
};

static void
forbid (scmp_filter_ctx filter, const char *name)
{
  int call = seccomp_syscall_resolve_name (name);

  /* Some computers do not have all of these calls. */
  if (call != __NR_SCMP_ERROR && seccomp_rule_add (filter, SCMP_ACT_ERRNO (EPERM), call, 0) < 0)
    fail (name);
}

static void
forbid_if (scmp_filter_ctx filter, int call, struct scmp_arg_cmp condition)
{
  if (seccomp_rule_add_array (filter, SCMP_ACT_ERRNO (EPERM), call, 1, &condition) < 0)
    fail ("system calls cannot be limited");
}

/* The C library falls back to the older call, whose arguments a filter can see. */
static void
hide (scmp_filter_ctx filter, const char *name)
{
  int call = seccomp_syscall_resolve_name (name);

  if (call != __NR_SCMP_ERROR && seccomp_rule_add (filter, SCMP_ACT_ERRNO (ENOSYS), call, 0) < 0)
    fail (name);
}

/* It may signal itself, for abort(), and nobody else, and change only its own limits and
 * priority. */
static void
forbid_others (scmp_filter_ctx filter)
{
  forbid_if (filter, SCMP_SYS (kill), SCMP_A0 (SCMP_CMP_NE, (scmp_datum_t) getpid ()));
  forbid_if (filter, SCMP_SYS (tgkill), SCMP_A0 (SCMP_CMP_NE, (scmp_datum_t) getpid ()));
  forbid_if (filter, SCMP_SYS (fcntl), SCMP_A1 (SCMP_CMP_MASKED_EQ, 0xffffffff, F_SETOWN));
  forbid_if (filter, SCMP_SYS (fcntl), SCMP_A1 (SCMP_CMP_MASKED_EQ, 0xffffffff, F_SETOWN_EX));
  forbid_if (filter, SCMP_SYS (prlimit64), SCMP_A0 (SCMP_CMP_NE, 0));
  forbid_if (filter, SCMP_SYS (setpriority), SCMP_A1 (SCMP_CMP_NE, 0));
  forbid_if (filter, SCMP_SYS (sched_setscheduler), SCMP_A0 (SCMP_CMP_NE, 0));
  forbid_if (filter, SCMP_SYS (sched_setparam), SCMP_A0 (SCMP_CMP_NE, 0));
  forbid_if (filter, SCMP_SYS (sched_setattr), SCMP_A0 (SCMP_CMP_NE, 0));
}

/* A pair of datagram sockets could send to any other socket of this computer. */
static void
forbid_datagrams (scmp_filter_ctx filter)
{
  static const int types[] = { SOCK_DGRAM, SOCK_RAW, SOCK_RDM, SOCK_SEQPACKET };

  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    forbid_if (filter, SCMP_SYS (socketpair), SCMP_A1 (SCMP_CMP_MASKED_EQ, 0xf, (scmp_datum_t) types[i]));
}

static void
forbid_namespaces (scmp_filter_ctx filter)
{
  static const unsigned int flags[] = { CLONE_NEWCGROUP, CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWNS,
                                        CLONE_NEWPID, CLONE_NEWUSER, CLONE_NEWUTS };

  for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
    forbid_if (filter, SCMP_SYS (clone), SCMP_A0 (SCMP_CMP_MASKED_EQ, flags[i], flags[i]));
  hide (filter, "clone3");
}

static void
forbid_opening (scmp_filter_ctx filter, unsigned int mask, unsigned int flags)
{
#ifdef __NR_open
  forbid_if (filter, SCMP_SYS (open), SCMP_A1 (SCMP_CMP_MASKED_EQ, mask, flags));
#endif
  forbid_if (filter, SCMP_SYS (openat), SCMP_A2 (SCMP_CMP_MASKED_EQ, mask, flags));
}

/* Older versions of Landlock let a file be emptied by opening it. */
static void
forbid_truncating (scmp_filter_ctx filter)
{
  forbid_opening (filter, O_TRUNC, O_TRUNC);
  hide (filter, "openat2");
}

/* What Landlock would forbid. A filter does not see paths, so /dev/null is forbidden too. */
static void
forbid_writing (scmp_filter_ctx filter)
{
  static const char *const calls[] = {
    "creat", "mkdir", "mkdirat", "mknod", "mknodat", "rmdir", "unlink", "unlinkat", "rename", "renameat",
    "renameat2", "link", "linkat", "symlink", "symlinkat", "open_by_handle_at",
  };

  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
    forbid (filter, calls[i]);
  forbid_opening (filter, O_ACCMODE, O_WRONLY);
  forbid_opening (filter, O_ACCMODE, O_RDWR);
  forbid_opening (filter, O_CREAT, O_CREAT);
}

static void
forbid_calls (long landlock)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ALLOW);
  int status;

  if (filter == NULL)
    fail ("system calls cannot be limited");
  for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
    forbid (filter, forbidden[i]);

  forbid_others (filter);
  forbid_datagrams (filter);
  forbid_namespaces (filter);
  if (landlock < KNOWS_TRUNCATE)
    forbid_truncating (filter);
  if (landlock == 0)
    forbid_writing (filter);
  /* If standard error is a terminal, these would type into it. */
  forbid_if (filter, SCMP_SYS (ioctl), SCMP_A1 (SCMP_CMP_MASKED_EQ, 0xffffffff, TIOCSTI));
  forbid_if (filter, SCMP_SYS (ioctl), SCMP_A1 (SCMP_CMP_MASKED_EQ, 0xffffffff, TIOCLINUX));

  status = seccomp_load (filter);
  seccomp_release (filter);
  if (status < 0)
    {
      errno = -status;
      fail ("system calls cannot be limited");
    }
}

int
main (int argc, char **argv)
{
  int n_processors = argc > 2 ? atoi (argv[1]) : 0;

  if (n_processors < 1 || argv[2][0] != '/')
    {
      fprintf (stderr, "usage: captiond-confine PROCESSORS /PATH/TO/PROGRAM [ARGUMENT...]\n"
                       "Runs a recogniser for captiond; see captiond(8).\n");
      return STATUS_NOT_CONFINED;
    }

  forbid_core_dumps ();
  lower_priority ();
  limit_processors (n_processors);
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    fail ("new privileges cannot be forbidden");
  /* If captiond dies, no recogniser remains. */
  if (prctl (PR_SET_PDEATHSIG, SIGKILL) != 0)
    fail ("the end of captiond cannot be noticed");
  forbid_calls (restrict_files ());

  execv (argv[2], argv + 2);
  fprintf (stderr, "captiond-confine: %s cannot be run: %s\n", argv[2], strerror (errno));
  return STATUS_NOT_STARTED;
}
