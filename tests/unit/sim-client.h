/* nanovid: a plain client of the simulator, for its tests
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "simulator.h"

#include <gst/gst.h>
#include <json-glib/json-glib.h>

/* A running simulator and a client for it. */
typedef struct _SimClient SimClient;

SimClient *sim_client_new (const NanogptSimulatorOptions *options);
NanogptSimulator *sim_client_get_simulator (SimClient *client);
void sim_client_free (SimClient *client);

/* Posts @body.
 * Returns: (nullable) (transfer full): the response as JSON, or NULL if it is not JSON */
JsonObject *sim_client_submit (
    SimClient *client, const char *body, guint *status);

/* Gets @url, which may be relative. */
GBytes *sim_client_get (SimClient *client, const char *url, guint *status);

/* Submits @body and waits for the end.
 * Returns: (transfer full): `data`. */
JsonObject *sim_client_generate (SimClient *client, const char *body);

/* Looks up a member of @object by its path: "output.video.url". */
const char *sim_client_look_up (JsonObject *object, const char *path);

/* A whole clip, decoded. */
typedef struct
{
  GPtrArray *frames; /* of GstSample, RGBx */
  GArray *samples;   /* float, the first channel */
  GstClockTime sound_start;
  int sample_rate, channels; /* 0 without sound */
} SimDecoded;

SimDecoded *sim_decoded_new (GBytes *clip);
void sim_decoded_free (SimDecoded *decoded);

GstClockTime sim_decoded_get_time (SimDecoded *decoded, guint frame);
/* The color at a position, with coordinates from 0 to 1, as 0xRRGGBB. */
guint32 sim_decoded_get_color (
    SimDecoded *decoded, guint frame, double x, double y);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimClient, sim_client_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimDecoded, sim_decoded_free)
