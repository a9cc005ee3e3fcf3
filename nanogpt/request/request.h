/* nanovid: NanogptRequest: parameters, checks, JSON body and digest
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

struct _JsonObject;

#define NANOGPT_DEFAULT_MODEL "seedance-lite-video"
#define NANOGPT_SEED_UNSET (-1)
#define NANOGPT_CFG_SCALE_UNSET (-1.0)

/**
 * NANOGPT_REQUEST_MAX_SIZE:
 *
 * Bytes that a request's body may have: in front of the service, larger ones
 * are turned away without an answer that says so.
 */
#define NANOGPT_REQUEST_MAX_SIZE 4400000

/**
 * NanogptSwitch:
 *
 * A boolean that is only sent when somebody set it.
 */
typedef enum
{
  NANOGPT_SWITCH_UNSET,
  NANOGPT_SWITCH_OFF,
  NANOGPT_SWITCH_ON,
} NanogptSwitch;

/**
 * NanogptImageLoader:
 * @path: a local file that a request names
 *
 * Returns: (transfer full) (nullable): an encoded image that the service takes,
 *   or %NULL with an error
 */
typedef GBytes *(*NanogptImageLoader) (
    const char *path, gpointer user_data, GError **error);

/**
 * NanogptParameters:
 * @model: the model's slug
 * @prompt: (nullable): what to generate
 * @negative_prompt: (nullable): what to avoid
 * @aspect_ratio: (nullable): such as `16:9`
 * @resolution: (nullable): such as `720p`
 * @image_url: (nullable): public https URL of an input image
 * @conversation: (nullable): UUID sent as `conversationUUID`
 * @extra: (nullable): a JSON object of further fields, merged last, verbatim
 *   and unchecked, as is whatever they replace; `model` is refused, and a string that is a `file://` URI of
 *   an image becomes its data URL
 * @duration: seconds, 0 when unset
 * @num_frames: frames, 0 when unset
 * @frames_per_second: frames per second, 0 when unset
 * @num_inference_steps: steps, 0 when unset
 * @seed: %NANOGPT_SEED_UNSET when unset
 * @cfg_scale: %NANOGPT_CFG_SCALE_UNSET when unset
 * @pro_mode: whether `pro_mode` is sent
 * @camera_fixed: whether `camera_fixed` is sent
 * @load_image: (nullable): reads the files that @extra names by `file://` URIs;
 *   %NULL takes them as they are
 * @load_image_data: passed to @load_image, borrowed
 * @show_explicit_content: whether `showExplicitContent` is sent
 *
 * The fields of a request before they are checked.  A plain value; all strings
 * are owned.
 */
typedef struct
{
  char *model;
  char *prompt;
  char *negative_prompt;
  char *aspect_ratio;
  char *resolution;
  char *image_url;
  char *conversation;
  char *extra;
  guint duration;
  guint num_frames;
  guint frames_per_second;
  guint num_inference_steps;
  gint64 seed;
  double cfg_scale;
  NanogptSwitch pro_mode;
  NanogptSwitch camera_fixed;
  NanogptSwitch show_explicit_content;
  NanogptImageLoader load_image;
  gpointer load_image_data;
} NanogptParameters;

NanogptParameters *nanogpt_parameters_new (void);
NanogptParameters *nanogpt_parameters_copy (
    const NanogptParameters *parameters);
void nanogpt_parameters_free (NanogptParameters *parameters);

/**
 * nanogpt_parameters_replace_image:
 *
 * Returns: whether @extra has the image that the clip begins with: no other
 *   is then looked at
 */
gboolean nanogpt_parameters_replace_image (const NanogptParameters *parameters);

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
 * @image: (nullable): an encoded input image (JPEG, PNG or WebP by its bytes)
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
    const NanogptParameters *parameters, GBytes *image, GError **error);
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
 * Returns: (transfer none): the JSON object to submit, UTF-8, no trailing NUL
 */
GBytes *nanogpt_request_get_body (const NanogptRequest *request);

/**
 * nanogpt_request_get_digest:
 *
 * Two requests have the same digest exactly when the same fields have the
 * same values, in whatever order they were given, image content included.
 *
 * Returns: SHA-256 of the canonical body, 64 lower-case hexadecimal digits
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

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptParameters, nanogpt_parameters_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptRequest, nanogpt_request_unref)

/**
 * nanogpt_request_get_summary:
 *
 * Returns: (transfer none): the summary of the request's body; to be read only,
 *   and not to be referenced
 */
struct _JsonObject *nanogpt_request_get_summary (const NanogptRequest *request);

G_END_DECLS
