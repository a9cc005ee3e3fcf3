/* nanovid: bus messages: nanovid-job, errors, warnings, and the tags
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "config.h"

#include "gstnanovidmessages.h"

#include <glib/gi18n-lib.h>

#include "nanogpt/base/money.h"

static void
add_place (GstStructure *structure, const GstNanovidPlace *place)
{
  if (!place)
    return;

  gst_structure_set (structure, "index", G_TYPE_UINT64, place->index, NULL);
  if (GST_CLOCK_TIME_IS_VALID (place->pts))
    gst_structure_set (structure, "pts", GST_TYPE_CLOCK_TIME, place->pts, NULL);
}

GstStructure *
gst_nanovid_job_structure_new (
    const NanogptJobStatus *status, const GstNanovidPlace *place)
{
  GstStructure *structure =
      gst_structure_new ("nanovid-job", "state", G_TYPE_STRING,
          nanogpt_job_state_get_name (status->state), "elapsed", G_TYPE_UINT64,
          (guint64)status->elapsed * GST_USECOND, "resumed", G_TYPE_BOOLEAN,
          status->resumed, "bytes", G_TYPE_UINT64, status->bytes, NULL);

  if (status->model)
    gst_structure_set (structure, "model", G_TYPE_STRING, status->model, NULL);
  if (status->run_id) {
    gst_structure_set (
        structure, "run-id", G_TYPE_STRING, status->run_id, NULL);
  }
  if (status->cost >= 0)
    gst_structure_set (structure, "cost", G_TYPE_DOUBLE,
        nanogpt_money_to_double (status->cost), NULL);
  if (status->estimate >= 0) {
    gst_structure_set (structure, "estimated-cost", G_TYPE_DOUBLE,
        nanogpt_money_to_double (status->estimate), "estimate-source",
        G_TYPE_STRING, status->estimate_source, NULL);
  }
  if (status->payment_source) {
    gst_structure_set (structure, "payment-source", G_TYPE_STRING,
        status->payment_source, NULL);
  }
  if (status->remaining_balance >= 0) {
    gst_structure_set (structure, "remaining-balance", G_TYPE_DOUBLE,
        nanogpt_money_to_double (status->remaining_balance), NULL);
  }
  if (status->progress >= 0) {
    gst_structure_set (
        structure, "progress", G_TYPE_INT, status->progress, NULL);
  }
  if (status->outputs > 0) {
    gst_structure_set (
        structure, "outputs", G_TYPE_UINT, status->outputs, NULL);
  }
  if (status->details) {
    gst_structure_set (
        structure, "details", G_TYPE_STRING, status->details, NULL);
  }
  if (status->size >= 0) {
    gst_structure_set (
        structure, "size", G_TYPE_UINT64, (guint64)status->size, NULL);
  }
  add_place (structure, place);
  return structure;
}

void
gst_nanovid_post_job_warnings (GstElement *element,
    const NanogptJobStatus *status, GstNanovidPosted *posted)
{
  guint n_warnings = status->warnings ? g_strv_length (status->warnings) : 0;

  for (; posted->n_warnings < n_warnings; posted->n_warnings++)
    GST_ELEMENT_WARNING (element, RESOURCE, SETTINGS,
        ("%s", status->warnings[posted->n_warnings]), (NULL));
}

gboolean
gst_nanovid_post_job (GstElement *element, const NanogptJobStatus *status,
    const GstNanovidPlace *place, GstNanovidPosted *posted)
{
  if (posted->any && posted->serial == status->serial)
    return FALSE;

  posted->any = TRUE;
  posted->serial = status->serial;
  gst_nanovid_post_job_warnings (element, status, posted);
  gst_element_post_message (element,
      gst_message_new_element (
          GST_OBJECT (element), gst_nanovid_job_structure_new (status, place)));
  return TRUE;
}

/* gst-launch-1.0 shows only the debug text of an INFO message. */
void
gst_nanovid_post_clip (GstElement *element, const GstNanovidPlace *place,
    const char *run_id, NanogptMicros cost, const char *currency,
    NanogptMicros spent, guint under_way)
{
  g_autofree char *price = nanogpt_money_format_cost (cost, currency);
  g_autofree char *sum = nanogpt_money_format (spent);
  char *text =
      g_strdup_printf (_ ("Clip %llu: cost %s, %s so far; jobs under way: %u"),
          (unsigned long long)place->index, price ? price : _ ("unknown"), sum,
          under_way);
  GstStructure *details = gst_structure_new ("details", "spent", G_TYPE_DOUBLE,
      nanogpt_money_to_double (spent), "jobs-under-way", G_TYPE_UINT64,
      (guint64)under_way, NULL);

  if (run_id)
    gst_structure_set (details, "run-id", G_TYPE_STRING, run_id, NULL);
  if (cost >= 0)
    gst_structure_set (
        details, "cost", G_TYPE_DOUBLE, nanogpt_money_to_double (cost), NULL);
  add_place (details, place);
  gst_element_message_full_with_details (element, GST_MESSAGE_INFO,
      GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ, text, g_strdup (text),
      __FILE__, GST_FUNCTION, __LINE__, details);
}

gboolean
gst_nanovid_jobs_are_same (const GstStructure *a, const GstStructure *b)
{
  return g_strcmp0 (a ? gst_structure_get_string (a, "run-id") : NULL,
             gst_structure_get_string (b, "run-id"))
      == 0;
}

void
gst_nanovid_notify_job (GstElement *element, gboolean renamed)
{
  if (renamed)
    g_object_notify (G_OBJECT (element), "run-id");
  g_object_notify (G_OBJECT (element), "job");
}

void
gst_nanovid_post_request_warnings (
    GstElement *element, const NanogptRequest *request)
{
  const char *const *warnings = nanogpt_request_get_warnings (request);

  for (; warnings && *warnings; warnings++)
    GST_ELEMENT_WARNING (
        element, RESOURCE, SETTINGS, ("%s", *warnings), (NULL));
}

GstTagList *
gst_nanovid_tags_new (const NanogptJobStatus *status, const char *prompt)
{
  g_autofree char *cost =
      nanogpt_money_format_cost (status->cost, status->payment_source);
  g_autofree char *comment = g_strdup_printf ("Generated video: model %s, "
                                              "run ID %s%s%s",
      status->model ? status->model : "unknown",
      status->run_id ? status->run_id : "unknown", cost ? ", cost " : "",
      cost ? cost : "");
  GstTagList *tags = gst_tag_list_new (GST_TAG_ENCODER,
      PACKAGE_NAME " " PACKAGE_VERSION, GST_TAG_COMMENT, comment, NULL);

  if (prompt)
    gst_tag_list_add (tags, GST_TAG_MERGE_APPEND, GST_TAG_TITLE, prompt, NULL);
  return tags;
}

/* Does not use gst_element_send_event(), because that takes the state lock. */
void
gst_nanovid_queue_tags (GstElement *element, GstTagList *tags)
{
  GST_ELEMENT_GET_CLASS (element)->send_event (
      element, gst_event_new_tag (tags));
}

static GstResourceError
get_resource_error (const GError *error)
{
  const NanogptErrorDetails *details = nanogpt_error_get_details (error);

  switch ((NanogptError)error->code) {
    case NANOGPT_ERROR_NOT_AUTHORIZED:
    case NANOGPT_ERROR_INSUFFICIENT_BALANCE:
    case NANOGPT_ERROR_OVER_BUDGET:
      return GST_RESOURCE_ERROR_NOT_AUTHORIZED;
    case NANOGPT_ERROR_RATE_LIMITED:
    case NANOGPT_ERROR_TIMED_OUT:
      return GST_RESOURCE_ERROR_BUSY;
    case NANOGPT_ERROR_CONTENT_POLICY:
    case NANOGPT_ERROR_INVALID_REQUEST:
    case NANOGPT_ERROR_IMAGE_REQUIRED:
    case NANOGPT_ERROR_UPLOAD_TOO_LARGE:
      return GST_RESOURCE_ERROR_SETTINGS;
    case NANOGPT_ERROR_RESULT_TOO_LARGE:
    case NANOGPT_ERROR_NO_SPACE:
      return GST_RESOURCE_ERROR_NO_SPACE_LEFT;
    case NANOGPT_ERROR_GENERATION_FAILED:
    case NANOGPT_ERROR_CANCELLED:
      return GST_RESOURCE_ERROR_FAILED;
    case NANOGPT_ERROR_STATE_UNAVAILABLE:
      return GST_RESOURCE_ERROR_BUSY;
    case NANOGPT_ERROR_SUBMIT_UNKNOWN:
      return GST_RESOURCE_ERROR_WRITE;
    case NANOGPT_ERROR_NETWORK:
    case NANOGPT_ERROR_SERVER:
      return details->responded ? GST_RESOURCE_ERROR_READ
                                : GST_RESOURCE_ERROR_OPEN_READ;
    case NANOGPT_ERROR_BAD_RESPONSE:
      return GST_RESOURCE_ERROR_READ;
  }
  g_return_val_if_reached (GST_RESOURCE_ERROR_FAILED);
}

static GstStructure *
create_error_details (const GError *error, const GstNanovidPlace *place)
{
  const NanogptErrorDetails *details = nanogpt_error_get_details (error);
  GstStructure *structure =
      gst_structure_new ("details", "reason", G_TYPE_STRING,
          nanogpt_error_get_reason (error->code), "may-have-been-charged",
          G_TYPE_BOOLEAN, details->may_have_been_charged, NULL);

  if (details->http_status) {
    gst_structure_set (
        structure, "http-status-code", G_TYPE_UINT, details->http_status, NULL);
  }
  if (details->run_id) {
    gst_structure_set (
        structure, "run-id", G_TYPE_STRING, details->run_id, NULL);
  }
  add_place (structure, place);
  return structure;
}

static void
post_problem (GstElement *element, GstMessageType type, const GError *error,
    const GstNanovidPlace *place)
{
  char *text;

  g_return_if_fail (error->domain == NANOGPT_ERROR);

  if (place)
    text = g_strdup_printf (
        _ ("Input %llu: %s"), (unsigned long long)place->index, error->message);
  else
    text = g_strdup (error->message);
  gst_element_message_full_with_details (element, type, GST_RESOURCE_ERROR,
      get_resource_error (error), text,
      g_strdup (nanogpt_error_get_details (error)->debug), __FILE__,
      GST_FUNCTION, __LINE__, create_error_details (error, place));
}

void
gst_nanovid_post_error (
    GstElement *element, const GError *error, const GstNanovidPlace *place)
{
  post_problem (element, GST_MESSAGE_ERROR, error, place);
}

void
gst_nanovid_post_skipped (
    GstElement *element, const GError *error, const GstNanovidPlace *place)
{
  post_problem (element, GST_MESSAGE_WARNING, error, place);
}
