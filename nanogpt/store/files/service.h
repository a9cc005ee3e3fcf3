/* nanovid: directories for the data of each service
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Durations, costs and spending of one service say nothing about another one,
 * such as a simulator.  Paths without the name of a service belong to
 * https://nano-gpt.com; all data older than this rule is there. */

/**
 * nanogpt_service_get_dir:
 * @origin: the origin of the service, as nanogpt_url_get_origin() returns it
 *
 * Returns: (transfer full): the directory of the service's history and ledger:
 *   @state_dir itself, or `services/ORIGIN` below it
 */
char *nanogpt_service_get_dir (const char *state_dir, const char *origin);

/**
 * nanogpt_service_list:
 *
 * Returns: (transfer full) (array zero-terminated=1): the origins of all
 *   services that may have data in @state_dir
 */
char **nanogpt_service_list (const char *state_dir);

G_END_DECLS
