/* nanovid: test of the property database when the database is unusable
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "element/player.h"
#include "fixture/env.h"
#include "fixture/postgres.h"
#include "fixture/watchdog.h"

/* Stands for a password that must not appear anywhere. */
#define SECRET "hunter2"
#define LAUNCH "nanovidsrc name=source prompt=lighthouse ! fakesink"
/* How long to retry a database that refuses for now, in seconds. */
#define PATIENCE 2

static FixturePostgres *server;

/* All log messages, at any level. */
static GMutex lock;
static GString *told;

static void
keep_line (GstDebugCategory *category G_GNUC_UNUSED,
    GstDebugLevel level G_GNUC_UNUSED, const char *file G_GNUC_UNUSED,
    const char *function G_GNUC_UNUSED, int line G_GNUC_UNUSED,
    GObject *object G_GNUC_UNUSED, GstDebugMessage *message,
    gpointer data G_GNUC_UNUSED)
{
  g_mutex_lock (&lock);
  g_string_append (told, gst_debug_message_get (message));
  g_string_append_c (told, '\n');
  g_mutex_unlock (&lock);
}

static void
assert_nothing_sent (Player *player)
{
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        player->simulator, NANOGPT_SIMULATOR_SUBMIT),
      ==, 0);
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 0);
}

/* The element fails with @reason and a text that contains @words, and sends nothing. */
static void
assert_refused (const char *uri, const char *reason, const char *words)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new (words, 30);
  g_autoptr (Player) player = player_new (NULL, LAUNCH);
  const GstStructure *details;
  g_autoptr (GError) error = NULL;

  g_object_set (player->source, "database", uri, "http-timeout",
      (guint)fixture_scaled (PATIENCE), NULL);
  player_set_state (player, GST_STATE_PLAYING);
  player_wait (player, GST_MESSAGE_ERROR);
  details = player_get_error (player, &error);
  g_test_message ("%s", error->message);
  g_assert_cmpstr (gst_structure_get_string (details, "reason"), ==, reason);
  g_assert_nonnull (strstr (error->message, words));
  g_assert_null (strstr (error->message, SECRET));
  assert_nothing_sent (player);
}

static void
test_uri (void)
{
  static const struct
  {
    const char *uri;
    const char *words;
  } cases[] = {
    { "host=db.example dbname=nanovid", "is not the URI" },
    { "dbname=nanovid password=" SECRET, "is not the URI" },
    { "mysql://db.example/nanovid", "is not the URI" },
    { "postgresql:/db.example/nanovid", "is not the URI" },
    { "postgresql://db.example/nanovid?colour=blue", "is not the URI" },
    { "postgresql://[::1/nanovid", "is not the URI" },
    { "postgresql://me:" SECRET "@db.example/nanovid", "password" },
    { "postgresql://me:" SECRET "/2@db.example/nanovid", "password" },
    { "postgresql://db.example/nanovid?password=" SECRET, "password" },
    { "postgresql://db.example/nanovid?p%61ssword=" SECRET, "password" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_refused (cases[i].uri, "invalid-request", cases[i].words);
}

/* After @sql, the database is unusable for @user. */
static void
test_unusable (void)
{
  static const struct
  {
    const char *sql;
    const char *user;
    const char *parameters;
    const char *words;
  } cases[] = {
    { "SELECT", "nanovid", "x", "does not exist" },
    { "SELECT", "stranger", "", "does not exist" },
    { "SELECT", "guest", "", "permission denied" },
    { "CREATE SCHEMA nanovid CREATE TABLE thing (id integer)", "nanovid", "",
        "not nanovid's" },
    { "CREATE SCHEMA nanovid CREATE TABLE version (version integer)", "nanovid",
        "", "not nanovid's" },
    { "CREATE SCHEMA nanovid;"
      "CREATE TABLE nanovid.version AS SELECT 99 AS version",
        "nanovid", "", "version 99" },
    { "DO $$ BEGIN EXECUTE format ('ALTER DATABASE %I"
      " SET default_transaction_read_only = on', current_database ()); END $$",
        "nanovid", "", "read-only" },
    { "ALTER ROLE guest CONNECTION LIMIT 0", "guest", "",
        "too many connections" },
    { "SELECT", "nanovid", "?sslmode=verify-full&sslrootcert=/dev/null",
        "SSL" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *database = fixture_postgres_create_database (server);
    g_autofree char *uri = g_strdup_printf ("postgresql://%s%s%s",
        cases[i].user, strchr (database, '@'), cases[i].parameters);

    g_free (fixture_postgres_ask (server, database, cases[i].sql));
    assert_refused (uri, "state-unavailable", cases[i].words);
  }
}

static void
test_password_in_use (void)
{
  g_autofree char *database = fixture_postgres_create_database (server);
  g_autoptr (Player) player = player_new (NULL, LAUNCH);
  g_autofree char *entries = NULL;

  g_setenv ("PGPASSWORD", SECRET, TRUE);
  g_object_set (player->source, "database", database, NULL);
  player_run (player);
  player_set_state (player, GST_STATE_NULL);
  g_unsetenv ("PGPASSWORD");
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 1);
  entries = fixture_postgres_ask (
      server, database, "SELECT state FROM nanovid.entry");
  g_assert_cmpstr (entries, ==, "delivered");
}

/* Returns: (transfer full): the reason of the error with which the next start ends */
static char *
fail (Player *player)
{
  g_autoptr (GError) error = NULL;

  player_reset (player);
  player_set_state (player, GST_STATE_PLAYING);
  player_wait (player, GST_MESSAGE_ERROR);
  return g_strdup (
      gst_structure_get_string (player_get_error (player, &error), "reason"));
}

/* A submit that may have been paid for stays in the database, although a start of
 * the same element finds the database gone. */
static void
test_gone_after_lost_submit (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("lost", 120);
  g_autofree char *database = fixture_postgres_create_database (server);
  g_autofree char *first = NULL;
  g_autofree char *gone = NULL;
  g_autofree char *again = NULL;
  NanogptSimulatorOptions options;
  g_autoptr (Player) player = NULL;
  g_autoptr (GError) error = NULL;

  player_options_init (&options);
  options.no_recover = TRUE;
  player = player_new (&options, LAUNCH);
  nanogpt_simulator_add_fault (
      player->simulator, "submit#1:reply-drop", &error);
  g_assert_no_error (error);
  g_object_set (player->source, "database", database, "http-timeout",
      (guint)fixture_scaled (PATIENCE), NULL);
  first = fail (player);
  g_assert_cmpstr (first, ==, "submit-unknown");
  fixture_postgres_kill (server);
  gone = fail (player);
  g_assert_cmpstr (gone, ==, "state-unavailable");
  fixture_postgres_start (server);
  again = fail (player);
  g_assert_cmpstr (again, ==, "submit-unknown");
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 1);
}

/* The plugin alone, whose module is neither beside it nor installed */

/* Returns: (transfer full): the error that is printed, NULL if there is none */
static char *
launch (Player *player, const char *database)
{
  g_autofree char *dir = fixture_make_dir ();
  const char *const cp[] = { "cp", PLUGIN, dir, NULL };
  const char *const words[] = { "gst-launch-1.0", "-q", "nanovidsrc",
    "prompt=lighthouse", "!", "fakesink", NULL };
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *registry = g_build_filename (dir, "registry", NULL);
  g_autofree char *complaint = NULL;
  g_autoptr (GError) error = NULL;

  g_spawn_sync (NULL, (char **)cp, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
      NULL, NULL, &error);
  g_assert_no_error (error);
  g_subprocess_launcher_unsetenv (launcher, "LD_LIBRARY_PATH");
  g_subprocess_launcher_unsetenv (launcher, "GST_REGISTRY_UPDATE");
  g_subprocess_launcher_setenv (launcher, "GST_PLUGIN_PATH", dir, TRUE);
  g_subprocess_launcher_setenv (launcher, "GST_REGISTRY", registry, TRUE);
  g_subprocess_launcher_setenv (launcher, "NANOGPT_API_KEY", PLAYER_KEY, TRUE);
  g_subprocess_launcher_setenv (launcher, "NANOGPT_BASE_URL",
      nanogpt_simulator_get_base_url (player->simulator), TRUE);
  if (database)
    g_subprocess_launcher_setenv (launcher, "NANOVID_DATABASE", database, TRUE);
  process = g_subprocess_launcher_spawnv (launcher, words, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &complaint, &error);
  g_assert_no_error (error);
  g_test_message ("%s", complaint);
  return g_subprocess_get_successful (process) ? NULL
                                               : g_steal_pointer (&complaint);
}

static void
test_no_module (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("module", 60);
  g_autoptr (Player) player = player_new (NULL, LAUNCH);
  g_autofree char *with =
      launch (player, "postgresql://nanovid@127.0.0.1:1/nanovid");
  g_autofree char *without = NULL;

  g_assert_nonnull (with);
  g_assert_nonnull (strstr (with, "gstreamer1.0-nanovid-postgresql"));
  assert_nothing_sent (player);
  without = launch (player, NULL);
  g_assert_null (without);
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 1);
}

static void
test_log (void)
{
  g_assert_cmpuint (told->len, >, 0);
  g_assert_null (strstr (told->str, SECRET));
}

static void
skip (void)
{
  g_test_skip ("there is no PostgreSQL server here");
}

int
main (int argc, char *argv[])
{
  int status;

  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);
  told = g_string_new (NULL);
  gst_debug_set_threshold_for_name ("nano*", GST_LEVEL_TRACE);
  gst_debug_remove_log_function (gst_debug_log_default);
  gst_debug_add_log_function (keep_line, NULL, NULL);
  server = fixture_postgres_new ();
  if (server) {
    g_autofree char *first = fixture_postgres_create_database (server);

    g_free (fixture_postgres_ask (server, first, "CREATE ROLE guest LOGIN"));
  }
  g_test_add_func ("/database/uri", test_uri);
  g_test_add_func ("/database/unusable", server ? test_unusable : skip);
  g_test_add_func ("/database/usable", server ? test_password_in_use : skip);
  g_test_add_func ("/database/gone-after-lost-submit",
      server ? test_gone_after_lost_submit : skip);
  g_test_add_func ("/database/no-module", test_no_module);
  g_test_add_func ("/database/log", test_log);
  status = g_test_run ();
  g_clear_pointer (&server, fixture_postgres_free);
  return status;
}
