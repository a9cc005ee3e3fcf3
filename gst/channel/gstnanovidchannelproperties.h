/* nanovid: the properties of nanovidchannel, its own and the common ones
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gst/gstnanovidproperties.h"
#include "gstnanovidfeeder.h"

G_BEGIN_DECLS

/**
 * GstNanovidChannelProperties:
 * @common: the properties that all elements have
 * @feeder: the settings of the feeder
 * @slate_location: (nullable): `slate-location`
 * @replay_location: (nullable): `replay-location`
 * @replay: `replay`
 * @keep: `keep`
 * @video_caps: (nullable): `video-caps`
 * @audio_caps: (nullable): `audio-caps`
 *
 * The values of the properties.  Not thread-safe; the owner provides the
 * locking.
 */
typedef struct
{
  GstNanovidProperties *common;
  GstNanovidFeederSettings feeder;
  char *slate_location;
  char *replay_location;
  gboolean replay;
  guint keep;
  GstCaps *video_caps;
  GstCaps *audio_caps;
} GstNanovidChannelProperties;

/**
 * GstNanovidChannelProperty:
 *
 * The IDs of the properties that the element handles itself.
 */
typedef enum
{
  GST_NANOVID_CHANNEL_PROPERTY_PROMPTS_LOCATION =
      GST_NANOVID_PROPERTY_FIRST_OWN,
  GST_NANOVID_CHANNEL_PROPERTY_STATS,
  GST_NANOVID_CHANNEL_PROPERTY_FIRST_KEPT,
} GstNanovidChannelProperty;

/**
 * gst_nanovid_channel_properties_init:
 *
 * Sets the defaults.
 */
void gst_nanovid_channel_properties_init (
    GstNanovidChannelProperties *properties);
void gst_nanovid_channel_properties_clear (
    GstNanovidChannelProperties *properties);

/**
 * gst_nanovid_channel_properties_have_budget:
 *
 * Returns: whether there is a budget that survives a restart, as required for a
 *   channel, which spends until it is stopped
 */
gboolean gst_nanovid_channel_properties_have_budget (
    const GstNanovidChannelProperties *properties);

/**
 * gst_nanovid_channel_properties_install:
 *
 * Installs all properties of the element.
 */
void gst_nanovid_channel_properties_install (GObjectClass *klass);

/**
 * gst_nanovid_channel_properties_set:
 * @id: the ID of a property that is stored here
 */
void gst_nanovid_channel_properties_set (
    GstNanovidChannelProperties *properties, guint id, const GValue *value);

/**
 * gst_nanovid_channel_properties_get:
 * @id: the ID of a property that is stored here
 */
void gst_nanovid_channel_properties_get (
    const GstNanovidChannelProperties *properties, guint id, GValue *value);

G_END_DECLS
