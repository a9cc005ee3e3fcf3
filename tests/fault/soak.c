/* nanovid: thousands of jobs in one process, with random faults and states
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Several workers play clips at once, each in cycles: a new pipeline for a new
 * prompt goes through random states, seeks, flushes and ends, while the service
 * has random faults. In all cases:
 *
 * - every step ends (a watchdog names the one that does not);
 * - data that is pushed without a seek is the beginning of the clip, and the
 *   whole clip at EOS;
 * - no prompt is charged twice, unless its job failed at the service or was
 *   forgotten, and every charge is in the journal;
 * - after each round there are as many threads and descriptors as before, and
 *   memory does not grow. */

#include <malloc.h>
#include <string.h>

#include <gst/gst.h>

#include "fixture/env.h"
#include "fixture/media.h"
#include "nanogpt/store/files/journal.h"
#include "soak-worker.h"

/* Time for work that continues after a pipeline has ended: a submit whose
 * answer never comes, idle threads of GLib's pool. */
#define SETTLE_SECONDS 45

static int cycles = 200;
static int workers = 4;
static int per_round = 100;
static int seed = -1;
/* MiB. The server in libsoup 3.2 keeps the closed socket of each connection
 * that it accepted: about 0.7 kB for each cycle. */
static int max_growth = 12;

static const GOptionEntry options[] = {
  { "cycles", 'n', 0, G_OPTION_ARG_INT, &cycles, "in all (default 200)", "N" },
  { "workers", 'w', 0, G_OPTION_ARG_INT, &workers, "at a time (default 4)",
      "N" },
  { "per-round", 'r', 0, G_OPTION_ARG_INT, &per_round,
      "cycles between two looks at leaks and the ledger (default 100)", "N" },
  { "random", 0, 0, G_OPTION_ARG_INT, &seed, "of all that is random", "N" },
  { "max-growth", 'g', 0, G_OPTION_ARG_INT, &max_growth,
      "of memory, from the second round on (default 12)", "MiB" },
  { NULL, 0, 0, 0, NULL, NULL, NULL },
};

/* The ledger */

static gboolean
is_for (const NanogptSimulatorSubmit *submit, const char *prompt)
{
  return strstr (submit->body, prompt) != NULL;
}

static const char *
get_state_name (NanogptJournalState state)
{
  static const char *const names[] = { "intent", "sending", "accepted",
    "delivered" };

  return names[state];
}

static void
check_prompt (Round *round, GPtrArray *submits, GPtrArray *records,
    const char *text, const Prompt *prompt)
{
  g_autoptr (GString) story = g_string_new (prompt->story);
  guint allowed = prompt->allowed;
  guint charged = 0;
  guint kept = 0;

  for (guint i = 0; i < submits->len; i++) {
    const NanogptSimulatorSubmit *submit = submits->pdata[i];

    if (!is_for (submit, text))
      continue;
    charged++;
    /* The next start submits a new job, whether or not anything was still
     * running to see the failure. */
    allowed += submit->failed;
    g_string_append_printf (story, "\n  charged for %s at %.3f%s",
        submit->run_id, (submit->time - prompt->start_time) / 1e6,
        submit->failed ? ", failed" : "");
  }
  for (guint i = 0; i < records->len; i++) {
    const NanogptJournalRecord *record = records->pdata[i];

    if (g_strcmp0 (record->prompt, text) != 0)
      continue;
    kept += record->state >= NANOGPT_JOURNAL_SENDING;
    g_string_append_printf (story, "\n  %s in the journal: %s",
        get_state_name (record->state), record->run_id);
  }
  if (charged > allowed)
    g_error ("%s was charged %u times, %u are allowed:%s", text, charged,
        allowed, story->str);
  /* Entries are removed only when jobs have failed. */
  if (charged > kept + allowed - 1)
    g_error ("%s was charged %u times, and the journal has %u entries:%s", text,
        charged, kept, story->str);
  if (charged == 0)
    round_count (round, "never submitted");
}

static void
check_ledger (Round *round)
{
  g_autoptr (GPtrArray) submits =
      nanogpt_simulator_list_submits (round->simulator);
  g_autoptr (GPtrArray) records = nanogpt_journal_list (round->state_dir);
  GHashTableIter iter;
  gpointer text, prompt;

  g_hash_table_iter_init (&iter, round->prompts);
  while (g_hash_table_iter_next (&iter, &text, &prompt))
    check_prompt (round, submits, records, text, prompt);
  if (nanogpt_simulator_count_key_leaks (round->simulator) > 0)
    g_error ("the key went to the store");
}

/* Leaks */

typedef struct
{
  guint threads;
  guint descriptors;
  gsize memory; /* KiB of the heap that are in use */
} Usage;

static guint
count_files (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint files = 0;

  while (g_dir_read_name (dir))
    files++;
  return files;
}

static Usage
measure (void)
{
  Usage usage = { count_files ("/proc/self/task"),
    count_files ("/proc/self/fd"), mallinfo2 ().uordblks >> 10 };

  return usage;
}

/* Waits until threads and descriptors are as before. */
static Usage
settle (const Usage *before)
{
  gint64 until = g_get_monotonic_time ()
      + (gint64)(fixture_scaled (SETTLE_SECONDS) * G_USEC_PER_SEC);
  Usage now = measure ();

  g_thread_pool_stop_unused_threads ();
  while (before && g_get_monotonic_time () < until
      && (now.threads > before->threads
          || now.descriptors > before->descriptors)) {
    g_usleep (100 * 1000);
    g_thread_pool_stop_unused_threads ();
    now = measure ();
  }
  return now;
}

static void
print_counts (GHashTable *counts)
{
  g_autoptr (GList) words = g_hash_table_get_keys (counts);

  words = g_list_sort (words, (GCompareFunc)g_strcmp0);
  for (GList *word = words; word; word = word->next)
    g_print (" %s %u%s", (const char *)word->data,
        GPOINTER_TO_UINT (g_hash_table_lookup (counts, word->data)),
        word->next ? "," : "\n");
}

static void
run_round (int number, int n, GRand *rand, GBytes *clip, const char *media,
    const char *image)
{
  g_autoptr (GHashTable) prompts =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, prompt_free);
  g_autoptr (GHashTable) counts =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *state_dir = fixture_make_dir ();
  NanogptSimulatorOptions service;
  g_autoptr (GError) error = NULL;
  Round round = { .clip = clip,
    .image = (char *)image,
    .state_dir = state_dir,
    .left = n,
    .number = number,
    .prompts = prompts,
    .counts = counts };

  nanogpt_simulator_options_init (&service);
  service.media_file = media;
  service.generation_time = 0.04;
  service.spread = 1;
  service.submit_limit = 0;
  service.recover_limit = 0;
  service.default_balance = 1e6;
  round.simulator = nanogpt_simulator_new (&service, &error);
  g_assert_no_error (error);
  g_mutex_init (&round.lock);

  round_run_workers (&round, workers, rand);
  check_ledger (&round);
  g_print ("round %d:", number);
  print_counts (counts);

  nanogpt_simulator_free (round.simulator);
  g_mutex_clear (&round.lock);
  fixture_remove_tree (state_dir);
}

static void
check_usage (const Usage *before, const Usage *now, const Usage *second)
{
  g_print (
      "  threads %u (before %u), descriptors %u (before %u), heap %zu kB\n",
      now->threads, before->threads, now->descriptors, before->descriptors,
      now->memory);
  if (now->threads > before->threads)
    g_error ("threads are left");
  if (now->descriptors > before->descriptors)
    g_error ("descriptors are left");
  if (second && now->memory > second->memory + ((gsize)max_growth << 10))
    g_error ("memory has grown by %zu kB", now->memory - second->memory);
}

static void
soak (void)
{
  g_autofree char *media = fixture_media_path (FIXTURE_MEDIA_WEBM);
  g_autofree char *image = fixture_media_path (FIXTURE_MEDIA_PNG);
  g_autoptr (GBytes) clip = fixture_media_bytes (FIXTURE_MEDIA_WEBM);
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  int rounds = (cycles + per_round - 1) / per_round;
  Usage before, second;

  /* GLib, GStreamer and libsoup allocate some things once. */
  run_round (0, workers, rand, clip, media, image);
  before = settle (NULL);
  before = settle (&(Usage){ 0 });
  for (int i = 1; i <= rounds; i++) {
    Usage now;

    run_round (i, MIN (per_round, cycles - (i - 1) * per_round), rand, clip,
        media, image);
    now = settle (&before);
    if (i == 2)
      second = now;
    check_usage (&before, &now, i > 2 ? &second : NULL);
  }
}

static void
drop_chatter (const char *domain, GLogLevelFlags level, const char *message,
    gpointer data)
{
  if (level & (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR))
    g_log_default_handler (domain, level, message, data);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  fixture_init (&argc, &argv);
  g_log_set_default_handler (drop_chatter, NULL);
  g_option_context_add_main_entries (context, options, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("%s\n", error->message);
    return 2;
  }
  if (seed < 0)
    seed = g_random_int_range (0, G_MAXINT);
  g_print ("seed %d, %d cycles, %d workers\n", seed, cycles, workers);
  soak ();
  g_print ("%d cycles done\n", cycles);
  return 0;
}
