/* nanovid: reads the clip of a job, for all ways of pushing it
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
 * A job of an element, the record of what was posted about it, and its clip.
 * Changes of the job ring the element's bell.  Unless noted otherwise, call all
 * functions from the streaming thread, without the bell's lock held.
 */
typedef struct _GstNanovidReader GstNanovidReader;

/**
 * gst_nanovid_reader_new:
 * @element: (transfer none): the #GstBaseSrc that posts messages and pushes
 *   buffers; must outlive the reader
 * @bell: (transfer none): the element's bell; must outlive the reader
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
 * May be called from any thread, with the bell's lock held.
 *
 * Returns: the clip's size in bytes, or -1
 */
gint64 gst_nanovid_reader_get_size (GstNanovidReader *reader);

/**
 * gst_nanovid_reader_start:
 * @prompt: (nullable): the prompt, for the tags
 * @settings: resolved settings
 *
 * Starts the job, for the first time or again.
 */
void gst_nanovid_reader_start (GstNanovidReader *reader, const char *prompt,
    const NanogptSettings *settings);

/**
 * gst_nanovid_reader_close:
 *
 * Drops the clip until the next start.  Call while the streaming thread is not
 * running.
 */
void gst_nanovid_reader_close (GstNanovidReader *reader);

/**
 * gst_nanovid_reader_post_status:
 * @place: (nullable): the input that the job is for
 * @is_new: (out) (optional): whether the status had changed
 *
 * Returns: (transfer full): the job's status, which was posted completely
 */
NanogptJobStatus *gst_nanovid_reader_post_status (
    GstNanovidReader *reader, const GstNanovidPlace *place, gboolean *is_new);

/**
 * gst_nanovid_reader_wait:
 * @progress: the PROGRESS operation of the wait
 * @offset: offset in the clip
 * @wanted: number of bytes wanted from there
 * @available: (out): number of bytes available from there
 * @error: return location for an error
 *
 * Waits until all wanted bytes can be read, or all that the clip has, which may
 * be none.
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
 * @caps: (out) (nullable): the type that typefinding detected
 *
 * Like gst_nanovid_reader_wait(), for as many bytes as typefinding needs.  If
 * the clip has no bytes, @head is not set.
 */
GstFlowReturn gst_nanovid_reader_find_type (GstNanovidReader *reader,
    GstNanovidProgress *progress, GBytes **head, GstCaps **caps,
    GError **error);

/**
 * gst_nanovid_reader_read:
 *
 * Reads from the available part of the clip.
 *
 * Returns: (nullable): %NULL if the clip cannot be read and was rejected; the
 *   job's status will then have the error
 */
GBytes *gst_nanovid_reader_read (
    GstNanovidReader *reader, guint64 offset, gsize size);

/**
 * gst_nanovid_reader_read_media:
 * @caps: (out): what kind of media file the clip is
 *
 * Reads all of the clip of a completed job, or rejects it.
 *
 * Returns: (nullable): %NULL if the clip was rejected, as for
 *   gst_nanovid_reader_read()
 */
GBytes *gst_nanovid_reader_read_media (
    GstNanovidReader *reader, GstCaps **caps);

/**
 * gst_nanovid_reader_reject:
 * @caps: (nullable): the type that typefinding detected
 *
 * Ends the wait for the job with an error, because the clip is not a media
 * file.
 */
void gst_nanovid_reader_reject (GstNanovidReader *reader, GstCaps *caps);
gboolean gst_nanovid_reader_is_rejected (GstNanovidReader *reader);

/**
 * gst_nanovid_reader_deliver:
 * @deliver: nanogpt_job_deliver() or nanogpt_job_deliver_soon()
 *
 * Marks the clip as delivered: downstream has all of it, so no later start
 * resumes the job.
 */
void gst_nanovid_reader_deliver (
    GstNanovidReader *reader, void (*deliver) (NanogptJob *job));

GstTagList *gst_nanovid_reader_create_tags (GstNanovidReader *reader);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstNanovidReader, gst_nanovid_reader_unref)

G_END_DECLS
