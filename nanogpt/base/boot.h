/* nanovid: boot ID, and the time since boot
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Times that cannot be set, so that all processes of a machine can compare
 * them.  May be called from any thread. */

/**
 * nanogpt_boot_get_id:
 *
 * Returns: (nullable): the id of this boot, different after each start of the
 *   machine
 */
const char *nanogpt_boot_get_id (void);

/**
 * nanogpt_boot_get_time:
 *
 * Returns: microseconds since the machine started, including time asleep
 */
gint64 nanogpt_boot_get_time (void);

G_END_DECLS
