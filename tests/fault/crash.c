/* nanovid: tests that a crash at any point neither pays for a job twice nor loses it
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The simulator, with its ledger of charges, and gst-launch-1.0 are separate
 * processes. gst-launch-1.0 is killed or interrupted at some point in the life
 * of a job, then the same line is run again until it ends with EOS. After that
 * the ledger must contain exactly one charge, and the file must be the clip.
 *
 * crash-point.c provides the points: it numbers system calls and sends the
 * signal at one of them. */

#include <gio/gio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "fixture/env.h"
#include "fixture/media.h"
#include "fixture/watchdog.h"
#include "nanogpt/store/files/journal.h"
#include "nanogpt/store/files/ledger.h"
#include "tally.h"

#define MAX_RUNS 4

/* How long to look for a submit that never arrived. */
#define PATIENCE 30
#define LATER (PATIENCE + 10)

/* Most runs only wait for the service. */
#define AT_ONCE 8

/* Limit in bytes for one call on a socket, in runs with a limit. */
#define SMALL_IO 48

typedef enum
{
  PHASE_PREPARE,  /* until the first byte of the submit leaves */
  PHASE_SUBMIT,   /* until its answer is in the journal */
  PHASE_POLL,     /* until the download begins */
  PHASE_DOWNLOAD, /* until all has arrived */
  PHASE_DELIVER,  /* until the process ends */
  N_PHASES
} Phase;

static const char *const phase_names[N_PHASES] = { "prepare", "submit", "poll",
  "download", "deliver" };

/* A system call, as crash-point.c numbers them. */
typedef struct
{
  char *kind;
  guint number;
  Phase phase;
} Call;

/* Where to send the signal. */
typedef struct
{
  const Call *call; /* NULL to use the time */
  double time;      /* seconds after the start */
  gboolean after;
  gboolean small_io;
} Point;

typedef struct
{
  GSubprocess *simulator;
  char *base_url;
  char *ledger;
  char *media;
  GBytes *clip;
  GPtrArray *calls[2]; /* of Call: what a run calls; [1] is with SMALL_IO */
  double seconds;      /* how long a run takes */
  int signal;          /* sent at the points */

  /* Accessed atomically. */
  int ends[N_PHASES + 1]; /* the last one is for points in time */
  int missed;             /* points that were not reached */
} Stage;

/* The line that is run repeatedly. */
typedef struct
{
  Stage *stage;
  guint number;
  GRand *random;
  char *dir;
  char *state_dir;
  char *spool_dir;
  char *out;
  char *key;
  GString *story; /* explains a violation */
} Scene;

typedef enum
{
  ENDED_WITH_EOS,
  ENDED_EARLY,
  FAILED
} Outcome;

/* The simulator */

static char *
read_url (GSubprocess *simulator)
{
  g_autoptr (GDataInputStream) lines =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (simulator));
  g_autofree char *line =
      g_data_input_stream_read_line (lines, NULL, NULL, NULL);

  g_assert_nonnull (line);
  g_assert_true (g_str_has_prefix (line, "listening on "));
  return g_strdup (line + strlen ("listening on "));
}

/* Runs in the child: ends the simulator even when the test is aborted. */
static void
end_with_parent (gpointer user_data G_GNUC_UNUSED)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static void
start_simulator (Stage *self)
{
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autofree char *media = g_strconcat ("--media=", self->media, NULL);
  g_autofree char *ledger = g_strconcat ("--ledger=", self->ledger, NULL);
  g_autoptr (GError) error = NULL;

  g_subprocess_launcher_set_child_setup (launcher, end_with_parent, NULL, NULL);
  self->simulator = g_subprocess_launcher_spawn (launcher, &error, SIMULATOR,
      "--generation-time=0.2", "--submit-limit=0", "--recover-limit=0", media,
      ledger, NULL);
  g_assert_no_error (error);
  self->base_url = read_url (self->simulator);
}

/* Returns after the simulator has processed all earlier requests. */
static void
settle (Stage *self)
{
  static const char request[] =
      "GET /api/v1/video-models HTTP/1.1\r\nHost: localhost\r\n"
      "Connection: close\r\n\r\n";

  for (guint i = 0; i < 2; i++) {
    g_autoptr (GSocketClient) client = g_socket_client_new ();
    g_autoptr (GError) error = NULL;
    g_autoptr (GSocketConnection) connection = g_socket_client_connect_to_uri (
        client, self->base_url, 80, NULL, &error);
    GInputStream *input;
    gssize length;

    g_assert_no_error (error);
    g_output_stream_write_all (
        g_io_stream_get_output_stream (G_IO_STREAM (connection)), request,
        strlen (request), NULL, NULL, &error);
    g_assert_no_error (error);
    input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
    do
      length = g_input_stream_skip (input, 1 << 16, NULL, &error);
    while (length > 0);
    g_assert_no_error (error);
  }
}

/* Returns: (transfer full): the charges of the scene's account, one line each */
static GPtrArray *
list_charges (Scene *self)
{
  GPtrArray *charges = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *digest =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, self->key, -1);
  g_autofree char *account = g_strdup_printf ("account-%.12s", digest);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;

  settle (self->stage);
  g_file_get_contents (self->stage->ledger, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i]; i++)
    if (strstr (lines[i], account) && strstr (lines[i], "\"charge\""))
      g_ptr_array_add (charges, g_strdup (lines[i]));
  return charges;
}

static guint
count_charges (Scene *self)
{
  g_autoptr (GPtrArray) charges = list_charges (self);

  return charges->len;
}

/* The stage */

static void
call_free (gpointer data)
{
  Call *call = data;

  g_free (call->kind);
  g_free (call);
}

/* Divides the calls of a run into phases. */
static GPtrArray *
parse_trace (Stage *self, const char *path)
{
  GPtrArray *calls = g_ptr_array_new_with_free_func (call_free);
  g_autoptr (GHashTable) numbers = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GUri) base = g_uri_parse (self->base_url, G_URI_FLAGS_NONE, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  Phase phase = PHASE_PREPARE;
  guint last_recv = 0;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (g_strchomp (text), "\n", -1);

  for (guint i = 0; lines[i]; i++) {
    g_auto (GStrv) words = g_strsplit (lines[i], " ", 2);
    Call *call = g_new0 (Call, 1);
    guint number;

    g_ptr_array_add (calls, call);
    call->kind = g_strdup (words[0]);
    number = GPOINTER_TO_UINT (g_hash_table_lookup (numbers, call->kind)) + 1;
    g_hash_table_insert (numbers, call->kind, GUINT_TO_POINTER (number));
    call->number = number;

    if (phase == PHASE_PREPARE && g_str_equal (call->kind, "send"))
      phase = PHASE_SUBMIT;
    else if (phase == PHASE_POLL && g_str_equal (call->kind, "connect")
        && atoi (words[1]) != g_uri_get_port (base))
      phase = PHASE_DOWNLOAD;
    call->phase = phase;
    if (phase == PHASE_SUBMIT && g_str_equal (call->kind, "rename"))
      phase = PHASE_POLL;
    if (g_str_equal (call->kind, "recv"))
      last_recv = i;
  }
  for (guint i = last_recv + 1; i < calls->len; i++)
    ((Call *)calls->pdata[i])->phase = PHASE_DELIVER;
  return calls;
}

/* Scenes */

static Scene *
scene_new (Stage *stage, guint number)
{
  Scene *self = g_new0 (Scene, 1);

  self->stage = stage;
  self->number = number;
  self->random = g_rand_new_with_seed (tally_get_seed () + number);
  self->dir = fixture_make_dir ();
  self->state_dir = g_build_filename (self->dir, "state", NULL);
  self->spool_dir = g_build_filename (self->dir, "spool", NULL);
  self->out = g_build_filename (self->dir, "clip.mp4", NULL);
  self->key = g_strdup_printf ("sk-crash-%u", number);
  self->story = g_string_new (NULL);
  g_assert_cmpint (g_mkdir_with_parents (self->spool_dir, 0700), ==, 0);
  return self;
}

static void
scene_free (Scene *self)
{
  fixture_remove_tree (self->dir);
  g_rand_free (self->random);
  g_free (self->dir);
  g_free (self->state_dir);
  g_free (self->spool_dir);
  g_free (self->out);
  g_free (self->key);
  g_string_free (self->story, TRUE);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Scene, scene_free)

static void narrate (Scene *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
narrate (Scene *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_string_append_vprintf (self->story, format, args);
  va_end (args);
}

static GSubprocessLauncher *
make_launcher (Scene *self, const Point *point, int ahead)
{
  GSubprocessLauncher *launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  const char *others = g_getenv ("LD_PRELOAD");
  g_autofree char *preload = others ? g_strjoin (":", others, CRASH_POINT, NULL)
                                    : g_strdup (CRASH_POINT);
  g_autofree char *seconds = g_strdup_printf ("%d", ahead);
  g_autofree char *number = g_strdup_printf ("%d", self->stage->signal);

  /* A sanitizer has to stay the first. */
  g_subprocess_launcher_setenv (launcher, "LD_PRELOAD", preload, TRUE);
  g_subprocess_launcher_setenv (launcher, "CRASH_CLOCK", seconds, TRUE);
  g_subprocess_launcher_setenv (launcher, "CRASH_SIGNAL", number, TRUE);
  g_subprocess_launcher_setenv (
      launcher, "NANOGPT_BASE_URL", self->stage->base_url, TRUE);
  g_subprocess_launcher_setenv (launcher, "NANOGPT_API_KEY", self->key, TRUE);
  g_subprocess_launcher_setenv (launcher, "GST_REGISTRY_UPDATE", "no", TRUE);
  if (point && point->small_io)
    g_subprocess_launcher_setenv (
        launcher, "CRASH_IO_MAX", G_STRINGIFY (SMALL_IO), TRUE);
  if (point && point->call) {
    g_autofree char *text = g_strdup_printf ("%s:%u:%s", point->call->kind,
        point->call->number, point->after ? "after" : "before");

    g_subprocess_launcher_setenv (launcher, "CRASH_POINT", text, TRUE);
  }
  return launcher;
}

typedef struct
{
  GSubprocess *process;
  int signal;
} Strike;

static gboolean
on_time_to_strike (gpointer data)
{
  const Strike *strike = data;

  g_subprocess_send_signal (strike->process, strike->signal);
  return G_SOURCE_REMOVE;
}

static void
on_communicated (GObject *source, GAsyncResult *result, gpointer data)
{
  g_subprocess_communicate_finish (
      G_SUBPROCESS (source), result, data, NULL, NULL);
}

/* Returns: (transfer full): the output */
static char *
wait_for_end (Scene *self, GSubprocess *process, const Point *point)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("gst-launch-1.0", 2 * PATIENCE);
  g_autoptr (GMainContext) context = g_main_context_new ();
  Strike strike = { process, self->stage->signal };
  g_autoptr (GSource) striker = NULL;
  g_autoptr (GBytes) text = NULL;
  gsize length;
  const char *data;

  g_main_context_push_thread_default (context);
  if (point && !point->call) {
    striker = g_timeout_source_new (point->time * 1000);
    g_source_set_callback (striker, on_time_to_strike, &strike, NULL);
    g_source_attach (striker, context);
  }
  g_subprocess_communicate_async (process, NULL, NULL, on_communicated, &text);
  while (!text)
    g_main_context_iteration (context, TRUE);
  if (striker)
    g_source_destroy (striker);
  g_main_context_pop_thread_default (context);
  data = g_bytes_get_data (text, &length);
  return data ? g_strndup (data, length) : g_strdup ("");
}

/* Runs gst-launch-1.0 until it ends, by itself or at @point.
 * @ahead: how many seconds its wall clock is ahead */
static Outcome
run (Scene *self, const Point *point, int ahead, const char *trace)
{
  g_autoptr (GSubprocessLauncher) launcher = make_launcher (self, point, ahead);
  g_autofree char *state_dir =
      g_strconcat ("state-dir=", self->state_dir, NULL);
  g_autofree char *spool_dir =
      g_strconcat ("spool-dir=", self->spool_dir, NULL);
  g_autofree char *location = g_strconcat ("location=", self->out, NULL);
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (trace)
    g_subprocess_launcher_setenv (launcher, "CRASH_TRACE", trace, TRUE);
  process = g_subprocess_launcher_spawn (launcher, &error, "gst-launch-1.0",
      "nanovidsrc", "prompt=a lighthouse at dusk", "poll-interval=20",
      state_dir, spool_dir, "!", "filesink", location, NULL);
  g_assert_no_error (error);
  text = wait_for_end (self, process, point);

  narrate (self, "%s", text);
  if (g_subprocess_get_if_signaled (process)) {
    int signal = g_subprocess_get_term_sig (process);

    narrate (self, "ended by signal %d\n", signal);
    return signal == self->stage->signal ? ENDED_EARLY : FAILED;
  }
  if (!g_subprocess_get_successful (process))
    return FAILED;
  if (strstr (text, "Got EOS"))
    return ENDED_WITH_EOS;
  return strstr (text, "handling interrupt") ? ENDED_EARLY : FAILED;
}

/* Checks */

static gboolean
has_clip (Scene *self)
{
  g_autofree char *data = NULL;
  gsize length;

  return g_file_get_contents (self->out, &data, &length, NULL)
      && length == g_bytes_get_size (self->stage->clip)
      && memcmp (data, g_bytes_get_data (self->stage->clip, NULL), length) == 0;
}

static gboolean
has_entry (Scene *self, NanogptJournalState state)
{
  g_autoptr (GPtrArray) records = nanogpt_journal_list (self->state_dir);

  for (guint i = 0; i < records->len; i++) {
    const NanogptJournalRecord *record = records->pdata[i];

    if (record->state == state)
      return TRUE;
  }
  return FALSE;
}

static void
demand (Scene *self, gboolean holds, Violation kind, const char *what)
{
  if (!holds)
    tally_violation (kind, what, self->story->str);
}

/* The only paid job is in the journal, and is finished. */
static void
check_journal (Scene *self)
{
  g_autoptr (GPtrArray) records = nanogpt_journal_list (self->state_dir);
  g_autoptr (GPtrArray) charges = list_charges (self);
  const NanogptJournalRecord *record;

  demand (self, records->len == 1, VIOLATION_BOOKS,
      "there is not one entry in the journal");
  if (records->len != 1 || charges->len != 1)
    return;
  record = records->pdata[0];
  demand (self, record->state == NANOGPT_JOURNAL_DELIVERED && !record->live,
      VIOLATION_BOOKS, "the entry is not that of a job that was delivered");
  demand (self, record->run_id && strstr (charges->pdata[0], record->run_id),
      VIOLATION_BOOKS, "the entry names another job");
}

/* The charge counts once. A reservation that was made right before a signal may
 * still count: a budget would rather refuse too much. */
static void
check_spending (Scene *self)
{
  g_autoptr (GPtrArray) sums = nanogpt_ledger_list (self->state_dir, 0);
  guint n_charged = 0;
  guint n_reserved = 0;

  for (guint i = 0; i < sums->len; i++) {
    const NanogptLedgerSum *sum = sums->pdata[i];

    n_charged += sum->n_charged;
    n_reserved += sum->n_reserved;
  }
  demand (self, n_charged == 1, VIOLATION_BOOKS,
      "the spending does not name one clip");
  demand (
      self, n_reserved <= 2, VIOLATION_BOOKS, "more than the ends is reserved");
}

static void
check_end (Scene *self)
{
  guint charges = count_charges (self);
  g_autofree char *text = g_strdup_printf ("%u charges", charges);

  demand (self, charges <= 1, VIOLATION_PAID_TWICE, text);
  demand (self, charges >= 1, VIOLATION_BOOKS, text);
  demand (
      self, has_clip (self), VIOLATION_NOT_CLIP, "the file is not the clip");
  check_journal (self);
  check_spending (self);
}

/* Playing a scene */

static const Call *
pick_call (Scene *self, const GPtrArray *calls)
{
  Phase phase = g_rand_int_range (self->random, 0, N_PHASES);
  g_autoptr (GPtrArray) kinds = g_ptr_array_new ();
  g_autoptr (GPtrArray) choice = g_ptr_array_new ();
  const char *kind;

  /* Picks a kind first, because there are as many recv() as pieces of the clip. */
  for (guint i = 0; i < calls->len; i++) {
    Call *call = calls->pdata[i];

    if (call->phase == phase
        && !g_ptr_array_find_with_equal_func (
            kinds, call->kind, g_str_equal, NULL))
      g_ptr_array_add (kinds, call->kind);
  }
  g_assert_cmpuint (kinds->len, >, 0);
  kind = kinds->pdata[g_rand_int_range (self->random, 0, kinds->len)];
  for (guint i = 0; i < calls->len; i++) {
    Call *call = calls->pdata[i];

    if (call->phase == phase && g_str_equal (call->kind, kind))
      g_ptr_array_add (choice, call);
  }
  return choice->pdata[g_rand_int_range (self->random, 0, choice->len)];
}

static Point
pick_point (Scene *self)
{
  Point point = { .small_io = g_rand_boolean (self->random),
    .after = g_rand_boolean (self->random) };

  if (g_rand_int_range (self->random, 0, 8) == 0)
    point.time = g_rand_double_range (self->random, 0, self->stage->seconds);
  else
    point.call = pick_call (self, self->stage->calls[point.small_io]);
  return point;
}

static char *
describe (const Point *point)
{
  if (!point->call)
    return g_strdup_printf ("after %.3f s", point->time);
  return g_strdup_printf ("%s: %s %s %u%s", phase_names[point->call->phase],
      point->after ? "after" : "before", point->call->kind, point->call->number,
      point->small_io ? " (small)" : "");
}

static Outcome
run_and_kill (Scene *self)
{
  Point point = pick_point (self);
  g_autofree char *text = describe (&point);
  Outcome outcome = run (self, &point, 0, NULL);

  if (outcome == ENDED_EARLY)
    g_atomic_int_inc (
        &self->stage->ends[point.call ? point.call->phase : N_PHASES]);
  else
    g_atomic_int_inc (&self->stage->missed);
  narrate (self, "point: %s: %s\n", text,
      outcome == ENDED_EARLY ? "ended" : "was not reached");
  g_test_message ("%u: %s%s, charges: %u", self->number, text,
      outcome == ENDED_EARLY ? "" : " was not reached", count_charges (self));
  return outcome;
}

static void
play (Scene *self)
{
  guint kills = g_rand_int_range (self->random, 0, 5) == 0 ? 2 : 1;

  for (guint i = 0; i < MAX_RUNS; i++) {
    Outcome outcome =
        i < kills ? run_and_kill (self) : run (self, NULL, 0, NULL);

    if (outcome == FAILED)
      demand (self, FALSE, VIOLATION_FAILED, "a run has failed");
    /* Once the job is delivered, another run would request a new clip. */
    if (outcome == ENDED_WITH_EOS
        || has_entry (self, NANOGPT_JOURNAL_DELIVERED))
      break;
    narrate (self, "again:\n");
  }
  check_end (self);
}

/* @signal: ends the runs early */
static Stage *
stage_new (int signal)
{
  Stage *self = g_new0 (Stage, 1);
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *data = NULL;
  gsize length;

  self->media = fixture_media_path (FIXTURE_MEDIA_MP4);
  g_assert_true (g_file_get_contents (self->media, &data, &length, NULL));
  self->clip = g_bytes_new (data, length);
  self->ledger = g_build_filename (dir, "ledger.jsonl", NULL);
  self->signal = signal;
  start_simulator (self);
  return self;
}

/* Records what a complete run calls. */
static void
rehearse (Stage *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->calls); i++) {
    g_autoptr (Scene) scene = scene_new (self, tally_get_points () + i);
    g_autofree char *trace = g_build_filename (scene->dir, "trace", NULL);
    Point nowhere = { .time = 60, .small_io = i == 1 };
    gint64 start = g_get_monotonic_time ();

    g_assert_cmpint (run (scene, &nowhere, 0, trace), ==, ENDED_WITH_EOS);
    check_end (scene);
    self->seconds = (g_get_monotonic_time () - start) / 1e6;
    self->calls[i] = parse_trace (self, trace);
  }
}

static void
stage_free (Stage *self)
{
  g_subprocess_send_signal (self->simulator, SIGTERM);
  g_subprocess_wait (self->simulator, NULL, NULL);
  g_object_unref (self->simulator);
  for (guint i = 0; i < G_N_ELEMENTS (self->calls); i++)
    g_clear_pointer (&self->calls[i], g_ptr_array_unref);
  g_bytes_unref (self->clip);
  g_free (self->base_url);
  g_free (self->ledger);
  g_free (self->media);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Stage, stage_free)

static void
play_point (gpointer number, gpointer stage)
{
  g_autoptr (Scene) scene = scene_new (stage, GPOINTER_TO_UINT (number) - 1);

  play (scene);
}

static void
play_points (int signal)
{
  g_autoptr (Stage) stage = stage_new (signal);
  GThreadPool *pool =
      g_thread_pool_new (play_point, stage, AT_ONCE, TRUE, NULL);

  g_assert_nonnull (pool);
  g_test_message ("%d points, seed %d", tally_get_points (), tally_get_seed ());
  rehearse (stage);
  /* NULL cannot be pushed. */
  for (int i = 1; i <= tally_get_points (); i++)
    g_thread_pool_push (pool, GINT_TO_POINTER (i), NULL);
  g_thread_pool_free (pool, FALSE, TRUE);
  for (Phase phase = 0; phase < N_PHASES; phase++)
    g_test_message ("%u ends: %s", stage->ends[phase], phase_names[phase]);
  g_test_message ("%u ends: at random times; %u points were not reached",
      stage->ends[N_PHASES], stage->missed);
  tally_summarize ();
  /* A second run makes fewer calls than the first one. */
  g_assert_cmpuint (stage->missed, <=, tally_get_points () / 2);
}

static void
test_points (void)
{
  play_points (SIGKILL);
}

/* Ctrl-C */
static void
test_interrupts (void)
{
  play_points (SIGINT);
}

/* The test has to wait in real time: a submit that was never sent is sent again
 * half a minute after it might have been. */
static void
test_patience (void)
{
  g_autoptr (Stage) stage = stage_new (SIGKILL);
  g_autoptr (Scene) scene = scene_new (stage, 0);
  Call call = { .kind = (char *)"send", .number = 1 };
  Point point = { .call = &call };
  gint64 start = g_get_monotonic_time ();

  g_assert_cmpint (run (scene, &point, 0, NULL), ==, ENDED_EARLY);
  g_assert_true (has_entry (scene, NANOGPT_JOURNAL_SENDING));
  g_assert_cmpuint (count_charges (scene), ==, 0);

  g_assert_cmpint (run (scene, NULL, 0, NULL), ==, ENDED_WITH_EOS);
  g_assert_cmpint (
      g_get_monotonic_time () - start, >, (PATIENCE - 1) * G_USEC_PER_SEC);
  check_end (scene);
}

/* A machine without a real-time clock boots with an old time, after the submit
 * or even before it. The job that was paid for is found all the same. */
static void
test_clock_behind (void)
{
  static const int ahead[] = { -4, -LATER };
  g_autoptr (Stage) stage = stage_new (SIGKILL);
  Call call = { .kind = (char *)"recv", .number = 1 };
  Point point = { .call = &call };

  for (guint i = 0; i < G_N_ELEMENTS (ahead); i++) {
    g_autoptr (Scene) scene = scene_new (stage, i);

    g_assert_cmpint (run (scene, &point, 0, NULL), ==, ENDED_EARLY);
    g_assert_true (has_entry (scene, NANOGPT_JOURNAL_SENDING));
    g_assert_cmpuint (count_charges (scene), ==, 1);

    /* This is longer than the service's clock may be off. */
    g_usleep (5 * G_USEC_PER_SEC);
    g_assert_cmpint (run (scene, NULL, ahead[i], NULL), ==, ENDED_WITH_EOS);
    check_end (scene);
  }
}

int
main (int argc, char **argv)
{
  tally_parse_options (&argc, &argv);
  fixture_init (&argc, &argv);
  /* Creates the registry before any call is counted. */
  g_assert_true (g_spawn_command_line_sync (
      "gst-inspect-1.0 --exists nanovidsrc", NULL, NULL, NULL, NULL));

  g_test_add_func ("/crash/points", test_points);
  g_test_add_func ("/crash/interrupts", test_interrupts);
  g_test_add_func ("/crash/patience", test_patience);
  g_test_add_func ("/crash/clock-behind", test_clock_behind);
  return g_test_run ();
}
