/* nanovid: simulator: the shapes of status responses
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "status.h"

#include "media.h"

/* Everything that a status response may contain. */
typedef struct
{
  SimJob *job;
  const char *state;
  const char *error;
  char *lower; /* the state as written in the lowercase shapes */
  char **urls; /* of all results, if completed */
  char *url;   /* of the first */
} Report;

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_boolean (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

static void
add_double (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

static const char *
describe_state (const char *state)
{
  if (g_str_equal (state, "IN_QUEUE"))
    return "Waiting in the queue";
  if (g_str_equal (state, "IN_PROGRESS"))
    return "Video is being generated";
  if (g_str_equal (state, "COMPLETED"))
    return "Video generation completed";
  return "Video generation ended without a result";
}

static gboolean
has_failed (Report *report)
{
  return g_str_equal (report->state, "FAILED")
      || g_str_equal (report->state, "CANCELLED");
}

/* It is not documented how the service reports several results: the first is in
 * the usual place, and a list next to it has all of them. */
static void
add_all_urls (JsonBuilder *builder, Report *report, const char *name)
{
  if (!report->urls[1])
    return;
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; report->urls[i]; i++) {
    json_builder_begin_object (builder);
    add_string (builder, "url", report->urls[i]);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

/* The members of "data" in the nested shapes. */
static void
add_nested (JsonBuilder *builder, Report *report, const char *state,
    const char *id_name)
{
  json_builder_set_member_name (builder, "data");
  json_builder_begin_object (builder);
  add_string (builder, "status", state);
  add_string (builder, id_name, report->job->run_id);
  add_string (builder, "details", describe_state (report->state));
  if (report->url) {
    json_builder_set_member_name (builder, "output");
    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "video");
    json_builder_begin_object (builder);
    add_string (builder, "url", report->url);
    json_builder_end_object (builder);
    add_all_urls (builder, report, "videos");
    json_builder_end_object (builder);
    add_double (builder, "cost", sim_usd (report->job->request->cost));
  }
  if (has_failed (report)) {
    add_string (builder, "error", report->error);
    add_boolean (builder, "isNSFWError", report->job->nsfw);
    add_string (builder, "userFriendlyError", report->error);
  }
  json_builder_end_object (builder);
}

static void
add_flat (JsonBuilder *builder, Report *report)
{
  double total = (double)report->job->duration / G_USEC_PER_SEC;
  double elapsed = sim_job_get_elapsed (report->job);
  gboolean ended = report->url || has_failed (report);
  g_autofree char *created = sim_job_format_time (report->job->created);
  g_autofree char *completed = ended
      ? sim_job_format_time (report->job->created + report->job->duration)
      : NULL;

  add_string (builder, "requestId", report->job->run_id);
  add_string (builder, "status", report->lower);
  add_string (builder, "videoUrl", report->url);
  if (report->url)
    add_all_urls (builder, report, "videoUrls");
  add_string (builder, "error", has_failed (report) ? report->error : NULL);
  add_string (builder, "createdAt", created);
  add_string (builder, "completedAt", completed);
  if (ended)
    return;
  json_builder_set_member_name (builder, "progress");
  json_builder_add_int_value (
      builder, total > 0 ? MIN (99, (gint64)(100 * elapsed / total)) : 99);
  json_builder_set_member_name (builder, "estimatedTimeRemaining");
  json_builder_add_int_value (builder, MAX (0, (gint64)(total - elapsed)));
}

static void
add_longstories (JsonBuilder *builder, Report *report)
{
  add_string (builder, "status", report->state);
  json_builder_set_member_name (builder, "data");
  json_builder_begin_object (builder);
  add_boolean (builder, "isCompleted", report->url || has_failed (report));
  add_boolean (builder, "isSuccess", report->url != NULL);
  if (report->url) {
    json_builder_set_member_name (builder, "output");
    json_builder_begin_object (builder);
    add_string (builder, "url", report->url);
    add_all_urls (builder, report, "videos");
    json_builder_end_object (builder);
  }
  if (has_failed (report))
    add_string (builder, "error", report->error);
  json_builder_end_object (builder);
}

static void
add_report (JsonBuilder *builder, Report *report, SimStatusShape shape)
{
  SimRequest *request = report->job->request;
  g_autofree char *lowered = g_ascii_strdown (report->state, -1);

  switch (shape) {
    case SIM_STATUS_OWN:
    case SIM_STATUS_LEGACY:
      add_nested (builder, report, report->state, "request_id");
      break;
    case SIM_STATUS_LOWERCASE:
      add_nested (builder, report, lowered, "request_id");
      break;
    case SIM_STATUS_MIXED:
      add_string (builder, "status", report->lower);
      if (report->url)
        add_string (builder, "videoUrl", report->url);
      G_GNUC_FALLTHROUGH;
    case SIM_STATUS_UNIFIED:
      add_string (builder, "requestId", report->job->run_id);
      add_string (builder, "model", request->model->slug);
      add_nested (builder, report, report->state, "requestId");
      break;
    case SIM_STATUS_FLAT:
      add_flat (builder, report);
      break;
    case SIM_STATUS_SHORT:
      add_string (builder, "status", report->lower);
      if (report->url) {
        add_string (builder, "videoUrl", report->url);
        add_all_urls (builder, report, "videoUrls");
      }
      if (has_failed (report))
        add_string (builder, "error", report->error);
      break;
    case SIM_STATUS_LONGSTORIES:
      add_longstories (builder, report);
      break;
  }
}

static char **
list_urls (SimService *service, SimJob *job)
{
  char **urls = g_new0 (char *, job->clips->len + 1);

  for (guint i = 0; i < job->clips->len; i++)
    urls[i] = sim_media_result_url (service, job, i);
  return urls;
}

static char *
lower_state (const char *state)
{
  if (g_str_equal (state, "IN_QUEUE"))
    return g_strdup ("queued");
  if (g_str_equal (state, "IN_PROGRESS"))
    return g_strdup ("processing");
  return g_ascii_strdown (state, -1);
}

SimResponse *
sim_status_response (SimService *service, SimJob *job, SimStatusShape shape)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const char *state = sim_job_get_state (job);
  g_autofree char *lower = lower_state (state);
  g_auto (GStrv) urls =
      g_str_equal (state, "COMPLETED") ? list_urls (service, job) : NULL;
  Report report = { job, state, sim_job_get_error (job), lower, urls,
    urls ? urls[0] : NULL };

  json_builder_begin_object (builder);
  add_report (builder, &report, shape);
  json_builder_end_object (builder);
  return sim_response_new_json (200, builder);
}
