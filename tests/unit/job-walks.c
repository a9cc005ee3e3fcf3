/* nanovid: jobs for tests: which case walks which rows of the table of states
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "job-walks.h"

static const Scenario scenarios[] = {
  { .name = "plain",
      .rows = "resting, start -> checking; checking, done -> starting; "
              "starting, done -> opening; "
              "opening, done -> estimating; estimating, done -> choosing; "
              "choosing, new -> listing; listing, done -> balance; "
              "balance, done -> turn; turn, timer -> reserving; "
              "reserving, done -> sending; "
              "sending, done -> posting; posting, accepted -> accepting; "
              "accepting, done -> following; "
              "following, unfinished -> polling-later; "
              "polling-later, timer -> polling; "
              "polling, finished -> downloading; "
              "downloading, done -> complete",
      .at_end = "closing, done -> resting" },
  { .name = "nowhere",
      .spool_dir = "/nowhere",
      .rows = "checking, failed -> held" },
  { .name = "prices",
      .max_cost = 100000000,
      .faults = "models#1:status=503",
      .rows = "listing, retry -> listing-later; "
              "listing-later, timer -> listing; "
              "downloading, done -> complete" },
  { .name = "balance",
      .has_min_balance = TRUE,
      .faults = "balance#1:status=503",
      .rows = "balance, retry -> balance-later; "
              "balance-later, timer -> balance; "
              "downloading, done -> complete" },
  { .name = "poor",
      .has_min_balance = TRUE,
      .min_balance = NANOGPT_MONEY_MAX,
      .rows = "balance, refused -> dropping; dropping, done -> held",
      .again = "held, start -> checking; checking, done -> starting; "
               "starting, holding -> estimating; "
               "choosing, over -> held" },
  { .name = "budget",
      .daily_budget = 1000,
      .rows = "reserving, refused -> dropping; dropping, done -> held" },
  { .name = "refused",
      .faults = "submit:status=402",
      .rows = "posting, refused -> dropping; dropping, done -> held" },
  { .name = "again",
      .faults = "submit#1:status=429,retry-after=0",
      .rows = "posting, retry -> withdrawing; "
              "withdrawing, done -> posting-later; "
              "posting-later, timer -> turn; downloading, done -> complete" },
  { .name = "lost",
      .faults = "submit#1:reply-drop",
      .rows = "posting, lost -> losing; losing, done -> looking-up; "
              "looking-up, found -> following; downloading, done -> complete" },
  { .name = "hidden",
      .faults = "submit#1:reply-drop recover#1:status=503",
      .rows = "looking-up, retry -> looking-up-later; "
              "looking-up-later, timer -> looking-up; "
              "looking-up, found -> following" },
  { .name = "left",
      .faults = "submit#1:reply-drop recover:status=503",
      .rows = "looking-up, retry -> looking-up-later",
      .stop = TRUE,
      .again = "choosing, unknown -> looking-up" },
  { .name = "failed",
      .generation_time = 0.1,
      .faults = "submit:states=IN_PROGRESS/FAILED,error=broken",
      .rows = "polling, refused -> dropping; dropping, done -> held" },
  { .name = "attached",
      .run_id = "vid_of_nobody",
      .timeout = 3,
      .faults = "any:status=429,retry-after=3600",
      .rows = "choosing, accepted -> polling; polling, failed -> held" },
  { .name = "late",
      .generation_time = 60,
      .timeout = 3,
      .rows = "polling-last, unfinished -> held; held, ended -> held",
      .again = "held, start -> checking; choosing, accepted -> polling" },
  { .name = "between",
      .generation_time = 60,
      .timeout = 2,
      .poll_interval = 60000,
      .rows = "polling-later, deadline -> polling-last" },
  { .name = "another",
      .faults = "media#1:truncate=20000 media#2:status=200,body=another",
      .rows = "downloading, stale -> polling; "
              "downloading, done -> complete" },
  { .name = "slow",
      .timeout = 3,
      .faults = "status:delay=3500",
      .rows = "polling, deadline -> polling-last; "
              "polling-last, finished -> downloading" },
  { .name = "overdue",
      .timeout = 2,
      .faults = "submit:delay=3500",
      .rows = "posting, deadline -> posting; posting, ended -> posting" },
  { .name = "refreshed",
      .faults = "media#1:expire",
      .rows = "downloading, retry -> polling-later; "
              "downloading, done -> complete" },
  { .name = "unfetchable",
      .no_retries = TRUE,
      .faults = "media:status=503",
      .rows = "downloading, failed -> held" },
  { .name = "unlucky",
      .timeout = 3,
      .faults = "submit:states=FAILED,error=broken "
                "status:delay=3500",
      .rows = "polling-last, refused -> dropping" },
  { .name = "limited",
      .timeout = 3,
      .faults = "status:delay=3500,status=429,retry-after=3600",
      .rows = "polling-last, failed -> held" },
  { .name = "unreadable",
      .no_retries = TRUE,
      .faults = "submit#1:reply-drop recover:status=200,body=x",
      .rows = "looking-up, failed -> held" },
  { .name = "long",
      .generation_time = 60,
      .rows = "polling, unfinished -> polling-later" },
  { .name = "stopped",
      .faults = "status:stall",
      .rows = "polling-later, timer -> polling",
      .at_end = "polling, cancelled -> closing" },
};

static const Walk walks[] = {
  { "cache",
      { "starting, new -> searching; searching, done -> opening",
          "searching, found -> complete; complete, stop -> closing",
          "searching, failed -> held; held, stop -> closing" } },
  { "first-answer",
      { "following, finished -> downloading", "following, refused -> dropping",
          "following, failed -> held" } },
  { "unsent",
      { "posting, deadline -> posting; posting, unsent -> taking-back; "
        "taking-back, refused -> dropping; dropping, done -> held" } },
  { "no-journal", { "opening, refused -> dropping; dropping, done -> held" } },
  { "lost-before-submit",
      { "reserving, done -> sending; sending, refused -> dropping; "
        "dropping, done -> held" } },
  { "aged",
      { "opening, aged -> dating; dating, done -> opening; "
        "choosing, new -> listing; downloading, done -> complete" } },
  { "contested",
      { "opening, contested -> awaiting; awaiting, timer -> opening; "
        "opening, failed -> held",
          "opening, contested -> awaiting",
          "choosing, new -> listing; downloading, done -> complete" } },
  { "damaged-entry", { "opening, refused -> dropping" } },
  { "absent",
      { "looking-up, retry -> looking-up-later; "
        "looking-up, absent -> choosing; choosing, new -> listing; "
        "downloading, done -> complete" } },
  { "strange-refusal",
      { "posting, lost -> losing; looking-up, refused -> dropping" } },
  { "no-turn",
      { "posting, refused -> dropping", "turn, refused -> dropping" } },
  { "sent-late", { "taking-back, accepted -> accepting" } },
  { "lost-late", { "taking-back, lost -> losing" } },
};

const Scenario *
job_walks_get_scenarios (guint *n)
{
  *n = G_N_ELEMENTS (scenarios);
  return scenarios;
}

const Walk *
job_walks_get (guint *n)
{
  *n = G_N_ELEMENTS (walks);
  return walks;
}

/* @rows: (nullable) */
static void
add_rows (GPtrArray *all, const char *rows)
{
  g_auto (GStrv) list = g_strsplit (rows ? rows : "", "; ", 0);

  for (guint i = 0; list[i]; i++)
    g_ptr_array_add (all, g_strdup (list[i]));
}

GPtrArray *
job_walks_list_rows (void)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < G_N_ELEMENTS (scenarios); i++) {
    add_rows (all, scenarios[i].rows);
    add_rows (all, scenarios[i].again);
    add_rows (all, scenarios[i].at_end);
  }
  for (guint i = 0; i < G_N_ELEMENTS (walks); i++) {
    for (guint j = 0; walks[i].rows[j]; j++)
      add_rows (all, walks[i].rows[j]);
  }
  return all;
}
