/* nanovid: simulator: starting it, and querying what happened
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "simulator.h"

#include "server.h"
#include "tls.h"

#include <glib/gstdio.h>

struct _NanogptSimulator
{
  SimService *service;
  /* set before the thread starts, constant after that */
  char *ca_file;
  char *temporary_dir; /* for the certificate, or NULL */
  GTlsCertificate *certificate;
  GInetAddress *address; /* to listen on; NULL for loopback */
  char *host;            /* in URLs */
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  /* used by the thread only */
  SoupServer *api;
  SoupServer *media;
};

typedef struct
{
  NanogptSimulator *simulator;
  guint port, media_port;
  GError *error;
  gboolean done;
} Start;

static gboolean
start_servers (Start *start)
{
  NanogptSimulator *simulator = start->simulator;
  SimService *service = simulator->service;

  simulator->api = sim_server_new_api (service, simulator->certificate,
      simulator->address, start->port, &start->error);
  if (!simulator->api)
    return FALSE;
  simulator->media = sim_server_new_media (service, simulator->certificate,
      simulator->address, start->media_port, &start->error);
  if (!simulator->media)
    return FALSE;
  service->base_url = sim_server_get_origin (simulator->api, simulator->host);
  service->media_url =
      sim_server_get_origin (simulator->media, simulator->host);
  return TRUE;
}

static gpointer
run_thread (gpointer data)
{
  Start *start = data;
  NanogptSimulator *simulator = start->simulator;
  gboolean started;

  g_main_context_push_thread_default (simulator->context);
  started = start_servers (start);
  g_mutex_lock (&simulator->service->lock);
  start->done = TRUE;
  g_cond_broadcast (&simulator->service->changed);
  g_mutex_unlock (&simulator->service->lock);

  if (started)
    g_main_loop_run (simulator->loop);
  if (simulator->media)
    soup_server_disconnect (simulator->media);
  if (simulator->api)
    soup_server_disconnect (simulator->api);
  /* Lets connections that are being closed finish. */
  while (g_main_context_iteration (simulator->context, FALSE))
    ;
  g_clear_object (&simulator->media);
  g_clear_object (&simulator->api);
  g_main_context_pop_thread_default (simulator->context);
  return NULL;
}

static gboolean
start_thread (NanogptSimulator *simulator,
    const NanogptSimulatorOptions *options, GError **error)
{
  Start start = { simulator, options->port, options->media_port, NULL, FALSE };

  simulator->thread =
      g_thread_try_new ("nanogpt-simulator", run_thread, &start, error);
  if (!simulator->thread)
    return FALSE;
  g_mutex_lock (&simulator->service->lock);
  while (!start.done)
    g_cond_wait (&simulator->service->changed, &simulator->service->lock);
  g_mutex_unlock (&simulator->service->lock);
  if (!start.error)
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

  if (!cert != !key) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
        "a TLS certificate and its key belong together");
    return FALSE;
  }
  if (!cert && !options->tls)
    return TRUE;
  if (!cert) {
    if (!dir)
      dir = simulator->temporary_dir =
          g_dir_make_tmp ("nanogpt-simulator-XXXXXX", error);
    if (!dir)
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

/* Returns: (transfer full) (nullable): a host name or address in the
 *   certificate. */
static char *
get_certified_host (GTlsCertificate *certificate)
{
  g_autoptr (GPtrArray) names = NULL;
  g_autoptr (GPtrArray) addresses = NULL;

  g_object_get (
      certificate, "dns-names", &names, "ip-addresses", &addresses, NULL);
  for (guint i = 0; names && i < names->len; i++) {
    gsize size;
    const char *name = g_bytes_get_data (names->pdata[i], &size);

    if (size > 0 && *name != '*')
      return g_strndup (name, size);
  }
  if (!addresses || addresses->len == 0)
    return NULL;
  return g_inet_address_to_string (addresses->pdata[0]);
}

/* Beyond loopback, keys and clips must be protected by TLS, and access has to
 * be allowed explicitly. */
static gboolean
prepare_host (NanogptSimulator *simulator,
    const NanogptSimulatorOptions *options, GError **error)
{
  if (!options->listen && options->allow_remote)
    return bad_option (error, "allowing other machines needs an address");
  if (!options->listen) {
    simulator->host =
        g_strdup (simulator->certificate ? "localhost" : "127.0.0.1");
    return TRUE;
  }
  if (!options->tls_cert)
    return bad_option (
        error, "listening beyond loopback needs a TLS certificate and its key");
  if (!options->allow_remote)
    return bad_option (error,
        "other machines can use it there: --allow-remote says that this is "
        "meant");
  simulator->address = g_inet_address_new_from_string (options->listen);
  if (!simulator->address)
    return bad_option (error, "the address to listen on is not an IP address");
  simulator->host = get_certified_host (simulator->certificate);
  if (!simulator->host)
    return bad_option (error,
        "the TLS certificate names neither a host nor an IP address "
        "(subjectAltName)");
  return TRUE;
}

NanogptSimulator *
nanogpt_simulator_new (const NanogptSimulatorOptions *options, GError **error)
{
  g_autoptr (NanogptSimulator) simulator = g_new0 (NanogptSimulator, 1);
  NanogptSimulatorOptions defaults;

  if (!options) {
    nanogpt_simulator_options_init (&defaults);
    options = &defaults;
  }
  simulator->context = g_main_context_new ();
  simulator->loop = g_main_loop_new (simulator->context, FALSE);
  simulator->service = sim_service_new (options, error);
  if (!simulator->service || !prepare_tls (simulator, options, error)
      || !prepare_host (simulator, options, error)
      || !start_thread (simulator, options, error))
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

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *file = g_build_filename (path, name, NULL);
    g_unlink (file);
  }
  g_rmdir (path);
}

void
nanogpt_simulator_free (NanogptSimulator *simulator)
{
  g_return_if_fail (simulator != NULL);

  if (simulator->thread) {
    g_autoptr (GSource) quit = g_idle_source_new ();
    g_source_set_priority (quit, G_PRIORITY_HIGH);
    g_source_set_callback (quit, on_quit, simulator->loop, NULL);
    g_source_attach (quit, simulator->context);
    g_thread_join (simulator->thread);
  }
  g_clear_pointer (&simulator->service, sim_service_free);
  g_clear_object (&simulator->certificate);
  g_clear_object (&simulator->address);
  g_free (simulator->host);
  if (simulator->temporary_dir)
    remove_directory (simulator->temporary_dir);
  g_free (simulator->temporary_dir);
  g_free (simulator->ca_file);
  g_main_loop_unref (simulator->loop);
  g_main_context_unref (simulator->context);
  g_free (simulator);
}

const char *
nanogpt_simulator_get_base_url (NanogptSimulator *simulator)
{
  return simulator->service->base_url;
}

const char *
nanogpt_simulator_get_media_url (NanogptSimulator *simulator)
{
  return simulator->service->media_url;
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

  g_mutex_lock (&simulator->service->lock);
  count = simulator->service->requests[endpoint];
  g_mutex_unlock (&simulator->service->lock);
  return count;
}

gboolean
nanogpt_simulator_wait_requests (NanogptSimulator *simulator,
    NanogptSimulatorEndpoint endpoint, guint count, guint timeout_ms)
{
  gint64 end = g_get_monotonic_time () + timeout_ms * G_TIME_SPAN_MILLISECOND;
  gboolean reached;

  g_mutex_lock (&simulator->service->lock);
  while (simulator->service->requests[endpoint] < count
      && g_cond_wait_until (
          &simulator->service->changed, &simulator->service->lock, end))
    ;
  reached = simulator->service->requests[endpoint] >= count;
  g_mutex_unlock (&simulator->service->lock);
  return reached;
}

guint
nanogpt_simulator_count_charges (NanogptSimulator *simulator)
{
  guint count;

  g_mutex_lock (&simulator->service->lock);
  count = sim_ledger_count_charges (simulator->service->ledger);
  g_mutex_unlock (&simulator->service->lock);
  return count;
}

gboolean
nanogpt_simulator_wait_charges (
    NanogptSimulator *simulator, guint count, guint timeout_ms)
{
  gint64 end = g_get_monotonic_time () + timeout_ms * G_TIME_SPAN_MILLISECOND;
  gboolean reached;

  g_mutex_lock (&simulator->service->lock);
  while (sim_ledger_count_charges (simulator->service->ledger) < count
      && g_cond_wait_until (
          &simulator->service->changed, &simulator->service->lock, end))
    ;
  reached = sim_ledger_count_charges (simulator->service->ledger) >= count;
  g_mutex_unlock (&simulator->service->lock);
  return reached;
}

double
nanogpt_simulator_get_charged (NanogptSimulator *simulator)
{
  gint64 charged;

  g_mutex_lock (&simulator->service->lock);
  charged = sim_ledger_get_charged (simulator->service->ledger);
  g_mutex_unlock (&simulator->service->lock);
  return sim_usd (charged);
}

double
nanogpt_simulator_get_refunded (NanogptSimulator *simulator)
{
  gint64 refunded;

  g_mutex_lock (&simulator->service->lock);
  sim_service_settle_jobs (simulator->service);
  refunded = sim_ledger_get_refunded (simulator->service->ledger);
  g_mutex_unlock (&simulator->service->lock);
  return sim_usd (refunded);
}

double
nanogpt_simulator_get_balance (NanogptSimulator *simulator, const char *key)
{
  SimAccount *account;
  double balance;

  g_mutex_lock (&simulator->service->lock);
  sim_service_settle_jobs (simulator->service);
  account = sim_ledger_lookup (simulator->service->ledger, key);
  balance = account ? sim_usd (account->balance) : -1;
  g_mutex_unlock (&simulator->service->lock);
  return balance;
}

guint
nanogpt_simulator_count_key_leaks (NanogptSimulator *simulator)
{
  guint leaks;

  g_mutex_lock (&simulator->service->lock);
  leaks = simulator->service->key_leaks;
  g_mutex_unlock (&simulator->service->lock);
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

  g_mutex_lock (&simulator->service->lock);
  for (guint i = 0; i < simulator->service->jobs->len; i++) {
    SimJob *job = simulator->service->jobs->pdata[i];
    NanogptSimulatorSubmit *submit = g_new0 (NanogptSimulatorSubmit, 1);

    submit->run_id = g_strdup (job->run_id);
    submit->model = g_strdup (job->request->model->slug);
    submit->account = g_strdup (job->account->name);
    submit->body = g_strdup (job->request->body);
    submit->ignored = g_strdupv ((char **)job->request->ignored->pdata);
    submit->cost = sim_usd (job->request->cost);
    submit->time = job->created;
    submit->failed = job->clips->len == 0;
    g_ptr_array_add (submits, submit);
  }
  g_mutex_unlock (&simulator->service->lock);
  return submits;
}

gboolean
nanogpt_simulator_add_fault (
    NanogptSimulator *simulator, const char *rule, GError **error)
{
  gboolean added;

  g_mutex_lock (&simulator->service->lock);
  added = sim_faults_add (simulator->service->faults, rule, error);
  g_mutex_unlock (&simulator->service->lock);
  return added;
}

void
nanogpt_simulator_clear_faults (NanogptSimulator *simulator)
{
  g_mutex_lock (&simulator->service->lock);
  sim_faults_clear (simulator->service->faults);
  g_mutex_unlock (&simulator->service->lock);
}
