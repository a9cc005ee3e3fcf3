/* nanovid: simulator: the store that the clips are downloaded from
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "media.h"

/* Like real object stores, this one responds in XML. */
static SimResponse *
new_store_error (guint status, const char *code, const char *message)
{
  g_autofree char *xml =
      g_strdup_printf ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                       "<Error><Code>%s</Code><Message>%s</Message></Error>\n",
          code, message);

  return sim_response_new_text (status, "application/xml", xml);
}

/* URLs have numbers only if there are several results. */
static char *
get_result_path (SimJob *job, guint index, const char *directory)
{
  const char *extension = sim_clip_get_extension (job->clips->pdata[index]);

  if (job->clips->len > 1)
    return g_strdup_printf (
        "/%s/%s-%u.%s", directory, job->run_id, index, extension);
  return g_strdup_printf ("/%s/%s.%s", directory, job->run_id, extension);
}

static char *
sign_path (SimService *service, SimJob *job, const char *path)
{
  g_autofree char *text = g_strdup_printf ("%s %u", path, job->signature);

  return g_compute_hmac_for_string (G_CHECKSUM_SHA256,
      (const guchar *)service->secret, strlen (service->secret), text, -1);
}

/* Returns: (transfer full): the URL of the data. */
char *
sim_media_sign (SimService *service, SimJob *job, guint index)
{
  g_autofree char *path = get_result_path (job, index, "results");
  g_autofree char *signature = sign_path (service, job, path);

  return g_strdup_printf (
      "%s%s?X-Signature=%s", service->media_url, path, signature);
}

/* Returns: (transfer full): the URL for a status response. Calling this renews
 *   a URL that has expired. */
char *
sim_media_result_url (SimService *service, SimJob *job, guint index)
{
  if (job->expired) {
    job->signature++;
    job->expired = FALSE;
  }
  if (service->options.relative_url || job->request->model->relative_url) {
    g_autofree char *model =
        g_uri_escape_string (job->request->model->slug, NULL, FALSE);
    g_autofree char *number =
        job->clips->len > 1 ? g_strdup_printf ("&index=%u", index) : NULL;
    return g_strdup_printf (
        "/api/generate-video/content?model=%s&runId=%s&variant=video%s", model,
        job->run_id, number ? number : "");
  }
  if (service->options.media_redirect) {
    g_autofree char *path = get_result_path (job, index, "redirect");
    g_autofree char *signature = sign_path (service, job, path);
    return g_strdup_printf (
        "%s%s?X-Signature=%s", service->media_url, path, signature);
  }
  return sim_media_sign (service, job, index);
}

/* A result of a job, by the path of its URL. */
typedef struct
{
  SimJob *job;
  SimClip *clip;
  guint index;
  char *directory;
} Result;

static void
result_clear (Result *result)
{
  g_free (result->directory);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Result, result_clear)

/* Parses /DIRECTORY/RUN-ID.EXTENSION, or with -INDEX after the run ID. */
static gboolean
find_result (SimService *service, const char *path, Result *result)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  g_auto (GStrv) name = NULL;
  g_autofree char *wanted = NULL;

  if (g_strv_length (parts) != 3)
    return FALSE;
  name = g_strsplit_set (parts[2], "-.", -1);
  result->job = name[0] ? sim_service_find_job (service, name[0]) : NULL;
  if (!result->job || result->job->clips->len == 0 || !name[1])
    return FALSE;
  if (name[2])
    result->index = g_ascii_strtoull (name[1], NULL, 10);
  if (result->index >= result->job->clips->len)
    return FALSE;
  result->clip = result->job->clips->pdata[result->index];
  if (!sim_clip_is_done (result->clip) || !sim_clip_get_bytes (result->clip))
    return FALSE;
  wanted = get_result_path (result->job, result->index, parts[1]);
  if (!g_str_equal (wanted, path))
    return FALSE;
  result->directory = g_strdup (parts[1]);
  return TRUE;
}

/* Checks that the query has the signature and nothing else. */
static gboolean
is_signed (SimCall *call, SimJob *job, const char *path)
{
  g_autofree char *signature = sign_path (call->service, job, path);
  const char *given;

  if (job->expired || !call->query || g_hash_table_size (call->query) != 1)
    return FALSE;
  given = g_hash_table_lookup (call->query, "X-Signature");
  return g_strcmp0 (given, signature) == 0;
}

static gboolean
parse_offset (const char *text, gsize length, guint64 *offset)
{
  g_autofree char *digits = g_strndup (text, length);

  return g_ascii_string_to_unsigned (digits, 10, 0, G_MAXINT64, offset, NULL);
}

typedef enum
{
  RANGE_WHOLE,
  RANGE_PART,
  RANGE_UNSATISFIABLE,
} RangeResult;

/* Parses a single range of bytes. Anything else, including several ranges, is
 * ignored, as servers may do. */
static RangeResult
parse_range (const char *header, guint64 total, guint64 *first, guint64 *length)
{
  const char *text, *dash;
  guint64 last = total - 1;

  if (!header || g_ascii_strncasecmp (header, "bytes=", 6) != 0)
    return RANGE_WHOLE;
  text = header + 6;
  dash = strchr (text, '-');
  if (!dash)
    return RANGE_WHOLE;
  if (dash == text) {
    guint64 suffix;
    if (!parse_offset (dash + 1, strlen (dash + 1), &suffix))
      return RANGE_WHOLE;
    if (suffix == 0)
      return RANGE_UNSATISFIABLE;
    *first = total - MIN (suffix, total);
    *length = total - *first;
    return RANGE_PART;
  }
  if (!parse_offset (text, dash - text, first))
    return RANGE_WHOLE;
  if (dash[1] != '\0'
      && (!parse_offset (dash + 1, strlen (dash + 1), &last) || last < *first))
    return RANGE_WHOLE;
  if (*first >= total)
    return RANGE_UNSATISFIABLE;
  last = MIN (last, total - 1);
  *length = last - *first + 1;
  return RANGE_PART;
}

static gboolean
is_same_version (
    SoupMessageHeaders *headers, const char *etag, const char *modified)
{
  const char *wanted = soup_message_headers_get_one (headers, "If-Range");

  return !wanted || g_str_equal (wanted, etag)
      || g_str_equal (wanted, modified);
}

static SimResponse *
new_media (SimCall *call, SimJob *job, SimClip *clip)
{
  const SimFault *fault = call->fault;
  SoupMessageHeaders *headers =
      soup_server_message_get_request_headers (call->message);
  const char *etag =
      fault && fault->etag ? fault->etag : sim_clip_get_etag (clip);
  g_autoptr (GDateTime) date =
      g_date_time_new_from_unix_utc (job->created / G_USEC_PER_SEC);
  g_autofree char *modified = soup_date_time_to_string (date, SOUP_DATE_HTTP);
  gboolean ranges =
      !call->service->options.no_ranges && (!fault || !fault->no_ranges);
  SimResponse *response = sim_response_new (
      200, sim_clip_get_content_type (clip), sim_clip_get_bytes (clip));
  g_autofree char *range = NULL;

  if (fault)
    sim_response_pad (response, fault->huge);
  sim_response_add_header (response, "ETag", etag);
  sim_response_add_header (response, "Last-Modified", modified);
  if (!ranges)
    return response;
  sim_response_add_header (response, "Accept-Ranges", "bytes");
  if (!is_same_version (headers, etag, modified))
    return response;

  switch (parse_range (soup_message_headers_get_one (headers, "Range"),
      response->total, &response->first, &response->length)) {
    case RANGE_PART:
      response->status = 206;
      range = g_strdup_printf ("bytes %" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT
                               "/%" G_GUINT64_FORMAT,
          response->first, response->first + response->length - 1,
          response->total);
      sim_response_add_header (response, "Content-Range", range);
      return response;
    case RANGE_UNSATISFIABLE:
      range = g_strdup_printf ("bytes */%" G_GUINT64_FORMAT, response->total);
      sim_response_free (response);
      response = new_store_error (
          416, "InvalidRange", "The requested range is not satisfiable");
      sim_response_add_header (response, "Content-Range", range);
      return response;
    default:
      response->first = 0;
      response->length = response->total;
      return response;
  }
}

SimResponse *
sim_media_handle (SimCall *call)
{
  SimService *service = call->service;
  SoupMessageHeaders *headers =
      soup_server_message_get_request_headers (call->message);
  const char *path =
      g_uri_get_path (soup_server_message_get_uri (call->message));
  g_auto (Result) result = { 0 };

  if (soup_message_headers_get_one (headers, "x-api-key")
      || soup_message_headers_get_one (headers, "Authorization")) {
    service->key_leaks++;
    return new_store_error (400, "InvalidArgument",
        "Only one auth mechanism allowed: this URL is signed, and a key must "
        "not be sent here");
  }
  if (!find_result (service, path, &result))
    return new_store_error (404, "NoSuchKey", "There is no such result");
  /* A URL is signed for one method. */
  if (soup_server_message_get_method (call->message) != SOUP_METHOD_GET
      || !is_signed (call, result.job, path))
    return new_store_error (403, "SignatureDoesNotMatch",
        "The signature of this URL is wrong or has expired");
  if (call->fault && call->fault->expire) {
    result.job->expired = TRUE;
    return new_store_error (403, "AccessDenied", "Request has expired");
  }
  if (g_str_equal (result.directory, "redirect")) {
    g_autofree char *target =
        sim_media_sign (service, result.job, result.index);
    SimResponse *response = sim_response_new_text (302, "text/plain", "");
    sim_response_add_header (response, "Location", target);
    return response;
  }
  return new_media (call, result.job, result.clip);
}
