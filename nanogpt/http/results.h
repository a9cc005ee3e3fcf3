/* nanovid: finds the result URLs in a response of the service
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * nanogpt_results_find:
 * @data: (nullable): the member `data` of the response
 * @root: the whole response
 *
 * The same results may be in several places and under several names.  The place
 * with the most results counts, and of those with equally many, the one that
 * the service documents first.  Pictures and sounds next to a video are not
 * results.
 *
 * Returns: (transfer full): the URLs of the results, in the order of the
 *   response, each once; absolute or relative, not checked, and none of them
 *   empty
 */
GStrv nanogpt_results_find (JsonObject *data, JsonObject *root);

G_END_DECLS
