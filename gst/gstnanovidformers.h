/* nanovid: remembers jobs of inputs that may repeat after a flush or a restart
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/job/job.h"

G_BEGIN_DECLS

/**
 * GstNanovidFormer:
 *
 * What is remembered of a job.  The clip itself is not kept, since that would
 * keep a file open, but it can be fetched again.
 */
typedef struct _GstNanovidFormer GstNanovidFormer;

GstNanovidFormer *gst_nanovid_former_new (
    NanogptRequest *request, const NanogptSettings *settings);
void gst_nanovid_former_free (GstNanovidFormer *former);

/**
 * GstNanovidFormers:
 *
 * Jobs that were abandoned and may have been paid for, and jobs whose clips
 * were delivered.  All functions may be called from any thread.
 */
typedef struct _GstNanovidFormers GstNanovidFormers;

GstNanovidFormers *gst_nanovid_formers_new (void);
void gst_nanovid_formers_free (GstNanovidFormers *formers);

/**
 * gst_nanovid_formers_add:
 * @former: (transfer full): created with the request of @job
 * @job: a job that has ended or was stopped
 * @delivered: whether its clip was pushed
 */
void gst_nanovid_formers_add (GstNanovidFormers *formers,
    GstNanovidFormer *former, NanogptJob *job, gboolean delivered);

/**
 * gst_nanovid_formers_begin:
 *
 * Marks a point from which inputs may repeat: clips delivered so far may be
 * reused.  Until then, identical inputs in a row each have a job of their own.
 */
void gst_nanovid_formers_begin (GstNanovidFormers *formers);

/**
 * gst_nanovid_formers_forget:
 *
 * Forgets all jobs, so that every input gets a new clip.
 */
void gst_nanovid_formers_forget (GstNanovidFormers *formers);

/**
 * gst_nanovid_formers_create_job:
 * @request: the request
 * @settings: resolved settings; when a remembered job is used, its run ID is
 *   set here
 *
 * Returns: (transfer full): the remembered job for an identical request, which
 *   is then no longer remembered, or else a new job
 */
NanogptJob *gst_nanovid_formers_create_job (GstNanovidFormers *formers,
    NanogptRequest *request, NanogptSettings *settings);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstNanovidFormer, gst_nanovid_former_free)

G_END_DECLS
