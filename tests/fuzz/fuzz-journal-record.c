/* nanovid: records of the journal, fuzzed
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <math.h>
#include <string.h>

#include "nanogpt/store/files/journal-record.h"

static NanogptJournalRecord *
parse (const char *text, gsize size)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (!g_key_file_load_from_data (file, text, size, G_KEY_FILE_NONE, NULL))
    return NULL;
  return nanogpt_journal_record_parse (file);
}

/* A record keeps its contents when it is written again. */
static void
check (const NanogptJournalRecord *record)
{
  g_autofree char *text = nanogpt_journal_record_format (record);
  g_autoptr (NanogptJournalRecord) again = parse (text, strlen (text));

  g_assert_nonnull (again);
  g_assert_cmpint (again->state, ==, record->state);
  g_assert_cmpint (again->created, ==, record->created);
  g_assert_cmpint (again->sent, ==, record->sent);
  g_assert_cmpint (again->cost, ==, record->cost);
  g_assert_cmpstr (again->digest, ==, record->digest);
  g_assert_cmpstr (again->origin, ==, record->origin);
  g_assert_cmpstr (again->account, ==, record->account);
  g_assert_cmpstr (again->model, ==, record->model);
  g_assert_cmpstr (again->prompt, ==, record->prompt);
  g_assert_cmpstr (again->conversation, ==, record->conversation);
  g_assert_cmpstr (again->run_id, ==, record->run_id);
  g_assert_cmpstr (again->payment_source, ==, record->payment_source);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (NanogptJournalRecord) record = parse ((const char *)data, size);
  g_autoptr (NanogptJournalRecord) copy = NULL;

  if (!record)
    return 0;
  g_assert_true (nanogpt_journal_record_is_whole (record));
  g_assert_cmpint (record->cost, <=, NANOGPT_MONEY_MAX);
  copy = nanogpt_journal_record_copy (record);
  check (copy);
  return 0;
}
