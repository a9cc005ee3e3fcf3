/* nanovid: state machine of a job: steps, events and transitions
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * NanogptStep:
 *
 * What a job is doing; nanogpt_step_get_info() says what each one means.
 */
typedef enum
{
  NANOGPT_STEP_RESTING,
  NANOGPT_STEP_CHECKING,
  NANOGPT_STEP_STARTING,
  NANOGPT_STEP_SEARCHING,
  NANOGPT_STEP_OPENING,
  NANOGPT_STEP_DATING,
  NANOGPT_STEP_AWAITING,
  NANOGPT_STEP_ESTIMATING,
  NANOGPT_STEP_CHOOSING,
  NANOGPT_STEP_LISTING,
  NANOGPT_STEP_LISTING_LATER,
  NANOGPT_STEP_BALANCE,
  NANOGPT_STEP_BALANCE_LATER,
  NANOGPT_STEP_TURN,
  NANOGPT_STEP_RESERVING,
  NANOGPT_STEP_SENDING,
  NANOGPT_STEP_POSTING,
  NANOGPT_STEP_TAKING_BACK,
  NANOGPT_STEP_WITHDRAWING,
  NANOGPT_STEP_POSTING_LATER,
  NANOGPT_STEP_ACCEPTING,
  NANOGPT_STEP_LOSING,
  NANOGPT_STEP_LOOKING_UP,
  NANOGPT_STEP_LOOKING_UP_LATER,
  NANOGPT_STEP_FOLLOWING,
  NANOGPT_STEP_POLLING,
  NANOGPT_STEP_POLLING_LATER,
  NANOGPT_STEP_POLLING_LAST,
  NANOGPT_STEP_DOWNLOADING,
  NANOGPT_STEP_COMPLETE,
  NANOGPT_STEP_DROPPING,
  NANOGPT_STEP_HELD,
  NANOGPT_STEP_CLOSING,
  NANOGPT_N_STEPS,

  /* Only in the table */
  NANOGPT_STEP_ANY = NANOGPT_N_STEPS,
  NANOGPT_STEP_ANY_WORK,
  NANOGPT_STEP_ANY_OTHER,
  NANOGPT_STEP_SAME,
} NanogptStep;

/**
 * NanogptStepKind:
 * @NANOGPT_STEP_RESTS: nothing happens until an event from outside
 * @NANOGPT_STEP_WAITS: waits until a timer is due
 * @NANOGPT_STEP_WORKS: an operation is running, and reports its end
 * @NANOGPT_STEP_DECIDES: the step is left immediately
 */
typedef enum
{
  NANOGPT_STEP_RESTS,
  NANOGPT_STEP_WAITS,
  NANOGPT_STEP_WORKS,
  NANOGPT_STEP_DECIDES,
} NanogptStepKind;

/**
 * NanogptStepInfo:
 * @needs_user: whether the step is entered only while the clip is wanted;
 *   otherwise the job goes to %NANOGPT_STEP_CLOSING
 * @meaning: what happens in the step
 */
typedef struct
{
  const char *name;
  NanogptStepKind kind;
  gboolean needs_user;
  const char *meaning;
} NanogptStepInfo;

/**
 * NanogptEvent:
 *
 * What happens to a job.
 */
typedef enum
{
  NANOGPT_EVENT_START,
  NANOGPT_EVENT_STOP,
  NANOGPT_EVENT_CANCELLED,
  NANOGPT_EVENT_ENDED,
  NANOGPT_EVENT_DEADLINE,
  NANOGPT_EVENT_TIMER,
  NANOGPT_EVENT_DONE,
  NANOGPT_EVENT_RETRY,
  NANOGPT_EVENT_REFUSED,
  NANOGPT_EVENT_FAILED,
  NANOGPT_EVENT_NEW,
  NANOGPT_EVENT_UNKNOWN,
  NANOGPT_EVENT_ACCEPTED,
  NANOGPT_EVENT_OVER,
  NANOGPT_EVENT_HOLDING,
  NANOGPT_EVENT_FOUND,
  NANOGPT_EVENT_AGED,
  NANOGPT_EVENT_CONTESTED,
  NANOGPT_EVENT_UNSENT,
  NANOGPT_EVENT_LOST,
  NANOGPT_EVENT_ABSENT,
  NANOGPT_EVENT_UNFINISHED,
  NANOGPT_EVENT_FINISHED,
  NANOGPT_EVENT_STALE,
  NANOGPT_N_EVENTS,
} NanogptEvent;

/**
 * NanogptAction:
 *
 * What a job does on an event.
 */
typedef enum
{
  NANOGPT_ACTION_CHECK_DISK,
  NANOGPT_ACTION_BEGIN,
  NANOGPT_ACTION_SEARCH_CACHE,
  NANOGPT_ACTION_SHOW_CACHED,
  NANOGPT_ACTION_OPEN_ENTRY,
  NANOGPT_ACTION_ASK_DATE,
  NANOGPT_ACTION_ESTIMATE,
  NANOGPT_ACTION_CHOOSE,
  NANOGPT_ACTION_LIST_MODELS,
  NANOGPT_ACTION_CHECK_BALANCE,
  NANOGPT_ACTION_TAKE_TURN,
  NANOGPT_ACTION_RESERVE,
  NANOGPT_ACTION_WRITE_SENDING,
  NANOGPT_ACTION_POST,
  NANOGPT_ACTION_CANCEL_POST,
  NANOGPT_ACTION_WITHDRAW,
  NANOGPT_ACTION_ACCEPT,
  NANOGPT_ACTION_LOSE,
  NANOGPT_ACTION_LOOK_UP,
  NANOGPT_ACTION_FOLLOW,
  NANOGPT_ACTION_WAIT,
  NANOGPT_ACTION_POLL,
  NANOGPT_ACTION_AWAIT_LAST,
  NANOGPT_ACTION_POLL_LAST,
  NANOGPT_ACTION_DOWNLOAD,
  NANOGPT_ACTION_SHOW_COMPLETE,
  NANOGPT_ACTION_TIME_OUT,
  NANOGPT_ACTION_DROP,
  NANOGPT_ACTION_FAIL,
  NANOGPT_ACTION_CLOSE,
  NANOGPT_ACTION_SETTLE,
  NANOGPT_N_ACTIONS,
} NanogptAction;

/**
 * NanogptTransition:
 * @step: a step, or a value that stands for several
 * @next: a step, or %NANOGPT_STEP_SAME
 *
 * A row of the table: on @event in @step, the job enters @next and does
 * @action.  A row for one step takes precedence over a row for several.
 */
typedef struct
{
  NanogptStep step;
  NanogptEvent event;
  NanogptAction action;
  NanogptStep next;
} NanogptTransition;

const NanogptStepInfo *nanogpt_step_get_info (NanogptStep step);
const char *nanogpt_event_get_name (NanogptEvent event);
const char *nanogpt_action_get_name (NanogptAction action);

/**
 * nanogpt_transitions_get:
 * @n_rows: (out): number of rows
 *
 * Returns: the table
 */
const NanogptTransition *nanogpt_transitions_get (guint *n_rows);

/**
 * nanogpt_transition_find:
 *
 * Returns: (nullable): the row for @event in @step
 */
const NanogptTransition *nanogpt_transition_find (
    NanogptStep step, NanogptEvent event);

G_END_DECLS
