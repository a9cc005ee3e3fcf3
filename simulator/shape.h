/* nanovid: simulator: the names of the shapes of status responses
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

typedef enum
{
  SIM_STATUS_OWN, /* each endpoint has its own shape */
  SIM_STATUS_LEGACY,
  SIM_STATUS_UNIFIED,
  SIM_STATUS_FLAT,
  SIM_STATUS_SHORT,
  SIM_STATUS_LONGSTORIES,
  SIM_STATUS_LOWERCASE,
  SIM_STATUS_MIXED,
} SimStatusShape;

gboolean sim_status_shape_from_string (const char *name, SimStatusShape *shape);
