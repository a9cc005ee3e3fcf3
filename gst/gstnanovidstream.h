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
 * The job of an element, kept from one start to the next, and the part of its
 * clip that goes downstream.  Seeking, flushing, EOS and pausing only affect
 * reading; they cannot cancel, repeat or lose a paid job.
 */
typedef struct _GstNanovidStream GstNanovidStream;

/**
 * gst_nanovid_stream_new:
 * @element: (transfer none): the element that owns it
 */
GstNanovidStream *gst_nanovid_stream_new (GstBaseSrc *element);
void gst_nanovid_stream_free (GstNanovidStream *stream);

/* Call only while the streaming thread is not running */
void gst_nanovid_stream_start (GstNanovidStream *stream);

/**
 * gst_nanovid_stream_stop:
 *
 * Stops waiting and keeps the job, so that the next start continues with it.
 * Blocks as long as nanogpt_job_stop() does.
 */
void gst_nanovid_stream_stop (GstNanovidStream *stream);

/* Call only from the streaming thread */
gboolean gst_nanovid_stream_has_failed (GstNanovidStream *stream);
gboolean gst_nanovid_stream_is_attached (GstNanovidStream *stream);

/**
 * gst_nanovid_stream_attach:
 * @request: (nullable): the request; may be %NULL if @settings have a `run_id`
 * @settings: resolved settings
 * @shared: whether the job may be shared with other elements
 *
 * Starts a job.  Reuses the job of the last start if it still matches the
 * request.
 */
void gst_nanovid_stream_attach (GstNanovidStream *stream,
    NanogptRequest *request, NanogptSettings *settings, gboolean shared);

/**
 * gst_nanovid_stream_create:
 * @offset: offset in the clip
 * @length: maximum number of bytes
 * @buffer: (out): the bytes from there on, at most @length
 *
 * Implements #GstBaseSrcClass.create(), once there is a job.
 */
GstFlowReturn gst_nanovid_stream_create (
    GstNanovidStream *stream, guint64 offset, guint length, GstBuffer **buffer);

/**
 * gst_nanovid_stream_post_error:
 * @error: an error in the domain %NANOGPT_ERROR
 *
 * Posts the one error message of this start.
 */
void gst_nanovid_stream_post_error (
    GstNanovidStream *stream, const GError *error);

/* May be called from any thread */

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
 * Notes that the application has sent EOS, for which the base class wakes
 * create() and does not call it again.
 */
void gst_nanovid_stream_begin_eos (GstNanovidStream *stream);
void gst_nanovid_stream_finish_eos (GstNanovidStream *stream);

/**
 * gst_nanovid_stream_note_error:
 *
 * Notes that an error message was posted, so that the EOS after it does not
 * count as the end of the clip.
 */
void gst_nanovid_stream_note_error (GstNanovidStream *stream);

/**
 * gst_nanovid_stream_note_measured:
 *
 * Notes that the size of the clip was queried.
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
 * Drops the job.  A job in use is dropped when it stops.
 */
void gst_nanovid_stream_forget (GstNanovidStream *stream);

G_END_DECLS
