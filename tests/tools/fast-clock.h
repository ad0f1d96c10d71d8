/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A clock for programs that are linked with it, and for their libraries: it
 * replaces clock_gettime(), gettimeofday(), time(), poll() and ppoll(). One program
 * owns the clock. Another can follow it, if it finds the clock's file in the environment
 * variable FAST_CLOCK.
 *
 * Time passes only while the owner's main thread waits in poll(), and its other
 * threads and the follower sleep. So a busy machine cannot make anything late on
 * this clock. The kernel, and threads that wait for a condition, use real time. */

/* Makes this program the owner. @path: file of the clock, which is created, and passed to
 * children in FAST_CLOCK. @speed: the most seconds of the clock that pass in a real one. */
void fast_clock_own (const char *path, double speed);

/* Stops the clock until each hold has its release, while the program waits in real time. */
void fast_clock_hold (void);
void fast_clock_release (void);

/* Call this after killing the follower, so that the clock no longer waits for it. */
void fast_clock_forget_follower (void);

/* Real time in microseconds. */
gint64 fast_clock_get_true_time (void);

G_END_DECLS
