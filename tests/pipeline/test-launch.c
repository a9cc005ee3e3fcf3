/* nanovid: tests of nanovidsrc in gst-launch-1.0
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "element/player.h"
#include "fixture/env.h"
#include "pipeline/prompt.h"

/* The simplest line works, and GST_DEBUG=2 logs nothing. */
static void
test_file (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autoptr (Run) run = prompt_start (prompt, "GST_DEBUG=2",
      "gst-launch-1.0 nanovidsrc prompt='a lighthouse' ! filesink location=%s",
      prompt->out);

  g_assert_cmpint (run_finish (run, 20), ==, 0);
  prompt_assert_out (prompt);
  run_assert_silent (run);
  g_assert_true (run_printed (run, "Progress: (nanovid)"));
  g_assert_true (run_printed (run, "run-id="));
  g_assert_cmpuint (prompt_count_charges (prompt), ==, 1);
}

static void
test_watch (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autoptr (Run) run = prompt_start (prompt, NULL,
      "gst-launch-1.0 -v -t nanovidsrc prompt='a lighthouse' ! decodebin ! "
      "videoconvert ! fakesink sync=true");

  g_assert_cmpint (run_finish (run, 20), ==, 0);
  g_assert_true (run_printed (run, "a lighthouse"));
  g_assert_false (run_printed (run, PLAYER_KEY));
}

/* The key does not appear in any log at the highest level. */
static void
test_key_is_secret (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autoptr (Run) run =
      prompt_start (prompt, "GST_DEBUG=*:9 G_MESSAGES_DEBUG=all",
          "gst-launch-1.0 -v nanovidsrc prompt='a lighthouse' ! fakesink");

  g_assert_cmpint (run_finish (run, 60), ==, 0);
  g_assert_true (run_printed (run, "nanovidbase"));
  g_assert_true (run_printed (run, "POST /api/generate-video: HTTP 202"));
  g_assert_false (run_printed (run, PLAYER_KEY));
}

/* The tracer has printed the format of its lines, and then no such line. */
static void
assert_no_leaks (Run *run)
{
  g_assert_true (run_printed (run, "object-alive, type-name=(string)%s"));
  g_assert_false (run_printed (run, "object-alive, type-name=(string)Gst"));
}

static void
test_no_leaks (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autoptr (Run) run =
      prompt_start (prompt, "GST_TRACERS=leaks GST_DEBUG=GST_TRACER:7",
          "gst-launch-1.0 nanovidsrc prompt='a lighthouse' ! decodebin ! "
          "fakesink");

  g_assert_cmpint (run_finish (run, 20), ==, 0);
  assert_no_leaks (run);
}

static void
test_no_leaks_on_error (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autoptr (Run) run = NULL;

  g_assert_true (
      nanogpt_simulator_add_fault (prompt->simulator, "media:html", NULL));
  run = prompt_start (prompt, "GST_TRACERS=leaks GST_DEBUG=GST_TRACER:7",
      "gst-launch-1.0 nanovidsrc prompt='a lighthouse' ! fakesink");
  g_assert_cmpint (run_finish (run, 20), ==, 1);
  assert_no_leaks (run);
  g_assert_true (run_printed (run, "is not a media file"));
}

/* Ctrl-C is quick, and the clip that was paid for is available by its id. */
static void
test_interrupt (void)
{
  g_autoptr (Prompt) prompt = prompt_new (1.5);
  g_autoptr (Run) run = prompt_start (prompt, NULL,
      "gst-launch-1.0 nanovidsrc prompt='a lighthouse' ! filesink location=%s",
      prompt->out);
  g_autoptr (Run) again = NULL;
  g_autofree char *run_id = NULL;
  const char *id;

  run_wait_text (run, "was accepted");
  run_interrupt (run);
  g_assert_cmpint (run_finish (run, 2), ==, 0);
  id = strstr (run->text->str, "run-id=") + strlen ("run-id=");
  run_id = g_strndup (id, strcspn (id, "\n"));

  again = prompt_start (prompt, NULL,
      "gst-launch-1.0 nanovidsrc run-id=%s ! filesink location=%s", run_id,
      prompt->out);
  g_assert_cmpint (run_finish (again, 20), ==, 0);
  prompt_assert_out (prompt);
  g_assert_cmpuint (prompt_count_charges (prompt), ==, 1);
}

/* The same line gets the clip, too. After that, it requests a new one, as the
 * first one was delivered. */
static void
test_run_again (void)
{
  g_autoptr (Prompt) prompt = prompt_new (1.5);
  g_autoptr (Run) run = prompt_start (prompt, NULL,
      "gst-launch-1.0 nanovidsrc prompt='a lighthouse' ! filesink location=%s",
      prompt->out);
  g_autoptr (Run) again = NULL;
  g_autoptr (Run) anew = NULL;

  run_wait_text (run, "was accepted");
  run_interrupt (run);
  g_assert_cmpint (run_finish (run, 2), ==, 0);

  again = prompt_start (prompt, NULL,
      "gst-launch-1.0 nanovidsrc prompt='a lighthouse' ! filesink location=%s",
      prompt->out);
  g_assert_cmpint (run_finish (again, 20), ==, 0);
  prompt_assert_out (prompt);
  g_assert_true (run_printed (again, "was resumed"));
  g_assert_cmpuint (prompt_count_charges (prompt), ==, 1);

  anew = prompt_start (prompt, NULL,
      "gst-launch-1.0 nanovidsrc prompt='a lighthouse' ! filesink location=%s",
      prompt->out);
  g_assert_cmpint (run_finish (anew, 20), ==, 0);
  g_assert_cmpuint (prompt_count_charges (prompt), ==, 2);
}

/* A clip counts as delivered even when the demuxer ends early; after an error
 * downstream, it can still be collected. */
static void
test_delivered (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autoptr (Run) full = prompt_start (prompt, NULL,
      "gst-launch-1.0 nanovidsrc prompt='a lighthouse' ! "
      "filesink location=/dev/full buffer-mode=unbuffered");
  g_autoptr (Run) played = NULL;
  g_autoptr (Run) anew = NULL;
  static const char line[] =
      "gst-launch-1.0 nanovidsrc prompt='a lighthouse' ! decodebin ! fakesink";

  g_assert_cmpint (run_finish (full, 20), ==, 1);
  played = prompt_start (prompt, NULL, "%s", line);
  g_assert_cmpint (run_finish (played, 20), ==, 0);
  g_assert_cmpuint (prompt_count_charges (prompt), ==, 1);
  anew = prompt_start (prompt, NULL, "%s", line);
  g_assert_cmpint (run_finish (anew, 20), ==, 0);
  g_assert_cmpuint (prompt_count_charges (prompt), ==, 2);
}

/* Ctrl-C with -e sends the application's EOS, and the element's messages are printed. */
static void
test_interrupt_with_eos (void)
{
  g_autoptr (Prompt) prompt = prompt_new (100);
  g_autoptr (Run) run = prompt_start (prompt, "GST_DEBUG=2",
      "gst-launch-1.0 -e nanovidsrc prompt='a lighthouse' ! "
      "filesink location=%s",
      prompt->out);

  run_wait_text (run, "was accepted");
  run_interrupt (run);
  g_assert_cmpint (run_finish (run, 2), ==, 0);
  g_assert_true (run_printed (run, "Stopped waiting for job"));
  g_assert_true (run_printed (run, "EOS received"));
  run_assert_silent (run);
}

static void
test_error (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autoptr (Run) run = NULL;

  g_assert_true (nanogpt_simulator_add_fault (
      prompt->simulator, "submit:states=IN_QUEUE/FAILED", NULL));
  run = prompt_start (prompt, NULL,
      "gst-launch-1.0 nanovidsrc prompt='a lighthouse' ! decodebin ! fakesink");
  g_assert_cmpint (run_finish (run, 20), ==, 1);
  g_assert_true (run_printed (run,
      "ERROR: from element /GstPipeline:pipeline0/"
      "GstNanovidSrc:nanovidsrc0: "));
}

static void
test_inspect (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autoptr (Run) run =
      prompt_start (prompt, "GST_DEBUG=2", "gst-inspect-1.0 nanovidsrc");

  g_assert_cmpint (run_finish (run, 20), ==, 0);
  g_assert_true (run_printed (run, "Source/Network"));
  g_assert_true (run_printed (run, "none (0)"));
  g_assert_true (run_printed (run, "negative-prompt"));
  g_assert_true (run_printed (run, "forget"));
  g_assert_false (run_printed (run, PLAYER_KEY));
  run_assert_silent (run);
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        prompt->simulator, NANOGPT_SIMULATOR_ANY),
      ==, 0);
}

/* Nothing is printed about a job before it is known to exist. */
static void
test_unknown_run_id (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autoptr (Run) run = prompt_start (
      prompt, NULL, "gst-launch-1.0 nanovidsrc run-id=vid_mistyped ! fakesink");

  g_assert_cmpint (run_finish (run, 60), !=, 0);
  g_assert_true (
      run_printed (run, "The service does not know job vid_mistyped"));
  g_assert_false (run_printed (run, "is charged"));
  g_assert_cmpuint (prompt_count_charges (prompt), ==, 0);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);

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
  g_test_add_func ("/launch/unknown-run-id", test_unknown_run_id);
  g_test_add_func ("/launch/inspect", test_inspect);
  return g_test_run ();
}
