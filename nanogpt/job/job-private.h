/* nanovid: what the parts of a job share
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A job is one object in several files: job.c is its outside and its clockwork,
 * job-prepare.c what comes before it is paid for, job-submit.c the paying, and
 * job-result.c the waiting and fetching.  Whatever is not in job.h runs on the
 * network thread. */

#pragma once

#include "estimate.h"
#include "journal-writer.h"
#include "nanogpt/http/client.h"
#include "download.h"
#include "job.h"
#include "polling.h"
#include "nanogpt/http/retry.h"
#include "nanogpt/base/timer.h"

G_BEGIN_DECLS

/* What is known of the job at the service. */
typedef enum
{
  NANOGPT_STAGE_NEW,      /* certainly not there */
  NANOGPT_STAGE_POSTING,  /* the submit is on its way */
  NANOGPT_STAGE_UNKNOWN,  /* perhaps there: the answer to the submit was lost */
  NANOGPT_STAGE_ACCEPTED, /* there, and its id is known */
  NANOGPT_STAGE_CACHED, /* not there, and not needed: the clip was in the cache */
  NANOGPT_STAGE_OVER,   /* ended without a clip */
} NanogptJobStage;

struct _NanogptJob
{
  GObject parent;

  NanogptRequest *request;
  NanogptNetwork *network;

  GMutex lock; /* guards the following, never held while calling out */
  GCond settled_down;
  NanogptSettings *wanted_settings; /* of the last start */
  NanogptJobStatus status;
  NanogptClip *clip;
  gint64 start_time;
  gint64 end_time;
  guint users;      /* who have started it and not stopped it */
  gboolean wanted;  /* between start and stop, or the end */
  gboolean settled; /* after a stop: nothing is under way or held any more */
  gboolean delivered;
  gboolean adopted;      /* another job object has submitted it */
  NanogptJobStage stage; /* written on the network thread only */

  GMutex delivery_lock; /* held while a delivery is written, taken first */

  GMutex observers_lock; /* held while observers run, taken before no other */
  GArray *observers;
  guint last_observer_id;

  /* The network thread's own */
  NanogptSettings *settings;
  NanogptClient *client;
  NanogptEstimate *estimate;
  gboolean catalog_asked;
  gboolean balance_known;
  gboolean cache_searched;
  NanogptJournalWriter *writer; /* set under the lock, too */
  gboolean entry_open;
  gboolean record_taken;     /* what the journal said of it is known */
  gboolean busy;             /* one thing is under way */
  GCancellable *cancellable; /* of it, when it can be ended */
  NanogptTimer *timer;       /* until the next thing */
  NanogptTimer *deadline;
  NanogptPolling *polling;
  NanogptDownload *download;
  gboolean submit_sent;  /* while POSTING: a byte may have left */
  gboolean late;         /* while POSTING: the deadline passed before that */
  gint64 submit_time;    /* monotonic, 0 when somebody else submitted */
  gint64 lost_time;      /* when the answer to the submit was lost */
  gint64 searched_time;  /* when a list of jobs first left that open, or 0 */
  gint64 awaited_since;  /* that somebody else's submit is waited for, or 0 */
  gint64 service_date;   /* its clock, 0 when not asked, or -1 */
  gint64 known_time;     /* when the service last knew the job */
  gboolean seen;         /* it has told its status */
  gint64 poll_time;      /* when it was last asked, if only to make the job */
  gboolean waiting;      /* counted among those that are polled */
  gboolean last_look;    /* the deadline has passed */
  char *alias;           /* what it calls the model, if otherwise, or NULL */
  GError *last_failure;  /* what the current wait had to ride out */
  guint failures;        /* in a row */
  guint without_url;     /* in a row */
  guint refreshes;       /* fresh URLs in a row that brought no byte */
  guint64 refreshed_at;  /* bytes of the clip at the last refresh */
  gboolean resumed;      /* there was a time without polls */
  gboolean looked_last;  /* asked once more shortly before the deadline */
  gint64 completed_time; /* when the service first said that it is, or 0 */
  gboolean orphan;       /* taking up a lost submit after a new start */
};

/* job.c: status */

void nanogpt_job_notify (NanogptJob *self);
NanogptJobState nanogpt_job_get_state (NanogptJob *self);
void nanogpt_job_set_state (NanogptJob *self, NanogptJobState state);
void nanogpt_job_set_stage (NanogptJob *self, NanogptJobStage stage);
void nanogpt_job_update_status (
    NanogptJob *self, const NanogptResponse *response);

/* Tells whoever looks what is being ridden out, until the next good answer. */
void nanogpt_job_show_failure (NanogptJob *self, const GError *error);
gboolean nanogpt_job_is_wanted (NanogptJob *self);

/* Takes @warning, which may be NULL. */
void nanogpt_job_take_warning (NanogptJob *self, char *warning);

/* job.c: clockwork */

/* Takes the next step, from whatever is known of the job, unless one is under
 * way. */
void nanogpt_job_proceed (NanogptJob *self);

/* @delay is in microseconds. */
void nanogpt_job_proceed_after (NanogptJob *self, gint64 delay);
NanogptTimer *nanogpt_job_add_timer (
    NanogptJob *self, gint64 delay, GSourceFunc function);
void nanogpt_job_arm_deadline (NanogptJob *self);

/* Ends the wait because it took too long. */
void nanogpt_job_time_out (NanogptJob *self);

/* One thing at a time is under way: begun with one of the first two, ended
 * with one of the others. */
void nanogpt_job_begin_work (NanogptJob *self);
GCancellable *nanogpt_job_begin_exchange (NanogptJob *self);
void nanogpt_job_end_work (NanogptJob *self);

/* Returns: whether the outcome still matters */
gboolean nanogpt_job_end_exchange (NanogptJob *self, const GError *error);

/* Ends the wait.  Takes @error. */
void nanogpt_job_fail (NanogptJob *self, GError *error);

/* Ends the wait and the job.  Takes @error. */
void nanogpt_job_end_refused (NanogptJob *self, GError *error);

/* Remembers what went wrong for whoever has to explain the end of the wait.
 * Takes @error. */
void nanogpt_job_note_failure (NanogptJob *self, GError *error);

/* Returns: when the service is asked once more before the deadline, whatever it
 * has said of when it wants to be; monotonic time, G_MAXINT64 for never */
gint64 nanogpt_job_get_last_look (NanogptJob *self);

/* @failures: in a row before this one
 * @since: monotonic time of the last good news
 * Returns: microseconds to wait before what failed with @error is tried again,
 * -1 to give up */
gint64 nanogpt_job_get_retry_delay (NanogptJob *self, NanogptRetryPhase phase,
    const GError *error, guint failures, gint64 since);

/* job-prepare.c */

/* Returns: (transfer full): what the clip is called in the cache */
char *nanogpt_job_get_cache_key (
    NanogptJob *self, const NanogptSettings *settings);

void nanogpt_job_search_cache (NanogptJob *self);
void nanogpt_job_open_entry (NanogptJob *self);
void nanogpt_job_close_entry (NanogptJob *self);

/* Takes @books. */
void nanogpt_job_set_journal_writer (
    NanogptJob *self, NanogptJournalWriter *writer);
void nanogpt_job_abandon_lost_submit (NanogptJob *self);
void nanogpt_job_estimate (NanogptJob *self);
void nanogpt_job_refresh_catalog (NanogptJob *self);

/* Submits when nothing speaks against it. */
void nanogpt_job_submit (NanogptJob *self);

/* job-submit.c */

void nanogpt_job_take_turn (NanogptJob *self);
void nanogpt_job_recover (NanogptJob *self);
GError *nanogpt_job_not_submitted_error (NanogptJob *self);
GError *nanogpt_job_submit_unknown_error (const GError *cause, const char *why);

/* After a failure before anything was accepted.  Takes @error. */
void nanogpt_job_retry_submit (NanogptJob *self, GError *error);

/* job-result.c */

void nanogpt_job_poll_status (NanogptJob *self);

/* Counts the job among those that wait, or not. */
void nanogpt_job_set_waiting (NanogptJob *self, gboolean waiting);

/* Whether a poll now could tell more than the one before. */
gboolean nanogpt_job_may_look_again (NanogptJob *self);
void nanogpt_job_handle_response (
    NanogptJob *self, const NanogptResponse *response);

G_END_DECLS
