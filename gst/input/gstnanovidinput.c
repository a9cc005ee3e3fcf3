/* nanovid: collects the input of mode=stream until it is complete
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidinput.h"

#include <glib/gi18n-lib.h>

#include "gstnanovidimage.h"
#include "gstnanovidimageformat.h"
#include "nanogpt/base/error.h"

struct _GstNanovidInput
{
  GMutex lock; /* guards what follows */
  GCond cond;
  GByteArray *bytes; /* of an encoded image so far, NULL before any */
  GstNanovidImageWalk walk;
  GstSample *whole;
  gboolean ended;
};

GstNanovidInput *
gst_nanovid_input_new (void)
{
  GstNanovidInput *self = g_new0 (GstNanovidInput, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  return self;
}

/* Call with the lock held, as all that follow. */
static void
clear_collection (GstNanovidInput *self)
{
  g_clear_pointer (&self->bytes, g_byte_array_unref);
  self->walk = (GstNanovidImageWalk){ 0 };
}

static void
keep_whole_input (GstNanovidInput *self, GstSample *whole)
{
  self->whole = whole;
  clear_collection (self);
  g_cond_broadcast (&self->cond);
}

/* Takes what was collected for the input, whatever it is. */
static void
finish_collection (GstNanovidInput *self)
{
  gsize size = self->bytes->len;
  guint8 *data = g_byte_array_free (g_steal_pointer (&self->bytes), FALSE);
  g_autoptr (GstBuffer) buffer =
      size > 0 ? gst_buffer_new_wrapped (data, size) : gst_buffer_new ();

  keep_whole_input (self, gst_sample_new (buffer, NULL, NULL, NULL));
}

static void
collect (GstNanovidInput *self, GstBuffer *buffer)
{
  guint size = gst_buffer_get_size (buffer);
  guint former;

  if (!self->bytes)
    self->bytes = g_byte_array_new ();
  if (size == 0)
    return;

  former = self->bytes->len;
  g_byte_array_set_size (self->bytes, former + size);
  gst_buffer_extract (buffer, 0, self->bytes->data + former, size);

  if (self->bytes->len > GST_NANOVID_IMAGE_MAX_INPUT
      || gst_nanovid_image_walk (
             &self->walk, self->bytes->data, self->bytes->len)
          != GST_NANOVID_IMAGE_PARTIAL)
    finish_collection (self);
}

static gboolean
is_encoded (GstSample *sample)
{
  GstCaps *caps = gst_sample_get_caps (sample);
  GstStructure *structure = caps ? gst_caps_get_structure (caps, 0) : NULL;

  return !structure
      || (!gst_structure_has_name (structure, "video/x-raw")
          && !gst_structure_has_name (structure, "text/x-raw"));
}

/* From here on, the functions take the lock themselves. */

void
gst_nanovid_input_reset (GstNanovidInput *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  clear_collection (self);
  g_clear_pointer (&self->whole, gst_sample_unref);
  self->ended = FALSE;
}

void
gst_nanovid_input_free (GstNanovidInput *self)
{
  gst_nanovid_input_reset (self);
  g_cond_clear (&self->cond);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
gst_nanovid_input_flush (GstNanovidInput *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  clear_collection (self);
  self->ended = FALSE;
}

GstFlowReturn
gst_nanovid_input_push (GstNanovidInput *self, GstSample *sample)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->whole)
    return GST_FLOW_EOS;

  if (is_encoded (sample))
    collect (self, gst_sample_get_buffer (sample));
  else
    keep_whole_input (self, gst_sample_ref (sample));
  return self->whole ? GST_FLOW_EOS : GST_FLOW_OK;
}

void
gst_nanovid_input_end (GstNanovidInput *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->bytes)
    finish_collection (self);
  self->ended = TRUE;
  g_cond_broadcast (&self->cond);
}

static void
wake (GCancellable *cancellable G_GNUC_UNUSED, GstNanovidInput *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_cond_broadcast (&self->cond);
}

GstSample *
gst_nanovid_input_wait (
    GstNanovidInput *self, GCancellable *cancellable, GError **error)
{
  gulong id =
      g_cancellable_connect (cancellable, G_CALLBACK (wake), self, NULL);
  GstSample *sample = NULL;

  g_mutex_lock (&self->lock);
  while (
      !self->whole && !self->ended && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait (&self->cond, &self->lock);
  if (self->whole)
    sample = gst_sample_ref (self->whole);
  g_mutex_unlock (&self->lock);
  g_cancellable_disconnect (cancellable, id);

  if (!sample && !g_cancellable_set_error_if_cancelled (cancellable, error)) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_IMAGE_REQUIRED,
        _ ("The stream at the sink pad ended without an image, a frame or a "
           "text"));
  }
  return sample;
}
