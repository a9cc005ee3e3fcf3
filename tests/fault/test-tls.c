/* nanovid: tests of which servers the elements trust
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gio/gio.h>
#include <glib/gstdio.h>

#include "fault/row.h"
#include "fixture/env.h"
#include "fixture/media.h"
#include "fixture/raw.h"
#include "fixture/tls.h"

/* What is wrong with a server's certificate. */
typedef enum
{
  GOOD,
  EXPIRED,
  WRONG_HOST,
  SELF_SIGNED,
  N_CERTIFICATES,
} Certificate;

typedef struct
{
  FaultRow row;
  Certificate api;
  gboolean has_store; /* clips come from another server */
  Certificate store;
  gboolean no_ca;    /* tls-ca-file is not set */
  gboolean relative; /* tls-ca-file is relative to the working directory */
} Trust;

/* The minimal configuration for "openssl ca", the only command that makes
 * expired certificates. */
static const char *const ca_config =
    "[ca]\ndefault_ca=test\n"
    "[test]\ndatabase=index\nnew_certs_dir=.\n"
    "rand_serial=yes\npolicy=any\ndefault_md=sha256\n"
    "[any]\ncommonName=supplied\n";

static const Trust trusts[] = {
  { .row = { "tls", "an authority of tls-ca-file", NULL, NULL, 1, 4 } },
  { .row = { "tls", "an authority of a tls-ca-file without a directory", NULL,
        NULL, 1, 4 },
      .relative = TRUE },
  { .row = { "tls", "an unknown authority", "network", "no key is sent", 0, 3 },
      .no_ca = TRUE },
  { .row = { "tls", "a self-signed certificate", "network", "no key is sent", 0,
        3 },
      .api = SELF_SIGNED },
  { .row = { "tls", "an expired certificate", "network", "no key is sent", 0,
        3 },
      .api = EXPIRED },
  { .row = { "tls", "another host's certificate", "network", "no key is sent",
        0, 3 },
      .api = WRONG_HOST },
  { .row = { "tls", "a clip from another server", NULL, NULL, 1, 4 },
      .has_store = TRUE },
  { .row = { "tls", "a clip from a self-signed server", "network", NULL, 1, 4 },
      .has_store = TRUE,
      .store = SELF_SIGNED },
  { .row = { "tls", "a clip from an expired server", "network", NULL, 1, 4 },
      .has_store = TRUE,
      .store = EXPIRED },
  { .row = { "tls", "a clip from another host's server", "network", NULL, 1,
        4 },
      .has_store = TRUE,
      .store = WRONG_HOST },
};

/* Certificates */

G_GNUC_PRINTF (2, 3)
static void
run_in (const char *directory, const char *format, ...)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *command = NULL;
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) error = NULL;
  va_list args;

  va_start (args, format);
  command = g_strdup_vprintf (format, args);
  va_end (args);
  g_assert_true (g_shell_parse_argv (command, NULL, &argv, NULL));
  g_subprocess_launcher_set_cwd (launcher, directory);
  process = g_subprocess_launcher_spawnv (
      launcher, (const char *const *)argv, &error);
  g_assert_no_error (error);
  g_subprocess_wait_check (process, NULL, &error);
  g_assert_no_error (error);
}

static void
write_in (const char *directory, const char *name, const char *content)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, content, -1, &error);
  g_assert_no_error (error);
}

/* Returns: (transfer full): a directory with cert.pem and key.pem */
static char *
make_certificate (Certificate kind)
{
  char *directory = fixture_make_dir ();
  g_autofree char *ca = g_path_get_dirname (fixture_tls_ca_file ());

  write_in (directory, "ext",
      kind == WRONG_HOST ? "subjectAltName=DNS:example.com,IP:192.0.2.1\n"
                         : "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  run_in (directory,
      "openssl req -new -nodes -newkey ec "
      "-pkeyopt ec_paramgen_curve:prime256v1 -subj /CN=localhost "
      "-keyout key.pem -out request.pem");
  if (kind == SELF_SIGNED) {
    run_in (directory,
        "openssl x509 -req -days 2 -extfile ext -signkey key.pem "
        "-in request.pem -out cert.pem");
    return directory;
  }
  write_in (directory, "config", ca_config);
  write_in (directory, "index", "");
  run_in (directory,
      "openssl ca -batch -notext -config config -cert %s/ca.pem "
      "-keyfile %s/ca.key -extfile ext %s -in request.pem "
      "-out cert.pem",
      ca, ca,
      kind == EXPIRED ? "-startdate 20200101000000Z -enddate 20200102000000Z"
                      : "-days 2");
  return directory;
}

/* Servers */

static NanogptSimulator *
start_server (Certificate kind, const char *media)
{
  g_autofree char *directory = make_certificate (kind);
  g_autofree char *cert = g_build_filename (directory, "cert.pem", NULL);
  g_autofree char *key = g_build_filename (directory, "key.pem", NULL);
  NanogptSimulatorOptions options;
  NanogptSimulator *simulator;
  g_autoptr (GError) error = NULL;

  player_options_init (&options);
  options.media_file = media;
  options.tls_cert = cert;
  options.tls_key = key;
  simulator = nanogpt_simulator_new (&options, &error);
  g_assert_no_error (error);
  return simulator;
}

/* @rule: (transfer full): the fault */
static void
add_fault (NanogptSimulator *simulator, char *rule)
{
  g_autoptr (GError) error = NULL;

  nanogpt_simulator_add_fault (simulator, rule, &error);
  g_assert_no_error (error);
  g_free (rule);
}

/* Makes the API refer to the store for the clip, which the store serves for any path. */
static void
redirect_to_store (
    NanogptSimulator *api, NanogptSimulator *store, const char *media)
{
  add_fault (api,
      g_strdup_printf (
          "status:status=200,body={\"data\":{\"status\":\"COMPLETED\"\\,"
          "\"output\":{\"video\":{\"url\":\"%s/clip.mp4\"}}}}",
          nanogpt_simulator_get_base_url (store)));
  add_fault (store,
      g_strdup_printf ("any:status=200,type=video/mp4,body-file=%s", media));
}

#define TRUST_PROPERTIES "retries=2"

static void
set_ca_file (Player *player, gboolean relative)
{
  const char *path = fixture_tls_ca_file ();
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);

  if (relative)
    g_assert_cmpint (g_chdir (directory), ==, 0);
  g_object_set (player->source, "tls-ca-file", relative ? name : path, NULL);
}

static void
test_trust (gconstpointer data)
{
  const Trust *trust = data;
  g_autofree char *media = fixture_media_path (FIXTURE_MEDIA_MP4);
  g_autofree char *state_dir = fixture_make_dir ();
  g_autoptr (GBytes) clip = fixture_media_bytes (FIXTURE_MEDIA_MP4);
  g_autoptr (NanogptSimulator) api = start_server (trust->api, media);
  g_autoptr (NanogptSimulator) store =
      trust->has_store ? start_server (trust->store, media) : NULL;
  g_autoptr (Player) player = player_new (NULL,
      "nanovidsrc name=source prompt=\"a lighthouse\" state-dir=%s " TRUST_PROPERTIES
      " ! fakesink sync=false",
      state_dir);

  g_object_set (
      player->source, "base-url", nanogpt_simulator_get_base_url (api), NULL);
  if (!trust->no_ca)
    set_ca_file (player, trust->relative);
  if (store)
    redirect_to_store (api, store, media);

  fault_row_play (&trust->row, player, clip);
  g_assert_cmpuint (
      nanogpt_simulator_count_charges (api), ==, trust->row.charges);
  /* An untrusted server gets not a byte of HTTP. */
  if (trust->row.charges == 0)
    g_assert_cmpuint (
        nanogpt_simulator_count_requests (api, NANOGPT_SIMULATOR_ANY), ==, 0);
  if (store && trust->row.reason)
    g_assert_cmpuint (
        nanogpt_simulator_count_requests (store, NANOGPT_SIMULATOR_ANY), ==, 0);
  player_set_state (player, GST_STATE_NULL);
}

/* A server that does not speak TLS */

static void
answer_in_clear (FixtureRaw *raw, GSocketConnection *connection,
    guint number G_GNUC_UNUSED, gpointer user_data G_GNUC_UNUSED)
{
  fixture_raw_send (
      raw, connection, "HTTP/1.1 400 Speak HTTP\r\nContent-Length: 0\r\n\r\n");
  fixture_raw_wait_closed (raw, connection);
}

static void
never_answer (FixtureRaw *raw, GSocketConnection *connection,
    guint number G_GNUC_UNUSED, gpointer user_data G_GNUC_UNUSED)
{
  fixture_raw_wait_closed (raw, connection);
}

#define STRANGER_PROPERTIES "retries=1 http-timeout=1"

static const struct
{
  FaultRow row;
  FixtureRawHandler handler;
} strangers[] = {
  { { "tls", "a server that speaks none", "network", NULL, 0, 4 },
      answer_in_clear },
  { { "tls", "a handshake without an answer", "network", NULL, 0, 5 },
      never_answer },
};

static void
test_stranger (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (FixtureRaw) raw = fixture_raw_new (strangers[i].handler, NULL);
  g_autoptr (GBytes) none = g_bytes_new (NULL, 0);
  g_autofree char *state_dir = fixture_make_dir ();
  g_autofree char *url =
      g_strconcat ("https", fixture_raw_get_url (raw) + strlen ("http"), NULL);
  g_autoptr (Player) player = player_new (NULL,
      "nanovidsrc name=source prompt=\"a lighthouse\" state-dir=%s " STRANGER_PROPERTIES
      " ! fakesink sync=false",
      state_dir);

  g_object_set (player->source, "base-url", url, NULL);
  fault_row_play (&strangers[i].row, player, none);
  player_set_state (player, GST_STATE_NULL);
}

int
main (int argc, char **argv)
{
  if (argc > 1 && g_str_equal (argv[1], "--print")) {
    fault_row_print_head ();
    for (guint i = 0; i < G_N_ELEMENTS (trusts); i++)
      fault_row_print (&trusts[i].row, TRUST_PROPERTIES);
    for (guint i = 0; i < G_N_ELEMENTS (strangers); i++)
      fault_row_print (&strangers[i].row, STRANGER_PROPERTIES);
    return 0;
  }
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (trusts); i++) {
    g_autofree char *path = fault_row_get_test_path (&trusts[i].row);

    g_test_add_data_func (path, &trusts[i], test_trust);
  }
  for (guint i = 0; i < G_N_ELEMENTS (strangers); i++) {
    g_autofree char *path = fault_row_get_test_path (&strangers[i].row);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_stranger);
  }
  return g_test_run ();
}
