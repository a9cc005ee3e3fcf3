/* nanovid: simulator: the model listing
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "response.h"

/* @fixed_price: the price of every job, in millionths of a USD; negative to use
 *   the prices of the models. */
SimResponse *sim_catalog_response (gint64 fixed_price, gboolean detailed);
