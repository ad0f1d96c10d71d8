/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* How much speech was sent to services today, of all streams together, against
 * the setting daily-minutes. A day is the local date: it begins anew whenever
 * that becomes another, whatever the clock did. The number, and nothing else,
 * is kept in the user's state folder, readable for the owner alone.
 *
 * Signals, from the main loop and never from inside a call:
 *  ::changed   is_exhausted() became another: the limit was reached, or
 *              raised, or midnight has passed */
#define CAP_TYPE_BUDGET (cap_budget_get_type ())
G_DECLARE_FINAL_TYPE (CapBudget, cap_budget, CAP, BUDGET, GObject)

/* @settings: of org.captiond.
 * @path: where it is kept; NULL for captiond/minutes in the state folder. A
 * file that is missing or damaged counts as nothing spent. */
CapBudget *cap_budget_new (GSettings *settings, const char *path);

/* So many frames, at CAP_AUDIO_RATE, were sent. */
void cap_budget_spend (CapBudget *self, gsize n_frames);

gboolean cap_budget_is_exhausted (CapBudget *self);

/* Sent today. */
double cap_budget_get_seconds (CapBudget *self);

/* CAP_ERROR_BUDGET_EXHAUSTED, with a sentence for people. Owned by the
 * caller. */
GError *cap_budget_make_error (CapBudget *self);

/* Writes now what would be written within a minute. Waits for the disk. */
void cap_budget_flush (CapBudget *self);

/* For tests: another clock, microseconds since 1970; before anything is
 * spent. */
void cap_budget_set_clock (CapBudget *self, gint64 (*now) (gpointer data), gpointer data);

G_END_DECLS
