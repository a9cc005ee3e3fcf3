/* nanovid: jobs for tests: which case walks which rows of the table of states
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

#include "nanogpt/base/money.h"

/* Each case checks that its jobs walk the rows that are named for it here. Rows
 * are "STEP, EVENT -> STEP", separated by "; ", and are walked in any order. */

/* A case that only differs from others in the settings and in what the service
 * does. */
typedef struct
{
  const char *name;
  const char *faults; /* separated by spaces */
  const char *rows;   /* rows that such a job walks */
  double generation_time;
  NanogptMicros max_cost;
  NanogptMicros daily_budget;
  gboolean has_min_balance;
  NanogptMicros min_balance;
  guint timeout;
  guint poll_interval;
  const char *run_id;
  const char *spool_dir;
  gboolean no_retries;
  gboolean stop;      /* whether the job is then stopped */
  const char *again;  /* rows after it is started once more */
  const char *at_end; /* the row of the last stop */
} Scenario;

/* A case with code of its own. */
typedef struct
{
  const char *name;
  const char *rows[4]; /* in each of its parts; NULL at the end */
} Walk;

/* @n: (out): their number */
const Scenario *job_walks_get_scenarios (guint *n);

/* @n: (out): their number */
const Walk *job_walks_get (guint *n);

/* Returns: (transfer full): the rows that all cases together walk, one by one */
GPtrArray *job_walks_list_rows (void);
