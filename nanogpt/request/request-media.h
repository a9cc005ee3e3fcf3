/* nanovid: adds media to the body of a request
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "media.h"

struct _JsonObject;

G_BEGIN_DECLS

/**
 * nanogpt_request_media_add:
 * @body: receives the media
 * @extra: the fields that are merged into @body later: a medium that they
 *   replace is not considered
 * @media: (nullable) (element-type NanogptMedia): the media of the request
 * @model: the model's slug
 * @sent: (element-type NanogptMedia): receives those of @media that are sent
 * @open: (inout): receives a bit for each role whose name only the service's
 *   listing has
 * @warnings: (element-type utf8): as in nanogpt_model_check_field()
 *
 * A medium whose name is not in the table of models gets its documented name.
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST for two media where one is accepted, a
 * URL that is not https, and a file of an unknown type.
 */
gboolean nanogpt_request_media_add (struct _JsonObject *body,
    struct _JsonObject *extra, const char *model, GPtrArray *media,
    GPtrArray *sent, guint *open, GPtrArray *warnings, GError **error);

/**
 * nanogpt_request_media_identify:
 * @body: a whole body
 * @identity: replaces the inline image that the clip begins with, if there is
 *   one
 */
void nanogpt_request_media_identify (
    struct _JsonObject *body, const char *model, const char *identity);

/**
 * nanogpt_request_media_measure:
 *
 * Returns: bytes of all data URLs in @object, wherever they are
 */
gsize nanogpt_request_media_measure (struct _JsonObject *object);

G_END_DECLS
