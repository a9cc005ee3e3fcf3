/* nanovid: forwards the API client's log to GStreamer's
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidlog.h"

#include "nanogpt/base/log.h"

GST_DEBUG_CATEGORY_STATIC (nanogpt_debug);

static void
write_to_gstreamer (NanogptLogLevel level, const char *file,
    const char *function, int line, const char *message)
{
  static const GstDebugLevel levels[] = {
    [NANOGPT_LOG_ERROR] = GST_LEVEL_ERROR,
    [NANOGPT_LOG_WARNING] = GST_LEVEL_WARNING,
    [NANOGPT_LOG_INFO] = GST_LEVEL_INFO,
    [NANOGPT_LOG_DEBUG] = GST_LEVEL_DEBUG,
    [NANOGPT_LOG_TRACE] = GST_LEVEL_TRACE,
  };

  if (levels[level] <= gst_debug_category_get_threshold (nanogpt_debug))
    gst_debug_log (nanogpt_debug, levels[level], file, function, line, NULL,
        "%s", message);
}

void
gst_nanovid_log_init (void)
{
  static gsize done;

  if (!g_once_init_enter (&done))
    return;
  GST_DEBUG_CATEGORY_INIT (
      nanogpt_debug, "nanogpt", 0, "nanovid: jobs at the service");
  nanogpt_log_set_handler (write_to_gstreamer);
  g_once_init_leave (&done, 1);
}
