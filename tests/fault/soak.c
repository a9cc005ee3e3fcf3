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
#include <stdio.h>
#include <string.h>

#include <gst/gst.h>

#include "fixture/env.h"
#include "fixture/media.h"
#include "fixture/watchdog.h"
#include "nanogpt/store/files/journal.h"
#include "simulator/simulator.h"

/* Time for work that continues after a pipeline has ended: a submit whose
 * answer never comes, idle threads of GLib's pool. */
#define SETTLE_SECONDS 45
#define STEP_SECONDS 40

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

/* Each fault affects one request or a few; a request that is never answered
 * ends with http-timeout. */
static const char *const faults[] = {
  "submit#1:drop",
  "submit#1:reply-drop",
  "submit#1:reply-half",
  "submit#1:reply-stall",
  "submit#1:reply-status=502,shape=html",
  "submit#1:status=429,retry-after=0",
  "submit#1:status=503",
  "submit#1:status=401",
  "submit#1:delay=300",
  "submit#1-2:states=IN_PROGRESS/FAILED",
  "submit#1-2:states=CANCELLED",
  "recover#1:drop",
  "recover#1:html",
  "status#1:status=404",
  "status#1-3:drop",
  "status#1-3:status=500",
  "status#1:html",
  "status#1:reply-half",
  "status#1:stall",
  "status#1:delay=100",
  "status#1:status=200,body={\"data\":{\"status\":\"COMPLETED\"}}",
  "media#1-2:truncate=20000",
  "media#1:truncate=0",
  "media#1-3:drop",
  "media#1:no-ranges,truncate=30000",
  "media#1:no-length,truncate=30000",
  "media#1:no-length",
  "media#1:expire",
  "media#1:status=404",
  "media#1:status=500",
  "media#1:html",
  "media#1:stall",
  "media#1-2:drip=200000",
  "media#2:etag=\"other\"",
};

typedef struct
{
  NanogptSimulator *simulator;
  GBytes *clip;
  char *image;
  char *state_dir;
  int left; /* remaining cycles of this round */
  int number;
  GMutex lock;         /* guards the fields below */
  GHashTable *prompts; /* of Prompt */
  GHashTable *counts;  /* word to count, for the report */
} Round;

typedef struct
{
  Round *round;
  GRand *rand;
  char *prompt;
  gboolean transform; /* whether the element is nanovidtransform */
  GstElement *pipeline;
  GstElement *source;
  GByteArray *bytes;  /* since the last start */
  gboolean moved;     /* by a seek or a flush, so the bytes are not compared */
  gboolean delivered; /* at least once */
  gint64 start_time;
  GMutex lock; /* guards the fields shared with the streaming thread */
  guint allowed;
  GString *story; /* of the prompt, printed after a failure */
} Worker;

/* The history of a prompt. */
typedef struct
{
  guint allowed; /* submits that may be charged */
  gint64 start_time;
  char *story;
} Prompt;

static void
prompt_free (gpointer data)
{
  Prompt *prompt = data;

  g_free (prompt->story);
  g_free (prompt);
}

G_GNUC_PRINTF (2, 3)
static void
tell (Worker *self, const char *format, ...)
{
  va_list args;

  g_mutex_lock (&self->lock);
  g_string_append_printf (
      self->story, "\n  %.3f ", (g_get_real_time () - self->start_time) / 1e6);
  va_start (args, format);
  g_string_append_vprintf (self->story, format, args);
  va_end (args);
  g_mutex_unlock (&self->lock);
}

/* Reasons that end a wait without a fault of the element */
static const char *const reasons[] = { "not-authorized", "rate-limited",
  "image-required", "generation-failed", "cancelled", "timed-out",
  "submit-unknown", "network", "server", "bad-response", NULL };

static void
count (Round *round, const char *word)
{
  g_mutex_lock (&round->lock);
  g_hash_table_insert (round->counts, g_strdup (word),
      GUINT_TO_POINTER (
          GPOINTER_TO_UINT (g_hash_table_lookup (round->counts, word)) + 1));
  g_mutex_unlock (&round->lock);
}

static gboolean
chance (Worker *self, double probability)
{
  return g_rand_double (self->rand) < probability;
}

/* Data */

static GstPadProbeReturn
on_data (GstPad *pad G_GNUC_UNUSED, GstPadProbeInfo *info, gpointer data)
{
  Worker *self = data;
  GstMapInfo map;

  g_mutex_lock (&self->lock);
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    if (gst_buffer_map (GST_PAD_PROBE_INFO_BUFFER (info), &map, GST_MAP_READ)) {
      g_byte_array_append (self->bytes, map.data, map.size);
      gst_buffer_unmap (GST_PAD_PROBE_INFO_BUFFER (info), &map);
    }
  } else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info))
      == GST_EVENT_FLUSH_STOP) {
    self->moved = TRUE;
  } else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info))
      == GST_EVENT_EOS) {
    self->delivered = TRUE;
  }
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

static void
check_bytes (Worker *self, gboolean whole)
{
  gsize size;
  const char *clip = g_bytes_get_data (self->round->clip, &size);

  g_mutex_lock (&self->lock);
  if (!self->moved) {
    if (self->bytes->len > size
        || (self->bytes->len > 0
            && memcmp (self->bytes->data, clip, self->bytes->len) != 0))
      g_error ("%s: other bytes than the clip's", self->prompt);
    if (whole && self->bytes->len != size)
      g_error ("%s: EOS after %u of %" G_GSIZE_FORMAT " bytes", self->prompt,
          self->bytes->len, size);
  }
  g_mutex_unlock (&self->lock);
}

/* Messages */

static void
allow_submit (Worker *self)
{
  g_mutex_lock (&self->lock);
  self->allowed++;
  g_mutex_unlock (&self->lock);
}

static void
note_error (Worker *self, GstMessage *message)
{
  const GstStructure *details = NULL;
  const char *reason = NULL;

  gst_message_parse_error_details (message, &details);
  if (details)
    reason = gst_structure_get_string (details, "reason");
  /* Base classes and demuxers post errors of their own. */
  if (!reason)
    return;

  if (!g_strv_contains (reasons, reason))
    g_error ("%s: %s: %" GST_PTR_FORMAT, self->prompt, reason, message);
  count (self->round, reason);
  tell (self, "error %s", reason);
}

/* A sync handler sees every message, even if the bus is read or flushed elsewhere. */
static GstBusSyncReply
on_message (GstBus *bus G_GNUC_UNUSED, GstMessage *message, gpointer data)
{
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    note_error (data, message);
  return GST_BUS_PASS;
}


/* One pipeline */

static void
set_up (Worker *self)
{
  gboolean transform = self->transform;
  g_autofree char *line = g_strdup_printf (
      "%s%s%s name=source prompt=\"%s\" api-key=sk-soak-0123456789 base-url=%s "
      "state-dir=%s timeout=4 retries=3 http-timeout=1 poll-interval=%d ! "
      "fakesink name=sink sync=false",
      transform ? "filesrc location=" : "", transform ? self->round->image : "",
      transform ? " ! nanovidtransform" : "nanovidsrc", self->prompt,
      nanogpt_simulator_get_base_url (self->round->simulator),
      self->round->state_dir, g_rand_int_range (self->rand, 2, 20));
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPad) pad = NULL;
  g_autoptr (GstBus) bus = NULL;

  self->pipeline = gst_parse_launch (line, &error);
  g_assert_no_error (error);
  self->source = gst_bin_get_by_name (GST_BIN (self->pipeline), "source");
  pad = gst_element_get_static_pad (self->source, "src");
  gst_pad_add_probe (pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM
          | GST_PAD_PROBE_TYPE_EVENT_FLUSH,
      on_data, self, NULL);
  bus = gst_element_get_bus (self->pipeline);
  gst_bus_set_sync_handler (bus, on_message, self, NULL);
  tell (self, "new pipeline");
  count (self->round, transform ? "nanovidtransform" : "nanovidsrc");
}

static void
set_state (Worker *self, GstState state)
{
  g_autofree char *step = g_strdup_printf (
      "%s to %s", self->prompt, gst_element_state_get_name (state));
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new (step, STEP_SECONDS);

  tell (self, "%s", gst_element_state_get_name (state));
  gst_element_set_state (self->pipeline, state);
  if (state > GST_STATE_READY)
    return;

  /* The next start plays from the beginning. */
  check_bytes (self, FALSE);
  g_mutex_lock (&self->lock);
  g_byte_array_set_size (self->bytes, 0);
  self->moved = FALSE;
  g_mutex_unlock (&self->lock);
}

static void
tear_down (Worker *self)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("dispose", STEP_SECONDS);

  set_state (self, GST_STATE_NULL);
  g_clear_object (&self->source);
  g_clear_object (&self->pipeline);
}

/* Reads the bus until EOS, an error, or the timeout. */
static void
wait_for_end (Worker *self, double seconds)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);
  GstMessageType types = GST_MESSAGE_EOS | GST_MESSAGE_ERROR;
  g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (
      bus, (GstClockTime)(seconds * GST_SECOND), types);

  if (!message || GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    return;
  tell (self, "EOS");
  count (self->round, "eos");
}

/* As with every source, an event that does not flush waits for a sink that is
 * paused or changing its state. This asks the sink, because two flushes in a
 * row can leave it paused in a pipeline whose own state is PLAYING. */
static gboolean
is_playing (Worker *self)
{
  g_autoptr (GstElement) sink =
      gst_bin_get_by_name (GST_BIN (self->pipeline), "sink");
  GstState state = GST_STATE_NULL;

  return gst_element_get_state (sink, &state, NULL, 0)
      == GST_STATE_CHANGE_SUCCESS
      && state == GST_STATE_PLAYING;
}

static void
seek (Worker *self)
{
  gint64 size = g_bytes_get_size (self->round->clip);
  gint64 start = g_rand_int_range (self->rand, 0, size);
  gint64 stop =
      chance (self, 0.3) ? g_rand_int_range (self->rand, start, size) + 1 : -1;
  GstSeekFlags flags = GST_SEEK_FLAG_FLUSH;
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("seek", STEP_SECONDS);

  g_mutex_lock (&self->lock);
  self->moved = TRUE;
  g_mutex_unlock (&self->lock);
  if (is_playing (self) && chance (self, 0.3))
    flags = 0;
  tell (
      self, "seek to %" G_GINT64_FORMAT "%s", start, flags ? ", flushing" : "");
  gst_element_seek (self->pipeline, 1, GST_FORMAT_BYTES, flags,
      GST_SEEK_TYPE_SET, start, GST_SEEK_TYPE_SET, stop);
}

static void
flush (Worker *self)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("flush", STEP_SECONDS);

  g_mutex_lock (&self->lock);
  self->moved = TRUE;
  g_mutex_unlock (&self->lock);
  tell (self, "flush");
  gst_element_send_event (self->source, gst_event_new_flush_start ());
  gst_element_send_event (self->source, gst_event_new_flush_stop (TRUE));
}

static void
send_eos (Worker *self)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("EOS event", STEP_SECONDS);

  if (!is_playing (self))
    return;
  /* After this, EOS comes before the end of the clip. */
  g_mutex_lock (&self->lock);
  self->moved = TRUE;
  g_mutex_unlock (&self->lock);
  tell (self, "EOS event");
  gst_element_send_event (self->pipeline, gst_event_new_eos ());
}

static void
look (Worker *self)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("look", STEP_SECONDS);
  g_autofree char *run_id = NULL;
  g_autoptr (GstStructure) job = NULL;
  gint64 number;

  g_object_get (self->source, "run-id", &run_id, "job", &job, NULL);
  gst_element_query_position (self->pipeline, GST_FORMAT_BYTES, &number);
  gst_element_query_duration (self->pipeline, GST_FORMAT_BYTES, &number);
}

static void
step (Worker *self)
{
  gboolean started = GST_STATE_TARGET (self->pipeline) >= GST_STATE_PAUSED;

  /* A source applies events that it gets before the start to the start. */
  switch (g_rand_int_range (self->rand, started ? 0 : 4, 12)) {
    case 0:
    case 1:
      seek (self);
      break;
    case 2:
      flush (self);
      break;
    case 3:
      send_eos (self);
      break;
    case 4:
      set_state (self, GST_STATE_PAUSED);
      break;
    case 5:
      set_state (self, GST_STATE_NULL);
      break;
    case 6:
      set_state (self, GST_STATE_READY);
      break;
    case 7:
      look (self);
      break;
    case 8:
      tell (self, "forget");
      g_signal_emit_by_name (self->source, "forget");
      allow_submit (self);
      break;
    default:
      set_state (self, GST_STATE_PLAYING);
      break;
  }
  wait_for_end (self, g_rand_double (self->rand) * 0.06);
}

/* Plays from the beginning to any kind of end. */
static void
play (Worker *self)
{
  g_autofree char *name = g_strdup_printf ("%s: play", self->prompt);
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new (name, STEP_SECONDS);
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);
  g_autoptr (GstMessage) message = NULL;

  set_state (self, GST_STATE_NULL);
  gst_bus_set_flushing (bus, TRUE);
  gst_bus_set_flushing (bus, FALSE);
  tell (self, "play");
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (
      bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS) {
    check_bytes (self, TRUE);
    count (self->round, "whole clip");
  }
}

static void
run_cycle (Worker *self, int number)
{
  int steps = g_rand_int_range (self->rand, 1, 8);
  const char *fault =
      faults[g_rand_int_range (self->rand, 0, G_N_ELEMENTS (faults))];
  Prompt *prompt;

  g_free (self->prompt);
  self->prompt = g_strdup_printf ("soak %d %d.", self->round->number, number);
  self->allowed = 1;
  self->delivered = FALSE;
  self->transform = chance (self, 0.25);
  self->start_time = g_get_real_time ();
  self->story = g_string_new (NULL);
  if (chance (self, 0.6)) {
    g_autoptr (GError) error = NULL;

    tell (self, "fault %s", fault);
    nanogpt_simulator_add_fault (self->round->simulator, fault, &error);
    g_assert_no_error (error);
  }
  set_up (self);
  set_state (self, GST_STATE_PLAYING);
  while (steps-- > 0)
    step (self);
  /* The same request gets the same job again, until the clip is delivered. */
  if (chance (self, 0.3)) {
    tear_down (self);
    if (self->delivered)
      allow_submit (self);
    set_up (self);
  }
  if (chance (self, 0.5))
    play (self);
  tear_down (self);

  prompt = g_new (Prompt, 1);
  prompt->allowed = self->allowed;
  prompt->start_time = self->start_time;
  prompt->story = g_string_free (g_steal_pointer (&self->story), FALSE);
  g_mutex_lock (&self->round->lock);
  g_hash_table_insert (self->round->prompts, g_strdup (self->prompt), prompt);
  g_mutex_unlock (&self->round->lock);
}

static gpointer
work (gpointer data)
{
  Worker *self = data;
  int number;

  while ((number = g_atomic_int_add (&self->round->left, -1)) > 0)
    run_cycle (self, number);
  return NULL;
}

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
    count (round, "never submitted");
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
run_workers (Round *round, GRand *rand)
{
  g_autofree Worker *all = g_new0 (Worker, workers);
  g_autofree GThread **threads = g_new0 (GThread *, workers);

  for (int i = 0; i < workers; i++) {
    all[i].round = round;
    all[i].rand = g_rand_new_with_seed (g_rand_int (rand));
    all[i].bytes = g_byte_array_new ();
    g_mutex_init (&all[i].lock);
    threads[i] = g_thread_new ("worker", work, &all[i]);
  }
  for (int i = 0; i < workers; i++) {
    g_thread_join (threads[i]);
    g_rand_free (all[i].rand);
    g_byte_array_unref (all[i].bytes);
    g_mutex_clear (&all[i].lock);
    g_free (all[i].prompt);
  }
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

  run_workers (&round, rand);
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
