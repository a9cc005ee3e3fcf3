/* nanovid: simulator: the shapes of status answers
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "answer.h"
#include "service.h"

SimAnswer *sim_status_answer (
    SimService *service, SimJob *job, SimStatusShape shape);
