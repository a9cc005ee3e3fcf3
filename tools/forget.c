/* nanovid: nanovid-jobs forget: removing a job from the journal
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "forget.h"

#include <glib/gi18n-lib.h>

#include "ask.h"
#include "json-answer.h"

static Status
forget_entry (const Options *options, const char *id)
{
  g_autoptr (GError) error = NULL;

  if (ask_forget (options->store, id, &error))
    return STATUS_OK;
  if (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN)) {
    complain (
        _ ("A process is waiting for this job: end it first, or let it end"));
    return STATUS_REFUSED;
  }
  complain ("%s", error->message);
  return STATUS_FAILED;
}

static Status
print_json (GStrvBuilder *entries)
{
  g_auto (GStrv) names = g_strv_builder_end (entries);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GError) error = NULL;

  g_variant_dict_insert (&dict, "forgotten", "^as", names);
  if (json_answer_print (g_variant_dict_end (&dict), &error))
    return STATUS_OK;
  complain ("%s", error->message);
  return STATUS_FAILED;
}

Status
command_forget (const Options *options, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = ask_list (options->store, &error);
  g_autoptr (GStrvBuilder) forgotten = g_strv_builder_new ();
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
    g_strv_builder_add (forgotten, record->id);
  }
  if (found == 0) {
    complain (_ ("There is no job %s in %s; see nanovid-jobs list"), id,
        options_get_place (options));
    return STATUS_UNKNOWN;
  }
  return options->json ? print_json (forgotten) : STATUS_OK;
}
