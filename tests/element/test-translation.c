/* nanovid: tests that what users read can be in their language
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <libintl.h>
#include <locale.h>
#include <string.h>

#include "element/player.h"
#include "fixture/env.h"

/* What a translator would write, for a language that is none. */
static const char translation[] =
    "msgid \"\"\n"
    "msgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n"
    "msgid \"The clip can be read\"\n"
    "msgstr \"le clip peut \xc3\xaatre lu\"\n"
    "msgid \"There is nothing to generate: set the property prompt, or give "
    "an input image or a source video\"\n"
    "msgstr \"rien \xc3\xa0 faire\"\n";

G_GNUC_NULL_TERMINATED
static void
run (const char *program, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  va_list args;
  int status;

  va_start (args, program);
  for (const char *word = program; word; word = va_arg (args, const char *))
    g_ptr_array_add (argv, (gpointer)word);
  va_end (args);
  g_ptr_array_add (argv, NULL);
  g_spawn_sync (NULL, (char **)argv->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL,
      NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, NULL));
}

/* In a locale that is made for it: in those that every system has, newer
 * systems translate nothing. */
static void
install_translation (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *locale = g_build_filename (dir, "xx_XX.UTF-8", NULL);
  g_autofree char *source = g_build_filename (dir, "xx.po", NULL);
  g_autofree char *messages = g_build_filename (dir, "xx", "LC_MESSAGES", NULL);
  g_autofree char *compiled = g_build_filename (messages, "nanovid.mo", NULL);

  g_assert_cmpint (g_mkdir_with_parents (messages, 0700), ==, 0);
  g_assert_true (g_file_set_contents (source, translation, -1, NULL));
  run ("msgfmt", "-o", compiled, source, NULL);
  run ("localedef", "-i", "C", "-f", "UTF-8", locale, NULL);

  g_setenv ("LOCPATH", dir, TRUE);
  g_unsetenv ("LANGUAGE");
  g_assert_nonnull (setlocale (LC_ALL, "xx_XX.UTF-8"));
  bindtextdomain ("nanovid", dir);
}

static void
test_progress (void)
{
  g_autoptr (Player) player = player_new (
      NULL, "nanovidsrc name=source prompt=\"a lighthouse\" ! fakesink");
  g_autofree char *texts = NULL;

  install_translation ();
  player_run (player);
  texts = player_get_progress_texts (player);
  g_assert_nonnull (strstr (texts, "le clip peut \xc3\xaatre lu\n"));
}

static void
test_error (void)
{
  g_autoptr (Player) player =
      player_new (NULL, "nanovidsrc name=source ! fakesink");
  g_autoptr (GError) error = NULL;

  install_translation ();
  player_set_state (player, GST_STATE_PLAYING);
  player_wait (player, GST_MESSAGE_ERROR);
  player_get_error (player, &error);
  g_assert_cmpstr (error->message, ==, "rien \xc3\xa0 faire");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  g_test_add_func ("/translation/progress", test_progress);
  g_test_add_func ("/translation/error", test_error);
  return g_test_run ();
}
