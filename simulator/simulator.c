/* nanovid: simulator: starts, serves, and tells what happened
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server.h"

#include <glib/gstdio.h>
#include <math.h>

#define EXCHANGE_KEY "sim-exchange"

static const struct
{
  const char *path;
  NanogptSimulatorEndpoint endpoint;
} api_paths[] = {
  { "/api/generate-video", NANOGPT_SIMULATOR_SUBMIT },
  { "/api/generate-video/status", NANOGPT_SIMULATOR_STATUS },
  { "/api/video/status", NANOGPT_SIMULATOR_UNIFIED_STATUS },
  { "/api/generate-video/recover", NANOGPT_SIMULATOR_RECOVER },
  { "/api/generate-video/content", NANOGPT_SIMULATOR_CONTENT },
  { "/api/check-balance", NANOGPT_SIMULATOR_BALANCE },
  { "/api/v1/video-models", NANOGPT_SIMULATOR_MODELS },
};

void
nanogpt_simulator_options_init (NanogptSimulatorOptions *options)
{
  g_return_if_fail (options != NULL);

  *options = (NanogptSimulatorOptions){
    .generation_time = 3,
    .states = "IN_QUEUE,IN_PROGRESS,COMPLETED",
    .default_balance = 100,
    .price = -1,
    .refund = TRUE,
    .container = "mp4",
    .submit_limit = 50,
    .recover_limit = 20,
  };
}

SimJob *
sim_find_job (NanogptSimulator *simulator, const char *run_id)
{
  for (guint i = 0; i < simulator->jobs->len; i++) {
    SimJob *job = simulator->jobs->pdata[i];
    if (g_str_equal (job->run_id, run_id))
      return job;
  }
  return NULL;
}

/* Gives the money for failed jobs back. */
void
sim_settle_jobs (NanogptSimulator *simulator)
{
  for (guint i = 0; simulator->options.refund && i < simulator->jobs->len;
       i++) {
    SimJob *job = simulator->jobs->pdata[i];
    SimPurpose purpose = { job->run_id, job->request->model->slug,
      job->request->prompt, job->request->conversation };

    if (job->refunded || !g_str_equal (sim_job_get_state (job), "FAILED"))
      continue;
    job->refunded = TRUE;
    sim_ledger_refund (
        simulator->ledger, job->account, job->request->cost, &purpose);
  }
}

static void
exchange_free (gpointer data)
{
  SimExchange *exchange = data;

  g_clear_pointer (&exchange->fault, sim_fault_unref);
  g_clear_pointer (&exchange->query, g_hash_table_unref);
  g_free (exchange);
}

static NanogptSimulatorEndpoint
find_endpoint (
    NanogptSimulator *simulator, SoupServer *server, const char *path)
{
  if (server == simulator->media)
    return NANOGPT_SIMULATOR_MEDIA;
  for (guint i = 0; i < G_N_ELEMENTS (api_paths); i++) {
    if (g_str_equal (api_paths[i].path, path))
      return api_paths[i].endpoint;
  }
  return NANOGPT_SIMULATOR_ANY;
}

static void
log_request (SoupServerMessage *message, NanogptSimulator *simulator)
{
  g_autoptr (GDateTime) now = NULL;
  g_autofree char *time = NULL;

  if (!simulator->options.log)
    return;
  now = g_date_time_new_now_local ();
  time = g_date_time_format (now, "%H:%M:%S.%f");
  /* The query has signatures in it, and could have anything. */
  g_printerr ("%.12s %s %s %u\n", time,
      soup_server_message_get_method (message),
      g_uri_get_path (soup_server_message_get_uri (message)),
      soup_server_message_get_status (message));
}

/* The headers are there: the request counts, and may be refused. */
static void
on_request_headers (SoupServer *server, SoupServerMessage *message,
    const char *path, G_GNUC_UNUSED GHashTable *query, gpointer user_data)
{
  NanogptSimulator *simulator = user_data;
  SimExchange *exchange = g_new0 (SimExchange, 1);

  exchange->simulator = simulator;
  exchange->message = message;
  exchange->endpoint = find_endpoint (simulator, server, path);
  g_object_set_data_full (
      G_OBJECT (message), EXCHANGE_KEY, exchange, exchange_free);
  g_signal_connect (message, "finished", G_CALLBACK (log_request), simulator);

  g_mutex_lock (&simulator->lock);
  simulator->requests[NANOGPT_SIMULATOR_ANY]++;
  if (exchange->endpoint != NANOGPT_SIMULATOR_ANY)
    simulator->requests[exchange->endpoint]++;
  exchange->fault = sim_faults_match (simulator->faults, exchange->endpoint);
  g_cond_broadcast (&simulator->changed);
  g_mutex_unlock (&simulator->lock);

  if (exchange->fault != NULL && exchange->fault->refuse)
    sim_reply_hang_up (message);
}

static SimAnswer *
new_fault_answer (const SimFault *fault, guint status)
{
  return sim_answer_new_error (status, fault->shape,
      fault->code != NULL ? fault->code : "simulated_fault", "Simulated fault");
}

/* What is answered instead of processing the request, or NULL. */
static SimAnswer *
answer_unprocessed (const SimFault *fault)
{
  SimAnswer *answer;

  if (fault->status != 0)
    return new_fault_answer (fault, fault->status);
  if (fault->html)
    return sim_answer_new_text (200, "text/html; charset=utf-8",
        "<!DOCTYPE html>\n<html><head><title>NanoGPT</title></head>"
        "<body><div id=\"app\"></div></body></html>\n");
  if (fault->redirect == NULL)
    return NULL;
  answer = sim_answer_new_text (302, "text/plain", "");
  sim_answer_add_header (answer, "Location", fault->redirect);
  return answer;
}

static SimAnswer *
replace_body (SimAnswer *answer, const SimFault *fault)
{
  SimAnswer *replaced =
      sim_answer_new (answer->status, answer->content_type, fault->body);

  replaced->pad = answer->pad;
  g_ptr_array_extend_and_steal (
      replaced->headers, g_steal_pointer (&answer->headers));
  answer->headers = g_ptr_array_new ();
  sim_answer_free (answer);
  return replaced;
}

static SimAnswer *
apply_fault (SimAnswer *answer, const SimFault *fault)
{
  if (fault->body != NULL)
    answer = replace_body (answer, fault);
  if (fault->content_type != NULL) {
    g_free (answer->content_type);
    answer->content_type = g_strdup (fault->content_type);
  }
  for (guint i = 0; i < fault->headers->len; i += 2)
    sim_answer_add_header (
        answer, fault->headers->pdata[i], fault->headers->pdata[i + 1]);
  if (answer->status != 206)
    sim_answer_pad (answer, fault->huge);
  return answer;
}

static SimAnswer *
make_answer (SimExchange *exchange)
{
  const SimFault *fault = exchange->fault;
  SimAnswer *answer = fault != NULL ? answer_unprocessed (fault) : NULL;

  if (answer == NULL) {
    g_mutex_lock (&exchange->simulator->lock);
    sim_settle_jobs (exchange->simulator);
    answer = exchange->endpoint == NANOGPT_SIMULATOR_MEDIA
        ? sim_media_answer (exchange)
        : sim_endpoint_answer (exchange);
    g_mutex_unlock (&exchange->simulator->lock);
    if (fault != NULL && fault->reply_status != 0) {
      sim_answer_free (answer);
      answer = new_fault_answer (fault, fault->reply_status);
    }
  }
  return fault != NULL ? apply_fault (answer, fault) : answer;
}

static void
on_request (G_GNUC_UNUSED SoupServer *server, SoupServerMessage *message,
    G_GNUC_UNUSED const char *path, GHashTable *query, gpointer user_data)
{
  NanogptSimulator *simulator = user_data;
  SimExchange *exchange = g_object_get_data (G_OBJECT (message), EXCHANGE_KEY);
  const SimFault *fault = exchange->fault;
  gboolean media = exchange->endpoint == NANOGPT_SIMULATOR_MEDIA;
  SimAnswer *answer;

  /* Its body may have come with the headers. */
  if (fault != NULL && fault->refuse) {
    sim_reply_hang_up (message);
    return;
  }
  if (fault != NULL && fault->stall) {
    soup_server_message_pause (message);
    return;
  }
  exchange->query = query != NULL ? g_hash_table_ref (query) : NULL;
  answer = make_answer (exchange);
  /* SoupServer would cut the range out by itself, once more. */
  soup_message_headers_remove (
      soup_server_message_get_request_headers (message), "Range");
  if (fault != NULL && fault->reply_stall) {
    sim_answer_free (answer);
    soup_server_message_pause (message);
    return;
  }
  sim_reply (message, answer, fault, media ? simulator->options.bandwidth : 0);
}

static SoupServer *
listen_on (NanogptSimulator *simulator, guint port, GError **error)
{
  g_autoptr (SoupServer) server = soup_server_new ("server-header",
      "nanogpt-simulator", "tls-certificate", simulator->certificate, NULL);
  SoupServerListenOptions options =
      simulator->certificate != NULL ? SOUP_SERVER_LISTEN_HTTPS : 0;

  soup_server_add_early_handler (
      server, NULL, on_request_headers, simulator, NULL);
  soup_server_add_handler (server, NULL, on_request, simulator, NULL);
  if (soup_server_listen_local (server, port, options, error))
    return g_steal_pointer (&server);
  if (port == 0) {
    /* The port that was free on one loopback address was not on the other. */
    g_clear_error (error);
    if (soup_server_listen_local (
            server, 0, options | SOUP_SERVER_LISTEN_IPV4_ONLY, error))
      return g_steal_pointer (&server);
  }
  return NULL;
}

static char *
get_origin (SoupServer *server, gboolean tls)
{
  g_autoslist (GUri) uris = soup_server_get_uris (server);

  return g_strdup_printf ("%s://%s:%d", g_uri_get_scheme (uris->data),
      tls ? "localhost" : "127.0.0.1", g_uri_get_port (uris->data));
}

typedef struct
{
  NanogptSimulator *simulator;
  guint port;
  GError *error;
  gboolean done;
} Start;

static gboolean
start_servers (NanogptSimulator *simulator, guint port, GError **error)
{
  gboolean tls = simulator->certificate != NULL;

  simulator->api = listen_on (simulator, port, error);
  if (simulator->api == NULL)
    return FALSE;
  simulator->media = listen_on (simulator, 0, error);
  if (simulator->media == NULL)
    return FALSE;
  simulator->base_url = get_origin (simulator->api, tls);
  simulator->media_url = get_origin (simulator->media, tls);
  return TRUE;
}

static gpointer
run_thread (gpointer data)
{
  Start *start = data;
  NanogptSimulator *simulator = start->simulator;
  gboolean started;

  g_main_context_push_thread_default (simulator->context);
  started = start_servers (simulator, start->port, &start->error);
  g_mutex_lock (&simulator->lock);
  start->done = TRUE;
  g_cond_broadcast (&simulator->changed);
  g_mutex_unlock (&simulator->lock);

  if (started)
    g_main_loop_run (simulator->loop);
  if (simulator->media != NULL)
    soup_server_disconnect (simulator->media);
  if (simulator->api != NULL)
    soup_server_disconnect (simulator->api);
  /* What was being closed ends here, at the latest with its own timers. */
  while (g_main_context_iteration (simulator->context, FALSE))
    ;
  g_clear_object (&simulator->media);
  g_clear_object (&simulator->api);
  g_main_context_pop_thread_default (simulator->context);
  return NULL;
}

static gboolean
start_thread (NanogptSimulator *simulator, guint port, GError **error)
{
  Start start = { simulator, port, NULL, FALSE };

  simulator->thread =
      g_thread_try_new ("nanogpt-simulator", run_thread, &start, error);
  if (simulator->thread == NULL)
    return FALSE;
  g_mutex_lock (&simulator->lock);
  while (!start.done)
    g_cond_wait (&simulator->changed, &simulator->lock);
  g_mutex_unlock (&simulator->lock);
  if (start.error == NULL)
    return TRUE;
  g_propagate_error (error, start.error);
  return FALSE;
}

static gboolean
prepare_tls (NanogptSimulator *simulator,
    const NanogptSimulatorOptions *options, GError **error)
{
  g_autofree char *cert = g_strdup (options->tls_cert);
  g_autofree char *key = g_strdup (options->tls_key);
  const char *dir = options->tls_dir;

  if ((cert == NULL) != (key == NULL)) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
        "a TLS certificate and its key belong together");
    return FALSE;
  }
  if (cert == NULL && !options->tls)
    return TRUE;
  if (cert == NULL) {
    if (dir == NULL)
      dir = simulator->temporary_dir =
          g_dir_make_tmp ("nanogpt-simulator-XXXXXX", error);
    if (dir == NULL)
      return FALSE;
    if (g_mkdir_with_parents (dir, 0700) != 0) {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
          "cannot make the directory %s", dir);
      return FALSE;
    }
    if (!sim_tls_make (dir, error))
      return FALSE;
    simulator->ca_file = g_build_filename (dir, "ca.pem", NULL);
    cert = g_build_filename (dir, "cert.pem", NULL);
    key = g_build_filename (dir, "key.pem", NULL);
  }
  simulator->certificate = g_tls_certificate_new_from_files (cert, key, error);
  return simulator->certificate != NULL;
}

static gboolean
bad_option (GError **error, const char *text)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
  return FALSE;
}

static gboolean
check_options (NanogptSimulator *simulator,
    const NanogptSimulatorOptions *options, GError **error)
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
  if (options->status_shape != NULL
      && !sim_status_shape_from_string (
          options->status_shape, &simulator->status_shape))
    return bad_option (error, "there is no such status shape");

  simulator->states = sim_states_parse (options->states, ",", error);
  if (simulator->states == NULL)
    return FALSE;
  last = simulator->states[g_strv_length (simulator->states) - 1];
  if (options->error != NULL)
    simulator->error_text = g_strdup (options->error);
  else if (g_str_equal (last, "CANCELLED"))
    simulator->error_text = g_strdup ("The job was canceled");
  else
    simulator->error_text = g_strdup ("The video could not be generated");
  simulator->price =
      options->price >= 0 ? llround (options->price * SIM_USD) : -1;
  return TRUE;
}

static gboolean
prepare_renderer (NanogptSimulator *simulator,
    const NanogptSimulatorOptions *options, GError **error)
{
  SimFormat format = SIM_FORMAT_MP4;

  if (g_strcmp0 (options->container, "webm") == 0)
    format = SIM_FORMAT_WEBM;
  else if (g_strcmp0 (options->container, "mp4") != 0)
    return bad_option (error, "the container must be mp4 or webm");
  else if (options->index_last)
    format = SIM_FORMAT_MP4_INDEX_LAST;
  simulator->renderer =
      sim_renderer_new (format, options->media_file, options->cache_dir, error);
  return simulator->renderer != NULL;
}

static void
forget_strings (NanogptSimulatorOptions *options)
{
  options->states = options->error = NULL;
  options->keys = NULL;
  options->tls_dir = options->tls_cert = options->tls_key = NULL;
  options->media_file = options->container = options->status_shape = NULL;
  options->ledger_file = options->cache_dir = NULL;
}

NanogptSimulator *
nanogpt_simulator_new (const NanogptSimulatorOptions *options, GError **error)
{
  g_autoptr (NanogptSimulator) simulator = g_new0 (NanogptSimulator, 1);
  NanogptSimulatorOptions defaults;

  if (options == NULL) {
    nanogpt_simulator_options_init (&defaults);
    options = &defaults;
  }
  g_mutex_init (&simulator->lock);
  g_cond_init (&simulator->changed);
  g_queue_init (&simulator->recovers);
  simulator->options = *options;
  forget_strings (&simulator->options);
  simulator->secret = g_uuid_string_random ();
  simulator->jobs =
      g_ptr_array_new_with_free_func ((GDestroyNotify)sim_job_free);
  simulator->faults = sim_faults_new ();
  simulator->context = g_main_context_new ();
  simulator->loop = g_main_loop_new (simulator->context, FALSE);

  if (!check_options (simulator, options, error))
    return NULL;
  simulator->ledger = sim_ledger_new (
      options->keys, options->default_balance, options->ledger_file, error);
  if (simulator->ledger == NULL || !prepare_renderer (simulator, options, error)
      || !prepare_tls (simulator, options, error)
      || !start_thread (simulator, options->port, error))
    return NULL;
  return g_steal_pointer (&simulator);
}

static gboolean
on_quit (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static void
remove_directory (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename (path, name, NULL);
    g_unlink (file);
  }
  g_rmdir (path);
}

void
nanogpt_simulator_free (NanogptSimulator *simulator)
{
  g_return_if_fail (simulator != NULL);

  if (simulator->thread != NULL) {
    g_autoptr (GSource) quit = g_idle_source_new ();
    g_source_set_priority (quit, G_PRIORITY_HIGH);
    g_source_set_callback (quit, on_quit, simulator->loop, NULL);
    g_source_attach (quit, simulator->context);
    g_thread_join (simulator->thread);
  }
  g_clear_pointer (&simulator->jobs, g_ptr_array_unref);
  g_clear_pointer (&simulator->renderer, sim_renderer_free);
  g_clear_pointer (&simulator->ledger, sim_ledger_free);
  g_clear_pointer (&simulator->faults, sim_faults_free);
  g_queue_clear_full (&simulator->recovers, g_free);
  g_clear_object (&simulator->certificate);
  if (simulator->temporary_dir != NULL)
    remove_directory (simulator->temporary_dir);
  g_free (simulator->temporary_dir);
  g_free (simulator->ca_file);
  g_free (simulator->base_url);
  g_free (simulator->media_url);
  g_free (simulator->secret);
  g_free (simulator->error_text);
  g_strfreev (simulator->states);
  g_main_loop_unref (simulator->loop);
  g_main_context_unref (simulator->context);
  g_cond_clear (&simulator->changed);
  g_mutex_clear (&simulator->lock);
  g_free (simulator);
}

const char *
nanogpt_simulator_get_base_url (NanogptSimulator *simulator)
{
  return simulator->base_url;
}

const char *
nanogpt_simulator_get_media_url (NanogptSimulator *simulator)
{
  return simulator->media_url;
}

const char *
nanogpt_simulator_get_ca_file (NanogptSimulator *simulator)
{
  return simulator->ca_file;
}

guint
nanogpt_simulator_count_requests (
    NanogptSimulator *simulator, NanogptSimulatorEndpoint endpoint)
{
  guint count;

  g_mutex_lock (&simulator->lock);
  count = simulator->requests[endpoint];
  g_mutex_unlock (&simulator->lock);
  return count;
}

gboolean
nanogpt_simulator_wait_requests (NanogptSimulator *simulator,
    NanogptSimulatorEndpoint endpoint, guint count, guint timeout_ms)
{
  gint64 end = g_get_monotonic_time () + timeout_ms * G_TIME_SPAN_MILLISECOND;
  gboolean reached;

  g_mutex_lock (&simulator->lock);
  while (simulator->requests[endpoint] < count
      && g_cond_wait_until (&simulator->changed, &simulator->lock, end))
    ;
  reached = simulator->requests[endpoint] >= count;
  g_mutex_unlock (&simulator->lock);
  return reached;
}

guint
nanogpt_simulator_count_charges (NanogptSimulator *simulator)
{
  guint count;

  g_mutex_lock (&simulator->lock);
  count = sim_ledger_count_charges (simulator->ledger);
  g_mutex_unlock (&simulator->lock);
  return count;
}

gboolean
nanogpt_simulator_wait_charges (
    NanogptSimulator *simulator, guint count, guint timeout_ms)
{
  gint64 end = g_get_monotonic_time () + timeout_ms * G_TIME_SPAN_MILLISECOND;
  gboolean reached;

  g_mutex_lock (&simulator->lock);
  while (sim_ledger_count_charges (simulator->ledger) < count
      && g_cond_wait_until (&simulator->changed, &simulator->lock, end))
    ;
  reached = sim_ledger_count_charges (simulator->ledger) >= count;
  g_mutex_unlock (&simulator->lock);
  return reached;
}

double
nanogpt_simulator_get_charged (NanogptSimulator *simulator)
{
  gint64 charged;

  g_mutex_lock (&simulator->lock);
  charged = sim_ledger_get_charged (simulator->ledger);
  g_mutex_unlock (&simulator->lock);
  return sim_usd (charged);
}

double
nanogpt_simulator_get_refunded (NanogptSimulator *simulator)
{
  gint64 refunded;

  g_mutex_lock (&simulator->lock);
  sim_settle_jobs (simulator);
  refunded = sim_ledger_get_refunded (simulator->ledger);
  g_mutex_unlock (&simulator->lock);
  return sim_usd (refunded);
}

double
nanogpt_simulator_get_balance (NanogptSimulator *simulator, const char *key)
{
  SimAccount *account;
  double balance;

  g_mutex_lock (&simulator->lock);
  sim_settle_jobs (simulator);
  account = sim_ledger_lookup (simulator->ledger, key);
  balance = account != NULL ? sim_usd (account->balance) : -1;
  g_mutex_unlock (&simulator->lock);
  return balance;
}

guint
nanogpt_simulator_count_key_leaks (NanogptSimulator *simulator)
{
  guint leaks;

  g_mutex_lock (&simulator->lock);
  leaks = simulator->key_leaks;
  g_mutex_unlock (&simulator->lock);
  return leaks;
}

static void
submit_free (gpointer data)
{
  NanogptSimulatorSubmit *submit = data;

  g_free (submit->run_id);
  g_free (submit->model);
  g_free (submit->account);
  g_free (submit->body);
  g_strfreev (submit->ignored);
  g_free (submit);
}

GPtrArray *
nanogpt_simulator_list_submits (NanogptSimulator *simulator)
{
  GPtrArray *submits = g_ptr_array_new_with_free_func (submit_free);

  g_mutex_lock (&simulator->lock);
  for (guint i = 0; i < simulator->jobs->len; i++) {
    SimJob *job = simulator->jobs->pdata[i];
    NanogptSimulatorSubmit *submit = g_new0 (NanogptSimulatorSubmit, 1);

    submit->run_id = g_strdup (job->run_id);
    submit->model = g_strdup (job->request->model->slug);
    submit->account = g_strdup (job->account->name);
    submit->body = g_strdup (job->request->body);
    submit->ignored = g_strdupv ((char **)job->request->ignored->pdata);
    submit->cost = sim_usd (job->request->cost);
    submit->time = job->created;
    submit->failed = job->clip == NULL;
    g_ptr_array_add (submits, submit);
  }
  g_mutex_unlock (&simulator->lock);
  return submits;
}

gboolean
nanogpt_simulator_add_fault (
    NanogptSimulator *simulator, const char *rule, GError **error)
{
  gboolean added;

  g_mutex_lock (&simulator->lock);
  added = sim_faults_add (simulator->faults, rule, error);
  g_mutex_unlock (&simulator->lock);
  return added;
}

void
nanogpt_simulator_clear_faults (NanogptSimulator *simulator)
{
  g_mutex_lock (&simulator->lock);
  sim_faults_clear (simulator->faults);
  g_mutex_unlock (&simulator->lock);
}
