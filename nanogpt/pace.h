/* nanovid: how fast one service may be asked
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * NanogptPaceKind:
 *
 * What the service limits on its own: a refused submit holds back submits, and
 * no poll.  It counts by address, so all accounts share each.
 */
typedef enum
{
  NANOGPT_PACE_SUBMIT,
  NANOGPT_PACE_STATUS,
  NANOGPT_PACE_RECOVER,
  NANOGPT_PACE_OTHER,
} NanogptPaceKind;

#define NANOGPT_PACE_N_KINDS 4

/**
 * NanogptPace:
 *
 * Keeps all jobs of the process within the documented limits of one service:
 * 25 requests a second in all, 50 submits and 20 look-ups a minute.  Network
 * thread only.
 */
typedef struct _NanogptPace NanogptPace;

/**
 * nanogpt_pace_new:
 * @limited: whether the documented limits apply; a refusal always does, and the
 *   limit of look-ups
 */
NanogptPace *nanogpt_pace_new (gboolean limited);
void nanogpt_pace_free (NanogptPace *pace);

/**
 * nanogpt_pace_reserve:
 * @at_latest: when the request is to go in spite of a refusal, monotonic time;
 *   %G_MAXINT64 for never
 *
 * Takes the next place in the queue.
 *
 * Returns: microseconds to wait before the request is sent
 */
gint64 nanogpt_pace_reserve (
    NanogptPace *pace, NanogptPaceKind kind, gint64 at_latest);

/**
 * nanogpt_pace_hold:
 * @delay: microseconds for which the service wants no more requests
 */
void nanogpt_pace_hold (NanogptPace *pace, NanogptPaceKind kind, gint64 delay);

/**
 * nanogpt_pace_get_hold:
 *
 * Returns: microseconds that are left of a hold, 0 when there is none
 */
gint64 nanogpt_pace_get_hold (NanogptPace *pace, NanogptPaceKind kind);

G_END_DECLS
