/* nanovid: the start of the machine, and the time since
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Times that nobody sets, and that can be compared by all processes of one
 * machine.  May be called from any thread. */

/**
 * nanogpt_boot_get_id:
 *
 * Returns: (nullable): what tells one start of the machine from another
 */
const char *nanogpt_boot_get_id (void);

/**
 * nanogpt_boot_get_time:
 *
 * Returns: microseconds since the start of the machine, also while it slept
 */
gint64 nanogpt_boot_get_time (void);

G_END_DECLS
