/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "soak/soak-relay.h"
#include "soak/soak-server.h"

G_BEGIN_DECLS

/* Causes one random fault after another, a few minutes apart. */
typedef struct _SoakFaults SoakFaults;

typedef void (*SoakFaultFunc) (const char *name, gboolean begins, gpointer user_data);

/* Starts the server. Calls @func when a fault begins or ends. */
SoakFaults *soak_faults_new (SoakRelay *relay, SoakServer *server, guint seed, SoakFaultFunc func,
                             gpointer user_data);
void soak_faults_free (SoakFaults *self);

/* Sets whether faults stop: the present one ends, and no other begins. TRUE at first. */
void soak_faults_set_calm (SoakFaults *self, gboolean calm);

guint soak_faults_count (SoakFaults *self);
/* Prints how often each fault occurred. */
void soak_faults_print (SoakFaults *self);

G_END_DECLS
