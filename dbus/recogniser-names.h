/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

/* Names of the contract with recognisers, org.captiond.Recogniser1.xml. */

#define CAP_RECOGNISER_PATH "/org/captiond/Recogniser1"
#define CAP_RECOGNISER_INTERFACE "org.captiond.Recogniser1"

/* The error of Load; its message is a sentence for people. */
#define CAP_RECOGNISER_ERROR "org.captiond.Recogniser1.Error.NotLoaded"
