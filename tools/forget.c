/* nanovid: nanovid-jobs forget: removing a job from the journal
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "forget.h"

#include "ask.h"

static Status
forget_entry (const Options *options, const char *id)
{
  g_autoptr (GError) error = NULL;

  if (ask_forget (options->store, id, &error))
    return STATUS_OK;
  if (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN)) {
    complain ("A process is waiting for this job: end it first, or let it end");
    return STATUS_REFUSED;
  }
  complain ("%s", error->message);
  return STATUS_FAILED;
}

Status
command_forget (const Options *options, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = ask_list (options->store, &error);
  guint found = 0;

  if (!records) {
    complain ("%s", error->message);
    return STATUS_FAILED;
  }
  for (guint i = 0; i < records->len; i++) {
    const NanogptJournalRecord *record = records->pdata[i];
    Status status;

    if (g_strcmp0 (record->run_id, id) != 0 && g_strcmp0 (record->id, id) != 0)
      continue;
    found++;
    status = forget_entry (options, record->id);
    if (status != STATUS_OK)
      return status;
  }
  if (found == 0) {
    complain ("There is no job %s in %s; see nanovid-jobs list", id,
        options_get_place (options));
    return STATUS_UNKNOWN;
  }
  return STATUS_OK;
}
