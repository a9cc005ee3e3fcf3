/* nanovid: nanovid-jobs watch: listing unfinished jobs until there are none
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "watch.h"

#include <glib/gi18n-lib.h>

#include "ask.h"
#include "list.h"

#include <unistd.h>

#define INTERVAL (G_TIME_SPAN_SECOND)

/* Returns: the number of unfinished jobs that the options select, or -1 on
 *   error */
static int
count_unfinished (const Options *options, GError **error)
{
  g_autoptr (GPtrArray) records = ask_list (options->store, error);
  int count = 0;

  for (guint i = 0; records && i < records->len; i++) {
    const NanogptJournalRecord *record = records->pdata[i];

    count += !record->damaged && record->state != NANOGPT_JOURNAL_DELIVERED
        && list_takes (options, record);
  }
  return records ? count : -1;
}

/* Whether the list is redrawn in place. */
static gboolean
is_redrawn (const Options *options)
{
  return !options->json && is_capable_terminal (STDOUT_FILENO);
}

/* With JSON, there is one answer, at the end. */
static Status
show (const Options *options, int count)
{
  if (options->json)
    g_printerr ("%d unfinished\n", count);
  if (options->json && count > 0)
    return STATUS_OK;
  if (is_redrawn (options))
    g_print ("\033[H\033[J%s: %d\n\n", _ ("Unfinished jobs"), count);
  return command_list (options);
}

Status
command_watch (const Options *options)
{
  g_autoptr (GError) error = NULL;
  int former = -1;
  int count;

  while ((count = count_unfinished (options, &error)) > 0) {
    /* On a terminal, redraw to update the ages. */
    if (count != former || is_redrawn (options)) {
      Status status = show (options, count);

      if (status != STATUS_OK)
        return status;
    }
    former = count;
    g_usleep (INTERVAL);
  }
  if (count == 0)
    return show (options, 0);
  complain ("%s", error->message);
  return STATUS_FAILED;
}
