/* nanovid: tests of nanovidchannel in gst-launch-1.0
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture/env.h"
#include "pipeline/prompt.h"

#define VIDEO                                                                  \
  "video-caps='video/x-raw,format=I420,width=320,height=180,framerate=25/1,"   \
  "pixel-aspect-ratio=1/1'"
#define SINKS                                                                  \
  "source.video_src ! queue ! fakesink source.audio_src ! queue ! fakesink"

static char *
write_file (Prompt *prompt, const char *name, const char *text)
{
  char *path = g_build_filename (prompt->dir, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

/* Plays the README's script to its end, and once more at no charge. */
static void
test_film (void)
{
  g_autoptr (Prompt) prompt =
      prompt_new_with_media (0.2, FIXTURE_MEDIA_MP4_AUDIO);
  g_autofree char *script = write_file (prompt, "script.srt",
      "1\n00:00:00,000 --> 00:00:02,000\na lighthouse\n\n"
      "2\n00:00:02,000 --> 00:00:04,000\na harbor\n\n");

  for (guint i = 0; i < 2; i++) {
    g_autoptr (Run) run = prompt_start (prompt, NULL,
        "gst-launch-1.0 filesrc location=%s ! subparse ! nanovidchannel name=c "
        "mp4mux name=m ! filesink location=%s "
        "c.video_src ! queue ! x264enc ! m.  "
        "c.audio_src ! queue ! audioconvert ! avenc_aac ! m.",
        script, prompt->out);
    g_autoptr (Run) look = NULL;

    g_assert_cmpint (run_finish (run, 60), ==, 0);
    g_assert_cmpuint (prompt_count_charges (prompt), ==, 2);
    look = prompt_start (prompt, NULL, "gst-discoverer-1.0 -v %s", prompt->out);
    g_assert_cmpint (run_finish (look, 20), ==, 0);
    g_assert_true (run_printed (look, "H.264"));
    g_assert_true (run_printed (look, "AAC"));
  }
}

static void
run_kill (Run *run)
{
  g_subprocess_force_exit (run->process);
  g_assert_cmpint (run_finish (run, 10), ==, -1);
}

/* Waits for @n_charges charges, and until the last job's id has been received. */
static void
wait_for_job (Prompt *prompt, guint n_charges)
{
  guint patience = fixture_scaled (20) * 1000;
  guint n_polls;

  g_assert_true (
      nanogpt_simulator_wait_charges (prompt->simulator, n_charges, patience));
  n_polls = nanogpt_simulator_count_requests (
      prompt->simulator, NANOGPT_SIMULATOR_STATUS);
  g_assert_true (nanogpt_simulator_wait_requests (
      prompt->simulator, NANOGPT_SIMULATOR_STATUS, n_polls + 1, patience));
}

/* The process is killed again and again: each scene is charged once, even equal ones. */
static void
test_killed (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.5);
  g_autofree char *script =
      write_file (prompt, "script.txt", "a\na\nb\na\nc\n");

  for (guint n = 1; n <= 5; n++) {
    g_autoptr (Run) run = prompt_start (prompt, NULL,
        "gst-launch-1.0 -m nanovidchannel name=source prompts-location=%s "
        "max-jobs=1 " VIDEO " " SINKS,
        script);

    if (n == 5) {
      g_assert_cmpint (run_finish (run, 60), ==, 0);
      g_assert_true (run_printed (run, "number=(guint64)4"));
    } else {
      wait_for_job (prompt, n);
      run_kill (run);
    }
  }
  g_assert_cmpuint (prompt_count_charges (prompt), ==, 5);
}

/* Ctrl-C with -e: the file contains a complete film up to that point. */
static void
test_interrupt (void)
{
  g_autoptr (Prompt) prompt = prompt_new (30);
  g_autofree char *script = write_file (prompt, "script.txt", "a\nb\n");
  g_autoptr (Run) run = prompt_start (prompt, NULL,
      "gst-launch-1.0 -e nanovidchannel name=source prompts-location=%s " SINKS,
      script);

  run_wait_text (run, "was accepted");
  run_interrupt (run);
  g_assert_cmpint (run_finish (run, 2), ==, 0);
  g_assert_true (run_printed (run, "Got EOS"));
}

static void
test_no_leaks (void)
{
  g_autoptr (Prompt) prompt =
      prompt_new_with_media (0.2, FIXTURE_MEDIA_MP4_AUDIO);
  g_autofree char *script =
      write_file (prompt, "script.txt", "a\n{\"duration\": 10} b\n");
  g_autoptr (Run) run =
      prompt_start (prompt, "GST_TRACERS=leaks GST_DEBUG=GST_TRACER:7",
          "gst-launch-1.0 nanovidchannel name=source continuity=last-frame "
          "prompts-location=%s " VIDEO " " SINKS,
          script);

  g_assert_cmpint (run_finish (run, 40), ==, 0);
  g_assert_true (run_printed (run, "object-alive, type-name=(string)%s"));
  g_assert_false (run_printed (run, "object-alive, type-name=(string)Gst"));
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);

  g_test_add_func ("/channel/film", test_film);
  g_test_add_func ("/channel/killed", test_killed);
  g_test_add_func ("/channel/interrupt", test_interrupt);
  g_test_add_func ("/channel/no-leaks", test_no_leaks);
  return g_test_run ();
}
