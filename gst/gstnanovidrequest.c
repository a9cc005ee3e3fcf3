/* nanovid: builds the request from an element's properties and input
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidrequest.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "gst/input/gstnanovidimage.h"
#include "nanogpt/base/error.h"
#include "nanogpt/request/media.h"

static gboolean
is_text (GstSample *input)
{
  GstCaps *caps = gst_sample_get_caps (input);

  return caps
      && gst_structure_has_name (
          gst_caps_get_structure (caps, 0), "text/x-raw");
}

static char *
read_text (GstSample *input, GError **error)
{
  GstBuffer *buffer = gst_sample_get_buffer (input);
  gsize size = gst_buffer_get_size (buffer);
  g_autofree char *text = g_malloc (size + 1);

  text[gst_buffer_extract (buffer, 0, text, size)] = '\0';
  if (!g_utf8_validate (text, -1, NULL)) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("The text at the sink pad is not UTF-8"));
    return NULL;
  }
  return g_strdup (g_strstrip (text));
}

static GstSample *
load_image (const char *location, GError **error)
{
  g_autofree char *name = g_filename_display_name (location);
  g_autoptr (GError) reason = NULL;
  g_autoptr (GstBuffer) buffer = NULL;
  GStatBuf info;
  char *data;
  gsize size;

  /* A pipe or a device could keep the caller for ever. */
  if (g_stat (location, &info) < 0 || !S_ISREG (info.st_mode)) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("The image \"%s\" does not exist or is not a file"), name);
    return NULL;
  }
  if (info.st_size > GST_NANOVID_IMAGE_MAX_INPUT) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_UPLOAD_TOO_LARGE,
        _ ("The image \"%s\" has %.0f MB, which is too large even to scale "
           "down"),
        name, info.st_size / 1e6);
    return NULL;
  }
  if (!g_file_get_contents (location, &data, &size, &reason)) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("The image cannot be read: %s"), reason->message);
    return NULL;
  }
  buffer = gst_buffer_new_wrapped (data, size);
  return gst_sample_new (buffer, NULL, NULL, NULL);
}

typedef struct
{
  GstElement *element;
  GCancellable *cancellable;
  GHashTable *media; /* of NanogptMedia by path: those that were loaded */
} Fitter;

static GBytes *
read_bytes (GstSample *loaded)
{
  GstBuffer *buffer = gst_sample_get_buffer (loaded);
  gpointer data;
  gsize size;

  gst_buffer_extract_dup (
      buffer, 0, gst_buffer_get_size (buffer), &data, &size);
  return g_bytes_new_take (data, size);
}

static NanogptMedia *
make_media (const Fitter *fitter, GstSample *loaded, GError **error)
{
  static const NanogptMediaRole others[] = { NANOGPT_MEDIA_VIDEO,
    NANOGPT_MEDIA_AUDIO };
  g_autoptr (GBytes) bytes = read_bytes (loaded);
  g_autoptr (GBytes) image = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    if (nanogpt_media_get_type (others[i], bytes))
      return nanogpt_media_new_data (others[i], bytes, NULL, -1);
  }
  image = gst_nanovid_image_fit (fitter->element, loaded,
      NANOGPT_IMAGE_MAX_SIZE, fitter->cancellable, error);
  return image ? nanogpt_media_new_data (NANOGPT_MEDIA_IMAGE, image, NULL, -1)
               : NULL;
}

/* For the files that `parameters` names.  Each is wanted more than once: a
 * request is also made to see what room it leaves. */
static NanogptMedia *
load_media (const char *path, gpointer user_data, GError **error)
{
  const Fitter *fitter = user_data;
  NanogptMedia *media = g_hash_table_lookup (fitter->media, path);
  g_autoptr (GstSample) loaded = NULL;

  if (media)
    return nanogpt_media_ref (media);

  loaded = load_image (path, error);
  if (!loaded)
    return NULL;
  media = make_media (fitter, loaded, error);
  if (media)
    g_hash_table_insert (
        fitter->media, g_strdup (path), nanogpt_media_ref (media));
  return media;
}

static GPtrArray *
list_media (const GstNanovidProperties *properties, GBytes *image)
{
  GPtrArray *media =
      g_ptr_array_new_with_free_func ((GDestroyNotify)nanogpt_media_unref);

  if (properties->image_url)
    g_ptr_array_add (media,
        nanogpt_media_new_url (NANOGPT_MEDIA_IMAGE, properties->image_url));
  if (image)
    g_ptr_array_add (
        media, nanogpt_media_new_data (NANOGPT_MEDIA_IMAGE, image, NULL, -1));
  return media;
}

/* How many bytes an image may have: less than the limit of its own when other
 * parts of the request are large.  Fails for what no image could mend. */
static gboolean
get_room (const NanogptParameters *parameters,
    const GstNanovidProperties *properties, gsize *room, GError **error)
{
  static const char stub[] = "\xff\xd8\xff";
  g_autoptr (GBytes) image = g_bytes_new_static (stub, strlen (stub));
  g_autoptr (GPtrArray) media = list_media (properties, image);
  g_autoptr (NanogptRequest) request =
      nanogpt_request_new (parameters, media, error);
  gsize size;

  if (!request)
    return FALSE;

  size = NANOGPT_REQUEST_MAX_SIZE
      - g_bytes_get_size (nanogpt_request_get_body (request));
  *room = MIN (NANOGPT_IMAGE_MAX_SIZE, size / 4 * 3);
  return TRUE;
}

NanogptRequest *
gst_nanovid_request_new (GstElement *element,
    const GstNanovidProperties *properties, GstSample *input,
    GCancellable *cancellable, GError **error)
{
  g_autoptr (NanogptParameters) parameters =
      nanogpt_parameters_copy (properties->parameters);
  g_autoptr (GHashTable) files = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify)nanogpt_media_unref);
  Fitter fitter = { element, cancellable, files };
  g_autoptr (GstSample) loaded = NULL;
  g_autoptr (GBytes) image = NULL;
  g_autoptr (GPtrArray) media = NULL;
  gsize room;

  parameters->load_media = load_media;
  parameters->load_media_data = &fitter;
  if (input && is_text (input)) {
    g_free (parameters->prompt);
    parameters->prompt = read_text (input, error);
    if (!parameters->prompt)
      return NULL;
    input = NULL;
  }

  if (nanogpt_parameters_replace_media (parameters, NANOGPT_MEDIA_IMAGE))
    return nanogpt_request_new (parameters, NULL, error);

  if (input && properties->image_location) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("There are two input images, one at the sink pad and one in "
           "image-location: the service accepts one"));
    return NULL;
  }
  if (properties->image_location) {
    input = loaded = load_image (properties->image_location, error);
    if (!input)
      return NULL;
  }

  if (input) {
    if (!get_room (parameters, properties, &room, error))
      return NULL;
    image = gst_nanovid_image_fit (element, input, room, cancellable, error);
    if (!image)
      return NULL;
  }
  media = list_media (properties, image);
  return nanogpt_request_new (parameters, media, error);
}
