/* nanovid: the options of one prompt become properties of its request
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gst/gstnanovidproperties.h"

G_BEGIN_DECLS

/**
 * gst_nanovid_options_apply:
 * @options: one field for each property to set
 * @klass: the class of the element that has the properties
 * @properties: the properties to change
 * @error: return location for an error
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST for a field that is not a request
 * property, and for a value that is not valid.
 */
gboolean gst_nanovid_options_apply (const GstStructure *options,
    GObjectClass *klass, GstNanovidProperties *properties, GError **error);

G_END_DECLS
