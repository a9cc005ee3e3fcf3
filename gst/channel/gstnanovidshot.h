/* nanovid: one prompt on its way from a job to a scene that plays
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gst/gstnanovidentry.h"
#include "gstnanovidprompt.h"
#include "gstnanovidscene.h"

G_BEGIN_DECLS

/**
 * GstNanovidShotStage:
 * @GST_NANOVID_SHOT_ASKED: its job is under way, or has ended
 * @GST_NANOVID_SHOT_OPENED: the player is checking whether it can be played
 * @GST_NANOVID_SHOT_BROKEN: it cannot be played
 * @GST_NANOVID_SHOT_LOADED: it can be played
 * @GST_NANOVID_SHOT_BEGUN: its first frame was pushed
 * @GST_NANOVID_SHOT_ENDED: its last frame was pushed
 */
typedef enum
{
  GST_NANOVID_SHOT_ASKED,
  GST_NANOVID_SHOT_OPENED,
  GST_NANOVID_SHOT_BROKEN,
  GST_NANOVID_SHOT_LOADED,
  GST_NANOVID_SHOT_BEGUN,
  GST_NANOVID_SHOT_ENDED,
} GstNanovidShotStage;

/**
 * GstNanovidShot:
 * @entry: its job, or the reason why there is none
 * @origin: (nullable): the prompt that it came from, to request it again
 * @prompt: (nullable): the text of the prompt
 * @follows: whether it begins with the last frame of the clip before
 * @stage: its state
 * @scene: (nullable): its clip, once that is available
 * @error: (nullable): why there will be no clip
 * @is_rejected: whether its clip cannot be shown; the job will then report the
 *   error
 * @is_charged: whether its cost was counted
 * @is_accepted: whether its job is known to be accepted
 *
 * While a shot is in a #GstNanovidPlaylist, the playlist makes all changes.
 */
typedef struct
{
  GstNanovidEntry *entry;
  GstNanovidPrompt *origin;
  char *prompt;
  gboolean follows;
  GstNanovidShotStage stage;
  GstNanovidScene *scene;
  GError *error;
  gboolean is_rejected;
  gboolean is_charged;
  gboolean is_accepted;
} GstNanovidShot;

GstNanovidShot *gst_nanovid_shot_new (guint64 index, GstSample *sample);
void gst_nanovid_shot_free (GstNanovidShot *shot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstNanovidShot, gst_nanovid_shot_free)

/**
 * gst_nanovid_shot_create_scene:
 * @status: status of its job, which is complete
 * @error: return location for an error
 *
 * Errors: %NANOGPT_ERROR_BAD_RESPONSE if the clip's file cannot be opened.
 *
 * Returns: (transfer full) (nullable): a scene for the clip
 */
GstNanovidScene *gst_nanovid_shot_create_scene (
    const GstNanovidShot *shot, const NanogptJobStatus *status, GError **error);

/**
 * gst_nanovid_shot_is_waiting:
 *
 * Returns: whether it was requested and has not begun
 */
gboolean gst_nanovid_shot_is_waiting (const GstNanovidShot *shot);

/**
 * gst_nanovid_shot_is_under_way:
 *
 * Returns: whether there is neither a clip nor an error
 */
gboolean gst_nanovid_shot_is_under_way (const GstNanovidShot *shot);

/**
 * gst_nanovid_shot_is_ready:
 *
 * Returns: whether there is a clip that has not begun
 */
gboolean gst_nanovid_shot_is_ready (const GstNanovidShot *shot);

/**
 * gst_nanovid_shot_has_failed:
 *
 * Returns: whether its error is a failure of the service, and not caused by the
 *   prompt
 */
gboolean gst_nanovid_shot_has_failed (const GstNanovidShot *shot);

/**
 * gst_nanovid_shot_is_submitting:
 *
 * Returns: whether its job may still be refused
 */
gboolean gst_nanovid_shot_is_submitting (const GstNanovidShot *shot);

/**
 * gst_nanovid_shot_take_cost:
 * @status: status of its job
 *
 * Returns: the cost charged in this run, in USD, on the first call that knows
 *   it; else 0
 */
NanogptMicros gst_nanovid_shot_take_cost (
    GstNanovidShot *shot, const NanogptJobStatus *status);

G_END_DECLS
