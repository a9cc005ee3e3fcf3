/* nanovid: stock programs on a command line, with their own simulator
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/prompt.h"

#include <signal.h>
#include <string.h>

#include "element/player.h"
#include "fixture/env.h"
#include "fixture/watchdog.h"

Prompt *
prompt_new (double generation_time)
{
  return prompt_new_with_media (generation_time, FIXTURE_MEDIA_MP4);
}

Prompt *
prompt_new_with_media (double generation_time, FixtureMedia media)
{
  Prompt *self = g_new0 (Prompt, 1);
  NanogptSimulatorOptions options;
  g_autoptr (GError) error = NULL;

  self->media = fixture_media_path (media);
  self->dir = fixture_make_dir ();
  self->out = g_build_filename (self->dir, "clip.mp4", NULL);
  player_options_init (&options);
  options.generation_time = generation_time;
  options.media_file = self->media;
  self->simulator = nanogpt_simulator_new (&options, &error);
  g_assert_no_error (error);
  return self;
}

void
prompt_free (Prompt *self)
{
  nanogpt_simulator_free (self->simulator);
  g_free (self->media);
  g_free (self->dir);
  g_free (self->out);
  g_free (self);
}

guint
prompt_count_charges (Prompt *self)
{
  return nanogpt_simulator_count_charges (self->simulator);
}

void
prompt_assert_out (Prompt *self)
{
  g_autofree char *expected = NULL;
  g_autofree char *written = NULL;
  gsize size, expected_size;

  g_assert_true (
      g_file_get_contents (self->media, &expected, &expected_size, NULL));
  g_assert_true (g_file_get_contents (self->out, &written, &size, NULL));
  g_assert_cmpmem (written, size, expected, expected_size);
}

static GSubprocessLauncher *
create_launcher (Prompt *self, const char *variables)
{
  GSubprocessLauncher *launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_auto (GStrv) pairs = g_strsplit (variables ? variables : "", " ", -1);
  g_autofree char *state = g_build_filename (self->dir, "state", NULL);
  g_autofree char *cache = g_build_filename (self->dir, "cache", NULL);
  const char *const common[] = { "NANOGPT_BASE_URL",
    nanogpt_simulator_get_base_url (self->simulator), "NANOGPT_API_KEY",
    PLAYER_KEY, "XDG_STATE_HOME", state, "XDG_CACHE_HOME", cache, "LANG", "C",
    "GST_DEBUG_NO_COLOR", "1", NULL };

  for (guint i = 0; common[i]; i += 2)
    g_subprocess_launcher_setenv (launcher, common[i], common[i + 1], TRUE);
  for (char **pair = pairs; *pair; pair++) {
    g_auto (GStrv) parts = g_strsplit (*pair, "=", 2);

    g_subprocess_launcher_setenv (launcher, parts[0], parts[1], TRUE);
  }
  return launcher;
}

Run *
prompt_start (Prompt *self, const char *variables, const char *format, ...)
{
  g_autoptr (GSubprocessLauncher) launcher = create_launcher (self, variables);
  g_auto (GStrv) argv = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;
  Run *run = g_new0 (Run, 1);
  va_list args;

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
read_line (Run *self)
{
  g_autofree char *line =
      g_data_input_stream_read_line (self->lines, NULL, NULL, NULL);

  if (!line)
    return FALSE;

  g_string_append_printf (self->text, "%s\n", line);
  return TRUE;
}

void
run_wait_text (Run *self, const char *text)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new (text, 20);

  while (!strstr (self->text->str, text)) {
    if (!read_line (self))
      g_error ("\"%s\" was not printed:\n%s", text, self->text->str);
  }
}

void
run_interrupt (Run *self)
{
  g_subprocess_send_signal (self->process, SIGINT);
}

int
run_finish (Run *self, double seconds)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("the program", seconds);

  while (read_line (self))
    continue;
  g_subprocess_wait (self->process, NULL, NULL);
  return g_subprocess_get_if_exited (self->process)
      ? g_subprocess_get_exit_status (self->process)
      : -1;
}

gboolean
run_printed (Run *self, const char *text)
{
  return strstr (self->text->str, text) != NULL;
}

void
run_assert_silent (Run *self)
{
  static const char *const noises[] = { " WARN ", " ERROR ", "CRITICAL",
    "WARNING", "ERROR:" };

  for (guint i = 0; i < G_N_ELEMENTS (noises); i++) {
    const char *noise = strstr (self->text->str, noises[i]);

    if (noise)
      g_error ("%s", noise);
  }
}

void
run_free (Run *self)
{
  g_subprocess_force_exit (self->process);
  g_object_unref (self->process);
  g_object_unref (self->lines);
  g_string_free (self->text, TRUE);
  g_free (self);
}
