/* nanovid: the properties that all elements have
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

#include "nanogpt/request/request.h"
#include "nanogpt/base/settings.h"

G_BEGIN_DECLS

/**
 * GstNanovidProperties:
 * @parameters: what is asked for
 * @settings: how; not resolved
 * @image_url: (nullable): the picture that the clip begins with
 * @image_location: (nullable): the same as a local file
 * @last_image_url: (nullable): the picture that the clip ends with
 * @last_image_location: (nullable): the same as a local file
 * @reference_images: (nullable): pictures of what appears in the clip, in their
 *   order: URLs or local files
 * @video_url: (nullable): the video that the clip is made from
 * @video_location: (nullable): the same as a local file
 * @audio_url: (nullable): the sound that the clip is made from
 * @audio_location: (nullable): the same as a local file
 *
 * The values of the properties.  Local files are in the encoding of file names.
 * Not locked: the owner guards it.
 */
typedef struct
{
  NanogptParameters *parameters;
  NanogptSettings *settings;
  char *image_url;
  char *image_location;
  char *last_image_url;
  char *last_image_location;
  char **reference_images;
  char *video_url;
  char *video_location;
  char *audio_url;
  char *audio_location;
} GstNanovidProperties;

/**
 * GstNanovidProperty:
 * @GST_NANOVID_PROPERTY_JOB: `job`, which only the element knows
 * @GST_NANOVID_PROPERTY_RUN_ID: `run-id`, which the element knows when it was
 *   not set
 * @GST_NANOVID_PROPERTY_BASE_URL: `base-url`, which shows what is in effect
 * @GST_NANOVID_PROPERTY_FIRST_OWN: no property of all elements has this id or a
 *   higher one
 *
 * The ids of the properties that are more than a value; the others follow.
 */
typedef enum
{
  GST_NANOVID_PROPERTY_JOB = 1,
  GST_NANOVID_PROPERTY_RUN_ID,
  GST_NANOVID_PROPERTY_BASE_URL,
  GST_NANOVID_PROPERTY_FIRST_OWN = 100,
} GstNanovidProperty;

GstNanovidProperties *gst_nanovid_properties_new (void);
GstNanovidProperties *gst_nanovid_properties_copy (
    const GstNanovidProperties *properties);
void gst_nanovid_properties_free (GstNanovidProperties *properties);

/**
 * gst_nanovid_properties_take_request:
 * @other: (transfer full): values whose local files are not looked at
 *
 * Takes all from @other that gst_nanovid_properties_find_request() finds.
 */
void gst_nanovid_properties_take_request (
    GstNanovidProperties *properties, GstNanovidProperties *other);

/**
 * gst_nanovid_properties_install:
 * @mutability: %GST_PARAM_MUTABLE_READY or %GST_PARAM_MUTABLE_PLAYING: in which
 *   states setting the properties has an effect; `run-id` is for the next start in
 *   any case
 * @one_job: whether an element may be about one job, and has what is for that
 *   alone: `run-id` and `output-index`
 *
 * Installs all properties on @klass, with the ids that
 * gst_nanovid_properties_set() and gst_nanovid_properties_get() know.
 */
void gst_nanovid_properties_install (
    GObjectClass *klass, GParamFlags mutability, gboolean one_job);

/**
 * gst_nanovid_properties_set:
 * @id: the id of an installed, writable property
 *
 * An empty string is the same as none.
 */
void gst_nanovid_properties_set (
    GstNanovidProperties *properties, guint id, const GValue *value);

/**
 * gst_nanovid_properties_get:
 * @id: the id of an installed, readable property but for
 *   %GST_NANOVID_PROPERTY_JOB
 */
void gst_nanovid_properties_get (
    const GstNanovidProperties *properties, guint id, GValue *value);

/**
 * gst_nanovid_properties_find_request:
 * @name: the name of any property of an element
 *
 * Returns: the id of the property, if it says what to generate and nothing else:
 *   not where and with whose money, nor by a local file or by fields that are not
 *   looked into, nor what is only one job's; 0 for all others
 */
guint gst_nanovid_properties_find_request (const char *name);

/**
 * gst_nanovid_properties_find_option:
 * @name: the name of any property of an element
 *
 * Returns: the id of the property, if it says what to generate, be it by a local
 *   file; 0 for all others
 */
guint gst_nanovid_properties_find_option (const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (
    GstNanovidProperties, gst_nanovid_properties_free)

G_END_DECLS
