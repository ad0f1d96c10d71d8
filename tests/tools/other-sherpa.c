/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* A library with the name of sherpa-onnx, and a version that nobody has tried. */

const char *SherpaOnnxGetVersionStr (void);

const char *
SherpaOnnxGetVersionStr (void)
{
  return "3.1.4";
}
