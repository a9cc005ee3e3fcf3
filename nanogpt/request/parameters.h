/* nanovid: NanogptParameters: request fields before validation
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "media.h"

G_BEGIN_DECLS

#define NANOGPT_DEFAULT_MODEL "seedance-lite-video"
#define NANOGPT_SEED_UNSET (-1)
#define NANOGPT_CFG_SCALE_UNSET (-1.0)

/**
 * NANOGPT_REQUEST_MAX_SIZE:
 *
 * The maximum size of a request's body, in bytes: larger ones are rejected in
 * front of the service, without a response that says so.
 */
#define NANOGPT_REQUEST_MAX_SIZE 4400000

/**
 * NanogptSwitch:
 *
 * A boolean that is sent only if it was set.
 */
typedef enum
{
  NANOGPT_SWITCH_UNSET,
  NANOGPT_SWITCH_OFF,
  NANOGPT_SWITCH_ON,
} NanogptSwitch;

/**
 * NanogptMediaLoader:
 * @path: a local file that a request names
 *
 * Returns: (transfer full) (nullable): the file in a form that the service
 *   accepts, with what is known about it and in any role of its kind, or %NULL
 *   with an error
 */
typedef NanogptMedia *(*NanogptMediaLoader) (
    const char *path, gpointer user_data, GError **error);

/**
 * NanogptParameters:
 * @model: the model's slug
 * @prompt: (nullable): what to generate
 * @negative_prompt: (nullable): what to avoid
 * @aspect_ratio: (nullable): such as `16:9`
 * @resolution: (nullable): such as `720p`
 * @operation: (nullable): the operation of a model to perform, sent as `mode`
 * @image_identity: (nullable): used in the digest instead of the inline image,
 *   if its bytes are different each time it is made
 * @conversation: (nullable): UUID sent as `conversationUUID`
 * @extra: (nullable): a JSON object of further fields, merged last, verbatim;
 *   neither they nor what they replace is checked; `model` is refused, and a
 *   string that is a `file://` URI becomes the data URL of that file
 * @duration: seconds, 0 when unset
 * @num_frames: frames, 0 when unset
 * @frames_per_second: frames per second, 0 when unset
 * @num_inference_steps: steps, 0 when unset
 * @seed: %NANOGPT_SEED_UNSET when unset
 * @cfg_scale: %NANOGPT_CFG_SCALE_UNSET when unset
 * @pro_mode: whether `pro_mode` is sent
 * @camera_fixed: whether `camera_fixed` is sent
 * @load_media: (nullable): reads the files that @extra names by `file://` URIs;
 *   %NULL to read them as they are
 * @load_media_data: passed to @load_media, borrowed
 * @generate_audio: whether `generateAudio`, or the model's name for it, is sent
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
  char *operation;
  char *image_identity;
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
  NanogptSwitch generate_audio;
  NanogptMediaLoader load_media;
  gpointer load_media_data;
} NanogptParameters;

NanogptParameters *nanogpt_parameters_new (void);
NanogptParameters *nanogpt_parameters_copy (
    const NanogptParameters *parameters);
void nanogpt_parameters_free (NanogptParameters *parameters);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptParameters, nanogpt_parameters_free)

/**
 * nanogpt_parameters_set:
 * @property: the element's name for the field, such as `aspect-ratio`
 * @text: its value, as in a pipeline description; a switch is `true` or `false`
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST for an unknown property, and for a
 * value of the wrong type.
 */
gboolean nanogpt_parameters_set (NanogptParameters *parameters,
    const char *property, const char *text, GError **error);

G_END_DECLS
