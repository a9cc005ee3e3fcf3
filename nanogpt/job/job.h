/* nanovid: the life of one request, from submit to the last byte
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/clip.h"
#include "nanogpt/base/error.h"
#include "nanogpt/request/request.h"
#include "nanogpt/base/settings.h"

G_BEGIN_DECLS

/**
 * NanogptJob:
 *
 * Runs on the network thread, beside whoever waits for it.  All functions may
 * be called from any thread and none waits for the network, except
 * nanogpt_job_stop(), which says how long it does.
 */
#define NANOGPT_TYPE_JOB (nanogpt_job_get_type ())
G_DECLARE_FINAL_TYPE (NanogptJob, nanogpt_job, NANOGPT, JOB, GObject)

/**
 * NanogptJobState:
 *
 * @NANOGPT_JOB_FAILED also stands for a wait that ended with an error while
 * the job itself goes on; see nanogpt_job_is_collectable().
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
 * @state: where the job is
 * @serial: grows whenever anything but @elapsed and @bytes changes
 * @run_id: (nullable): the job's id at the service
 * @model: (nullable): the model's slug, unknown for a job that was attached to
 * @details: (nullable): the service's own words on what it is doing, or what
 *   went wrong when it was last asked
 * @payment_source: (nullable): the currency of @cost, such as `USD`
 * @elapsed: microseconds since the job was started
 * @cost: what the service charged, negative when unknown
 * @remaining_balance: the balance after that, negative when unknown
 * @progress: percent, -1 when unknown
 * @resumed: whether the job was found rather than submitted
 * @bytes: bytes of the clip that have arrived
 * @size: the clip's size in bytes, -1 when unknown
 * @warnings: (nullable) (array zero-terminated=1): what does not end the job,
 *   but should be known, in the order in which it came up
 * @estimate: what the job was expected to cost in USD, negative when unknown
 * @estimate_source: (nullable): how @estimate was made
 * @usual: seconds that such a job usually takes, 0 when unknown
 * @error: (nullable): why the job or the wait ended, of %NANOGPT_ERROR
 *
 * A snapshot.
 */
typedef struct
{
  NanogptJobState state;
  guint serial;
  char *run_id;
  char *model;
  char *details;
  char *payment_source;
  char **warnings;
  double estimate;
  char *estimate_source;
  double usual;
  gint64 elapsed;
  double cost;
  double remaining_balance;
  int progress;
  gboolean resumed;
  guint64 bytes;
  gint64 size;
  GError *error;
} NanogptJobStatus;

/**
 * NanogptJobObserver:
 *
 * Called on the network thread, or the thread that writes the clip, when the
 * status changed or bytes arrived.  Must not block and must not call back into
 * the job except for what only reads.
 */
typedef void (*NanogptJobObserver) (NanogptJob *job, gpointer user_data);

/**
 * nanogpt_job_new:
 * @request: (nullable): what to ask for; may be %NULL when @settings have a
 *   `run_id`
 * @settings: resolved settings
 *
 * Sends nothing yet.
 *
 * Returns: (transfer full): the job
 */
NanogptJob *nanogpt_job_new (
    NanogptRequest *request, const NanogptSettings *settings);

/**
 * nanogpt_job_start:
 * @settings: resolved settings that nanogpt_job_matches() accepts
 *
 * Starts the job, or takes up the wait again where it was left: a job that has
 * an id is polled and never submitted again, a clip that is partly there is
 * completed, a complete one costs nothing.
 */
void nanogpt_job_start (NanogptJob *job, const NanogptSettings *settings);

/**
 * nanogpt_job_want:
 * @offset: the byte of the clip that a reader waits for
 *
 * Fetches it ahead of others when it is far from what is arriving, where the
 * server can do that.
 */
void nanogpt_job_want (NanogptJob *job, guint64 offset);

/**
 * nanogpt_job_stop:
 *
 * Ends the wait, not the job: the service has no way to cancel one.  When this
 * returns, whoever asks for the same may adopt the job.  Takes no longer than
 * that needs, unless a submit is under way: then it waits up to two seconds for
 * the answer, so that the id is kept; later answers are still taken in the
 * background, and whoever asks for the same until then waits for them.
 */
void nanogpt_job_stop (NanogptJob *job);

/**
 * nanogpt_jobs_stop:
 * @jobs: (array length=n_jobs): the jobs
 *
 * As nanogpt_job_stop() for each, in the time of one.
 */
void nanogpt_jobs_stop (NanogptJob *const *jobs, guint n_jobs);

/**
 * nanogpt_job_add_observer:
 *
 * Returns: an id for nanogpt_job_remove_observer()
 */
guint nanogpt_job_add_observer (
    NanogptJob *job, NanogptJobObserver observer, gpointer user_data);

/**
 * nanogpt_job_remove_observer:
 *
 * When this returns, the observer is not running and will not run again.
 * Must not be called from an observer, nor under a lock that the observer
 * takes.
 */
void nanogpt_job_remove_observer (NanogptJob *job, guint id);

/**
 * nanogpt_job_matches:
 *
 * Returns: whether @request with @settings asks for the same clip from the
 *   same account as @job does; not, when an unfinished job was resumed, did not
 *   come to a good end, and is no longer to be resumed
 */
gboolean nanogpt_job_matches (
    NanogptJob *job, NanogptRequest *request, const NanogptSettings *settings);

/**
 * nanogpt_job_is_collectable:
 *
 * Returns: whether starting the job again can still bring its clip; %FALSE
 *   when it was refused, failed or was cancelled
 */
gboolean nanogpt_job_is_collectable (NanogptJob *job);

/**
 * nanogpt_job_get_status:
 *
 * Returns: (transfer full): the status as of now
 */
NanogptJobStatus *nanogpt_job_get_status (NanogptJob *job);

/**
 * nanogpt_job_get_clip:
 *
 * Returns: (transfer full) (nullable): the clip, once there is one
 */
NanogptClip *nanogpt_job_get_clip (NanogptJob *job);

/**
 * nanogpt_job_deliver:
 *
 * Says that somebody has taken the last byte of the clip: from now on no later
 * start adopts the job.  Waits for the disk.
 */
void nanogpt_job_deliver (NanogptJob *job);

/**
 * nanogpt_job_reject_clip:
 * @message: what is wrong with it, for a user
 *
 * For a reader that finds that the clip is not a media file: drops it and ends
 * the job's wait with %NANOGPT_ERROR_BAD_RESPONSE.  The next start asks the
 * service for the result again.
 */
void nanogpt_job_reject_clip (NanogptJob *job, const char *message);

const char *nanogpt_job_state_get_name (NanogptJobState state);
void nanogpt_job_status_free (NanogptJobStatus *status);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptJobStatus, nanogpt_job_status_free)

G_END_DECLS
