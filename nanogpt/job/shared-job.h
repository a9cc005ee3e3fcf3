/* nanovid: shares one job among identical requests in a process
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
 * Each owner of a shared job starts and stops it independently: it runs while
 * any of them wants it.
 *
 * Returns: (transfer full): the job that was returned for the same request in
 *   this process and is still held, or a new one
 */
NanogptJob *nanogpt_job_get_shared (
    NanogptRequest *request, const NanogptSettings *settings);

G_END_DECLS
