/* nanovid: tests of every known way to pay for a clip in vain
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "fixture/env.h"
#include "pipeline/prompt.h"

typedef enum
{
  REFUSED,     /* nothing is submitted */
  KEPT,        /* the same request in a line that works gets the clip */
  COLLECTABLE, /* the job counts as delivered, but its id gets the clip */
} Outcome;

static const char *const outcomes[] = {
  [REFUSED] = "nothing is submitted",
  [KEPT] = "kept: the same request gets the clip",
  [COLLECTABLE] = "delivered: `run-id` or `nanovid-jobs collect` gets the clip",
};

typedef struct
{
  const char *way;
  Outcome outcome;
  const char *line;      /* runs in the test's directory */
  const char *interrupt; /* Ctrl-C after this was printed */
  const char *variables;
  double seconds; /* how long the job takes */
} Way;

#define SOURCE "nanovidsrc prompt=x "
#define LAUNCH "gst-launch-1.0 " SOURCE
#define URI "nanovid://seedance-lite-video?prompt=x"
#define ACCEPTED "was accepted"
#define READABLE "The clip can be read"

static const Way ways[] = {
  { "the source pad is not linked", REFUSED, .line = LAUNCH },
  { "a queue leads nowhere", REFUSED, .line = LAUNCH "! queue" },
  { "a filter asks for raw video", REFUSED,
      .line = LAUNCH "! video/x-raw ! fakesink" },
  { "an encoder without a decoder before it", REFUSED,
      .line = LAUNCH "! x264enc ! fakesink" },
  { "the sink's file cannot be made", REFUSED,
      .line = LAUNCH "! filesink location=/nowhere/clip.mp4" },
  { "the sink cannot connect", REFUSED,
      .line = LAUNCH "! tcpclientsink host=127.0.0.1 port=1" },
  { "an element is not installed", REFUSED, .line = LAUNCH "! nosuchsink" },
  { "`spool-dir` cannot be written to", REFUSED,
      .line = LAUNCH "spool-dir=/proc ! fakesink" },
  { "`state-dir` cannot be written to", REFUSED,
      .line = LAUNCH "state-dir=/proc/nowhere ! fakesink" },
  { "the cache cannot be written to, for `nanovid-jobs fetch`", REFUSED,
      .line = NANOVID_JOBS " fetch '" URI "'",
      .variables = "XDG_CACHE_HOME=/proc/nowhere" },
  { "a prompt of blanks", REFUSED,
      .line = "gst-launch-1.0 nanovidsrc prompt=' ' ! fakesink" },
  { "a subtitle without a word", REFUSED,
      .line =
          "gst-launch-1.0 filesrc location=blank.vtt ! subparse ! nanovidtransform ! "
          "fakesink" },
  { "a picture that the service does not take", REFUSED,
      .line = LAUNCH "image-location=picture.gif ! fakesink" },
  { "the daily budget has too little left", REFUSED,
      .line = LAUNCH "! fakesink", .variables = "NANOVID_DAILY_BUDGET=0.05" },
  { "`max-size=0`", REFUSED, .line = LAUNCH "max-size=0 ! fakesink" },
  { "`num-buffers=0`", REFUSED, .line = LAUNCH "num-buffers=0 ! fakesink" },

  { "a filter asks for another container", KEPT,
      .line = LAUNCH "! video/webm ! fakesink" },
  { "the sink's disk is full", KEPT,
      .line = LAUNCH "! filesink location=/dev/full buffer-mode=unbuffered" },
  { "a sink that opens its file late cannot make it", KEPT,
      .line = LAUNCH "! multifilesink location=/nowhere/%d.mp4" },
  { "there is no demuxer", KEPT, .line = LAUNCH "! decodebin ! fakesink",
      .variables = "GST_PLUGIN_FEATURE_RANK=qtdemux:NONE" },
  { "`max-size` is too small", KEPT,
      .line = LAUNCH "max-size=1000 ! fakesink" },
  { "`num-buffers=1`, less than the clip", KEPT,
      .line = LAUNCH "num-buffers=1 blocksize=1000 ! fakesink" },
  { "Ctrl-C while the job is waited for", KEPT, .line = LAUNCH "! fakesink",
      .interrupt = ACCEPTED, .seconds = 1 },
  { "Ctrl-C with `-e`", KEPT, .line = "gst-launch-1.0 -e " SOURCE "! fakesink",
      .interrupt = ACCEPTED, .seconds = 1 },
  { "Ctrl-C while the clip is read", KEPT,
      .line = LAUNCH "blocksize=4096 ! identity sleep-time=100000 ! fakesink",
      .interrupt = READABLE },
  { "a player is closed while it waits", KEPT,
      .line = "gst-launch-1.0 playbin uri='" URI "' video-sink=fakesink "
              "audio-sink=fakesink",
      .interrupt = ACCEPTED, .variables = "NANOVID_ALLOW_URI=1", .seconds = 1 },
  { "`gst-discoverer-1.0` gives up", KEPT,
      .line = "gst-discoverer-1.0 -t 1 '" URI "'",
      .variables = "NANOVID_ALLOW_URI=1", .seconds = 3 },

  { "the sink's disk is full at the last byte", COLLECTABLE,
      .line = LAUNCH "! filesink location=/dev/full buffer-size=100000000" },
  { "one branch of a tee fails", COLLECTABLE,
      .line = LAUNCH
      "! tee name=t ! queue ! filesink location=/dev/full t. ! queue ! "
      "fakesink" },
  { "a leaky queue drops most of it", COLLECTABLE,
      .line =
          LAUNCH "blocksize=4096 ! queue leaky=downstream max-size-buffers=1 ! "
                 "identity sleep-time=10000 ! fakesink" },
  { "a valve is closed", COLLECTABLE,
      .line = LAUNCH "! valve drop=true ! fakesink", .interrupt = READABLE },
  { "what is made of it has no file", COLLECTABLE,
      .line = LAUNCH
      "! qtdemux ! h264parse ! splitmuxsink location=/nowhere/%d.mp4" },
};

/* Creates the files that some ways need. */
static void
make_inputs (Prompt *prompt)
{
  static const char *const files[][2] = {
    { "blank.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\n<b></b>\n\n" },
    { "picture.gif", "GIF89a\1\1\1\1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (prompt->dir, files[i][0], NULL);

    g_assert_true (g_file_set_contents (path, files[i][1], -1, NULL));
  }
}

/* Returns: (transfer full): the "run-id=ID" that was printed */
static char *
find_run_id (Run *run)
{
  const char *found = strstr (run->text->str, "run-id=");

  g_assert_nonnull (found);
  return g_strndup (found,
      strspn (found,
          "run-id=_0123456789abcdefghijklm"
          "opqrstuvwxyz"));
}

/* Gets the clip with a line that works. */
static void
collect (Prompt *prompt, const char *what)
{
  g_autoptr (Run) run = prompt_start (prompt, NULL,
      "gst-launch-1.0 nanovidsrc %s ! filesink location=%s", what, prompt->out);

  if (run_finish (run, 30) != 0)
    g_error ("%s", run->text->str);
  prompt_assert_out (prompt);
  g_assert_cmpuint (prompt_count_charges (prompt), ==, 1);
}

static void
test_way (gconstpointer data)
{
  const Way *way = data;
  g_autoptr (Prompt) prompt =
      prompt_new (way->seconds > 0 ? way->seconds : 0.1);
  g_autoptr (Run) run = NULL;
  g_autofree char *run_id = NULL;

  make_inputs (prompt);
  run = prompt_start (
      prompt, way->variables, "env -C %s %s", prompt->dir, way->line);
  if (way->interrupt) {
    run_wait_text (run, way->interrupt);
    run_interrupt (run);
  }
  run_finish (run, 30);
  g_test_message ("%s", run->text->str);
  g_assert_cmpuint (
      prompt_count_charges (prompt), ==, way->outcome == REFUSED ? 0 : 1);
  if (way->outcome == KEPT)
    collect (prompt, "prompt=x");
  if (way->outcome == COLLECTABLE) {
    run_id = find_run_id (run);
    collect (prompt, run_id);
  }
}

static void
print_table (void)
{
  g_print ("| way | what becomes of it |\n|---|---|\n");
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    g_print ("| %s | %s |\n", ways[i].way, outcomes[ways[i].outcome]);
}

int
main (int argc, char **argv)
{
  if (argc > 1 && g_str_equal (argv[1], "--print")) {
    print_table ();
    return 0;
  }
  fixture_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    g_autofree char *path = g_strconcat ("/nowhere/", ways[i].way, NULL);

    g_test_add_data_func (path, &ways[i], test_way);
  }
  return g_test_run ();
}
