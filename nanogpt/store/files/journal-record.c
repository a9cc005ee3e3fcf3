/* nanovid: text format of a journal entry
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "journal-record.h"

#include <string.h>

#include "nanogpt/base/key-file.h"

#define GROUP "nanovid-job"
#define VERSION 1

static const char *const state_names[] = {
  [NANOGPT_JOURNAL_INTENT] = "intent",
  [NANOGPT_JOURNAL_SENDING] = "sending",
  [NANOGPT_JOURNAL_ACCEPTED] = "accepted",
  [NANOGPT_JOURNAL_DELIVERED] = "delivered",
};

/* Microseconds; 0 is left out. */
static void
set_span (GKeyFile *file, const char *key, gint64 span)
{
  if (span > 0)
    g_key_file_set_int64 (file, GROUP, key, span);
}

/* Small enough to be added to any time. */
static gint64
get_span (GKeyFile *file, const char *key)
{
  return CLAMP (
      g_key_file_get_int64 (file, GROUP, key, NULL), 0, G_MAXINT64 / 4);
}

gboolean
nanogpt_journal_record_is_whole (const NanogptJournalRecord *record)
{
  return record->digest && record->origin && record->account && record->created
      && (record->state < NANOGPT_JOURNAL_ACCEPTED || record->run_id);
}

char *
nanogpt_journal_record_format (const NanogptJournalRecord *record)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  g_key_file_set_integer (file, GROUP, "version", VERSION);
  g_key_file_set_string (file, GROUP, "state", state_names[record->state]);
  /* The fields that identify the job come first, so that a truncated file still
   * has them. */
  nanogpt_key_file_set_text (file, GROUP, "origin", record->origin);
  nanogpt_key_file_set_text (file, GROUP, "account", record->account);
  nanogpt_key_file_set_text (file, GROUP, "digest", record->digest);
  if (record->number >= 0)
    g_key_file_set_int64 (file, GROUP, "number", record->number);
  nanogpt_key_file_set_time (file, GROUP, "created", record->created);
  nanogpt_key_file_set_time (file, GROUP, "sent", record->sent);
  nanogpt_key_file_set_text (file, GROUP, "boot", record->boot);
  set_span (file, "uptime", record->uptime);
  set_span (file, "patience", record->patience);
  set_span (file, "lasted", record->lasted);
  nanogpt_key_file_set_time (file, GROUP, "dated", record->dated);
  if (record->abandoned)
    g_key_file_set_boolean (file, GROUP, "abandoned", TRUE);
  nanogpt_key_file_set_text (file, GROUP, "run-id", record->run_id);
  nanogpt_key_file_set_text (file, GROUP, "model", record->model);
  nanogpt_key_file_set_text (file, GROUP, "prompt", record->prompt);
  nanogpt_key_file_set_text (file, GROUP, "conversation", record->conversation);
  nanogpt_key_file_set_cost (file, GROUP, "cost", record->cost);
  nanogpt_key_file_set_text (
      file, GROUP, "payment-source", record->payment_source);
  nanogpt_key_file_set_text (file, GROUP, "reservation", record->reservation);
  return g_key_file_to_data (file, NULL, NULL);
}

static gboolean
parse_state (GKeyFile *file, NanogptJournalState *state)
{
  g_autofree char *name = g_key_file_get_string (file, GROUP, "state", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (state_names); i++)
    if (g_strcmp0 (name, state_names[i]) == 0) {
      *state = i;
      return TRUE;
    }
  return FALSE;
}

static NanogptJournalRecord *
read_fields (GKeyFile *file)
{
  NanogptJournalRecord *record = nanogpt_journal_record_new ();

  record->created = nanogpt_key_file_get_time (file, GROUP, "created");
  record->sent = nanogpt_key_file_get_time (file, GROUP, "sent");
  record->boot = g_key_file_get_string (file, GROUP, "boot", NULL);
  record->uptime = get_span (file, "uptime");
  record->patience = get_span (file, "patience");
  record->lasted = get_span (file, "lasted");
  record->dated = nanogpt_key_file_get_time (file, GROUP, "dated");
  record->abandoned = g_key_file_get_boolean (file, GROUP, "abandoned", NULL);
  record->run_id = g_key_file_get_string (file, GROUP, "run-id", NULL);
  record->model = g_key_file_get_string (file, GROUP, "model", NULL);
  record->prompt = g_key_file_get_string (file, GROUP, "prompt", NULL);
  record->conversation =
      g_key_file_get_string (file, GROUP, "conversation", NULL);
  record->cost = nanogpt_key_file_get_cost (file, GROUP, "cost");
  record->payment_source =
      g_key_file_get_string (file, GROUP, "payment-source", NULL);
  record->reservation =
      g_key_file_get_string (file, GROUP, "reservation", NULL);
  record->origin = g_key_file_get_string (file, GROUP, "origin", NULL);
  record->account = g_key_file_get_string (file, GROUP, "account", NULL);
  record->digest = g_key_file_get_string (file, GROUP, "digest", NULL);
  if (g_key_file_has_key (file, GROUP, "number", NULL))
    record->number = g_key_file_get_int64 (file, GROUP, "number", NULL);
  return record;
}

NanogptJournalRecord *
nanogpt_journal_record_parse (GKeyFile *file)
{
  g_autoptr (NanogptJournalRecord) record = read_fields (file);

  if (g_key_file_get_integer (file, GROUP, "version", NULL) != VERSION
      || !parse_state (file, &record->state)
      || !nanogpt_journal_record_is_whole (record))
    return NULL;
  return g_steal_pointer (&record);
}

static gboolean
is_line (const char *line, gsize length)
{
  gsize key = 0;

  while (key < length && (g_ascii_isalnum (line[key]) || line[key] == '-'))
    key++;
  return key > 0 && key < length && line[key] == '='
      && g_utf8_validate (line, length, NULL);
}

/* A line without an end may be truncated, and is ignored. */
NanogptJournalRecord *
nanogpt_journal_record_salvage (const char *text, gsize length)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GString) lines = g_string_new ("[" GROUP "]\n");
  NanogptJournalRecord *record;
  const char *end;

  for (; (end = memchr (text, '\n', length));
       length -= end + 1 - text, text = end + 1) {
    if (is_line (text, end - text))
      g_string_append_len (lines, text, end + 1 - text);
  }
  g_key_file_load_from_data (file, lines->str, lines->len, 0, NULL);
  record = read_fields (file);
  record->state = NANOGPT_JOURNAL_SENDING;
  parse_state (file, &record->state);
  record->damaged = TRUE;
  return record;
}
