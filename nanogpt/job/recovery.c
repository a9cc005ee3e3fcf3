/* nanovid: matches lost submits with the account's recent jobs
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "recovery.h"

#include <string.h>

#include "nanogpt/base/boot.h"

/* The service's own clock is only known to the second, and its machines may
 * differ a little; this machine's may differ a lot. */
#define SERVICE_CLOCK_SLACK (2 * G_TIME_SPAN_SECOND)
#define OWN_CLOCK_SLACK (30 * G_TIME_SPAN_SECOND)

/* The service may be slower than the wait for its response.  A job in the same
 * conversation is then still the submit's, unless others share it for long. */
#define CONVERSATION_SLACK (10 * G_TIME_SPAN_MINUTE)

/* The longest age of a submit that is looked up, if no clock gives it. */
#define LONGEST_AGE (7 * G_TIME_SPAN_DAY)

/* Jobs claimed in this process */

static GMutex claimed_lock;
static GHashTable *claimed;

gboolean
nanogpt_recovery_claim (const char *run_id)
{
  gboolean is_new;

  g_mutex_lock (&claimed_lock);
  if (!claimed)
    claimed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  is_new = g_hash_table_add (claimed, g_strdup (run_id));
  g_mutex_unlock (&claimed_lock);
  return is_new;
}

static gboolean
is_claimed (const char *run_id)
{
  gboolean found;

  g_mutex_lock (&claimed_lock);
  found = claimed && g_hash_table_contains (claimed, run_id);
  g_mutex_unlock (&claimed_lock);
  return found;
}

/* Times */

void
nanogpt_recovery_clock_init (
    NanogptRecoveryClock *clock, GDateTime *date, gint64 asked)
{
  clock->now = g_get_real_time ();
  clock->is_service = date != NULL;
  clock->date =
      date ? g_date_time_to_unix (date) * G_TIME_SPAN_SECOND : clock->now;
  clock->boot = nanogpt_boot_get_id ();
  clock->asked = asked;
  clock->responded = nanogpt_boot_get_time ();
}

/* How long ago the submit may have been sent.  If this is too short, a job that
 * was paid for is not found and paid for again; if it is too long, someone
 * else's job is taken for it.  If the machine was restarted since, its clock
 * may have been wrong then, or may be wrong now, so the service's clock is
 * considered, too. */
static void
get_ages (const NanogptJournalRecord *record, const NanogptRecoveryClock *clock,
    gint64 *shortest, gint64 *longest)
{
  gint64 ages[] = { clock->now - record->sent, clock->date - record->sent };

  if (record->boot && g_strcmp0 (record->boot, clock->boot) == 0
      && record->uptime <= clock->asked) {
    *shortest = clock->asked - record->uptime;
    *longest = clock->responded - record->uptime;
    return;
  }
  if (MAX (ages[0], ages[1]) < 0) {
    *shortest = 0;
    *longest = LONGEST_AGE;
    return;
  }
  *longest = MAX (ages[0], ages[1]);
  *shortest = MIN (ages[0], ages[1]);
  if (*shortest < 0)
    *shortest = *longest;
}

void
nanogpt_recovery_describe (const NanogptJournalRecord *record,
    const NanogptRecoveryClock *clock, NanogptLostSubmit *submit)
{
  gint64 slack = clock->is_service ? SERVICE_CLOCK_SLACK : OWN_CLOCK_SLACK;
  gint64 lasted = record->lasted > 0
      ? record->lasted
      : nanogpt_journal_record_get_patience (record);
  gint64 shortest, longest;

  get_ages (record, clock, &shortest, &longest);
  submit->digest = record->digest;
  submit->model = record->model;
  submit->conversation = record->conversation;
  submit->under_way = record->live && record->lasted == 0;
  submit->from = clock->date - longest - slack;
  submit->until =
      submit->under_way ? G_MAXINT64 : clock->date - shortest + lasted + slack;
}

/* Matching */

static gboolean
is_same_conversation (const NanogptRun *run, const NanogptLostSubmit *submit)
{
  return run->conversation && submit->conversation
      && g_ascii_strcasecmp (run->conversation, submit->conversation) == 0;
}

static gint64
get_time (const NanogptRun *run)
{
  return g_date_time_to_unix (run->created_at) * G_TIME_SPAN_SECOND
      + g_date_time_get_microsecond (run->created_at);
}

static gboolean
can_be (const NanogptRun *run, const NanogptLostSubmit *submit)
{
  gint64 time;

  if (run->model && g_strcmp0 (run->model, submit->model) != 0)
    return FALSE;
  if (run->conversation && submit->conversation
      && !is_same_conversation (run, submit))
    return FALSE;
  if (!run->created_at)
    return TRUE;
  time = get_time (run);
  if (time < submit->from)
    return FALSE;
  if (is_same_conversation (run, submit))
    time -= CONVERSATION_SLACK;
  return time <= submit->until;
}

/* Whether @run, which may belong to the first of @submits, may as well belong
 * to something that is not interchangeable with it: to another request; to a
 * submit whose response would name it; or, without a time, to anyone.  A
 * matching conversation settles this. */
static gboolean
is_contested (const NanogptRun *run, const NanogptLostSubmit *submits, guint n)
{
  gboolean is_exact = is_same_conversation (run, &submits[0]);

  if (!run->created_at && !is_exact)
    return TRUE;
  for (guint i = 1; i < n; i++)
    if ((submits[i].under_way
            || !g_str_equal (submits[i].digest, submits[0].digest))
        && (!is_exact || is_same_conversation (run, &submits[i]))
        && can_be (run, &submits[i]))
      return TRUE;
  return FALSE;
}

static int
compare_runs (gconstpointer a, gconstpointer b)
{
  const NanogptRun *const *first = a;
  const NanogptRun *const *second = b;

  if (!(*first)->created_at || !(*second)->created_at)
    return !(*first)->created_at - !(*second)->created_at;
  return g_date_time_compare ((*first)->created_at, (*second)->created_at);
}

/* Returns: (nullable): the one of the equal @submits that a job is assigned to:
 * the one whose time ends first, and the first one if several are equally
 * good */
static const NanogptLostSubmit *
assign (const NanogptRun *run, const NanogptLostSubmit *submits, guint n,
    gboolean *served)
{
  guint best = n;

  for (guint i = 0; i < n; i++)
    if (!served[i] && !submits[i].under_way
        && g_str_equal (submits[i].digest, submits[0].digest)
        && can_be (run, &submits[i])
        && (best == n || submits[i].until < submits[best].until))
      best = i;
  if (best == n)
    return NULL;
  served[best] = TRUE;
  return &submits[best];
}

/* Distributes the jobs among the submits of the same request so that as many as
 * possible get one.  The first submit gets one if there is any, even if it was
 * assigned to another one.
 *
 * Returns: (nullable): its job; %NULL if there are more jobs than submits */
static const NanogptRun *
share_out (GPtrArray *runs, const NanogptLostSubmit *submits, guint n)
{
  g_autofree gboolean *served = g_new0 (gboolean, n);
  const NanogptRun *any = NULL;
  const NanogptRun *own = NULL;

  for (guint i = 0; i < runs->len; i++) {
    const NanogptRun *run = g_ptr_array_index (runs, i);
    const NanogptLostSubmit *owner = assign (run, submits, n, served);

    if (!owner)
      return NULL;
    if (owner == submits)
      own = run;
    any = run;
  }
  return own ? own : any;
}

gboolean
nanogpt_recovery_reaches_back (GPtrArray *runs, const NanogptLostSubmit *submit)
{
  for (guint i = 0; i < runs->len; i++) {
    const NanogptRun *run = g_ptr_array_index (runs, i);

    if (run->created_at && get_time (run) < submit->from)
      return TRUE;
  }
  return runs->len < NANOGPT_RECOVERY_LIMIT;
}

NanogptRecoveryOutcome
nanogpt_recovery_match (GPtrArray *runs, const NanogptLostSubmit *submits,
    guint n_submits, const NanogptRun **run)
{
  g_autoptr (GPtrArray) candidates = g_ptr_array_new ();
  gboolean unclear = FALSE;

  *run = NULL;
  for (guint i = 0; i < runs->len; i++) {
    NanogptRun *candidate = g_ptr_array_index (runs, i);

    if (!can_be (candidate, &submits[0]))
      continue;
    if (is_contested (candidate, submits, n_submits))
      unclear = TRUE;
    else
      g_ptr_array_add (candidates, candidate);
  }
  if (candidates->len > 0) {
    g_ptr_array_sort (candidates, compare_runs);
    *run = share_out (candidates, submits, n_submits);
    unclear = TRUE;
  }
  if (*run)
    return NANOGPT_RECOVERY_FOUND;
  return unclear ? NANOGPT_RECOVERY_UNCLEAR : NANOGPT_RECOVERY_NONE;
}

/* The journal */

static gboolean
is_of_same_account (
    const NanogptJournalRecord *own, const NanogptJournalRecord *record)
{
  return g_strcmp0 (record->id, own->id) != 0
      && g_str_equal (record->origin, own->origin)
      && g_str_equal (record->account, own->account);
}

/* Returns: (transfer full): the submits to the same account whose outcome the
 * journal does not know */
static GArray *
describe_others (GPtrArray *records, const NanogptJournalRecord *own,
    const NanogptRecoveryClock *clock)
{
  GArray *submits = g_array_new (FALSE, FALSE, sizeof (NanogptLostSubmit));

  for (guint i = 0; i < records->len; i++) {
    const NanogptJournalRecord *record = g_ptr_array_index (records, i);
    NanogptLostSubmit submit;

    if (record->state != NANOGPT_JOURNAL_SENDING
        || !is_of_same_account (own, record))
      continue;
    nanogpt_recovery_describe (record, clock, &submit);
    g_array_append_val (submits, submit);
  }
  return submits;
}

/* Returns: (transfer container): those of @runs that are not claimed */
static GPtrArray *
find_unclaimed (GPtrArray *runs, GPtrArray *records)
{
  GPtrArray *unclaimed = g_ptr_array_new ();

  for (guint i = 0; i < records->len; i++) {
    const NanogptJournalRecord *record = g_ptr_array_index (records, i);

    if (record->run_id)
      nanogpt_recovery_claim (record->run_id);
  }
  for (guint i = 0; i < runs->len; i++) {
    NanogptRun *run = g_ptr_array_index (runs, i);

    if (!is_claimed (run->run_id))
      g_ptr_array_add (unclaimed, run);
  }
  return unclaimed;
}

static NanogptResponse *
response_from_run (const NanogptRun *run)
{
  NanogptResponse *response = g_new0 (NanogptResponse, 1);

  response->run_id = g_strdup (run->run_id);
  response->model = g_strdup (run->model);
  response->cost = NANOGPT_MONEY_UNKNOWN;
  response->remaining_balance = NANOGPT_MONEY_UNKNOWN;
  response->progress = -1;
  response->eta = -1;
  if (run->created_at)
    response->date = get_time (run);
  return response;
}

NanogptRecoveryOutcome
nanogpt_recovery_search (GPtrArray *records, const NanogptJournalRecord *own,
    GPtrArray *runs, GDateTime *date, gint64 asked, NanogptResponse **response)
{
  g_autoptr (GPtrArray) unclaimed = find_unclaimed (runs, records);
  g_autoptr (GArray) submits = NULL;
  NanogptRecoveryOutcome outcome;
  NanogptRecoveryClock clock;
  NanogptLostSubmit submit;
  const NanogptRun *run;

  *response = NULL;
  nanogpt_recovery_clock_init (&clock, date, asked);
  nanogpt_recovery_describe (own, &clock, &submit);
  submits = describe_others (records, own, &clock);
  g_array_prepend_val (submits, submit);
  outcome = nanogpt_recovery_match (
      unclaimed, (const NanogptLostSubmit *)submits->data, submits->len, &run);

  if (outcome == NANOGPT_RECOVERY_NONE
      && !nanogpt_recovery_reaches_back (runs, &submit))
    return NANOGPT_RECOVERY_UNCLEAR;
  if (outcome == NANOGPT_RECOVERY_FOUND) {
    /* Another job in this process may have claimed it meanwhile. */
    if (!nanogpt_recovery_claim (run->run_id))
      return NANOGPT_RECOVERY_UNCLEAR;
    *response = response_from_run (run);
  }
  return outcome;
}
