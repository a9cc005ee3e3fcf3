/* nanovid: nanovid-jobs fetch: having the clip of a URI made
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fetch-uri.h"

#include <gst/gst.h>

#include "progress-bar.h"
#include "service.h"

#define PREFIX "nanovid:"

/* Returns: (transfer full) (nullable): a pipeline that reads the clip of @uri,
 * and so keeps it */
static GstElement *
make_pipeline (const Options *options, const char *uri, GError **error)
{
  g_autoptr (GstElement) pipeline = gst_pipeline_new (NULL);
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  GstElement *source;

  /* It was typed here, and comes from no page or file. */
  g_setenv ("NANOVID_ALLOW_URI", "1", TRUE);
  source = gst_element_make_from_uri (GST_URI_SRC, uri, NULL, error);
  if (!source || !sink) {
    g_clear_object (&source);
    g_clear_object (&sink);
    return NULL;
  }
  g_object_set (sink, "sync", FALSE, NULL);
  g_object_set (source, "state-dir", options->state_dir, "base-url",
      options->base_url, "proxy", options->proxy, "tls-ca-file",
      options->tls_ca_file, "database", options->database, NULL);
  gst_bin_add_many (GST_BIN (pipeline), source, sink, NULL);
  if (!gst_element_link (source, sink)) {
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_FAILED,
        "The clip cannot be read");
    return NULL;
  }
  return g_steal_pointer (&pipeline);
}

static void
show_job (const GstStructure *job)
{
  guint64 elapsed = 0, bytes = 0, size = 0;
  int percent = -1;
  const char *run_id = gst_structure_get_string (job, "run-id");
  double share, left = -1;
  g_autofree char *text = NULL;

  gst_structure_get_uint64 (job, "elapsed", &elapsed);
  gst_structure_get_uint64 (job, "bytes", &bytes);
  gst_structure_get_uint64 (job, "size", &size);
  gst_structure_get_int (job, "progress", &percent);
  share = size > 0 ? (double)bytes / size : percent / 100.0;
  if (size == 0 && percent > 0)
    left = elapsed / 1e9 * (100 - percent) / percent;
  text = g_strdup_printf ("%s %s, %.0f s", run_id ? run_id : "",
      gst_structure_get_string (job, "state"), elapsed / 1e9);
  progress_bar_show (share, left, text);
}

/* Returns: whether the clip has been read to its end */
static gboolean
follow_pipeline (GstElement *pipeline, GError **error)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  GstMessageType wanted = GST_MESSAGE_ERROR | GST_MESSAGE_EOS
      | GST_MESSAGE_ELEMENT | GST_MESSAGE_PROGRESS;

  for (;;) {
    g_autoptr (GstMessage) message =
        gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, wanted);
    g_autofree char *text = NULL;

    switch (GST_MESSAGE_TYPE (message)) {
      case GST_MESSAGE_EOS:
        return TRUE;
      case GST_MESSAGE_ERROR:
        gst_message_parse_error (message, error, NULL);
        return FALSE;
      case GST_MESSAGE_ELEMENT:
        if (gst_message_has_name (message, "nanovid-job"))
          show_job (gst_message_get_structure (message));
        break;
      default:
        gst_message_parse_progress (message, NULL, NULL, &text);
        if (!progress_bar_is_possible ())
          g_printerr ("%s\n", text);
        break;
    }
  }
}

Status
command_fetch (const Options *options, const char *uri)
{
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptSettings) settings = NULL;
  gboolean fetched;

  if (!g_str_has_prefix (uri, PREFIX)) {
    complain ("\"%s\" is no URI such as nanovid://MODEL?prompt=TEXT", uri);
    return STATUS_USAGE;
  }
  settings = service_settings_new (options, NULL, &error);
  if (settings) {
    gst_init (NULL, NULL);
    pipeline = make_pipeline (options, uri, &error);
  }
  if (!pipeline) {
    complain ("%s", error ? error->message : "GStreamer is not complete");
    return STATUS_FAILED;
  }
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  fetched = follow_pipeline (pipeline, &error);
  progress_bar_end ();
  gst_element_set_state (pipeline, GST_STATE_NULL);
  if (fetched)
    return STATUS_OK;
  complain ("%s", error->message);
  return STATUS_FAILED;
}
