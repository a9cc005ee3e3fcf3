/* nanovid: simulator: puts an answer on the wire, at the pace asked for
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "faults.h"

#include <libsoup/soup.h>

void sim_reply (SoupServerMessage *message, SimAnswer *answer,
    const SimFault *fault, guint64 bandwidth);
void sim_reply_hang_up (SoupServerMessage *message);
