/* nanovid: one job shared by all equal requests of a process
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "job.h"

G_BEGIN_DECLS

/**
 * nanogpt_job_get_shared:
 * @request: (nullable): as for nanogpt_job_new()
 * @settings: as for nanogpt_job_new()
 *
 * Several owners of one job start and stop it each for themselves: it runs
 * while one of them wants it.
 *
 * Returns: (transfer full): the job that somebody in this process has got here
 *   for the same request and still holds, or a new one
 */
NanogptJob *nanogpt_job_get_shared (
    NanogptRequest *request, const NanogptSettings *settings);

G_END_DECLS
