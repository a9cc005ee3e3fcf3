/* nanovid: the request for one prompt of a film
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidorder.h"

#include "gst/gstnanovidrequest.h"
#include "gstnanovidoptions.h"

void
gst_nanovid_ending_clear (GstNanovidEnding *ending)
{
  g_clear_pointer (&ending->frame, gst_sample_unref);
  g_clear_pointer (&ending->run_id, g_free);
}

gboolean
gst_nanovid_order_apply (GstElement *element, const GstNanovidPrompt *prompt,
    GstNanovidProperties *properties, GError **error)
{
  if (prompt->error) {
    g_propagate_error (error, g_error_copy (prompt->error));
    return FALSE;
  }
  if (prompt->options
      && !gst_nanovid_options_apply (
          prompt->options, G_OBJECT_GET_CLASS (element), properties, error))
    return FALSE;

  if (prompt->text && *prompt->text) {
    g_free (properties->parameters->prompt);
    properties->parameters->prompt = g_strdup (prompt->text);
  }
  return TRUE;
}

gboolean
gst_nanovid_order_has_picture (
    const GstNanovidPrompt *prompt, const GstNanovidProperties *properties)
{
  if (prompt->sample && !gst_nanovid_request_is_text (prompt->sample))
    return TRUE;
  if (prompt->options
      && (gst_structure_has_field (prompt->options, "image-url")
          || gst_structure_has_field (prompt->options, "image-location")))
    return TRUE;
  return nanogpt_parameters_replace_media (
      properties->parameters, NANOGPT_MEDIA_IMAGE);
}

NanogptRequest *
gst_nanovid_order_create_request (GstElement *element,
    const GstNanovidPrompt *prompt, GstNanovidProperties *properties,
    const GstNanovidEnding *ending, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) inputs = g_ptr_array_new ();

  if (prompt->sample)
    g_ptr_array_add (inputs, prompt->sample);
  if (ending) {
    g_ptr_array_add (inputs, ending->frame);
    g_clear_pointer (&properties->image_location, g_free);
    g_clear_pointer (&properties->image_url, g_free);
    properties->parameters->image_identity =
        g_strdup_printf ("last frame of %s", ending->run_id);
  }
  return gst_nanovid_request_new (
      element, properties, inputs, cancellable, error);
}
