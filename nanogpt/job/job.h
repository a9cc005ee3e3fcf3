/* nanovid: NanogptJob: one request, from submit to finished download
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "job-status.h"
#include "nanogpt/store/clip.h"
#include "nanogpt/base/error.h"
#include "nanogpt/request/request.h"
#include "nanogpt/base/settings.h"

G_BEGIN_DECLS

/**
 * NanogptJobObserver:
 *
 * Called on the network thread, or the thread that writes the clip, when the
 * status changed or bytes arrived.  Must not block, and must not call back into
 * the job except to read.
 */
typedef void (*NanogptJobObserver) (NanogptJob *job, gpointer user_data);

/**
 * nanogpt_job_new:
 * @request: (nullable): the request; may be %NULL if @settings have a `run_id`
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
 * Starts the job, or continues the wait where it was left: a job with an id is
 * polled and never submitted again, a partial clip is completed, a complete one
 * costs nothing.
 */
void nanogpt_job_start (NanogptJob *job, const NanogptSettings *settings);

/**
 * nanogpt_job_want:
 * @offset: the byte of the clip that a reader waits for
 *
 * Fetches that byte out of order if it is far from the arriving data, and the
 * server supports that.
 */
void nanogpt_job_want (NanogptJob *job, guint64 offset);

/**
 * nanogpt_job_stop:
 *
 * Ends the wait, not the job: the service cannot cancel one.  When this
 * returns, an identical request may adopt the job.  Takes only as long as that
 * needs, unless a submit is in progress: then it waits up to two seconds for
 * the response, so that the id is kept.  A later response is still processed in
 * the background, and an identical request waits for it.
 */
void nanogpt_job_stop (NanogptJob *job);

/**
 * nanogpt_jobs_stop:
 * @jobs: (array length=n_jobs): the jobs
 *
 * Like nanogpt_job_stop() for each job, in the time of one.
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
 * Returns: whether @request with @settings asks for the same clip as @job: the
 *   same result of the same job, from the same account; %FALSE if @job has
 *   resumed an unfinished job and failed, and @settings do not allow resuming
 */
gboolean nanogpt_job_matches (
    NanogptJob *job, NanogptRequest *request, const NanogptSettings *settings);

/**
 * nanogpt_job_new_result:
 * @job: a job that was started
 * @settings: resolved settings, with an `output_index`
 *
 * Creates a job for another result of the same job at the service, at no
 * further cost.
 *
 * Returns: (transfer full) (nullable): a job, or %NULL when @request with
 *   @settings asks for another job, or the service has not accepted this one
 */
NanogptJob *nanogpt_job_new_result (
    NanogptJob *job, NanogptRequest *request, const NanogptSettings *settings);

/**
 * nanogpt_job_is_collectable:
 *
 * Returns: whether starting the job again can still bring its clip; %FALSE when
 *   it was refused, failed or was canceled
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
 * To be called when the last byte of the clip has been read: from now on no
 * later start adopts the job.  Blocks on the disk, and until the cache has the
 * clip.
 */
void nanogpt_job_deliver (NanogptJob *job);

/**
 * nanogpt_job_deliver_soon:
 *
 * Like nanogpt_job_deliver(), but blocks only briefly; for use in a state
 * change.
 */
void nanogpt_job_deliver_soon (NanogptJob *job);

/**
 * nanogpt_job_reject_clip:
 * @message: what is wrong with it, for a user
 *
 * For a reader that finds that the clip is not a media file: drops it and ends
 * the job's wait with %NANOGPT_ERROR_BAD_RESPONSE.  The next start asks the
 * service for the result again.
 */
void nanogpt_job_reject_clip (NanogptJob *job, const char *message);

G_END_DECLS
