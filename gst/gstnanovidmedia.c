/* nanovid: the media of one request, made to fit into it together
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidmedia.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "gst/input/gstnanovidimage.h"
#include "gst/input/gstnanovidmeasure.h"
#include "gst/input/gstnanovidsound.h"
#include "nanogpt/base/error.h"

/* Bytes reserved for each picture before raw audio is compressed; enough for
 * good quality. */
#define GOOD_PICTURE 300000

/* Bytes that a JPEG image may need in addition to the size of its raw frame,
 * which matters for tiny ones. */
#define JPEG_OVERHEAD 16384

/* One medium, either ready or an input that has to be converted. */
typedef struct
{
  NanogptMediaRole role;
  NanogptMedia *media;
  GstSample *input;
} Part;

struct _GstNanovidMedia
{
  GstElement *element;
  GCancellable *cancellable;
  GPtrArray *parts;  /* of Part */
  GHashTable *files; /* of NanogptMedia by path: the files in `parameters` */
};

static void
part_free (Part *part)
{
  g_clear_pointer (&part->media, nanogpt_media_unref);
  g_clear_pointer (&part->input, gst_sample_unref);
  g_free (part);
}

GstNanovidMedia *
gst_nanovid_media_new (GstElement *element, GCancellable *cancellable)
{
  GstNanovidMedia *self = g_new0 (GstNanovidMedia, 1);

  self->element = element;
  self->cancellable = cancellable;
  self->parts = g_ptr_array_new_with_free_func ((GDestroyNotify)part_free);
  self->files = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify)nanogpt_media_unref);
  return self;
}

void
gst_nanovid_media_free (GstNanovidMedia *self)
{
  g_ptr_array_unref (self->parts);
  g_hash_table_unref (self->files);
  g_free (self);
}

static Part *
add_part (GstNanovidMedia *self, NanogptMediaRole role)
{
  Part *part = g_new0 (Part, 1);

  part->role = role;
  g_ptr_array_add (self->parts, part);
  return part;
}

static gboolean
is_picture (NanogptMediaRole role)
{
  return role != NANOGPT_MEDIA_VIDEO && role != NANOGPT_MEDIA_AUDIO;
}

/* Files */

static GBytes *
load_media_file (const char *path, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);
  g_autoptr (GError) reason = NULL;
  GStatBuf info;
  char *data;
  gsize size;

  /* A pipe or a device could block the caller forever. */
  if (g_stat (path, &info) < 0 || !S_ISREG (info.st_mode)) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("The file \"%s\" does not exist or is not a file"), name);
    return NULL;
  }
  if (info.st_size > GST_NANOVID_IMAGE_MAX_INPUT) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_UPLOAD_TOO_LARGE,
        _ ("The file \"%s\" is %.0f MB, which is too large to send"), name,
        info.st_size / 1e6);
    return NULL;
  }
  if (!g_file_get_contents (path, &data, &size, &reason)) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("The file \"%s\" cannot be read: %s"), name, reason->message);
    return NULL;
  }
  return g_bytes_new_take (data, size);
}

static GBytes *
read_input (GstSample *input)
{
  GstBuffer *buffer = gst_sample_get_buffer (input);
  gpointer data;
  gsize size;

  gst_buffer_extract_dup (buffer, 0, -1, &data, &size);
  return g_bytes_new_take (data, size);
}

static GstSample *
create_input (GBytes *file)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (file);

  return gst_sample_new (buffer, NULL, NULL, NULL);
}

/* A file that is refused for its type or size need not be measured. */
static NanogptMedia *
create_file_media (GstNanovidMedia *self, NanogptMediaRole role, GBytes *file)
{
  double seconds = -1;

  if (nanogpt_media_get_type (role, file)
      && g_bytes_get_size (file) <= NANOGPT_IMAGE_MAX_SIZE)
    seconds = gst_nanovid_measure_seconds (file, self->cancellable);
  return nanogpt_media_new_data (role, file, NULL, seconds);
}

void
gst_nanovid_media_add_url (
    GstNanovidMedia *self, NanogptMediaRole role, const char *url)
{
  add_part (self, role)->media = nanogpt_media_new_url (role, url);
}

static gboolean
add_bytes (
    GstNanovidMedia *self, NanogptMediaRole role, GBytes *file, GError **error)
{
  Part *part = add_part (self, role);

  if (is_picture (role))
    part->input = create_input (file);
  else
    part->media = create_file_media (self, role, file);
  return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

gboolean
gst_nanovid_media_add_file (GstNanovidMedia *self, NanogptMediaRole role,
    const char *path, GError **error)
{
  g_autoptr (GBytes) file = load_media_file (path, error);

  return file && add_bytes (self, role, file, error);
}

gboolean
gst_nanovid_media_add_input (GstNanovidMedia *self, NanogptMediaRole role,
    GstSample *input, GError **error)
{
  g_autoptr (GBytes) file = NULL;

  if (is_picture (role) || gst_nanovid_sound_is_raw (input)) {
    add_part (self, role)->input = gst_sample_ref (input);
    return TRUE;
  }
  file = read_input (input);
  return add_bytes (self, role, file, error);
}

/* The files named by `parameters`.  Each is used more than once, because a
 * request is also made to find out how much room is left. */

/* A file of unknown type is refused later, where its purpose is known. */
static NanogptMedia *
create_media_by_kind (GstNanovidMedia *self, GBytes *file, GError **error)
{
  static const NanogptMediaRole roles[] = { NANOGPT_MEDIA_VIDEO,
    NANOGPT_MEDIA_AUDIO };
  g_autoptr (GstSample) input = create_input (file);
  g_autoptr (GBytes) image = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (roles); i++) {
    if (nanogpt_media_get_type (roles[i], file))
      return create_file_media (self, roles[i], file);
  }
  if (!nanogpt_media_get_type (NANOGPT_MEDIA_IMAGE, file))
    return nanogpt_media_new_data (NANOGPT_MEDIA_IMAGE, file, NULL, -1);
  image = gst_nanovid_image_fit (
      self->element, input, NANOGPT_IMAGE_MAX_SIZE, self->cancellable, error);
  return image ? nanogpt_media_new_data (NANOGPT_MEDIA_IMAGE, image, NULL, -1)
               : NULL;
}

static NanogptMedia *
load_media (const char *path, gpointer user_data, GError **error)
{
  GstNanovidMedia *self = user_data;
  NanogptMedia *media = g_hash_table_lookup (self->files, path);
  g_autoptr (GBytes) file = NULL;

  if (media)
    return nanogpt_media_ref (media);

  file = load_media_file (path, error);
  if (!file)
    return NULL;
  media = create_media_by_kind (self, file, error);
  if (media)
    g_hash_table_insert (
        self->files, g_strdup (path), nanogpt_media_ref (media));
  return media;
}

/* Fitting */

static GPtrArray *
new_media_array (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)nanogpt_media_unref);
}

static gsize
get_input_size (const Part *part)
{
  return gst_buffer_get_size (gst_sample_get_buffer (part->input));
}

static GPtrArray *
list_media (GstNanovidMedia *self)
{
  GPtrArray *media = new_media_array ();

  for (guint i = 0; i < self->parts->len; i++) {
    const Part *part = self->parts->pdata[i];

    g_ptr_array_add (media,
        part->media
            ? nanogpt_media_ref (part->media)
            : nanogpt_media_new_planned (part->role, get_input_size (part)));
  }
  return media;
}

/* The raw audio inputs, or the pictures, that are not converted yet. */
static GPtrArray *
list_unfinished (GstNanovidMedia *self, gboolean sound)
{
  GPtrArray *parts = g_ptr_array_new ();

  for (guint i = 0; i < self->parts->len; i++) {
    Part *part = self->parts->pdata[i];

    if (!part->media && is_picture (part->role) != sound)
      g_ptr_array_add (parts, part);
  }
  return parts;
}

/* The encoded size of a raw frame is not known yet, but hardly exceeds its raw
 * size. */
static gsize
get_picture_size (const Part *part)
{
  gsize size = get_input_size (part);

  return gst_nanovid_image_is_raw (part->input) ? size + JPEG_OVERHEAD : size;
}

/* Fails if the request would be invalid whatever the inputs are converted to.
 * @room: (out): bytes available for the data URLs of the media that are not
 *   converted yet */
static gboolean
find_room (GstNanovidMedia *self, const NanogptParameters *parameters,
    gsize *room, GError **error)
{
  g_autoptr (GPtrArray) media = list_media (self);
  g_autoptr (NanogptRequest) request =
      nanogpt_request_new (parameters, media, error);

  if (!request)
    return FALSE;
  *room = nanogpt_request_get_room (request);
  return TRUE;
}

/* Bytes available for the file of a raw audio input.  Pictures shrink better
 * than audio, up to a point. */
static gsize
get_sound_room (GstNanovidMedia *self, gsize room)
{
  g_autoptr (GPtrArray) pictures = list_unfinished (self, FALSE);
  gsize left = MIN (room / 4 * 3, NANOGPT_IMAGE_MAX_SIZE);

  for (guint i = 0; i < pictures->len; i++) {
    gsize size = MIN (get_picture_size (pictures->pdata[i]), GOOD_PICTURE);

    left -= MIN (left, size);
  }
  return left;
}

static gboolean
fit_sounds (
    GstNanovidMedia *self, const NanogptParameters *parameters, GError **error)
{
  g_autoptr (GPtrArray) sounds = list_unfinished (self, TRUE);

  for (guint i = 0; i < sounds->len; i++) {
    Part *part = sounds->pdata[i];
    double seconds = -1;
    g_autoptr (GBytes) file = NULL;
    gsize room;

    if (!find_room (self, parameters, &room, error))
      return FALSE;
    file = gst_nanovid_sound_fit (self->element, part->input,
        get_sound_room (self, room), &seconds, self->cancellable, error);
    if (!file)
      return FALSE;
    part->media = nanogpt_media_new_data (part->role, file, NULL, seconds);
  }
  return TRUE;
}

static gboolean
fit_pictures (
    GstNanovidMedia *self, const NanogptParameters *parameters, GError **error)
{
  g_autoptr (GPtrArray) media = list_media (self);
  g_autoptr (GPtrArray) pictures = list_unfinished (self, FALSE);
  guint n = pictures->len;
  g_autofree gsize *sizes = g_new0 (gsize, n);
  g_autofree gsize *limits = g_new0 (gsize, n);
  gsize room;

  for (guint i = 0; i < n; i++)
    sizes[i] = get_picture_size (pictures->pdata[i]);
  if (!find_room (self, parameters, &room, error)
      || (n > 0
          && !nanogpt_media_share_upload (
              media, room, sizes, limits, n, error)))
    return FALSE;

  for (guint i = 0; i < n; i++) {
    Part *part = pictures->pdata[i];
    g_autoptr (GBytes) image = gst_nanovid_image_fit (
        self->element, part->input, limits[i], self->cancellable, error);

    if (!image)
      return FALSE;
    part->media = nanogpt_media_new_data (part->role, image, NULL, -1);
  }
  return TRUE;
}

NanogptRequest *
gst_nanovid_media_create_request (
    GstNanovidMedia *self, NanogptParameters *parameters, GError **error)
{
  g_autoptr (GPtrArray) media = NULL;

  parameters->load_media = load_media;
  parameters->load_media_data = self;
  if (!fit_sounds (self, parameters, error)
      || !fit_pictures (self, parameters, error))
    return NULL;

  media = list_media (self);
  return nanogpt_request_new (parameters, media, error);
}
