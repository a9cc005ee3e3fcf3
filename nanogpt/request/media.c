/* nanovid: NanogptMedia: an image, video or sound in a request
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "media.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "nanogpt/base/error.h"

#define PICTURE_MIN 4096 /* file size in bytes; a smaller one shows nothing */

struct _NanogptMedia
{
  gatomicrefcount ref_count;
  NanogptMediaRole role;
  char *url;
  GBytes *data;
  char *mime_type;
  double seconds;
  gsize planned; /* bytes of the source that a file is still to be made from */
};

static NanogptMedia *
media_new (NanogptMediaRole role)
{
  NanogptMedia *media = g_new0 (NanogptMedia, 1);

  g_atomic_ref_count_init (&media->ref_count);
  media->role = role;
  media->seconds = -1;
  return media;
}

NanogptMedia *
nanogpt_media_new_url (NanogptMediaRole role, const char *url)
{
  NanogptMedia *media = media_new (role);

  media->url = g_strdup (url);
  return media;
}

NanogptMedia *
nanogpt_media_new_data (
    NanogptMediaRole role, GBytes *data, const char *mime_type, double seconds)
{
  NanogptMedia *media = media_new (role);

  media->data = g_bytes_ref (data);
  media->mime_type =
      g_strdup (mime_type ? mime_type : nanogpt_media_get_type (role, data));
  media->seconds = seconds;
  return media;
}

NanogptMedia *
nanogpt_media_new_planned (NanogptMediaRole role, gsize size)
{
  NanogptMedia *media = media_new (role);

  media->mime_type = g_strdup ("application/octet-stream");
  media->planned = MAX (size, 1);
  return media;
}

NanogptMedia *
nanogpt_media_ref (NanogptMedia *media)
{
  g_atomic_ref_count_inc (&media->ref_count);
  return media;
}

void
nanogpt_media_unref (NanogptMedia *media)
{
  if (!g_atomic_ref_count_dec (&media->ref_count))
    return;
  g_free (media->url);
  g_clear_pointer (&media->data, g_bytes_unref);
  g_free (media->mime_type);
  g_free (media);
}

NanogptMediaRole
nanogpt_media_get_role (const NanogptMedia *media)
{
  return media->role;
}

const char *
nanogpt_media_get_url (const NanogptMedia *media)
{
  return media->url;
}

GBytes *
nanogpt_media_get_data (const NanogptMedia *media)
{
  return media->data;
}

const char *
nanogpt_media_get_mime_type (const NanogptMedia *media)
{
  return media->mime_type;
}

double
nanogpt_media_get_seconds (const NanogptMedia *media)
{
  return media->seconds;
}

const NanogptMediaProperties *
nanogpt_media_get_properties (NanogptMediaRole role)
{
  static const NanogptMediaProperties properties[NANOGPT_N_MEDIA_ROLES] = {
    [NANOGPT_MEDIA_IMAGE] = { "image", "image-url", "image-location" },
    [NANOGPT_MEDIA_LAST_IMAGE] = { "last-image", "last-image-url",
        "last-image-location" },
    [NANOGPT_MEDIA_REFERENCE_IMAGE] = { "reference-images", "reference-images",
        "reference-images" },
    [NANOGPT_MEDIA_VIDEO] = { "video", "video-url", "video-location" },
    [NANOGPT_MEDIA_AUDIO] = { "audio", "audio-url", "audio-location" },
  };

  return &properties[role];
}

/* Types */

static gboolean
has_bytes (const char *data, gsize size, gsize offset, const char *bytes)
{
  gsize length = strlen (bytes);

  return size >= offset + length && memcmp (data + offset, bytes, length) == 0;
}

/* The document type is one of the header's few fields. */
static gboolean
is_ebml (const char *data, gsize size, const char *doctype)
{
  gsize length = strlen (doctype);

  if (!has_bytes (data, size, 0, "\x1a\x45\xdf\xa3"))
    return FALSE;
  for (gsize i = 4; i + length <= MIN (size, 64); i++) {
    if (memcmp (data + i, doctype, length) == 0)
      return TRUE;
  }
  return FALSE;
}

static const char *
get_image_type (const char *data, gsize size)
{
  if (has_bytes (data, size, 0, "\xff\xd8\xff"))
    return "image/jpeg";
  if (has_bytes (data, size, 0, "\x89PNG\r\n\x1a\n"))
    return "image/png";
  if (has_bytes (data, size, 0, "RIFF") && has_bytes (data, size, 8, "WEBP"))
    return "image/webp";
  return NULL;
}

static const char *
get_video_type (const char *data, gsize size)
{
  static const char *const quicktime_atoms[] = { "moov", "mdat", "wide" };

  if (has_bytes (data, size, 4, "ftypqt  "))
    return "video/quicktime";
  if (has_bytes (data, size, 4, "ftyp"))
    return "video/mp4";
  for (guint i = 0; i < G_N_ELEMENTS (quicktime_atoms); i++) {
    if (has_bytes (data, size, 4, quicktime_atoms[i]))
      return "video/quicktime";
  }
  if (is_ebml (data, size, "webm"))
    return "video/webm";
  if (is_ebml (data, size, "matroska"))
    return "video/x-matroska";
  return NULL;
}

/* The layer of an MPEG frame distinguishes MP3 from AAC, whose layer is 0. */
static gboolean
is_mp3 (const char *data, gsize size)
{
  return has_bytes (data, size, 0, "ID3")
      || (size >= 2 && (guchar)data[0] == 0xff
          && ((guchar)data[1] & 0xe6) == 0xe2);
}

static const char *
get_audio_type (const char *data, gsize size)
{
  if (has_bytes (data, size, 0, "RIFF") && has_bytes (data, size, 8, "WAVE"))
    return "audio/wav";
  if (has_bytes (data, size, 0, "OggS"))
    return "audio/ogg";
  if (has_bytes (data, size, 4, "ftyp"))
    return "audio/mp4";
  return is_mp3 (data, size) ? "audio/mpeg" : NULL;
}

const char *
nanogpt_media_get_type (NanogptMediaRole role, GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  switch (role) {
    case NANOGPT_MEDIA_VIDEO:
      return get_video_type (data, size);
    case NANOGPT_MEDIA_AUDIO:
      return get_audio_type (data, size);
    default:
      return get_image_type (data, size);
  }
}

const char *
nanogpt_media_describe_types (NanogptMediaRole role)
{
  switch (role) {
    case NANOGPT_MEDIA_VIDEO:
      return _ ("an MP4, QuickTime, WebM or Matroska video");
    case NANOGPT_MEDIA_AUDIO:
      return _ ("a WAV, MP3, Ogg or M4A sound");
    default:
      return _ ("a JPEG, PNG or WebP image");
  }
}

char *
nanogpt_media_dup_value (const NanogptMedia *media)
{
  g_autofree char *base64 = NULL;

  if (!media->data)
    return g_strdup (media->url ? media->url : "");
  base64 = g_base64_encode (
      g_bytes_get_data (media->data, NULL), g_bytes_get_size (media->data));
  return g_strdup_printf ("data:%s;base64,%s", media->mime_type, base64);
}

/* Sizes */

/* Bytes of the data URL of a file with @size bytes. */
static gsize
measure_data_url (const char *mime_type, gsize size)
{
  return strlen ("data:;base64,") + strlen (mime_type) + size / 3 * 4
      + (size % 3 > 0 ? 4 : 0);
}

static gsize
measure_medium (const NanogptMedia *media)
{
  if (!media->data)
    return 0;
  return measure_data_url (
      media->mime_type ? media->mime_type : "", g_bytes_get_size (media->data));
}

static gsize
measure_all (GPtrArray *media)
{
  gsize sum = 0;

  for (guint i = 0; media && i < media->len; i++)
    sum += measure_medium (media->pdata[i]);
  return sum;
}

static void
append_part (GString *text, const char *separator, const char *part)
{
  if (text->len > 0)
    g_string_append (text, separator);
  g_string_append (text, part);
}

/* Such as "video 3100000, reference-images 900000", and the properties that
 * take a URL instead. */
static void
describe_parts (GPtrArray *media, GString *parts, GString *ways)
{
  for (guint i = 0; media && i < media->len; i++) {
    const NanogptMedia *medium = media->pdata[i];
    const NanogptMediaProperties *names =
        nanogpt_media_get_properties (medium->role);
    g_autofree char *part = NULL;

    if (medium->url)
      continue;
    part = g_strdup_printf ("%s %" G_GSIZE_FORMAT, names->name,
        medium->data ? g_bytes_get_size (medium->data) : medium->planned);
    append_part (parts, ", ", part);
    if (!strstr (ways->str, names->url))
      append_part (ways, ", ", names->url);
  }
}

/* @size: bytes of all data URLs, or of what takes up their space */
static void
set_too_large (GError **error, GPtrArray *media, gsize size)
{
  gsize known = measure_all (media);
  g_autoptr (GString) parts = g_string_new (NULL);
  g_autoptr (GString) ways = g_string_new (NULL);

  describe_parts (media, parts, ways);
  if (size > known) {
    g_autofree char *others =
        g_strdup_printf (_ ("other fields %zu"), size - known);

    append_part (parts, ", ", others);
  }
  if (ways->len == 0)
    g_string_append (
        ways, nanogpt_media_get_properties (NANOGPT_MEDIA_IMAGE)->url);
  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_UPLOAD_TOO_LARGE,
      _ ("The media do not fit into one request, which has room for %zu bytes "
         "of files (%s): use smaller ones, or put them on a server and set %s"),
      (gsize)NANOGPT_IMAGE_MAX_SIZE, parts->str, ways->str);
}

gboolean
nanogpt_media_check_upload (GPtrArray *media, gsize size, GError **error)
{
  if (size <= NANOGPT_MEDIA_MAX_DATA_URLS)
    return TRUE;
  set_too_large (error, media, size);
  return FALSE;
}

/* Bytes for the file of a picture whose data URL has @room bytes. */
static gsize
get_file_room (gsize room)
{
  gsize head = measure_data_url ("image/jpeg", 0);

  return room > head ? (room - head) / 4 * 3 : 0;
}

/* Gives the pictures that need no more than an equal share their own size,
 * until all others need more. */
static gsize
share (gsize left, const gsize *sizes, gsize *limits, guint n)
{
  guint waiting = n;
  guint before;

  memset (limits, 0, n * sizeof *limits);
  do {
    gsize room = waiting > 0 ? get_file_room (left / waiting) : 0;

    before = waiting;
    for (guint i = 0; i < n; i++) {
      if (limits[i] > 0 || sizes[i] > room)
        continue;
      limits[i] = MAX (sizes[i], 1);
      left -= measure_data_url ("image/jpeg", sizes[i]);
      waiting--;
    }
  } while (waiting > 0 && waiting < before);
  return waiting > 0 ? get_file_room (left / waiting) : G_MAXSIZE;
}

gboolean
nanogpt_media_share_upload (GPtrArray *media, gsize room, const gsize *sizes,
    gsize *limits, guint n, GError **error)
{
  gsize equal = share (room, sizes, limits, n);

  if (equal < PICTURE_MIN) {
    set_too_large (error, media, NANOGPT_MEDIA_MAX_DATA_URLS - room);
    return FALSE;
  }
  for (guint i = 0; i < n; i++) {
    if (limits[i] == 0)
      limits[i] = equal;
  }
  return TRUE;
}
