/* nanovid: NanogptJob: polling and download
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Actions of the table in job-states.c, on the network thread. */

#pragma once

#include "job-status.h"

G_BEGIN_DECLS

void nanogpt_job_read_response (NanogptJob *self);
void nanogpt_job_poll (NanogptJob *self);
void nanogpt_job_poll_last (NanogptJob *self);
void nanogpt_job_download (NanogptJob *self);
void nanogpt_job_show_complete (NanogptJob *self);

G_END_DECLS
