/* nanovid: which directory has the data of which service
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What jobs of one service take and cost, and what was spent there, says nothing
 * of another one: of a simulator, say.  The places that have no name in them are
 * those of https://nano-gpt.com; all that is older than this rule lies there. */

/**
 * nanogpt_service_get_dir:
 * @origin: of the service, as nanogpt_url_get_origin() tells it
 *
 * Returns: (transfer full): where history and ledger of the service are: in
 *   @state_dir itself, or in `services/ORIGIN` below it
 */
char *nanogpt_service_get_dir (const char *state_dir, const char *origin);

/**
 * nanogpt_service_list:
 *
 * Returns: (transfer full) (array zero-terminated=1): the origins of all services
 *   of which anything may be in @state_dir
 */
char **nanogpt_service_list (const char *state_dir);

G_END_DECLS
