/* nanovid: the polling schedule
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * NanogptPolling:
 *
 * A schedule of polls for one job: sparse while the job can hardly be finished,
 * dense when it should be; within bounds that depend on nothing but how many
 * jobs wait.
 */
typedef struct _NanogptPolling NanogptPolling;

/**
 * nanogpt_polling_new:
 * @times: (array length=n_times): seconds that earlier jobs of the same kind
 *   took from submit to completion
 * @n_times: how many; fewer than three are only a guess
 * @similar: (array length=n_similar): seconds that jobs of similar kinds took: a
 *   guess, too, where there are no @times
 * @n_similar: how many
 */
NanogptPolling *nanogpt_polling_new (
    const double *times, guint n_times, const double *similar, guint n_similar);
void nanogpt_polling_free (NanogptPolling *polling);

/**
 * nanogpt_polling_get_usual:
 *
 * Returns: seconds that such a job usually takes, 0 when that is not known or
 *   only guessed
 */
double nanogpt_polling_get_usual (const NanogptPolling *polling);

/**
 * nanogpt_polling_get_slow:
 *
 * Returns: seconds that all but one in twenty such jobs are done in, 0 when that
 *   is not known
 */
double nanogpt_polling_get_slow (const NanogptPolling *polling);

/**
 * nanogpt_polling_get_delay:
 * @elapsed: seconds since the job was submitted
 * @waiting: how many jobs wait for the service, with this one
 * @progress: percent that the service reports, -1 when it does not
 * @eta: seconds that the service expects, negative when it does not say
 *
 * A guess, and what the service tells of itself, make polls denser, never sparser.
 *
 * Returns: seconds until the next poll, at least one
 */
double nanogpt_polling_get_delay (const NanogptPolling *polling, double elapsed,
    guint waiting, int progress, double eta);

/**
 * nanogpt_polling_get_longest:
 * @waiting: how many jobs wait for the service
 *
 * Returns: seconds that are at most between two polls of one of them
 */
double nanogpt_polling_get_longest (guint waiting);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptPolling, nanogpt_polling_free)

G_END_DECLS
