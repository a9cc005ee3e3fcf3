/* nanovid: simulator: the format of a clip: size, rate, container and sound
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "clip-format.h"

#include <stdio.h>
#include <string.h>

#define MAX_SIDE 4096
#define MAX_FPS 240
#define MAX_SECONDS 600

void
sim_clip_format_init (SimClipFormat *format, SimContainer container)
{
  *format = (SimClipFormat){
    .container = container,
    .sample_rate = 48000,
    .channels = 2,
  };
}

/* Encoders need even numbers. */
static gboolean
parse_size (SimClipFormat *format, const char *value)
{
  char end;

  return sscanf (value, "%dx%d%c", &format->width, &format->height, &end) == 2
      && format->width >= 16 && format->width <= MAX_SIDE
      && format->width % 2 == 0 && format->height >= 16
      && format->height <= MAX_SIDE && format->height % 2 == 0;
}

static gboolean
parse_rate (SimClipFormat *format, const char *value)
{
  char end;

  if (g_str_equal (value, "variable")) {
    format->variable_rate = TRUE;
    return TRUE;
  }
  format->fps_d = 1;
  if (sscanf (value, "%d/%d%c", &format->fps_n, &format->fps_d, &end) != 2
      && sscanf (value, "%d%c", &format->fps_n, &end) != 1)
    return FALSE;
  return format->fps_d > 0 && format->fps_n >= format->fps_d
      && format->fps_n / format->fps_d <= MAX_FPS;
}

static gboolean
parse_seconds (const char *value, double min, double *seconds)
{
  char *end;

  *seconds = g_ascii_strtod (value, &end);
  return end != value && *end == '\0' && *seconds >= min
      && *seconds <= MAX_SECONDS;
}

static gboolean
parse_container (SimClipFormat *format, const char *value)
{
  if (g_str_equal (value, "webm"))
    format->container = SIM_CONTAINER_WEBM;
  else if (!g_str_equal (value, "mp4"))
    return FALSE;
  else if (format->container == SIM_CONTAINER_WEBM)
    format->container = SIM_CONTAINER_MP4;
  return TRUE;
}

static gboolean
parse_sound (SimClipFormat *format, const char *value)
{
  gboolean mono = g_str_equal (value, "mono");

  if (!mono && !g_str_equal (value, "stereo") && !g_str_equal (value, "none"))
    return FALSE;
  format->channels = mono ? 1 : g_str_equal (value, "none") ? 0 : 2;
  format->sample_rate = mono ? 44100 : 48000;
  return TRUE;
}

static gboolean
parse_word (SimClipFormat *format, const char *key, const char *value)
{
  if (g_str_equal (key, "b-frames"))
    return format->b_frames = !value;
  if (!value)
    return FALSE;
  if (g_str_equal (key, "size"))
    return parse_size (format, value);
  if (g_str_equal (key, "rate"))
    return parse_rate (format, value);
  if (g_str_equal (key, "seconds"))
    return parse_seconds (value, 0.001, &format->seconds);
  if (g_str_equal (key, "container"))
    return parse_container (format, value);
  if (g_str_equal (key, "sound"))
    return parse_sound (format, value);
  if (g_str_equal (key, "sound-excess"))
    return parse_seconds (value, -MAX_SECONDS, &format->sound_excess);
  return FALSE;
}

gboolean
sim_clip_format_parse (SimClipFormat *format, const char *text, GError **error)
{
  g_auto (GStrv) words = g_strsplit (text, ",", -1);

  for (guint i = 0; words[i]; i++) {
    g_auto (GStrv) parts = g_strsplit (g_strstrip (words[i]), "=", 2);

    if (!parts[0] || !parse_word (format, parts[0], parts[1])) {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
          "no clip can be like this: %s", words[i]);
      return FALSE;
    }
  }
  return TRUE;
}
