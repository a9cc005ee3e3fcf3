/* nanovid: simulator: sends a response, at the requested rate
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "faults.h"

#include <libsoup/soup.h>

void sim_sender_send (SoupServerMessage *message, SimResponse *response,
    const SimFault *fault, guint64 bandwidth);
void sim_sender_hang_up (SoupServerMessage *message);
