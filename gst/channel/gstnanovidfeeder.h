/* nanovid: the feeder: prompts become jobs, and their clips scenes in order
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gst/gstnanovidenums.h"
#include "gst/gstnanovidproperties.h"
#include "gstnanoviddeck.h"
#include "gstnanovidplaylist.h"
#include "gstnanovidprompts.h"
#include "gstnanovidthrottle.h"

G_BEGIN_DECLS

/**
 * GstNanovidFeederSettings:
 * @format: (not owned): what the clips are played as; the same from start to stop
 * @ahead: how many clips may be ready, beyond the one that plays
 * @max_jobs: how many jobs may be under way
 * @max_failures: so many failures in a row are the end, 0 for any number
 * @on_error: whether a prompt without a clip is the end
 * @continuity: whether a clip begins where the one before ends
 * @hourly_budget: USD that may be spent in any hour, 0 for any
 * @live: whether they are for a channel, which has new clips and no end
 * @speed: how many times faster its hours pass, for tests
 */
typedef struct
{
  const GstNanovidFormat *format;
  guint ahead;
  guint max_jobs;
  guint max_failures;
  GstNanovidOnError on_error;
  gboolean continuity;
  NanogptMicros hourly_budget;
  gboolean live;
  guint speed;
} GstNanovidFeederSettings;

/**
 * GstNanovidFeederOwner:
 * @dup_properties: the values of the element's properties as of now
 * @read_settings: those for the feeder as of now
 * @check_outlets: whether clips have somewhere to go, as
 *   gst_nanovid_outlet_check()
 *
 * What the feeder asks of the element, from its thread.
 */
typedef struct
{
  GstNanovidProperties *(*dup_properties) (GstElement *element);
  void (*read_settings) (
      GstElement *element, GstNanovidFeederSettings *settings);
  GstFlowReturn (*check_outlets) (GstElement *element, GError **error);
} GstNanovidFeederOwner;

/**
 * GstNanovidFeeder:
 *
 * Has a thread of its own, which takes the prompts, looks after the jobs and posts
 * what is to be posted of them.
 */
typedef struct _GstNanovidFeeder GstNanovidFeeder;

/**
 * gst_nanovid_feeder_new:
 * @element: (transfer none): the element that posts
 * @owner: (transfer none): how to ask it
 * @prompts: (transfer none): where the prompts come from
 * @playlist: (transfer none): where the shots go
 * @bell: (transfer none): that of both; interrupted, the feeder asks for nothing
 *   more
 */
GstNanovidFeeder *gst_nanovid_feeder_new (GstElement *element,
    const GstNanovidFeederOwner *owner, GstNanovidPrompts *prompts,
    GstNanovidPlaylist *playlist, GstNanovidBell *bell);
void gst_nanovid_feeder_free (GstNanovidFeeder *feeder);

/**
 * gst_nanovid_feeder_start:
 *
 * Begins anew, while the bell is not interrupted and the playlist has begun anew.
 */
void gst_nanovid_feeder_start (GstNanovidFeeder *feeder);

/**
 * gst_nanovid_feeder_cancel:
 *
 * Ends the wait as the application sees it, and the preparation of a request, with
 * the bell interrupted.
 */
void gst_nanovid_feeder_cancel (GstNanovidFeeder *feeder);

/**
 * gst_nanovid_feeder_stop:
 *
 * Ends the wait for all clips, with the bell interrupted, after nobody plays any
 * more.  Waits as long as nanogpt_job_stop() does.
 */
void gst_nanovid_feeder_stop (GstNanovidFeeder *feeder);

/**
 * gst_nanovid_feeder_forget:
 * @index: number of a prompt, or %G_MAXUINT64 for all
 *
 * From the next start on, its clip is asked for anew.  Any thread.
 */
void gst_nanovid_feeder_forget (GstNanovidFeeder *feeder, guint64 index);

/**
 * gst_nanovid_feeder_post_error:
 *
 * Posts the error that the film ends with, after the last clip before it.
 */
void gst_nanovid_feeder_post_error (GstNanovidFeeder *feeder);

/**
 * gst_nanovid_feeder_note_length:
 * @length: how long a clip plays, in nanoseconds
 *
 * Any thread.
 */
void gst_nanovid_feeder_note_length (
    GstNanovidFeeder *feeder, GstClockTime length);

/* For the application; any thread */

/**
 * gst_nanovid_feeder_create_job_structure:
 *
 * Returns: (transfer full) (nullable): the last `nanovid-job` that was posted
 */
GstStructure *gst_nanovid_feeder_create_job_structure (
    GstNanovidFeeder *feeder);

G_END_DECLS
