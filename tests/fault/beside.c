/* nanovid: tests that nothing is paid for twice or lost when something else keeps running
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* crash.c runs one program after the other; here something keeps running beside
 * the one that ends: the same process with another element, a forked child, or
 * another process with the same request. Each point is a scene with its own
 * service, state directory and actors (puppet.c), which play a script with
 * pauses of random length. The service also takes a random time to answer a
 * submit, so that many pauses end during the submit.
 *
 * Point number N of seed S is point 0 of seed S + N:
 *
 *   meson devenv -C build tests/fault/beside --points=1000 --seed=1
 *   meson devenv -C build tests/fault/beside --points=1 --seed=43 */

#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "actor.h"
#include "fixture/env.h"
#include "fixture/media.h"
#include "nanogpt/store/files/journal.h"
#include "nanogpt/store/files/ledger.h"
#include "simulator/simulator.h"
#include "tally.h"

#define AT_ONCE 8
#define N_ACTORS 2
#define GENERATION 0.4
#define KEY "sk-beside"

/* Commands for an actor are written as "A.play.1": see puppet.c. There are also:
 *
 *   A.drop!.1 does not wait until the command is done
 *   A.end.1   waits until that clip has been played to its end
 *   A.kill    SIGKILL; A.term SIGTERM; A.int SIGINT; A.gone waits for the end
 *   ?         a pause that ends anywhere in the life of a job
 *   ~         a short pause
 *
 * @wants: how many clips are wanted: one that is stopped and then started again counts
 *   once, and two at a time count twice
 * @more: how many more may be paid for, because the first one may still have been
 *   running when the second one started */
typedef struct
{
  const char *name;
  guint wants;
  guint more;
  const char *script;
} Row;

static const Row rows[] = {
  { "the same element again", 1, 0, "A.play.1 ? A.stop.1 ~ A.play.1 A.end.1" },
  { "one after the other, killed", 1, 0,
      "A.play.1 ? A.kill A.gone B.play.1 B.end.1" },
  { "one after the other, terminated", 1, 0,
      "A.play.1 ? A.term A.gone B.play.1 B.end.1" },
  { "one after the other, interrupted", 1, 0,
      "A.play.1 ? A.int A.gone B.play.1 B.end.1" },
  { "two elements", 2, 0, "A.play.1 ? A.play.2 A.end.1 A.end.2" },
  { "two processes", 2, 0, "A.play.1 ? B.play.1 A.end.1 B.end.1" },
  { "beside one that has EOS", 2, 0, "A.play.1 ? B.play.1 ? A.eos.1 B.end.1" },
  { "beside one that is killed", 2, 0, "A.play.1 ? B.play.1 ? A.kill B.end.1" },
  { "beside one that is terminated", 2, 0,
      "A.play.1 ? B.play.1 ? A.term B.end.1" },
  { "beside one that is interrupted", 2, 0,
      "A.play.1 ? B.play.1 ? A.int B.end.1" },
  { "while one is being killed", 1, 1, "A.play.1 ? A.kill B.play.1 B.end.1" },
  { "while one is being terminated", 1, 1,
      "A.play.1 ? A.term B.play.1 B.end.1" },
  { "while one is being interrupted", 1, 1,
      "A.play.1 ? A.int ~ B.play.1 B.end.1" },
  { "while one is being stopped", 1, 1,
      "A.play.1 ? A.drop!.1 ~ B.play.1 B.end.1" },
  { "while one gets EOS", 1, 1, "A.play.1 ? A.eos!.1 ~ B.play.1 B.end.1" },
  { "another element", 1, 0, "A.play.1 ? A.drop.1 ~ A.play.2 A.end.2" },
  { "another element, the first one kept", 1, 0,
      "A.play.1 ? A.stop.1 ~ A.play.2 A.end.2" },
  { "another element, again and again", 1, 0,
      "A.play.1 ? A.drop.1 ~ A.play.2 ~ A.drop.2 ~ A.play.3 ~ A.drop.3 ~ "
      "A.play.4 A.end.4" },
  { "another element after EOS", 1, 0,
      "A.play.1 ? A.eos.1 ~ A.play.2 A.end.2" },
  { "two elements, one stopped", 2, 0,
      "A.play.1 ? A.play.2 ? A.drop.1 ~ A.play.3 A.end.2 A.end.3" },
  { "another process, the first one lives on", 1, 0,
      "A.play.1 ? A.drop.1 ~ B.play.1 B.end.1" },
  { "another process, EOS in the first one", 1, 0,
      "A.play.1 ? A.eos.1 ~ B.play.1 B.end.1" },
  { "beside one that is stopped", 2, 0,
      "A.play.1 ? B.play.1 ? A.drop.1 ~ A.play.2 B.end.1 A.end.2" },
  { "killed, with a forked child", 1, 0,
      "A.play.1 ? A.fork ~ A.kill A.gone B.play.1 B.end.1" },
  { "interrupted, with a forked child", 1, 0,
      "A.play.1 ? A.fork ~ A.int A.gone B.play.1 B.end.1" },
  { "stopped, with a forked child", 1, 0,
      "A.play.1 ? A.fork ~ A.drop.1 B.play.1 B.end.1" },
};

/* A clip that is played to a file. */
typedef struct
{
  char *name; /* "A.1" */
  char *file;
  gboolean awaited; /* the script has waited for its end */
} Play;

typedef struct
{
  Violation kind;
  char *what;
} Finding;

typedef struct
{
  int seed;
  const Row *row;
  GRand *random;
  NanogptSimulator *simulator;
  double delay;  /* of the answer to a submit, seconds */
  guint submits; /* before the last play */
  char *dir;
  char *state_dir;
  char *spool_dir;
  int lifeline[2];            /* keeps forked children alive */
  Actor actors[N_ACTORS + 1]; /* the last one plays what is left over */
  GPtrArray *plays;           /* of Play */
  GPtrArray *findings;        /* of Finding */
  GString *story;
  gint64 start;
} Scene;

static char *media;
static GBytes *clip;
static GAsyncQueue *finished; /* Scenes */

static void narrate (Scene *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
narrate (Scene *self, const char *format, ...)
{
  va_list args;

  g_string_append_printf (
      self->story, "%7.3f ", (g_get_monotonic_time () - self->start) / 1e6);
  va_start (args, format);
  g_string_append_vprintf (self->story, format, args);
  va_end (args);
  g_string_append_c (self->story, '\n');
}

static void
demand (Scene *self, gboolean holds, Violation kind, const char *what)
{
  Finding *finding;

  if (holds)
    return;
  finding = g_new0 (Finding, 1);
  finding->kind = kind;
  finding->what = g_strdup (what);
  g_ptr_array_add (self->findings, finding);
}

/* Scenes */

static void
play_free (gpointer data)
{
  Play *self = data;

  g_free (self->name);
  g_free (self->file);
  g_free (self);
}

static void
finding_free (gpointer data)
{
  Finding *self = data;

  g_free (self->what);
  g_free (self);
}

/* The answer comes at once, as without a network; about as late as usual; or
 * later than a stop waits for it. */
static double
pick_delay (GRand *random)
{
  double dice = g_rand_double (random);

  if (dice < 0.2)
    return 0;
  return dice < 0.6 ? g_rand_double_range (random, 0, 0.5)
                    : g_rand_double_range (random, 2.5, 4.5);
}

static void
start_service (Scene *self)
{
  NanogptSimulatorOptions options;
  g_autofree char *rule = NULL;
  g_autoptr (GError) error = NULL;

  nanogpt_simulator_options_init (&options);
  options.generation_time = GENERATION;
  options.submit_limit = 0;
  options.recover_limit = 0;
  options.media_file = media;
  self->simulator = nanogpt_simulator_new (&options, &error);
  g_assert_no_error (error);
  self->delay = pick_delay (self->random);
  if (self->delay == 0)
    return;
  rule = g_strdup_printf ("submit:delay=%.0f", self->delay * 1000);
  nanogpt_simulator_add_fault (self->simulator, rule, &error);
  g_assert_no_error (error);
}

static Scene *
scene_new (int seed)
{
  Scene *self = g_new0 (Scene, 1);

  self->start = g_get_monotonic_time ();
  self->seed = seed;
  self->row = &rows[(guint)seed % G_N_ELEMENTS (rows)];
  self->random = g_rand_new_with_seed (seed);
  self->dir = fixture_make_dir ();
  self->state_dir = g_build_filename (self->dir, "state", NULL);
  self->spool_dir = g_build_filename (self->dir, "spool", NULL);
  g_assert_cmpint (g_mkdir_with_parents (self->spool_dir, 0700), ==, 0);
  g_assert_true (g_unix_open_pipe (self->lifeline, FD_CLOEXEC, NULL));
  self->plays = g_ptr_array_new_with_free_func (play_free);
  self->findings = g_ptr_array_new_with_free_func (finding_free);
  self->story = g_string_new (NULL);
  start_service (self);
  narrate (self, "seed %d: %s: %s, submits are answered after %.3f s",
      self->seed, self->row->name, self->row->script, self->delay);
  return self;
}

static void
scene_free (Scene *self)
{
  nanogpt_simulator_free (self->simulator);
  fixture_remove_tree (self->dir);
  g_rand_free (self->random);
  g_free (self->dir);
  g_free (self->state_dir);
  g_free (self->spool_dir);
  g_ptr_array_unref (self->plays);
  g_ptr_array_unref (self->findings);
  g_string_free (self->story, TRUE);
  g_free (self);
}

/* Playing a script */

static void
start_actor (Scene *self, Actor *actor)
{
  const char *const argv[] = { PUPPET, self->state_dir, self->spool_dir, NULL };
  g_auto (GStrv) environment =
      g_environ_setenv (g_get_environ (), "NANOGPT_BASE_URL",
          nanogpt_simulator_get_base_url (self->simulator), TRUE);

  environment = g_environ_setenv (
      g_steal_pointer (&environment), "NANOGPT_API_KEY", KEY, TRUE);
  actor_start (
      actor, argv, (const char *const *)environment, self->lifeline[0]);
}

static void
await_gone (Scene *self, Actor *actor)
{
  demand (self, actor_wait (actor), VIOLATION_FAILED, "a process does not end");
}

static void
end_actor (Scene *self, Actor *actor)
{
  demand (self, actor_end (actor), VIOLATION_FAILED, "a process does not end");
}

static guint
count_submits (Scene *self)
{
  return nanogpt_simulator_count_requests (
      self->simulator, NANOGPT_SIMULATOR_SUBMIT);
}

static void
sleep_at_most (Scene *self, double longest)
{
  double seconds = g_rand_double_range (self->random, 0, longest);

  g_usleep ((gulong)(seconds * G_USEC_PER_SEC));
}

/* Pauses briefly, for any time, or while the submit is being answered. */
static void
pause_anywhere (Scene *self)
{
  double dice = g_rand_double (self->random);

  if (dice < 0.2)
    sleep_at_most (self, 0.03);
  else if (dice < 0.5)
    sleep_at_most (self, self->delay + GENERATION + 0.3);
  else if (nanogpt_simulator_wait_requests (self->simulator,
               NANOGPT_SIMULATOR_SUBMIT, self->submits + 1, 1000))
    sleep_at_most (self, self->delay + 0.02);
}

static Play *
find_play (Scene *self, const char *name)
{
  for (guint i = self->plays->len; i > 0; i--) {
    Play *play = self->plays->pdata[i - 1];

    if (g_str_equal (play->name, name))
      return play;
  }
  g_error ("%s has not been played", name);
}

/* @name: "A.1" */
static void
start_play (Scene *self, Actor *actor, const char *name)
{
  Play *play = g_new0 (Play, 1);
  g_autofree char *base = g_strdup_printf ("%s-%u.mp4", name, self->plays->len);
  g_autofree char *line = NULL;

  play->name = g_strdup (name);
  play->file = g_build_filename (self->dir, base, NULL);
  g_ptr_array_add (self->plays, play);
  self->submits = count_submits (self);
  line = g_strdup_printf ("play %s %s\n", name, play->file);
  actor_tell (actor, line);
}

static void
await_end (Scene *self, Actor *actor, const char *name)
{
  g_autofree char *words = g_strdup_printf ("(end|error) %s", name);
  g_autofree char *line = actor_await (actor, words);
  Play *play = find_play (self, name);

  play->awaited = line && g_str_has_prefix (line, "end");
  narrate (self, "%s", line ? line : "no end");
  demand (self, play->awaited, VIOLATION_FAILED, line ? line : "no end");
}

/* Drops the end of a clip that is no longer played: the next clip has its own end. */
static void
forget_end (Scene *self, Actor *actor, const char *name)
{
  g_autofree char *words = g_strdup_printf ("(end|error) %s", name);
  g_autofree char *line = actor_take_line (actor, words);

  if (line)
    narrate (self, "%s", line);
}

static void
do_with_process (Scene *self, Actor *actor, const char *word)
{
  if (g_str_equal (word, "gone"))
    await_gone (self, actor);
  else if (g_str_equal (word, "fork"))
    actor_tell (actor, "fork\n");
  else
    kill (actor->pid,
        g_str_equal (word, "kill")       ? SIGKILL
            : g_str_equal (word, "term") ? SIGTERM
                                         : SIGINT);
}

/* The actor completes a command before the script continues, unless "!" follows
 * the command. */
static void
do_with_play (Scene *self, Actor *actor, const char *word, const char *name)
{
  const char *mark = strchr (word, '!');
  g_autofree char *verb =
      mark ? g_strndup (word, mark - word) : g_strdup (word);
  g_autofree char *words = g_strdup_printf ("%s %s", verb, name);
  g_autofree char *line = g_strconcat (words, "\n", NULL);
  g_autofree char *done = NULL;

  if (g_str_equal (word, "end")) {
    await_end (self, actor, name);
    return;
  }
  if (g_str_equal (word, "play"))
    start_play (self, actor, name);
  else
    actor_tell (actor, line);
  if (mark)
    return;
  done = actor_await (actor, words);
  demand (self, done != NULL, VIOLATION_FAILED, words);
  if (!g_str_equal (word, "play"))
    forget_end (self, actor, name);
}

static void
do_step (Scene *self, const char *step)
{
  g_auto (GStrv) words = g_strsplit (step, ".", 3);
  Actor *actor;

  if (g_str_equal (step, "?")) {
    pause_anywhere (self);
    return;
  }
  if (g_str_equal (step, "~")) {
    sleep_at_most (self, 0.1);
    return;
  }
  actor = &self->actors[step[0] - 'A'];
  if (words[2]) {
    g_autofree char *name = g_strconcat (words[0], ".", words[2], NULL);

    do_with_play (self, actor, words[1], name);
  } else {
    do_with_process (self, actor, words[1]);
  }
  narrate (self, "%s; %u submits, %u charges", step, count_submits (self),
      nanogpt_simulator_count_charges (self->simulator));
}

static void
play_script (Scene *self)
{
  g_auto (GStrv) steps = g_strsplit (self->row->script, " ", -1);

  for (guint i = 0; i < N_ACTORS; i++)
    start_actor (self, &self->actors[i]);
  for (guint i = 0; i < N_ACTORS; i++)
    g_free (actor_await (&self->actors[i], "ready"));
  for (guint i = 0; steps[i]; i++)
    do_step (self, steps[i]);
  /* This ends forked children, if they still run. */
  for (guint i = 0; i < N_ACTORS; i++)
    end_actor (self, &self->actors[i]);
  close (self->lifeline[1]);
}

/* Checks */

static gboolean
has_clip (const Play *play)
{
  g_autofree char *data = NULL;
  gsize length;

  return g_file_get_contents (play->file, &data, &length, NULL)
      && length == g_bytes_get_size (clip)
      && memcmp (data, g_bytes_get_data (clip, NULL), length) == 0;
}

static gboolean
is_delivered (const GPtrArray *records, const char *run_id)
{
  for (guint i = 0; i < records->len; i++) {
    const NanogptJournalRecord *record = records->pdata[i];

    if (record->state == NANOGPT_JOURNAL_DELIVERED
        && g_strcmp0 (record->run_id, run_id) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Returns: how many of the paid jobs were delivered */
static guint
count_deliveries (Scene *self)
{
  g_autoptr (GPtrArray) records = nanogpt_journal_list (self->state_dir);
  g_autoptr (GPtrArray) submits =
      nanogpt_simulator_list_submits (self->simulator);
  guint n = 0;

  for (guint i = 0; i < submits->len; i++) {
    const NanogptSimulatorSubmit *submit = submits->pdata[i];

    n += is_delivered (records, submit->run_id);
  }
  return n;
}

/* A later process with the same request gets the jobs that are left over. */
static void
inherit (Scene *self)
{
  Actor *heir = &self->actors[N_ACTORS];

  for (guint i = 0; i < 4; i++) {
    guint charges = nanogpt_simulator_count_charges (self->simulator);
    guint deliveries = count_deliveries (self);

    narrate (self, "%u charges, %u delivered", charges, deliveries);
    if (deliveries >= self->row->wants && deliveries >= charges)
      return;
    start_actor (self, heir);
    do_step (self, "C.play.1");
    do_step (self, "C.end.1");
    end_actor (self, heir);
  }
}

/* A play that had the whole clip before it was stopped starts a new job afterwards. */
static guint
count_early_ends (Scene *self)
{
  guint n = 0;

  for (guint i = 0; i < self->plays->len; i++) {
    const Play *play = self->plays->pdata[i];

    n += !play->awaited && has_clip (play);
  }
  return n;
}

static void
check_books (Scene *self, guint charges)
{
  g_autoptr (GPtrArray) sums = nanogpt_ledger_list (self->state_dir, 0);
  guint n = 0;

  for (guint i = 0; i < sums->len; i++)
    n += ((const NanogptLedgerSum *)sums->pdata[i])->n_charged;
  demand (self, n == charges, VIOLATION_BOOKS,
      "the spending names another number of clips than was charged");
}

static void
check_end (Scene *self)
{
  guint charges = nanogpt_simulator_count_charges (self->simulator);
  guint allowed = self->row->wants + self->row->more + count_early_ends (self);

  narrate (self, "%u charges of %u to %u", charges, self->row->wants, allowed);
  demand (self, charges <= allowed, VIOLATION_PAID_TWICE, self->row->name);
  demand (
      self, charges >= self->row->wants, VIOLATION_BOOKS, "paid too little");
  demand (self, count_deliveries (self) == charges, VIOLATION_LOST,
      self->row->name);
  check_books (self, charges);
  for (guint i = 0; i < self->plays->len; i++) {
    const Play *play = self->plays->pdata[i];

    demand (self, !play->awaited || has_clip (play), VIOLATION_NOT_CLIP,
        play->name);
  }
}

static void
play_scene (gpointer data, gpointer user_data G_GNUC_UNUSED)
{
  Scene *self = scene_new (tally_get_seed () + GPOINTER_TO_INT (data) - 1);

  play_script (self);
  inherit (self);
  close (self->lifeline[0]);
  check_end (self);
  g_async_queue_push (finished, self);
}

static void
report (Scene *self)
{
  for (guint i = 0; i < self->findings->len; i++) {
    const Finding *finding = self->findings->pdata[i];

    tally_violation (finding->kind, finding->what, self->story->str);
  }
  g_test_message ("seed %d: %s: %s", self->seed, self->row->name,
      self->findings->len > 0 ? "NOT WELL" : "well");
  scene_free (self);
}

static void
test_points (void)
{
  g_autoptr (GError) error = NULL;
  GThreadPool *pool =
      g_thread_pool_new (play_scene, NULL, AT_ONCE, FALSE, &error);

  g_assert_no_error (error);
  g_test_message ("%d points, seed %d", tally_get_points (), tally_get_seed ());
  /* NULL cannot be pushed. */
  for (int i = 1; i <= tally_get_points (); i++)
    g_thread_pool_push (pool, GINT_TO_POINTER (i), NULL);
  for (int i = 0; i < tally_get_points (); i++)
    report (g_async_queue_pop (finished));
  g_thread_pool_free (pool, FALSE, TRUE);
  tally_summarize ();
}

int
main (int argc, char **argv)
{
  char *data;
  gsize length;

  tally_parse_options (&argc, &argv);
  fixture_init (&argc, &argv);
  signal (SIGPIPE, SIG_IGN);
  media = fixture_media_path (FIXTURE_MEDIA_MP4);
  g_assert_true (g_file_get_contents (media, &data, &length, NULL));
  clip = g_bytes_new_take (data, length);
  finished = g_async_queue_new ();
  g_test_add_func ("/crash/beside", test_points);
  return g_test_run ();
}
