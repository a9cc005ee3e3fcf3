/* nanovid: response headers of a file: validators, byte range and size
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "delivery.h"

void
nanogpt_validators_clear (NanogptValidators *self)
{
  g_clear_pointer (&self->etag, g_free);
  g_clear_pointer (&self->last_modified, g_free);
}

gboolean
nanogpt_validators_are_strong (const NanogptValidators *self)
{
  return self->etag && self->etag[0] == '"';
}

gboolean
nanogpt_validators_differ (
    const NanogptValidators *self, SoupMessageHeaders *headers)
{
  const char *etag = soup_message_headers_get_one (headers, "ETag");
  const char *last_modified =
      soup_message_headers_get_one (headers, "Last-Modified");

  if (self->etag && etag)
    return !g_str_equal (self->etag, etag);
  return self->last_modified && last_modified
      && !g_str_equal (self->last_modified, last_modified);
}

static void
update (char **value, const char *now)
{
  if (now) {
    g_free (*value);
    *value = g_strdup (now);
  }
}

void
nanogpt_validators_update (NanogptValidators *self, SoupMessageHeaders *headers)
{
  update (&self->etag, soup_message_headers_get_one (headers, "ETag"));
  update (&self->last_modified,
      soup_message_headers_get_one (headers, "Last-Modified"));
}

gboolean
nanogpt_delivery_has_strong_etag (SoupMessageHeaders *headers)
{
  const char *etag = soup_message_headers_get_one (headers, "ETag");

  return etag && etag[0] == '"';
}

gboolean
nanogpt_delivery_is_encoded (SoupMessageHeaders *headers)
{
  return soup_message_headers_get_one (headers, "Content-Encoding")
      && !soup_message_headers_header_equals (
          headers, "Content-Encoding", "identity");
}

gboolean
nanogpt_delivery_is_decoded (GInputStream *stream)
{
  while (G_IS_FILTER_INPUT_STREAM (stream)
      && !G_IS_CONVERTER_INPUT_STREAM (stream))
    stream =
        g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (stream));
  return G_IS_CONVERTER_INPUT_STREAM (stream);
}

gint64
nanogpt_delivery_get_size (
    SoupMessageHeaders *headers, guint status, gint64 *start)
{
  goffset first = 0;
  goffset last;
  goffset total = -1;

  if (nanogpt_delivery_is_encoded (headers)) {
    *start = status == 206 ? -1 : 0;
    return -1;
  }
  if (status == 206) {
    if (!soup_message_headers_get_content_range (
            headers, &first, &last, &total))
      first = -1;
  } else if (soup_message_headers_get_encoding (headers)
      == SOUP_ENCODING_CONTENT_LENGTH) {
    total = soup_message_headers_get_content_length (headers);
  }
  *start = first;
  return total;
}
