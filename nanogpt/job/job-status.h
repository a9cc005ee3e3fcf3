/* nanovid: public status of a job
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib-object.h>

#include "nanogpt/base/money.h"

G_BEGIN_DECLS

/**
 * NanogptJob:
 *
 * Runs on the network thread, independently of its users.  All functions may be
 * called from any thread, and none waits for the network, except
 * nanogpt_job_stop(), which documents how long.
 */
#define NANOGPT_TYPE_JOB (nanogpt_job_get_type ())
G_DECLARE_FINAL_TYPE (NanogptJob, nanogpt_job, NANOGPT, JOB, GObject)

/**
 * NanogptJobState:
 *
 * @NANOGPT_JOB_FAILED also stands for a wait that ended with an error while the
 * job itself continues; see nanogpt_job_is_collectable().
 */
typedef enum
{
  NANOGPT_JOB_SUBMITTING,
  NANOGPT_JOB_QUEUED,
  NANOGPT_JOB_GENERATING,
  NANOGPT_JOB_DOWNLOADING,
  NANOGPT_JOB_COMPLETE,
  NANOGPT_JOB_FAILED,
  NANOGPT_JOB_CANCELLED,
} NanogptJobState;

/**
 * NanogptJobStatus:
 * @state: the current state
 * @serial: grows whenever anything but @elapsed and @bytes changes
 * @run_id: (nullable): the job's id at the service
 * @model: (nullable): the model's slug, unknown for a job that was attached to
 * @details: (nullable): the service's own text about what it is doing, or the
 *   failure of the last request
 * @attempt: number of the next attempt at what failed with @details, 2 or more;
 *   0 if nothing is being retried
 * @payment_source: (nullable): the currency of @cost, such as `USD`
 * @elapsed: microseconds since the job was started
 * @cost: what the service charged, negative when unknown
 * @remaining_balance: the balance after that, negative when unknown
 * @progress: percent, -1 when unknown
 * @outputs: number of results that the job has, 0 when unknown
 * @resumed: whether the job was found rather than submitted
 * @simulated: whether the service is the simulator, where nothing is charged
 * @bytes: bytes of the clip that have arrived
 * @size: the clip's size in bytes, -1 when unknown
 * @warnings: (nullable) (array zero-terminated=1): problems that do not end the
 *   job, but should be known, in order of occurrence
 * @estimate: what the job was expected to cost in USD, negative when unknown
 * @estimate_source: (nullable): how @estimate was made
 * @usual: seconds that such a job usually takes, 0 when unknown
 * @slow: seconds within which 19 of 20 such jobs finish, 0 when unknown
 * @error: (nullable): why the job or the wait ended, a %NANOGPT_ERROR
 *
 * A snapshot of the status of a job.
 */
typedef struct
{
  NanogptJobState state;
  guint serial;
  char *run_id;
  char *model;
  char *details;
  guint attempt;
  char *payment_source;
  char **warnings;
  NanogptMicros estimate;
  char *estimate_source;
  double usual;
  double slow;
  gint64 elapsed;
  NanogptMicros cost;
  NanogptMicros remaining_balance;
  int progress;
  guint outputs;
  gboolean resumed;
  gboolean simulated;
  guint64 bytes;
  gint64 size;
  GError *error;
} NanogptJobStatus;

const char *nanogpt_job_state_get_name (NanogptJobState state);
void nanogpt_job_status_free (NanogptJobStatus *status);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptJobStatus, nanogpt_job_status_free)

G_END_DECLS
