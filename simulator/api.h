/* nanovid: simulator: the endpoints of the API
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "call.h"

/* Call with the service's lock held. */
SimResponse *sim_api_handle (SimCall *call);
