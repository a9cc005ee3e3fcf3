/* nanovid: tests of nanovid:// URIs in the stock players
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture/env.h"
#include "pipeline/prompt.h"

#define ALLOWED "NANOVID_ALLOW_URI=1"
#define URI "nanovid://seedance-lite-video?prompt=a%20lighthouse&duration=5"

/* Projects of GES and ges-launch-1.0 need the URI in this form, because they
 * take a query as their own. */
#define GES_URI                                                                \
  "nanovid://seedance-lite-video%3Fprompt=a%20lighthouse&duration=5"

/* A command that plays the clip, and what it prints on success. */
typedef struct
{
  const char *name;
  const char *command;
  const char *proof;
} Program;

static const Program players[] = {
  { "playbin",
      "gst-launch-1.0 playbin uri=" URI
      " video-sink=fakevideosink audio-sink=fakeaudiosink",
      "Got EOS" },
  { "playbin3",
      "gst-launch-1.0 playbin3 uri=" URI
      " video-sink=fakevideosink audio-sink=fakeaudiosink",
      "Got EOS" },
  { "uridecodebin",
      "gst-launch-1.0 uridecodebin uri=" URI " ! videoconvert ! fakesink",
      "Got EOS" },
  { "uridecodebin3",
      "gst-launch-1.0 uridecodebin3 uri=" URI " ! videoconvert ! fakesink",
      "Got EOS" },
  { "gst-play",
      "gst-play-1.0 --no-interactive --videosink=fakevideosink "
      "--audiosink=fakeaudiosink " URI,
      "Reached end of play list" },
  { "gst-play-playbin3",
      "gst-play-1.0 --use-playbin3 --no-interactive "
      "--videosink=fakevideosink --audiosink=fakeaudiosink " URI,
      "Reached end of play list" },
  { "gst-discoverer", "gst-discoverer-1.0 " URI, "Duration: 0:00:02.0" },
  { "python",
      "/usr/bin/python3 -c \"\n"
      "import gi\n"
      "gi.require_version('Gst', '1.0')\n"
      "from gi.repository import Gst\n"
      "Gst.init(None)\n"
      "source = Gst.Element.make_from_uri(Gst.URIType.SRC, '" URI "', None)\n"
      "pipeline = Gst.Pipeline()\n"
      "sink = Gst.ElementFactory.make('fakesink')\n"
      "pipeline.add(source)\n"
      "pipeline.add(sink)\n"
      "source.link(sink)\n"
      "pipeline.set_state(Gst.State.PLAYING)\n"
      "message = pipeline.get_bus().timed_pop_filtered(\n"
      "    10 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)\n"
      "print(source.get_property('prompt'), message.type.first_value_nick)\n"
      "pipeline.set_state(Gst.State.NULL)\n"
      "\"",
      "a lighthouse eos" },
};

/* The clip is charged once, and not again within a day, whichever program plays it. */
static void
test_player (gconstpointer data)
{
  const Program *player = data;
  g_autoptr (Prompt) prompt = prompt_new (0.2);

  for (guint i = 0; i < 2; i++) {
    g_autoptr (Run) run = prompt_start (prompt, ALLOWED, "%s", player->command);

    if (run_finish (run, 30) != 0 || !run_printed (run, player->proof))
      g_error ("\"%s\" was not printed:\n%s", player->proof, run->text->str);
    g_assert_cmpuint (prompt_count_charges (prompt), ==, 1);
  }
}

/* Without permission, a player prints how to allow the URI. */
static void
test_not_allowed (gconstpointer data)
{
  const Program *player = data;
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autoptr (Run) run = prompt_start (prompt, NULL, "%s", player->command);

  run_finish (run, 30);
  if (!run_printed (run, "NANOVID_ALLOW_URI=1"))
    g_error ("nothing of NANOVID_ALLOW_URI:\n%s", run->text->str);
  g_assert_cmpuint (prompt_count_charges (prompt), ==, 0);
}

static void
test_not_a_request (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autoptr (Run) run = prompt_start (prompt, ALLOWED,
      "gst-launch-1.0 playbin uri=%s&base-url=http://127.0.0.1:1", URI);

  g_assert_cmpint (run_finish (run, 30), !=, 0);
  g_assert_true (run_printed (run, "A URI cannot set \"base-url\""));
  g_assert_cmpuint (prompt_count_charges (prompt), ==, 0);
}

/* GES itself causes criticals, so they must not be fatal. */
#define GES_ALLOWED ALLOWED " G_DEBUG="

/* A clip on a timeline is discovered, then played as video and as audio, and
 * again when the project is reopened. */
static void
test_ges (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autoptr (Run) made = prompt_start (prompt, GES_ALLOWED,
      "ges-launch-1.0 --no-interactive --videosink fakevideosink "
      "--audiosink fakeaudiosink --save=%s/project.xges "
      "+clip %s inpoint=0.5 duration=1.0",
      prompt->dir, GES_URI);
  g_autoptr (Run) opened = NULL;

  if (run_finish (made, 60) != 0)
    g_error ("%s", made->text->str);
  g_assert_cmpuint (prompt_count_charges (prompt), ==, 1);

  opened = prompt_start (prompt, GES_ALLOWED,
      "ges-launch-1.0 --no-interactive --videosink fakevideosink "
      "--audiosink fakeaudiosink --load=%s/project.xges",
      prompt->dir);
  if (run_finish (opened, 60) != 0 || !run_printed (opened, "Done"))
    g_error ("%s", opened->text->str);
  g_assert_cmpuint (prompt_count_charges (prompt), ==, 1);
}

/* However a player uses its sources, none is leaked. */
static void
test_no_leaks (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autoptr (Run) run =
      prompt_start (prompt, ALLOWED " GST_TRACERS=leaks GST_DEBUG=GST_TRACER:7",
          "gst-launch-1.0 playbin3 uri=%s video-sink=fakevideosink", URI);

  g_assert_cmpint (run_finish (run, 30), ==, 0);
  g_assert_true (run_printed (run, "object-alive, type-name=(string)%s"));
  g_assert_false (
      run_printed (run, "object-alive, type-name=(string)GstNanovid"));
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  g_assert_true (g_spawn_command_line_sync (
      "gst-inspect-1.0 --exists nanovidsrc", NULL, NULL, NULL, NULL));

  for (guint i = 0; i < G_N_ELEMENTS (players); i++) {
    g_autofree char *played = g_strconcat ("/players/", players[i].name, NULL);
    g_autofree char *refused =
        g_strconcat ("/players/not-allowed/", players[i].name, NULL);

    g_test_add_data_func (played, &players[i], test_player);
    g_test_add_data_func (refused, &players[i], test_not_allowed);
  }
  g_test_add_func ("/players/not-a-request", test_not_a_request);
  g_test_add_func ("/players/no-leaks", test_no_leaks);
  g_test_add_func ("/players/ges", test_ges);
  return g_test_run ();
}
