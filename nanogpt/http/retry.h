/* nanovid: retry rules, by phase and kind of failure
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * NanogptRetryPhase:
 * @NANOGPT_RETRY_SUBMIT: requests that certainly created no job: a submit that
 *   was refused or never sent, and everything asked before one
 * @NANOGPT_RETRY_RECOVER: looking up a submit whose response was lost
 * @NANOGPT_RETRY_POLL: asking for the status of a job
 * @NANOGPT_RETRY_DOWNLOAD: fetching its clip
 */
typedef enum
{
  NANOGPT_RETRY_SUBMIT,
  NANOGPT_RETRY_RECOVER,
  NANOGPT_RETRY_POLL,
  NANOGPT_RETRY_DOWNLOAD,
  NANOGPT_RETRY_N_PHASES,
} NanogptRetryPhase;

/**
 * NanogptRetryState:
 * @failures: failures in a row before this one
 * @retries: the property of that name
 * @since: monotonic time of the last good news: the submit, the last response
 *   that knew the job, or the one that announced a clip
 * @seen: whether the service has reported the status of the job since it was
 *   started
 * @deadline: monotonic time at which the wait ends, -1 for never
 * @last_look: monotonic time shortly before @deadline, at which the service is
 *   polled even if it asked to wait; %G_MAXINT64 for never
 */
typedef struct
{
  guint failures;
  guint retries;
  gint64 since;
  gboolean seen;
  gint64 deadline;
  gint64 last_look;
} NanogptRetryState;

/**
 * nanogpt_retry_get_delay:
 * @error: a failure in the domain %NANOGPT_ERROR
 *
 * The one place that decides what is retried.
 *
 * Returns: microseconds to wait before the retry: what the service asked for or
 *   the table says, with jitter on top, and never less than a delay that grows
 *   with each failure; -1 to give up
 */
gint64 nanogpt_retry_get_delay (NanogptRetryPhase phase, const GError *error,
    const NanogptRetryState *state);

/**
 * nanogpt_retry_needs_url:
 * @error: a failure of a download
 *
 * Returns: whether the URL is no longer, or not yet, valid, so that the service
 *   must be asked for another one before the download is retried
 */
gboolean nanogpt_retry_needs_url (const GError *error);

G_END_DECLS
