/* nanovid: simulator: the endpoints of requests
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "endpoint.h"

static const char *const endpoint_names[] = { "submit", "status",
  "unified-status", "recover", "balance", "models", "content", "media", "any" };

G_STATIC_ASSERT (
    G_N_ELEMENTS (endpoint_names) == NANOGPT_SIMULATOR_N_ENDPOINTS);

static const struct
{
  const char *path;
  NanogptSimulatorEndpoint endpoint;
} api_paths[] = {
  { "/api/generate-video", NANOGPT_SIMULATOR_SUBMIT },
  { "/api/generate-video/status", NANOGPT_SIMULATOR_STATUS },
  { "/api/video/status", NANOGPT_SIMULATOR_UNIFIED_STATUS },
  { "/api/generate-video/recover", NANOGPT_SIMULATOR_RECOVER },
  { "/api/generate-video/content", NANOGPT_SIMULATOR_CONTENT },
  { "/api/check-balance", NANOGPT_SIMULATOR_BALANCE },
  { "/api/v1/video-models", NANOGPT_SIMULATOR_MODELS },
};

gboolean
sim_endpoint_from_name (const char *name, NanogptSimulatorEndpoint *endpoint)
{
  for (guint i = 0; i < G_N_ELEMENTS (endpoint_names); i++) {
    if (g_str_equal (name, endpoint_names[i])) {
      *endpoint = i;
      return TRUE;
    }
  }
  return FALSE;
}

NanogptSimulatorEndpoint
sim_endpoint_from_path (const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (api_paths); i++) {
    if (g_str_equal (api_paths[i].path, path))
      return api_paths[i].endpoint;
  }
  return NANOGPT_SIMULATOR_ANY;
}
