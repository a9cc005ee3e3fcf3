/* nanovid: creates the store that the settings select
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/base/settings.h"
#include "nanogpt/store/store.h"

G_BEGIN_DECLS

/**
 * nanogpt_store_new_for_settings:
 * @settings: with a `state_dir`
 *
 * The only place that knows which drivers there are.  Does not block: nothing
 * is opened before the first call to the store.
 *
 * Returns: (transfer full): the store of what outlives the process
 */
NanogptStore *nanogpt_store_new_for_settings (const NanogptSettings *settings);

G_END_DECLS
