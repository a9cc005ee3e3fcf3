/* nanovid: tests that a clip is paid for once, whatever goes wrong
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <gio/gio.h>
#include <gst/gst.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fixture/env.h"
#include "fixture/media.h"
#include "fixture/watchdog.h"
#include "simulator/simulator.h"

#define KEY "sk-test-0123456789"
#define PATIENCE 50.0

/* A service, a state directory, and a file to write to. */
typedef struct
{
  NanogptSimulator *simulator;
  char *media;
  char *dir;
  char *state_dir;
  char *out;
} Desk;

static void
options_init (NanogptSimulatorOptions *options)
{
  nanogpt_simulator_options_init (options);
  options->generation_time = 0.2;
}

/* @options: (nullable): NULL for those of options_init() */
static Desk *
desk_new (const NanogptSimulatorOptions *options)
{
  Desk *self = g_new0 (Desk, 1);
  NanogptSimulatorOptions chosen;
  g_autoptr (GError) error = NULL;

  options_init (&chosen);
  if (options)
    chosen = *options;
  self->media = fixture_media_path (FIXTURE_MEDIA_MP4);
  chosen.media_file = self->media;
  self->dir = fixture_make_dir ();
  self->state_dir = g_build_filename (self->dir, "state", NULL);
  self->out = g_build_filename (self->dir, "clip.mp4", NULL);
  self->simulator = nanogpt_simulator_new (&chosen, &error);
  g_assert_no_error (error);
  return self;
}

static void
desk_free (Desk *self)
{
  nanogpt_simulator_free (self->simulator);
  g_free (self->media);
  g_free (self->dir);
  g_free (self->state_dir);
  g_free (self->out);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Desk, desk_free)

static void
add_fault (Desk *self, const char *rule)
{
  g_autoptr (GError) error = NULL;

  nanogpt_simulator_add_fault (self->simulator, rule, &error);
  g_assert_no_error (error);
}

static void
assert_charges (Desk *self, guint charges)
{
  g_assert_cmpuint (
      nanogpt_simulator_count_charges (self->simulator), ==, charges);
}

static void
assert_submits (Desk *self, guint submits)
{
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        self->simulator, NANOGPT_SIMULATOR_SUBMIT),
      ==, submits);
}

static void
assert_file (Desk *self, const char *path)
{
  g_autofree char *expected = NULL;
  g_autofree char *written = NULL;
  gsize size, expected_size;

  g_assert_true (
      g_file_get_contents (self->media, &expected, &expected_size, NULL));
  g_assert_true (g_file_get_contents (path, &written, &size, NULL));
  g_assert_cmpmem (written, size, expected, expected_size);
}

/* Pipelines in this process */

/* @properties: of nanovidsrc, in addition to those that every test sets
 * Returns: (transfer full): a pipeline of nanovidsrc and filesink */
static GstElement *
make_pipeline (Desk *self, const char *properties)
{
  g_autofree char *line =
      g_strdup_printf ("nanovidsrc name=source base-url=%s api-key=" KEY
                       " poll-interval=20 state-dir=%s prompt=lighthouse %s ! "
                       "filesink location=%s",
          nanogpt_simulator_get_base_url (self->simulator), self->state_dir,
          properties, self->out);
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch (line, &error);

  g_assert_no_error (error);
  return pipeline;
}

static void
stop (GstElement *pipeline)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("stopping", 10);

  gst_element_set_state (pipeline, GST_STATE_NULL);
}

/* Returns: (transfer full): the first message of @types */
static GstMessage *
wait_message (GstElement *pipeline, GstMessageType types)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  GstMessage *message = gst_bus_timed_pop_filtered (
      bus, (GstClockTime)(fixture_scaled (PATIENCE) * GST_SECOND), types);

  g_assert_nonnull (message);
  return message;
}

static void
assert_eos (GstMessage *message)
{
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  g_assert_no_error (error);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
}

static void
play_to_end (GstElement *pipeline)
{
  g_autoptr (GstMessage) message = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = wait_message (pipeline, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  assert_eos (message);
  stop (pipeline);
}

/* Plays a new pipeline, like a program that is run once. */
static void
run (Desk *self, const char *properties)
{
  g_autoptr (GstElement) pipeline = make_pipeline (self, properties);

  play_to_end (pipeline);
  assert_file (self, self->out);
}

/* Returns: (transfer full): the details of the error, which must have @reason */
static GstStructure *
play_to_error (GstElement *pipeline, const char *reason)
{
  g_autoptr (GstMessage) message = NULL;
  const GstStructure *details = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = wait_message (pipeline, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_ERROR);
  gst_message_parse_error_details (message, &details);
  g_assert_nonnull (details);
  g_assert_cmpstr (gst_structure_get_string (details, "reason"), ==, reason);
  stop (pipeline);
  return gst_structure_copy (details);
}

/* Returns: (transfer full) (nullable): the run id that the element reports */
static char *
get_run_id (GstElement *pipeline)
{
  g_autoptr (GstElement) source =
      gst_bin_get_by_name (GST_BIN (pipeline), "source");
  g_autoptr (GstStructure) job = NULL;

  g_object_get (source, "job", &job, NULL);
  return job ? g_strdup (gst_structure_get_string (job, "run-id")) : NULL;
}

/* The answer to the submit */

static const char *const lost_answers[] = {
  "reply-drop",
  "reply-half",
  "reply-stall",
  "delay=3000",
  "drip=20",
  "reply-status=408",
  "reply-status=500",
  "reply-status=502",
  "reply-status=503",
  "reply-status=503,retry-after=1",
  "reply-status=504",
  "reply-status=502,shape=html",
  "reply-status=200,shape=html",
  "reply-status=200,body=,type=application/json",
  "reply-status=200,body=[]",
  "reply-status=200,body={\"ok\":true}",
};

static void
test_lost_answer (gconstpointer fault)
{
  g_autoptr (Desk) desk = desk_new (NULL);
  g_autofree char *rule = g_strconcat ("submit#1:", fault, NULL);

  add_fault (desk, rule);
  run (desk, "http-timeout=1");
  assert_charges (desk, 1);
  assert_submits (desk, 1);
}

static void
set_property (GstElement *pipeline, const char *name, const char *value)
{
  g_autoptr (GstElement) source =
      gst_bin_get_by_name (GST_BIN (pipeline), "source");

  g_object_set (source, name, value, NULL);
}

/* Two answers are lost, and one of the submits has arrived: while both are
 * being looked for, neither element may take that job for its own. */
static void
test_two_lost (void)
{
  g_autoptr (Desk) desk = desk_new (NULL);
  g_autoptr (GstElement) first =
      make_pipeline (desk, "http-timeout=1 timeout=5");
  g_autoptr (GstElement) second =
      make_pipeline (desk, "http-timeout=1 timeout=5");
  g_autoptr (GstStructure) details = NULL;
  g_autoptr (GstStructure) other = NULL;

  set_property (second, "prompt", "another lighthouse");
  add_fault (desk, "submit#1:stall");
  add_fault (desk, "submit#2:reply-stall");
  gst_element_set_state (first, GST_STATE_PLAYING);
  g_assert_true (nanogpt_simulator_wait_requests (desk->simulator,
      NANOGPT_SIMULATOR_SUBMIT, 1, fixture_scaled (10) * 1000));
  gst_element_set_state (second, GST_STATE_PLAYING);
  details = play_to_error (first, "submit-unknown");
  other = play_to_error (second, "submit-unknown");
  assert_charges (desk, 1);
  assert_submits (desk, 2);
}

/* Without recover, the outcome stays unknown, even later and for other
 * processes, until the user sets resume=false. */
static void
test_no_recover (gconstpointer rule)
{
  NanogptSimulatorOptions options;
  g_autoptr (Desk) desk = NULL;
  g_autoptr (GstElement) pipeline = NULL;

  options_init (&options);
  options.no_recover = TRUE;
  desk = desk_new (&options);
  add_fault (desk, rule);
  pipeline = make_pipeline (desk, "http-timeout=1");
  for (guint i = 0; i < 4; i++) {
    g_autoptr (GstStructure) details =
        play_to_error (pipeline, "submit-unknown");
    gboolean charged = FALSE;

    g_assert_true (
        gst_structure_get_boolean (details, "may-have-been-charged", &charged));
    g_assert_true (charged);
    assert_submits (desk, 1);
    if (i == 1) {
      gst_object_unref (pipeline);
      pipeline = make_pipeline (desk, "http-timeout=1");
    }
  }
  run (desk, "resume=false");
  assert_submits (desk, 2);
}

/* States and seeks */

static void
test_states (void)
{
  g_autoptr (Desk) desk = desk_new (NULL);
  g_autoptr (GstElement) pipeline = make_pipeline (desk, "");
  g_autoptr (GRand) random = g_rand_new_with_seed (20);

  for (guint i = 0; i < 20; i++) {
    gst_element_set_state (pipeline, GST_STATE_PLAYING);
    g_usleep (g_rand_int_range (random, 0, 40) * 1000);
    stop (pipeline);
  }
  play_to_end (pipeline);
  assert_file (desk, desk->out);
  assert_charges (desk, 1);

  /* The same holds when the clip is played. */
  for (guint i = 0; i < 20; i++)
    play_to_end (pipeline);
  assert_file (desk, desk->out);
  assert_charges (desk, 1);
  assert_submits (desk, 1);
}

static void
seek (GstElement *pipeline, guint64 position)
{
  gst_element_seek (pipeline, 1.0, GST_FORMAT_BYTES, GST_SEEK_FLAG_FLUSH,
      GST_SEEK_TYPE_SET, position, GST_SEEK_TYPE_NONE, -1);
}

/* Seeks before there is a job, while it runs, and during the download. */
static void
test_seeks (void)
{
  NanogptSimulatorOptions options;
  g_autoptr (Desk) desk = NULL;
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (21);
  gint64 end;

  options_init (&options);
  options.bandwidth = 100000;
  desk = desk_new (&options);
  pipeline = make_pipeline (desk, "");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  end = g_get_monotonic_time () + (gint64)(0.8 * G_USEC_PER_SEC);
  while (g_get_monotonic_time () < end) {
    seek (pipeline, g_rand_int_range (random, 0, 20000));
    g_usleep (g_rand_int_range (random, 0, 5) * 1000);
  }
  seek (pipeline, 0);
  message = wait_message (pipeline, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  assert_eos (message);
  stop (pipeline);
  assert_file (desk, desk->out);
  assert_charges (desk, 1);
  assert_submits (desk, 1);
}

/* Other processes */

/* @out: the output file
 * @properties: (nullable): of nanovidsrc, "NAME=VALUE NAME=VALUE" */
static GSubprocess *
launch (Desk *self, const char *out, const char *properties)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autofree char *line = g_strdup_printf (
      "gst-launch-1.0 nanovidsrc prompt=lighthouse poll-interval=20 "
      "state-dir=%s %s ! filesink location=%s",
      self->state_dir, properties ? properties : "", out);
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_subprocess_launcher_setenv (launcher, "NANOGPT_BASE_URL",
      nanogpt_simulator_get_base_url (self->simulator), TRUE);
  g_subprocess_launcher_setenv (launcher, "NANOGPT_API_KEY", KEY, TRUE);
  g_shell_parse_argv (line, NULL, &argv, &error);
  g_assert_no_error (error);
  process = g_subprocess_launcher_spawnv (
      launcher, (const char *const *)argv, &error);
  g_assert_no_error (error);
  return process;
}

/* Waits until @text is printed. */
static void
wait_text (GSubprocess *process, const char *text)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new (text, PATIENCE);
  GInputStream *output = g_subprocess_get_stdout_pipe (process);
  g_autoptr (GString) printed = g_string_new (NULL);
  char c;

  while (!strstr (printed->str, text)) {
    if (g_input_stream_read (output, &c, 1, NULL, NULL) <= 0)
      g_error ("\"%s\" was not printed:\n%s", text, printed->str);
    g_string_append_c (printed, c);
  }
}

static void
assert_ends_well (GSubprocess *process)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("gst-launch-1.0", PATIENCE);
  g_autofree char *text = NULL;

  g_subprocess_communicate_utf8 (process, NULL, NULL, &text, NULL, NULL);
  if (!g_subprocess_get_successful (process))
    g_error ("%s", text);
}

static void
kill_at (GSubprocess *process, const char *text)
{
  wait_text (process, text);
  g_subprocess_force_exit (process);
  g_subprocess_wait (process, NULL, NULL);
}

static Desk *
make_slow_desk (void)
{
  NanogptSimulatorOptions options;

  options_init (&options);
  options.generation_time = 1.5;
  return desk_new (&options);
}

/* A job of a live process is not adopted. */
static void
test_two_processes (void)
{
  g_autoptr (Desk) desk = make_slow_desk ();
  g_autofree char *other = g_build_filename (desk->dir, "other.mp4", NULL);
  g_autoptr (GSubprocess) first = launch (desk, desk->out, NULL);
  g_autoptr (GSubprocess) second = NULL;

  wait_text (first, "Queued");
  second = launch (desk, other, NULL);
  assert_ends_well (first);
  assert_ends_well (second);
  assert_file (desk, desk->out);
  assert_file (desk, other);
  assert_charges (desk, 2);
}

static void
wait_charges (Desk *self, guint charges)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("charging", PATIENCE);

  while (nanogpt_simulator_count_charges (self->simulator) < charges)
    g_usleep (10000);
}

/* Returns: how many different job ids the journal contains */
static guint
count_run_ids (Desk *self)
{
  g_autofree char *path = g_build_filename (self->state_dir, "jobs", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  g_autoptr (GHashTable) ids =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir))) {
    g_autofree char *file = g_build_filename (path, name, NULL);
    g_autoptr (GKeyFile) record = g_key_file_new ();
    char *id;

    if (!g_str_has_suffix (name, ".job"))
      continue;
    g_key_file_load_from_file (record, file, G_KEY_FILE_NONE, NULL);
    id = g_key_file_get_string (record, "nanovid-job", "run-id", NULL);
    if (id)
      g_hash_table_add (ids, id);
  }
  return g_hash_table_size (ids);
}

/* Two processes with one request are killed during their submits, of which
 * @arrived arrive. When both are run again, each has its own job: first the
 * existing ones, then new ones. */
static void
test_equal_killed (gconstpointer arrived)
{
  g_autoptr (Desk) desk = desk_new (NULL);
  g_autofree char *other = g_build_filename (desk->dir, "other.mp4", NULL);
  const char *const outs[] = { desk->out, other };
  GSubprocess *processes[2];

  add_fault (desk,
      GPOINTER_TO_UINT (arrived) == 2 ? "submit#1:reply-stall"
                                      : "submit#1:stall");
  add_fault (desk, "submit#2:reply-stall");
  for (guint i = 0; i < 2; i++) {
    processes[i] = launch (desk, outs[i], "http-timeout=10");
    g_assert_true (nanogpt_simulator_wait_requests (desk->simulator,
        NANOGPT_SIMULATOR_SUBMIT, i + 1, fixture_scaled (10) * 1000));
  }
  wait_charges (desk, GPOINTER_TO_UINT (arrived));
  for (guint i = 0; i < 2; i++) {
    g_subprocess_force_exit (processes[i]);
    g_subprocess_wait (processes[i], NULL, NULL);
    g_clear_object (&processes[i]);
  }

  for (guint i = 0; i < 2; i++)
    processes[i] = launch (desk, outs[i], NULL);
  for (guint i = 0; i < 2; i++) {
    assert_ends_well (processes[i]);
    assert_file (desk, outs[i]);
    g_object_unref (processes[i]);
  }
  assert_charges (desk, 2);
  g_assert_cmpuint (count_run_ids (desk), ==, 2);
}

/* An orphaned job is kept for a later run that wants it. */
static void
test_no_resume (void)
{
  g_autoptr (Desk) desk = make_slow_desk ();
  g_autoptr (GSubprocess) killed = launch (desk, desk->out, NULL);

  kill_at (killed, "Queued");
  run (desk, "resume=false");
  assert_charges (desk, 2);
  run (desk, "");
  assert_charges (desk, 2);
  run (desk, "");
  assert_charges (desk, 3);
}

static void
test_run_id (void)
{
  g_autoptr (Desk) desk = make_slow_desk ();
  g_autoptr (GstElement) pipeline = make_pipeline (desk, "");
  g_autofree char *run_id = NULL;
  g_autofree char *property = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_assert_true (nanogpt_simulator_wait_charges (
      desk->simulator, 1, fixture_scaled (10) * 1000));
  stop (pipeline);
  run_id = get_run_id (pipeline);
  g_assert_nonnull (run_id);

  property = g_strdup_printf ("run-id=%s", run_id);
  run (desk, property);
  assert_charges (desk, 1);
  /* Attaching to the job has ended the first pipeline's claim to it. */
  g_clear_pointer (&pipeline, gst_object_unref);
  run (desk, property);
  assert_charges (desk, 1);
  assert_submits (desk, 1);
}

/* The state directory */

/* The directory whose disk is full, or NULL. Other threads read it at any time:
 * it is set atomically, and the string is never freed. */
static const char *full_dir;

/* Replaces the C library's function. */
__attribute__ ((visibility ("default"))) ssize_t
write (int fd, const void *data, size_t length)
{
  const char *dir = g_atomic_pointer_get (&full_dir);

  if (dir) {
    g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", fd);
    g_autofree char *path = g_file_read_link (link, NULL);

    if (path && g_str_has_prefix (path, dir)) {
      errno = ENOSPC;
      return -1;
    }
  }
  return syscall (SYS_write, fd, data, length);
}

/* A state directory that is set explicitly must be usable. */
static void
assert_refuses (Desk *self, const char *state_dir)
{
  g_autofree char *property = g_strdup_printf ("state-dir=%s", state_dir);
  g_autoptr (GstElement) pipeline = make_pipeline (self, property);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  const GstStructure *details;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = wait_message (
      pipeline, GST_MESSAGE_WARNING | GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  g_assert_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, state_dir));
  gst_message_parse_error_details (message, &details);
  g_assert_cmpstr (
      gst_structure_get_string (details, "reason"), ==, "state-unavailable");
  stop (pipeline);
  assert_charges (self, 0);
  assert_submits (self, 0);
}

static void
test_read_only_state (void)
{
  g_autoptr (Desk) desk = desk_new (NULL);

  assert_refuses (desk, "/proc/nanovid");
}

static void
test_no_state (void)
{
  g_autoptr (Desk) desk = desk_new (NULL);
  g_autofree char *below_file =
      g_build_filename (desk->dir, "file", "state", NULL);
  g_autofree char *file = g_path_get_dirname (below_file);

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  assert_refuses (desk, below_file);
}

static void
test_full_state (void)
{
  g_autoptr (Desk) desk = desk_new (NULL);

  g_atomic_pointer_set (&full_dir, g_intern_string (desk->state_dir));
  assert_refuses (desk, desk->state_dir);
  g_atomic_pointer_set (&full_dir, NULL);
}

/* Creating a missing state directory causes no warning. */
static void
test_missing_state (void)
{
  g_autoptr (Desk) desk = desk_new (NULL);
  g_autofree char *deep =
      g_build_filename (desk->dir, "not", "there", "yet", NULL);
  g_autofree char *property = g_strdup_printf ("state-dir=%s", deep);

  run (desk, property);
  assert_charges (desk, 1);
  g_assert_true (g_file_test (deep, G_FILE_TEST_IS_DIR));
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (NULL, NULL);
  g_assert_true (g_spawn_command_line_sync (
      "gst-inspect-1.0 --exists nanovidsrc", NULL, NULL, NULL, NULL));

  for (guint i = 0; i < G_N_ELEMENTS (lost_answers); i++) {
    g_autofree char *path =
        g_strdup_printf ("/once/lost-answer/%s", lost_answers[i]);

    g_test_add_data_func (path, lost_answers[i], test_lost_answer);
  }
  g_test_add_data_func (
      "/once/no-recover/charged", "submit#1:reply-drop", test_no_recover);
  g_test_add_data_func (
      "/once/no-recover/not-charged", "submit#1:refuse", test_no_recover);
  g_test_add_data_func (
      "/once/no-recover/time-out", "submit#1:reply-stall", test_no_recover);
  g_test_add_func ("/once/two-lost", test_two_lost);
  g_test_add_data_func ("/once/equal-killed/both-arrived", GUINT_TO_POINTER (2),
      test_equal_killed);
  g_test_add_data_func ("/once/equal-killed/one-arrived", GUINT_TO_POINTER (1),
      test_equal_killed);
  g_test_add_func ("/once/states", test_states);
  g_test_add_func ("/once/seeks", test_seeks);
  g_test_add_func ("/once/two-processes", test_two_processes);
  g_test_add_func ("/once/no-resume", test_no_resume);
  g_test_add_func ("/once/run-id", test_run_id);
  g_test_add_func ("/once/state-dir/read-only", test_read_only_state);
  g_test_add_func ("/once/state-dir/impossible", test_no_state);
  g_test_add_func ("/once/state-dir/full", test_full_state);
  g_test_add_func ("/once/state-dir/missing", test_missing_state);
  return g_test_run ();
}
