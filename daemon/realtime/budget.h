/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Counts how much speech all streams together sent to services today, and
 * compares it with the setting daily-minutes. A day is a local date: counting
 * begins anew whenever the date changes, also when somebody set the clock. Only
 * the number and its date are kept in the user's state folder, readable for
 * their owner alone.
 *
 * Signals, from the main loop and never from inside a call:
 *  ::changed   is_exhausted() returns something else now: the limit was reached
 *              or changed, or midnight has passed */
#define CAP_TYPE_BUDGET (cap_budget_get_type ())
G_DECLARE_FINAL_TYPE (CapBudget, cap_budget, CAP, BUDGET, GObject)

/* @settings: of org.captiond.
 * @path: NULL for captiond/minutes in the user's state folder. A file that is
 * missing or damaged counts as nothing spent. */
CapBudget *cap_budget_new (GSettings *settings, const char *path);

/* @n_frames, at CAP_AUDIO_RATE, were sent. */
void cap_budget_spend (CapBudget *self, gsize n_frames);

gboolean cap_budget_is_exhausted (CapBudget *self);

/* Seconds of speech that were sent today. */
double cap_budget_get_seconds (CapBudget *self);

/* CAP_ERROR_BUDGET_EXHAUSTED, with a message for people. Owned by the caller. */
GError *cap_budget_make_error (CapBudget *self);

/* Writes at once, instead of within a minute, and waits for the disk. */
void cap_budget_flush (CapBudget *self);

G_END_DECLS
