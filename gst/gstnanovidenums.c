/* nanovid: the enumeration types of properties
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidenums.h"

GType
gst_nanovid_transform_mode_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { GST_NANOVID_TRANSFORM_MODE_STREAM,
        "The first input becomes a clip, pushed as a stream of bytes",
        "stream" },
    { GST_NANOVID_TRANSFORM_MODE_CLIPS,
        "Every buffer becomes a clip, pushed as one buffer", "clips" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type)) {
    g_once_init_leave (
        &type, g_enum_register_static ("GstNanovidTransformMode", values));
  }
  return type;
}

GType
gst_nanovid_on_error_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { GST_NANOVID_ON_ERROR_FAIL, "An input without a clip is the end", "fail" },
    { GST_NANOVID_ON_ERROR_SKIP, "An input without a clip is a gap", "skip" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type)) {
    g_once_init_leave (
        &type, g_enum_register_static ("GstNanovidOnError", values));
  }
  return type;
}

GType
gst_nanovid_outputs_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { GST_NANOVID_OUTPUTS_FIRST,
        "One result of a job leaves: that of output-index", "first" },
    { GST_NANOVID_OUTPUTS_ALL, "Every result of a job leaves", "all" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type)) {
    g_once_init_leave (
        &type, g_enum_register_static ("GstNanovidOutputs", values));
  }
  return type;
}

GType
gst_nanovid_continuity_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { GST_NANOVID_CONTINUITY_NONE, "Each clip is a scene of its own", "none" },
    { GST_NANOVID_CONTINUITY_LAST_FRAME,
        "Each clip begins with the last frame of the one before",
        "last-frame" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type)) {
    g_once_init_leave (
        &type, g_enum_register_static ("GstNanovidContinuity", values));
  }
  return type;
}
