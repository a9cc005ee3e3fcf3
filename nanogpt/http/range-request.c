/* nanovid: GET request for a file from a byte offset, read in chunks
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "range-request.h"

#include <glib/gi18n-lib.h>

#include "connections.h"
#include "delivery.h"
#include "http-error.h"
#include "http-request.h"
#include "proxy.h"
#include "nanogpt/base/url.h"

#define MAX_REDIRECTS 5

/* Maximum size of a piece.  All that has arrived while the previous piece was
 * stored is taken at once, because every piece costs a thread switch. */
#define PIECE (1 << 20)

/* New memory costs more than the copy into it, so buffers are reused. */
#define MAX_POOLED 2

/* While this much arrives each time, half of the buffer is filled before it is
 * handed over: one REST later.  Otherwise a fast stream would consist of many small
 * pieces, and of even more waits, for each of which GLib makes a dozen system calls
 * (in g_main_context_add_poll()).  To wait for the other half, too, would cost a
 * stream of more than PIECE in REST more than it saves. */
#define FAST (PIECE / 4)
#define REST 1 /* ms */

/* The owner and every pending callback hold a reference. */
struct _NanogptRangeRequest
{
  NanogptAccount *account;
  GUri *url;
  guint64 offset;
  char *if_range;
  guint patience;
  const NanogptRangeRequestEvents *events;
  gpointer owner; /* NULL once stopped */

  guint redirects;
  SoupMessage *message;
  GInputStream *stream;
  GCancellable *cancellable;
  GSource *silence;
  gboolean wanted;  /* whether the owner waits for the next piece */
  gboolean waiting; /* for the stream to be readable */
  gboolean resting; /* until more has arrived */
  guint8 *buffer;   /* received bytes to hand over next */
  gsize filled;
  GAsyncQueue *pool; /* of buffers that were handed over, and are free again */
  GError *failure;   /* reported after the bytes in the buffer */
};

static void
range_request_clear (gpointer data)
{
  NanogptRangeRequest *self = data;

  g_clear_object (&self->account);
  g_clear_pointer (&self->url, g_uri_unref);
  g_free (self->if_range);
  g_clear_object (&self->message);
  g_clear_object (&self->stream);
  g_clear_object (&self->cancellable);
  g_free (self->buffer);
  g_clear_pointer (&self->pool, g_async_queue_unref);
  g_clear_error (&self->failure);
}

static void
range_request_unref (NanogptRangeRequest *self)
{
  g_rc_box_release_full (self, range_request_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptRangeRequest, range_request_unref)

SoupMessage *
nanogpt_range_request_get_message (NanogptRangeRequest *self)
{
  return self->message;
}

gboolean
nanogpt_range_request_can_decode (NanogptRangeRequest *self)
{
  return nanogpt_delivery_is_decoded (self->stream);
}

/* libsoup before 3.6.5 (issues 153 and 381, fixed by commit 1e32b5e1) also
 * reports the end when the connection is closed between two chunks.  If the
 * connection is still open, this was not the case. */
gboolean
nanogpt_range_request_was_ended (NanogptRangeRequest *self)
{
  if (soup_message_headers_get_encoding (
          soup_message_get_response_headers (self->message))
      != SOUP_ENCODING_CHUNKED)
    return FALSE;
  return soup_check_version (3, 6, 5)
      || nanogpt_connections_is_open (
          nanogpt_account_get_session (self->account), self->message);
}

static void
fail_with_cause (NanogptRangeRequest *self, const GError *cause)
{
  gboolean responded = soup_message_get_status (self->message) != 0;

  self->events->failed (
      self->owner, nanogpt_network_error_new (self->message, cause, responded));
}

/* Silence */

static void
touch (NanogptRangeRequest *self)
{
  gint64 patience = self->patience * G_TIME_SPAN_SECOND;

  g_source_set_ready_time (
      self->silence, patience > 0 ? g_get_monotonic_time () + patience : -1);
}

static gboolean
on_silence (gpointer data)
{
  g_autoptr (NanogptRangeRequest) self = g_rc_box_acquire (data);
  g_autoptr (GError) cause = g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
      _ ("no data arrived for %u seconds"), self->patience);

  nanogpt_connections_cut (
      nanogpt_account_get_session (self->account), self->message);
  fail_with_cause (self, cause);
  return G_SOURCE_REMOVE;
}

static gboolean
dispatch_ready_time (
    GSource *source G_GNUC_UNUSED, GSourceFunc callback, gpointer data)
{
  return callback (data);
}

static GSource *
add_silence_source (NanogptRangeRequest *self)
{
  static GSourceFuncs funcs = { .dispatch = dispatch_ready_time };
  GSource *source = g_source_new (&funcs, sizeof (GSource));

  g_source_set_callback (source, on_silence, self, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

/* The body */

typedef enum
{
  READ_FULL,    /* the buffer is full */
  READ_BLOCKED, /* no more data has arrived */
  READ_OVER,    /* no more data will arrive */
} ReadEnd;

static ReadEnd
read_more (NanogptRangeRequest *self)
{
  gsize before = self->filled;
  gssize length = 1;

  if (!self->buffer)
    self->buffer = g_async_queue_try_pop (self->pool);
  if (!self->buffer)
    self->buffer = g_malloc (PIECE);

  while (!self->failure && length > 0 && self->filled < PIECE) {
    length = g_pollable_input_stream_read_nonblocking (
        G_POLLABLE_INPUT_STREAM (self->stream), self->buffer + self->filled,
        PIECE - self->filled, self->cancellable, &self->failure);
    if (length > 0)
      self->filled += length;
  }
  if (self->filled > before)
    touch (self);

  if (g_error_matches (self->failure, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
    g_clear_error (&self->failure);
    return READ_BLOCKED;
  }
  return self->failure || length == 0 ? READ_OVER : READ_FULL;
}

typedef struct
{
  GAsyncQueue *pool;
  guint8 *buffer;
} PooledBuffer;

/* Called on any thread. */
static void
pooled_buffer_free (gpointer data)
{
  PooledBuffer *pooled = data;

  if (g_async_queue_length (pooled->pool) < MAX_POOLED)
    g_async_queue_push (pooled->pool, pooled->buffer);
  else
    g_free (pooled->buffer);
  g_async_queue_unref (pooled->pool);
  g_free (pooled);
}

/* Small pieces are copied: they must not keep large buffers. */
static GBytes *
take_piece (NanogptRangeRequest *self)
{
  gsize length = self->filled;
  PooledBuffer *pooled;

  self->filled = 0;
  if (length < PIECE / 2)
    return g_bytes_new (self->buffer, length);

  pooled = g_new (PooledBuffer, 1);
  pooled->pool = g_async_queue_ref (self->pool);
  pooled->buffer = g_steal_pointer (&self->buffer);
  return g_bytes_new_with_free_func (
      pooled->buffer, length, pooled_buffer_free, pooled);
}

static void
hand_over (NanogptRangeRequest *self)
{
  self->wanted = FALSE;
  self->events->arrived (self->owner, take_piece (self));
}

static void
hand_over_end (NanogptRangeRequest *self)
{
  g_autoptr (GError) failure = g_steal_pointer (&self->failure);

  self->wanted = FALSE;
  if (failure)
    fail_with_cause (self, failure);
  else
    self->events->ended (self->owner);
}

static void rest (NanogptRangeRequest *self);
static void wait_until_readable (NanogptRangeRequest *self);

/* Also reads while the owner stores the previous piece. */
static void
proceed (NanogptRangeRequest *self)
{
  gsize before = self->filled;
  ReadEnd end;

  if (self->resting)
    return;
  end = read_more (self);
  if (end == READ_BLOCKED && self->filled - before >= FAST
      && self->filled < PIECE / 2) {
    rest (self);
    return;
  }

  if (self->filled > 0 && self->wanted) {
    hand_over (self);
    if (!self->owner)
      return;
    if (end == READ_FULL) {
      proceed (self);
      return;
    }
  }
  if (end == READ_BLOCKED)
    wait_until_readable (self);
  else if (self->wanted)
    hand_over_end (self);
}

static gboolean
on_rested (gpointer data)
{
  NanogptRangeRequest *self = data;

  self->resting = FALSE;
  if (self->owner)
    proceed (self);
  return G_SOURCE_REMOVE;
}

static void
rest (NanogptRangeRequest *self)
{
  g_autoptr (GSource) source = g_timeout_source_new (REST);

  self->resting = TRUE;
  g_source_set_callback (source, on_rested, g_rc_box_acquire (self),
      (GDestroyNotify)range_request_unref);
  g_source_attach (source, g_main_context_get_thread_default ());
}

static gboolean
on_readable (GObject *stream G_GNUC_UNUSED, gpointer data)
{
  NanogptRangeRequest *self = data;

  self->waiting = FALSE;
  if (self->owner)
    proceed (self);
  return G_SOURCE_REMOVE;
}

static void
wait_until_readable (NanogptRangeRequest *self)
{
  g_autoptr (GSource) source = NULL;

  if (self->waiting)
    return;

  self->waiting = TRUE;
  source = g_pollable_input_stream_create_source (
      G_POLLABLE_INPUT_STREAM (self->stream), self->cancellable);
  g_source_set_callback (source, G_SOURCE_FUNC (on_readable),
      g_rc_box_acquire (self), (GDestroyNotify)range_request_unref);
  g_source_attach (source, g_main_context_get_thread_default ());
}

void
nanogpt_range_request_read (NanogptRangeRequest *request)
{
  g_autoptr (NanogptRangeRequest) self = g_rc_box_acquire (request);

  self->wanted = TRUE;
  proceed (self);
}

/* The request */

static void send_request (NanogptRangeRequest *self);

static void
follow_redirect (NanogptRangeRequest *self)
{
  const char *location = soup_message_headers_get_one (
      soup_message_get_response_headers (self->message), "Location");
  g_autoptr (GUri) from = g_steal_pointer (&self->url);
  GError *error = NULL;

  if (location && self->redirects++ < MAX_REDIRECTS)
    self->url = nanogpt_result_url_resolve (
        nanogpt_account_get_base_url (self->account), from, location, &error);
  else
    error = g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE,
        _ ("The video's URL redirects endlessly"));

  if (error) {
    nanogpt_error_get_details (error)->responded = TRUE;
    self->events->failed (self->owner, error);
    return;
  }
  send_request (self);
}

static void
on_response (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptRangeRequest) self = data;
  g_autoptr (GError) cause = NULL;
  guint status;

  g_clear_object (&self->stream);
  self->stream =
      soup_session_send_finish (SOUP_SESSION (source), result, &cause);
  if (!self->owner)
    return;
  if (!self->stream || nanogpt_proxy_has_refused (self->message)) {
    fail_with_cause (self, cause);
    return;
  }

  status = soup_message_get_status (self->message);
  if (SOUP_STATUS_IS_REDIRECTION (status) && status != 304)
    follow_redirect (self);
  else
    self->events->responded (self->owner, status);
}

static void
send_request (NanogptRangeRequest *self)
{
  SoupMessageHeaders *headers;

  g_clear_object (&self->message);
  self->message =
      nanogpt_account_new_message (self->account, SOUP_METHOD_GET, self->url);
  headers = soup_message_get_request_headers (self->message);
  if (self->offset > 0) {
    soup_message_headers_set_range (headers, self->offset, -1);
    if (self->if_range)
      soup_message_headers_replace (headers, "If-Range", self->if_range);
  }
  touch (self);
  nanogpt_http_request_guard (self->message, self->cancellable);
  soup_session_send_async (nanogpt_account_get_session (self->account),
      self->message, NANOGPT_SEND_PRIORITY, self->cancellable, on_response,
      g_rc_box_acquire (self));
}

NanogptRangeRequest *
nanogpt_range_request_start (NanogptAccount *account, GUri *url, guint64 offset,
    const char *if_range, guint patience,
    const NanogptRangeRequestEvents *events, gpointer owner)
{
  NanogptRangeRequest *self = g_rc_box_new0 (NanogptRangeRequest);

  self->account = g_object_ref (account);
  self->url = g_uri_ref (url);
  self->offset = offset;
  self->if_range = g_strdup (if_range);
  self->patience = patience;
  self->events = events;
  self->owner = owner;
  self->cancellable = g_cancellable_new ();
  self->pool = g_async_queue_new_full (g_free);
  self->silence = add_silence_source (self);
  send_request (self);
  return self;
}

/* Pending callbacks find it without an owner. */
void
nanogpt_range_request_stop (NanogptRangeRequest *self)
{
  self->owner = NULL;
  g_source_destroy (self->silence);
  g_clear_pointer (&self->silence, g_source_unref);
  nanogpt_http_request_cancel (self->cancellable);
  range_request_unref (self);
}
