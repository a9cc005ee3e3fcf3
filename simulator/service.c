/* nanovid: simulator: the state of a simulator: accounts, jobs and faults
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service.h"

#include <math.h>

static gboolean
bad_option (GError **error, const char *text)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
  return FALSE;
}

static gboolean
check_options (
    SimService *service, const NanogptSimulatorOptions *options, GError **error)
{
  const char *last;

  if (!(options->generation_time >= 0 && options->generation_time < 1e6))
    return bad_option (error, "the generation time must be 0 s or more");
  if (!(options->spread >= 0 && options->spread <= 1))
    return bad_option (error, "the spread must be between 0 and 1");
  if (!(options->default_balance >= 0 && options->default_balance < 1e9))
    return bad_option (error, "the balance must be 0 USD or more");
  if (!(options->price < 1e6))
    return bad_option (error, "the price is too high");
  if (options->status_shape
      && !sim_status_shape_from_string (
          options->status_shape, &service->status_shape))
    return bad_option (error, "there is no such status shape");

  service->states = sim_states_parse (options->states, ",", error);
  if (!service->states)
    return FALSE;
  last = service->states[g_strv_length (service->states) - 1];
  if (options->error)
    service->error_text = g_strdup (options->error);
  else if (g_str_equal (last, "CANCELLED"))
    service->error_text = g_strdup ("The job was canceled");
  else
    service->error_text = g_strdup ("The video could not be generated");
  service->price =
      options->price >= 0 ? llround (options->price * SIM_USD) : -1;
  return TRUE;
}

static gboolean
prepare_formats (SimService *service, SimContainer container,
    const char *const *texts, GError **error)
{
  SimClipFormat format;

  service->clip_formats = g_array_new (FALSE, FALSE, sizeof format);
  do {
    sim_clip_format_init (&format, container);
    if (texts && *texts && !sim_clip_format_parse (&format, *texts++, error))
      return FALSE;
    g_array_append_val (service->clip_formats, format);
  } while (texts && *texts);
  return TRUE;
}

static gboolean
prepare_renderer (
    SimService *service, const NanogptSimulatorOptions *options, GError **error)
{
  SimContainer container = SIM_CONTAINER_MP4;

  if (g_strcmp0 (options->container, "webm") == 0)
    container = SIM_CONTAINER_WEBM;
  else if (g_strcmp0 (options->container, "mp4") != 0)
    return bad_option (error, "the container must be mp4 or webm");
  else if (options->index_last)
    container = SIM_CONTAINER_MP4_INDEX_LAST;
  if (!prepare_formats (service, container, options->clips, error))
    return FALSE;
  service->renderer = sim_renderer_new (
      container, options->media_file, options->cache_dir, error);
  return service->renderer != NULL;
}

static void
forget_strings (NanogptSimulatorOptions *options)
{
  options->states = options->error = NULL;
  options->keys = NULL;
  options->tls_dir = options->tls_cert = options->tls_key = NULL;
  options->media_file = options->container = options->status_shape = NULL;
  options->ledger_file = options->cache_dir = NULL;
  options->clips = NULL;
  options->listen = NULL;
}

SimService *
sim_service_new (const NanogptSimulatorOptions *options, GError **error)
{
  g_autoptr (SimService) service = g_new0 (SimService, 1);

  g_mutex_init (&service->lock);
  g_cond_init (&service->changed);
  g_queue_init (&service->recovers);
  service->options = *options;
  forget_strings (&service->options);
  service->secret = g_uuid_string_random ();
  service->jobs = g_ptr_array_new_with_free_func ((GDestroyNotify)sim_job_free);
  service->faults = sim_faults_new ();

  if (!check_options (service, options, error))
    return NULL;
  service->ledger = sim_ledger_new (
      options->keys, options->default_balance, options->ledger_file, error);
  if (!service->ledger || !prepare_renderer (service, options, error))
    return NULL;
  return g_steal_pointer (&service);
}

void
sim_service_free (SimService *service)
{
  g_clear_pointer (&service->jobs, g_ptr_array_unref);
  g_clear_pointer (&service->renderer, sim_renderer_free);
  g_clear_pointer (&service->clip_formats, g_array_unref);
  g_clear_pointer (&service->ledger, sim_ledger_free);
  g_clear_pointer (&service->faults, sim_faults_free);
  g_queue_clear_full (&service->recovers, g_free);
  g_free (service->base_url);
  g_free (service->media_url);
  g_free (service->secret);
  g_free (service->error_text);
  g_strfreev (service->states);
  g_cond_clear (&service->changed);
  g_mutex_clear (&service->lock);
  g_free (service);
}

SimJob *
sim_service_find_job (SimService *service, const char *run_id)
{
  for (guint i = 0; i < service->jobs->len; i++) {
    SimJob *job = service->jobs->pdata[i];
    if (g_str_equal (job->run_id, run_id))
      return job;
  }
  return NULL;
}

const SimClipFormat *
sim_service_choose_format (SimService *service)
{
  return &g_array_index (service->clip_formats, SimClipFormat,
      service->jobs->len % service->clip_formats->len);
}

/* Refunds the charges for failed jobs. */
void
sim_service_settle_jobs (SimService *service)
{
  for (guint i = 0; service->options.refund && i < service->jobs->len; i++) {
    SimJob *job = service->jobs->pdata[i];
    SimPurpose purpose = sim_request_get_purpose (job->request, job->run_id);

    if (job->refunded || !g_str_equal (sim_job_get_state (job), "FAILED"))
      continue;
    job->refunded = TRUE;
    sim_ledger_refund (
        service->ledger, job->account, job->request->cost, &purpose);
  }
}
