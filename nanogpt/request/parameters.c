/* nanovid: NanogptParameters: request fields before validation
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "parameters.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "nanogpt/base/error.h"

NanogptParameters *
nanogpt_parameters_new (void)
{
  NanogptParameters *parameters = g_new0 (NanogptParameters, 1);

  parameters->model = g_strdup (NANOGPT_DEFAULT_MODEL);
  parameters->seed = NANOGPT_SEED_UNSET;
  parameters->cfg_scale = NANOGPT_CFG_SCALE_UNSET;
  return parameters;
}

NanogptParameters *
nanogpt_parameters_copy (const NanogptParameters *parameters)
{
  NanogptParameters *copy = g_memdup2 (parameters, sizeof *parameters);

  copy->model = g_strdup (parameters->model);
  copy->prompt = g_strdup (parameters->prompt);
  copy->negative_prompt = g_strdup (parameters->negative_prompt);
  copy->aspect_ratio = g_strdup (parameters->aspect_ratio);
  copy->resolution = g_strdup (parameters->resolution);
  copy->operation = g_strdup (parameters->operation);
  copy->image_identity = g_strdup (parameters->image_identity);
  copy->conversation = g_strdup (parameters->conversation);
  copy->extra = g_strdup (parameters->extra);
  return copy;
}

void
nanogpt_parameters_free (NanogptParameters *parameters)
{
  if (!parameters)
    return;
  g_free (parameters->model);
  g_free (parameters->prompt);
  g_free (parameters->negative_prompt);
  g_free (parameters->aspect_ratio);
  g_free (parameters->resolution);
  g_free (parameters->operation);
  g_free (parameters->image_identity);
  g_free (parameters->conversation);
  g_free (parameters->extra);
  g_free (parameters);
}

/* Values as text */

typedef enum
{
  KIND_STRING,
  KIND_COUNT,
  KIND_INTEGER,
  KIND_DOUBLE,
  KIND_SWITCH,
} Kind;

#define FIELD(member) G_STRUCT_OFFSET (NanogptParameters, member)

static const struct
{
  const char *property;
  Kind kind;
  gsize offset;
} fields[] = {
  { "model", KIND_STRING, FIELD (model) },
  { "prompt", KIND_STRING, FIELD (prompt) },
  { "negative-prompt", KIND_STRING, FIELD (negative_prompt) },
  { "aspect-ratio", KIND_STRING, FIELD (aspect_ratio) },
  { "resolution", KIND_STRING, FIELD (resolution) },
  { "operation", KIND_STRING, FIELD (operation) },
  { "conversation", KIND_STRING, FIELD (conversation) },
  { "parameters", KIND_STRING, FIELD (extra) },
  { "duration", KIND_COUNT, FIELD (duration) },
  { "num-frames", KIND_COUNT, FIELD (num_frames) },
  { "frames-per-second", KIND_COUNT, FIELD (frames_per_second) },
  { "num-inference-steps", KIND_COUNT, FIELD (num_inference_steps) },
  { "seed", KIND_INTEGER, FIELD (seed) },
  { "cfg-scale", KIND_DOUBLE, FIELD (cfg_scale) },
  { "pro-mode", KIND_SWITCH, FIELD (pro_mode) },
  { "camera-fixed", KIND_SWITCH, FIELD (camera_fixed) },
  { "show-explicit-content", KIND_SWITCH, FIELD (show_explicit_content) },
  { "generate-audio", KIND_SWITCH, FIELD (generate_audio) },
};

static gboolean
parse_switch (const char *text, NanogptSwitch *value)
{
  gboolean is_on = g_ascii_strcasecmp (text, "true") == 0;

  *value = is_on ? NANOGPT_SWITCH_ON : NANOGPT_SWITCH_OFF;
  return is_on || g_ascii_strcasecmp (text, "false") == 0;
}

static gboolean
set_value (Kind kind, gpointer member, const char *text)
{
  guint64 count;
  char *end;

  switch (kind) {
    case KIND_STRING:
      g_free (*(char **)member);
      *(char **)member = g_strdup (text);
      return TRUE;
    case KIND_COUNT:
      if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT, &count, NULL))
        return FALSE;
      *(guint *)member = (guint)count;
      return TRUE;
    case KIND_INTEGER:
      return g_ascii_string_to_signed (
          text, 10, G_MININT64, G_MAXINT64, member, NULL);
    case KIND_DOUBLE:
      *(double *)member = g_ascii_strtod (text, &end);
      return end != text && *end == '\0';
    case KIND_SWITCH:
      return parse_switch (text, member);
  }
  g_return_val_if_reached (FALSE);
}

gboolean
nanogpt_parameters_set (NanogptParameters *parameters, const char *property,
    const char *text, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    if (strcmp (fields[i].property, property) != 0)
      continue;
    if (set_value (fields[i].kind,
            G_STRUCT_MEMBER_P (parameters, fields[i].offset), text))
      return TRUE;
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("\"%s\" is not a valid value for %s"), text, property);
    return FALSE;
  }
  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
      _ ("A request has no property %s"), property);
  return FALSE;
}
