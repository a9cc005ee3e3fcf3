/* nanovid: directories for the data of each service
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "service.h"

#include "nanogpt/base/settings.h"

#define SERVICES "services"

char *
nanogpt_service_get_dir (const char *state_dir, const char *origin)
{
  g_autofree char *name = g_uri_escape_string (origin, NULL, FALSE);

  if (g_str_equal (origin, NANOGPT_DEFAULT_BASE_URL))
    return g_strdup (state_dir);
  return g_build_filename (state_dir, SERVICES, name, NULL);
}

char **
nanogpt_service_list (const char *state_dir)
{
  g_autofree char *path = g_build_filename (state_dir, SERVICES, NULL);
  g_autoptr (GDir) names = g_dir_open (path, 0, NULL);
  g_autoptr (GStrvBuilder) origins = g_strv_builder_new ();
  const char *name;

  g_strv_builder_add (origins, NANOGPT_DEFAULT_BASE_URL);
  while (names && (name = g_dir_read_name (names))) {
    g_autofree char *origin = g_uri_unescape_string (name, NULL);

    if (origin)
      g_strv_builder_add (origins, origin);
  }
  return g_strv_builder_end (origins);
}
