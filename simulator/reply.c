/* nanovid: simulator: puts an answer on the wire, at the pace asked for
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reply.h"

#define CHUNK (64 * 1024)
#define PACE_MS 20

/* An answer that is delayed, paced, cut off, or made up as it is sent. */
typedef struct
{
  SoupServerMessage *message; /* not owned: the reply belongs to it */
  SimAnswer *answer;
  GSource *source;
  gboolean paused;
  gboolean over;
  gboolean hang_up; /* instead of answering */
  gboolean chunked;
  guint64 rate; /* bytes a second, or 0 */
  guint64 cut;  /* hang up after so many bytes of the body */
  guint64 sent;
} Reply;

static void
reply_free (gpointer data)
{
  Reply *reply = data;

  if (reply->source) {
    g_source_destroy (reply->source);
    g_source_unref (reply->source);
  }
  g_clear_pointer (&reply->answer, sim_answer_free);
  g_free (reply);
}

void
sim_reply_hang_up (SoupServerMessage *message)
{
  GSocket *socket = soup_server_message_get_socket (message);

  if (socket)
    g_socket_shutdown (socket, TRUE, TRUE, NULL);
}

static void
schedule (Reply *reply, guint ms, GSourceFunc func)
{
  if (reply->source) {
    g_source_destroy (reply->source);
    g_source_unref (reply->source);
  }
  reply->source = g_timeout_source_new (ms);
  g_source_set_callback (reply->source, func, reply, NULL);
  g_source_attach (reply->source, g_main_context_get_thread_default ());
}

static void
resume (Reply *reply)
{
  if (reply->over || !reply->paused)
    return;
  reply->paused = FALSE;
  soup_server_message_unpause (reply->message);
}

static void
hold (Reply *reply)
{
  if (reply->over || reply->paused)
    return;
  reply->paused = TRUE;
  soup_server_message_pause (reply->message);
}

/* The next @length bytes of the body. */
static GBytes *
make_chunk (Reply *reply, gsize length)
{
  SimAnswer *answer = reply->answer;
  guint64 offset = answer->first + reply->sent;
  guint64 size = g_bytes_get_size (answer->data);
  guint8 *padding;

  if (offset < size)
    return g_bytes_new_from_bytes (
        answer->data, offset, MIN (length, size - offset));
  padding = g_malloc (length);
  memset (padding, answer->pad, length);
  return g_bytes_new_take (padding, length);
}

static void
feed (Reply *reply)
{
  SoupMessageBody *body =
      soup_server_message_get_response_body (reply->message);
  guint64 length = MIN (reply->answer->length, reply->cut) - reply->sent;
  guint64 limit =
      reply->rate > 0 ? MAX (reply->rate * PACE_MS / 1000, 1) : CHUNK;
  g_autoptr (GBytes) chunk = NULL;

  length = MIN (length, MIN (limit, CHUNK));
  if (length > 0) {
    chunk = make_chunk (reply, length);
    soup_message_body_append_bytes (body, chunk);
    reply->sent += g_bytes_get_size (chunk);
  } else {
    soup_message_body_complete (body);
  }
}

static gboolean
on_pace (gpointer data)
{
  Reply *reply = data;

  feed (reply);
  resume (reply);
  return G_SOURCE_REMOVE;
}

/* The bytes sent so far are on their way; the rest never is. */
static void
cut_off (Reply *reply)
{
  SoupMessageBody *body =
      soup_server_message_get_response_body (reply->message);

  sim_reply_hang_up (reply->message);
  /* Makes the server notice. */
  soup_message_body_append (body, SOUP_MEMORY_STATIC, "\n", 1);
}

static guint
get_pause (Reply *reply, guint64 bytes)
{
  return MAX (bytes * 1000 / reply->rate, 1);
}

static void
on_wrote_chunk (G_GNUC_UNUSED SoupServerMessage *message, Reply *reply)
{
  guint64 length = reply->answer->length;

  if (reply->sent >= reply->cut && reply->cut < length) {
    cut_off (reply);
  } else if (reply->rate > 0 && reply->sent < length) {
    hold (reply);
    schedule (reply,
        get_pause (reply, MIN (MAX (reply->rate * PACE_MS / 1000, 1), CHUNK)),
        on_pace);
  } else if (reply->sent < length || reply->chunked) {
    feed (reply);
  }
}

static void
on_wrote_headers (SoupServerMessage *message, Reply *reply)
{
  if (reply->cut == 0 && reply->answer->length > 0)
    sim_reply_hang_up (message);
}

static void
on_finished (G_GNUC_UNUSED SoupServerMessage *message, Reply *reply)
{
  reply->over = TRUE;
  if (reply->source)
    g_source_destroy (reply->source);
}

static void
set_head (Reply *reply)
{
  SimAnswer *answer = reply->answer;
  SoupMessageHeaders *headers =
      soup_server_message_get_response_headers (reply->message);

  soup_server_message_set_status (reply->message, answer->status, NULL);
  if (answer->content_type)
    soup_message_headers_replace (
        headers, "Content-Type", answer->content_type);
  for (guint i = 0; i < answer->headers->len; i += 2)
    soup_message_headers_append (
        headers, answer->headers->pdata[i], answer->headers->pdata[i + 1]);
  if (reply->chunked)
    soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
  else
    soup_message_headers_set_content_length (headers, answer->length);
}

static void
send_whole (Reply *reply)
{
  SimAnswer *answer = reply->answer;
  SoupMessageBody *body =
      soup_server_message_get_response_body (reply->message);
  g_autoptr (GBytes) part =
      g_bytes_new_from_bytes (answer->data, answer->first, answer->length);

  if (answer->length > 0)
    soup_message_body_append_bytes (body, part);
  soup_message_body_complete (body);
}

static void
send_in_pieces (Reply *reply)
{
  soup_message_body_set_accumulate (
      soup_server_message_get_response_body (reply->message), FALSE);
  g_signal_connect (
      reply->message, "wrote-headers", G_CALLBACK (on_wrote_headers), reply);
  g_signal_connect (
      reply->message, "wrote-chunk", G_CALLBACK (on_wrote_chunk), reply);
  if (reply->cut == 0)
    soup_message_body_append (
        soup_server_message_get_response_body (reply->message),
        SOUP_MEMORY_STATIC, "\n", 1);
  else
    feed (reply);
}

static void
start (Reply *reply)
{
  SimAnswer *answer = reply->answer;

  if (reply->hang_up) {
    sim_reply_hang_up (reply->message);
    return;
  }
  set_head (reply);
  if (answer->length > 0
      && (reply->rate > 0 || reply->cut < answer->length
          || answer->first + answer->length > g_bytes_get_size (answer->data)))
    send_in_pieces (reply);
  else
    send_whole (reply);
}

static gboolean
on_delay (gpointer data)
{
  Reply *reply = data;

  start (reply);
  resume (reply);
  return G_SOURCE_REMOVE;
}

/* Sends @answer as @fault would have it. Takes @answer.
 * @fault: (nullable): what goes wrong.
 * @bandwidth: bytes a second, or 0. */
void
sim_reply (SoupServerMessage *message, SimAnswer *answer, const SimFault *fault,
    guint64 bandwidth)
{
  Reply *reply = g_new0 (Reply, 1);

  reply->message = message;
  reply->answer = answer;
  reply->rate = bandwidth;
  reply->cut = G_MAXUINT64;
  if (fault) {
    reply->hang_up = fault->reply_drop;
    reply->chunked = fault->no_length;
    if (fault->drip > 0)
      reply->rate = fault->drip;
    if (fault->reply_half)
      reply->cut = answer->length / 2;
    if (fault->truncate >= 0)
      reply->cut = fault->truncate;
  }
  g_object_set_data_full (G_OBJECT (message), "sim-reply", reply, reply_free);
  g_signal_connect (message, "finished", G_CALLBACK (on_finished), reply);

  if (fault && fault->delay > 0) {
    hold (reply);
    schedule (reply, fault->delay, on_delay);
  } else {
    start (reply);
  }
}
