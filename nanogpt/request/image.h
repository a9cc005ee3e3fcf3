/* nanovid: an encoded input image: type, size limit, loading
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * NANOGPT_IMAGE_MAX_DATA_URL:
 *
 * Bytes that a data URL may have.  The service documents 4 MB for an upload;
 * base64 makes every three bytes of the file four.
 */
#define NANOGPT_IMAGE_MAX_DATA_URL 4000000

/**
 * NANOGPT_IMAGE_MAX_SIZE:
 *
 * Bytes that an encoded image may have, of whichever type: its data URL then
 * just fits %NANOGPT_IMAGE_MAX_DATA_URL.
 */
#define NANOGPT_IMAGE_MAX_SIZE                                                 \
  ((NANOGPT_IMAGE_MAX_DATA_URL - sizeof "data:image/jpeg;base64," + 1) / 4 * 3)

/**
 * nanogpt_image_get_type:
 *
 * Returns: (nullable): `image/jpeg`, `image/png` or `image/webp` by the bytes,
 *   %NULL for anything else
 */
const char *nanogpt_image_get_type (GBytes *image);

/**
 * nanogpt_image_to_data_url:
 * @subject: what the image is, to begin an error's sentence with
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST when it is no image of a type that
 * the service takes, %NANOGPT_ERROR_UPLOAD_TOO_LARGE.
 *
 * Returns: (transfer full) (nullable): the image as a data URL
 */
char *nanogpt_image_to_data_url (
    GBytes *image, const char *subject, GError **error);

/**
 * nanogpt_image_file_to_data_url:
 * @path: a local file
 *
 * Errors: as nanogpt_image_to_data_url(), and %NANOGPT_ERROR_INVALID_REQUEST
 * when it cannot be read.
 *
 * Returns: (transfer full) (nullable): the image as a data URL
 */
char *nanogpt_image_file_to_data_url (const char *path, GError **error);

G_END_DECLS
