/* nanovid: tests that a film that is killed at any point pays once for each scene
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* gst-launch-1.0 is killed at one system call, as crash-point.c numbers them,
 * then the same line is run again to its end, and once more. Two of the scenes
 * are equal. Only one job runs at a time: if the answers of several were lost
 * at once, they could not be told apart, and would end as submit-unknown. */

#include <stdlib.h>

#include "fixture/env.h"
#include "pipeline/prompt.h"

#define N_SCENES 3
#define SCRIPT "a\na\nb\n"

/* For each kind, about as many calls as a run makes; every step-th call is a
 * point, or every call with $CRASH_ALL. */
static const struct
{
  const char *kind;
  guint n_calls;
  guint step;
} kinds[] = { { "rename", 24, 3 }, { "send", 30, 6 }, { "recv", 40, 11 },
  { "sync", 64, 13 }, { "lock", 70, 17 }, { "write", 40, 13 } };

static Run *
start_film (Prompt *prompt, const char *script, const char *variables)
{
  return prompt_start (prompt, variables,
      "gst-launch-1.0 -m nanovidchannel name=c prompts-location=%s "
      "max-jobs=1 poll-interval=20 'video-caps=video/x-raw,format=I420,width=64,height=48,"
      "framerate=25/1,pixel-aspect-ratio=1/1' c.video_src ! queue ! fakesink "
      "c.audio_src ! queue ! fakesink",
      script);
}

/* Returns: (transfer full): the ids of the jobs whose clips were played */
static GPtrArray *
list_runs (const char *text)
{
  GPtrArray *runs = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GRegex) regex = g_regex_new (
      "nanovid-clip,.*run-id=\\(string\\)(vid_[0-9a-z]+)", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  g_regex_match (regex, text, 0, &match);
  for (; g_match_info_matches (match); g_match_info_next (match, NULL))
    g_ptr_array_add (runs, g_match_info_fetch (match, 1));
  return runs;
}

/* Each scene has the clip of its own job, and each job was paid for once. */
static void
check_film (Prompt *prompt, Run *run, const char *point)
{
  g_autoptr (GPtrArray) runs = NULL;

  if (run_finish (run, 60) != 0)
    g_error ("after %s: %s", point, run->text->str);
  runs = list_runs (run->text->str);
  g_assert_cmpuint (runs->len, ==, N_SCENES);
  for (guint i = 0; i < runs->len; i++) {
    for (guint j = 0; j < i; j++) {
      if (g_str_equal (runs->pdata[i], runs->pdata[j]))
        g_error ("after %s: a clip was shown twice: %s", point, run->text->str);
    }
  }
  if (prompt_count_charges (prompt) != N_SCENES)
    g_error ("after %s: %u charges: %s", point, prompt_count_charges (prompt),
        run->text->str);
}

static void
kill_film (const char *point)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autofree char *script = g_build_filename (prompt->dir, "script.txt", NULL);
  const char *others = g_getenv ("LD_PRELOAD");
  /* A sanitizer must be the first. */
  g_autofree char *variables =
      g_strdup_printf ("LD_PRELOAD=%s%s%s CRASH_POINT=%s", others ? others : "",
          others ? ":" : "", CRASH_POINT, point);
  g_autoptr (Run) killed = NULL;

  g_assert_true (g_file_set_contents (script, SCRIPT, -1, NULL));
  killed = start_film (prompt, script, variables);
  run_finish (killed, 60);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (Run) again = start_film (prompt, script, NULL);

    check_film (prompt, again, point);
  }
}

static void
test_kind (gconstpointer data)
{
  guint kind = GPOINTER_TO_UINT (data);
  guint step = g_getenv ("CRASH_ALL") ? 1 : kinds[kind].step;

  for (guint i = 1; i <= kinds[kind].n_calls; i += step) {
    g_autofree char *point = g_strdup_printf (
        "%s:%u:%s", kinds[kind].kind, i, i % 2 ? "after" : "before");

    kill_film (point);
  }
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autofree char *name = g_strconcat ("/crash-film/", kinds[i].kind, NULL);

    g_test_add_data_func (name, GUINT_TO_POINTER (i), test_kind);
  }
  return g_test_run ();
}
