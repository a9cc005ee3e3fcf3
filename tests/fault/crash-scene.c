/* nanovid: one job in gst-launch-1.0 that is ended early, and checks of its books
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crash-scene.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "fixture/env.h"
#include "fixture/media.h"
#include "fixture/watchdog.h"
#include "nanogpt/store/files/ledger.h"

/* Limit in bytes for one call on a socket, in runs with a limit. */
#define SMALL_IO 48

static char *
read_url (GSubprocess *simulator)
{
  g_autoptr (GDataInputStream) lines =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (simulator));
  g_autofree char *line =
      g_data_input_stream_read_line (lines, NULL, NULL, NULL);

  g_assert_nonnull (line);
  g_assert_true (g_str_has_prefix (line, "listening on "));
  return g_strdup (line + strlen ("listening on "));
}

/* Runs in the child: ends the simulator even when the test is aborted. */
static void
end_with_parent (gpointer user_data G_GNUC_UNUSED)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static void
start_simulator (Stage *self)
{
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autofree char *media = g_strconcat ("--media=", self->media, NULL);
  g_autofree char *ledger = g_strconcat ("--ledger=", self->ledger, NULL);
  g_autoptr (GError) error = NULL;

  g_subprocess_launcher_set_child_setup (launcher, end_with_parent, NULL, NULL);
  self->simulator = g_subprocess_launcher_spawn (launcher, &error, SIMULATOR,
      "--generation-time=0.2", "--submit-limit=0", "--recover-limit=0", media,
      ledger, NULL);
  g_assert_no_error (error);
  self->base_url = read_url (self->simulator);
}

/* Returns after the simulator has processed all earlier requests. */
static void
settle (Stage *self)
{
  static const char request[] =
      "GET /api/v1/video-models HTTP/1.1\r\nHost: localhost\r\n"
      "Connection: close\r\n\r\n";

  for (guint i = 0; i < 2; i++) {
    g_autoptr (GSocketClient) client = g_socket_client_new ();
    g_autoptr (GError) error = NULL;
    g_autoptr (GSocketConnection) connection = g_socket_client_connect_to_uri (
        client, self->base_url, 80, NULL, &error);
    GInputStream *input;
    gssize length;

    g_assert_no_error (error);
    g_output_stream_write_all (
        g_io_stream_get_output_stream (G_IO_STREAM (connection)), request,
        strlen (request), NULL, NULL, &error);
    g_assert_no_error (error);
    input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
    do
      length = g_input_stream_skip (input, 1 << 16, NULL, &error);
    while (length > 0);
    g_assert_no_error (error);
  }
}

/* Returns: (transfer full): the charges of the scene's account, one line each */
static GPtrArray *
list_charges (Scene *self)
{
  GPtrArray *charges = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *digest =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, self->key, -1);
  g_autofree char *account = g_strdup_printf ("account-%.12s", digest);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;

  settle (self->stage);
  g_file_get_contents (self->stage->ledger, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i]; i++)
    if (strstr (lines[i], account) && strstr (lines[i], "\"charge\""))
      g_ptr_array_add (charges, g_strdup (lines[i]));
  return charges;
}

guint
scene_count_charges (Scene *self)
{
  g_autoptr (GPtrArray) charges = list_charges (self);

  return charges->len;
}

Stage *
stage_new (int signal)
{
  Stage *self = g_new0 (Stage, 1);
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *data = NULL;
  gsize length;

  self->media = fixture_media_path (FIXTURE_MEDIA_MP4);
  g_assert_true (g_file_get_contents (self->media, &data, &length, NULL));
  self->clip = g_bytes_new (data, length);
  self->ledger = g_build_filename (dir, "ledger.jsonl", NULL);
  self->signal = signal;
  start_simulator (self);
  return self;
}

void
stage_free (Stage *self)
{
  g_subprocess_send_signal (self->simulator, SIGTERM);
  g_subprocess_wait (self->simulator, NULL, NULL);
  g_object_unref (self->simulator);
  for (guint i = 0; i < G_N_ELEMENTS (self->calls); i++)
    g_clear_pointer (&self->calls[i], g_ptr_array_unref);
  g_bytes_unref (self->clip);
  g_free (self->base_url);
  g_free (self->ledger);
  g_free (self->media);
  g_free (self);
}

/* Scenes */

Scene *
scene_new (Stage *stage, guint number)
{
  Scene *self = g_new0 (Scene, 1);

  self->stage = stage;
  self->number = number;
  self->random = g_rand_new_with_seed (tally_get_seed () + number);
  self->dir = fixture_make_dir ();
  self->state_dir = g_build_filename (self->dir, "state", NULL);
  self->spool_dir = g_build_filename (self->dir, "spool", NULL);
  self->out = g_build_filename (self->dir, "clip.mp4", NULL);
  self->key = g_strdup_printf ("sk-crash-%u", number);
  self->story = g_string_new (NULL);
  g_assert_cmpint (g_mkdir_with_parents (self->spool_dir, 0700), ==, 0);
  return self;
}

void
scene_free (Scene *self)
{
  fixture_remove_tree (self->dir);
  g_rand_free (self->random);
  g_free (self->dir);
  g_free (self->state_dir);
  g_free (self->spool_dir);
  g_free (self->out);
  g_free (self->key);
  g_string_free (self->story, TRUE);
  g_free (self);
}

void
scene_narrate (Scene *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_string_append_vprintf (self->story, format, args);
  va_end (args);
}

static GSubprocessLauncher *
make_launcher (Scene *self, const Point *point, int ahead)
{
  GSubprocessLauncher *launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  const char *others = g_getenv ("LD_PRELOAD");
  g_autofree char *preload = others ? g_strjoin (":", others, CRASH_POINT, NULL)
                                    : g_strdup (CRASH_POINT);
  g_autofree char *seconds = g_strdup_printf ("%d", ahead);
  g_autofree char *number = g_strdup_printf ("%d", self->stage->signal);

  /* A sanitizer has to stay the first. */
  g_subprocess_launcher_setenv (launcher, "LD_PRELOAD", preload, TRUE);
  g_subprocess_launcher_setenv (launcher, "CRASH_CLOCK", seconds, TRUE);
  g_subprocess_launcher_setenv (launcher, "CRASH_SIGNAL", number, TRUE);
  g_subprocess_launcher_setenv (
      launcher, "NANOGPT_BASE_URL", self->stage->base_url, TRUE);
  g_subprocess_launcher_setenv (launcher, "NANOGPT_API_KEY", self->key, TRUE);
  g_subprocess_launcher_setenv (launcher, "GST_REGISTRY_UPDATE", "no", TRUE);
  if (point && point->small_io)
    g_subprocess_launcher_setenv (
        launcher, "CRASH_IO_MAX", G_STRINGIFY (SMALL_IO), TRUE);
  if (point && point->call) {
    g_autofree char *text = g_strdup_printf ("%s:%u:%s", point->call->kind,
        point->call->number, point->after ? "after" : "before");

    g_subprocess_launcher_setenv (launcher, "CRASH_POINT", text, TRUE);
  }
  return launcher;
}

typedef struct
{
  GSubprocess *process;
  int signal;
} Strike;

static gboolean
on_time_to_strike (gpointer data)
{
  const Strike *strike = data;

  g_subprocess_send_signal (strike->process, strike->signal);
  return G_SOURCE_REMOVE;
}

static void
on_communicated (GObject *source, GAsyncResult *result, gpointer data)
{
  g_subprocess_communicate_finish (
      G_SUBPROCESS (source), result, data, NULL, NULL);
}

/* Returns: (transfer full): the output */
static char *
wait_for_end (Scene *self, GSubprocess *process, const Point *point)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("gst-launch-1.0", 2 * PATIENCE);
  g_autoptr (GMainContext) context = g_main_context_new ();
  Strike strike = { process, self->stage->signal };
  g_autoptr (GSource) striker = NULL;
  g_autoptr (GBytes) text = NULL;
  gsize length;
  const char *data;

  g_main_context_push_thread_default (context);
  if (point && !point->call) {
    striker = g_timeout_source_new (point->time * 1000);
    g_source_set_callback (striker, on_time_to_strike, &strike, NULL);
    g_source_attach (striker, context);
  }
  g_subprocess_communicate_async (process, NULL, NULL, on_communicated, &text);
  while (!text)
    g_main_context_iteration (context, TRUE);
  if (striker)
    g_source_destroy (striker);
  g_main_context_pop_thread_default (context);
  data = g_bytes_get_data (text, &length);
  return data ? g_strndup (data, length) : g_strdup ("");
}

Outcome
scene_run (Scene *self, const Point *point, int ahead, const char *trace)
{
  g_autoptr (GSubprocessLauncher) launcher = make_launcher (self, point, ahead);
  g_autofree char *state_dir =
      g_strconcat ("state-dir=", self->state_dir, NULL);
  g_autofree char *spool_dir =
      g_strconcat ("spool-dir=", self->spool_dir, NULL);
  g_autofree char *location = g_strconcat ("location=", self->out, NULL);
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (trace)
    g_subprocess_launcher_setenv (launcher, "CRASH_TRACE", trace, TRUE);
  process = g_subprocess_launcher_spawn (launcher, &error, "gst-launch-1.0",
      "nanovidsrc", "prompt=a lighthouse at dusk", "poll-interval=20",
      state_dir, spool_dir, "!", "filesink", location, NULL);
  g_assert_no_error (error);
  text = wait_for_end (self, process, point);

  scene_narrate (self, "%s", text);
  if (g_subprocess_get_if_signaled (process)) {
    int signal = g_subprocess_get_term_sig (process);

    scene_narrate (self, "ended by signal %d\n", signal);
    return signal == self->stage->signal ? ENDED_EARLY : FAILED;
  }
  if (!g_subprocess_get_successful (process))
    return FAILED;
  if (strstr (text, "Got EOS"))
    return ENDED_WITH_EOS;
  return strstr (text, "handling interrupt") ? ENDED_EARLY : FAILED;
}

/* Checks */

static gboolean
has_clip (Scene *self)
{
  g_autofree char *data = NULL;
  gsize length;

  return g_file_get_contents (self->out, &data, &length, NULL)
      && length == g_bytes_get_size (self->stage->clip)
      && memcmp (data, g_bytes_get_data (self->stage->clip, NULL), length) == 0;
}

gboolean
scene_has_entry (Scene *self, NanogptJournalState state)
{
  g_autoptr (GPtrArray) records = nanogpt_journal_list (self->state_dir);

  for (guint i = 0; i < records->len; i++) {
    const NanogptJournalRecord *record = records->pdata[i];

    if (record->state == state)
      return TRUE;
  }
  return FALSE;
}

void
scene_demand (Scene *self, gboolean holds, Violation kind, const char *what)
{
  if (!holds)
    tally_violation (kind, what, self->story->str);
}

/* The only paid job is in the journal, and is finished. */
static void
check_journal (Scene *self)
{
  g_autoptr (GPtrArray) records = nanogpt_journal_list (self->state_dir);
  g_autoptr (GPtrArray) charges = list_charges (self);
  const NanogptJournalRecord *record;

  scene_demand (self, records->len == 1, VIOLATION_BOOKS,
      "there is not one entry in the journal");
  if (records->len != 1 || charges->len != 1)
    return;
  record = records->pdata[0];
  scene_demand (self,
      record->state == NANOGPT_JOURNAL_DELIVERED && !record->live,
      VIOLATION_BOOKS, "the entry is not that of a job that was delivered");
  scene_demand (self,
      record->run_id && strstr (charges->pdata[0], record->run_id),
      VIOLATION_BOOKS, "the entry names another job");
}

/* The charge counts once. A reservation that was made right before a signal may
 * still count: a budget would rather refuse too much. */
static void
check_spending (Scene *self)
{
  g_autoptr (GPtrArray) sums = nanogpt_ledger_list (self->state_dir, 0);
  guint n_charged = 0;
  guint n_reserved = 0;

  for (guint i = 0; i < sums->len; i++) {
    const NanogptLedgerSum *sum = sums->pdata[i];

    n_charged += sum->n_charged;
    n_reserved += sum->n_reserved;
  }
  scene_demand (self, n_charged == 1, VIOLATION_BOOKS,
      "the spending does not name one clip");
  scene_demand (
      self, n_reserved <= 2, VIOLATION_BOOKS, "more than the ends is reserved");
}

void
scene_check_end (Scene *self)
{
  guint charges = scene_count_charges (self);
  g_autofree char *text = g_strdup_printf ("%u charges", charges);

  scene_demand (self, charges <= 1, VIOLATION_PAID_TWICE, text);
  scene_demand (self, charges >= 1, VIOLATION_BOOKS, text);
  scene_demand (
      self, has_clip (self), VIOLATION_NOT_CLIP, "the file is not the clip");
  check_journal (self);
  check_spending (self);
}
