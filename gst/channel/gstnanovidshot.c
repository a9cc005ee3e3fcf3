/* nanovid: one prompt on its way from a job to a scene that plays
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidshot.h"

#include <errno.h>
#include <glib/gi18n-lib.h>

GstNanovidShot *
gst_nanovid_shot_new (guint64 index, GstSample *sample)
{
  GstNanovidShot *self = g_new0 (GstNanovidShot, 1);

  self->entry = gst_nanovid_entry_new (sample, index);
  return self;
}

void
gst_nanovid_shot_free (GstNanovidShot *self)
{
  gst_nanovid_entry_unref (self->entry);
  g_clear_pointer (&self->origin, gst_nanovid_prompt_free);
  g_free (self->prompt);
  g_clear_pointer (&self->scene, gst_nanovid_scene_unref);
  g_clear_error (&self->error);
  g_free (self);
}

GstNanovidScene *
gst_nanovid_shot_create_scene (
    const GstNanovidShot *self, const NanogptJobStatus *status, GError **error)
{
  g_autoptr (NanogptClip) clip =
      nanogpt_job_get_clip (gst_nanovid_entry_get_job (self->entry));
  int fd = nanogpt_clip_open (clip);
  GstNanovidScene *scene;

  if (fd < 0) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE,
        _ ("The clip's file cannot be opened: %s"), g_strerror (errno));
    return NULL;
  }

  scene = gst_nanovid_scene_new_from_fd (fd);
  scene->index = self->entry->place.index;
  scene->prompt = g_strdup (self->prompt);
  scene->model = g_strdup (status->model);
  scene->run_id = g_strdup (status->run_id);
  scene->cost = status->cost;
  scene->is_new = TRUE;
  scene->drop_first_frame = self->follows;
  scene->tags = gst_nanovid_reader_create_tags (self->entry->reader);
  return scene;
}

gboolean
gst_nanovid_shot_is_waiting (const GstNanovidShot *self)
{
  return self->stage < GST_NANOVID_SHOT_BEGUN;
}

gboolean
gst_nanovid_shot_is_under_way (const GstNanovidShot *self)
{
  return !self->scene && !self->error;
}

gboolean
gst_nanovid_shot_is_ready (const GstNanovidShot *self)
{
  return self->stage < GST_NANOVID_SHOT_BEGUN && self->scene
      && !self->is_rejected;
}

/* A refused prompt is not a failure of the service. */
gboolean
gst_nanovid_shot_has_failed (const GstNanovidShot *self)
{
  if (nanogpt_error_get_details (self->error)->may_have_been_charged)
    return TRUE;
  switch ((NanogptError)self->error->code) {
    case NANOGPT_ERROR_INVALID_REQUEST:
    case NANOGPT_ERROR_IMAGE_REQUIRED:
    case NANOGPT_ERROR_UPLOAD_TOO_LARGE:
    case NANOGPT_ERROR_CONTENT_POLICY:
      return FALSE;
    default:
      return TRUE;
  }
}

gboolean
gst_nanovid_shot_is_submitting (const GstNanovidShot *self)
{
  NanogptJob *job = gst_nanovid_entry_get_job (self->entry);
  g_autoptr (NanogptJobStatus) status = NULL;

  if (!job)
    return FALSE;
  status = nanogpt_job_get_status (job);
  return !status->error && status->state == NANOGPT_JOB_SUBMITTING;
}

NanogptMicros
gst_nanovid_shot_take_cost (
    GstNanovidShot *self, const NanogptJobStatus *status)
{
  if (self->is_charged || status->cost < 0 || status->resumed
      || nanogpt_money_is_other_currency (status->cost, status->payment_source))
    return 0;
  self->is_charged = TRUE;
  return status->cost;
}
