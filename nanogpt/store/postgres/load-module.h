/* nanovid: finds and loads the module that is linked with libpq
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "libpq.h"

G_BEGIN_DECLS

/**
 * nanogpt_module_load:
 * @error: return location for a %NANOGPT_ERROR_STATE_UNAVAILABLE
 *
 * Looks for the module where it is installed, and in a build tree where it was
 * built.  May be called from any thread that may block on the disk.  The module
 * is loaded once, and stays loaded.
 *
 * Returns: (transfer none) (nullable): the functions of the module
 */
const NanogptLibpq *nanogpt_module_load (GError **error);

G_END_DECLS
