/* nanovid: simulator: sends a response, at the requested rate
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sender.h"

#define CHUNK (64 * 1024)
#define INTERVAL_MS 20

/* A response that is delayed, throttled, cut off, or generated while being
 * sent. */
typedef struct
{
  SoupServerMessage *message; /* not owned: the message owns the sender */
  SimResponse *response;
  GSource *source;
  gboolean paused;
  gboolean over;
  gboolean hang_up; /* instead of sending */
  gboolean chunked;
  guint64 rate; /* bytes a second, or 0 */
  guint64 cut;  /* hang up after this many bytes of the body */
  guint64 sent;
} Sender;

static void
sender_free (gpointer data)
{
  Sender *sender = data;

  if (sender->source) {
    g_source_destroy (sender->source);
    g_source_unref (sender->source);
  }
  g_clear_pointer (&sender->response, sim_response_free);
  g_free (sender);
}

void
sim_sender_hang_up (SoupServerMessage *message)
{
  GSocket *socket = soup_server_message_get_socket (message);

  if (socket)
    g_socket_shutdown (socket, TRUE, TRUE, NULL);
}

static void
schedule (Sender *sender, guint ms, GSourceFunc func)
{
  if (sender->source) {
    g_source_destroy (sender->source);
    g_source_unref (sender->source);
  }
  sender->source = g_timeout_source_new (ms);
  g_source_set_callback (sender->source, func, sender, NULL);
  g_source_attach (sender->source, g_main_context_get_thread_default ());
}

static void
resume_sending (Sender *sender)
{
  if (sender->over || !sender->paused)
    return;
  sender->paused = FALSE;
  soup_server_message_unpause (sender->message);
}

static void
pause_sending (Sender *sender)
{
  if (sender->over || sender->paused)
    return;
  sender->paused = TRUE;
  soup_server_message_pause (sender->message);
}

/* The next @length bytes of the body. */
static GBytes *
make_chunk (Sender *sender, gsize length)
{
  SimResponse *response = sender->response;
  guint64 offset = response->first + sender->sent;
  guint64 size = g_bytes_get_size (response->data);
  guint8 *padding;

  if (offset < size)
    return g_bytes_new_from_bytes (
        response->data, offset, MIN (length, size - offset));
  padding = g_malloc (length);
  memset (padding, response->pad, length);
  return g_bytes_new_take (padding, length);
}

static void
feed (Sender *sender)
{
  SoupMessageBody *body =
      soup_server_message_get_response_body (sender->message);
  guint64 length = MIN (sender->response->length, sender->cut) - sender->sent;
  guint64 limit =
      sender->rate > 0 ? MAX (sender->rate * INTERVAL_MS / 1000, 1) : CHUNK;
  g_autoptr (GBytes) chunk = NULL;

  length = MIN (length, MIN (limit, CHUNK));
  if (length > 0) {
    chunk = make_chunk (sender, length);
    soup_message_body_append_bytes (body, chunk);
    sender->sent += g_bytes_get_size (chunk);
  } else {
    soup_message_body_complete (body);
  }
}

static gboolean
on_interval (gpointer data)
{
  Sender *sender = data;

  feed (sender);
  resume_sending (sender);
  return G_SOURCE_REMOVE;
}

/* Hangs up after the bytes that were sent. */
static void
cut_off (Sender *sender)
{
  SoupMessageBody *body =
      soup_server_message_get_response_body (sender->message);

  sim_sender_hang_up (sender->message);
  /* Makes the server notice the closed connection. */
  soup_message_body_append (body, SOUP_MEMORY_STATIC, "\n", 1);
}

static guint
get_pause (Sender *sender, guint64 bytes)
{
  return MAX (bytes * 1000 / sender->rate, 1);
}

static void
on_wrote_chunk (G_GNUC_UNUSED SoupServerMessage *message, Sender *sender)
{
  guint64 length = sender->response->length;

  if (sender->sent >= sender->cut && sender->cut < length) {
    cut_off (sender);
  } else if (sender->rate > 0 && sender->sent < length) {
    pause_sending (sender);
    schedule (sender,
        get_pause (
            sender, MIN (MAX (sender->rate * INTERVAL_MS / 1000, 1), CHUNK)),
        on_interval);
  } else if (sender->sent < length || sender->chunked) {
    feed (sender);
  }
}

static void
on_wrote_headers (SoupServerMessage *message, Sender *sender)
{
  if (sender->cut == 0 && sender->response->length > 0)
    sim_sender_hang_up (message);
}

static void
on_finished (G_GNUC_UNUSED SoupServerMessage *message, Sender *sender)
{
  sender->over = TRUE;
  if (sender->source)
    g_source_destroy (sender->source);
}

static void
set_head (Sender *sender)
{
  SimResponse *response = sender->response;
  SoupMessageHeaders *headers =
      soup_server_message_get_response_headers (sender->message);

  soup_server_message_set_status (sender->message, response->status, NULL);
  if (response->content_type)
    soup_message_headers_replace (
        headers, "Content-Type", response->content_type);
  for (guint i = 0; i < response->headers->len; i += 2)
    soup_message_headers_append (
        headers, response->headers->pdata[i], response->headers->pdata[i + 1]);
  if (sender->chunked)
    soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
  else
    soup_message_headers_set_content_length (headers, response->length);
}

static void
send_whole (Sender *sender)
{
  SimResponse *response = sender->response;
  SoupMessageBody *body =
      soup_server_message_get_response_body (sender->message);
  g_autoptr (GBytes) part = g_bytes_new_from_bytes (
      response->data, response->first, response->length);

  if (response->length > 0)
    soup_message_body_append_bytes (body, part);
  soup_message_body_complete (body);
}

static void
send_in_pieces (Sender *sender)
{
  soup_message_body_set_accumulate (
      soup_server_message_get_response_body (sender->message), FALSE);
  g_signal_connect (
      sender->message, "wrote-headers", G_CALLBACK (on_wrote_headers), sender);
  g_signal_connect (
      sender->message, "wrote-chunk", G_CALLBACK (on_wrote_chunk), sender);
  if (sender->cut == 0)
    soup_message_body_append (
        soup_server_message_get_response_body (sender->message),
        SOUP_MEMORY_STATIC, "\n", 1);
  else
    feed (sender);
}

static void
start_sending (Sender *sender)
{
  SimResponse *response = sender->response;

  if (sender->hang_up) {
    sim_sender_hang_up (sender->message);
    return;
  }
  set_head (sender);
  if (response->length > 0
      && (sender->rate > 0 || sender->cut < response->length
          || response->first + response->length
              > g_bytes_get_size (response->data)))
    send_in_pieces (sender);
  else
    send_whole (sender);
}

static gboolean
on_delay (gpointer data)
{
  Sender *sender = data;

  start_sending (sender);
  resume_sending (sender);
  return G_SOURCE_REMOVE;
}

/* Sends @response with the fault applied. Takes ownership of @response.
 * @fault: (nullable): the fault.
 * @bandwidth: bytes per second, or 0. */
void
sim_sender_send (SoupServerMessage *message, SimResponse *response,
    const SimFault *fault, guint64 bandwidth)
{
  Sender *sender = g_new0 (Sender, 1);

  sender->message = message;
  sender->response = response;
  sender->rate = bandwidth;
  sender->cut = G_MAXUINT64;
  if (fault) {
    sender->hang_up = fault->reply_drop;
    sender->chunked = fault->no_length;
    if (fault->drip > 0)
      sender->rate = fault->drip;
    if (fault->reply_half)
      sender->cut = response->length / 2;
    if (fault->truncate >= 0)
      sender->cut = fault->truncate;
  }
  g_object_set_data_full (
      G_OBJECT (message), "sim-sender", sender, sender_free);
  g_signal_connect (message, "finished", G_CALLBACK (on_finished), sender);

  if (fault && fault->delay > 0) {
    pause_sending (sender);
    schedule (sender, fault->delay, on_delay);
  } else {
    start_sending (sender);
  }
}
