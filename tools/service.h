/* nanovid: nanovid-jobs: which service is asked, and with which key
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "command.h"
#include "nanogpt/base/settings.h"

G_BEGIN_DECLS

/**
 * service_settings_new:
 * @base_url: (nullable): used if neither the options nor the environment name a
 *   service
 * @error: return location for an error whose message names options, not
 *   properties
 *
 * Returns: (transfer full) (nullable): resolved settings according to the
 *   options
 */
NanogptSettings *service_settings_new (
    const Options *options, const char *base_url, GError **error);

G_END_DECLS
