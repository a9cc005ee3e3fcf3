/* nanovid: downloads a result URL into a clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "download.h"

#include <glib/gi18n-lib.h>

#include "container.h"
#include "nanogpt/base/timer.h"
#include "nanogpt/base/url.h"
#include "nanogpt/http/delivery.h"
#include "nanogpt/http/http-error.h"
#include "nanogpt/http/http-request.h"
#include "nanogpt/http/range-request.h"
#include "nanogpt/http/retry-after.h"
#include "nanogpt/http/retry.h"

/* A reader this far ahead of the arriving data gets a request of its own. */
#define FAR_AHEAD (256 << 10)

/* The file may be replaced between two requests.  If all stored bytes came with
 * a strong ETag, If-Range keeps two files apart.  Otherwise the main transfer
 * also fetches what the one ahead has stored, and this many bytes of its own
 * again: new bytes are compared with stored ones. */
#define OVERLAP (64 << 10)

/* One request, and where its body goes.  The main transfer goes from gap to gap
 * until the clip is complete; the one ahead serves a reader that cannot wait
 * for it.  The download and every pending callback hold a reference. */
typedef struct
{
  NanogptDownload *download;
  NanogptRangeRequest *request; /* NULL once it has ended */
  guint64 start;                /* the first byte of the body */
  guint64 offset;               /* of the next byte to store */
  gint64 size;         /* of the whole file, according to the response, or -1 */
  gboolean identified; /* its file is the stored one */
  NanogptContainerVerdict verdict; /* on the end of the file, if checked */
} Transfer;

struct _NanogptDownload
{
  GObject parent;

  NanogptClip *clip;
  NanogptDownloadNews news;
  gpointer news_data;

  gboolean no_ranges; /* the server is known not to support ranges */
  gboolean doubtful;  /* stored bytes must be compared with new ones */
  NanogptValidators validators; /* of the stored bytes */
  gboolean guarded; /* all stored bytes came with their strong ETag */
  guint64 proven;   /* offset that the main transfer has reached */

  GTask *task; /* the current run */
  NanogptClient *client;
  guint http_timeout;
  guint retries;
  GUri *url;
  NanogptTimer *pause;
  guint failures; /* in a row, of the main transfer */
  guint failures_ahead;
  guint64 end; /* where a body of unknown length has ended */
  Transfer *main;
  Transfer *ahead;
};

G_DEFINE_FINAL_TYPE (NanogptDownload, nanogpt_download, G_TYPE_OBJECT)

static void
nanogpt_download_finalize (GObject *object)
{
  NanogptDownload *self = NANOGPT_DOWNLOAD (object);

  g_clear_object (&self->client);
  g_clear_object (&self->clip);
  nanogpt_validators_clear (&self->validators);
  g_clear_pointer (&self->url, g_uri_unref);
  G_OBJECT_CLASS (nanogpt_download_parent_class)->finalize (object);
}

static void
nanogpt_download_class_init (NanogptDownloadClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nanogpt_download_finalize;
}

static void
nanogpt_download_init (NanogptDownload *self G_GNUC_UNUSED)
{
}

NanogptDownload *
nanogpt_download_new (
    NanogptClip *clip, NanogptDownloadNews news, gpointer user_data)
{
  NanogptDownload *self = g_object_new (NANOGPT_TYPE_DOWNLOAD, NULL);

  self->clip = g_object_ref (clip);
  self->news = news;
  self->news_data = user_data;
  return self;
}

/* Life of a transfer */

static void
transfer_clear (gpointer data)
{
  Transfer *transfer = data;

  g_clear_object (&transfer->download);
}

static void
transfer_unref (Transfer *transfer)
{
  g_rc_box_release_full (transfer, transfer_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Transfer, transfer_unref)

/* Pending callbacks find it without a request. */
static void
transfer_end (Transfer **slot)
{
  Transfer *transfer = g_steal_pointer (slot);

  if (!transfer)
    return;
  g_clear_pointer (&transfer->request, nanogpt_range_request_stop);
  transfer_unref (transfer);
}

static SoupMessage *
get_message (Transfer *transfer)
{
  return nanogpt_range_request_get_message (transfer->request);
}

static SoupMessageHeaders *
get_headers (Transfer *transfer)
{
  return soup_message_get_response_headers (get_message (transfer));
}

/* The run */

/* Takes @error. */
static void
download_finish (NanogptDownload *self, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  nanogpt_timer_clear (&self->pause);
  transfer_end (&self->main);
  transfer_end (&self->ahead);
  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void start_transfer (
    NanogptDownload *self, Transfer **slot, guint64 offset);

static guint64
get_resume_offset (NanogptDownload *self)
{
  if (self->no_ranges || self->doubtful)
    return 0;
  if (self->guarded)
    return nanogpt_clip_get_available (self->clip, 0);
  return self->proven - MIN (self->proven, OVERLAP);
}

static gboolean
is_done (NanogptDownload *self)
{
  return nanogpt_clip_is_complete (self->clip)
      && (self->guarded
          || self->proven >= (guint64)nanogpt_clip_get_size (self->clip));
}

static void
start_main (NanogptDownload *self)
{
  if (is_done (self))
    download_finish (self, NULL);
  else
    start_transfer (self, &self->main, get_resume_offset (self));
}

/* The rest of the response is not needed. */
static void
start_again (Transfer *transfer)
{
  NanogptDownload *self = transfer->download;

  if (transfer == self->ahead) {
    self->failures_ahead++;
    transfer_end (&self->ahead);
    return;
  }
  transfer_end (&self->main);
  start_main (self);
}

static gboolean
on_pause_over (gpointer data)
{
  NanogptDownload *self = data;

  nanogpt_timer_clear (&self->pause);
  start_main (self);
  return G_SOURCE_REMOVE;
}

/* Takes @error. */
static void
transfer_fail (Transfer *transfer, GError *error)
{
  NanogptDownload *self = transfer->download;
  NanogptRetryState state = { self->failures, self->retries, 0, FALSE, -1,
    G_MAXINT64 };
  gint64 delay = -1;

  /* The main transfer reaches this place, too, if later. */
  if (self->ahead == transfer) {
    self->failures_ahead++;
    transfer_end (&self->ahead);
    g_error_free (error);
    return;
  }

  if (error->domain == NANOGPT_ERROR) {
    nanogpt_error_get_details (error)->may_have_been_charged = TRUE;
    if (!nanogpt_retry_needs_url (error))
      delay = nanogpt_retry_get_delay (NANOGPT_RETRY_DOWNLOAD, error, &state);
  }
  /* The next response may have the right file again. */
  self->doubtful |= g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WRONG_ETAG);
  if (delay < 0) {
    download_finish (self, error);
    return;
  }
  self->news (error, self->failures++, delay, self->news_data);
  transfer_end (&self->main);
  self->pause = nanogpt_timer_new (delay, on_pause_over, self, NULL);
  g_error_free (error);
}

static void
fail_with_bad_response (Transfer *transfer, const char *message)
{
  GError *error =
      g_error_new_literal (NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE, message);

  nanogpt_error_get_details (error)->responded = TRUE;
  transfer_fail (transfer, error);
}

static void
fail_with_other_file (Transfer *transfer)
{
  transfer_fail (transfer,
      g_error_new (G_IO_ERROR, G_IO_ERROR_WRONG_ETAG,
          _ ("The file at the service has changed")));
}

/* Storing what arrives */

static void advance (Transfer *transfer);

/* A server without ranges sends stored bytes again and again: only new ones are
 * progress. */
static void
note_progress (Transfer *transfer)
{
  NanogptDownload *self = transfer->download;

  if (transfer == self->ahead) {
    self->failures_ahead = 0;
  } else if (transfer->offset > self->proven) {
    self->proven = transfer->offset;
    self->failures = 0;
  }
}

static void
on_stored (GObject *clip, GAsyncResult *result, gpointer data)
{
  g_autoptr (Transfer) transfer = data;
  NanogptDownload *self = transfer->download;
  GError *error = NULL;
  guint64 available;
  gssize stored =
      nanogpt_clip_store_finish (NANOGPT_CLIP (clip), result, &error);

  if (!transfer->request) {
    g_clear_error (&error);
    return;
  }
  if (stored < 0) {
    transfer_fail (transfer, error);
    return;
  }

  transfer->offset += stored;
  note_progress (transfer);
  self->news (NULL, 0, 0, self->news_data);
  if (!transfer->request)
    return;

  if (is_done (self)) {
    download_finish (self, NULL);
    return;
  }
  /* Bytes that the other transfer has stored need not be fetched again. */
  available = nanogpt_clip_get_available (self->clip, transfer->offset);
  if (transfer == self->ahead && available > 0) {
    transfer_end (&self->ahead);
  } else if (available >= FAR_AHEAD && self->guarded && !self->no_ranges
      && !self->doubtful) {
    transfer_end (&self->main);
    start_main (self);
  } else {
    advance (transfer);
  }
}

static void
store_size (Transfer *transfer, guint64 size)
{
  nanogpt_clip_store_async (transfer->download->clip, size, 0, NULL, on_stored,
      g_rc_box_acquire (transfer));
}

static void
on_arrived (gpointer data, GBytes *bytes)
{
  Transfer *transfer = data;

  nanogpt_clip_store_async (transfer->download->clip, -1, transfer->offset,
      bytes, on_stored, g_rc_box_acquire (transfer));
  g_bytes_unref (bytes);
}

/* Once all stored bytes have been compared with the response, or the server has
 * been asked for the rest of the same file, the response's validators are those
 * of the stored bytes. */
static void
identify (Transfer *transfer)
{
  NanogptDownload *self = transfer->download;

  if (transfer->identified || transfer != self->main
      || transfer->offset < nanogpt_clip_get_available (self->clip, 0))
    return;
  transfer->identified = TRUE;
  self->doubtful = FALSE;
  self->guarded = nanogpt_delivery_has_strong_etag (get_headers (transfer))
      && (self->guarded
          || (transfer->start == 0
              && nanogpt_clip_get_bytes (self->clip) <= transfer->offset));
  nanogpt_validators_update (&self->validators, get_headers (transfer));
}

/* Ignores the size until the file is known to be the stored one. */
static void
advance (Transfer *transfer)
{
  identify (transfer);
  if (transfer->identified && transfer->size >= 0
      && nanogpt_clip_get_size (transfer->download->clip) < 0)
    store_size (transfer, transfer->size);
  else
    nanogpt_range_request_read (transfer->request);
}

/* The response's headers */

static gboolean
has_other_size (NanogptDownload *self, gint64 size)
{
  gint64 known = nanogpt_clip_get_size (self->clip);
  gint64 arrived = nanogpt_clip_get_available (self->clip, 0);

  return size >= 0 && (known >= 0 ? size != known : size < arrived);
}

/* If the server cannot send the requested part, or the file may be a different
 * one, the whole file is requested. */
static void
on_body_begins (Transfer *transfer, guint status)
{
  NanogptDownload *self = transfer->download;
  SoupMessageHeaders *headers = get_headers (transfer);
  gint64 start;
  gint64 size = nanogpt_delivery_get_size (headers, status, &start);
  gboolean misplaced = start < 0 || (guint64)start > transfer->offset;
  gboolean other = nanogpt_validators_differ (&self->validators, headers);
  gboolean encoded = nanogpt_delivery_is_encoded (headers);
  gboolean whole = status != 206 && (transfer->offset > 0 || encoded);

  if (encoded && !nanogpt_range_request_can_decode (transfer->request)) {
    fail_with_bad_response (transfer,
        _ ("The service delivered the video in a content encoding that is not "
           "supported"));
    return;
  }
  if (misplaced && transfer->offset == 0) {
    fail_with_bad_response (transfer,
        _ ("The service delivered a different part of the file than "
           "requested"));
    return;
  }
  if (has_other_size (self, size)) {
    fail_with_other_file (transfer);
    return;
  }
  /* After If-Range, a whole different file does not mean that there are no ranges. */
  self->no_ranges |= misplaced
      || (whole
          && !(other && nanogpt_validators_are_strong (&self->validators)));
  self->doubtful |= other && transfer == self->main;
  if (misplaced || (other && start > 0)
      || (transfer == self->ahead && (whole || other))) {
    start_again (transfer);
    return;
  }
  if (transfer == self->ahead)
    self->guarded &= nanogpt_delivery_has_strong_etag (headers);
  transfer->start = start;
  transfer->offset = start;
  transfer->size = size;
  advance (transfer);
}

static gint64
get_retry_after (SoupMessageHeaders *headers)
{
  const char *date = soup_message_headers_get_one (headers, "Date");
  g_autoptr (GDateTime) now =
      date ? soup_date_time_new_from_http_string (date) : NULL;

  return nanogpt_retry_after_parse (
      soup_message_headers_get_one (headers, "Retry-After"), now);
}

static void
fail_with_status (Transfer *transfer)
{
  guint status = soup_message_get_status (get_message (transfer));
  g_autofree char *where =
      nanogpt_url_to_display (soup_message_get_uri (get_message (transfer)));
  GError *error = nanogpt_http_error_new (
      status, NULL, NULL, get_retry_after (get_headers (transfer)));
  NanogptErrorDetails *details = nanogpt_error_get_details (error);

  /* The status of a file server says nothing about the user's request. */
  error->code =
      status < 300 ? NANOGPT_ERROR_BAD_RESPONSE : NANOGPT_ERROR_SERVER;
  g_free (error->message);
  error->message = g_strdup_printf (
      _ ("The video could not be downloaded: its server responded with %u %s"),
      status, soup_status_get_phrase (status));
  g_free (details->debug);
  details->debug = g_strdup_printf ("GET %s", where);
  details->transient |= status == 416;
  transfer->download->doubtful |=
      status == 416 && transfer == transfer->download->main;
  transfer_fail (transfer, error);
}

/* The end */

/* Whether there was no response because the file ends here.  If the file itself
 * also shows that it ends here, the announced size was too large. */
static gboolean
is_past_end (Transfer *transfer)
{
  NanogptDownload *self = transfer->download;
  const char *range =
      soup_message_headers_get_one (get_headers (transfer), "Content-Range");
  guint64 size = 0;

  if (transfer->offset == 0
      || transfer->offset < nanogpt_clip_get_available (self->clip, 0)
      || (nanogpt_clip_get_size (self->clip) >= 0
          && transfer->verdict != NANOGPT_CONTAINER_WHOLE))
    return FALSE;
  if (range && g_str_has_prefix (range, "bytes */"))
    g_ascii_string_to_unsigned (
        range + strlen ("bytes */"), 10, 0, G_MAXINT64, &size, NULL);
  return transfer->offset == (size > 0 ? size : self->end);
}

/* Whether a body of unknown length has ended at the end of the file: a broken
 * connection looks the same.  If the file itself does not show it, the server
 * is asked for the bytes that follow, and the end is believed if there are
 * none. */
static gboolean
is_end_of_file (Transfer *transfer)
{
  NanogptDownload *self = transfer->download;

  return transfer->verdict == NANOGPT_CONTAINER_WHOLE
      || (transfer->offset == self->end
          && transfer->verdict != NANOGPT_CONTAINER_CUT_OFF);
}

static void
fail_with_early_end (Transfer *transfer)
{
  g_autoptr (GError) cause = g_error_new (
      G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, _ ("the file ended early"));

  transfer_fail (transfer,
      nanogpt_network_error_new (get_message (transfer), cause, TRUE));
}

static void
judge_end_of_body (Transfer *transfer)
{
  NanogptDownload *self = transfer->download;
  gboolean size_unknown = nanogpt_clip_get_size (self->clip) < 0;
  gboolean shorter = !size_unknown
      || transfer->offset < nanogpt_clip_get_available (self->clip, 0);
  gboolean all = soup_message_get_status (get_message (transfer)) != 206;
  gboolean certain = nanogpt_range_request_was_ended (transfer->request);

  if (certain && all && shorter) {
    fail_with_other_file (transfer);
  } else if (transfer->offset > 0 && !shorter
      && (certain || is_end_of_file (transfer))) {
    store_size (transfer, transfer->offset);
  } else if (size_unknown && transfer->offset > self->end
      && transfer->verdict != NANOGPT_CONTAINER_CUT_OFF) {
    self->end = transfer->offset;
    start_again (transfer);
  } else if (transfer->offset == 0) {
    fail_with_bad_response (
        transfer, _ ("The service delivered an empty file instead of a video"));
  } else {
    fail_with_early_end (transfer);
  }
}

static void
on_judged (GObject *clip G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  g_autoptr (Transfer) transfer = data;

  if (!transfer->request)
    return;
  transfer->verdict = nanogpt_container_judge_finish (result);
  if (soup_message_get_status (get_message (transfer)) != 416)
    judge_end_of_body (transfer);
  else if (is_past_end (transfer))
    store_size (transfer, transfer->offset);
  else
    fail_with_status (transfer);
}

/* What the file itself shows about its end is checked first. */
static void
on_ended (gpointer data)
{
  Transfer *transfer = data;

  nanogpt_container_judge_async (transfer->download->clip, transfer->offset,
      on_judged, g_rc_box_acquire (transfer));
}

static void
on_response (gpointer data, guint status)
{
  Transfer *transfer = data;

  if (status == 200 || status == 203 || status == 206)
    on_body_begins (transfer, status);
  else if (status == 416)
    on_ended (transfer);
  else
    fail_with_status (transfer);
}

static void
on_failed (gpointer data, GError *error)
{
  transfer_fail (data, error);
}

static void
start_transfer (NanogptDownload *self, Transfer **slot, guint64 offset)
{
  static const NanogptRangeRequestEvents events = {
    on_response,
    on_arrived,
    on_ended,
    on_failed,
  };
  gboolean strong = nanogpt_validators_are_strong (&self->validators);
  Transfer *transfer = g_rc_box_new0 (Transfer);

  transfer->download = g_object_ref (self);
  transfer->offset = offset;
  transfer->size = -1;
  transfer->request =
      nanogpt_range_request_start (nanogpt_client_get_account (self->client),
          self->url, offset, strong ? self->validators.etag : NULL,
          self->http_timeout, &events, transfer);
  *slot = transfer;
}

void
nanogpt_download_run_async (NanogptDownload *self, NanogptClient *client,
    const NanogptSettings *settings, GUri *url, GAsyncReadyCallback callback,
    gpointer user_data)
{
  g_return_if_fail (!self->task);

  self->task = g_task_new (self, NULL, callback, user_data);
  g_set_object (&self->client, client);
  self->http_timeout = settings->http_timeout;
  self->retries = settings->retries;
  g_clear_pointer (&self->url, g_uri_unref);
  self->url = g_uri_ref (url);
  self->failures = 0;
  start_main (self);
}

gboolean
nanogpt_download_run_finish (
    NanogptDownload *self G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
nanogpt_download_stop (NanogptDownload *self)
{
  if (self->task)
    download_finish (self,
        g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Download stopped"));
}

/* Whether the data that a reader waits for is about to arrive.  Only the clip
 * knows how far the transfer is: bytes are read as soon as they are stored,
 * before the transfer is notified.  The reader's may have been stored by now. */
static gboolean
is_near (const Transfer *transfer, guint64 offset)
{
  guint64 gap_end;

  return transfer && offset >= transfer->offset
      && offset < FAR_AHEAD
          + nanogpt_clip_get_gap (
              transfer->download->clip, transfer->offset, &gap_end);
}

void
nanogpt_download_want (NanogptDownload *self, guint64 offset)
{
  gint64 size = nanogpt_clip_get_size (self->clip);

  if (!self->main || self->no_ranges || self->doubtful
      || self->failures_ahead > self->retries || size < 0
      || offset >= (guint64)size
      || nanogpt_clip_get_available (self->clip, offset) > 0)
    return;
  if (is_near (self->main, offset) || is_near (self->ahead, offset))
    return;

  transfer_end (&self->ahead);
  start_transfer (self, &self->ahead, offset);
}
