/* nanovid: tests that texts for users are translated
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <libintl.h>
#include <locale.h>
#include <string.h>

#include "element/player.h"
#include "fixture/env.h"

/* A translation, for a language that does not exist. */
static const char translation[] =
    "msgid \"\"\n"
    "msgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n"
    "msgid \"The clip can be read\"\n"
    "msgstr \"le clip peut \xc3\xaatre lu\"\n"
    "msgid \"There is nothing to generate: set the property prompt, or give "
    "an input image or a source video\"\n"
    "msgstr \"rien \xc3\xa0 faire\"\n";

static const char *const languages[][2] = {
  { "de",
      "Es gibt nichts zu erzeugen: Setzen Sie die Eigenschaft prompt, oder "
      "geben Sie ein Eingabebild oder ein Ausgangsvideo" },
  { "fr",
      "Il n'y a rien à générer\xc2\xa0: définissez la propriété prompt, ou donnez "
      "une image d'entrée ou une vidéo source" },
};

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

/* Uses a locale made for the test: in the locales that every system has, newer
 * systems do not translate. */
static void
set_locale (const char *dir)
{
  g_autofree char *locale = g_build_filename (dir, "xx_XX.UTF-8", NULL);

  run ("localedef", "-i", "C", "-f", "UTF-8", locale, NULL);
  g_setenv ("LOCPATH", dir, TRUE);
  /* Changing the locale clears what was found for another LANGUAGE. */
  setlocale (LC_ALL, "C");
  g_assert_nonnull (setlocale (LC_ALL, "xx_XX.UTF-8"));
}

static void
install_translation (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *source = g_build_filename (dir, "xx.po", NULL);
  g_autofree char *messages = g_build_filename (dir, "xx", "LC_MESSAGES", NULL);
  g_autofree char *compiled = g_build_filename (messages, "nanovid.mo", NULL);

  g_assert_cmpint (g_mkdir_with_parents (messages, 0700), ==, 0);
  g_assert_true (g_file_set_contents (source, translation, -1, NULL));
  run ("msgfmt", "-o", compiled, source, NULL);

  g_unsetenv ("LANGUAGE");
  set_locale (dir);
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

/* In each language that nanovid is translated into, found where the plugin
 * looks, texts for people are translated, and texts for programs are not. */
static void
test_language (gconstpointer data)
{
  const char *const *language = data;
  g_autofree char *dir = fixture_make_dir ();
  g_autoptr (Player) player =
      player_new (NULL, "nanovidsrc name=source ! fakesink");
  g_autoptr (GError) error = NULL;
  const GstStructure *details;

  g_setenv ("LANGUAGE", language[0], TRUE);
  set_locale (dir);
  player_set_state (player, GST_STATE_PLAYING);
  player_wait (player, GST_MESSAGE_ERROR);
  details = player_get_error (player, &error);
  g_assert_cmpstr (error->message, ==, language[1]);
  g_assert_cmpstr (
      gst_structure_get_string (details, "reason"), ==, "invalid-request");
}

int
main (int argc, char **argv)
{
  g_autofree char *locale_dir = g_strdup (g_getenv ("NANOVID_LOCALEDIR"));

  fixture_init (&argc, &argv);
  g_setenv ("NANOVID_LOCALEDIR", locale_dir, TRUE);
  gst_init (&argc, &argv);

  /* The other tests bind the domain to a directory of their own. */
  for (guint i = 0; i < G_N_ELEMENTS (languages); i++) {
    g_autofree char *path =
        g_strdup_printf ("/translation/%s", languages[i][0]);

    g_test_add_data_func (path, languages[i], test_language);
  }
  g_test_add_func ("/translation/progress", test_progress);
  g_test_add_func ("/translation/error", test_error);
  return g_test_run ();
}
