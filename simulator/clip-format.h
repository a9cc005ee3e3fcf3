/* nanovid: simulator: the format of a clip: size, rate, container and sound
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

typedef enum
{
  SIM_CONTAINER_MP4,
  SIM_CONTAINER_MP4_INDEX_LAST,
  SIM_CONTAINER_WEBM,
} SimContainer;

typedef struct
{
  int width, height;      /* 0: as requested */
  int fps_n, fps_d;       /* 0: as requested */
  double seconds;         /* 0: as requested */
  gboolean variable_rate; /* frames are not evenly spaced */
  gboolean b_frames;
  SimContainer container;
  int sample_rate;
  int channels;        /* 0: no sound */
  double sound_excess; /* seconds that the sound is longer; < 0: shorter */
} SimClipFormat;

void sim_clip_format_init (SimClipFormat *format, SimContainer container);

/* Sets the fields named in @text (KEY[=VALUE],...). Returns: FALSE with @error
 * set (G_OPTION_ERROR) if @text is not valid. */
gboolean sim_clip_format_parse (
    SimClipFormat *format, const char *text, GError **error);
