/* nanovid: nanovid-jobs: managing paid jobs without a pipeline
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <stdio.h>

#include "amount.h"
#include "balance.h"
#include "collect.h"
#include "fetch-uri.h"
#include "forget.h"
#include "inquire.h"
#include "interrupt.h"
#include "list.h"
#include "nanogpt/job/open-store.h"
#include "prune.h"
#include "spending.h"
#include "watch.h"

#define DATABASE_TIMEOUT 10

/* Lowercase words are typed as is in every language. */
static const struct
{
  const char *call;
  const char *purpose;
} commands[] = {
  { "list", N_ ("List the jobs in the journal (the default)") },
  { N_ ("collect RUN-ID FILE"),
      N_ ("Wait for a job and download its clip; - is stdout") },
  { N_ ("collect --all RUN-ID [DIR|NAME]"),
      N_ ("Download all its results, each into a file") },
  { N_ ("fetch URI"),
      N_ ("Have the clip of a nanovid:// URI made, and paid "
          "for, and kept in the cache of such URIs") },
  { "prune",
      N_ ("Remove clips from that cache and delivered jobs from "
          "the journal: --older=AGE, --larger=SIZE") },
  { "watch", N_ ("List the unfinished jobs until there are none") },
  { N_ ("forget ID"),
      N_ ("Remove a job, by run id or entry, from the journal") },
  { "spending", N_ ("Show what was spent, by day and model") },
  { "balance", N_ ("Show what the account has") },
  { N_ ("models [WORD]"),
      N_ ("List the service's models, what they take and cost") },
  { N_ ("estimate KEY=VALUE..."),
      N_ ("Show what a request with these properties would cost") },
  { N_ ("estimate --script FILE [KEY=VALUE...]"),
      N_ ("Show what a film of this script would cost") },
};

#define COLUMN 24 /* column of the descriptions */

/* Returns: (transfer full): the description of the commands for --help */
static char *
describe_commands (void)
{
  GString *text = g_string_new (_ ("Commands:"));

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    const char *call = _ (commands[i].call);
    int gap = COLUMN - 2 - (int)g_utf8_strlen (call, -1);

    g_string_append_printf (text, "\n  %s", call);
    if (gap < 1) {
      g_string_append_c (text, '\n');
      gap = COLUMN;
    }
    g_string_append_printf (text, "%*s%s", gap, "", _ (commands[i].purpose));
  }
  g_string_append_printf (text, "\n\n%s\n\n%s\n",
      _ ("collect needs the API key of the account that paid, models, "
         "estimate, balance\nand fetch need any, in NANOGPT_API_KEY or in the "
         "file that NANOGPT_API_KEY_FILE names.\nNothing but fetch ever pays "
         "for anything."),
      _ ("Exit status: 0 success, 1 failure, 2 wrong usage, 3 no such job, 4 "
         "the job is\nin use or belongs to another account. See "
         "nanovid-jobs(1)."));
  return g_string_free (text, FALSE);
}

static void
options_clear (Options *options)
{
  g_clear_object (&options->store);
  g_free (options->state_dir);
  g_free (options->database);
  g_free (options->base_url);
  g_free (options->proxy);
  g_free (options->tls_ca_file);
  g_free (options->script);
  g_free (options->state);
  g_free (options->model);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse (Options *options, gboolean *version, int *argc, char ***argv)
{
  g_autofree char *older = NULL;
  g_autofree char *larger = NULL;
  const GOptionEntry entries[] = {
    { "state-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->state_dir,
        N_ ("Where the journal is (default $XDG_STATE_HOME/nanovid)"),
        N_ ("DIR") },
    { "database", 0, 0, G_OPTION_ARG_STRING, &options->database,
        N_ ("PostgreSQL database that has the journal instead (default "
            "$NANOVID_DATABASE)"),
        "URI" },
    { "base-url", 0, 0, G_OPTION_ARG_STRING, &options->base_url,
        N_ ("URL of the service (default $NANOGPT_BASE_URL, else where the job "
            "was submitted)"),
        "URL" },
    { "proxy", 0, 0, G_OPTION_ARG_STRING, &options->proxy,
        N_ ("The HTTP proxy to use (default: the system's)"), "URL" },
    { "tls-ca-file", 0, 0, G_OPTION_ARG_FILENAME, &options->tls_ca_file,
        N_ ("Authorities to trust in place of the system's"), N_ ("FILE") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->json, N_ ("Print JSON"),
        NULL },
    { "script", 0, 0, G_OPTION_ARG_FILENAME, &options->script,
        N_ ("Estimate each prompt of this text file"), N_ ("FILE") },
    { "state", 0, 0, G_OPTION_ARG_STRING, &options->state,
        N_ ("Only jobs in this state: intent, sending, accepted, delivered or "
            "live (list, watch)"),
        N_ ("STATE") },
    { "model", 0, 0, G_OPTION_ARG_STRING, &options->model,
        N_ ("Only jobs of models whose name has this in it (list, watch)"),
        N_ ("WORD") },
    { "older", 0, 0, G_OPTION_ARG_STRING, &older,
        N_ ("Only what is older: 90s, 30min, 12h, 7d (list, prune)"),
        N_ ("AGE") },
    { "larger", 0, 0, G_OPTION_ARG_STRING, &larger,
        N_ ("Of the cache, keep so much, the newest: 500M, 20G (prune)"),
        N_ ("SIZE") },
    { "all", 0, 0, G_OPTION_ARG_NONE, &options->all,
        N_ ("Collect every result of the job"), NULL },
    { "index", 0, 0, G_OPTION_ARG_INT, &options->index,
        N_ ("Collect this result of the job, from 0 (default 0)"), "N" },
    { "version", 0, 0, G_OPTION_ARG_NONE, version, N_ ("Print the version"),
        NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (N_ ("[COMMAND]"));
  g_autofree char *description = describe_commands ();
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context,
      N_ ("Lists the video jobs that nanovid has paid for, and collects their "
          "clips."));
  g_option_context_set_description (context, description);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (g_option_context_parse (context, argc, argv, &error)
      && amount_parse_age (older, &options->older, &error)
      && amount_parse_size (larger, &options->larger, &error))
    return TRUE;
  complain (_ ("%s; see --help"), error->message);
  return FALSE;
}

/* Uses a shorter database timeout than jobs do, because the user is waiting for
 * the answer.
 *
 * Returns: (nullable): the store with the journal */
static NanogptStore *
open_store (Options *options, GError **error)
{
  g_autoptr (NanogptSettings) settings = nanogpt_settings_new ();

  settings->state_dir = g_strdup (options->state_dir);
  settings->database = g_strdup (options->database);
  settings->http_timeout = DATABASE_TIMEOUT;
  if (!nanogpt_settings_resolve_database (settings, error))
    return NULL;
  g_free (options->database);
  options->database = g_strdup (settings->database);
  return nanogpt_store_new_for_settings (settings);
}

/* Options that only some commands accept. */
typedef enum
{
  FILTERS = 1 << 0, /* --state, --model */
  AGE = 1 << 1,
  SIZE = 1 << 2,
  SCRIPT = 1 << 3,
  RESULTS = 1 << 4, /* --all, --index */
} OptionSet;

static const struct
{
  const char *command;
  OptionSet options;
} takes[] = {
  { "list", FILTERS | AGE },
  { "watch", FILTERS | AGE },
  { "prune", AGE | SIZE },
  { "estimate", SCRIPT },
  { "collect", RESULTS },
};

static const struct
{
  OptionSet options;
  const char *names;
} option_names[] = {
  { FILTERS, "--state and --model" },
  { AGE, "--older" },
  { SIZE, "--larger" },
  { SCRIPT, "--script" },
  { RESULTS, "--all and --index" },
};

static OptionSet
find_given (const Options *options)
{
  return (options->state || options->model ? FILTERS : 0)
      | (options->older > 0 ? AGE : 0)
      | (options->larger < G_MAXUINT64 ? SIZE : 0)
      | (options->script ? SCRIPT : 0)
      | (options->all || options->index != 0 ? RESULTS : 0);
}

/* Reject options that the command would ignore: that would be worst where
 * something is removed. */
static gboolean
check_options (const Options *options, const char *command)
{
  OptionSet wrong = find_given (options);

  for (guint i = 0; i < G_N_ELEMENTS (takes); i++)
    if (g_str_equal (takes[i].command, command))
      wrong &= ~takes[i].options;
  for (guint i = 0; i < G_N_ELEMENTS (option_names); i++) {
    if (!(wrong & option_names[i].options))
      continue;
    complain (_ ("\"%s\" does not take %s; see --help"), command,
        option_names[i].names);
    return FALSE;
  }
  if (options->state && !list_knows_state (options->state)) {
    complain (_ ("There is no state \"%s\"; see --help"), options->state);
    return FALSE;
  }
  return TRUE;
}

/* Only with --all can the program choose the file names. */
static gboolean
takes_place (const Options *options, int argc, char **argv)
{
  if (options->json && argc == 4 && g_str_equal (argv[3], "-"))
    return FALSE;
  if (options->index < 0 || (options->all && options->index > 0))
    return FALSE;
  if (options->all)
    return argc == 3 || (argc == 4 && !g_str_equal (argv[3], "-"));
  return argc == 4;
}

static Status
run_command (const Options *options, int argc, char **argv)
{
  const char *command = argc > 1 ? argv[1] : "list";

  if (!check_options (options, command))
    return STATUS_USAGE;
  if (g_str_equal (command, "list") && argc <= 2)
    return command_list (options);
  if (g_str_equal (command, "collect") && takes_place (options, argc, argv))
    return command_collect (options, argv[2], argc > 3 ? argv[3] : NULL);
  if (g_str_equal (command, "forget") && argc == 3)
    return command_forget (options, argv[2]);
  if (g_str_equal (command, "balance") && argc == 2)
    return command_balance (options);
  if (g_str_equal (command, "fetch") && argc == 3)
    return command_fetch (options, argv[2]);
  if (g_str_equal (command, "prune") && argc == 2)
    return command_prune (options);
  if (g_str_equal (command, "watch") && argc == 2)
    return command_watch (options);
  if (g_str_equal (command, "spending") && argc == 2)
    return command_spending (options);
  if (g_str_equal (command, "models") && argc <= 3)
    return command_models (options, argc == 3 ? argv[2] : NULL);
  if (g_str_equal (command, "estimate") && options->script)
    return command_estimate_script (options, argv + 2);
  if (g_str_equal (command, "estimate") && argc > 2)
    return command_estimate (options, argv + 2);
  complain (_ ("There is no such command, or it takes other arguments: %s; see "
               "--help"),
      command);
  return STATUS_USAGE;
}

static void
choose_language (void)
{
  const char *dir = g_getenv ("NANOVID_LOCALEDIR"); /* of the build tree */

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, dir ? dir : LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
}

int
main (int argc, char **argv)
{
  g_auto (Options) options = { .larger = G_MAXUINT64 };
  gboolean version = FALSE;
  g_autoptr (GError) error = NULL;
  Status status;

  choose_language ();
  if (!parse (&options, &version, &argc, &argv))
    return STATUS_USAGE;
  /* Output for programs, including its texts, is the same in every language. */
  if (options.json)
    setlocale (LC_MESSAGES, "C");
  if (version) {
    g_print ("nanovid-jobs " PACKAGE_VERSION "\n");
    return STATUS_OK;
  }
  if (!options.state_dir)
    options.state_dir =
        g_build_filename (g_get_user_state_dir (), "nanovid", NULL);
  /* Do not open the store for fetch: it loads the plugin, which registers types
   * of the same names. */
  if (argc < 2 || !g_str_equal (argv[1], "fetch"))
    options.store = open_store (&options, &error);
  if (error) {
    complain ("%s", error->message);
    return STATUS_USAGE;
  }
  status = run_command (&options, argc, argv);
  if (status == STATUS_INTERRUPTED)
    interrupt_die ();
  return status;
}
