/* nanovid: collects what arrives at a sink pad until it is complete
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidinput.h"

#include "gstnanovidfileend.h"
#include "gstnanovidimage.h"
#include "gstnanovidimageformat.h"

struct _GstNanovidInput
{
  NanogptMediaRole role;
  GByteArray *bytes; /* received so far, NULL if none */
  gsize position;    /* offset of the next ones */
  GstNanovidImageWalk walk;
  GstSample *first; /* its caps and info apply to the whole input */
  GstSample *whole;
};

NanogptMediaRole
gst_nanovid_input_get_role (GstSample *sample)
{
  const GstStructure *info = gst_sample_get_info (sample);
  guint role = NANOGPT_MEDIA_IMAGE;

  if (info && gst_structure_has_name (info, GST_NANOVID_IMAGE_INFO))
    gst_structure_get_uint (info, "role", &role);
  return role;
}

GstNanovidInput *
gst_nanovid_input_new (NanogptMediaRole role)
{
  GstNanovidInput *self = g_new0 (GstNanovidInput, 1);

  self->role = role;
  return self;
}

static void
clear_collection (GstNanovidInput *self)
{
  g_clear_pointer (&self->bytes, g_byte_array_unref);
  g_clear_pointer (&self->first, gst_sample_unref);
  self->position = 0;
  self->walk = (GstNanovidImageWalk){ 0 };
}

void
gst_nanovid_input_clear (GstNanovidInput *self)
{
  clear_collection (self);
  g_clear_pointer (&self->whole, gst_sample_unref);
}

void
gst_nanovid_input_free (GstNanovidInput *self)
{
  gst_nanovid_input_clear (self);
  g_free (self);
}

static gboolean
has_caps (GstSample *sample, const char *name)
{
  GstCaps *caps = gst_sample_get_caps (sample);

  return caps
      && gst_structure_has_name (gst_caps_get_structure (caps, 0), name);
}

static gboolean
is_picture (const GstNanovidInput *self)
{
  return self->role != NANOGPT_MEDIA_VIDEO && self->role != NANOGPT_MEDIA_AUDIO;
}

/* Completes the input with the collected data, whatever it is.  Only raw audio
 * keeps its caps; all other data is identified by its contents. */
static void
finish_collection (GstNanovidInput *self)
{
  gsize size = self->bytes->len;
  guint8 *data = g_byte_array_free (g_steal_pointer (&self->bytes), FALSE);
  const GstStructure *info = gst_sample_get_info (self->first);
  g_autoptr (GstBuffer) buffer =
      size > 0 ? gst_buffer_new_wrapped (data, size) : gst_buffer_new ();

  GstStructure *collected = info ? gst_structure_copy (info) : NULL;

  if (collected)
    gst_structure_set (collected, "collected", G_TYPE_BOOLEAN, TRUE, NULL);
  self->whole = gst_sample_new (buffer,
      has_caps (self->first, "audio/x-raw") ? gst_sample_get_caps (self->first)
                                            : NULL,
      NULL, collected);
  clear_collection (self);
}

static void
collect (GstNanovidInput *self, GstSample *sample)
{
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  gsize size = gst_buffer_get_size (buffer);
  gsize end;

  if (!self->bytes) {
    self->bytes = g_byte_array_new ();
    self->first = gst_sample_ref (sample);
  }
  if (size == 0)
    return;

  end = self->position + size;
  if (end > self->bytes->len)
    g_byte_array_set_size (self->bytes, end);
  gst_buffer_extract (buffer, 0, self->bytes->data + self->position, size);
  self->position = end;
}

static gboolean
is_whole (GstNanovidInput *self, gboolean by_buffer)
{
  const guint8 *data = self->bytes->data;
  gsize size = self->bytes->len;

  if (size > GST_NANOVID_IMAGE_MAX_INPUT)
    return TRUE;
  if (has_caps (self->first, "audio/x-raw"))
    return by_buffer;
  if (!is_picture (self))
    return gst_nanovid_file_is_whole (data, size);
  return gst_nanovid_image_walk (&self->walk, data, size)
      != GST_NANOVID_IMAGE_PARTIAL;
}

gboolean
gst_nanovid_input_push (
    GstNanovidInput *self, GstSample *sample, gboolean by_buffer)
{
  if (self->whole)
    return TRUE;

  if (has_caps (sample, "video/x-raw") || has_caps (sample, "text/x-raw")) {
    self->whole = gst_sample_ref (sample);
    return TRUE;
  }
  collect (self, sample);
  if (is_whole (self, by_buffer))
    finish_collection (self);
  return self->whole != NULL;
}

gboolean
gst_nanovid_input_accepts (const GstNanovidInput *self, GstCaps *caps)
{
  return !self->first || !has_caps (self->first, "audio/x-raw")
      || gst_caps_is_equal (gst_sample_get_caps (self->first), caps);
}

void
gst_nanovid_input_seek (GstNanovidInput *self, guint64 position)
{
  if (self->bytes && !is_picture (self)
      && !has_caps (self->first, "audio/x-raw"))
    self->position = MIN (position, self->bytes->len);
}

void
gst_nanovid_input_end (GstNanovidInput *self)
{
  if (self->bytes)
    finish_collection (self);
}

gboolean
gst_nanovid_input_is_empty (const GstNanovidInput *self)
{
  return !self->bytes && !self->whole;
}

GstSample *
gst_nanovid_input_get_whole (const GstNanovidInput *self)
{
  return self->whole;
}
