/* nanovid: what the clips of mode=clips have cost so far
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidtally.h"

#include "gstnanovidentry.h"
#include "gstnanovidmessages.h"

void
gst_nanovid_tally_add (GstNanovidTally *tally, const NanogptJobStatus *status)
{
  if (!nanogpt_money_is_other_currency (status->cost, status->payment_source))
    tally->spent += MAX (status->cost, 0);
}

/* A job is paid for once, however many results are pushed. */
void
gst_nanovid_tally_tell (
    GstNanovidTally *tally, GstElement *element, GPtrArray *entries)
{
  const GstNanovidEntry *entry = entries->pdata[0];
  g_autoptr (NanogptJobStatus) status =
      nanogpt_job_get_status (gst_nanovid_entry_get_job (entry));

  if (entry->n_left == 1)
    gst_nanovid_tally_add (tally, status);
  gst_nanovid_post_clip (element, &entry->place, status->run_id, status->cost,
      status->payment_source, tally->spent,
      gst_nanovid_entries_count_under_way (entries));
}
