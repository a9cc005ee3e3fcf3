/* nanovid: job: what its source files share
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A job is one object in several files.  job.c is its outside and joins the
 * parts; prepare.c is what comes before it is paid for, submit.c the paying,
 * recover.c the looking up of a submit whose response was lost, and fetch.c the
 * waiting and fetching.  They know this one, and not each other: each tells what
 * happened with nanogpt_job_handle(), and the table of job-states.c says what is
 * done then.  All of this runs on the network thread. */

#pragma once

#include "download.h"
#include "estimate.h"
#include "job-states.h"
#include "job-status.h"
#include "journal-writer.h"
#include "nanogpt/base/log.h"
#include "nanogpt/base/timer.h"
#include "nanogpt/http/client.h"
#include "nanogpt/http/retry.h"
#include "polling.h"

G_BEGIN_DECLS

/* What is known of the job at the service. */
typedef enum
{
  NANOGPT_STAGE_NEW,     /* certainly not there */
  NANOGPT_STAGE_POSTING, /* the submit is on its way */
  NANOGPT_STAGE_UNKNOWN, /* perhaps there: the response to the submit was lost */
  NANOGPT_STAGE_ACCEPTED, /* there, and its id is known */
  NANOGPT_STAGE_CACHED, /* not there, and not needed: the clip was in the cache */
  NANOGPT_STAGE_OVER,   /* ended without a clip */
} NanogptJobStage;

typedef void (*NanogptJobAction) (NanogptJob *self);

typedef struct
{
  guint id;
  void (*function) (NanogptJob *job, gpointer user_data);
  gpointer user_data;
} NanogptJobWatch;

struct _NanogptJob
{
  GObject parent;

  guint number; /* in this process, for the log */
  NanogptRequest *request;
  NanogptNetwork *network;
  const NanogptJobAction *actions; /* by NanogptAction */

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
  gboolean keeping; /* the cache is being given the clip */
  char *kept_in;    /* the cache that was given it, for threads that do so */
  struct _Delivery *delivery; /* what is to follow once it is kept */
  gboolean delivered;         /* or about to be */
  gboolean delivering;        /* that is being written */
  gboolean adopted;           /* another job object has submitted it */
  char *result_of; /* the job at the service that is known to have the result
                           of the request, or NULL */
  NanogptJobStage stage; /* written on the network thread only */

  GMutex observers_lock; /* held while observers run, taken before no other */
  GArray *observers;     /* of NanogptJobWatch */
  guint last_observer_id;

  /* The network thread's own */
  NanogptStep step;
  GError *error;             /* for the action of what was refused or failed */
  gboolean clip_is_bad;      /* for the action that reports it */
  gint64 due;                /* for the action that sets the timer */
  NanogptResponse *response; /* for the action that follows one */
  NanogptSettings *settings;
  NanogptClient *client;
  NanogptEstimate *estimate;
  gboolean catalog_asked;
  NanogptJournalWriter *writer; /* set under the lock, too */
  gboolean entry_open;
  gboolean record_taken;     /* what the journal said of it is known */
  GCancellable *cancellable; /* of what is under way, when it can be ended */
  NanogptTimer *timer;       /* until the next thing */
  NanogptTimer *deadline;
  gint64 last_look; /* the first poll from then on ignores backoff */
  NanogptPolling *polling;
  NanogptDownload *download;
  gboolean submit_sent;  /* while POSTING: a byte may have left */
  gint64 submit_time;    /* monotonic, 0 when somebody else submitted */
  gint64 lost_time;      /* when the response to the submit was lost */
  gint64 searched_time;  /* when a list of jobs first left that open, or 0 */
  gint64 awaited_since;  /* that somebody else's submit is waited for, or 0 */
  gint64 service_date;   /* its clock, 0 when not asked, or -1 */
  gint64 known_time;     /* when the service last knew the job */
  gboolean seen;         /* it has reported its status */
  gint64 poll_time;      /* when it was last asked, if only to make the job */
  gboolean waiting;      /* counted among those that are polled */
  char *alias;           /* what it calls the model, if otherwise, or NULL */
  GError *last_failure;  /* the last transient failure of the current wait */
  guint failures;        /* in a row */
  guint without_url;     /* in a row */
  guint refreshes;       /* fresh URLs in a row that brought no byte */
  guint64 refreshed_at;  /* bytes of the clip at the last refresh */
  gboolean resumed;      /* there was a time without polls */
  gint64 completed_time; /* when the service first said that it is, or 0 */
  gboolean orphan;       /* resuming a lost submit after a new start */
  gboolean sender_may_live; /* of somebody who may still be there */
};

/* One line of the log, on the network thread. */
#define nanogpt_job_log(self, level, format, ...)                              \
  nanogpt_log (level, "job %u (%s): " format, (self)->number,                  \
      (self)->status.run_id ? (self)->status.run_id : "no id yet",             \
      ##__VA_ARGS__)

/* Status */

void nanogpt_job_notify (NanogptJob *self);
NanogptJobState nanogpt_job_get_state (NanogptJob *self);
void nanogpt_job_set_state (NanogptJob *self, NanogptJobState state);
void nanogpt_job_set_stage (NanogptJob *self, NanogptJobStage stage);
void nanogpt_job_update_status (
    NanogptJob *self, const NanogptResponse *response);

/* @details: (nullable): as in the status */
void nanogpt_job_set_details (NanogptJob *self, const char *details);
gboolean nanogpt_job_is_wanted (NanogptJob *self);

/* Takes @warning, which may be NULL. */
void nanogpt_job_take_warning (NanogptJob *self, char *warning);

/* Takes @clip, which may be NULL. */
void nanogpt_job_set_clip (NanogptJob *self, NanogptClip *clip);

/* Takes @response, for the action that follows it. */
void nanogpt_job_take_response (NanogptJob *self, NanogptResponse *response);

/* The response has brought the id, which is on disk. */
void nanogpt_job_set_accepted (NanogptJob *self);

/* Returns: (transfer full): what the job's result number @index is called in the
 * cache */
char *nanogpt_job_get_cache_key (
    NanogptJob *self, const NanogptSettings *settings, guint index);

/* Has the job be a result of the job @run_id, which was made with its request. */
void nanogpt_job_set_result_of (NanogptJob *self, const char *run_id);

/* Returns: whether the cache may have, and is to keep, the clip */
gboolean nanogpt_job_uses_cache (
    NanogptJob *self, const NanogptSettings *settings);

/* Has the settings of the last start apply to what is asked from now on. */
gboolean nanogpt_job_renew_client (NanogptJob *self, GError **error);

/* Events */

/* Says what happened: the table tells what is done. */
void nanogpt_job_handle (NanogptJob *self, NanogptEvent event);

/* For what has no result but that it is done.  Takes the job. */
void nanogpt_job_on_done (GObject *source, GAsyncResult *result, gpointer job);

/* What is done sets the timer. @delay is in microseconds. */
void nanogpt_job_handle_wait (
    NanogptJob *self, NanogptEvent event, gint64 delay);

/* What is done ends the wait. Takes @error. */
void nanogpt_job_handle_error (
    NanogptJob *self, NanogptEvent event, GError *error);

/* Ends what a stop leaves, soon.  May be called from any thread. */
void nanogpt_job_end_soon (NanogptJob *self);

/* To be passed to what is under way. */
GCancellable *nanogpt_job_begin_request (NanogptJob *self);

/* It has ended, with @error or not.
 * Returns: whether the outcome still matters; if not, this has handled it */
gboolean nanogpt_job_end_request (NanogptJob *self, const GError *error);

/* Whatever is under way ends soon and then finds that nobody wants it. */
void nanogpt_job_halt (NanogptJob *self);

/* Ends the wait.  Takes @error. */
void nanogpt_job_fail (NanogptJob *self, GError *error, gboolean keep_clip);

/* Counts the job among those that wait, or not. */
void nanogpt_job_set_waiting (NanogptJob *self, gboolean waiting);
guint nanogpt_job_count_waiting (void);

/* Time */

void nanogpt_job_arm_deadline (NanogptJob *self);

/* The action that sets the timer. */
void nanogpt_job_wait (NanogptJob *self);

/* Arms it anew, for one response. */
void nanogpt_job_extend_deadline (NanogptJob *self);

/* Remembers what went wrong for whoever has to explain the end of the wait.
 * Takes @error. */
void nanogpt_job_note_failure (NanogptJob *self, GError *error);

/* @failures: in a row before this one
 * @since: monotonic time of the last good news
 * Returns: microseconds to wait before what failed with @error is tried again,
 * -1 to give up */
gint64 nanogpt_job_get_retry_delay (NanogptJob *self, NanogptRetryPhase phase,
    const GError *error, guint failures, gint64 since);

/* What failed with @error is tried again: that is reported, until there is a
 * good response or something else is done.
 * @failures: in a row before this one */
void nanogpt_job_report_retry (
    NanogptJob *self, const GError *error, guint failures, gint64 delay);

/* Reports it, and waits.  Takes @error. @delay is in microseconds. */
void nanogpt_job_retry (NanogptJob *self, GError *error, gint64 delay);
void nanogpt_job_end_retries (NanogptJob *self);

G_END_DECLS
