/* nanovid: request parameters written down as text, for tables
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "parameters.h"

#include <stdlib.h>

static void
parameters_set (
    NanogptParameters *parameters, const char *name, const char *value)
{
  const struct
  {
    const char *name;
    char **string;
    guint *count;
    NanogptSwitch *boolean;
  } fields[] = {
    { "model", &parameters->model, NULL, NULL },
    { "prompt", &parameters->prompt, NULL, NULL },
    { "negative-prompt", &parameters->negative_prompt, NULL, NULL },
    { "aspect-ratio", &parameters->aspect_ratio, NULL, NULL },
    { "resolution", &parameters->resolution, NULL, NULL },
    { "image-url", &parameters->image_url, NULL, NULL },
    { "conversation", &parameters->conversation, NULL, NULL },
    { "parameters", &parameters->extra, NULL, NULL },
    { "duration", NULL, &parameters->duration, NULL },
    { "num-frames", NULL, &parameters->num_frames, NULL },
    { "frames-per-second", NULL, &parameters->frames_per_second, NULL },
    { "num-inference-steps", NULL, &parameters->num_inference_steps, NULL },
    { "pro-mode", NULL, NULL, &parameters->pro_mode },
    { "camera-fixed", NULL, NULL, &parameters->camera_fixed },
    { "show-explicit-content", NULL, NULL, &parameters->show_explicit_content },
  };

  if (g_str_equal (name, "seed"))
    parameters->seed = g_ascii_strtoll (value, NULL, 10);
  else if (g_str_equal (name, "cfg-scale"))
    parameters->cfg_scale = g_ascii_strtod (value, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    if (!g_str_equal (name, fields[i].name))
      continue;
    if (fields[i].string) {
      g_free (*fields[i].string);
      *fields[i].string = g_strdup (value);
    } else if (fields[i].count) {
      *fields[i].count = (guint)strtoul (value, NULL, 10);
    } else {
      *fields[i].boolean =
          g_str_equal (value, "true") ? NANOGPT_SWITCH_ON : NANOGPT_SWITCH_OFF;
    }
    return;
  }
  g_assert_true (g_str_equal (name, "seed") || g_str_equal (name, "cfg-scale"));
}

NanogptParameters *
parameters_from_text (const char *text)
{
  NanogptParameters *parameters = nanogpt_parameters_new ();
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i]; i++) {
    char *equals = strchr (lines[i], '=');

    g_assert_nonnull (equals);
    *equals = '\0';
    parameters_set (parameters, lines[i], equals + 1);
  }
  return parameters;
}
