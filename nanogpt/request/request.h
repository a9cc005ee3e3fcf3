/* nanovid: NanogptRequest: validation, JSON body and digest
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "parameters.h"

G_BEGIN_DECLS

struct _JsonObject;

/**
 * nanogpt_parameters_replace_media:
 *
 * Returns: whether `extra` has the medium for @role, so that no other is
 *   considered
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
 * @parameters: the parameters of the request
 * @media: (nullable) (element-type NanogptMedia): the media of the request;
 *   those with the same role in order
 * @error: return location for an error
 *
 * Checks @parameters against what is known of their model and creates the body
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
 * Returns: (transfer none) (array zero-terminated=1): sentences for a user
 *   about values that are sent although the model may not accept them; often
 *   none
 */
const char *const *nanogpt_request_get_warnings (const NanogptRequest *request);

/**
 * nanogpt_request_get_body:
 *
 * Returns: (transfer none): the JSON object in UTF-8, without a trailing NUL;
 *   the fields in nanogpt_request_get_open_names() have the names documented
 *   for all models
 */
GBytes *nanogpt_request_get_body (const NanogptRequest *request);

/**
 * nanogpt_request_get_room:
 *
 * All data URLs of a request share %NANOGPT_MEDIA_MAX_DATA_URLS, and its body
 * may have %NANOGPT_REQUEST_MAX_SIZE.
 *
 * Returns: bytes left for further data URLs
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
 * Returns: the fields whose names only the service's listing has: a bit for
 *   each #NanogptMediaRole, and %NANOGPT_OPEN_AUDIO_SWITCH
 */
guint nanogpt_request_get_open_names (const NanogptRequest *request);

/**
 * nanogpt_request_get_digest:
 *
 * Two requests have the same digest if and only if the same fields have the
 * same values, in any order, including the content of media.  It does not
 * depend on the service's listing.
 *
 * An image with an identity is represented by that, and not by its content.
 *
 * Returns: SHA-256, 64 lower-case hexadecimal digits
 */
const char *nanogpt_request_get_digest (const NanogptRequest *request);

/**
 * nanogpt_request_get_kind:
 *
 * Requests of one kind cost the same and take about as long: they differ at
 * most in texts, seed, conversation and the content of images, videos and
 * sounds.
 *
 * Returns: the kind, one short line such as
 *   `seedance-lite-video duration=5 resolution=480p image`
 */
const char *nanogpt_request_get_kind (const NanogptRequest *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptRequest, nanogpt_request_unref)

/**
 * nanogpt_request_get_summary:
 *
 * Returns: (transfer none): the summary of the request's body; read-only, must
 *   not be referenced
 */
struct _JsonObject *nanogpt_request_get_summary (const NanogptRequest *request);

G_END_DECLS
