/* nanovid: how long to wait before trying again
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "retry.h"

/* Those who failed together do not try again together.  Upwards only: what a
 * service asks for is a minimum. */
#define JITTER 0.25

static gint64
get_delay (guint failures, gint64 retry_after, gint64 first, gint64 last)
{
  gint64 delay = retry_after >= 0 ? retry_after * 1000
                                  : MIN (first << MIN (failures, 16), last);

  return delay + (gint64)(delay * g_random_double_range (0, JITTER));
}

gint64
nanogpt_retry_get_delay (guint failures, gint64 retry_after)
{
  return get_delay (
      failures, retry_after, G_USEC_PER_SEC / 4, 15 * G_USEC_PER_SEC);
}

gint64
nanogpt_retry_get_rate_limit_delay (guint failures, gint64 retry_after)
{
  return get_delay (
      failures, retry_after, 5 * G_USEC_PER_SEC, 60 * G_USEC_PER_SEC);
}
