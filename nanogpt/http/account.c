/* nanovid: account at the service: base URL, API key, session, rate limiter
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "config.h"

#include "account.h"

#include "nanogpt/base/error.h"
#include "nanogpt/base/log.h"
#include "nanogpt/base/url.h"

#define MIN_REDACTED 6

struct _NanogptAccount
{
  GObject parent;

  NanogptNetwork *network;
  SoupSession *session;
  NanogptRateLimiter *rate_limiter; /* owned by the network */
  GUri *base;
  char *api_key;
  char *user_agent;
};

G_DEFINE_FINAL_TYPE (NanogptAccount, nanogpt_account, G_TYPE_OBJECT)

static void
nanogpt_account_finalize (GObject *object)
{
  NanogptAccount *self = NANOGPT_ACCOUNT (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->base, g_uri_unref);
  g_clear_pointer (&self->api_key, g_free);
  g_clear_pointer (&self->user_agent, g_free);
  g_clear_pointer (&self->network, nanogpt_network_unref);
  G_OBJECT_CLASS (nanogpt_account_parent_class)->finalize (object);
}

static void
nanogpt_account_class_init (NanogptAccountClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nanogpt_account_finalize;
}

static void
nanogpt_account_init (NanogptAccount *self G_GNUC_UNUSED)
{
}

NanogptAccount *
nanogpt_account_new (
    NanogptNetwork *network, const NanogptSettings *settings, GError **error)
{
  g_autoptr (NanogptAccount) self = g_object_new (NANOGPT_TYPE_ACCOUNT, NULL);

  self->network = nanogpt_network_get ();
  self->base = nanogpt_base_url_parse (settings->base_url, error);
  if (!self->base)
    return NULL;
  self->session = nanogpt_network_get_session (network, settings, error);
  if (!self->session)
    return NULL;
  self->rate_limiter = nanogpt_network_get_rate_limiter (network, self->base);
  self->api_key = g_strdup (settings->api_key);
  self->user_agent =
      g_strdup (settings->user_agent ? settings->user_agent
                                     : PACKAGE_NAME "/" PACKAGE_VERSION);
  return g_steal_pointer (&self);
}

GUri *
nanogpt_account_get_base_url (NanogptAccount *self)
{
  return self->base;
}

SoupSession *
nanogpt_account_get_session (NanogptAccount *self)
{
  return self->session;
}

NanogptRateLimiter *
nanogpt_account_get_rate_limiter (NanogptAccount *self)
{
  return self->rate_limiter;
}

gboolean
nanogpt_account_is_same (NanogptAccount *self, NanogptAccount *other)
{
  return self->rate_limiter == other->rate_limiter
      && g_str_equal (self->api_key, other->api_key)
      && g_str_equal (
          g_uri_get_path (self->base), g_uri_get_path (other->base));
}

char *
nanogpt_account_redact (NanogptAccount *self, char *text)
{
  g_auto (GStrv) parts = NULL;

  /* A key this short would also match unrelated text. */
  if (!text || strlen (self->api_key) < MIN_REDACTED
      || !strstr (text, self->api_key))
    return text;
  parts = g_strsplit (text, self->api_key, -1);
  g_free (text);
  return g_strjoinv ("(key)", parts);
}

void
nanogpt_account_redact_error (NanogptAccount *self, GError *error)
{
  error->message = nanogpt_account_redact (self, error->message);
  if (error->domain == NANOGPT_ERROR) {
    NanogptErrorDetails *details = nanogpt_error_get_details (error);

    details->debug = nanogpt_account_redact (self, details->debug);
  }
}

static void
on_restarted (SoupMessage *message, gpointer data)
{
  g_autofree char *url = nanogpt_account_redact (
      data, nanogpt_url_to_display (soup_message_get_uri (message)));

  nanogpt_log_warning ("%s %s: the connection was of no use, starts over",
      soup_message_get_method (message), url);
}

static void
unref_account (gpointer account, GClosure *closure G_GNUC_UNUSED)
{
  g_object_unref (account);
}

SoupMessage *
nanogpt_account_new_message (
    NanogptAccount *self, const char *method, GUri *url)
{
  SoupMessage *message = soup_message_new_from_uri (method, url);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  /* Redirects are followed by hand, because libsoup would send the key along. */
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_headers_replace (headers, "User-Agent", self->user_agent);
  soup_message_headers_replace (headers, "Accept-Encoding", "identity");
  if (nanogpt_url_is_same_origin (url, self->base))
    soup_message_headers_replace (headers, "x-api-key", self->api_key);
  /* Not g_signal_connect_object(): the last references to the two objects may
   * be dropped on different threads at the same time. */
  g_signal_connect_data (message, "restarted", G_CALLBACK (on_restarted),
      g_object_ref (self), unref_account, 0);
  return message;
}
