/* nanovid: state machine of a job: steps, events and transitions
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "job-states.h"

#define STEP(name) NANOGPT_STEP_##name
#define ROW(step, event, action, next)                                         \
  {                                                                            \
    STEP (step), NANOGPT_EVENT_##event, NANOGPT_ACTION_##action, STEP (next)   \
  }

static const NanogptStepInfo steps[] = {
  [STEP (RESTING)] = { "resting", NANOGPT_STEP_RESTS, FALSE,
      "nobody waits; nothing is held" },
  [STEP (CHECKING)] = { "checking", NANOGPT_STEP_WORKS, TRUE,
      "whether a clip could be stored is tried, and `tls-ca-file` is read" },
  [STEP (STARTING)] = { "starting", NANOGPT_STEP_DECIDES, TRUE,
      "where to begin is decided" },
  [STEP (SEARCHING)] = { "searching", NANOGPT_STEP_WORKS, TRUE,
      "the cache is searched" },
  [STEP (OPENING)] = { "opening", NANOGPT_STEP_WORKS, TRUE,
      "the journal is asked for an unfinished job of the same" },
  [STEP (DATING)] = { "dating", NANOGPT_STEP_WORKS, TRUE,
      "the service is asked for its clock, as an unfinished job looks too old" },
  [STEP (AWAITING)] = { "awaiting", NANOGPT_STEP_WAITS, TRUE,
      "somebody else's submit of the same, which was given up, is waited for" },
  [STEP (ESTIMATING)] = { "estimating", NANOGPT_STEP_WORKS, TRUE,
      "history and the kept listing are read" },
  [STEP (CHOOSING)] = { "choosing", NANOGPT_STEP_DECIDES, TRUE,
      "what is known of the job decides" },
  [STEP (LISTING)] = { "listing", NANOGPT_STEP_WORKS, TRUE,
      "prices are asked for, if a budget needs them" },
  [STEP (LISTING_LATER)] = { "listing-later", NANOGPT_STEP_WAITS, TRUE,
      "until prices are asked for again" },
  [STEP (BALANCE)] = { "balance", NANOGPT_STEP_WORKS, TRUE,
      "`max-cost` is checked, and the balance for `min-balance`" },
  [STEP (BALANCE_LATER)] = { "balance-later", NANOGPT_STEP_WAITS, TRUE,
      "until the balance is asked for again" },
  [STEP (TURN)] = { "turn", NANOGPT_STEP_WAITS, TRUE,
      "the rate limit of submits" },
  [STEP (RESERVING)] = { "reserving", NANOGPT_STEP_WORKS, TRUE,
      "the cost is reserved, and an entry is made, in one step" },
  [STEP (SENDING)] = { "sending", NANOGPT_STEP_WORKS, TRUE,
      "the journal records that the submit leaves" },
  [STEP (POSTING)] = { "posting", NANOGPT_STEP_WORKS, TRUE,
      "the submit is on its way" },
  [STEP (TAKING_BACK)] = { "taking-back", NANOGPT_STEP_WORKS, FALSE,
      "a submit of which nothing has left is ended" },
  [STEP (WITHDRAWING)] = { "withdrawing", NANOGPT_STEP_WORKS, FALSE,
      "the journal records that there is no job" },
  [STEP (POSTING_LATER)] = { "posting-later", NANOGPT_STEP_WAITS, TRUE,
      "until the submit is sent again" },
  [STEP (ACCEPTING)] = { "accepting", NANOGPT_STEP_WORKS, FALSE,
      "the journal records the id" },
  [STEP (LOSING)] = { "losing", NANOGPT_STEP_WORKS, FALSE,
      "the journal records that the response was lost" },
  [STEP (LOOKING_UP)] = { "looking-up", NANOGPT_STEP_WORKS, TRUE,
      "a lost submit is looked up among the account's recent jobs" },
  [STEP (LOOKING_UP_LATER)] = { "looking-up-later", NANOGPT_STEP_WAITS, TRUE,
      "until it is looked up again" },
  [STEP (FOLLOWING)] = { "following", NANOGPT_STEP_DECIDES, TRUE,
      "the response that brought the id is read" },
  [STEP (POLLING)] = { "polling", NANOGPT_STEP_WORKS, TRUE,
      "the service is asked how far the job is" },
  [STEP (POLLING_LATER)] = { "polling-later", NANOGPT_STEP_WAITS, TRUE,
      "until it is asked again" },
  [STEP (POLLING_LAST)] = { "polling-last", NANOGPT_STEP_WORKS, TRUE,
      "it is asked for the last time, as the deadline has passed" },
  [STEP (DOWNLOADING)] = { "downloading", NANOGPT_STEP_WORKS, TRUE,
      "the clip is fetched" },
  [STEP (COMPLETE)] = { "complete", NANOGPT_STEP_RESTS, FALSE,
      "the clip is there" },
  [STEP (DROPPING)] = { "dropping", NANOGPT_STEP_WORKS, FALSE,
      "the entry is removed, as there is no job, or no longer" },
  [STEP (HELD)] = { "held", NANOGPT_STEP_RESTS, FALSE,
      "the wait has failed; the entry is still held" },
  [STEP (CLOSING)] = { "closing", NANOGPT_STEP_WORKS, FALSE,
      "the entry is left to others" },
  [STEP (ANY)] = { "any", 0, FALSE, NULL },
  [STEP (ANY_WORK)] = { "any at work", 0, FALSE, NULL },
  [STEP (ANY_OTHER)] = { "any other", 0, FALSE, NULL },
  [STEP (SAME)] = { "the same", 0, FALSE, NULL },
};

static const char *const events[] = {
  [NANOGPT_EVENT_START] = "start",
  [NANOGPT_EVENT_STOP] = "stop",
  [NANOGPT_EVENT_CANCELLED] = "cancelled",
  [NANOGPT_EVENT_ENDED] = "ended",
  [NANOGPT_EVENT_DEADLINE] = "deadline",
  [NANOGPT_EVENT_TIMER] = "timer",
  [NANOGPT_EVENT_DONE] = "done",
  [NANOGPT_EVENT_RETRY] = "retry",
  [NANOGPT_EVENT_REFUSED] = "refused",
  [NANOGPT_EVENT_FAILED] = "failed",
  [NANOGPT_EVENT_NEW] = "new",
  [NANOGPT_EVENT_UNKNOWN] = "unknown",
  [NANOGPT_EVENT_ACCEPTED] = "accepted",
  [NANOGPT_EVENT_OVER] = "over",
  [NANOGPT_EVENT_HOLDING] = "holding",
  [NANOGPT_EVENT_FOUND] = "found",
  [NANOGPT_EVENT_AGED] = "aged",
  [NANOGPT_EVENT_CONTESTED] = "contested",
  [NANOGPT_EVENT_UNSENT] = "unsent",
  [NANOGPT_EVENT_LOST] = "lost",
  [NANOGPT_EVENT_ABSENT] = "absent",
  [NANOGPT_EVENT_UNFINISHED] = "unfinished",
  [NANOGPT_EVENT_FINISHED] = "finished",
  [NANOGPT_EVENT_STALE] = "stale",
};

static const char *const actions[] = {
  [NANOGPT_ACTION_CHECK_DISK] = "check the disk",
  [NANOGPT_ACTION_BEGIN] = "decide where to begin",
  [NANOGPT_ACTION_SEARCH_CACHE] = "search the cache",
  [NANOGPT_ACTION_SHOW_CACHED] = "show the clip",
  [NANOGPT_ACTION_OPEN_ENTRY] = "open the entry",
  [NANOGPT_ACTION_ASK_DATE] = "ask for the date",
  [NANOGPT_ACTION_ESTIMATE] = "estimate",
  [NANOGPT_ACTION_CHOOSE] = "decide by what is known",
  [NANOGPT_ACTION_LIST_MODELS] = "ask for prices",
  [NANOGPT_ACTION_CHECK_BALANCE] = "check cost and balance",
  [NANOGPT_ACTION_TAKE_TURN] = "queue up",
  [NANOGPT_ACTION_RESERVE] = "reserve the cost and make the entry",
  [NANOGPT_ACTION_WRITE_SENDING] = "write down the submit",
  [NANOGPT_ACTION_POST] = "submit",
  [NANOGPT_ACTION_CANCEL_POST] = "cancel the submit",
  [NANOGPT_ACTION_WITHDRAW] = "withdraw the submit",
  [NANOGPT_ACTION_ACCEPT] = "write down the id",
  [NANOGPT_ACTION_LOSE] = "write down the loss",
  [NANOGPT_ACTION_LOOK_UP] = "look it up",
  [NANOGPT_ACTION_FOLLOW] = "read the response",
  [NANOGPT_ACTION_WAIT] = "set the timer",
  [NANOGPT_ACTION_POLL] = "poll",
  [NANOGPT_ACTION_AWAIT_LAST] = "wait for the response a moment longer",
  [NANOGPT_ACTION_POLL_LAST] = "poll, unless it was just done",
  [NANOGPT_ACTION_DOWNLOAD] = "download",
  [NANOGPT_ACTION_SHOW_COMPLETE] = "show that it is complete",
  [NANOGPT_ACTION_TIME_OUT] = "end the wait by what is known",
  [NANOGPT_ACTION_DROP] = "drop the entry",
  [NANOGPT_ACTION_FAIL] = "report the error",
  [NANOGPT_ACTION_CLOSE] = "close the entry",
  [NANOGPT_ACTION_SETTLE] = "start again if wanted",
};

G_STATIC_ASSERT (G_N_ELEMENTS (steps) == STEP (SAME) + 1);
G_STATIC_ASSERT (G_N_ELEMENTS (events) == NANOGPT_N_EVENTS);
G_STATIC_ASSERT (G_N_ELEMENTS (actions) == NANOGPT_N_ACTIONS);

/* clang-format off */
static const NanogptTransition table[] = {
  ROW (RESTING,          START,      CHECK_DISK,    CHECKING),
  ROW (HELD,             START,      CHECK_DISK,    CHECKING),
  ROW (CHECKING,         DONE,       BEGIN,         STARTING),
  ROW (CHECKING,         FAILED,     FAIL,          HELD),
  ROW (STARTING,         NEW,        SEARCH_CACHE,  SEARCHING),
  ROW (STARTING,         DONE,       OPEN_ENTRY,    OPENING),
  ROW (STARTING,         HOLDING,    ESTIMATE,      ESTIMATING),
  ROW (SEARCHING,        FOUND,      SHOW_CACHED,   COMPLETE),
  ROW (SEARCHING,        DONE,       OPEN_ENTRY,    OPENING),
  ROW (SEARCHING,        FAILED,     FAIL,          HELD),
  ROW (OPENING,          DONE,       ESTIMATE,      ESTIMATING),
  ROW (OPENING,          AGED,       ASK_DATE,      DATING),
  ROW (OPENING,          CONTESTED,  WAIT,          AWAITING),
  ROW (OPENING,          REFUSED,    DROP,          DROPPING),
  ROW (OPENING,          FAILED,     FAIL,          HELD),
  ROW (DATING,           DONE,       OPEN_ENTRY,    OPENING),
  ROW (AWAITING,         TIMER,      OPEN_ENTRY,    OPENING),
  ROW (ESTIMATING,       DONE,       CHOOSE,        CHOOSING),
  ROW (CHOOSING,         NEW,        LIST_MODELS,   LISTING),
  ROW (CHOOSING,         UNKNOWN,    LOOK_UP,       LOOKING_UP),
  ROW (CHOOSING,         ACCEPTED,   POLL,          POLLING),
  ROW (CHOOSING,         OVER,       FAIL,          HELD),
  ROW (LISTING,          DONE,       CHECK_BALANCE, BALANCE),
  ROW (LISTING,          RETRY,      WAIT,          LISTING_LATER),
  ROW (LISTING_LATER,    TIMER,      LIST_MODELS,   LISTING),
  ROW (BALANCE,          DONE,       TAKE_TURN,     TURN),
  ROW (BALANCE,          RETRY,      WAIT,          BALANCE_LATER),
  ROW (BALANCE,          REFUSED,    DROP,          DROPPING),
  ROW (BALANCE_LATER,    TIMER,      CHECK_BALANCE, BALANCE),
  ROW (TURN,             TIMER,      RESERVE,       RESERVING),
  ROW (TURN,             REFUSED,    DROP,          DROPPING),
  ROW (RESERVING,        DONE,       WRITE_SENDING, SENDING),
  ROW (RESERVING,        REFUSED,    DROP,          DROPPING),
  ROW (SENDING,          DONE,       POST,          POSTING),
  ROW (SENDING,          REFUSED,    DROP,          DROPPING),
  ROW (POSTING,          ACCEPTED,   ACCEPT,        ACCEPTING),
  ROW (POSTING,          LOST,       LOSE,          LOSING),
  ROW (POSTING,          RETRY,      WITHDRAW,      WITHDRAWING),
  ROW (POSTING,          REFUSED,    DROP,          DROPPING),
  ROW (POSTING,          UNSENT,     CANCEL_POST,   TAKING_BACK),
  ROW (TAKING_BACK,      ACCEPTED,   ACCEPT,        ACCEPTING),
  ROW (TAKING_BACK,      LOST,       LOSE,          LOSING),
  ROW (TAKING_BACK,      REFUSED,    DROP,          DROPPING),
  ROW (WITHDRAWING,      DONE,       WAIT,          POSTING_LATER),
  ROW (POSTING_LATER,    TIMER,      TAKE_TURN,     TURN),
  ROW (ACCEPTING,        DONE,       FOLLOW,        FOLLOWING),
  ROW (LOSING,           DONE,       LOOK_UP,       LOOKING_UP),
  ROW (LOOKING_UP,       FOUND,      FOLLOW,        FOLLOWING),
  ROW (LOOKING_UP,       RETRY,      WAIT,          LOOKING_UP_LATER),
  ROW (LOOKING_UP,       ABSENT,     CHOOSE,        CHOOSING),
  ROW (LOOKING_UP,       REFUSED,    DROP,          DROPPING),
  ROW (LOOKING_UP,       FAILED,     FAIL,          HELD),
  ROW (LOOKING_UP_LATER, TIMER,      LOOK_UP,       LOOKING_UP),
  ROW (FOLLOWING,        UNFINISHED, WAIT,          POLLING_LATER),
  ROW (FOLLOWING,        FINISHED,   DOWNLOAD,      DOWNLOADING),
  ROW (FOLLOWING,        REFUSED,    DROP,          DROPPING),
  ROW (FOLLOWING,        FAILED,     FAIL,          HELD),
  ROW (POLLING,          UNFINISHED, WAIT,          POLLING_LATER),
  ROW (POLLING,          FINISHED,   DOWNLOAD,      DOWNLOADING),
  ROW (POLLING,          REFUSED,    DROP,          DROPPING),
  ROW (POLLING,          FAILED,     FAIL,          HELD),
  ROW (POLLING,          DEADLINE,   AWAIT_LAST,    POLLING_LAST),
  ROW (POLLING_LATER,    TIMER,      POLL,          POLLING),
  ROW (POLLING_LATER,    DEADLINE,   POLL_LAST,     POLLING_LAST),
  ROW (POLLING_LAST,     UNFINISHED, TIME_OUT,      HELD),
  ROW (POLLING_LAST,     FINISHED,   DOWNLOAD,      DOWNLOADING),
  ROW (POLLING_LAST,     REFUSED,    DROP,          DROPPING),
  ROW (POLLING_LAST,     FAILED,     FAIL,          HELD),
  ROW (DOWNLOADING,      DONE,       SHOW_COMPLETE, COMPLETE),
  ROW (DOWNLOADING,      STALE,      POLL,          POLLING),
  ROW (DOWNLOADING,      RETRY,      WAIT,          POLLING_LATER),
  ROW (DOWNLOADING,      FAILED,     FAIL,          HELD),
  ROW (DROPPING,         DONE,       FAIL,          HELD),
  ROW (CLOSING,          DONE,       SETTLE,        RESTING),
  ROW (ANY_WORK,         CANCELLED,  CHECK_DISK,    CHECKING),
  ROW (ANY_WORK,         ENDED,      FAIL,          SAME),
  ROW (ANY_OTHER,        ENDED,      FAIL,          HELD),
  ROW (ANY_OTHER,        STOP,       CLOSE,         CLOSING),
  ROW (ANY,              DEADLINE,   TIME_OUT,      SAME),
};
/* clang-format on */

const NanogptStepInfo *
nanogpt_step_get_info (NanogptStep step)
{
  return &steps[step];
}

const char *
nanogpt_event_get_name (NanogptEvent event)
{
  return events[event];
}

const char *
nanogpt_action_get_name (NanogptAction action)
{
  return actions[action];
}

const NanogptTransition *
nanogpt_transitions_get (guint *n_rows)
{
  *n_rows = G_N_ELEMENTS (table);
  return table;
}

static gboolean
stands_for (NanogptStep many, NanogptStep step)
{
  switch (many) {
    case NANOGPT_STEP_ANY:
      return TRUE;
    case NANOGPT_STEP_ANY_WORK:
      return steps[step].kind == NANOGPT_STEP_WORKS;
    case NANOGPT_STEP_ANY_OTHER:
      return steps[step].kind != NANOGPT_STEP_WORKS;
    default:
      return many == step;
  }
}

/* Rows for several steps come last. */
const NanogptTransition *
nanogpt_transition_find (NanogptStep step, NanogptEvent event)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    if (table[i].event == event && stands_for (table[i].step, step))
      return &table[i];
  }
  return NULL;
}
