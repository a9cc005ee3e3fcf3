/* nanovid: NanogptJob: reserving the cost and submitting the request
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Actions of the table in job-states.c, on the network thread. */

#pragma once

#include "job-status.h"

G_BEGIN_DECLS

void nanogpt_job_take_turn (NanogptJob *self);
void nanogpt_job_reserve (NanogptJob *self);
void nanogpt_job_write_sending (NanogptJob *self);
void nanogpt_job_post (NanogptJob *self);
void nanogpt_job_cancel_post (NanogptJob *self);
void nanogpt_job_withdraw (NanogptJob *self);
void nanogpt_job_accept (NanogptJob *self);
void nanogpt_job_lose (NanogptJob *self);

G_END_DECLS
