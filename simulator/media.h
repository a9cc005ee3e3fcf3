/* nanovid: simulator: the store that the clips are downloaded from
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "call.h"

/* Call all functions with the service's lock held. */
char *sim_media_sign (SimService *service, SimJob *job, guint index);
char *sim_media_result_url (SimService *service, SimJob *job, guint index);
SimResponse *sim_media_handle (SimCall *call);
