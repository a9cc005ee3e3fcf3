/* nanovid: nanovid-jobs: looking after paid jobs without a pipeline
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "config.h"

#include <locale.h>
#include <stdio.h>

#include "collect.h"
#include "forget.h"
#include "inquire.h"
#include "list.h"
#include "nanogpt/job/open-store.h"
#include "spending.h"

static const char commands[] =
    "Commands:\n"
    "  list                  List the jobs in the journal (the default)\n"
    "  collect RUN-ID FILE   Wait for a job and download its clip; - is stdout\n"
    "  collect --all RUN-ID [DIR|NAME]\n"
    "                        Download all its results, each into a file\n"
    "  forget ID             Remove a job, by run id or entry, from the journal\n"
    "  spending              Show what was spent, by day and model\n"
    "  models [WORD]         List the service's models, what they take and cost\n"
    "  estimate KEY=VALUE... Show what a request with these properties would cost\n"
    "  estimate --script FILE [KEY=VALUE...]\n"
    "                        Show what a film of this script would cost\n"
    "\n"
    "collect needs the API key of the account that paid, models and estimate need\n"
    "any, in NANOGPT_API_KEY or in the file that NANOGPT_API_KEY_FILE names. Nothing\n"
    "here ever pays for anything.\n"
    "\n"
    "Exit status: 0 success, 1 failure, 2 wrong usage, 3 no such job, 4 the job is\n"
    "in use or belongs to another account. See nanovid-jobs(1).\n";

static void
options_clear (Options *options)
{
  g_clear_object (&options->store);
  g_free (options->state_dir);
  g_free (options->base_url);
  g_free (options->proxy);
  g_free (options->tls_ca_file);
  g_free (options->script);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse (Options *options, gboolean *version, int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
    { "state-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->state_dir,
        "Where the journal is (default $XDG_STATE_HOME/nanovid)", "DIR" },
    { "base-url", 0, 0, G_OPTION_ARG_STRING, &options->base_url,
        "URL of the service (default $NANOGPT_BASE_URL, else where the job "
        "was submitted)",
        "URL" },
    { "proxy", 0, 0, G_OPTION_ARG_STRING, &options->proxy,
        "The HTTP proxy to use (default: the system's)", "URL" },
    { "tls-ca-file", 0, 0, G_OPTION_ARG_FILENAME, &options->tls_ca_file,
        "Authorities to trust in place of the system's", "FILE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->json,
        "Print JSON (models, estimate)", NULL },
    { "script", 0, 0, G_OPTION_ARG_FILENAME, &options->script,
        "Estimate each prompt of this text file", "FILE" },
    { "all", 0, 0, G_OPTION_ARG_NONE, &options->all,
        "Collect every result of the job", NULL },
    { "index", 0, 0, G_OPTION_ARG_INT, &options->index,
        "Collect this result of the job, from 0 (default 0)", "N" },
    { "version", 0, 0, G_OPTION_ARG_NONE, version, "Print the version", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("[COMMAND]");
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context,
      "Lists the video jobs that nanovid has paid for, and collects their "
      "clips.");
  g_option_context_set_description (context, commands);
  g_option_context_add_main_entries (context, entries, NULL);
  if (g_option_context_parse (context, argc, argv, &error))
    return TRUE;
  complain ("%s; see --help", error->message);
  return FALSE;
}

static NanogptStore *
open_store (const Options *options)
{
  g_autoptr (NanogptSettings) settings = nanogpt_settings_new ();

  settings->state_dir = g_strdup (options->state_dir);
  return nanogpt_store_new_for_settings (settings);
}

/* Only with --all, the files may be named by the program. */
static gboolean
takes_place (const Options *options, int argc, char **argv)
{
  if (options->index < 0 || (options->all && options->index > 0))
    return FALSE;
  if (options->all)
    return argc == 3 || (argc == 4 && !g_str_equal (argv[3], "-"));
  return argc == 4;
}

static Status
run (const Options *options, int argc, char **argv)
{
  const char *command = argc > 1 ? argv[1] : "list";

  if (g_str_equal (command, "list") && argc <= 2)
    return command_list (options);
  if (g_str_equal (command, "collect") && takes_place (options, argc, argv))
    return command_collect (options, argv[2], argc > 3 ? argv[3] : NULL);
  if (g_str_equal (command, "forget") && argc == 3)
    return command_forget (options, argv[2]);
  if (g_str_equal (command, "spending") && argc == 2)
    return command_spending (options);
  if (g_str_equal (command, "models") && argc <= 3)
    return command_models (options, argc == 3 ? argv[2] : NULL);
  if (g_str_equal (command, "estimate") && options->script)
    return command_estimate_script (options, argv + 2);
  if (g_str_equal (command, "estimate") && argc > 2)
    return command_estimate (options, argv + 2);
  complain ("There is no such command, or it takes other arguments: %s; see "
            "--help",
      command);
  return STATUS_USAGE;
}

int
main (int argc, char **argv)
{
  g_auto (Options) options = { .state_dir = NULL };
  gboolean version = FALSE;

  setlocale (LC_ALL, "");
  if (!parse (&options, &version, &argc, &argv))
    return STATUS_USAGE;
  if (version) {
    g_print ("nanovid-jobs " PACKAGE_VERSION "\n");
    return STATUS_OK;
  }
  if (!options.state_dir)
    options.state_dir =
        g_build_filename (g_get_user_state_dir (), "nanovid", NULL);
  options.store = open_store (&options);
  return run (&options, argc, argv);
}
