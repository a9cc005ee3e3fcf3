/* nanovid: URL parsing and checks
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "url.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "error.h"

#define RESULT_URL_MAX (64 * 1024)

#define URL_FLAGS                                                              \
  (G_URI_FLAGS_ENCODED | G_URI_FLAGS_PARSE_RELAXED                             \
      | G_URI_FLAGS_SCHEME_NORMALIZE)

static const char *
url_get_host (GUri *url)
{
  const char *host = g_uri_get_host (url);

  return host ? host : "";
}

static int
url_get_port (GUri *url)
{
  int port = g_uri_get_port (url);

  if (port > 0)
    return port;
  return strcmp (g_uri_get_scheme (url), "https") == 0 ? 443 : 80;
}

/* 127.0.0.0/8 as an IPv4-mapped IPv6 address, which GIO does not treat as
 * loopback. */
static gboolean
is_mapped_loopback (GInetAddress *address)
{
  static const guint8 prefix[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff,
    127 };

  return g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6
      && memcmp (g_inet_address_to_bytes (address), prefix, sizeof prefix) == 0;
}

gboolean
nanogpt_url_is_loopback (GUri *url)
{
  const char *host = url_get_host (url);
  g_autoptr (GInetAddress) address = NULL;

  if (g_ascii_strcasecmp (host, "localhost") == 0)
    return TRUE;
  address = g_inet_address_new_from_string (host);
  return address
      && (g_inet_address_get_is_loopback (address)
          || is_mapped_loopback (address));
}

gboolean
nanogpt_url_is_same_origin (GUri *a, GUri *b)
{
  return strcmp (g_uri_get_scheme (a), g_uri_get_scheme (b)) == 0
      && g_ascii_strcasecmp (url_get_host (a), url_get_host (b)) == 0
      && url_get_port (a) == url_get_port (b);
}

static gboolean
is_loopback_http (GUri *url)
{
  return strcmp (g_uri_get_scheme (url), "http") == 0
      && nanogpt_url_is_loopback (url);
}

char *
nanogpt_url_get_origin (GUri *url)
{
  const char *scheme = g_uri_get_scheme (url);
  g_autofree char *host = g_ascii_strdown (url_get_host (url), -1);
  int port = url_get_port (url);

  if (port == (strcmp (scheme, "https") == 0 ? 443 : 80))
    port = -1;
  return g_uri_join (
      G_URI_FLAGS_NONE, scheme, NULL, host, port, "", NULL, NULL);
}

char *
nanogpt_url_to_display (GUri *url)
{
  g_autofree char *origin = nanogpt_url_get_origin (url);

  return g_strconcat (origin, g_uri_get_path (url), NULL);
}

/* GUri accepts hosts that it cannot write back (with a slash, with a colon in a
 * name, or with a zone after an address), and does not check what follows a host. */
gboolean
nanogpt_url_names_host (GUri *url)
{
  const char *host = url_get_host (url);
  const char *path = g_uri_get_path (url);

  return *host != '\0'
      && host[strspn (host, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-._:")]
      == '\0'
      && (!strchr (host, ':') || g_hostname_is_ip_address (host))
      && (*path == '\0' || *path == '/');
}

static const char *
find_fault_in_base (GUri *base)
{
  const char *scheme = g_uri_get_scheme (base);

  if (strcmp (scheme, "https") != 0 && strcmp (scheme, "http") != 0)
    return _ ("it does not begin with https://");
  if (!nanogpt_url_names_host (base))
    return _ ("it has no host");
  if (strcmp (scheme, "http") == 0 && !nanogpt_url_is_loopback (base))
    return _ (
        "http would expose the API key on the network; use https, or http to "
        "this machine");
  if (g_uri_get_userinfo (base))
    return _ ("it contains a user name");
  if (g_uri_get_query (base) || g_uri_get_fragment (base))
    return _ ("it contains ? or #");
  return NULL;
}

static void
drop_trailing_slashes (char *path)
{
  gsize length = strlen (path);

  while (length > 0 && path[length - 1] == '/')
    path[--length] = '\0';
}

static void
drop_api_suffix (char *path)
{
  static const char *const suffixes[] = { "/api/v1", "/api" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    if (g_str_has_suffix (path, suffixes[i])) {
      path[strlen (path) - strlen (suffixes[i])] = '\0';
      return;
    }
  }
}

GUri *
nanogpt_base_url_parse (const char *text, GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  g_autoptr (GUri) url = NULL;
  g_autofree char *path = NULL;
  const char *fault;

  url = g_uri_parse (stripped, URL_FLAGS & ~G_URI_FLAGS_SCHEME_NORMALIZE, NULL);
  fault = url ? find_fault_in_base (url) : _ ("it is not a URL");
  if (fault) {
    /* Unlike GUri's errors, this shows no part of the URL: it may hold a password. */
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("The base URL cannot be used: %s"), fault);
    return NULL;
  }

  path = g_strdup (g_uri_get_path (url));
  drop_trailing_slashes (path);
  drop_api_suffix (path);
  drop_trailing_slashes (path);
  return g_uri_build (G_URI_FLAGS_ENCODED, g_uri_get_scheme (url), NULL,
      g_uri_get_host (url), g_uri_get_port (url), path, NULL, NULL);
}

static void
append_pair (GString *query, const char *name, const char *value)
{
  g_autofree char *escaped_name = g_uri_escape_string (name, NULL, FALSE);
  g_autofree char *escaped_value = g_uri_escape_string (value, NULL, FALSE);

  if (query->len > 0)
    g_string_append_c (query, '&');
  g_string_append_printf (query, "%s=%s", escaped_name, escaped_value);
}

GUri *
nanogpt_base_url_build (GUri *base, const char *path, ...)
{
  g_autofree char *full_path = g_strconcat (g_uri_get_path (base), path, NULL);
  g_autoptr (GString) query = g_string_new (NULL);
  va_list pairs;
  const char *name;

  va_start (pairs, path);
  while ((name = va_arg (pairs, const char *))) {
    const char *value = va_arg (pairs, const char *);

    if (value)
      append_pair (query, name, value);
  }
  va_end (pairs);

  return g_uri_build (G_URI_FLAGS_ENCODED, g_uri_get_scheme (base), NULL,
      g_uri_get_host (base), g_uri_get_port (base), full_path,
      query->len > 0 ? query->str : NULL, NULL);
}

static const char *
find_fault_in_result (GUri *base, GUri *url)
{
  if (!nanogpt_url_names_host (url))
    return _ ("it has no host");
  if (g_uri_get_userinfo (url))
    return _ ("it contains a user name");
  if (strcmp (g_uri_get_scheme (url), "https") == 0
      || nanogpt_url_is_same_origin (base, url)
      || (is_loopback_http (base) && is_loopback_http (url)))
    return NULL;
  return _ ("it is not https");
}

/* GUri rewrites what it parses: it decodes %7E, turns %2f into %2F, drops tabs.
 * A signature may cover the text exactly as given, so every percent sign is
 * hidden from GUri as %25, which it leaves alone.  Characters that are not
 * allowed in a request line are encoded: blanks, control characters, and
 * anything not ASCII. */
static char *
hide_percents (const char *text)
{
  return g_uri_escape_string (text, "!\"#$&'()*+,/:;<=>?@[\\]^`{|}", FALSE);
}

static char *
show_percents (const char *text)
{
  g_autoptr (GString) shown = g_string_new (text);

  g_string_replace (shown, "%25", "%", 0);
  return g_string_free (g_steal_pointer (&shown), FALSE);
}

/* Dot segments are resolved only if the text must be joined with the referrer's
 * path. */
static char *
make_absolute (GUri *referrer, const char *text)
{
  g_autofree char *origin = nanogpt_url_get_origin (referrer);
  g_autofree char *from = NULL;
  g_autofree char *from_hidden = NULL;

  if (g_uri_peek_scheme (text))
    return g_strdup (text);
  if (g_str_has_prefix (text, "//"))
    return g_strconcat (g_uri_get_scheme (referrer), ":", text, NULL);
  if (*text == '/')
    return g_strconcat (origin, text, NULL);
  from = g_uri_to_string (referrer);
  from_hidden = hide_percents (from);
  return g_uri_resolve_relative (from_hidden, text, URL_FLAGS, NULL);
}

/* Rejects a percent sign anywhere but in the path and the query. */
static GUri *
parse_verbatim (GUri *referrer, const char *text)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  g_autofree char *hidden = hide_percents (stripped);
  g_autofree char *absolute = make_absolute (referrer, hidden);
  g_autofree char *scheme = NULL;
  g_autofree char *userinfo = NULL;
  g_autofree char *host = NULL;
  g_autofree char *path = NULL;
  g_autofree char *query = NULL;
  g_autofree char *shown_path = NULL;
  g_autofree char *shown_query = NULL;
  int port;

  if (!absolute
      || !g_uri_split (absolute, URL_FLAGS, &scheme, &userinfo, &host, &port,
          &path, &query, NULL, NULL))
    return NULL;
  shown_path = show_percents (path);
  shown_query = query ? show_percents (query) : NULL;
  return g_uri_build (
      URL_FLAGS, scheme, userinfo, host, port, shown_path, shown_query, NULL);
}

/* The service gives its own paths starting with /api, and does not know of a
 * prefix in the base URL. */
static char *
restore_prefix (GUri *base, const char *text)
{
  const char *prefix = g_uri_get_path (base);

  if (!g_str_has_prefix (text, "/api/"))
    return g_strdup (text);
  return g_strconcat (prefix, text, NULL);
}

GUri *
nanogpt_result_url_resolve (
    GUri *base, GUri *referrer, const char *text, GError **error)
{
  g_autofree char *reference = NULL;
  g_autoptr (GUri) url = NULL;
  const char *fault;

  if (strlen (text) > RESULT_URL_MAX) {
    g_set_error_literal (error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE,
        _ ("The result's URL cannot be used: it is too long"));
    return NULL;
  }
  reference = referrer == base ? restore_prefix (base, text) : g_strdup (text);
  url = parse_verbatim (referrer, reference);
  fault = url ? find_fault_in_result (base, url) : _ ("it is not a URL");
  if (fault) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE,
        _ ("The result's URL cannot be used: %s"), fault);
    return NULL;
  }
  return g_steal_pointer (&url);
}
