/* nanovid: simulator: the program
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "simulator.h"

#include <glib-unix.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

static const char manual[] =
    "A strict local stand-in for the NanoGPT video generation service. It listens\n"
    "on loopback (but see --listen), charges imaginary money, and renders real\n"
    "clips. When it is ready, it prints one line:\n"
    "\n"
    "  listening on http://127.0.0.1:PORT      (https://localhost:PORT with TLS)\n"
    "\n"
    "It serves POST /api/generate-video, GET /api/generate-video/status,\n"
    "/api/video/status, /api/generate-video/recover, /api/generate-video/content,\n"
    "/api/v1/video-models and POST /api/check-balance; and the clips, from a\n"
    "second port, by signed URLs: a key that is sent there is refused with 400.\n"
    "SIGINT and SIGTERM end it.\n"
    "\n"
    "Accounts: with --key, only these keys are known; without it, every key is an\n"
    "account of its own. An accepted submit is charged at once, by the prices of\n"
    "the model listing or --price. --ledger appends one JSON line for each charge\n"
    "and refund, with time, event, account, run_id, model, cost, balance,\n"
    "prompt_sha256, conversation, and the names of the request's fields: those\n"
    "used, and those ignored, which the model does not have.\n"
    "\n"
    "Fault rules: ENDPOINT[#N[-M]]:ACTION[=VALUE][,ACTION[=VALUE]...]\n"
    "\n"
    "  ENDPOINT is submit, status (the legacy one), unified-status, recover,\n"
    "  balance, models, content, media or any. #N means its Nth request since the\n"
    "  rule was made, #N-M the Nth to the Mth, #N- the Nth and all after it; no\n"
    "  number, all. The first rule that matches holds. A comma or backslash inside a\n"
    "  value has a backslash before it.\n"
    "\n"
    "  Instead of processing the request:\n"
    "    refuse, drop        close the connection at once\n"
    "    stall               never answer\n"
    "    status=CODE         answer with this error, see below\n"
    "    html                answer 200 with a web page\n"
    "    redirect=URL        answer 302\n"
    "  Process it (a submit makes its job and is charged), and then:\n"
    "    reply-drop          close the connection without a reply\n"
    "    reply-half          close it after half of the reply's body\n"
    "    reply-stall         never answer\n"
    "    reply-status=CODE   answer with this error\n"
    "    delay=MS            answer this much later\n"
    "    drip=BYTES          send the body at so many bytes a second\n"
    "    truncate=BYTES      close the connection after so many bytes of the body\n"
    "    no-length           send the body chunked, without Content-Length\n"
    "    huge=BYTES          make the body so long: blanks after JSON, zeros after media\n"
    "  What status and reply-status send (and any other response, where it is set):\n"
    "    shape=NAME          string (default), object, refund, openai, code,\n"
    "                        message, payment or html\n"
    "    code=TEXT           the type or code in it\n"
    "    body=TEXT           this body instead\n"
    "    body-file=FILE      the contents of this file instead\n"
    "    type=TYPE           its Content-Type\n"
    "    header=NAME:VALUE   one more header\n"
    "    retry-after=VALUE   header Retry-After\n"
    "  For media:\n"
    "    no-ranges           ignore Range\n"
    "    etag=TAG            another ETag, quotes included\n"
    "    expire              answer 403, from now on, until the status is asked for\n"
    "                        again and gives a new URL\n"
    "  For submit, what becomes of its job:\n"
    "    states=S/S/S        its states, as in --states\n"
    "    error=TEXT          why it fails\n"
    "    nsfw                it fails with isNSFWError\n"
    "    generation-time=S   seconds it takes\n"
    "\n"
    "  Examples:\n"
    "    --fault='submit#2:status=503'\n"
    "    --fault='submit#1:reply-drop'\n"
    "    --fault='status#1-3:drop'\n"
    "    --fault='submit#1:reply-status=502,shape=html'\n"
    "    --fault='media#1:truncate=20000' --fault='media#2:expire'\n"
    "    --fault='submit:status=429,retry-after=2'\n"
    "\n"
    "Clip formats: KEY[=VALUE],... What is not named is as the request has it.\n"
    "  size=WxH            in pixels, even numbers\n"
    "  rate=N[/D]          frames a second; rate=variable: not evenly spaced\n"
    "  seconds=S           length of the picture, may be less than one\n"
    "  container=NAME      mp4 or webm\n"
    "  b-frames            with B-frames (MP4)\n"
    "  sound=KIND          none, mono (44100 Hz) or stereo (48000 Hz)\n"
    "  sound-excess=S      the sound is so much longer, or shorter (negative)\n"
    "A request may have such a format, too, as \"simulatorClip\": a field that the\n"
    "service does not have. Each clip begins with a white disk in the middle of the\n"
    "picture and a beep of 1000 Hz, both for 0.1 s.\n"
    "\n"
    "Limits: a body over 4.5 MB is answered 413 by the \"edge\", without JSON; a\n"
    "data URL may have 4 MiB.\n";

typedef struct
{
  NanogptSimulatorOptions options;
  int port, media_port;
  char *listen;
  char **keys;
  char **faults;
  char *faults_file;
  char *index;
  char *status_shape;
  char *states;
  char *error;
  char *container;
  char **clips;
  char *tls_dir, *tls_cert, *tls_key;
  char *media, *ledger, *cache_dir;
  gint64 bandwidth;
  int submit_limit, recover_limit;
  gboolean no_refund;
} Arguments;

/* Long, because it is mostly one table. */
static gboolean
parse_arguments (Arguments *a, int *argc, char ***argv, GError **error)
{
  NanogptSimulatorOptions *o = &a->options;
  const GOptionEntry entries[] = {
    { "port", 'p', 0, G_OPTION_ARG_INT, &a->port,
        "port of the API, 0 for any free one (default 0)", "PORT" },
    { "media-port", 0, 0, G_OPTION_ARG_INT, &a->media_port,
        "port of the clips, 0 for any free one (default 0)", "PORT" },
    { "listen", 0, 0, G_OPTION_ARG_STRING, &a->listen,
        "listen on this address instead of loopback; needs --tls-cert, whose "
        "first host name is then in all URLs, and --allow-remote",
        "ADDRESS" },
    { "allow-remote", 0, 0, G_OPTION_ARG_NONE, &o->allow_remote,
        "other machines may use it: needed for --listen", NULL },
    { "generation-time", 't', 0, G_OPTION_ARG_DOUBLE, &o->generation_time,
        "time from the submit to the final state (default 3)", "SECONDS" },
    { "spread", 0, 0, G_OPTION_ARG_DOUBLE, &o->spread,
        "vary the generation time at random by this factor, 0 to 1", "FACTOR" },
    { "states", 0, 0, G_OPTION_ARG_STRING, &a->states,
        "states of a job (default IN_QUEUE,IN_PROGRESS,COMPLETED); the last "
        "one is COMPLETED, FAILED or CANCELLED",
        "STATE,..." },
    { "error", 0, 0, G_OPTION_ARG_STRING, &a->error,
        "error text of jobs that fail", "TEXT" },
    { "nsfw", 0, 0, G_OPTION_ARG_NONE, &o->nsfw,
        "set isNSFWError in jobs that fail", NULL },
    { "key", 0, 0, G_OPTION_ARG_STRING_ARRAY, &a->keys,
        "API key of an account (repeatable; default: accept any key)",
        "KEY[=BALANCE]" },
    { "balance", 0, 0, G_OPTION_ARG_DOUBLE, &o->default_balance,
        "balance of accounts without one of their own (default 100)", "USD" },
    { "price", 0, 0, G_OPTION_ARG_DOUBLE, &o->price,
        "price of every job (default: from the model list)", "USD" },
    { "no-refund", 0, 0, G_OPTION_ARG_NONE, &a->no_refund,
        "do not refund failed jobs", NULL },
    { "tls", 0, 0, G_OPTION_ARG_NONE, &o->tls,
        "serve HTTPS with a temporary CA, and print its file", NULL },
    { "tls-dir", 0, 0, G_OPTION_ARG_FILENAME, &a->tls_dir,
        "directory for the temporary CA (ca.pem)", "DIR" },
    { "tls-cert", 0, 0, G_OPTION_ARG_FILENAME, &a->tls_cert,
        "serve HTTPS with this certificate", "FILE" },
    { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &a->tls_key,
        "private key of the certificate", "FILE" },
    { "fault", 'f', 0, G_OPTION_ARG_STRING_ARRAY, &a->faults,
        "inject a fault (repeatable), see below", "RULE" },
    { "faults", 0, 0, G_OPTION_ARG_FILENAME, &a->faults_file,
        "file of fault rules, one per line; # starts a comment line", "FILE" },
    { "media", 0, 0, G_OPTION_ARG_FILENAME, &a->media,
        "serve this file as every result", "FILE" },
    { "container", 0, 0, G_OPTION_ARG_STRING, &a->container,
        "mp4 (default) or webm", "FORMAT" },
    { "index", 0, 0, G_OPTION_ARG_STRING, &a->index,
        "position of the index in an MP4: first (default) or last", "PLACE" },
    { "clip", 0, 0, G_OPTION_ARG_STRING_ARRAY, &a->clips,
        "format of the clips (repeatable: jobs take turns), see below",
        "FORMAT" },
    { "bandwidth", 0, 0, G_OPTION_ARG_INT64, &a->bandwidth,
        "limit of each download, in bytes per second", "BYTES" },
    { "status-shape", 0, 0, G_OPTION_ARG_STRING, &a->status_shape,
        "shape of both status responses: legacy, unified, flat, short, longstories, "
        "lowercase or mixed",
        "SHAPE" },
    { "no-ranges", 0, 0, G_OPTION_ARG_NONE, &o->no_ranges,
        "ignore Range in media requests", NULL },
    { "relative-url", 0, 0, G_OPTION_ARG_NONE, &o->relative_url,
        "results have a URL relative to the API, which redirects", NULL },
    { "media-redirect", 0, 0, G_OPTION_ARG_NONE, &o->media_redirect,
        "result URLs redirect to signed ones", NULL },
    { "no-legacy", 0, 0, G_OPTION_ARG_NONE, &o->no_legacy,
        "respond to /api/generate-video/status with 404", NULL },
    { "no-unified", 0, 0, G_OPTION_ARG_NONE, &o->no_unified,
        "respond to /api/video/status with 404", NULL },
    { "no-recover", 0, 0, G_OPTION_ARG_NONE, &o->no_recover,
        "respond to /api/generate-video/recover with 404", NULL },
    { "submit-limit", 0, 0, G_OPTION_ARG_INT, &a->submit_limit,
        "submits per minute and account, 0 for any number (default 50)", "N" },
    { "recover-limit", 0, 0, G_OPTION_ARG_INT, &a->recover_limit,
        "recover requests per minute, 0 for any number (default 20)", "N" },
    { "ledger", 0, 0, G_OPTION_ARG_FILENAME, &a->ledger,
        "append charges and refunds to this file", "FILE" },
    { "cache-dir", 0, 0, G_OPTION_ARG_FILENAME, &a->cache_dir,
        "cache of rendered clips (default $XDG_CACHE_HOME/nanogpt-simulator)",
        "DIR" },
    { "log", 0, 0, G_OPTION_ARG_NONE, &o->log,
        "write a line to stderr for each request", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, "Simulates the video service.");
  g_option_context_set_description (context, manual);
  g_option_context_add_main_entries (context, entries, NULL);
  return g_option_context_parse (context, argc, argv, error);
}

static gboolean
bad_argument (GError **error, const char *text)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
  return FALSE;
}

static gboolean
complete_options (Arguments *a, int argc, GError **error)
{
  NanogptSimulatorOptions *o = &a->options;

  if (argc > 1)
    return bad_argument (error, "there are no arguments besides options");
  if (a->port < 0 || a->port > 65535 || a->media_port < 0
      || a->media_port > 65535)
    return bad_argument (error, "a port must be between 0 and 65535");
  if (a->bandwidth < 0)
    return bad_argument (error, "the bandwidth must be positive");
  if (a->submit_limit < 0 || a->recover_limit < 0)
    return bad_argument (error, "a limit must be 0 or more");
  if (a->index && !g_str_equal (a->index, "first")
      && !g_str_equal (a->index, "last"))
    return bad_argument (error, "--index must be first or last");

  o->port = a->port;
  o->media_port = a->media_port;
  o->listen = a->listen;
  o->keys = (const char *const *)a->keys;
  o->index_last = g_strcmp0 (a->index, "last") == 0;
  o->clips = (const char *const *)a->clips;
  o->bandwidth = a->bandwidth;
  o->submit_limit = a->submit_limit;
  o->recover_limit = a->recover_limit;
  o->refund = !a->no_refund;
  o->status_shape = a->status_shape;
  o->error = a->error;
  o->tls_dir = a->tls_dir;
  o->tls_cert = a->tls_cert;
  o->tls_key = a->tls_key;
  o->tls = o->tls || a->tls_dir;
  o->media_file = a->media;
  o->ledger_file = a->ledger;
  o->cache_dir = a->cache_dir;
  if (a->states)
    o->states = a->states;
  if (a->container)
    o->container = a->container;
  return TRUE;
}

static gboolean
add_faults_file (NanogptSimulator *simulator, const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, error))
    return FALSE;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i]; i++) {
    g_strstrip (lines[i]);
    if (*lines[i] == '\0' || *lines[i] == '#')
      continue;
    if (!nanogpt_simulator_add_fault (simulator, lines[i], error)) {
      g_prefix_error (error, "%s:%u: ", path, i + 1);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
add_faults (NanogptSimulator *simulator, Arguments *a, GError **error)
{
  for (guint i = 0; a->faults && a->faults[i]; i++) {
    if (!nanogpt_simulator_add_fault (simulator, a->faults[i], error))
      return FALSE;
  }
  return !a->faults_file || add_faults_file (simulator, a->faults_file, error);
}

static gboolean
on_signal (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
run_simulator (Arguments *a, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (NanogptSimulator) simulator =
      nanogpt_simulator_new (&a->options, error);

  if (!simulator || !add_faults (simulator, a, error))
    return FALSE;
  g_unix_signal_add (SIGINT, on_signal, loop);
  g_unix_signal_add (SIGTERM, on_signal, loop);

  if (nanogpt_simulator_get_ca_file (simulator))
    g_print (
        "CA certificate in %s\n", nanogpt_simulator_get_ca_file (simulator));
  g_print ("listening on %s\n", nanogpt_simulator_get_base_url (simulator));
  fflush (stdout);
  g_main_loop_run (loop);
  return TRUE;
}

static void
arguments_clear (Arguments *a)
{
  g_strfreev (a->keys);
  g_strfreev (a->faults);
  g_strfreev (a->clips);
  g_free (a->faults_file);
  g_free (a->listen);
  g_free (a->index);
  g_free (a->status_shape);
  g_free (a->states);
  g_free (a->error);
  g_free (a->container);
  g_free (a->tls_dir);
  g_free (a->tls_cert);
  g_free (a->tls_key);
  g_free (a->media);
  g_free (a->ledger);
  g_free (a->cache_dir);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

int
main (int argc, char **argv)
{
  g_auto (Arguments) arguments = { .port = 0 };
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  nanogpt_simulator_options_init (&arguments.options);
  arguments.submit_limit = arguments.options.submit_limit;
  arguments.recover_limit = arguments.options.recover_limit;
  if (parse_arguments (&arguments, &argc, &argv, &error)
      && complete_options (&arguments, argc, &error)
      && run_simulator (&arguments, &error))
    return 0;
  g_printerr ("nanogpt-simulator: %s\n", error->message);
  return 1;
}
