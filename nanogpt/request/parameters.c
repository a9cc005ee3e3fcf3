/* nanovid: NanogptParameters: the fields of a request before they are checked
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "parameters.h"

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
  g_free (parameters->conversation);
  g_free (parameters->extra);
  g_free (parameters);
}
