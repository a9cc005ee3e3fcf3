/* nanovid: NanogptJob: steps before the submit (journal, estimate, balance)
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Actions of the table in job-states.c, on the network thread. */

#pragma once

#include "job-status.h"

G_BEGIN_DECLS

void nanogpt_job_check_disk (NanogptJob *self);
void nanogpt_job_begin (NanogptJob *self);
void nanogpt_job_open_entry (NanogptJob *self);
void nanogpt_job_ask_date (NanogptJob *self);
void nanogpt_job_estimate (NanogptJob *self);
void nanogpt_job_choose (NanogptJob *self);
void nanogpt_job_list_models (NanogptJob *self);
void nanogpt_job_check_balance (NanogptJob *self);
void nanogpt_job_close_entry (NanogptJob *self);

/**
 * nanogpt_job_refresh_catalog:
 *
 * Refreshes the listing for the next job, and to warn of what was wrong with
 * this one.  Nothing waits for it.
 */
void nanogpt_job_refresh_catalog (NanogptJob *self);

G_END_DECLS
