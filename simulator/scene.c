/* nanovid: simulator: what a clip shows
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scene.h"

#include <gst/gst.h>

void
sim_scene_free (SimScene *scene)
{
  g_free (scene->model);
  g_free (scene->prompt);
  g_free (scene->note);
  g_clear_pointer (&scene->image, sim_input_free);
  g_clear_pointer (&scene->last_image, sim_input_free);
  g_clear_pointer (&scene->video, sim_input_free);
  g_clear_pointer (&scene->audio, sim_input_free);
  g_clear_pointer (&scene->references, g_ptr_array_unref);
  g_free (scene);
}

/* With a variable rate, every fourth frame is where it would be with a constant
 * one, and those in between are early by up to half a frame. */
guint64
sim_scene_get_time (const SimScene *scene, guint frame)
{
  static const guint early[] = { 0, 50, 40, 15 }; /* percent of a frame */
  guint64 hundredths = (guint64)frame * 100;

  if (scene->format.variable_rate)
    hundredths -= early[frame % G_N_ELEMENTS (early)];
  return gst_util_uint64_scale (hundredths,
      (guint64)scene->format.fps_d * GST_SECOND,
      (guint64)scene->format.fps_n * 100);
}
