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
 * @format: (not owned): the output format of the clips; constant from start to
 *   stop
 * @ahead: maximum number of clips that are ready, in addition to the one
 *   playing
 * @max_jobs: maximum number of jobs under way
 * @max_failures: number of failures in a row that end the film, 0 for no limit
 * @on_error: whether a prompt without a clip ends the film
 * @continuity: whether a clip begins with the last frame of the one before
 * @hourly_budget: maximum spending in any hour in USD, 0 for no limit
 * @live: whether the settings are for a channel, which always has new clips and
 *   does not end
 * @speed: the factor by which its hours are shortened, for tests
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
 * @dup_properties: copies the current values of the element's properties
 * @read_settings: gets the current settings of the feeder
 * @check_outlets: checks whether downstream accepts clips, as
 *   gst_nanovid_outlet_check()
 *
 * Functions of the element that the feeder calls from its thread.
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
 * Runs a thread that takes prompts, monitors the jobs and posts messages about
 * them.
 */
typedef struct _GstNanovidFeeder GstNanovidFeeder;

/**
 * gst_nanovid_feeder_new:
 * @element: (transfer none): the element that posts messages
 * @owner: (transfer none): the functions of the element
 * @prompts: (transfer none): the source of prompts
 * @playlist: (transfer none): receives the shots
 * @bell: (transfer none): the bell of @prompts and @playlist; when interrupted,
 *   the feeder requests nothing more
 */
GstNanovidFeeder *gst_nanovid_feeder_new (GstElement *element,
    const GstNanovidFeederOwner *owner, GstNanovidPrompts *prompts,
    GstNanovidPlaylist *playlist, GstNanovidBell *bell);
void gst_nanovid_feeder_free (GstNanovidFeeder *feeder);

/**
 * gst_nanovid_feeder_start:
 *
 * Starts a new run.  Call while the bell is not interrupted, after the playlist
 * was started.
 */
void gst_nanovid_feeder_start (GstNanovidFeeder *feeder);

/**
 * gst_nanovid_feeder_cancel:
 *
 * Ends the PROGRESS operation, and the preparation of a request.  Call with the
 * bell interrupted.
 */
void gst_nanovid_feeder_cancel (GstNanovidFeeder *feeder);

/**
 * gst_nanovid_feeder_stop:
 *
 * Stops waiting for all clips.  Call with the bell interrupted, after playback
 * has stopped.  Blocks as long as nanogpt_job_stop() does.
 */
void gst_nanovid_feeder_stop (GstNanovidFeeder *feeder);

/**
 * gst_nanovid_feeder_forget:
 * @index: number of a prompt, or %G_MAXUINT64 for all
 *
 * Makes the next start request a new clip for the prompt.  May be called from
 * any thread.
 */
void gst_nanovid_feeder_forget (GstNanovidFeeder *feeder, guint64 index);

/**
 * gst_nanovid_feeder_post_error:
 *
 * Posts the error that ends the film.  Call after the last clip before it.
 */
void gst_nanovid_feeder_post_error (GstNanovidFeeder *feeder);

/**
 * gst_nanovid_feeder_note_length:
 * @length: duration of a clip in nanoseconds
 *
 * Sets the duration of a clip.  May be called from any thread.
 */
void gst_nanovid_feeder_note_length (
    GstNanovidFeeder *feeder, GstClockTime length);

/* For the application; may be called from any thread */

/**
 * gst_nanovid_feeder_create_job_structure:
 *
 * Returns: (transfer full) (nullable): the `nanovid-job` structure posted last
 */
GstStructure *gst_nanovid_feeder_create_job_structure (
    GstNanovidFeeder *feeder);

G_END_DECLS
