/* nanovid: NanogptJob: private struct and functions for its source files
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A job is one object in several files. job.c has its public functions and
 * joins the parts; prepare.c has the steps before the payment, submit.c the
 * payment, recover.c the lookup of a submit whose response was lost, and
 * fetch.c polling and download.  They know this header, but not each other:
 * each reports what happened with nanogpt_job_handle(), and the table in
 * job-states.c determines the action.  All of this runs on the network
 * thread. */

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

/* What is known about the job at the service. */
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
  guint users;      /* number of starts without a stop */
  gboolean wanted;  /* between start and stop, or the end */
  gboolean settled; /* after a stop: nothing is running or held any more */
  gboolean keeping; /* the clip is being stored in the cache */
  char *kept_in;    /* the cache that has the clip; for the storing threads */
  struct _Delivery *delivery; /* to be done once the clip is in the cache */
  gboolean delivered;         /* or about to be */
  gboolean delivering;        /* the delivery is being written */
  gboolean adopted;           /* was submitted by another job object */
  char *result_of; /* the job at the service that is known to have the result
                           of the request, or NULL */
  NanogptJobStage stage; /* written on the network thread only */

  GMutex observers_lock; /* held while observers run; not taken under @lock */
  GArray *observers;     /* of NanogptJobWatch */
  guint last_observer_id;

  /* Used only on the network thread */
  NanogptStep step;
  GError *error;             /* for the action after a refusal or a failure */
  gboolean clip_is_bad;      /* for the action that reports it */
  gint64 due;                /* for the action that sets the timer */
  NanogptResponse *response; /* for the action that reads it */
  NanogptSettings *settings;
  NanogptClient *client;
  NanogptEstimate *estimate;
  gboolean catalog_asked;
  NanogptJournalWriter *writer; /* set under the lock, too */
  gboolean entry_open;
  gboolean record_taken;     /* the record in the journal has been read */
  GCancellable *cancellable; /* of the current request, if it can be canceled */
  NanogptTimer *timer;       /* until the next timer event */
  NanogptTimer *deadline;
  gint64 last_look; /* the first poll from then on ignores backoff */
  NanogptPolling *polling;
  NanogptDownload *download;
  gboolean submit_sent;  /* while POSTING: a byte may have been sent */
  gint64 submit_time;    /* monotonic, 0 if submitted elsewhere */
  gint64 lost_time;      /* when the response to the submit was lost */
  gint64 searched_time;  /* when a job list first did not settle it, or 0 */
  gint64 awaited_since;  /* when the wait for another submit began, or 0 */
  gint64 service_date;   /* the service's clock, 0 if not asked, -1 if none */
  gint64 known_time;     /* when the service last knew the job */
  gboolean seen;         /* the service has reported a status */
  gint64 poll_time;      /* time of the last poll, or of the submit */
  gboolean waiting;      /* counted among the polled jobs */
  char *alias;           /* the service's own name for the model, or NULL */
  GError *last_failure;  /* the last transient failure of the current wait */
  guint failures;        /* in a row */
  guint without_url;     /* in a row */
  guint refreshes;       /* fresh URLs in a row without a new byte */
  guint64 refreshed_at;  /* bytes of the clip at the last refresh */
  gboolean resumed;      /* there was a time without polls */
  gint64 completed_time; /* when the service first reported that, or 0 */
  gboolean orphan;       /* resuming a lost submit after a new start */
  gboolean sender_may_live; /* the process that sent it may still run */
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

/* Takes @response, for the action that reads it. */
void nanogpt_job_take_response (NanogptJob *self, NanogptResponse *response);

/* To be called once the id from the response is on disk. */
void nanogpt_job_set_accepted (NanogptJob *self);

/* Returns: (transfer full): the cache key of the job's result number @index */
char *nanogpt_job_get_cache_key (
    NanogptJob *self, const NanogptSettings *settings, guint index);

/* Makes the job a result of the job @run_id, which was created with the same
 * request. */
void nanogpt_job_set_result_of (NanogptJob *self, const char *run_id);

/* Returns: whether the cache may have the clip, and is to keep it */
gboolean nanogpt_job_uses_cache (
    NanogptJob *self, const NanogptSettings *settings);

/* Applies the settings of the last start to all further requests. */
gboolean nanogpt_job_renew_client (NanogptJob *self, GError **error);

/* Events */

/* Reports what happened; the table determines the action. */
void nanogpt_job_handle (NanogptJob *self, NanogptEvent event);

/* Callback for operations without a result.  Takes @job. */
void nanogpt_job_on_done (GObject *source, GAsyncResult *result, gpointer job);

/* For events whose action sets the timer.  @delay is in microseconds. */
void nanogpt_job_handle_wait (
    NanogptJob *self, NanogptEvent event, gint64 delay);

/* For events whose action ends the wait.  Takes @error. */
void nanogpt_job_handle_error (
    NanogptJob *self, NanogptEvent event, GError *error);

/* Completes a stop soon.  May be called from any thread. */
void nanogpt_job_end_soon (NanogptJob *self);

/* Returns: (transfer none): the cancellable for the next request */
GCancellable *nanogpt_job_begin_request (NanogptJob *self);

/* To be called when the request has ended, with or without @error.
 * Returns: whether the outcome still matters; if not, it has been handled */
gboolean nanogpt_job_end_request (NanogptJob *self, const GError *error);

/* Ends the current operation soon; it then finds that the job is not wanted. */
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

/* Arms the deadline again, for one more response. */
void nanogpt_job_extend_deadline (NanogptJob *self);

/* Keeps a failure, to explain the end of the wait with it.  Takes @error. */
void nanogpt_job_note_failure (NanogptJob *self, GError *error);

/* @failures: in a row before this one
 * @since: monotonic time of the last good news
 * Returns: microseconds to wait before the retry after @error, -1 to give up */
gint64 nanogpt_job_get_retry_delay (NanogptJob *self, NanogptRetryPhase phase,
    const GError *error, guint failures, gint64 since);

/* Reports that what failed with @error will be retried, until there is a
 * successful response or another action.
 * @failures: in a row before this one */
void nanogpt_job_report_retry (
    NanogptJob *self, const GError *error, guint failures, gint64 delay);

/* Reports the retry, and waits.  Takes @error.  @delay is in microseconds. */
void nanogpt_job_retry (NanogptJob *self, GError *error, gint64 delay);
void nanogpt_job_end_retries (NanogptJob *self);

G_END_DECLS
