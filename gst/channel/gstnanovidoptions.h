/* nanovid: the options of one prompt become properties of its request
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gst/gstnanovidproperties.h"

G_BEGIN_DECLS

/**
 * gst_nanovid_options_apply:
 * @options: a field for each property
 * @klass: the element's class, which has the properties
 * @properties: what is changed
 * @error: return location for an error
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST for what is no property of a request,
 * and for a value that it cannot have.
 */
gboolean gst_nanovid_options_apply (const GstStructure *options,
    GObjectClass *klass, GstNanovidProperties *properties, GError **error);

G_END_DECLS
