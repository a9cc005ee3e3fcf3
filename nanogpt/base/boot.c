/* nanovid: boot ID, and the time since boot
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "boot.h"

#include <time.h>

const char *
nanogpt_boot_get_id (void)
{
  static gsize ready;
  static char *boot;

  if (g_once_init_enter (&ready)) {
    if (g_file_get_contents (
            "/proc/sys/kernel/random/boot_id", &boot, NULL, NULL))
      g_strstrip (boot);
    g_once_init_leave (&ready, 1);
  }
  return boot;
}

gint64
nanogpt_boot_get_time (void)
{
  struct timespec time = { 0 };

  clock_gettime (CLOCK_BOOTTIME, &time);
  return time.tv_sec * G_TIME_SPAN_SECOND + time.tv_nsec / 1000;
}
