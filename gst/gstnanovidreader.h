/* nanovid: reads the clip of a job, for whichever way it leaves the element
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

#include "gstnanovidbell.h"
#include "gstnanovidmessages.h"
#include "gstnanovidprogress.h"

G_BEGIN_DECLS

/**
 * GstNanovidReader:
 *
 * A job of an element, what was posted of it, and its clip.  The job rings the
 * element's bell.  All functions are for the streaming thread unless they say
 * more, and are called without the bell's lock.
 */
typedef struct _GstNanovidReader GstNanovidReader;

/**
 * gst_nanovid_reader_new:
 * @element: (transfer none): the #GstBaseSrc that posts and pushes; outlives the
 *   reader
 * @bell: (transfer none): the element's bell; outlives the reader
 * @job: (transfer full): a job
 */
GstNanovidReader *gst_nanovid_reader_new (
    GstElement *element, GstNanovidBell *bell, NanogptJob *job);
GstNanovidReader *gst_nanovid_reader_ref (GstNanovidReader *reader);
void gst_nanovid_reader_unref (GstNanovidReader *reader);

/* Any thread */
NanogptJob *gst_nanovid_reader_get_job (GstNanovidReader *reader);

/**
 * gst_nanovid_reader_get_size:
 *
 * For any thread, with the bell's lock held.
 *
 * Returns: the clip's size in bytes, or -1
 */
gint64 gst_nanovid_reader_get_size (GstNanovidReader *reader);

/**
 * gst_nanovid_reader_start:
 * @prompt: (nullable): what was asked for, for the tags
 * @settings: resolved settings
 *
 * Starts the job, for the first time or again.
 */
void gst_nanovid_reader_start (GstNanovidReader *reader, const char *prompt,
    const NanogptSettings *settings);

/**
 * gst_nanovid_reader_close:
 *
 * Drops the clip, until the next start.  While the streaming thread does not run.
 */
void gst_nanovid_reader_close (GstNanovidReader *reader);

/**
 * gst_nanovid_reader_post_status:
 * @place: (nullable): the input that the job is for
 * @is_new: (out) (optional): whether there was something new to post
 *
 * Returns: (transfer full): the job's status, of which all was posted
 */
NanogptJobStatus *gst_nanovid_reader_post_status (
    GstNanovidReader *reader, const GstNanovidPlace *place, gboolean *is_new);

/**
 * gst_nanovid_reader_wait:
 * @progress: the wait as the application sees it
 * @offset: a byte of the clip
 * @wanted: how many bytes from there
 * @available: (out): how many there are
 * @error: return location for an error
 *
 * Waits until all that is wanted can be read, or all that there will ever be,
 * which may be none.
 *
 * Errors: those of the job.
 *
 * Returns: %GST_FLOW_OK, %GST_FLOW_FLUSHING, or %GST_FLOW_ERROR with an error
 */
GstFlowReturn gst_nanovid_reader_wait (GstNanovidReader *reader,
    GstNanovidProgress *progress, guint64 offset, guint64 wanted,
    guint64 *available, GError **error);

/**
 * gst_nanovid_reader_find_type:
 * @head: (out): the first bytes of the clip
 * @caps: (out) (nullable): what typefinding makes of them
 *
 * As gst_nanovid_reader_wait(), for as much as typefinding needs.  Without any
 * bytes, there is no head.
 */
GstFlowReturn gst_nanovid_reader_find_type (GstNanovidReader *reader,
    GstNanovidProgress *progress, GBytes **head, GstCaps **caps,
    GError **error);

/**
 * gst_nanovid_reader_read:
 *
 * What is available of the clip.
 *
 * Returns: (nullable): %NULL when it cannot be read and was rejected, which the
 *   job's status is about to say
 */
GBytes *gst_nanovid_reader_read (
    GstNanovidReader *reader, guint64 offset, gsize size);

/**
 * gst_nanovid_reader_read_media:
 * @caps: (out): what kind of media file the clip is
 *
 * For a job that is complete: reads all of the clip, or rejects it.
 *
 * Returns: (nullable): %NULL when it was rejected, as of
 *   gst_nanovid_reader_read()
 */
GBytes *gst_nanovid_reader_read_media (
    GstNanovidReader *reader, GstCaps **caps);

/**
 * gst_nanovid_reader_reject:
 * @caps: (nullable): what typefinding made of the clip
 *
 * Ends the job's wait with an error, since the clip is not a media file.
 */
void gst_nanovid_reader_reject (GstNanovidReader *reader, GstCaps *caps);
gboolean gst_nanovid_reader_is_rejected (GstNanovidReader *reader);

/**
 * gst_nanovid_reader_deliver:
 * @deliver: nanogpt_job_deliver() or nanogpt_job_deliver_soon()
 *
 * Downstream has all of the clip: no later start resumes the job.
 */
void gst_nanovid_reader_deliver (
    GstNanovidReader *reader, void (*deliver) (NanogptJob *job));

GstTagList *gst_nanovid_reader_create_tags (GstNanovidReader *reader);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstNanovidReader, gst_nanovid_reader_unref)

G_END_DECLS
