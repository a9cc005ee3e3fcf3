/* nanovid: one job, and its clip as a stream of bytes
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/base/gstbasesrc.h>

#include "nanogpt/job/job.h"

G_BEGIN_DECLS

/**
 * GstNanovidStream:
 *
 * The job of an element from one start to the next, and what downstream gets of
 * its clip.  Seeking, flushing, EOS and pausing only ever concern the reader, and
 * cannot cancel, repeat or lose what was paid for.
 */
typedef struct _GstNanovidStream GstNanovidStream;

/**
 * gst_nanovid_stream_new:
 * @element: (transfer none): the element that owns it
 */
GstNanovidStream *gst_nanovid_stream_new (GstBaseSrc *element);
void gst_nanovid_stream_free (GstNanovidStream *stream);

/* While the streaming thread does not run */
void gst_nanovid_stream_start (GstNanovidStream *stream);

/**
 * gst_nanovid_stream_stop:
 *
 * Ends the wait and keeps the job, so that the next start goes on where this one
 * ended.  Waits as long as nanogpt_job_stop() does.
 */
void gst_nanovid_stream_stop (GstNanovidStream *stream);

/* The streaming thread */
gboolean gst_nanovid_stream_has_failed (GstNanovidStream *stream);
gboolean gst_nanovid_stream_is_attached (GstNanovidStream *stream);

/**
 * gst_nanovid_stream_attach:
 * @request: (nullable): what to ask for; may be %NULL when @settings have a
 *   `run_id`
 * @settings: resolved settings
 * @shared: whether the job is others', too
 *
 * Starts a job: the one of last time, when it is still what is asked for.
 */
void gst_nanovid_stream_attach (GstNanovidStream *stream,
    NanogptRequest *request, NanogptSettings *settings, gboolean shared);

/**
 * gst_nanovid_stream_create:
 * @offset: the byte to begin with
 * @length: how many bytes at most
 * @buffer: (out): some of them
 *
 * As #GstBaseSrcClass.create(), once there is a job.
 */
GstFlowReturn gst_nanovid_stream_create (
    GstNanovidStream *stream, guint64 offset, guint length, GstBuffer **buffer);

/**
 * gst_nanovid_stream_post_error:
 * @error: an error of %NANOGPT_ERROR
 *
 * Posts the one error message of this start.
 */
void gst_nanovid_stream_post_error (
    GstNanovidStream *stream, const GError *error);

/* Any thread */

/**
 * gst_nanovid_stream_set_interrupted:
 * @interrupted: whether gst_nanovid_stream_create() returns at once
 */
void gst_nanovid_stream_set_interrupted (
    GstNanovidStream *stream, gboolean interrupted);
gboolean gst_nanovid_stream_is_interrupted (GstNanovidStream *stream);

/**
 * gst_nanovid_stream_begin_eos:
 *
 * An application's EOS is on its way, which makes the base class wake create();
 * it is not called again after that.
 */
void gst_nanovid_stream_begin_eos (GstNanovidStream *stream);
void gst_nanovid_stream_finish_eos (GstNanovidStream *stream);

/**
 * gst_nanovid_stream_note_error:
 *
 * An error message was posted: the EOS after it is not the end of the clip.
 */
void gst_nanovid_stream_note_error (GstNanovidStream *stream);

/**
 * gst_nanovid_stream_note_measured:
 *
 * Somebody asked how many bytes the clip has.
 */
void gst_nanovid_stream_note_measured (GstNanovidStream *stream);
gboolean gst_nanovid_stream_get_size (GstNanovidStream *stream, guint64 *size);

/**
 * gst_nanovid_stream_get_status:
 *
 * Returns: (transfer full) (nullable): the job's status, once there is a job
 */
NanogptJobStatus *gst_nanovid_stream_get_status (GstNanovidStream *stream);

/**
 * gst_nanovid_stream_forget:
 *
 * Drops the job; one that is in use is dropped when it stops.
 */
void gst_nanovid_stream_forget (GstNanovidStream *stream);

G_END_DECLS
