/* nanovid: the media of one request, made to fit into it together
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

#include "nanogpt/request/request.h"

G_BEGIN_DECLS

/**
 * GstNanovidMedia:
 *
 * Collects the media that are sent with one request.  Not thread-safe.  Errors
 * are %NANOGPT_ERROR_INVALID_REQUEST for media that cannot be used,
 * %NANOGPT_ERROR_UPLOAD_TOO_LARGE, and %G_IO_ERROR_CANCELLED.
 */
typedef struct _GstNanovidMedia GstNanovidMedia;

/**
 * gst_nanovid_media_new:
 * @element: (transfer none): the requesting element; posts messages about what
 *   is done to an input
 * @cancellable: (transfer none): ends the work early
 */
GstNanovidMedia *gst_nanovid_media_new (
    GstElement *element, GCancellable *cancellable);
void gst_nanovid_media_free (GstNanovidMedia *media);

/**
 * gst_nanovid_media_add_url:
 * @url: a URL that the service fetches itself
 */
void gst_nanovid_media_add_url (
    GstNanovidMedia *media, NanogptMediaRole role, const char *url);

/**
 * gst_nanovid_media_add_file:
 * @path: a local file, in the encoding of file names
 *
 * May block on the disk.
 */
gboolean gst_nanovid_media_add_file (GstNanovidMedia *media,
    NanogptMediaRole role, const char *path, GError **error);

/**
 * gst_nanovid_media_add_input:
 * @input: an input from a pad: a raw frame, raw audio, or a complete file
 */
gboolean gst_nanovid_media_add_input (GstNanovidMedia *media,
    NanogptMediaRole role, GstSample *input, GError **error);

/**
 * gst_nanovid_media_create_request:
 * @parameters: the parameters of the request; the files that they name are
 *   loaded here
 * @error: return location for an error
 *
 * Audio and video files, and pictures that fit, are sent unchanged.  Raw audio,
 * and then pictures, are made to fit into the remaining space.  Blocks while
 * they are encoded.
 *
 * Returns: (transfer full) (nullable): the request
 */
NanogptRequest *gst_nanovid_media_create_request (
    GstNanovidMedia *media, NanogptParameters *parameters, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstNanovidMedia, gst_nanovid_media_free)

G_END_DECLS
