/* nanovid: messages and statistics of a film or channel: nanovid-clip, stats
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidchannelmessages.h"

static const char *
get_origin (const GstNanovidScene *scene)
{
  if (!scene)
    return "slate";
  return scene->is_new ? "new" : "replay";
}

static GstStructure *
create_clip_structure (const GstNanovidTurn *turn)
{
  const GstNanovidScene *scene = turn->scene;
  GstStructure *structure = gst_structure_new ("nanovid-clip", "number",
      G_TYPE_UINT64, turn->number, "origin", G_TYPE_STRING, get_origin (scene),
      "running-time", G_TYPE_UINT64, turn->running_time, NULL);

  if (!scene)
    return structure;
  gst_structure_set (
      structure, "duration", G_TYPE_UINT64, turn->duration, NULL);
  if (scene->index != G_MAXUINT64)
    gst_structure_set (structure, "index", G_TYPE_UINT64, scene->index, NULL);
  if (scene->prompt)
    gst_structure_set (structure, "prompt", G_TYPE_STRING, scene->prompt, NULL);
  if (scene->model)
    gst_structure_set (structure, "model", G_TYPE_STRING, scene->model, NULL);
  if (scene->run_id)
    gst_structure_set (structure, "run-id", G_TYPE_STRING, scene->run_id, NULL);
  if (scene->cost >= 0)
    gst_structure_set (structure, "cost", G_TYPE_DOUBLE,
        nanogpt_money_to_double (scene->cost), NULL);
  return structure;
}

void
gst_nanovid_channel_post_begun (GstElement *element, const GstNanovidTurn *turn)
{
  gst_element_post_message (element,
      gst_message_new_element (
          GST_OBJECT (element), create_clip_structure (turn)));
}

void
gst_nanovid_channel_post_clip (GstElement *element,
    const GstNanovidScene *scene, const GstNanovidCounts *counts)
{
  GstNanovidPlace place = { scene->index, GST_CLOCK_TIME_NONE };

  gst_nanovid_post_clip (element, &place, scene->run_id, scene->cost, NULL,
      counts->spent, counts->n_under_way);
}

GstStructure *
gst_nanovid_channel_create_stats (const GstNanovidCounts *counts,
    const GstNanovidTimes *times, guint64 n_replayed)
{
  return gst_structure_new ("nanovid-stats", "clips-new", G_TYPE_UINT64,
      counts->n_played, "clips-replayed", G_TYPE_UINT64, n_replayed,
      "clips-failed", G_TYPE_UINT64, counts->n_failed, "clips-ready",
      G_TYPE_UINT64, counts->n_ready, "jobs-under-way", G_TYPE_UINT64,
      counts->n_under_way, "time-new", G_TYPE_UINT64, times->fresh,
      "time-replayed", G_TYPE_UINT64, times->replayed, "time-slate",
      G_TYPE_UINT64, times->slate, "spent", G_TYPE_DOUBLE,
      nanogpt_money_to_double (counts->spent), NULL);
}
