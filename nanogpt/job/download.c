/* nanovid: downloads a result URL into a clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "download.h"

#include <glib/gi18n-lib.h>

#include "nanogpt/http/connections.h"
#include "container.h"
#include "nanogpt/http/delivery.h"
#include "nanogpt/http/http-request.h"
#include "nanogpt/http/http-error.h"
#include "nanogpt/http/proxy.h"
#include "nanogpt/http/retry-after.h"
#include "nanogpt/http/retry.h"
#include "nanogpt/base/timer.h"
#include "nanogpt/base/url.h"

#define MAX_REDIRECTS 5

/* As much as has arrived while the piece before was stored is taken at once, up
 * to this: every piece costs a change of threads. */
#define CHUNK (1 << 20)

/* A reader this far ahead of what arrives gets a request of its own. */
#define FAR_AHEAD (256 << 10)

/* So much of what is there is fetched again, to be compared, where nothing else
 * tells that the rest is of the same file. */
#define OVERLAP (64 << 10)

/* One request and its body.  The main one goes from hole to hole until the
 * clip is complete; the one ahead serves a reader that cannot wait for it.
 * References are held by the download and by every callback to come. */
typedef struct
{
  NanogptDownload *download;
  gboolean active;
  guint redirects;
  GUri *url;
  SoupMessage *message;
  GInputStream *stream;
  GCancellable *cancellable;
  GSource *silence;
  guint64 offset;      /* of the next byte to store */
  gint64 size;         /* of the whole file, as the answer tells it, or -1 */
  gboolean identified; /* its file is the one that is there */
  gboolean storing;
  gboolean waiting; /* for the stream to be readable */
  guint8 *buffer;   /* what was read and is to be stored next */
  gsize filled;
  GError *failure; /* what comes after the bytes in the buffer */
  gboolean whole;  /* what the file says of its end, where looked at */
  gboolean cut_off;
} Transfer;

struct _NanogptDownload
{
  GObject parent;

  NanogptClient *client;
  NanogptClip *clip;
  guint http_timeout;
  guint retries;
  NanogptDownloadGrown grown;
  gpointer grown_data;

  gboolean no_ranges; /* the server is known to have none */
  gboolean doubtful;  /* what is there has to be compared with what comes */
  NanogptValidators validators; /* of what is there */

  GTask *task; /* the run under way */
  GUri *url;
  NanogptTimer *pause;
  guint failures; /* in a row, of the main transfer */
  guint failures_ahead;
  guint64 bytes; /* of the clip, when some were last stored */
  guint64 end;   /* where a body of unknown length has ended */
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
nanogpt_download_new (NanogptClient *client, NanogptClip *clip,
    const NanogptSettings *settings, NanogptDownloadGrown grown,
    gpointer user_data)
{
  NanogptDownload *self = g_object_new (NANOGPT_TYPE_DOWNLOAD, NULL);

  self->client = g_object_ref (client);
  self->clip = g_object_ref (clip);
  self->http_timeout = settings->http_timeout;
  self->retries = settings->retries;
  self->grown = grown;
  self->grown_data = user_data;
  return self;
}

/* Transfers: their life */

static void
transfer_clear (gpointer data)
{
  Transfer *transfer = data;

  g_clear_object (&transfer->message);
  g_clear_object (&transfer->stream);
  g_clear_object (&transfer->cancellable);
  g_clear_pointer (&transfer->url, g_uri_unref);
  g_clear_object (&transfer->download);
  g_clear_error (&transfer->failure);
  g_free (transfer->buffer);
}

static void
transfer_unref (Transfer *transfer)
{
  g_rc_box_release_full (transfer, transfer_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Transfer, transfer_unref)

/* Whatever it still waits for finds it inactive. */
static void
transfer_end (Transfer **slot)
{
  Transfer *transfer = g_steal_pointer (slot);

  if (!transfer)
    return;
  transfer->active = FALSE;
  g_source_destroy (transfer->silence);
  g_clear_pointer (&transfer->silence, g_source_unref);
  nanogpt_http_request_cancel (transfer->cancellable);
  transfer_unref (transfer);
}

static void
transfer_touch (Transfer *transfer)
{
  gint64 timeout = transfer->download->http_timeout * G_TIME_SPAN_SECOND;

  g_source_set_ready_time (
      transfer->silence, timeout > 0 ? g_get_monotonic_time () + timeout : -1);
}

/* The run */

/* Takes @error. */
static void
finish (NanogptDownload *self, GError *error)
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
  guint64 arrived = nanogpt_clip_get_available (self->clip, 0);

  if (self->no_ranges || self->doubtful)
    return 0;
  if (nanogpt_validators_are_strong (&self->validators))
    return arrived;
  return arrived - MIN (arrived, OVERLAP);
}

static void
start_main (NanogptDownload *self)
{
  if (nanogpt_clip_is_complete (self->clip))
    finish (self, NULL);
  else
    start_transfer (self, &self->main, get_resume_offset (self));
}

/* What else the answer brings is of no use. */
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

  /* The main transfer gets to where the one ahead failed, if later. */
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
  /* The next answer may be about the right file again. */
  self->doubtful |= g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WRONG_ETAG);
  if (delay < 0) {
    finish (self, error);
    return;
  }
  self->failures++;
  transfer_end (&self->main);
  self->pause = nanogpt_timer_new (delay, on_pause_over, self, NULL);
  g_error_free (error);
}

static void
transfer_fail_with_cause (Transfer *transfer, const GError *cause)
{
  gboolean answered = soup_message_get_status (transfer->message) != 0;

  transfer_fail (
      transfer, nanogpt_network_error_new (transfer->message, cause, answered));
}

static void
fail_with_bad_response (Transfer *transfer, const char *message)
{
  GError *error =
      g_error_new_literal (NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE, message);

  nanogpt_error_get_details (error)->answered = TRUE;
  transfer_fail (transfer, error);
}

static void
fail_with_other_file (Transfer *transfer)
{
  transfer_fail (transfer,
      g_error_new (G_IO_ERROR, G_IO_ERROR_WRONG_ETAG,
          _ ("The file at the service has changed")));
}

static gboolean
on_silence (gpointer data)
{
  Transfer *transfer = data;
  g_autoptr (GError) cause = g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
      _ ("nothing arrived for %u seconds"), transfer->download->http_timeout);

  nanogpt_connections_cut (
      nanogpt_client_get_session (transfer->download->client),
      transfer->message);
  transfer_fail_with_cause (transfer, cause);
  return G_SOURCE_REMOVE;
}

static gboolean
dispatch_ready_time (
    GSource *source G_GNUC_UNUSED, GSourceFunc callback, gpointer data)
{
  return callback (data);
}

static GSource *
add_silence_source (Transfer *transfer)
{
  static GSourceFuncs funcs = { .dispatch = dispatch_ready_time };
  GSource *source = g_source_new (&funcs, sizeof (GSource));

  g_source_set_callback (source, on_silence, transfer, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

/* Transfers: storing what arrives, on a thread that may wait for the disk */

typedef struct
{
  Transfer *transfer;
  NanogptClip *clip;
  gint64 size; /* to set first, unless -1 */
  guint64 offset;
  GBytes *bytes; /* (nullable) */
} Store;

static void
store_free (gpointer data)
{
  Store *store = data;

  g_object_unref (store->clip);
  g_clear_pointer (&store->bytes, g_bytes_unref);
  g_free (store);
}

static void
store_in_thread (GTask *task, gpointer source G_GNUC_UNUSED, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  Store *store = data;
  GError *error = NULL;

  if ((store->size < 0
          || nanogpt_clip_set_size (store->clip, store->size, &error))
      && (!store->bytes
          || nanogpt_clip_write (
              store->clip, store->offset, store->bytes, &error)))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void advance (Transfer *transfer);

/* A server without ranges sends over and over what is already there. */
static void
note_growth (Transfer *transfer)
{
  NanogptDownload *self = transfer->download;
  guint64 bytes = nanogpt_clip_get_bytes (self->clip);

  if (bytes > self->bytes && transfer == self->ahead)
    self->failures_ahead = 0;
  else if (bytes > self->bytes)
    self->failures = 0;
  self->bytes = bytes;
}

static void
on_stored (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  g_autoptr (Transfer) transfer = data;
  NanogptDownload *self = transfer->download;
  Store *store = g_task_get_task_data (G_TASK (result));
  GError *error = NULL;
  guint64 available;

  transfer->storing = FALSE;
  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    if (transfer->active)
      transfer_fail (transfer, error);
    else
      g_error_free (error);
    return;
  }
  if (!transfer->active)
    return;

  if (store->bytes)
    transfer->offset += g_bytes_get_size (store->bytes);
  note_growth (transfer);
  self->grown (self->grown_data);
  if (!transfer->active)
    return;

  if (nanogpt_clip_is_complete (self->clip)) {
    finish (self, NULL);
    return;
  }
  /* Where the other transfer has been, there is nothing more to fetch. */
  available = nanogpt_clip_get_available (self->clip, transfer->offset);
  if (transfer == self->ahead && available > 0) {
    transfer_end (&self->ahead);
  } else if (available >= FAR_AHEAD && !self->no_ranges && !self->doubtful) {
    transfer_end (&self->main);
    start_main (self);
  } else {
    advance (transfer);
  }
}

/* Takes @bytes. */
static void
store (Transfer *transfer, gint64 size, GBytes *bytes)
{
  g_autoptr (GTask) task =
      g_task_new (NULL, NULL, on_stored, g_rc_box_acquire (transfer));
  Store *store = g_new0 (Store, 1);

  store->transfer = transfer;
  store->clip = g_object_ref (transfer->download->clip);
  store->size = size;
  store->offset = transfer->offset;
  store->bytes = bytes;
  transfer->storing = TRUE;
  g_task_set_task_data (task, store, store_free);
  g_task_run_in_thread (task, store_in_thread);
}

/* Once all that is there has been compared with what the answer brings, or the
 * server has been asked for the rest of the same file, the answer's validators
 * are those of what is there. */
static void
identify (Transfer *transfer)
{
  NanogptDownload *self = transfer->download;
  SoupMessageHeaders *headers =
      soup_message_get_response_headers (transfer->message);

  if (transfer->identified || transfer != self->main
      || transfer->offset < nanogpt_clip_get_available (self->clip, 0))
    return;
  transfer->identified = TRUE;
  self->doubtful = FALSE;
  nanogpt_validators_update (&self->validators, headers);
}

/* What the file itself says of its end */

typedef struct
{
  NanogptClip *clip;
  guint64 offset;
  void (*then) (Transfer *transfer);
  gboolean whole;
  gboolean cut_off;
} Look;

static void
look_free (gpointer data)
{
  Look *look = data;

  g_object_unref (look->clip);
  g_free (look);
}

static void
look_in_thread (GTask *task, gpointer source G_GNUC_UNUSED, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  Look *look = data;

  look->whole = nanogpt_container_is_whole (look->clip, look->offset);
  look->cut_off = nanogpt_container_is_cut_off (look->clip, look->offset);
  g_task_return_boolean (task, TRUE);
}

static void
on_looked (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  g_autoptr (Transfer) transfer = data;
  Look *look = g_task_get_task_data (G_TASK (result));

  transfer->storing = FALSE;
  if (!transfer->active)
    return;
  transfer->whole = look->whole;
  transfer->cut_off = look->cut_off;
  look->then (transfer);
}

/* Nothing else is stored meanwhile. */
static void
look_at_end (Transfer *transfer, void (*then) (Transfer *transfer))
{
  g_autoptr (GTask) task =
      g_task_new (NULL, NULL, on_looked, g_rc_box_acquire (transfer));
  Look *look = g_new0 (Look, 1);

  look->clip = g_object_ref (transfer->download->clip);
  look->offset = transfer->offset;
  look->then = then;
  transfer->storing = TRUE;
  g_task_set_task_data (task, look, look_free);
  g_task_run_in_thread (task, look_in_thread);
}

static void proceed (Transfer *transfer);

/* The size of a file that is not the one that is there is no news. */
static void
advance (Transfer *transfer)
{
  identify (transfer);
  if (transfer->identified && transfer->size >= 0
      && nanogpt_clip_get_size (transfer->download->clip) < 0)
    store (transfer, transfer->size, NULL);
  else
    proceed (transfer);
}

/* Whether a body whose length nobody told has ended where the file does: a
 * connection that breaks looks the same.  Where the file itself does not say,
 * it is asked for what comes after, and believed when there is nothing. */
static gboolean
is_end_of_file (Transfer *transfer)
{
  NanogptDownload *self = transfer->download;

  return transfer->whole
      || (transfer->offset == self->end && !transfer->cut_off);
}

/* Whether a body that has ended without an error has ended where its server
 * ends it, whatever its file says.  libsoup before 3.6.5 (its issues 153 and 381,
 * mended by commit 1e32b5e1) takes it for the end, too, when the connection is
 * closed between two chunks; it is not when the connection is still open. */
static gboolean
is_end_of_answer (Transfer *transfer)
{
  if (soup_message_headers_get_encoding (
          soup_message_get_response_headers (transfer->message))
      != SOUP_ENCODING_CHUNKED)
    return FALSE;
  return soup_check_version (3, 6, 5)
      || nanogpt_connections_is_open (
          nanogpt_client_get_session (transfer->download->client),
          transfer->message);
}

static void
on_end_of_body (Transfer *transfer)
{
  NanogptDownload *self = transfer->download;
  gboolean untold = nanogpt_clip_get_size (self->clip) < 0;
  gboolean shorter =
      !untold || transfer->offset < nanogpt_clip_get_available (self->clip, 0);
  gboolean all = soup_message_get_status (transfer->message) != 206;
  gboolean certain = is_end_of_answer (transfer);
  g_autoptr (GError) cause = NULL;

  if (certain && all && shorter) {
    fail_with_other_file (transfer);
    return;
  }
  if (transfer->offset > 0 && !shorter
      && (certain || is_end_of_file (transfer))) {
    store (transfer, transfer->offset, NULL);
    return;
  }
  if (untold && transfer->offset > self->end && !transfer->cut_off) {
    self->end = transfer->offset;
    start_again (transfer);
    return;
  }
  if (transfer->offset == 0) {
    fail_with_bad_response (
        transfer, _ ("The service delivered an empty file instead of a video"));
    return;
  }
  cause = g_error_new (
      G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, _ ("the file ended early"));
  transfer_fail_with_cause (transfer, cause);
}

static gboolean
on_readable (GObject *stream G_GNUC_UNUSED, gpointer data)
{
  Transfer *transfer = data;

  transfer->waiting = FALSE;
  if (transfer->active)
    proceed (transfer);
  return G_SOURCE_REMOVE;
}

static void
wait_until_readable (Transfer *transfer)
{
  g_autoptr (GSource) source = NULL;

  if (transfer->waiting)
    return;

  transfer->waiting = TRUE;
  source = g_pollable_input_stream_create_source (
      G_POLLABLE_INPUT_STREAM (transfer->stream), transfer->cancellable);
  g_source_set_callback (source, G_SOURCE_FUNC (on_readable),
      g_rc_box_acquire (transfer), (GDestroyNotify)transfer_unref);
  g_source_attach (source, g_main_context_get_thread_default ());
}

typedef enum
{
  READ_FULL,    /* no more goes into the buffer */
  READ_BLOCKED, /* no more has arrived */
  READ_OVER,    /* no more comes */
} ReadEnd;

static ReadEnd
read_more (Transfer *transfer)
{
  gsize before = transfer->filled;
  gssize length = 1;

  if (!transfer->buffer)
    transfer->buffer = g_malloc (CHUNK);

  while (!transfer->failure && length > 0 && transfer->filled < CHUNK) {
    length = g_pollable_input_stream_read_nonblocking (
        G_POLLABLE_INPUT_STREAM (transfer->stream),
        transfer->buffer + transfer->filled, CHUNK - transfer->filled,
        transfer->cancellable, &transfer->failure);
    if (length > 0)
      transfer->filled += length;
  }
  if (transfer->filled > before)
    transfer_touch (transfer);

  if (g_error_matches (transfer->failure, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
    g_clear_error (&transfer->failure);
    return READ_BLOCKED;
  }
  return transfer->failure || length == 0 ? READ_OVER : READ_FULL;
}

static void
store_buffer (Transfer *transfer)
{
  gsize length = transfer->filled;
  guint8 *buffer = g_steal_pointer (&transfer->buffer);

  transfer->filled = 0;
  store (transfer, -1,
      g_bytes_new_take (
          length < CHUNK ? g_realloc (buffer, length) : buffer, length));
}

/* Reads while the piece before is stored. */
static void
proceed (Transfer *transfer)
{
  ReadEnd end = read_more (transfer);

  if (transfer->filled > 0 && !transfer->storing) {
    store_buffer (transfer);
    if (end == READ_FULL)
      end = read_more (transfer);
  }

  if (end == READ_BLOCKED) {
    wait_until_readable (transfer);
  } else if (!transfer->storing) {
    g_autoptr (GError) failure = g_steal_pointer (&transfer->failure);

    if (failure)
      transfer_fail_with_cause (transfer, failure);
    else
      look_at_end (transfer, on_end_of_body);
  }
}

/* Transfers: the answer's headers */

static gboolean
has_other_size (NanogptDownload *self, gint64 size)
{
  gint64 known = nanogpt_clip_get_size (self->clip);
  gint64 arrived = nanogpt_clip_get_available (self->clip, 0);

  return size >= 0 && (known >= 0 ? size != known : size < arrived);
}

/* A server that cannot give the part that it was asked for, or that of a file
 * that may be another one, is asked for all of it. */
static void
on_body_begins (Transfer *transfer, guint status)
{
  NanogptDownload *self = transfer->download;
  SoupMessageHeaders *headers =
      soup_message_get_response_headers (transfer->message);
  gint64 start;
  gint64 size = nanogpt_delivery_get_size (headers, status, &start);
  gboolean misplaced = start < 0 || (guint64)start > transfer->offset;
  gboolean other = nanogpt_validators_differ (&self->validators, headers);
  gboolean encoded = nanogpt_delivery_is_encoded (headers);
  gboolean whole = status != 206 && (transfer->offset > 0 || encoded);

  if (encoded && !nanogpt_delivery_is_decoded (transfer->stream)) {
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
  /* Where If-Range was sent, all of another file is no sign. */
  self->no_ranges |= misplaced
      || (whole
          && !(other && nanogpt_validators_are_strong (&self->validators)));
  self->doubtful |= other && transfer == self->main;
  if (misplaced || (other && start > 0)
      || (transfer == self->ahead && (whole || other))) {
    start_again (transfer);
    return;
  }
  transfer->offset = start;
  transfer->size = size;
  advance (transfer);
}

static void send_request (Transfer *transfer);

static void
follow_redirect (Transfer *transfer)
{
  NanogptDownload *self = transfer->download;
  const char *location = soup_message_headers_get_one (
      soup_message_get_response_headers (transfer->message), "Location");
  g_autoptr (GUri) from = g_steal_pointer (&transfer->url);
  GError *error = NULL;

  if (location && transfer->redirects++ < MAX_REDIRECTS)
    transfer->url = nanogpt_result_url_resolve (
        nanogpt_client_get_base_url (self->client), from, location, &error);
  else
    error = g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE,
        _ ("The video's URL redirects endlessly"));

  if (error) {
    nanogpt_error_get_details (error)->answered = TRUE;
    transfer_fail (transfer, error);
    return;
  }
  send_request (transfer);
}

/* Whether there was no answer because there is nothing more.  A file that ends
 * there by its own account, too, was said to be longer than it is. */
static gboolean
is_past_end (Transfer *transfer)
{
  NanogptDownload *self = transfer->download;
  const char *range = soup_message_headers_get_one (
      soup_message_get_response_headers (transfer->message), "Content-Range");
  guint64 size = 0;

  if (transfer->offset == 0
      || transfer->offset < nanogpt_clip_get_available (self->clip, 0)
      || (nanogpt_clip_get_size (self->clip) >= 0 && !transfer->whole))
    return FALSE;
  if (range && g_str_has_prefix (range, "bytes */"))
    g_ascii_string_to_unsigned (
        range + strlen ("bytes */"), 10, 0, G_MAXINT64, &size, NULL);
  return transfer->offset == (size > 0 ? size : self->end);
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
  guint status = soup_message_get_status (transfer->message);
  g_autofree char *where =
      nanogpt_url_to_display (soup_message_get_uri (transfer->message));
  GError *error = nanogpt_http_error_new (status, NULL, NULL,
      get_retry_after (soup_message_get_response_headers (transfer->message)));
  NanogptErrorDetails *details = nanogpt_error_get_details (error);

  /* Whatever a store of files answers, it is not about the request. */
  error->code =
      status < 300 ? NANOGPT_ERROR_BAD_RESPONSE : NANOGPT_ERROR_SERVER;
  g_free (error->message);
  error->message = g_strdup_printf (
      _ ("The video could not be downloaded: its server answered "
         "%u %s"),
      status, soup_status_get_phrase (status));
  g_free (details->debug);
  details->debug = g_strdup_printf ("GET %s", where);
  details->transient |= status == 416;
  transfer->download->doubtful |=
      status == 416 && transfer == transfer->download->main;
  transfer_fail (transfer, error);
}

static void
on_past_end (Transfer *transfer)
{
  if (is_past_end (transfer))
    store (transfer, transfer->offset, NULL);
  else
    fail_with_status (transfer);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Transfer) transfer = data;
  g_autoptr (GError) cause = NULL;
  guint status;

  g_clear_object (&transfer->stream);
  transfer->stream =
      soup_session_send_finish (SOUP_SESSION (source), result, &cause);
  if (!transfer->active)
    return;
  if (!transfer->stream || nanogpt_proxy_has_refused (transfer->message)) {
    transfer_fail_with_cause (transfer, cause);
    return;
  }

  status = soup_message_get_status (transfer->message);
  if (status == 200 || status == 203 || status == 206) {
    on_body_begins (transfer, status);
  } else if (status == 416) {
    look_at_end (transfer, on_past_end);
  } else if (SOUP_STATUS_IS_REDIRECTION (status) && status != 304) {
    follow_redirect (transfer);
  } else {
    fail_with_status (transfer);
  }
}

static void
send_request (Transfer *transfer)
{
  NanogptDownload *self = transfer->download;
  SoupMessageHeaders *headers;

  g_clear_object (&transfer->message);
  transfer->message =
      nanogpt_client_new_message (self->client, SOUP_METHOD_GET, transfer->url);
  headers = soup_message_get_request_headers (transfer->message);
  if (transfer->offset > 0) {
    soup_message_headers_set_range (headers, transfer->offset, -1);
    if (nanogpt_validators_are_strong (&self->validators))
      soup_message_headers_replace (headers, "If-Range", self->validators.etag);
  }
  transfer_touch (transfer);
  nanogpt_http_request_guard (transfer->message, transfer->cancellable);
  soup_session_send_async (nanogpt_client_get_session (self->client),
      transfer->message, NANOGPT_SEND_PRIORITY, transfer->cancellable,
      on_answer, g_rc_box_acquire (transfer));
}

static void
start_transfer (NanogptDownload *self, Transfer **slot, guint64 offset)
{
  Transfer *transfer = g_rc_box_new0 (Transfer);

  transfer->download = g_object_ref (self);
  transfer->active = TRUE;
  transfer->url = g_uri_ref (self->url);
  transfer->cancellable = g_cancellable_new ();
  transfer->silence = add_silence_source (transfer);
  transfer->offset = offset;
  transfer->size = -1;
  *slot = transfer;
  send_request (transfer);
}

void
nanogpt_download_run_async (NanogptDownload *self, GUri *url,
    GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (!self->task);

  self->task = g_task_new (self, NULL, callback, user_data);
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
    finish (self,
        g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Download stopped"));
}

/* Whether what a reader waits for is about to come.  Only the clip knows how far
 * the transfer is: what was stored is read before the transfer hears of it. */
static gboolean
is_near (const Transfer *transfer, guint64 offset)
{
  guint64 gap_end;
  guint64 next;

  if (!transfer)
    return FALSE;
  next = nanogpt_clip_get_gap (
      transfer->download->clip, transfer->offset, &gap_end);
  return offset >= next && offset - next < FAR_AHEAD;
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
