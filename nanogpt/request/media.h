/* nanovid: NanogptMedia: an image, video or sound in a request
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * NANOGPT_MEDIA_MAX_DATA_URLS:
 *
 * The maximum size of all data URLs of a request together, in bytes.  The
 * service documents 4 MB for an upload; base64 turns every three bytes of a
 * file into four.
 */
#define NANOGPT_MEDIA_MAX_DATA_URLS 4000000

/**
 * NANOGPT_IMAGE_MAX_SIZE:
 *
 * The maximum size in bytes of an encoded image of any type that is a request's
 * only medium: its data URL is then just short enough.
 */
#define NANOGPT_IMAGE_MAX_SIZE                                                 \
  ((NANOGPT_MEDIA_MAX_DATA_URLS - sizeof "data:image/jpeg;base64," + 1) / 4 * 3)

/**
 * NanogptMediaRole:
 * @NANOGPT_MEDIA_IMAGE: the picture that the clip begins with
 * @NANOGPT_MEDIA_LAST_IMAGE: the picture that the clip ends with
 * @NANOGPT_MEDIA_REFERENCE_IMAGE: a picture of what should appear; a request
 *   may have several, in order
 * @NANOGPT_MEDIA_VIDEO: the video to edit, extend, upscale or lip-sync
 * @NANOGPT_MEDIA_AUDIO: speech or other sound
 *
 * What a medium is for.
 */
typedef enum
{
  NANOGPT_MEDIA_IMAGE,
  NANOGPT_MEDIA_LAST_IMAGE,
  NANOGPT_MEDIA_REFERENCE_IMAGE,
  NANOGPT_MEDIA_VIDEO,
  NANOGPT_MEDIA_AUDIO,
  NANOGPT_N_MEDIA_ROLES,
} NanogptMediaRole;

/**
 * NanogptMediaProperties:
 * @name: the user's name for a medium
 * @url: the property that takes its URL
 * @location: the property that takes a local file
 */
typedef struct
{
  const char *name;
  const char *url;
  const char *location;
} NanogptMediaProperties;

/**
 * nanogpt_media_get_properties:
 *
 * Returns: (transfer none): the properties for media of @role
 */
const NanogptMediaProperties *nanogpt_media_get_properties (
    NanogptMediaRole role);

/**
 * NanogptMedia:
 *
 * A URL that the service fetches, or a whole file that is sent inline.
 * Immutable and reference-counted, so it may be shared between threads.
 */
typedef struct _NanogptMedia NanogptMedia;

/**
 * nanogpt_media_new_url:
 * @url: a public https URL; checked by nanogpt_request_new()
 *
 * Returns: (transfer full): the medium
 */
NanogptMedia *nanogpt_media_new_url (NanogptMediaRole role, const char *url);

/**
 * nanogpt_media_new_data:
 * @data: a whole file
 * @mime_type: (nullable): its type; %NULL to detect it from the bytes
 * @seconds: its duration, negative if unknown; without meaning for a picture
 *
 * Returns: (transfer full): the medium
 */
NanogptMedia *nanogpt_media_new_data (
    NanogptMediaRole role, GBytes *data, const char *mime_type, double seconds);

/**
 * nanogpt_media_new_planned:
 * @size: size of the source that it will be made from, in bytes
 *
 * Returns: (transfer full): a placeholder for a file that is still to be made,
 *   so that the rest of its request can be checked and measured; it must not be
 *   sent
 */
NanogptMedia *nanogpt_media_new_planned (NanogptMediaRole role, gsize size);
NanogptMedia *nanogpt_media_ref (NanogptMedia *media);
void nanogpt_media_unref (NanogptMedia *media);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptMedia, nanogpt_media_unref)

NanogptMediaRole nanogpt_media_get_role (const NanogptMedia *media);

/**
 * nanogpt_media_get_url:
 *
 * Returns: (transfer none) (nullable): the URL, %NULL for a file
 */
const char *nanogpt_media_get_url (const NanogptMedia *media);

/**
 * nanogpt_media_get_data:
 *
 * Returns: (transfer none) (nullable): the file, %NULL for a URL and for a
 *   planned medium
 */
GBytes *nanogpt_media_get_data (const NanogptMedia *media);

/**
 * nanogpt_media_get_mime_type:
 *
 * Returns: (transfer none) (nullable): the file's type, %NULL for a URL and for
 *   a file that the service does not accept
 */
const char *nanogpt_media_get_mime_type (const NanogptMedia *media);

/**
 * nanogpt_media_get_seconds:
 *
 * Returns: its duration, negative if unknown
 */
double nanogpt_media_get_seconds (const NanogptMedia *media);

/**
 * nanogpt_media_get_type:
 * @data: a file, from its beginning
 *
 * Returns: (nullable): the MIME type according to the bytes, %NULL if the
 *   service does not accept it in this role
 */
const char *nanogpt_media_get_type (NanogptMediaRole role, GBytes *data);

/**
 * nanogpt_media_describe_types:
 *
 * Returns: the types accepted in this role, translated, for use in a sentence
 */
const char *nanogpt_media_describe_types (NanogptMediaRole role);

/**
 * nanogpt_media_dup_value:
 *
 * Returns: (transfer full): the value for a request: the URL, or the file as a
 *   data URL; empty for a planned medium
 */
char *nanogpt_media_dup_value (const NanogptMedia *media);

/**
 * nanogpt_media_share_upload:
 * @media: (nullable) (element-type NanogptMedia): all of a request's media,
 *   with planned ones for the pictures that can be made smaller
 * @room: the space for the data URLs of these pictures together, as
 *   nanogpt_request_get_room() returns it for a request with @media
 * @sizes: (array length=n): file sizes of these pictures, in bytes
 * @limits: (out caller-allocates) (array length=n): maximum file size of each
 *   of them, in bytes
 * @n: number of these pictures
 * @error: return location for an error
 *
 * Divides the space among the pictures: small ones leave the rest of their
 * share to the others.
 *
 * Errors: %NANOGPT_ERROR_UPLOAD_TOO_LARGE if nothing sensible is left; the
 * message has the size of each part, and the property that takes a URL instead.
 */
gboolean nanogpt_media_share_upload (GPtrArray *media, gsize room,
    const gsize *sizes, gsize *limits, guint n, GError **error);

/**
 * nanogpt_media_check_upload:
 * @media: (element-type NanogptMedia): all of a request's media
 * @size: bytes of all data URLs of the request, including those in further
 *   fields
 *
 * Errors: %NANOGPT_ERROR_UPLOAD_TOO_LARGE, as for nanogpt_media_share_upload().
 *
 * Returns: whether the data URLs fit into one request
 */
gboolean nanogpt_media_check_upload (
    GPtrArray *media, gsize size, GError **error);

G_END_DECLS
