/* nanovid: runs the search for a lost submit's job, one at a time per account
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "claim.h"

#include "nanogpt/base/log.h"
#include "postgres-record.h"
#include "rows.h"

/* For other searches, and for each response. */
#define PATIENCE (10 * G_TIME_SPAN_SECOND)

/* One transaction, on a connection of its own */
typedef struct
{
  NanogptClaim claim;
  NanogptClaimDone done;
  gpointer data;
  NanogptDatabaseSession *session;
  NanogptStoreCharge *found;
} Run;

/* The job that was found is reported even if it could not be written: it is
 * written again. */
static void
claim_finish (Run *run, const char *failure)
{
  if (failure)
    nanogpt_log_warning (
        "nobody could be asked whose job is whose: %s", failure);
  g_clear_pointer (&run->session, nanogpt_database_session_free);
  run->done (run->found, run->data);
  g_free (run);
}

typedef void (*Next) (Run *run, const NanogptRows *rows);

typedef struct
{
  Run *run;
  Next next;
} Question;

static void
on_claim_rows (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Question *question = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptRows) rows =
      nanogpt_database_ask_finish (NANOGPT_DATABASE (source), result, &error);

  if (rows)
    question->next (question->run, rows);
  else
    claim_finish (question->run, error->message);
}

static void
claim_query (Run *run, const char *sql, GPtrArray *values, Next next)
{
  Question *question = g_new0 (Question, 1);

  question->run = run;
  question->next = next;
  nanogpt_database_session_ask_async (
      run->session, sql, values, PATIENCE, on_claim_rows, question);
}

static void
on_committed (Run *run, const NanogptRows *rows G_GNUC_UNUSED)
{
  nanogpt_database_session_set_clean (run->session);
  claim_finish (run, NULL);
}

static void
on_written (Run *run, const NanogptRows *rows G_GNUC_UNUSED)
{
  claim_query (run, "COMMIT", NULL, on_committed);
}

static void
write_found (Run *run)
{
  const NanogptClaim *claim = &run->claim;
  g_autoptr (GPtrArray) values = nanogpt_values_new ();

  nanogpt_values_add (values, claim->own->id);
  nanogpt_values_add (values, claim->owner);
  nanogpt_values_add (values, run->found->run_id);
  claim_query (run,
      "UPDATE nanovid.entry SET state = 'accepted', run_id = $3"
      " WHERE id = $1 AND owner = $2 AND state = 'sending'",
      values, on_written);
}

static void
on_records (Run *run, const NanogptRows *rows)
{
  const NanogptClaim *claim = &run->claim;
  g_autoptr (GPtrArray) entries = nanogpt_entry_rows_read (rows);
  g_autoptr (GPtrArray) records = g_ptr_array_new ();
  gboolean is_ours = FALSE;

  for (guint i = 0; i < entries->len; i++) {
    NanogptEntryRow *row = entries->pdata[i];

    g_ptr_array_add (records, row->record);
    is_ours = is_ours
        || (g_strcmp0 (row->owner, claim->owner) == 0
            && g_str_equal (row->record->id, claim->own->id)
            && row->record->state == NANOGPT_JOURNAL_SENDING);
  }
  if (is_ours)
    run->found = claim->search (records, claim->own, claim->data);
  if (run->found)
    write_found (run);
  else
    claim_query (run, "COMMIT", NULL, on_committed);
}

static void
on_locked (Run *run, const NanogptRows *rows G_GNUC_UNUSED)
{
  const NanogptClaim *claim = &run->claim;
  g_autoptr (GPtrArray) values = nanogpt_values_new ();

  nanogpt_values_add (values, claim->own->origin);
  nanogpt_values_add (values, claim->own->account);
  claim_query (run,
      "SELECT " NANOGPT_ENTRY_COLUMNS " FROM nanovid.entry"
      " WHERE origin = $1 AND account = $2"
      " AND (state = 'sending' OR run_id IS NOT NULL)",
      values, on_records);
}

static void
on_begun (Run *run, const NanogptRows *rows G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) values = nanogpt_values_new ();

  nanogpt_values_add (values, run->claim.own->origin);
  nanogpt_values_add (values, run->claim.own->account);
  claim_query (run,
      "SELECT pg_advisory_xact_lock (hashtextextended ('nanovid ' || $1 || ' '"
      " || $2, 0))",
      values, on_locked);
}

static void
on_acquired (GObject *source, GAsyncResult *result, gpointer data)
{
  Run *run = data;
  g_autoptr (GError) error = NULL;

  run->session = nanogpt_database_acquire_finish (
      NANOGPT_DATABASE (source), result, &error);
  if (run->session)
    claim_query (run, "BEGIN", NULL, on_begun);
  else
    claim_finish (run, error->message);
}

void
nanogpt_claim_run (NanogptDatabase *database, const NanogptClaim *claim,
    NanogptClaimDone done, gpointer data)
{
  Run *run = g_new0 (Run, 1);

  run->claim = *claim;
  run->done = done;
  run->data = data;
  nanogpt_database_acquire_async (database, PATIENCE, on_acquired, run);
}
