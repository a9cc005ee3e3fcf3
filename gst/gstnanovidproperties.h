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
 * @parameters: what to request
 * @settings: how to request it; not resolved
 * @image_url: (nullable): the picture that the clip begins with
 * @image_location: (nullable): the same, as a local file
 * @last_image_url: (nullable): the picture that the clip ends with
 * @last_image_location: (nullable): the same, as a local file
 * @reference_images: (nullable): pictures of what appears in the clip, in
 *   order, as URLs or local files
 * @video_url: (nullable): the video that the clip is made from
 * @video_location: (nullable): the same, as a local file
 * @audio_url: (nullable): the audio that the clip is made from
 * @audio_location: (nullable): the same, as a local file
 *
 * The values of the properties.  Local files are in the encoding of file names.
 * Not thread-safe; the owner provides the locking.
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
 * @GST_NANOVID_PROPERTY_JOB: `job`, whose value only the element knows
 * @GST_NANOVID_PROPERTY_RUN_ID: `run-id`, whose value only the element knows
 *   unless it was set
 * @GST_NANOVID_PROPERTY_BASE_URL: `base-url`, which reads as the effective URL
 * @GST_NANOVID_PROPERTY_FIRST_OWN: the first ID that a subclass may use for its
 *   own properties
 *
 * IDs of the properties with special handling; the IDs of the others follow.
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
 * @other: (transfer full): values, whose local files are ignored
 *
 * Moves the values of all properties that gst_nanovid_properties_find_request()
 * accepts from @other.
 */
void gst_nanovid_properties_take_request (
    GstNanovidProperties *properties, GstNanovidProperties *other);

/**
 * gst_nanovid_properties_install:
 * @mutability: %GST_PARAM_MUTABLE_READY or %GST_PARAM_MUTABLE_PLAYING: the
 *   highest state in which setting a property has an effect; `run-id` always
 *   takes effect at the next start
 * @one_job: whether the element can be used for a single job, and so has the
 *   properties that only apply to one: `run-id` and `output-index`
 *
 * Installs all properties on @klass, with the IDs that
 * gst_nanovid_properties_set() and gst_nanovid_properties_get() accept.
 */
void gst_nanovid_properties_install (
    GObjectClass *klass, GParamFlags mutability, gboolean one_job);

/**
 * gst_nanovid_properties_set:
 * @id: the id of an installed, writable property
 *
 * An empty string unsets the property.
 */
void gst_nanovid_properties_set (
    GstNanovidProperties *properties, guint id, const GValue *value);

/**
 * gst_nanovid_properties_get:
 * @id: the ID of an installed, readable property other than
 *   %GST_NANOVID_PROPERTY_JOB
 */
void gst_nanovid_properties_get (
    const GstNanovidProperties *properties, guint id, GValue *value);

/**
 * gst_nanovid_properties_find_request:
 * @name: the name of any property of an element
 *
 * Returns: the ID of the property if it only describes what to generate; 0 for
 *   all others: those that set where to send the request or whose money to
 *   spend, that name local files, that hold fields which are not checked, or
 *   that apply to one job only
 */
guint gst_nanovid_properties_find_request (const char *name);

/**
 * gst_nanovid_properties_find_option:
 * @name: the name of any property of an element
 *
 * Returns: the ID of the property if it describes what to generate, including
 *   by a local file; 0 for all others
 */
guint gst_nanovid_properties_find_option (const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (
    GstNanovidProperties, gst_nanovid_properties_free)

G_END_DECLS
