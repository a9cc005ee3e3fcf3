/* nanovid: builds the request from an element's properties and inputs
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidrequest.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gst/input/gstnanovidinput.h"
#include "gst/input/gstnanovidmarkup.h"
#include "gstnanovidmedia.h"
#include "nanogpt/base/error.h"

/* The possible sources of the medium in one role. */
typedef struct
{
  NanogptMediaRole role;
  const char *several;
  const char *url_name;
  gsize url;
  const char *location_name;
  gsize location;
  const char *pad_name;
} Origins;

#define ORIGINS(name) G_STRUCT_OFFSET (GstNanovidProperties, name)

static const Origins single_origins[] = {
  { NANOGPT_MEDIA_IMAGE, N_ ("input images"), "image-url", ORIGINS (image_url),
      "image-location", ORIGINS (image_location), "sink" },
  { NANOGPT_MEDIA_LAST_IMAGE, N_ ("last images"), "last-image-url",
      ORIGINS (last_image_url), "last-image-location",
      ORIGINS (last_image_location), "last_image" },
  { NANOGPT_MEDIA_VIDEO, N_ ("source videos"), "video-url", ORIGINS (video_url),
      "video-location", ORIGINS (video_location), "video" },
  { NANOGPT_MEDIA_AUDIO, N_ ("input sounds"), "audio-url", ORIGINS (audio_url),
      "audio-location", ORIGINS (audio_location), "audio" },
};

static gboolean
set_two_inputs (
    GError **error, const char *several, const char *first, const char *second)
{
  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
      _ ("There are two %s, %s and %s: the service accepts only one"), several,
      first, second);
  return FALSE;
}

gboolean
gst_nanovid_request_is_text (GstSample *input)
{
  GstCaps *caps = gst_sample_get_caps (input);

  return caps
      && gst_structure_has_name (
          gst_caps_get_structure (caps, 0), "text/x-raw");
}

static gboolean
has_markup (GstSample *input)
{
  const GstStructure *structure =
      gst_caps_get_structure (gst_sample_get_caps (input), 0);

  return g_strcmp0 (
             gst_structure_get_string (structure, "format"), "pango-markup")
      == 0;
}

char *
gst_nanovid_request_read_text (GstSample *input, GError **error)
{
  g_autofree char *plain = NULL;
  GstBuffer *buffer = gst_sample_get_buffer (input);
  gsize size = gst_buffer_get_size (buffer);
  g_autofree char *text = g_malloc (size + 1);

  text[gst_buffer_extract (buffer, 0, text, size)] = '\0';
  /* Some elements count a NUL at the end. */
  while (size > 0 && text[size - 1] == '\0')
    size--;
  if (!g_utf8_validate (text, size, NULL)) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("The text at the sink pad is not UTF-8"));
    return NULL;
  }
  plain =
      has_markup (input) ? gst_nanovid_markup_to_text (text) : g_strdup (text);
  return g_strdup (g_strstrip (plain));
}

/* Returns: (nullable): the next input for @role that is not text, starting at
 *   @index, which is moved behind it */
static GstSample *
find_input (GPtrArray *inputs, NanogptMediaRole role, guint *index)
{
  while (inputs && *index < inputs->len) {
    GstSample *input = inputs->pdata[(*index)++];

    if (!gst_nanovid_request_is_text (input)
        && gst_nanovid_input_get_role (input) == role)
      return input;
  }
  return NULL;
}

static gboolean
use_texts (NanogptParameters *parameters, GPtrArray *inputs, GError **error)
{
  for (guint i = 0; inputs && i < inputs->len; i++) {
    if (!gst_nanovid_request_is_text (inputs->pdata[i]))
      continue;
    g_free (parameters->prompt);
    parameters->prompt =
        gst_nanovid_request_read_text (inputs->pdata[i], error);
    if (!parameters->prompt)
      return FALSE;
  }
  return TRUE;
}

static gboolean
add_single (GstNanovidMedia *media, const Origins *origins,
    const GstNanovidProperties *properties, GPtrArray *inputs, GError **error)
{
  const char *url = G_STRUCT_MEMBER (char *, properties, origins->url);
  const char *location =
      G_STRUCT_MEMBER (char *, properties, origins->location);
  guint index = 0;
  GstSample *input = find_input (inputs, origins->role, &index);
  g_autofree char *pad = g_strdup_printf (_ ("the pad %s"), origins->pad_name);

  if (url && location)
    return set_two_inputs (
        error, _ (origins->several), origins->url_name, origins->location_name);
  if (input && (url || location))
    return set_two_inputs (error, _ (origins->several), pad,
        url ? origins->url_name : origins->location_name);

  if (url)
    gst_nanovid_media_add_url (media, origins->role, url);
  if (location)
    return gst_nanovid_media_add_file (media, origins->role, location, error);
  return !input
      || gst_nanovid_media_add_input (media, origins->role, input, error);
}

static gboolean
add_reference (GstNanovidMedia *media, const char *entry, GError **error)
{
  const NanogptMediaRole role = NANOGPT_MEDIA_REFERENCE_IMAGE;
  g_autofree char *path = NULL;

  if (g_str_has_prefix (entry, "file://"))
    path = g_filename_from_uri (entry, NULL, NULL);
  if (path)
    return gst_nanovid_media_add_file (media, role, path, error);
  if (!strstr (entry, "://"))
    return gst_nanovid_media_add_file (media, role, entry, error);
  gst_nanovid_media_add_url (media, role, entry);
  return TRUE;
}

static gboolean
add_references (GstNanovidMedia *media, const GstNanovidProperties *properties,
    GPtrArray *inputs, GError **error)
{
  const NanogptMediaRole role = NANOGPT_MEDIA_REFERENCE_IMAGE;
  char **entries = properties->reference_images;
  guint index = 0;
  GstSample *input = find_input (inputs, role, &index);

  if (input && entries && *entries)
    return set_two_inputs (error, _ ("lists of reference images"),
        "reference-images", _ ("the pads reference_%u"));

  for (; entries && *entries; entries++) {
    if (!add_reference (media, *entries, error))
      return FALSE;
  }
  for (; input; input = find_input (inputs, role, &index)) {
    if (!gst_nanovid_media_add_input (media, role, input, error))
      return FALSE;
  }
  return TRUE;
}

/* Media in the property `parameters` replace all others. */
static gboolean
add_all (GstNanovidMedia *media, const GstNanovidProperties *properties,
    GPtrArray *inputs, GError **error)
{
  const NanogptParameters *parameters = properties->parameters;

  for (guint i = 0; i < G_N_ELEMENTS (single_origins); i++) {
    if (!nanogpt_parameters_replace_media (parameters, single_origins[i].role)
        && !add_single (media, &single_origins[i], properties, inputs, error))
      return FALSE;
  }
  return nanogpt_parameters_replace_media (
             parameters, NANOGPT_MEDIA_REFERENCE_IMAGE)
      || add_references (media, properties, inputs, error);
}

NanogptRequest *
gst_nanovid_request_new (GstElement *element,
    const GstNanovidProperties *properties, GPtrArray *inputs,
    GCancellable *cancellable, GError **error)
{
  g_autoptr (NanogptParameters) parameters =
      nanogpt_parameters_copy (properties->parameters);
  g_autoptr (GstNanovidMedia) media =
      gst_nanovid_media_new (element, cancellable);

  if (!use_texts (parameters, inputs, error)
      || !add_all (media, properties, inputs, error))
    return NULL;
  return gst_nanovid_media_create_request (media, parameters, error);
}
