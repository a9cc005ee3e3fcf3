/* nanovid: simulator: how long the clip of a request is, and what it costs
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rules.h"

/* The charge, in millionths of a USD. */
gint64 sim_request_price (SimRequest *request);

/* Length of the clip in seconds. */
double sim_request_get_seconds (SimRequest *request);

/* Whether the clip has sound. */
gboolean sim_request_has_sound (SimRequest *request);
