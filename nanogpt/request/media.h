/* nanovid: NanogptMedia: a picture, video or sound that a request sends along
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * NANOGPT_MEDIA_MAX_DATA_URLS:
 *
 * Bytes that the data URLs of a request may have in all.  The service documents
 * 4 MB for an upload; base64 makes every three bytes of a file four.
 */
#define NANOGPT_MEDIA_MAX_DATA_URLS 4000000

/**
 * NANOGPT_IMAGE_MAX_SIZE:
 *
 * Bytes that an encoded image may have, of whichever type, when it is a
 * request's only medium: its data URL is then just short enough.
 */
#define NANOGPT_IMAGE_MAX_SIZE                                                 \
  ((NANOGPT_MEDIA_MAX_DATA_URLS - sizeof "data:image/jpeg;base64," + 1) / 4 * 3)

/**
 * NanogptMediaRole:
 * @NANOGPT_MEDIA_IMAGE: the picture that the clip begins with
 * @NANOGPT_MEDIA_LAST_IMAGE: the picture that the clip ends with
 * @NANOGPT_MEDIA_REFERENCE_IMAGE: a picture of what shall appear; a request
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
 * @name: what users call a medium
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
 * @mime_type: (nullable): its type; %NULL finds it by the bytes
 * @seconds: how long it plays, negative when that is not known; of a picture
 *   it means nothing
 *
 * Returns: (transfer full): the medium
 */
NanogptMedia *nanogpt_media_new_data (
    NanogptMediaRole role, GBytes *data, const char *mime_type, double seconds);

/**
 * nanogpt_media_new_planned:
 * @size: bytes that what it will be made from has
 *
 * Returns: (transfer full): what stands for a file that is still to be made, so
 *   that all else of its request can be checked and measured; it is not to be
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
 * Returns: (transfer none) (nullable): the URL, %NULL of a file
 */
const char *nanogpt_media_get_url (const NanogptMedia *media);

/**
 * nanogpt_media_get_data:
 *
 * Returns: (transfer none) (nullable): the file, %NULL of a URL and of what is
 *   planned
 */
GBytes *nanogpt_media_get_data (const NanogptMedia *media);

/**
 * nanogpt_media_get_mime_type:
 *
 * Returns: (transfer none) (nullable): the file's type, %NULL of a URL and of a
 *   file that the service does not take
 */
const char *nanogpt_media_get_mime_type (const NanogptMedia *media);

/**
 * nanogpt_media_get_seconds:
 *
 * Returns: how long it plays, negative when that is not known
 */
double nanogpt_media_get_seconds (const NanogptMedia *media);

/**
 * nanogpt_media_get_type:
 * @data: a file, from its beginning
 *
 * Returns: (nullable): the MIME type by the bytes, %NULL when it is none that
 *   the service takes in this role
 */
const char *nanogpt_media_get_type (NanogptMediaRole role, GBytes *data);

/**
 * nanogpt_media_describe_types:
 *
 * Returns: the types that are taken in this role, for a sentence, translated
 */
const char *nanogpt_media_describe_types (NanogptMediaRole role);

/**
 * nanogpt_media_dup_value:
 *
 * Returns: (transfer full): what stands in a request: the URL, or the file as a
 *   data URL; nothing yet for what is planned
 */
char *nanogpt_media_dup_value (const NanogptMedia *media);

/**
 * nanogpt_media_share_upload:
 * @media: (nullable) (element-type NanogptMedia): all of a request's media, with
 *   the pictures that can be made smaller as planned ones
 * @room: bytes that the data URLs of these pictures may have in all, as
 *   nanogpt_request_get_room() has it for a request with @media
 * @sizes: (array length=n): bytes of the files of these pictures
 * @limits: (out caller-allocates) (array length=n): bytes that each of their
 *   files may have
 * @n: how many such pictures there are
 * @error: return location for an error
 *
 * Shares the room among the pictures: those that are small leave their rest to
 * the others.
 *
 * Errors: %NANOGPT_ERROR_UPLOAD_TOO_LARGE when nothing sensible is left; it
 * tells the size of each part, and the property that takes a URL instead.
 */
gboolean nanogpt_media_share_upload (GPtrArray *media, gsize room,
    const gsize *sizes, gsize *limits, guint n, GError **error);

/**
 * nanogpt_media_check_upload:
 * @media: (element-type NanogptMedia): all of a request's media
 * @size: bytes of all data URLs of the request, those that stand in further
 *   fields included
 *
 * Errors: %NANOGPT_ERROR_UPLOAD_TOO_LARGE, as nanogpt_media_share_upload().
 *
 * Returns: whether the data URLs fit into one request
 */
gboolean nanogpt_media_check_upload (
    GPtrArray *media, gsize size, GError **error);

G_END_DECLS
