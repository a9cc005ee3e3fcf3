/* nanovid: nanovid-jobs fetch: generating the clip of a URI
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fetch-uri.h"

#include <glib/gi18n-lib.h>
#include <gst/gst.h>

#include "interrupt.h"
#include "nanogpt/store/cache.h"
#include "json-answer.h"
#include "progress-bar.h"
#include "service.h"

#define PREFIX "nanovid:"

/* Returns: (transfer full) (nullable): a pipeline that reads the clip of @uri,
 *   which stores it in the cache */
static GstElement *
make_pipeline (const Options *options, const char *uri, GError **error)
{
  g_autoptr (GstElement) pipeline = gst_pipeline_new (NULL);
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  GstElement *source;

  /* The URI was typed by the user, so it is trusted. */
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
        _ ("The clip cannot be read"));
    return NULL;
  }
  return g_steal_pointer (&pipeline);
}

/* A clip that cannot be cached would be paid for and lost. */
static gboolean
check_cache (GError **error)
{
  g_autofree char *dir =
      g_build_filename (g_get_user_cache_dir (), "nanovid", NULL);

  if (nanogpt_cache_prepare (dir, error))
    return TRUE;
  g_prefix_error (error, "%s", _ ("The clip could not be kept: "));
  return FALSE;
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

/* The state of the wait. */
typedef struct
{
  GstStructure *job; /* the latest `nanovid-job`, or NULL */
  gboolean done;
  GError *error; /* or NULL */
} Wait;

static void
take_job (Wait *wait, GstMessage *message)
{
  if (!gst_message_has_name (message, "nanovid-job"))
    return;
  gst_clear_structure (&wait->job);
  wait->job = gst_structure_copy (gst_message_get_structure (message));
  show_job (wait->job);
}

static gboolean
on_message (GstBus *bus G_GNUC_UNUSED, GstMessage *message, gpointer user_data)
{
  Wait *wait = user_data;
  g_autoptr (GError) warning = NULL;
  g_autofree char *text = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_EOS:
      wait->done = TRUE;
      break;
    case GST_MESSAGE_ERROR:
      if (!wait->error)
        gst_message_parse_error (message, &wait->error, NULL);
      wait->done = TRUE;
      break;
    case GST_MESSAGE_WARNING:
      gst_message_parse_warning (message, &warning, NULL);
      progress_bar_end ();
      complain ("%s", warning->message);
      break;
    case GST_MESSAGE_ELEMENT:
      take_job (wait, message);
      break;
    case GST_MESSAGE_PROGRESS:
      gst_message_parse_progress (message, NULL, NULL, &text);
      if (!progress_bar_is_possible ())
        g_printerr ("%s\n", text);
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

/* Reads the clip to the end. */
static void
follow_pipeline (GstElement *pipeline, Wait *wait)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  guint watch = gst_bus_add_watch (bus, on_message, wait);
  gboolean interrupted;
  guint interrupt = interrupt_begin (&interrupted);

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (!wait->done && !interrupted)
    g_main_context_iteration (NULL, TRUE);
  progress_bar_end ();
  gst_element_set_state (pipeline, GST_STATE_NULL);
  interrupt_end (interrupt);
  g_source_remove (watch);
  if (!wait->done)
    g_set_error (&wait->error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
        _ ("Interrupted. A job that was accepted goes on, and is charged; to "
           "collect its clip later, run the same command again"));
}

static gboolean
print_json (const char *uri, const GstStructure *job, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  const char *run_id = job ? gst_structure_get_string (job, "run-id") : NULL;
  const char *model = job ? gst_structure_get_string (job, "model") : NULL;
  const char *currency =
      job ? gst_structure_get_string (job, "payment-source") : NULL;
  double cost = 0;
  gboolean known = job && gst_structure_get_double (job, "cost", &cost);

  json_answer_add_text (&dict, "uri", uri);
  json_answer_add_text (&dict, "run-id", run_id);
  json_answer_add_text (&dict, "model", model);
  json_answer_add_number (&dict, "cost", known, cost);
  json_answer_add_text (&dict, "currency", currency);
  return json_answer_print (g_variant_dict_end (&dict), error);
}

static Status
finish (const Options *options, const char *uri, Wait *wait)
{
  if (!wait->error && options->json)
    print_json (uri, wait->job, &wait->error);
  if (!wait->error)
    return STATUS_OK;
  complain ("%s", wait->error->message);
  return g_error_matches (wait->error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      ? STATUS_INTERRUPTED
      : STATUS_FAILED;
}

Status
command_fetch (const Options *options, const char *uri)
{
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptSettings) settings = NULL;
  Wait wait = { NULL, FALSE, NULL };
  Status status;

  if (!g_str_has_prefix (uri, PREFIX)) {
    complain (_ ("\"%s\" is no URI such as nanovid://MODEL?prompt=TEXT"), uri);
    return STATUS_USAGE;
  }
  settings = service_settings_new (options, NULL, &error);
  if (settings && check_cache (&error)) {
    gst_init (NULL, NULL);
    pipeline = make_pipeline (options, uri, &error);
  }
  if (!pipeline) {
    complain ("%s", error ? error->message : _ ("GStreamer is not complete"));
    return STATUS_FAILED;
  }
  follow_pipeline (pipeline, &wait);
  status = finish (options, uri, &wait);
  gst_clear_structure (&wait.job);
  g_clear_error (&wait.error);
  return status;
}
