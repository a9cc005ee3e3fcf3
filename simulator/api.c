/* nanovid: simulator: the endpoints of the API
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api.h"

#include "catalog.h"
#include "charge.h"
#include "media.h"
#include "status.h"

#define MINUTE (60 * G_USEC_PER_SEC)
#define RECOVER_DEFAULT 10
#define RECOVER_MAX 50

static SimResponse *
new_error (guint status, const char *message)
{
  return sim_response_new_error (status, SIM_SHAPE_STRING, NULL, message);
}

/* Returns: the account of the request's key, or NULL with @refusal set. */
static SimAccount *
authorize (SimCall *call, SimResponse **refusal)
{
  SoupMessageHeaders *headers =
      soup_server_message_get_request_headers (call->message);
  const char *key = soup_message_headers_get_one (headers, "x-api-key");
  const char *other = soup_message_headers_get_one (headers, "Authorization");
  SimAccount *account = NULL;

  if (!key && !other) {
    *refusal = sim_response_new_error (
        401, SIM_SHAPE_OPENAI, "missing_api_key", "Missing API key");
    return NULL;
  }
  if (other && g_ascii_strncasecmp (other, "Bearer ", 7) == 0)
    other += 7;
  else if (other)
    other = "";
  if (!key || !other || g_str_equal (key, other))
    account = sim_ledger_lookup (call->service->ledger, key ? key : other);
  if (!account)
    *refusal = new_error (401, "Invalid session");
  return account;
}

static SimResponse *
new_insufficient_balance (gint64 cost)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "error");
  json_builder_add_string_value (builder, "Insufficient balance");
  json_builder_set_member_name (builder, "status");
  json_builder_add_int_value (builder, 402);
  json_builder_set_member_name (builder, "requiredBalance");
  json_builder_add_double_value (builder, sim_usd (cost));
  json_builder_end_object (builder);
  return sim_response_new_json (402, builder);
}

static void
render_results (SimService *service, SimJob *job)
{
  const SimClipFormat *format = sim_service_choose_format (service);
  guint n_results = MAX (job->request->model->n_results, 1);

  for (guint i = 0; i < n_results; i++)
    g_ptr_array_add (job->clips,
        sim_renderer_request (service->renderer,
            sim_job_describe (job, format, n_results > 1 ? i + 1 : 0)));
}

/* Creates the job, starts rendering its clips and charges the account. */
static SimJob *
accept_submit (SimCall *call, SimRequest *request, SimAccount *account)
{
  SimService *service = call->service;
  const SimFault *fault = call->fault;
  const char *const *states =
      (const char *const *)(fault && fault->states ? fault->states
                                                   : service->states);
  double seconds = service->options.generation_time
      * (1 + service->options.spread * g_random_double_range (-1, 1));
  SimPurpose purpose = sim_request_get_purpose (request, NULL);
  SimJob *job;

  if (fault && fault->generation_time >= 0)
    seconds = fault->generation_time;
  job = sim_job_new (request, account, states, seconds);
  if (g_str_equal (states[g_strv_length ((char **)states) - 1], "COMPLETED"))
    render_results (service, job);
  job->error =
      g_strdup (fault && fault->error ? fault->error : service->error_text);
  job->nsfw = service->options.nsfw || (fault && fault->nsfw);
  g_ptr_array_add (service->jobs, job);
  purpose.run_id = job->run_id;
  sim_ledger_charge (service->ledger, account, request->cost, &purpose);
  g_cond_broadcast (&service->changed);
  return job;
}

static SimResponse *
handle_submit (SimCall *call, SimAccount *account)
{
  SimService *service = call->service;
  SoupServerMessage *message = call->message;
  const char *type = soup_message_headers_get_one (
      soup_server_message_get_request_headers (message), "Content-Type");
  g_autoptr (GBytes) body = soup_message_body_flatten (
      soup_server_message_get_request_body (message));
  g_autoptr (SimRequest) request = NULL;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  SimResponse *refusal = NULL;
  SimJob *job;

  if (!sim_ledger_allows_submit (account, service->options.submit_limit))
    return sim_response_new_error (429, SIM_SHAPE_REFUND, "RATE_LIMITED",
        "Rate limit exceeded. Please wait a minute.");
  request = sim_request_parse (type, body, &refusal);
  if (!request)
    return refusal;
  request->cost =
      service->price >= 0 ? service->price : sim_request_price (request);
  if (request->cost > account->balance)
    return new_insufficient_balance (request->cost);
  job = accept_submit (call, g_steal_pointer (&request), account);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "runId");
  json_builder_add_string_value (builder, job->run_id);
  json_builder_set_member_name (builder, "id");
  json_builder_add_string_value (builder, job->run_id);
  json_builder_set_member_name (builder, "status");
  json_builder_add_string_value (builder, "pending");
  json_builder_set_member_name (builder, "model");
  json_builder_add_string_value (builder, job->request->model->slug);
  json_builder_set_member_name (builder, "cost");
  json_builder_add_double_value (builder, sim_usd (job->request->cost));
  json_builder_set_member_name (builder, "paymentSource");
  json_builder_add_string_value (builder, "USD");
  json_builder_set_member_name (builder, "remainingBalance");
  json_builder_add_double_value (builder, sim_usd (account->balance));
  json_builder_end_object (builder);
  return sim_response_new_json (202, builder);
}

/* Responds to both status endpoints, in the shape set by the options, else in
 * their own. */
static SimResponse *
handle_status (SimCall *call, SimJob *job, SimStatusShape own)
{
  SimStatusShape shape = call->service->status_shape;

  return sim_status_response (
      call->service, job, shape != SIM_STATUS_OWN ? shape : own);
}

static SimResponse *
handle_legacy_status (SimCall *call, SimAccount *account)
{
  const char *run_id = sim_call_get_query (call, "runId");
  const char *slug = sim_call_get_query (call, "modelSlug");
  const char *model = sim_call_get_query (call, "model");
  SimJob *job;

  if (!run_id)
    return new_error (400, "runId is required");
  if (!slug && !model)
    return new_error (400, "modelSlug is required");
  job = sim_service_find_job (call->service, run_id);
  if (!job || job->account != account)
    return new_error (404, "Video generation job not found");
  if (g_strcmp0 (slug ? slug : model, job->request->model->slug) != 0
      || g_strcmp0 (model ? model : slug, job->request->model->slug) != 0)
    return new_error (404, "No such job of this model");
  return handle_status (call, job, SIM_STATUS_LEGACY);
}

static SimResponse *
handle_unified_status (SimCall *call, SimAccount *account)
{
  const char *id = sim_call_get_query (call, "requestId");
  SimJob *job;

  if (!id)
    id = sim_call_get_query (call, "runId");
  if (!id)
    return new_error (400, "requestId is required");
  job = sim_service_find_job (call->service, id);
  if (!job)
    return new_error (404, "Video generation job not found");
  if (job->account != account)
    return new_error (403, "You do not have permission to see this job");
  return handle_status (call, job, SIM_STATUS_UNIFIED);
}

static gboolean
allows_recover (SimService *service)
{
  gint64 now = g_get_monotonic_time ();
  gint64 *oldest;

  if (service->options.recover_limit == 0)
    return TRUE;
  while ((oldest = g_queue_peek_head (&service->recovers))
      && *oldest <= now - MINUTE)
    g_free (g_queue_pop_head (&service->recovers));
  if (service->recovers.length >= service->options.recover_limit)
    return FALSE;
  g_queue_push_tail (&service->recovers, g_memdup2 (&now, sizeof now));
  return TRUE;
}

static void
add_row (JsonBuilder *builder, SimJob *job)
{
  static const char *const words[][2] = { { "IN_QUEUE", "queued" },
    { "IN_PROGRESS", "processing" } };
  const char *state = sim_job_get_state (job);
  g_autofree char *status = g_ascii_strdown (state, -1);
  g_autofree char *created = sim_job_format_time (job->created);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    if (g_str_equal (state, words[i][0])) {
      g_free (status);
      status = g_strdup (words[i][1]);
    }
  }
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "runId");
  json_builder_add_string_value (builder, job->run_id);
  json_builder_set_member_name (builder, "id");
  json_builder_add_string_value (builder, job->run_id);
  json_builder_set_member_name (builder, "model");
  json_builder_add_string_value (builder, job->request->model->slug);
  json_builder_set_member_name (builder, "status");
  json_builder_add_string_value (builder, status);
  json_builder_set_member_name (builder, "createdAt");
  json_builder_add_string_value (builder, created);
  json_builder_set_member_name (builder, "conversationUUID");
  if (job->request->conversation)
    json_builder_add_string_value (builder, job->request->conversation);
  else
    json_builder_add_null_value (builder);
  json_builder_end_object (builder);
}

static SimResponse *
handle_recover (SimCall *call, SimAccount *account)
{
  GPtrArray *jobs = call->service->jobs;
  const char *model = sim_call_get_query (call, "model");
  const char *conversation = sim_call_get_query (call, "conversationUUID");
  const char *text = sim_call_get_query (call, "limit");
  guint64 limit = RECOVER_DEFAULT;
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (!allows_recover (call->service))
    return sim_response_new_error (
        429, SIM_SHAPE_STRING, NULL, "Rate limit exceeded");
  if (text
      && !g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT, &limit, NULL))
    return new_error (400, "limit must be a number");
  limit = MIN (limit, RECOVER_MAX);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "data");
  json_builder_begin_array (builder);
  for (guint i = jobs->len; i > 0 && limit > 0; i--) {
    SimJob *job = jobs->pdata[i - 1];

    if (job->account != account
        || (model && !g_str_equal (model, job->request->model->slug))
        || (conversation
            && g_strcmp0 (conversation, job->request->conversation) != 0))
      continue;
    add_row (builder, job);
    limit--;
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return sim_response_new_json (200, builder);
}

static SimResponse *
handle_balance (SimAccount *account)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *usd =
      g_strdup_printf ("%" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT "00",
          account->balance / SIM_USD, account->balance % SIM_USD);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "usd_balance");
  json_builder_add_string_value (builder, usd);
  json_builder_set_member_name (builder, "nano_balance");
  json_builder_add_string_value (builder, "0.00000000");
  json_builder_set_member_name (builder, "nanoDepositAddress");
  json_builder_add_string_value (builder, "nano_simulated");
  json_builder_end_object (builder);
  return sim_response_new_json (200, builder);
}

static SimResponse *
handle_content (SimCall *call, SimAccount *account)
{
  const char *run_id = sim_call_get_query (call, "runId");
  const char *model = sim_call_get_query (call, "model");
  const char *variant = sim_call_get_query (call, "variant");
  const char *index = sim_call_get_query (call, "index");
  g_autofree char *url = NULL;
  SimResponse *response;
  SimJob *job;

  if (!run_id || !model)
    return new_error (400, "runId and model are required");
  if (variant && !g_str_equal (variant, "video"))
    return new_error (400, "Only variant=video is there");
  job = sim_service_find_job (call->service, run_id);
  if (!job || job->account != account
      || !g_str_equal (job->request->model->slug, model)
      || !g_str_equal (sim_job_get_state (job), "COMPLETED")
      || (index && g_ascii_strtoull (index, NULL, 10) >= job->clips->len))
    return new_error (404, "Video content not found");
  url = sim_media_sign (
      call->service, job, index ? g_ascii_strtoull (index, NULL, 10) : 0);
  response = sim_response_new_text (302, "text/plain", "");
  sim_response_add_header (response, "Location", url);
  return response;
}

static SimResponse *
handle_models (SimCall *call)
{
  const char *detailed = sim_call_get_query (call, "detailed");

  return sim_catalog_response (
      call->service->price, g_strcmp0 (detailed, "false") != 0);
}

static SimResponse *
handle_authorized (SimCall *call)
{
  SimResponse *refusal = NULL;
  SimAccount *account = authorize (call, &refusal);

  if (!account)
    return refusal;
  switch (call->endpoint) {
    case NANOGPT_SIMULATOR_SUBMIT:
      return handle_submit (call, account);
    case NANOGPT_SIMULATOR_STATUS:
      return handle_legacy_status (call, account);
    case NANOGPT_SIMULATOR_UNIFIED_STATUS:
      return handle_unified_status (call, account);
    case NANOGPT_SIMULATOR_RECOVER:
      return handle_recover (call, account);
    case NANOGPT_SIMULATOR_BALANCE:
      return handle_balance (account);
    default:
      return handle_content (call, account);
  }
}

static gboolean
is_missing (SimCall *call)
{
  const NanogptSimulatorOptions *options = &call->service->options;

  switch (call->endpoint) {
    case NANOGPT_SIMULATOR_STATUS:
      return options->no_legacy;
    case NANOGPT_SIMULATOR_UNIFIED_STATUS:
      return options->no_unified;
    case NANOGPT_SIMULATOR_RECOVER:
      return options->no_recover;
    default:
      return call->endpoint == NANOGPT_SIMULATOR_ANY;
  }
}

SimResponse *
sim_api_handle (SimCall *call)
{
  const char *method = soup_server_message_get_method (call->message);
  gboolean post = call->endpoint == NANOGPT_SIMULATOR_SUBMIT
      || call->endpoint == NANOGPT_SIMULATOR_BALANCE;
  SimResponse *response;

  if (is_missing (call))
    return new_error (404, "Not found");
  if (method != (post ? SOUP_METHOD_POST : SOUP_METHOD_GET)) {
    response = new_error (405, "Method not allowed");
    sim_response_add_header (response, "Allow", post ? "POST" : "GET");
    return response;
  }
  if (call->endpoint == NANOGPT_SIMULATOR_MODELS)
    return handle_models (call);
  return handle_authorized (call);
}
