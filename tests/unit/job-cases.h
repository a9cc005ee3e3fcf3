/* nanovid: jobs for tests: one case for each of several states or faults
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

/* Adds a case for each of the main states of a job, which gets the state. */
void job_cases_add_states (const char *path, GTestDataFunc function);

/* Adds a case for each fault, which gets the fault.
 *
 * @faults: (array zero-terminated=1): static strings */
void job_cases_add_faults (
    const char *path, const char *const *faults, GTestDataFunc function);
