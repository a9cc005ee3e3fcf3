/* nanovid: simulator: the shapes of status responses
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "response.h"
#include "service.h"

SimResponse *sim_status_response (
    SimService *service, SimJob *job, SimStatusShape shape);
