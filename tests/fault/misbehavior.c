/* nanovid: answers that no honest server gives
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "misbehavior.h"

#include <string.h>

/* Sending */

static void
send_head (Service *self, GSocketConnection *connection, const char *more)
{
  fixture_raw_send (self->raw, connection, "HTTP/1.1 200 OK\r\n");
  fixture_raw_send (self->raw, connection, more);
}

void
service_send_json (
    Service *self, GSocketConnection *connection, const char *json)
{
  g_autofree char *head = g_strdup_printf (
      "Content-Type: application/json\r\nContent-Length: %" G_GSIZE_FORMAT
      "\r\nConnection: close\r\n\r\n",
      strlen (json));

  send_head (self, connection, head);
  fixture_raw_send (self->raw, connection, json);
}

/* Sends @text @times times, or until the peer closes the connection. */
static void
repeat (Service *self, GSocketConnection *connection, const char *text,
    guint64 times)
{
  g_autoptr (GString) block = g_string_new (NULL);
  gsize length = strlen (text);
  guint64 in_block = MAX (1, (64 << 10) / length);

  for (guint i = 0; i < in_block; i++)
    g_string_append (block, text);
  for (; times > 0; times -= in_block) {
    in_block = MIN (in_block, times);
    if (!fixture_raw_send_data (
            self->raw, connection, block->str, in_block * length))
      return;
  }
}

static void
drip (Service *self, GSocketConnection *connection, const char *text)
{
  while (fixture_raw_drip (self->raw, connection, text, strlen (text), 1, 0.05))
    continue;
}

void
service_send_clip (Service *self, GSocketConnection *connection, gsize offset)
{
  gsize size;
  const char *data = g_bytes_get_data (self->clip, &size);

  fixture_raw_send_data (self->raw, connection, data + offset, size - offset);
}

/* Misbehaviors */

void
misbehave_large_json (Service *self, GSocketConnection *connection)
{
  send_head (self, connection, "Content-Length: 20000002\r\n\r\n\"");
  repeat (self, connection, "nonsense ", 20000000 / 9);
  fixture_raw_send (self->raw, connection, "\"");
}

void
misbehave_endless_body (Service *self, GSocketConnection *connection)
{
  send_head (self, connection, "\r\n{\"data\":");
  repeat (self, connection, "[1, 2, 3], ", G_MAXUINT64);
}

void
misbehave_endless_clip (Service *self, GSocketConnection *connection)
{
  gsize size;
  const char *data = g_bytes_get_data (self->clip, &size);

  send_head (self, connection, "\r\n");
  fixture_raw_send_data (self->raw, connection, data, size);
  repeat (self, connection, "more and more ", G_MAXUINT64);
}

void
misbehave_endless_chunks (Service *self, GSocketConnection *connection)
{
  g_autofree char *blanks = g_strnfill (4096, ' ');
  g_autofree char *chunk = g_strdup_printf ("1000\r\n%s\r\n", blanks);

  send_head (self, connection, "Transfer-Encoding: chunked\r\n\r\n");
  repeat (self, connection, chunk, G_MAXUINT64);
}

void
misbehave_endless_trailers (Service *self, GSocketConnection *connection)
{
  send_head (self, connection, "Transfer-Encoding: chunked\r\n\r\n0\r\n");
  repeat (self, connection, "X-Filler: lots and lots of it\r\n", G_MAXUINT64);
}

void
misbehave_nested_json (Service *self, GSocketConnection *connection)
{
  send_head (self, connection, "Connection: close\r\n\r\n");
  repeat (self, connection, "[", 100000);
  repeat (self, connection, "]", 100000);
}

void
misbehave_nested_objects (Service *self, GSocketConnection *connection)
{
  send_head (self, connection, "Connection: close\r\n\r\n");
  repeat (self, connection, "{\"data\":", 100000);
}

void
misbehave_long_url (Service *self, GSocketConnection *connection)
{
  send_head (self, connection, "Connection: close\r\n\r\n");
  fixture_raw_send (self->raw, connection,
      "{\"data\":{\"status\":\"COMPLETED\",\"output\":{\"video\":{"
      "\"url\":\"https://192.0.2.1/");
  repeat (self, connection, "0123456789", 100000);
  fixture_raw_send (self->raw, connection, "\"}}}}");
}

void
misbehave_nul_bytes (Service *self, GSocketConnection *connection)
{
  static const char body[] = "{\"data\":{\"status\":\"COMP\0LETED\"}}\0\0\0";

  send_head (self, connection, "Connection: close\r\n\r\n");
  fixture_raw_send_data (self->raw, connection, body, sizeof body);
}

void
misbehave_endless_headers (Service *self, GSocketConnection *connection)
{
  send_head (self, connection, "");
  repeat (self, connection, "X-Filler: lots and lots of it\r\n", G_MAXUINT64);
}

void
misbehave_endless_header (Service *self, GSocketConnection *connection)
{
  send_head (self, connection, "X-Filler: ");
  repeat (self, connection, "lots and lots of it ", G_MAXUINT64);
}

void
misbehave_endless_continue (Service *self, GSocketConnection *connection)
{
  repeat (self, connection, "HTTP/1.1 100 Continue\r\n\r\n", G_MAXUINT64);
}

void
misbehave_dripped_headers (Service *self, GSocketConnection *connection)
{
  send_head (self, connection, "");
  drip (self, connection, "X-Filler: and again\r\n");
}

void
misbehave_dripped_body (Service *self, GSocketConnection *connection)
{
  send_head (self, connection, "\r\n");
  drip (self, connection, " ");
}

void
misbehave_reset (Service *self G_GNUC_UNUSED, GSocketConnection *connection)
{
  fixture_raw_reset (connection);
}

/* Sends the first half with the length of the whole. */
static void
half_clip (Service *self, GSocketConnection *connection)
{
  g_autofree char *length =
      g_strdup_printf ("Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n",
          g_bytes_get_size (self->clip));

  send_head (self, connection, length);
  fixture_raw_send_data (self->raw, connection,
      g_bytes_get_data (self->clip, NULL), g_bytes_get_size (self->clip) / 2);
}

/* Sends half of the clip, and in response to the request for the rest, the part
 * from @offset to the end.
 * Returns: whether it was the part */
static gboolean
send_in_parts (Service *self, GSocketConnection *connection, gsize offset)
{
  gsize size = g_bytes_get_size (self->clip);
  g_autofree char *head = NULL;

  if (g_atomic_int_get (&self->asked) == 1) {
    half_clip (self, connection);
    return FALSE;
  }
  head = g_strdup_printf (
      "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %" G_GSIZE_FORMAT
      "-%" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT "\r\nConnection: close\r\n\r\n",
      offset, size - 1, size);
  fixture_raw_send (self->raw, connection, head);
  service_send_clip (self, connection, offset);
  return TRUE;
}

void
misbehave_overlong_part (Service *self, GSocketConnection *connection)
{
  if (send_in_parts (self, connection, g_bytes_get_size (self->clip) / 2))
    repeat (self, connection, "more and more", 100000);
}

void
misbehave_misplaced_part (Service *self, GSocketConnection *connection)
{
  send_in_parts (self, connection, g_bytes_get_size (self->clip) / 2 + 100);
}

void
misbehave_overlapping_part (Service *self, GSocketConnection *connection)
{
  send_in_parts (self, connection, 100);
}

void
misbehave_shrunken_part (Service *self, GSocketConnection *connection)
{
  g_autofree char *head = NULL;

  if (g_atomic_int_get (&self->asked) == 1) {
    send_head (self, connection, "Transfer-Encoding: chunked\r\n\r\n");
    fixture_raw_send (self->raw, connection, "4e20\r\n");
    fixture_raw_send_data (
        self->raw, connection, g_bytes_get_data (self->clip, NULL), 20000);
    return;
  }
  head = g_strdup ("HTTP/1.1 206 Partial Content\r\n"
                   "Content-Range: bytes 9000-9999/10000\r\n"
                   "Content-Length: 1000\r\nConnection: close\r\n\r\n");
  fixture_raw_send (self->raw, connection, head);
  repeat (self, connection, "shrunken..", 100);
}

void
misbehave_encoded_clip (Service *self, GSocketConnection *connection)
{
  send_head (
      self, connection, "Content-Encoding: gzip\r\nConnection: close\r\n\r\n");
  service_send_clip (self, connection, 0);
}

static GBytes *
gzip (GBytes *bytes)
{
  g_autoptr (GConverter) deflate =
      G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 1));
  g_autoptr (GInputStream) in = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (GInputStream) converted =
      g_converter_input_stream_new (in, deflate);
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();

  g_output_stream_splice (
      out, converted, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, NULL);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
}

static void
send_gzipped (Service *self, GSocketConnection *connection, guint part)
{
  g_autoptr (GBytes) zipped = gzip (self->clip);
  gsize size;
  const char *data = g_bytes_get_data (zipped, &size);
  g_autofree char *head = g_strdup_printf (
      "Content-Encoding: gzip\r\nContent-Length: %" G_GSIZE_FORMAT
      "\r\nConnection: close\r\n\r\n",
      size);

  send_head (self, connection, head);
  fixture_raw_send_data (self->raw, connection, data, size / part);
}

void
misbehave_gzipped_clip (Service *self, GSocketConnection *connection)
{
  send_gzipped (self, connection, 1);
}

void
misbehave_half_gzipped_clip (Service *self, GSocketConnection *connection)
{
  send_gzipped (self, connection, 2);
}

void
misbehave_untold_length (Service *self, GSocketConnection *connection)
{
  send_head (self, connection, "Connection: close\r\n\r\n");
  service_send_clip (self, connection, 0);
}

void
misbehave_zip_bomb (Service *self, GSocketConnection *connection)
{
  /* This begins as a clip, and continues with a megabyte of deflated blanks: a
   * gigabyte. */
  g_autoptr (GConverter) deflate =
      G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9));
  g_autoptr (GOutputStream) out = g_converter_output_stream_new (
      g_io_stream_get_output_stream (G_IO_STREAM (connection)), deflate);
  g_autofree char *block = g_strnfill (64 << 10, ' ');
  gsize size;
  const char *data = g_bytes_get_data (self->clip, &size);

  send_head (
      self, connection, "Content-Encoding: gzip\r\nConnection: close\r\n\r\n");
  g_output_stream_write_all (out, data, size, NULL, NULL, NULL);
  for (guint i = 0; i < 16 << 10; i++)
    if (!g_output_stream_write_all (out, block, 64 << 10, NULL, NULL, NULL))
      return;
}
