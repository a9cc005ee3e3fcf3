/* nanovid: a pipeline of stock elements for one picture or sound
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidchain.h"

#include <glib/gi18n-lib.h>
#include <gst/app/app.h>
#include <gst/pbutils/pbutils.h>

#include "nanogpt/base/error.h"

/* No conversion takes this long, so an element has lost the data without an
 * error message. */
#define PATIENCE (5 * 60 * GST_SECOND)

void
gst_nanovid_chain_clear (GstNanovidChain *chain)
{
  g_clear_object (&chain->source);
  g_clear_object (&chain->sink);
  if (!chain->pipeline)
    return;
  gst_element_set_state (chain->pipeline, GST_STATE_NULL);
  gst_clear_object (&chain->pipeline);
}

static void
set_error_from_reason (GError **error, const GstNanovidChain *chain,
    const char *reason, const char *debug)
{
  GError *result = g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
      chain->is_sound
          ? _ ("The input sound cannot be converted and may be broken: %s")
          : _ ("The input picture cannot be converted and may be broken: %s"),
      reason);

  nanogpt_error_get_details (result)->debug = g_strdup (debug);
  g_propagate_error (error, result);
}

gboolean
gst_nanovid_chain_init (GstNanovidChain *chain, GstElement *owner,
    const char *stages, GError **error)
{
  g_autofree char *line =
      g_strdup_printf ("appsrc name=source format=time ! %s "
                       "! appsink name=sink sync=false "
                       "wait-on-eos=false",
          stages);
  g_autoptr (GstParseContext) context = gst_parse_context_new ();
  g_autoptr (GError) reason = NULL;
  g_auto (GStrv) missing = NULL;

  chain->pipeline = gst_parse_launch_full (
      line, context, GST_PARSE_FLAG_FATAL_ERRORS, &reason);
  if (chain->pipeline) {
    gst_object_ref_sink (chain->pipeline);
    chain->source = gst_bin_get_by_name (GST_BIN (chain->pipeline), "source");
    chain->sink = gst_bin_get_by_name (GST_BIN (chain->pipeline), "sink");
    return TRUE;
  }

  missing = gst_parse_context_get_missing_elements (context);
  if (!missing || !missing[0]) {
    set_error_from_reason (error, chain, reason->message, NULL);
    return FALSE;
  }
  gst_element_post_message (
      owner, gst_missing_element_message_new (owner, missing[0]));
  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
      chain->is_sound
          ? _ (
              "The input sound cannot be converted: the GStreamer element \"%s\" "
              "is not installed")
          : _ ("The input picture cannot be converted: the GStreamer element "
               "\"%s\" is not installed"),
      missing[0]);
  return FALSE;
}

static void
stop_pipeline (GstElement *pipeline, gpointer user_data G_GNUC_UNUSED)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

/* Stops the pipeline in another thread, which finishes the current work. */
static void
chain_abandon (GstNanovidChain *chain)
{
  gst_element_call_async (chain->pipeline, stop_pipeline, NULL, NULL);
  gst_clear_object (&chain->pipeline);
}

static void
on_cancelled (GCancellable *cancellable G_GNUC_UNUSED, gpointer bus)
{
  gst_bus_post (bus,
      gst_message_new_application (
          NULL, gst_structure_new_empty ("cancelled")));
}

/* Waits for EOS, an error or the cancellable.
 * Returns: (nullable): NULL on timeout */
static GstMessage *
wait_for_end (
    GstElement *pipeline, GstClockTime patience, GCancellable *cancellable)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  GstMessage *message;
  gulong id =
      g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), bus, NULL);

  message = gst_bus_timed_pop_filtered (bus, patience,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_APPLICATION);
  g_cancellable_disconnect (cancellable, id);
  return message;
}

static void
set_error_from_message (
    GError **error, const GstNanovidChain *chain, GstMessage *message)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *debug = NULL;

  gst_message_parse_error (message, &reason, &debug);
  set_error_from_reason (error, chain, reason->message, debug);
}

void
gst_nanovid_chain_set_error (const GstNanovidChain *chain, GError **error)
{
  g_set_error_literal (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
      chain->is_sound
          ? _ ("The input sound cannot be converted and may be broken")
          : _ ("The input picture cannot be converted and may be broken"));
}

static void
chain_push (GstNanovidChain *chain, GstSample *input)
{
  g_autoptr (GstBuffer) buffer =
      gst_buffer_copy (gst_sample_get_buffer (input));
  g_autoptr (GstSample) sample = NULL;

  /* The position in the original stream does not matter here. */
  GST_BUFFER_PTS (buffer) = 0;
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION (buffer) = GST_CLOCK_TIME_NONE;
  sample = gst_sample_new (buffer, gst_sample_get_caps (input), NULL, NULL);
  gst_app_src_push_sample (GST_APP_SRC (chain->source), sample);
  gst_app_src_end_of_stream (GST_APP_SRC (chain->source));
}

/* Returns: whether the pipeline has processed all data */
static gboolean
chain_run (GstNanovidChain *chain, GstSample *input, GCancellable *cancellable,
    GError **error)
{
  g_autoptr (GstMessage) message = NULL;
  GstStateChangeReturn result;

  chain_push (chain, input);
  result = gst_element_set_state (chain->pipeline, GST_STATE_PLAYING);
  /* A state change may fail without an error message. */
  message = wait_for_end (chain->pipeline,
      result == GST_STATE_CHANGE_FAILURE ? 0 : PATIENCE, cancellable);
  if (g_cancellable_set_error_if_cancelled (cancellable, error)) {
    chain_abandon (chain);
    return FALSE;
  }
  if (!message) {
    gst_nanovid_chain_set_error (chain, error);
    chain_abandon (chain);
    return FALSE;
  }
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    set_error_from_message (error, chain, message);
    return FALSE;
  }
  return TRUE;
}

GstSample *
gst_nanovid_chain_convert (GstNanovidChain *chain, GstSample *input,
    GCancellable *cancellable, GError **error)
{
  GstSample *output;

  if (!chain_run (chain, input, cancellable, error))
    return NULL;
  output = gst_app_sink_try_pull_sample (GST_APP_SINK (chain->sink), 0);
  if (!output)
    gst_nanovid_chain_set_error (chain, error);
  return output;
}

GBytes *
gst_nanovid_chain_encode (GstNanovidChain *chain, GstSample *input,
    GCancellable *cancellable, GError **error)
{
  g_autoptr (GByteArray) bytes = NULL;
  GstSample *part;

  if (!chain_run (chain, input, cancellable, error))
    return NULL;

  bytes = g_byte_array_new ();
  while (
      (part = gst_app_sink_try_pull_sample (GST_APP_SINK (chain->sink), 0))) {
    GstBuffer *buffer = gst_sample_get_buffer (part);
    gsize size = gst_buffer_get_size (buffer);

    g_byte_array_set_size (bytes, bytes->len + size);
    gst_buffer_extract (buffer, 0, bytes->data + bytes->len - size, size);
    gst_sample_unref (part);
  }
  if (bytes->len > 0)
    return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  gst_nanovid_chain_set_error (chain, error);
  return NULL;
}
