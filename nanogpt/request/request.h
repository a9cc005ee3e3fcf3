/* nanovid: NanogptRequest: checks, JSON body and digest
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "parameters.h"

G_BEGIN_DECLS

struct _JsonObject;

/**
 * nanogpt_parameters_replace_media:
 *
 * Returns: whether @extra has the medium for @role: no other is then looked at
 */
gboolean nanogpt_parameters_replace_media (
    const NanogptParameters *parameters, NanogptMediaRole role);

/**
 * NanogptRequest:
 *
 * A checked request.  Immutable and reference-counted, so it may be shared
 * between threads.
 */
typedef struct _NanogptRequest NanogptRequest;

/**
 * nanogpt_request_new:
 * @parameters: what is asked for
 * @media: (nullable) (element-type NanogptMedia): what is sent along; of those
 *   with the same role, in their order
 * @error: return location for an error
 *
 * Checks @parameters against what is known of their model and makes the body
 * of the submit.
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST, %NANOGPT_ERROR_IMAGE_REQUIRED,
 * %NANOGPT_ERROR_UPLOAD_TOO_LARGE.
 *
 * Returns: (transfer full) (nullable): the request
 */
NanogptRequest *nanogpt_request_new (
    const NanogptParameters *parameters, GPtrArray *media, GError **error);
NanogptRequest *nanogpt_request_ref (NanogptRequest *request);
void nanogpt_request_unref (NanogptRequest *request);

/**
 * nanogpt_request_get_prompt:
 *
 * Returns: (transfer none) (nullable): the prompt that is sent
 */
const char *nanogpt_request_get_prompt (const NanogptRequest *request);

/**
 * nanogpt_request_get_conversation:
 *
 * Returns: (transfer none) (nullable): the conversation UUID that is sent
 */
const char *nanogpt_request_get_conversation (const NanogptRequest *request);
const char *nanogpt_request_get_model (const NanogptRequest *request);

/**
 * nanogpt_request_get_warnings:
 *
 * Returns: (transfer none) (array zero-terminated=1): sentences for a user on
 *   what is sent although its model may not take it; often none
 */
const char *const *nanogpt_request_get_warnings (const NanogptRequest *request);

/**
 * nanogpt_request_get_body:
 *
 * Returns: (transfer none): the JSON object, UTF-8, no trailing NUL; what
 *   nanogpt_request_get_open_names() tells stands there as the documentation
 *   names it for all models
 */
GBytes *nanogpt_request_get_body (const NanogptRequest *request);

/**
 * nanogpt_request_get_room:
 *
 * All data URLs of a request have %NANOGPT_MEDIA_MAX_DATA_URLS, and its body has
 * %NANOGPT_REQUEST_MAX_SIZE.
 *
 * Returns: bytes that further data URLs could have in it
 */
gsize nanogpt_request_get_room (const NanogptRequest *request);

/**
 * NANOGPT_OPEN_AUDIO_SWITCH:
 *
 * The bit of the property generate-audio in nanogpt_request_get_open_names().
 */
#define NANOGPT_OPEN_AUDIO_SWITCH (1u << NANOGPT_N_MEDIA_ROLES)

/**
 * nanogpt_request_get_open_names:
 *
 * Returns: whose names only the service's listing can tell: a bit for each
 *   #NanogptMediaRole, and %NANOGPT_OPEN_AUDIO_SWITCH
 */
guint nanogpt_request_get_open_names (const NanogptRequest *request);

/**
 * nanogpt_request_get_digest:
 *
 * Two requests have the same digest exactly when the same fields have the
 * same values, in whatever order they were given, the content of media included.
 * It does not depend on the service's listing.
 *
 * An image with an identity counts by that, and not by its content.
 *
 * Returns: SHA-256, 64 lower-case hexadecimal digits
 */
const char *nanogpt_request_get_digest (const NanogptRequest *request);

/**
 * nanogpt_request_get_kind:
 *
 * Requests of one kind cost the same and take about as long: they differ in
 * texts, seed, conversation and the content of images, videos and sounds at
 * most.
 *
 * Returns: the kind, one short line such as
 *   `seedance-lite-video duration=5 resolution=480p image`
 */
const char *nanogpt_request_get_kind (const NanogptRequest *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptRequest, nanogpt_request_unref)

/**
 * nanogpt_request_get_summary:
 *
 * Returns: (transfer none): the summary of the request's body; to be read only,
 *   and not to be referenced
 */
struct _JsonObject *nanogpt_request_get_summary (const NanogptRequest *request);

G_END_DECLS
