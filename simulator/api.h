/* nanovid: simulator: the endpoints of the API
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "exchange.h"

/* Called with the service's lock held. */
SimAnswer *sim_api_answer (SimExchange *exchange);
