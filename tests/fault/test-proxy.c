/* nanovid: tests of requests through a proxy, and of who sees which secrets
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gio/gio.h>
#include <string.h>

#include "element/player.h"
#include "fixture/env.h"
#include "fixture/media.h"
#include "fixture/proxy.h"
#include "fixture/server.h"
#include "fixture/tls.h"

/* As written in a URI, and as sent. */
#define USERINFO "me:se:c%40ret"
#define AUTHORIZATION "Basic bWU6c2U6Y0ByZXQ="

/* A service and a store of clips, both with TLS, which record all requests. */

typedef struct
{
  FixtureServer *api;
  FixtureServer *store;
  GBytes *clip;
  const char *challenged; /* the path that gets status 407 */
  FixtureProxy *misled;   /* refuses further tunnels here after a 421 */
} Service;

static gboolean
challenge (const Service *self, SoupServerMessage *message,
    const FixtureRequest *request)
{
  if (g_strcmp0 (self->challenged, request->path) != 0)
    return FALSE;
  soup_server_message_set_status (message, 407, NULL);
  soup_message_headers_append (
      soup_server_message_get_response_headers (message), "Proxy-Authenticate",
      "Basic realm=\"proxy\"");
  return TRUE;
}

static void
answer_api (FixtureServer *server G_GNUC_UNUSED, SoupServerMessage *message,
    const FixtureRequest *request, guint number G_GNUC_UNUSED, gpointer data)
{
  const Service *self = data;
  g_autofree char *completed = NULL;

  if (challenge (self, message, request))
    return;
  if (self->misled) {
    fixture_proxy_close (
        self->misled, fixture_server_get_url (self->api) + strlen ("https://"));
    soup_server_message_set_status (message, 421, NULL);
  } else if (g_str_equal (request->path, "/api/generate-video")) {
    fixture_respond_json (message, 202,
        "{\"runId\":\"vid_1\",\"status\":\"pending\","
        "\"model\":\"seedance-lite-video\",\"cost\":0.25}");
  } else if (g_str_equal (request->path, "/api/generate-video/status")) {
    completed = g_strdup_printf (
        "{\"data\":{\"status\":\"COMPLETED\","
        "\"output\":{\"video\":{\"url\":\"%s/moved?sig=1\"}}}}",
        fixture_server_get_url (self->store));
    fixture_respond_json (message, 200, completed);
  }
}

static void
answer_store (FixtureServer *server G_GNUC_UNUSED, SoupServerMessage *message,
    const FixtureRequest *request, guint number G_GNUC_UNUSED, gpointer data)
{
  const Service *self = data;

  if (challenge (self, message, request))
    return;
  if (g_str_equal (request->path, "/moved")) {
    soup_server_message_set_status (message, 302, NULL);
    soup_message_headers_append (
        soup_server_message_get_response_headers (message), "Location",
        "/clip?sig=2");
  } else {
    fixture_respond_bytes (message, "video/mp4", self->clip);
  }
}

static Service *
service_new (void)
{
  Service *self = g_new0 (Service, 1);

  self->clip = fixture_media_bytes (FIXTURE_MEDIA_MP4);
  self->api = fixture_server_new_tls ();
  self->store = fixture_server_new_tls ();
  fixture_server_set_handler (self->api, answer_api, self, NULL);
  fixture_server_set_handler (self->store, answer_store, self, NULL);
  return self;
}

static void
service_free (Service *self)
{
  g_object_unref (self->api);
  g_object_unref (self->store);
  g_bytes_unref (self->clip);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Service, service_free)

/* Requests at the end of the tunnel contain nothing of the proxy's, and only
 * the service gets the key. */
static void
assert_secrets (FixtureServer *server, gboolean is_api)
{
  guint count = fixture_server_count (server, NULL);

  for (guint i = 1; i <= count; i++) {
    const FixtureRequest *request = fixture_server_get (server, NULL, i);
    SoupMessageHeadersIter iter;
    const char *name, *value;
    gboolean has_key = FALSE;

    soup_message_headers_iter_init (&iter, request->headers);
    while (soup_message_headers_iter_next (&iter, &name, &value)) {
      g_assert_null (g_strrstr (name, "uthorization"));
      g_assert_null (strstr (value, "bWU6"));
      if (strstr (value, PLAYER_KEY)) {
        g_assert_cmpstr (name, ==, "x-api-key");
        has_key = TRUE;
      }
    }
    g_assert_cmpint (has_key, ==, is_api);
  }
}

static void
assert_delivered (Service *self, Player *player)
{
  const FixtureRequest *submit =
      fixture_server_get (self->api, "/api/generate-video", 1);
  g_autofree char *body = NULL;

  g_assert_cmpmem (player->bytes->data, player->bytes->len,
      g_bytes_get_data (self->clip, NULL), g_bytes_get_size (self->clip));
  g_assert_cmpuint (
      fixture_server_count (self->api, "/api/generate-video"), ==, 1);
  body = g_strndup (
      g_bytes_get_data (submit->body, NULL), g_bytes_get_size (submit->body));
  g_assert_nonnull (strstr (body, "a lighthouse"));
  g_assert_cmpuint (fixture_server_count (self->store, "/clip"), >=, 1);
  assert_secrets (self->api, TRUE);
  assert_secrets (self->store, FALSE);
}

/* The proxy only ever gets requests for a tunnel.
 * Returns: how many */
static guint
assert_heads (FixtureProxy *self, gboolean with_credentials)
{
  g_auto (GStrv) heads = fixture_proxy_get_heads (self);

  for (guint i = 0; heads[i]; i++) {
    const char *found =
        strstr (heads[i], "\r\nProxy-Authorization: " AUTHORIZATION "\r\n");

    g_assert_true (g_str_has_prefix (heads[i], "CONNECT 127.0.0.1:"));
    g_assert_cmpint (found != NULL, ==, with_credentials);
    g_assert_null (strstr (heads[i], PLAYER_KEY));
    g_assert_null (strstr (heads[i], "sig="));
  }
  return g_strv_length (heads);
}

/* Who uses it */

static Player *
create_player (const char *base_url, const char *state_dir, const char *address,
    const char *userinfo)
{
  Player *player = player_new (NULL,
      "nanovidsrc name=source prompt=\"a lighthouse\" state-dir=%s retries=2 "
      "! fakesink sync=false",
      state_dir);
  g_autofree char *proxy = NULL;

  if (address)
    proxy = g_strdup_printf ("http://%s%s%s", userinfo ? userinfo : "",
        userinfo ? "@" : "", address);
  g_object_set (player->source, "base-url", base_url, "proxy", proxy,
      "tls-ca-file", fixture_tls_ca_file (), NULL);
  return player;
}

/* There is one error, which names the proxy and contains no secrets. */
static void
wait_for_refusal (Player *player, const char *address, gboolean charged)
{
  static const char *const secrets[] = { "secret", "c@ret", "c%40ret" };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  const GstStructure *details;
  gboolean perhaps = !charged;

  player_wait (player, GST_MESSAGE_ERROR);
  details = player_get_error (player, &error);
  text = gst_structure_to_string (details);
  g_test_message ("%s", error->message);
  g_assert_cmpstr (gst_structure_get_string (details, "reason"), ==, "network");
  g_assert_true (
      gst_structure_get_boolean (details, "may-have-been-charged", &perhaps));
  g_assert_cmpint (perhaps, ==, charged);
  g_assert_nonnull (strstr (error->message, address));
  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++) {
    g_assert_null (strstr (error->message, secrets[i]));
    g_assert_null (strstr (text, secrets[i]));
  }
}

/* The same, and nothing is left to be looked up or paid for. */
static void
assert_nothing_happened (Service *service, Player *player,
    const char *state_dir, const char *address)
{
  g_autofree char *jobs = g_build_filename (state_dir, "jobs", NULL);
  g_autoptr (GDir) dir = NULL;
  const char *name;

  wait_for_refusal (player, address, FALSE);
  g_assert_cmpuint (fixture_server_count (service->api, NULL), ==, 0);
  player_set_state (player, GST_STATE_NULL);
  dir = g_dir_open (jobs, 0, NULL);
  while (dir && (name = g_dir_read_name (dir)))
    g_assert_false (g_str_has_suffix (name, ".job"));
}

/* Tunnels that are made */

static void
check_tunnel (const char *userinfo, guint refusals, const char *refusal)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (FixtureProxy) proxy = fixture_proxy_new ();
  g_autofree char *state_dir = fixture_make_dir ();
  g_autoptr (Player) player =
      create_player (fixture_server_get_url (service->api), state_dir,
          fixture_proxy_get_address (proxy), userinfo);

  proxy->refusals = refusals;
  proxy->refusal = refusal;
  player_run (player);
  assert_delivered (service, player);
  g_assert_cmpuint (assert_heads (proxy, userinfo != NULL), >=, 2 + refusals);
  player_set_state (player, GST_STATE_NULL);
}

static void
test_tunnel (gconstpointer userinfo)
{
  check_tunnel (userinfo, 0, NULL);
}

#define CHALLENGE(scheme)                                                      \
  "HTTP/1.1 407 Proxy Authentication Required\r\n"                             \
  "Proxy-Authenticate: " scheme "\r\n"

#define INTERIM "HTTP/1.1 102 Processing\r\n\r\n"

/* The first request gets a 407, and the connection is closed. */
static void
test_challenged_first (void)
{
  check_tunnel (USERINFO, 1,
      CHALLENGE ("Basic realm=\"proxy\"") "Connection: close\r\n\r\nPlease.");
}

static void
test_tinyproxy (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (FixtureTinyproxy) proxy = fixture_tinyproxy_new ();
  g_autofree char *state_dir = fixture_make_dir ();
  g_autoptr (Player) player =
      create_player (fixture_server_get_url (service->api), state_dir,
          proxy->address, "me:secret");

  player_run (player);
  assert_delivered (service, player);
  player_set_state (player, GST_STATE_NULL);
}

/* A server that sends a proxy's challenge gets no credentials. */

static void
test_challenge_in_tunnel (gconstpointer path)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (FixtureProxy) proxy = fixture_proxy_new ();
  g_autofree char *state_dir = fixture_make_dir ();
  g_autoptr (Player) player =
      create_player (fixture_server_get_url (service->api), state_dir,
          fixture_proxy_get_address (proxy), USERINFO);

  service->challenged = path;
  g_object_set (player->source, "timeout", 2, NULL);
  player_set_state (player, GST_STATE_PLAYING);
  player_wait (player, GST_MESSAGE_ERROR);
  g_assert_cmpuint (fixture_server_count (service->api, path)
          + fixture_server_count (service->store, path),
      >=, 1);
  g_assert_cmpuint (
      fixture_server_count (service->api, "/api/generate-video"), ==, 1);
  assert_secrets (service->api, TRUE);
  assert_secrets (service->store, FALSE);
  assert_heads (proxy, TRUE);
  player_set_state (player, GST_STATE_NULL);
}

/* Tunnels that are not made */

static const struct
{
  const char *name;
  const char *refusal;
  FixtureProxyAfter after;
} refusals[] = {
  { "407-close",
      CHALLENGE ("Basic realm=\"x\"") "Content-Length: 0\r\n"
                                      "Connection: close\r\n\r\n",
      FIXTURE_PROXY_CLOSE },
  { "407-keep", CHALLENGE ("Basic realm=\"x\"") "Content-Length: 2\r\n\r\nNo",
      FIXTURE_PROXY_KEEP },
  { "407-http-1.0",
      "HTTP/1.0 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\nNo",
      FIXTURE_PROXY_CLOSE },
  { "407-without-challenge", "HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n",
      FIXTURE_PROXY_CLOSE },
  { "407-digest",
      CHALLENGE ("Digest realm=\"x\", nonce=\"1\", qop=\"auth\"") "Content-"
                                                                  "Length: 0\r"
                                                                  "\n\r\n",
      FIXTURE_PROXY_KEEP },
  { "407-ntlm", CHALLENGE ("NTLM") "Content-Length: 0\r\n\r\n",
      FIXTURE_PROXY_KEEP },
  { "407-negotiate", CHALLENGE ("Negotiate") "Content-Length: 0\r\n\r\n",
      FIXTURE_PROXY_CLOSE },
  { "403", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
      FIXTURE_PROXY_KEEP },
  { "401",
      "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\n"
      "Content-Length: 0\r\n\r\n",
      FIXTURE_PROXY_KEEP },
  { "302",
      "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\n"
      "Content-Length: 0\r\n\r\n",
      FIXTURE_PROXY_KEEP },
  { "421", "HTTP/1.1 421 Misdirected\r\nContent-Length: 0\r\n\r\n",
      FIXTURE_PROXY_KEEP },
  { "502", "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\nbad",
      FIXTURE_PROXY_CLOSE },
  { "503-cut-off", "HTTP/1.1 503 Busy\r\nContent-Length: 100\r\n\r\nbad",
      FIXTURE_PROXY_CLOSE },
  { "garbage", "SSH-2.0-OpenSSH_9.2p1\r\n\r\n", FIXTURE_PROXY_CLOSE },
  { "no-tls", "HTTP/1.1 200 OK\r\n\r\nHello, what do you want?\r\n",
      FIXTURE_PROXY_CLOSE },
  { "interim-without-end", INTERIM INTERIM INTERIM INTERIM,
      FIXTURE_PROXY_REPEAT },
  { "closed", NULL, FIXTURE_PROXY_CLOSE },
  { "reset", NULL, FIXTURE_PROXY_RESET },
  { "silent", NULL, FIXTURE_PROXY_KEEP },
};

static void
test_refusal (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (Service) service = service_new ();
  g_autoptr (FixtureProxy) proxy = fixture_proxy_new ();
  g_autofree char *state_dir = fixture_make_dir ();
  g_autoptr (Player) player =
      create_player (fixture_server_get_url (service->api), state_dir,
          fixture_proxy_get_address (proxy), USERINFO);

  proxy->refusals = G_MAXUINT;
  proxy->refusal = refusals[i].refusal;
  proxy->after = refusals[i].after;
  if (!proxy->refusal && proxy->after == FIXTURE_PROXY_KEEP)
    g_object_set (player->source, "http-timeout", 1, NULL);
  player_set_state (player, GST_STATE_PLAYING);
  assert_nothing_happened (
      service, player, state_dir, fixture_proxy_get_address (proxy));
  g_assert_cmpuint (assert_heads (proxy, TRUE), <=, 8);
}

/* The error says that the proxy refuses the clip's server, not that the clip is gone. */
static void
test_store_refused (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (FixtureProxy) proxy = fixture_proxy_new ();
  g_autofree char *state_dir = fixture_make_dir ();
  g_autoptr (Player) player =
      create_player (fixture_server_get_url (service->api), state_dir,
          fixture_proxy_get_address (proxy), USERINFO);

  fixture_proxy_close (
      proxy, fixture_server_get_url (service->store) + strlen ("https://"));
  proxy->refusal = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
  player_set_state (player, GST_STATE_PLAYING);
  wait_for_refusal (player, fixture_proxy_get_address (proxy), TRUE);
  g_assert_cmpuint (
      fixture_server_count (service->api, "/api/generate-video"), ==, 1);
  g_assert_cmpuint (fixture_server_count (service->store, NULL), ==, 0);
  g_assert_cmpuint (assert_heads (proxy, TRUE), <=, 8);
  player_set_state (player, GST_STATE_NULL);
}

/* The service rejects a submit, and libsoup gets no tunnel to repeat it: it
 * counts as not sent. */
static void
test_refused_again (void)
{
  g_autoptr (FixtureProxy) proxy = fixture_proxy_new ();
  g_autoptr (Service) service = service_new ();
  g_autofree char *state_dir = fixture_make_dir ();
  g_autoptr (Player) player =
      create_player (fixture_server_get_url (service->api), state_dir,
          fixture_proxy_get_address (proxy), USERINFO);

  service->misled = proxy;
  proxy->refusal = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
  player_set_state (player, GST_STATE_PLAYING);
  wait_for_refusal (player, fixture_proxy_get_address (proxy), FALSE);
  g_assert_cmpuint (fixture_server_count (service->api, NULL), ==, 1);
  g_assert_cmpuint (assert_heads (proxy, TRUE), >, 1);
  player_set_state (player, GST_STATE_NULL);
}

static void
test_refused_connection (void)
{
  g_autoptr (Service) service = service_new ();
  g_autofree char *address =
      g_strdup_printf ("127.0.0.1:%u", fixture_find_port ());
  g_autofree char *state_dir = fixture_make_dir ();
  g_autoptr (Player) player = create_player (
      fixture_server_get_url (service->api), state_dir, address, USERINFO);

  player_set_state (player, GST_STATE_PLAYING);
  assert_nothing_happened (service, player, state_dir, address);
}

static void
test_tinyproxy_wrong_password (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (FixtureTinyproxy) proxy = fixture_tinyproxy_new ();
  g_autofree char *state_dir = fixture_make_dir ();
  g_autoptr (Player) player =
      create_player (fixture_server_get_url (service->api), state_dir,
          proxy->address, "me:c%40ret");

  player_set_state (player, GST_STATE_PLAYING);
  assert_nothing_happened (service, player, state_dir, proxy->address);
}

/* A proxy from the system settings */

static char *system_proxy;

#define TYPE_SYSTEM system_get_type ()
G_DECLARE_FINAL_TYPE (System, system, TEST, SYSTEM, GObject)

struct _System
{
  GObject parent;
};

static gboolean
system_is_supported (GProxyResolver *resolver G_GNUC_UNUSED)
{
  return TRUE;
}

static void
system_lookup_async (GProxyResolver *resolver, const char *uri G_GNUC_UNUSED,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task =
      g_task_new (resolver, cancellable, callback, user_data);
  char *proxies[] = { system_proxy, NULL };

  g_task_return_pointer (task, g_strdupv (proxies), (GDestroyNotify)g_strfreev);
}

static char **
system_lookup_finish (GProxyResolver *resolver G_GNUC_UNUSED,
    GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
system_init_interface (GProxyResolverInterface *interface)
{
  interface->is_supported = system_is_supported;
  interface->lookup_async = system_lookup_async;
  interface->lookup_finish = system_lookup_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (System, system, G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER, system_init_interface))

static void
system_class_init (SystemClass *klass G_GNUC_UNUSED)
{
}

static void
system_init (System *self G_GNUC_UNUSED)
{
}

static void
set_system_proxy (const char *address, const char *userinfo)
{
  g_free (system_proxy);
  system_proxy =
      address ? g_strdup_printf ("http://%s@%s", userinfo, address) : NULL;
  if (address)
    g_assert_true (TEST_IS_SYSTEM (g_proxy_resolver_get_default ()));
}

static void
test_system (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (FixtureProxy) proxy = fixture_proxy_new ();
  g_autofree char *state_dir = fixture_make_dir ();
  g_autoptr (Player) player = create_player (
      fixture_server_get_url (service->api), state_dir, NULL, NULL);

  set_system_proxy (fixture_proxy_get_address (proxy), USERINFO);
  player_run (player);
  assert_delivered (service, player);
  g_assert_cmpuint (assert_heads (proxy, TRUE), >=, 2);
  player_set_state (player, GST_STATE_NULL);
  set_system_proxy (NULL, NULL);
}

/* GLib's error would contain the URI with its password. */
static void
test_system_broken (gconstpointer userinfo)
{
  g_autoptr (Service) service = service_new ();
  g_autofree char *state_dir = fixture_make_dir ();
  g_autoptr (Player) player = create_player (
      fixture_server_get_url (service->api), state_dir, NULL, NULL);

  set_system_proxy ("127.0.0.1:9", userinfo);
  player_set_state (player, GST_STATE_PLAYING);
  assert_nothing_happened (service, player, state_dir, "proxy");
  set_system_proxy (NULL, NULL);
}

/* An invalid proxy */

static void
test_bad_proxy (gconstpointer uri)
{
  g_autoptr (Player) player = player_new (
      NULL, "nanovidsrc name=source prompt=\"a lighthouse\" ! fakesink");
  g_autoptr (GError) error = NULL;

  g_object_set (player->source, "proxy", uri, NULL);
  player_set_state (player, GST_STATE_PLAYING);
  player_wait (player, GST_MESSAGE_ERROR);
  g_assert_cmpstr (
      gst_structure_get_string (player_get_error (player, &error), "reason"),
      ==, "invalid-request");
  g_assert_true (g_str_has_prefix (error->message, "proxy "));
  g_assert_null (strstr (error->message, "secret"));
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        player->simulator, NANOGPT_SIMULATOR_ANY),
      ==, 0);
}

/* http on the loopback */

static void
check_loopback (const char *host, gboolean by_system)
{
  g_autoptr (FixtureProxy) proxy = fixture_proxy_new ();
  g_autofree char *state_dir = fixture_make_dir ();
  g_autoptr (Player) player = create_player (NULL, state_dir,
      by_system ? NULL : fixture_proxy_get_address (proxy), USERINFO);
  const char *url = nanogpt_simulator_get_base_url (player->simulator);
  g_autofree char *base_url =
      g_strdup_printf ("http://%s%s", host, strrchr (url, ':'));

  if (by_system)
    set_system_proxy (fixture_proxy_get_address (proxy), USERINFO);
  g_object_set (player->source, "base-url", base_url, NULL);
  player_run (player);
  g_assert_cmpuint (player->bytes->len, >, 0);
  g_assert_cmpuint (fixture_proxy_count_connections (proxy), ==, 0);
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 1);
  player_set_state (player, GST_STATE_NULL);
  set_system_proxy (NULL, NULL);
}

static void
test_loopback (gconstpointer host)
{
  check_loopback (host, FALSE);
  check_loopback (host, TRUE);
}

static void
add_tinyproxy_tests (void)
{
  g_autofree char *program = g_find_program_in_path ("tinyproxy");

  if (!program) {
    g_test_message ("there is no tinyproxy: scripts/install-deps");
    return;
  }
  g_test_add_func ("/proxy/tinyproxy", test_tinyproxy);
  g_test_add_func (
      "/proxy/tinyproxy-wrong-password", test_tinyproxy_wrong_password);
}

static void
add_tests (void)
{
  static const char *const hosts[] = { "127.0.0.1", "localhost",
    "[::ffff:127.0.0.1]" };
  static const char *const paths[] = { "/api/generate-video",
    "/api/generate-video/status", "/moved", "/clip" };

  static const char *const bad[] = { "http://", "http://:3128", "http://me:1@",
    "http://me:a@secret@127.0.0.1:9", "http://me:1/secret@127.0.0.1:9",
    "http://me:1?secret@127.0.0.1:9", "http://me:1#secret@127.0.0.1:9",
    "http://me:secret%@127.0.0.1:9", "http://me:a@secret\r\nX-Evil: 1:9",
    "127.0.0.1:secret" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree char *path = g_strdup_printf ("/proxy/bad-%u", i);

    g_test_add_data_func (path, bad[i], test_bad_proxy);
  }
  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++) {
    g_autofree char *path = g_strconcat ("/proxy/loopback-", hosts[i], NULL);

    g_test_add_data_func (path, hosts[i], test_loopback);
  }
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autofree char *name = g_path_get_basename (paths[i]);
    g_autofree char *path =
        g_strconcat ("/proxy/challenge-in-tunnel-", name, NULL);

    g_test_add_data_func (path, paths[i], test_challenge_in_tunnel);
  }
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++) {
    g_autofree char *path = g_strconcat ("/refusal/", refusals[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_refusal);
  }
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  g_setenv ("GIO_USE_PROXY_RESOLVER", "test", TRUE);
  g_io_extension_point_set_required_type (
      g_io_extension_point_register (G_PROXY_RESOLVER_EXTENSION_POINT_NAME),
      G_TYPE_PROXY_RESOLVER);
  g_io_extension_point_implement (
      G_PROXY_RESOLVER_EXTENSION_POINT_NAME, TYPE_SYSTEM, "test", 0);
  gst_init (&argc, &argv);

  g_test_add_data_func ("/proxy/tunnel", USERINFO, test_tunnel);
  g_test_add_data_func ("/proxy/tunnel-without-credentials", NULL, test_tunnel);
  g_test_add_func ("/proxy/challenged-first", test_challenged_first);
  add_tinyproxy_tests ();
  g_test_add_func ("/proxy/refused-connection", test_refused_connection);
  g_test_add_func ("/proxy/store-refused", test_store_refused);
  g_test_add_func ("/proxy/refused-again", test_refused_again);
  g_test_add_func ("/proxy/system", test_system);
  g_test_add_data_func (
      "/proxy/system-broken-percent", "me:secret%", test_system_broken);
  g_test_add_data_func (
      "/proxy/system-broken-at", "me:se@secret", test_system_broken);
  add_tests ();
  return g_test_run ();
}
