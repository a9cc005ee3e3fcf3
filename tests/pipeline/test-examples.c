/* nanovid: tests of the examples
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "fixture/env.h"
#include "pipeline/prompt.h"

/* Returns: (transfer full): where the example is; those in C are built */
static char *
get_path (const char *name)
{
  return g_build_filename (
      strchr (name, '.') ? EXAMPLES_SOURCE_DIR : EXAMPLES_BUILD_DIR, name,
      NULL);
}

static char *
write_prompts (Prompt *prompt, const char *text)
{
  char *path = g_build_filename (prompt->dir, "prompts.txt", NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static void
assert_success (Run *run)
{
  if (run_finish (run, 60) != 0)
    g_error ("%s", run->text->str);
}

static gboolean
exists (Prompt *prompt, const char *name)
{
  g_autofree char *path = g_build_filename (prompt->dir, name, NULL);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

static void
test_make_clip (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.5);
  g_autofree char *program = get_path ("make-clip");
  g_autoptr (Run) run =
      prompt_start (prompt, NULL, "%s 'a lighthouse' %s", program, prompt->out);

  assert_success (run);
  prompt_assert_out (prompt);
  g_assert_true (run_printed (run, "state: queued"));
  g_assert_true (run_printed (run, "was accepted, cost"));
  g_assert_false (run_printed (run, "\r"));
}

/* On a terminal, a progress bar is shown. */
static void
test_make_clip_on_terminal (void)
{
  g_autoptr (Prompt) prompt = prompt_new (1.0);
  g_autofree char *program = get_path ("make-clip");
  g_autoptr (Run) run = prompt_start (prompt, NULL,
      "/usr/bin/python3 -c 'import pty, sys; pty.spawn(sys.argv[1:])' "
      "%s 'a lighthouse' %s",
      program, prompt->out);

  assert_success (run);
  prompt_assert_out (prompt);
  g_assert_true (run_printed (run, "\r[##"));
  g_assert_true (run_printed (run, "The clip can be read"));
  g_assert_false (run_printed (run, "state: "));
}

static void
test_make_clip_interrupted (void)
{
  g_autoptr (Prompt) prompt = prompt_new (1.5);
  g_autofree char *program = get_path ("make-clip");
  g_autoptr (Run) run =
      prompt_start (prompt, NULL, "%s 'a lighthouse' %s", program, prompt->out);
  g_autoptr (Run) again = NULL;

  run_wait_text (run, "state: queued");
  run_interrupt (run);
  g_assert_cmpint (run_finish (run, 5), ==, 130);
  g_assert_true (run_printed (run, "nanovidsrc run-id=vid_"));
  g_assert_false (exists (prompt, "clip.mp4"));
  g_assert_false (exists (prompt, "clip.mp4.part"));

  again =
      prompt_start (prompt, NULL, "%s 'a lighthouse' %s", program, prompt->out);
  assert_success (again);
  prompt_assert_out (prompt);
  g_assert_cmpuint (prompt_count_charges (prompt), ==, 1);
}

static void
test_make_clip_refused (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autofree char *program = get_path ("make-clip");
  g_autoptr (Run) run = prompt_start (
      prompt, "NANOGPT_API_KEY=", "%s 'a lighthouse' %s", program, prompt->out);

  g_assert_cmpint (run_finish (run, 20), ==, 1);
  g_assert_true (run_printed (run, "No API key"));
  g_assert_false (exists (prompt, "clip.mp4"));
  g_assert_false (exists (prompt, "clip.mp4.part"));
}

/* Submits may come in any order, because several are sent in parallel. */
static void
assert_submitted_some (Prompt *prompt, const char *body)
{
  g_autoptr (GPtrArray) submits =
      nanogpt_simulator_list_submits (prompt->simulator);

  for (guint i = 0; i < submits->len; i++) {
    NanogptSimulatorSubmit *submit = submits->pdata[i];

    if (g_str_equal (submit->body, body))
      return;
  }
  g_error ("%s was not submitted", body);
}

static void
assert_duration (Prompt *prompt, const char *path, const char *duration)
{
  g_autoptr (Run) run =
      prompt_start (prompt, NULL, "gst-discoverer-1.0 %s", path);
  g_autofree char *line = g_strdup_printf ("Duration: %s", duration);

  assert_success (run);
  if (!run_printed (run, line))
    g_error ("%s", run->text->str);
}

/* The film has three clips of two seconds, with picture and sound. */
static void
test_storyboard (void)
{
  g_autoptr (Prompt) prompt =
      prompt_new_with_media (0.2, FIXTURE_MEDIA_MP4_AUDIO);
  g_autofree char *program = get_path ("storyboard.py");
  g_autofree char *story = write_prompts (
      prompt, "# a story\na lighthouse\n\na storm\na \"calm\" sea");
  g_autofree char *film =
      g_build_filename (prompt->dir, "film", "film.mp4", NULL);

  for (guint i = 0; i < 2; i++) {
    g_autoptr (Run) run = prompt_start (
        prompt, NULL, "%s %s %s/film", program, story, prompt->dir);

    assert_success (run);
    g_assert_true (run_printed (run, "scene 3: complete"));
    g_assert_true (exists (prompt, "film/scene01.mp4"));
    g_assert_true (exists (prompt, "film/scene03.mp4"));
    g_assert_false (exists (prompt, "film/scene04.mp4"));
    assert_duration (prompt, film, "0:00:06.0");
    g_assert_cmpuint (prompt_count_charges (prompt), ==, 3);
  }
}

static void
test_storyboard_interrupted (void)
{
  g_autoptr (Prompt) prompt = prompt_new (2.0);
  g_autofree char *program = get_path ("storyboard.py");
  g_autofree char *story = write_prompts (prompt, "a lighthouse\na storm\n");
  g_autoptr (Run) run =
      prompt_start (prompt, NULL, "%s %s %s/film", program, story, prompt->dir);
  g_autoptr (Run) again = NULL;

  run_wait_text (run, "scene 1: queued");
  run_wait_text (run, "scene 2: queued");
  run_interrupt (run);
  g_assert_cmpint (run_finish (run, 5), ==, 1);
  g_assert_true (run_printed (run, "run the same command again"));

  again =
      prompt_start (prompt, NULL, "%s %s %s/film", program, story, prompt->dir);
  assert_success (again);
  g_assert_true (exists (prompt, "film/film.mp4"));
  g_assert_cmpuint (prompt_count_charges (prompt), ==, 2);
}

/* A picture that fails does not change the file names of those after it. */
static void
test_animate (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autofree char *program = get_path ("animate.py");
  g_autofree char *picture = fixture_media_path (FIXTURE_MEDIA_JPEG);
  g_autofree char *broken = write_prompts (prompt, "not a picture");
  g_autoptr (Run) run = NULL;

  run = prompt_start (prompt, NULL,
      "sh -c 'cd %s && cp %s a.jpg && cp %s b.jpg && cp %s c.jpg && %s moves "
      "out a.jpg b.jpg c.jpg'",
      prompt->dir, picture, broken, picture, program);
  run_wait_text (run, "b.jpg was skipped");
  run_wait_text (run, "out/c.mp4");
  g_assert_cmpint (run_finish (run, 60), ==, 1);
  g_assert_true (exists (prompt, "out/a.mp4"));
  g_assert_false (exists (prompt, "out/b.mp4"));
  g_assert_true (exists (prompt, "out/c.mp4"));
  g_assert_cmpuint (prompt_count_charges (prompt), ==, 2);
}

static void
assert_submitted (Prompt *prompt, guint n, const char *text)
{
  g_autoptr (GPtrArray) submits =
      nanogpt_simulator_list_submits (prompt->simulator);
  NanogptSimulatorSubmit *submit;

  g_assert_cmpuint (submits->len, >, n);
  submit = submits->pdata[n];
  if (!strstr (submit->body, text))
    g_error ("%s has no %s", submit->body, text);
}

/* A refused prompt does not stop the others, and is submitted again in the next run. */
static void
test_batch (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autofree char *program = get_path ("batch.sh");
  g_autofree char *prompts = write_prompts (prompt,
      "a lighthouse\n# not this\n\na \"storm\" \\ at sea, caf\xc3\xa9!\nlast");

  g_assert_true (nanogpt_simulator_add_fault (
      prompt->simulator, "submit#1:states=IN_QUEUE/FAILED", NULL));
  for (guint i = 0; i < 2; i++) {
    g_autoptr (Run) run = prompt_start (
        prompt, NULL, "%s %s %s/clips", program, prompts, prompt->dir);

    g_assert_cmpint (run_finish (run, 60), ==, i == 0 ? 1 : 0);
    g_assert_true (exists (prompt, "clips/0001.mp4") == (i == 1));
    g_assert_true (exists (prompt, "clips/0004.mp4"));
    g_assert_true (exists (prompt, "clips/0005.mp4"));
    g_assert_false (exists (prompt, "clips/0001.part"));
  }
  assert_submitted (prompt, 1, "\"a \\\"storm\\\" \\\\ at sea, caf\xc3\xa9!\"");
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        prompt->simulator, NANOGPT_SIMULATOR_SUBMIT),
      ==, 4);
}

static void
test_batch_within_budget (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autofree char *program = get_path ("batch.sh");
  g_autofree char *prompts = write_prompts (prompt, "a lighthouse\n");
  g_autoptr (Run) run = prompt_start (
      prompt, "MAX_COST=0.01", "%s %s %s/clips", program, prompts, prompt->dir);

  g_assert_cmpint (run_finish (run, 60), ==, 1);
  g_assert_true (run_printed (run, "max-cost is $0.01"));
  g_assert_cmpuint (prompt_count_charges (prompt), ==, 0);
}

/* There is a line for each scene; a second run costs nothing. */
static void
test_film (void)
{
  g_autoptr (Prompt) prompt =
      prompt_new_with_media (0.2, FIXTURE_MEDIA_MP4_AUDIO);
  g_autofree char *program = get_path ("film.py");
  g_autofree char *script =
      write_prompts (prompt, "# a film\na lighthouse\n\na storm\n");

  for (guint i = 0; i < 2; i++) {
    g_autoptr (Run) run =
        prompt_start (prompt, NULL, "%s %s %s", program, script, prompt->out);

    assert_success (run);
    if (!run_printed (run, "00:00    $0.09  vid_"))
      g_error ("%s", run->text->str);
    g_assert_true (run_printed (run, "00:02    $0.09  vid_"));
    g_assert_true (run_printed (run, "  a storm\n"));
    assert_duration (prompt, prompt->out, "0:00:04.0");
    g_assert_cmpuint (prompt_count_charges (prompt), ==, 2);
  }
}

static void
test_film_fails (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autofree char *program = get_path ("film.py");
  /* mp4mux copies caps that it does not have when it is stopped while it starts,
   * which is a critical warning, but not this program's. */
  g_autoptr (Run) run = prompt_start (
      prompt, "G_DEBUG=", "%s /no/such/script %s", program, prompt->out);

  g_assert_cmpint (run_finish (run, 20), ==, 1);
  g_assert_true (run_printed (run, "/no/such/script"));
}

/* Lines on stdin are played as prompts until the end of the input. */
static void
test_push_prompts (void)
{
  g_autoptr (Prompt) prompt =
      prompt_new_with_media (0.2, FIXTURE_MEDIA_MP4_AUDIO);
  g_autofree char *program = get_path ("push-prompts");
  g_autoptr (Run) run = prompt_start (prompt, NULL,
      "sh -c 'printf \"a lighthouse\\n\\n10 a storm\\n\" | %s %s'", program,
      prompt->out);

  assert_success (run);
  g_assert_true (run_printed (run, "Prompt 1 was taken"));
  g_assert_true (run_printed (run, "0:00:02.000000000  a storm"));
  assert_submitted_some (prompt,
      "{\"model\":\"seedance-lite-video\",\"prompt\":"
      "\"a lighthouse\"}");
  assert_submitted_some (prompt,
      "{\"duration\":\"10\",\"model\":"
      "\"seedance-lite-video\",\"prompt\":"
      "\"a storm\"}");
  assert_duration (prompt, prompt->out, "0:00:04.0");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  g_assert_true (g_spawn_command_line_sync (
      "gst-inspect-1.0 --exists nanovidsrc", NULL, NULL, NULL, NULL));

  g_test_add_func ("/examples/make-clip", test_make_clip);
  g_test_add_func (
      "/examples/make-clip/on-terminal", test_make_clip_on_terminal);
  g_test_add_func (
      "/examples/make-clip/interrupted", test_make_clip_interrupted);
  g_test_add_func ("/examples/make-clip/refused", test_make_clip_refused);
  g_test_add_func ("/examples/animate", test_animate);
  g_test_add_func ("/examples/storyboard", test_storyboard);
  g_test_add_func (
      "/examples/storyboard/interrupted", test_storyboard_interrupted);
  g_test_add_func ("/examples/film", test_film);
  g_test_add_func ("/examples/film/fails", test_film_fails);
  g_test_add_func ("/examples/push-prompts", test_push_prompts);
  g_test_add_func ("/examples/batch", test_batch);
  g_test_add_func ("/examples/batch/within-budget", test_batch_within_budget);
  return g_test_run ();
}
