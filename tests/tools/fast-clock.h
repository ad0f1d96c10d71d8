/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A clock for programs that are linked with it, and for their libraries: it
 * takes the place of clock_gettime(), gettimeofday(), time(), poll() and
 * ppoll(). One program owns the clock, another follows it: one that finds its
 * file in the environment, as FAST_CLOCK.
 *
 * Time passes only while the owner's main thread waits in poll(), its other
 * threads sleep, and so does the follower: however busy the machine is,
 * nothing comes late that the clock could see. Threads that wait for a
 * condition, and the kernel, keep to the true time. */

/* From now on this program owns the clock. @path: the file of the clock, made;
 * it is in FAST_CLOCK for children. @speed: at most so many seconds pass in a
 * true one. */
void fast_clock_own (const char *path, double speed);

/* Time stands still until as many releases: what is waited for is true. */
void fast_clock_hold (void);
void fast_clock_release (void);

/* A follower was killed: it computes no more. */
void fast_clock_forget_follower (void);

/* Microseconds of true time. */
gint64 fast_clock_get_true_time (void);

G_END_DECLS
