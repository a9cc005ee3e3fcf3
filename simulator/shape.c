/* nanovid: simulator: the names of the shapes of status responses
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "shape.h"

static const char *const shape_names[] = { "own", "legacy", "unified", "flat",
  "short", "longstories", "lowercase", "mixed" };

gboolean
sim_status_shape_from_string (const char *name, SimStatusShape *shape)
{
  for (guint i = 0; i < G_N_ELEMENTS (shape_names); i++) {
    if (g_str_equal (name, shape_names[i])) {
      *shape = i;
      return TRUE;
    }
  }
  return FALSE;
}
