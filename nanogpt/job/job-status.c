/* nanovid: public status of a job
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "job-status.h"

const char *
nanogpt_job_state_get_name (NanogptJobState state)
{
  static const char *const names[] = { "submitting", "queued", "generating",
    "downloading", "complete", "failed", "cancelled" };

  return names[state];
}

void
nanogpt_job_status_free (NanogptJobStatus *status)
{
  g_free (status->run_id);
  g_free (status->model);
  g_free (status->details);
  g_free (status->payment_source);
  g_strfreev (status->warnings);
  g_free (status->estimate_source);
  g_clear_error (&status->error);
  g_free (status);
}
