/* nanovid: jobs for tests: one case for each of several states or faults
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "job-cases.h"

#include "nanogpt/job/job-status.h"

void
job_cases_add_states (const char *path, GTestDataFunc function)
{
  static const NanogptJobState states[] = { NANOGPT_JOB_QUEUED,
    NANOGPT_JOB_GENERATING, NANOGPT_JOB_DOWNLOADING, NANOGPT_JOB_COMPLETE };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
    g_autofree char *name =
        g_strconcat (path, "/", nanogpt_job_state_get_name (states[i]), NULL);

    g_test_add_data_func (name, GINT_TO_POINTER (states[i]), function);
  }
}

void
job_cases_add_faults (
    const char *path, const char *const *faults, GTestDataFunc function)
{
  for (guint i = 0; faults[i]; i++) {
    g_autofree char *name = g_strconcat (path, "/", faults[i], NULL);

    g_test_add_data_func (name, faults[i], function);
  }
}
