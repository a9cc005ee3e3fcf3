/* nanovid: converts database rows to journal records
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "postgres-record.h"

#include "nanogpt/base/boot.h"
#include "process.h"

static const char *const states[] = {
  [NANOGPT_JOURNAL_INTENT] = "intent",
  [NANOGPT_JOURNAL_SENDING] = "sending",
  [NANOGPT_JOURNAL_ACCEPTED] = "accepted",
  [NANOGPT_JOURNAL_DELIVERED] = "delivered",
};

const char *
nanogpt_entry_state_get_name (NanogptJournalState state)
{
  return states[state];
}

static NanogptJournalState
parse_state (const char *name)
{
  NanogptJournalState state = NANOGPT_JOURNAL_INTENT;

  while (
      state < NANOGPT_JOURNAL_DELIVERED && !g_str_equal (states[state], name))
    state++;
  return state;
}

static char *
dup_cell (const NanogptRows *rows, guint row, guint column)
{
  return g_strdup (nanogpt_rows_get (rows, row, column));
}

/* The database returns ages, which do not depend on this machine's clock.
 * Other times are compared with this machine's time since boot. */
static void
read_times (NanogptJournalRecord *record, const NanogptRows *rows, guint row)
{
  gint64 now = g_get_real_time ();
  gint64 age = nanogpt_rows_get_int (rows, row, 14, -1);

  record->created = now - nanogpt_rows_get_int (rows, row, 12, 0);
  record->dated = nanogpt_rows_get_int (rows, row, 13, 0);
  record->patience = nanogpt_rows_get_int (rows, row, 15, 0);
  record->lasted = nanogpt_rows_get_int (rows, row, 16, 0);
  if (age < 0)
    return;
  record->sent = now - age;
  record->boot = g_strdup (nanogpt_boot_get_id ());
  record->uptime = nanogpt_boot_get_time () - age;
}

/* A process that has released an entry sends nothing for it any more. */
static gboolean
sender_may_live (const NanogptEntryRow *self, const char *sender)
{
  if (!sender)
    return FALSE;
  switch (nanogpt_process_find (sender)) {
    case NANOGPT_PROCESS_UNKNOWN:
      return TRUE;
    case NANOGPT_PROCESS_ALIVE:
      return self->owner || !g_str_equal (self->process, sender);
    default:
      return FALSE;
  }
}

NanogptEntryRow *
nanogpt_entry_row_read (const NanogptRows *rows, guint row)
{
  NanogptEntryRow *self = g_new0 (NanogptEntryRow, 1);
  NanogptJournalRecord *record = nanogpt_journal_record_new ();

  record->id = dup_cell (rows, row, 0);
  record->origin = dup_cell (rows, row, 1);
  record->account = dup_cell (rows, row, 2);
  record->digest = dup_cell (rows, row, 3);
  record->number = nanogpt_rows_get_int (rows, row, 24, -1);
  record->model = dup_cell (rows, row, 4);
  record->prompt = dup_cell (rows, row, 5);
  record->conversation = dup_cell (rows, row, 6);
  record->state = parse_state (nanogpt_rows_get (rows, row, 7));
  record->run_id = dup_cell (rows, row, 8);
  record->payment_source = dup_cell (rows, row, 9);
  record->cost = nanogpt_rows_get_int (rows, row, 10, NANOGPT_MONEY_UNKNOWN);
  record->reservation = dup_cell (rows, row, 11);
  read_times (record, rows, row);
  record->abandoned = nanogpt_rows_get_bool (rows, row, 17);
  self->record = record;
  self->process = dup_cell (rows, row, 18);
  self->owner = dup_cell (rows, row, 19);
  self->epoch = nanogpt_rows_get_int (rows, row, 20, 0);
  self->left = MAX (nanogpt_rows_get_int (rows, row, 21, 0), 0);
  self->lease = dup_cell (rows, row, 22);

  record->live = self->left > 0
      && nanogpt_process_find (self->process) != NANOGPT_PROCESS_GONE;
  record->sender_may_live =
      sender_may_live (self, nanogpt_rows_get (rows, row, 23));
  return self;
}

void
nanogpt_entry_row_free (NanogptEntryRow *self)
{
  g_clear_pointer (&self->record, nanogpt_journal_record_free);
  g_free (self->process);
  g_free (self->owner);
  g_free (self->lease);
  g_free (self);
}

static void
row_free (gpointer data)
{
  nanogpt_entry_row_free (data);
}

GPtrArray *
nanogpt_entry_rows_read (const NanogptRows *rows)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (row_free);

  for (guint i = 0; i < rows->n_rows; i++)
    g_ptr_array_add (all, nanogpt_entry_row_read (rows, i));
  return all;
}
