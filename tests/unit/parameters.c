/* nanovid: request parameters written down as text, for tables
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "parameters.h"

#include <stdlib.h>
#include <string.h>

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
    { "operation", &parameters->operation, NULL, NULL },
    { "conversation", &parameters->conversation, NULL, NULL },
    { "parameters", &parameters->extra, NULL, NULL },
    { "duration", NULL, &parameters->duration, NULL },
    { "num-frames", NULL, &parameters->num_frames, NULL },
    { "frames-per-second", NULL, &parameters->frames_per_second, NULL },
    { "num-inference-steps", NULL, &parameters->num_inference_steps, NULL },
    { "pro-mode", NULL, NULL, &parameters->pro_mode },
    { "camera-fixed", NULL, NULL, &parameters->camera_fixed },
    { "show-explicit-content", NULL, NULL, &parameters->show_explicit_content },
    { "generate-audio", NULL, NULL, &parameters->generate_audio },
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

static NanogptMediaRole
find_role (const char *name)
{
  static const char *const names[] = { "image-url", "last-image-url",
    "reference-images", "video-url", "audio-url" };
  guint i = 0;

  while (i < G_N_ELEMENTS (names) && strcmp (names[i], name) != 0)
    i++;
  return i;
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
    if (find_role (lines[i]) == NANOGPT_N_MEDIA_ROLES)
      parameters_set (parameters, lines[i], equals + 1);
  }
  return parameters;
}

GPtrArray *
media_from_text (const char *text)
{
  GPtrArray *media =
      g_ptr_array_new_with_free_func ((GDestroyNotify)nanogpt_media_unref);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i]; i++) {
    char *equals = strchr (lines[i], '=');
    NanogptMediaRole role;

    *equals = '\0';
    role = find_role (lines[i]);
    if (role != NANOGPT_N_MEDIA_ROLES && equals[1] != '\0')
      g_ptr_array_add (media, nanogpt_media_new_url (role, equals + 1));
  }
  return media;
}

NanogptRequest *
request_from_text (const char *text, GBytes *image, GError **error)
{
  g_autoptr (NanogptParameters) parameters = parameters_from_text (text);
  g_autoptr (GPtrArray) media = media_from_text (text);

  if (image)
    g_ptr_array_add (
        media, nanogpt_media_new_data (NANOGPT_MEDIA_IMAGE, image, NULL, -1));
  return nanogpt_request_new (parameters, media, error);
}
