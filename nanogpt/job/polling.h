/* nanovid: schedule for polling the status of a job
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * NanogptPolling:
 *
 * A schedule of polls for one job: sparse while the job can hardly be finished,
 * dense when it should be, within bounds that depend only on the number of
 * waiting jobs.
 */
typedef struct _NanogptPolling NanogptPolling;

/**
 * nanogpt_polling_new:
 * @times: (array length=n_times): seconds that earlier jobs of the same kind
 *   took from submit to completion
 * @n_times: how many; fewer than three are only a guess
 * @similar: (array length=n_similar): seconds that jobs of similar kinds took:
 *   also a guess, used if there are no @times
 * @n_similar: how many
 */
NanogptPolling *nanogpt_polling_new (
    const double *times, guint n_times, const double *similar, guint n_similar);
void nanogpt_polling_free (NanogptPolling *polling);

/**
 * nanogpt_polling_get_usual:
 *
 * Returns: seconds that such a job usually takes, 0 if that is not known or
 *   only guessed
 */
double nanogpt_polling_get_usual (const NanogptPolling *polling);

/**
 * nanogpt_polling_get_slow:
 *
 * Returns: seconds within which 19 of 20 such jobs finish, 0 if that is not
 *   known
 */
double nanogpt_polling_get_slow (const NanogptPolling *polling);

/**
 * nanogpt_polling_get_delay:
 * @elapsed: seconds since the job was submitted
 * @waiting: number of jobs that wait for the service, including this one
 * @progress: percent that the service reports, -1 if it does not
 * @eta: remaining seconds that the service estimates, negative if it does not
 *
 * A guess, and the service's own estimates, make polls more frequent, never
 * less.
 *
 * Returns: seconds until the next poll, at least one
 */
double nanogpt_polling_get_delay (const NanogptPolling *polling, double elapsed,
    guint waiting, int progress, double eta);

/**
 * nanogpt_polling_get_longest:
 * @waiting: number of jobs that wait for the service
 *
 * Returns: the maximum number of seconds between two polls of one of them
 */
double nanogpt_polling_get_longest (guint waiting);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptPolling, nanogpt_polling_free)

G_END_DECLS
