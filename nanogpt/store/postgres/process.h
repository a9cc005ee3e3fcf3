/* nanovid: names processes across machines and checks whether they still run
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * nanogpt_process_get_name:
 *
 * Returns: (transfer full): the name of this process: the boot id, the PID
 *   namespace, the PID, and the start time
 */
char *nanogpt_process_get_name (void);

/**
 * NanogptProcessKnown:
 * @NANOGPT_PROCESS_SELF: it is this process
 * @NANOGPT_PROCESS_ALIVE: it is another process of this machine, and exists
 * @NANOGPT_PROCESS_GONE: it was a process of this machine
 * @NANOGPT_PROCESS_UNKNOWN: this process cannot tell
 */
typedef enum
{
  NANOGPT_PROCESS_SELF,
  NANOGPT_PROCESS_ALIVE,
  NANOGPT_PROCESS_GONE,
  NANOGPT_PROCESS_UNKNOWN,
} NanogptProcessKnown;

NanogptProcessKnown nanogpt_process_find (const char *name);

G_END_DECLS
