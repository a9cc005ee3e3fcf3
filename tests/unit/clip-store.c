/* nanovid: downloads for tests: a service with one job, and a store of its clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "clip-store.h"

#define SUBMIT "/api/generate-video"
#define STATUS "/api/generate-video/status"

static void
send_json (Store *self, GSocketConnection *connection, const char *json)
{
  g_autofree char *text = g_strdup_printf (
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
      "Content-Length: %" G_GSIZE_FORMAT "\r\nConnection: close\r\n\r\n%s",
      strlen (json), json);

  fixture_raw_send (self->raw, connection, text);
}

static gboolean
serve_request (Store *self, GSocketConnection *connection)
{
  g_autofree char *status = g_strdup_printf (
      "{\"data\":{\"status\":\"COMPLETED\",\"output\":{\"video\":{\"url\":\"%s\""
      "}}}}",
      self->url);
  g_autofree char *head = NULL;
  guint number;

  if (!fixture_raw_read_request (self->raw, connection, &head))
    return FALSE;
  if (g_str_has_prefix (head, "GET " STATUS)) {
    send_json (self, connection, status);
    return FALSE;
  }
  if (g_str_has_prefix (head, "POST " SUBMIT)) {
    g_atomic_int_inc (&self->submits);
    send_json (
        self, connection, "{\"runId\":\"vid_1\",\"status\":\"pending\"}");
    return FALSE;
  }
  if (g_str_has_prefix (head, "GET /api/")) {
    fixture_raw_send (self->raw, connection,
        "HTTP/1.1 404 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    return FALSE;
  }
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->heads, g_steal_pointer (&head));
  number = self->heads->len;
  g_mutex_unlock (&self->lock);
  self->answer (self, connection, number);
  return g_atomic_int_get (&self->keep);
}

static void
serve (FixtureRaw *raw, GSocketConnection *connection,
    guint connections G_GNUC_UNUSED, gpointer data)
{
  Store *self = data;

  self->raw = raw;
  while (serve_request (self, connection))
    continue;
}

Owner *
store_open (Store *self, const char *url, StoreAnswer answer, GBytes *media)
{
  g_autoptr (GError) error = NULL;
  NanogptSettings *settings = nanogpt_settings_new ();
  FixtureRaw *raw;

  *self = (Store){ .url = url, .answer = answer };
  self->heads = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&self->lock);
  raw = fixture_raw_new (serve, self);
  self->raw = raw;
  self->service.media = media;
  self->service.settings = settings;
  settings->api_key = g_strdup (KEY);
  settings->base_url = g_strdup (fixture_raw_get_url (raw));
  settings->state_dir = fixture_make_dir ();
  settings->spool_dir = fixture_make_dir ();
  settings->poll_interval = 20;
  settings->retries = 3;
  nanogpt_settings_resolve (settings, &error);
  g_assert_no_error (error);
  return service_ask (&self->service, "a lighthouse");
}

void
store_close (Store *self)
{
  /* Its handlers use @self until it is freed. */
  g_object_unref (self->raw);
  g_clear_pointer (&self->heads, g_ptr_array_unref);
  g_clear_pointer (&self->service.settings, nanogpt_settings_free);
  g_clear_pointer (&self->service.media, g_bytes_unref);
  g_mutex_clear (&self->lock);
}

void
store_assert_collected (Store *self, Owner *owner)
{
  g_autoptr (NanogptJobStatus) status =
      owner_wait_until (owner, has_come_to, NANOGPT_JOB_COMPLETE);

  g_assert_no_error (status->error);
  assert_clip (owner->job, self->service.media);
}

const char *
store_get_head (Store *self, guint number)
{
  const char *head;

  g_mutex_lock (&self->lock);
  g_assert_cmpuint (number, <=, self->heads->len);
  head = g_ptr_array_index (self->heads, number - 1);
  g_mutex_unlock (&self->lock);
  return head;
}

void
store_send_part (Store *self, GSocketConnection *connection,
    const char *headers, gsize start, gsize end, gboolean part)
{
  gsize size;
  const char *data = g_bytes_get_data (self->service.media, &size);
  g_autofree char *range = g_strdup_printf ("Content-Range: bytes %zu-%zu/%zu"
                                            "\r\n",
      start, size - 1, size);
  g_autofree char *head = g_strdup_printf (
      "HTTP/1.1 %s\r\n%s%sContent-Length: %zu\r\nConnection: close\r\n\r\n",
      part ? "206 Part" : "200 OK", headers, part ? range : "", size - start);

  fixture_raw_send (self->raw, connection, head);
  fixture_raw_send_data (self->raw, connection, data + start, end - start);
}

gsize
store_get_range (Store *self, guint number)
{
  const char *range =
      strstr (store_get_head (self, number), "\r\nRange: bytes=");

  return range
      ? g_ascii_strtoull (range + strlen ("\r\nRange: bytes="), NULL, 10)
      : 0;
}

void
store_send_asked (Store *self, GSocketConnection *connection, guint number,
    const char *headers)
{
  gsize start = store_get_range (self, number);

  store_send_part (self, connection, headers, start, SIZE, start > 0);
}

void
store_send_file (Store *self, GSocketConnection *connection, guint number)
{
  store_send_asked (self, connection, number, "ETag: \"a\"\r\n");
}

void
store_add_test (const char *group, const char *name, gconstpointer data,
    GTestDataFunc function)
{
  g_autofree char *path = g_strdup_printf ("/download/%s/%s", group, name);

  g_test_add_data_func (path, data, function);
}
