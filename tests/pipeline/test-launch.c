/* nanovid: tests of nanovidsrc at a gst-launch-1.0 prompt
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gio/gio.h>
#include <signal.h>
#include <string.h>

#include "element/player.h"
#include "fixture/env.h"
#include "fixture/media.h"
#include "fixture/watchdog.h"

typedef struct
{
  NanogptSimulator *simulator;
  char *dir;
  char *out; /* where a clip may be written to */
  char *media;
} Prompt;

typedef struct
{
  GSubprocess *process;
  GDataInputStream *lines;
  GString *text; /* all that was printed so far */
} Run;

static Prompt *
prompt_new (double generation_time)
{
  Prompt *self = g_new0 (Prompt, 1);
  NanogptSimulatorOptions options;
  g_autoptr (GError) error = NULL;

  self->media = fixture_media_path (FIXTURE_MEDIA_MP4);
  self->dir = fixture_make_dir ();
  self->out = g_build_filename (self->dir, "clip.mp4", NULL);
  player_options_init (&options);
  options.generation_time = generation_time;
  options.media_file = self->media;
  self->simulator = nanogpt_simulator_new (&options, &error);
  g_assert_no_error (error);
  return self;
}

static void
prompt_free (Prompt *self)
{
  nanogpt_simulator_free (self->simulator);
  g_free (self->media);
  g_free (self->dir);
  g_free (self->out);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Prompt, prompt_free)

/* @variables: (nullable): "NAME=VALUE NAME=VALUE" */
static Run *start (Prompt *self, const char *variables, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static Run *
start (Prompt *self, const char *variables, const char *format, ...)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_auto (GStrv) pairs = g_strsplit (variables ? variables : "", " ", -1);
  g_auto (GStrv) argv = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;
  Run *run = g_new0 (Run, 1);
  va_list args;

  g_subprocess_launcher_setenv (launcher, "NANOGPT_BASE_URL",
      nanogpt_simulator_get_base_url (self->simulator), TRUE);
  g_subprocess_launcher_setenv (launcher, "NANOGPT_API_KEY", PLAYER_KEY, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_STATE_HOME", self->dir, TRUE);
  g_subprocess_launcher_setenv (launcher, "LANG", "C", TRUE);
  g_subprocess_launcher_setenv (launcher, "GST_DEBUG_NO_COLOR", "1", TRUE);
  for (char **pair = pairs; *pair; pair++) {
    g_auto (GStrv) parts = g_strsplit (*pair, "=", 2);

    g_subprocess_launcher_setenv (launcher, parts[0], parts[1], TRUE);
  }

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  g_shell_parse_argv (line, NULL, &argv, &error);
  g_assert_no_error (error);
  run->process = g_subprocess_launcher_spawnv (
      launcher, (const char *const *)argv, &error);
  g_assert_no_error (error);
  run->lines =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (run->process));
  run->text = g_string_new (NULL);
  return run;
}

static gboolean
read_line (Run *run)
{
  g_autofree char *line =
      g_data_input_stream_read_line (run->lines, NULL, NULL, NULL);

  if (!line)
    return FALSE;

  g_string_append_printf (run->text, "%s\n", line);
  return TRUE;
}

/* Until it prints text. */
static void
wait_text (Run *run, const char *text)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new (text, 20);

  while (!strstr (run->text->str, text)) {
    if (!read_line (run))
      g_error ("\"%s\" was not printed:\n%s", text, run->text->str);
  }
}

/* Returns: the exit status */
static int
finish (Run *run, double seconds)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("gst-launch-1.0", seconds);

  while (read_line (run))
    continue;
  g_subprocess_wait (run->process, NULL, NULL);
  return g_subprocess_get_if_exited (run->process)
      ? g_subprocess_get_exit_status (run->process)
      : -1;
}

static void
run_free (Run *run)
{
  g_subprocess_force_exit (run->process);
  g_object_unref (run->process);
  g_object_unref (run->lines);
  g_string_free (run->text, TRUE);
  g_free (run);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Run, run_free)

static void
assert_out (Prompt *self)
{
  g_autofree char *expected = NULL;
  g_autofree char *written = NULL;
  gsize size, expected_size;

  g_assert_true (
      g_file_get_contents (self->media, &expected, &expected_size, NULL));
  g_assert_true (g_file_get_contents (self->out, &written, &size, NULL));
  g_assert_cmpmem (written, size, expected, expected_size);
}

static void
assert_silent (const char *text)
{
  static const char *const noises[] = { " WARN ", " ERROR ", "CRITICAL",
    "WARNING", "ERROR:" };

  for (guint i = 0; i < G_N_ELEMENTS (noises); i++) {
    const char *noise = strstr (text, noises[i]);

    if (noise)
      g_error ("%s", noise);
  }
}

/* The simplest line of all: and GST_DEBUG=2 finds nothing to say. */
static void
test_file (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autoptr (Run) run = start (prompt, "GST_DEBUG=2",
      "gst-launch-1.0 nanovidsrc prompt='a lighthouse' ! filesink location=%s",
      prompt->out);

  g_assert_cmpint (finish (run, 20), ==, 0);
  assert_out (prompt);
  assert_silent (run->text->str);
  g_assert_nonnull (strstr (run->text->str, "Progress: (nanovid)"));
  g_assert_nonnull (strstr (run->text->str, "run-id="));
  g_assert_cmpuint (nanogpt_simulator_count_charges (prompt->simulator), ==, 1);
}

static void
test_watch (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autoptr (Run) run = start (prompt, NULL,
      "gst-launch-1.0 -v -t nanovidsrc prompt='a lighthouse' ! decodebin ! "
      "videoconvert ! fakesink sync=true");

  g_assert_cmpint (finish (run, 20), ==, 0);
  g_assert_nonnull (strstr (run->text->str, "a lighthouse"));
  g_assert_null (strstr (run->text->str, PLAYER_KEY));
}

/* With every log at its highest level. */
static void
test_key_is_secret (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autoptr (Run) run = start (prompt, "GST_DEBUG=*:9 G_MESSAGES_DEBUG=all",
      "gst-launch-1.0 -v nanovidsrc prompt='a lighthouse' ! fakesink");

  g_assert_cmpint (finish (run, 60), ==, 0);
  g_assert_nonnull (strstr (run->text->str, "nanovidbase"));
  g_assert_null (strstr (run->text->str, PLAYER_KEY));
}

/* The tracer has told what its lines will look like, and then none came. */
static void
assert_no_leaks (const char *text)
{
  g_assert_nonnull (strstr (text, "object-alive, type-name=(string)%s"));
  g_assert_null (strstr (text, "object-alive, type-name=(string)Gst"));
}

static void
test_no_leaks (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autoptr (Run) run =
      start (prompt, "GST_TRACERS=leaks GST_DEBUG=GST_TRACER:7",
          "gst-launch-1.0 nanovidsrc prompt='a lighthouse' ! decodebin ! "
          "fakesink");

  g_assert_cmpint (finish (run, 20), ==, 0);
  assert_no_leaks (run->text->str);
}

static void
test_no_leaks_on_error (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autoptr (Run) run = NULL;

  g_assert_true (
      nanogpt_simulator_add_fault (prompt->simulator, "media:html", NULL));
  run = start (prompt, "GST_TRACERS=leaks GST_DEBUG=GST_TRACER:7",
      "gst-launch-1.0 nanovidsrc prompt='a lighthouse' ! fakesink");
  g_assert_cmpint (finish (run, 20), ==, 1);
  assert_no_leaks (run->text->str);
  g_assert_nonnull (strstr (run->text->str, "is no media file"));
}

static void
interrupt (Run *run)
{
  g_subprocess_send_signal (run->process, SIGINT);
}

/* Ctrl-C: quick, and what was paid for can be had by its id. */
static void
test_interrupt (void)
{
  g_autoptr (Prompt) prompt = prompt_new (1.5);
  g_autoptr (Run) run = start (prompt, NULL,
      "gst-launch-1.0 nanovidsrc prompt='a lighthouse' ! filesink location=%s",
      prompt->out);
  g_autoptr (Run) again = NULL;
  g_autofree char *run_id = NULL;
  const char *id;

  wait_text (run, "Queued");
  interrupt (run);
  g_assert_cmpint (finish (run, 2), ==, 0);
  id = strstr (run->text->str, "run-id=") + strlen ("run-id=");
  run_id = g_strndup (id, strcspn (id, "\n"));

  again = start (prompt, NULL,
      "gst-launch-1.0 nanovidsrc run-id=%s ! filesink location=%s", run_id,
      prompt->out);
  g_assert_cmpint (finish (again, 20), ==, 0);
  assert_out (prompt);
  g_assert_cmpuint (nanogpt_simulator_count_charges (prompt->simulator), ==, 1);
}

/* And by simply running the same again; but what was delivered is not what a
 * later run asks for. */
static void
test_run_again (void)
{
  g_autoptr (Prompt) prompt = prompt_new (1.5);
  g_autoptr (Run) run = start (prompt, NULL,
      "gst-launch-1.0 nanovidsrc prompt='a lighthouse' ! filesink location=%s",
      prompt->out);
  g_autoptr (Run) again = NULL;
  g_autoptr (Run) anew = NULL;

  wait_text (run, "Queued");
  interrupt (run);
  g_assert_cmpint (finish (run, 2), ==, 0);

  again = start (prompt, NULL,
      "gst-launch-1.0 nanovidsrc prompt='a lighthouse' ! filesink location=%s",
      prompt->out);
  g_assert_cmpint (finish (again, 20), ==, 0);
  assert_out (prompt);
  g_assert_nonnull (strstr (again->text->str, "is taken up again"));
  g_assert_cmpuint (nanogpt_simulator_count_charges (prompt->simulator), ==, 1);

  anew = start (prompt, NULL,
      "gst-launch-1.0 nanovidsrc prompt='a lighthouse' ! filesink location=%s",
      prompt->out);
  g_assert_cmpint (finish (anew, 20), ==, 0);
  g_assert_cmpuint (nanogpt_simulator_count_charges (prompt->simulator), ==, 2);
}

/* A demuxer ends early, and the clip is delivered all the same; an error
 * downstream leaves it to be collected. */
static void
test_delivered (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autoptr (Run) full = start (prompt, NULL,
      "gst-launch-1.0 nanovidsrc prompt='a lighthouse' ! "
      "filesink location=/dev/full buffer-mode=unbuffered");
  g_autoptr (Run) played = NULL;
  g_autoptr (Run) anew = NULL;
  static const char line[] =
      "gst-launch-1.0 nanovidsrc prompt='a lighthouse' ! decodebin ! fakesink";

  g_assert_cmpint (finish (full, 20), ==, 1);
  played = start (prompt, NULL, "%s", line);
  g_assert_cmpint (finish (played, 20), ==, 0);
  g_assert_cmpuint (nanogpt_simulator_count_charges (prompt->simulator), ==, 1);
  anew = start (prompt, NULL, "%s", line);
  g_assert_cmpint (finish (anew, 20), ==, 0);
  g_assert_cmpuint (nanogpt_simulator_count_charges (prompt->simulator), ==, 2);
}

/* Ctrl-C with -e: the application's EOS, and its words are seen. */
static void
test_interrupt_with_eos (void)
{
  g_autoptr (Prompt) prompt = prompt_new (100);
  g_autoptr (Run) run = start (prompt, "GST_DEBUG=2",
      "gst-launch-1.0 -e nanovidsrc prompt='a lighthouse' ! "
      "filesink location=%s",
      prompt->out);

  wait_text (run, "Queued");
  interrupt (run);
  g_assert_cmpint (finish (run, 2), ==, 0);
  g_assert_nonnull (strstr (run->text->str, "Stopped waiting for job"));
  g_assert_nonnull (strstr (run->text->str, "EOS received"));
  assert_silent (run->text->str);
}

static void
test_error (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autoptr (Run) run = NULL;

  g_assert_true (nanogpt_simulator_add_fault (
      prompt->simulator, "submit:states=IN_QUEUE/FAILED", NULL));
  run = start (prompt, NULL,
      "gst-launch-1.0 nanovidsrc prompt='a lighthouse' ! decodebin ! fakesink");
  g_assert_cmpint (finish (run, 20), ==, 1);
  g_assert_nonnull (strstr (run->text->str,
      "ERROR: from element /GstPipeline:pipeline0/"
      "GstNanovidSrc:nanovidsrc0: "));
}

static void
test_inspect (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autoptr (Run) run =
      start (prompt, "GST_DEBUG=2", "gst-inspect-1.0 nanovidsrc");

  g_assert_cmpint (finish (run, 20), ==, 0);
  g_assert_nonnull (strstr (run->text->str, "Source/Network"));
  g_assert_nonnull (strstr (run->text->str, "none (0)"));
  g_assert_nonnull (strstr (run->text->str, "negative-prompt"));
  g_assert_nonnull (strstr (run->text->str, "forget"));
  g_assert_null (strstr (run->text->str, PLAYER_KEY));
  assert_silent (run->text->str);
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        prompt->simulator, NANOGPT_SIMULATOR_ANY),
      ==, 0);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  /* What stock plugins have to say while the registry is made is not ours. */
  g_assert_true (g_spawn_command_line_sync (
      "gst-inspect-1.0 --exists nanovidsrc", NULL, NULL, NULL, NULL));

  g_test_add_func ("/launch/file", test_file);
  g_test_add_func ("/launch/watch", test_watch);
  g_test_add_func ("/launch/key-is-secret", test_key_is_secret);
  g_test_add_func ("/launch/no-leaks", test_no_leaks);
  g_test_add_func ("/launch/no-leaks-on-error", test_no_leaks_on_error);
  g_test_add_func ("/launch/interrupt", test_interrupt);
  g_test_add_func ("/launch/run-again", test_run_again);
  g_test_add_func ("/launch/delivered", test_delivered);
  g_test_add_func ("/launch/interrupt-with-eos", test_interrupt_with_eos);
  g_test_add_func ("/launch/error", test_error);
  g_test_add_func ("/launch/inspect", test_inspect);
  return g_test_run ();
}
