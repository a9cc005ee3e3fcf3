/* nanovid: when to ask how a job is doing
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "polling.h"

/* On average half of it is waited too long. */
#define SHARE 0.07

#define MIN_DELAY (G_USEC_PER_SEC / 2)
#define MAX_DELAY (30 * G_USEC_PER_SEC)

gint64
nanogpt_polling_get_delay (gint64 elapsed)
{
  return CLAMP ((gint64)(elapsed * SHARE), MIN_DELAY, MAX_DELAY);
}
