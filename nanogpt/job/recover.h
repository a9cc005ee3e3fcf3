/* nanovid: NanogptJob: looking up a submit whose response was lost
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Actions of the table in job-states.c, on the network thread. */

#pragma once

#include "job-status.h"

G_BEGIN_DECLS

void nanogpt_job_look_up (NanogptJob *self);

G_END_DECLS
