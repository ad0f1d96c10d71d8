/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#define CAP_BUS_NAME "org.captiond.Captions1"
#define CAP_OBJECT_PATH "/org/captiond/Captions1"
#define CAP_STREAM_PATH_PREFIX CAP_OBJECT_PATH "/stream/"
#define CAP_DIAGNOSIS_PATH_PREFIX CAP_OBJECT_PATH "/diagnosis/"
#define CAP_JOB_PATH_PREFIX CAP_OBJECT_PATH "/job/"
#define CAP_INTERFACE "org.captiond.Captions1"
#define CAP_STREAM_INTERFACE "org.captiond.Captions1.Stream"
#define CAP_DIAGNOSIS_INTERFACE "org.captiond.Captions1.Diagnosis"
#define CAP_JOB_INTERFACE "org.captiond.Captions1.Job"
#define CAP_ERROR_PREFIX "org.captiond.Captions1.Error."
