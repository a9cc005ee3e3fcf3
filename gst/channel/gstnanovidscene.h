/* nanovid: one scene of a film or a channel: a finished clip and its metadata
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

#include "nanogpt/base/money.h"

G_BEGIN_DECLS

/**
 * GstNanovidScene:
 * @location: the name of the clip's file, which can be opened any number of
 *   times while the scene exists, and is then read from its start
 * @index: number of its prompt, from 0; %G_MAXUINT64 for a file that has none
 * @prompt: (nullable): the prompt
 * @model: (nullable): the model's slug
 * @run_id: (nullable): the run ID of the clip's job
 * @cost: cost in USD, negative if unknown
 * @is_new: whether it is played for the first time
 * @drop_first_frame: whether to skip the first frame, because it repeats the
 *   last one shown
 * @tags: (nullable): tags to send downstream
 *
 * Reference counted.  The creator sets all fields before sharing it; after that
 * it is immutable, and any thread may read it.
 */
typedef struct
{
  char *location;
  guint64 index;
  char *prompt;
  char *model;
  char *run_id;
  NanogptMicros cost;
  gboolean is_new;
  gboolean drop_first_frame;
  GstTagList *tags;

  /*< private >*/
  int fd;
} GstNanovidScene;

/**
 * gst_nanovid_scene_new:
 * @location: the name of a complete file
 *
 * Returns: (transfer full): a new scene of unknown cost
 */
GstNanovidScene *gst_nanovid_scene_new (const char *location);

/**
 * gst_nanovid_scene_new_from_fd:
 * @fd: (transfer full): a complete file, open for reading, which needs no name;
 *   closed with the scene
 *
 * Returns: (transfer full): a new scene of unknown cost
 */
GstNanovidScene *gst_nanovid_scene_new_from_fd (int fd);

/**
 * gst_nanovid_scene_create_replay:
 *
 * Returns: (transfer full) (nullable): a scene that plays the same clip again;
 *   %NULL if no more files can be opened
 */
GstNanovidScene *gst_nanovid_scene_create_replay (const GstNanovidScene *scene);

/**
 * gst_nanovid_scene_is_kept:
 *
 * Returns: whether the clip's file exists only as long as its scenes
 */
gboolean gst_nanovid_scene_is_kept (const GstNanovidScene *scene);

GstNanovidScene *gst_nanovid_scene_ref (GstNanovidScene *scene);
void gst_nanovid_scene_unref (GstNanovidScene *scene);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstNanovidScene, gst_nanovid_scene_unref)

G_END_DECLS
