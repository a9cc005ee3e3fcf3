/* nanovid: puts the media of a request into its body
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "media.h"

struct _JsonObject;

G_BEGIN_DECLS

/**
 * nanogpt_request_media_add:
 * @body: takes the media
 * @extra: the fields that are merged into @body later: what has a medium there
 *   is replaced, and not looked at
 * @media: (nullable) (element-type NanogptMedia): what is sent along
 * @model: the model's slug
 * @sent: (element-type NanogptMedia): takes those of them that are sent
 * @open: (inout): takes a bit for each role whose name only the service's
 *   listing can tell
 * @warnings: (element-type utf8): as in nanogpt_model_check_field()
 *
 * A medium whose name the table of models does not have stands there as the
 * documentation names it.
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST for two media where one is taken, a URL
 * that is not https, and a file of an unknown type.
 */
gboolean nanogpt_request_media_add (struct _JsonObject *body,
    struct _JsonObject *extra, const char *model, GPtrArray *media,
    GPtrArray *sent, guint *open, GPtrArray *warnings, GError **error);

/**
 * nanogpt_request_media_identify:
 * @body: a whole body
 * @identity: put in place of the inline image that the clip begins with, if
 *   there is one
 */
void nanogpt_request_media_identify (
    struct _JsonObject *body, const char *model, const char *identity);

/**
 * nanogpt_request_media_measure:
 *
 * Returns: bytes of all data URLs in @object, wherever they stand
 */
gsize nanogpt_request_media_measure (struct _JsonObject *object);

G_END_DECLS
