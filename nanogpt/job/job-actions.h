/* nanovid: NanogptJob: deadlines, error reporting and cleanup
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Actions of the table in job-states.c, on the network thread. */

#pragma once

#include "job-status.h"

G_BEGIN_DECLS

void nanogpt_job_time_out (NanogptJob *self);
void nanogpt_job_drop (NanogptJob *self);
void nanogpt_job_report_error (NanogptJob *self);
void nanogpt_job_settle (NanogptJob *self);

G_END_DECLS
