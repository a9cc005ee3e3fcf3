/* nanovid: a preloaded library that makes each test server speak HTTP/2
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* libsoup's server does not support HTTP/2. Therefore each server that a
 * process starts, the simulator's and those of the tests, gets an nghttpx of
 * its own as a front end, and reports the address of the front end as its own:
 * https, with HTTP/2 only.
 *
 *   HTTP2_FRONT_DIR   contains ca.pem, cert.pem and key.pem; nghttpx logs the
 *                     protocol of each request there, in access.log */

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <dlfcn.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libsoup/soup.h>

#define START_SECONDS 10
#define PEM 1 /* GNUTLS_X509_FMT_PEM */

typedef struct
{
  pid_t pid;
  guint port;
  int hold; /* bound to the port, to reserve it for nghttpx */
} Front;

static void *
get_next (const char *name)
{
  void *function = dlsym (RTLD_NEXT, name);

  g_assert_nonnull (function);
  return function;
}

/* Returns: a socket that is bound to @port, or to any free port if it is 0 */
static int
bind_to (guint *port)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
    .sin_port = htons (*port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int shared = 1;

  g_assert_cmpint (
      setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &shared, sizeof shared), ==, 0);
  g_assert_cmpint (bind (fd, (struct sockaddr *)&address, length), ==, 0);
  g_assert_cmpint (
      getsockname (fd, (struct sockaddr *)&address, &length), ==, 0);
  *port = ntohs (address.sin_port);
  return fd;
}

static gboolean
answers (guint port)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
    .sin_port = htons (port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int result = connect (fd, (struct sockaddr *)&address, sizeof address);

  close (fd);
  return result == 0;
}

/* If the application dies, its front ends die, too. */
static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () != GPOINTER_TO_INT (data))
    _exit (1);
}

static pid_t
start_nghttpx (guint port, guint back)
{
  const char *dir = g_getenv ("HTTP2_FRONT_DIR");
  g_autofree char *frontend = g_strdup_printf ("--frontend=127.0.0.1,%u", port);
  g_autofree char *backend = g_strdup_printf ("--backend=127.0.0.1,%u", back);
  g_autofree char *access =
      g_strdup_printf ("--accesslog-file=%s/access.log", dir);
  g_autofree char *log = g_strdup_printf ("--errorlog-file=%s/error.log", dir);
  g_autofree char *key = g_build_filename (dir, "key.pem", NULL);
  g_autofree char *cert = g_build_filename (dir, "cert.pem", NULL);
  const char *argv[] = { "nghttpx", "--conf=/dev/null", "--single-process",
    "--npn-list=h2", "--accesslog-format=$alpn $status $request",
    "--no-location-rewrite", "--no-server-rewrite", "--no-via",
    "--no-add-x-forwarded-proto", "--no-ocsp", frontend, backend, access, log,
    key, cert, NULL };
  g_auto (GStrv) environment =
      g_environ_unsetenv (g_get_environ (), "LD_PRELOAD");
  g_autoptr (GError) error = NULL;
  GPid pid;

  g_spawn_async (NULL, (char **)argv, environment,
      G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD
          | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
      die_with_parent, GINT_TO_POINTER (getpid ()), &pid, &error);
  g_assert_no_error (error);
  return pid;
}

static Front *
front_new (guint port, guint back)
{
  gint64 until = g_get_monotonic_time () + START_SECONDS * G_USEC_PER_SEC;
  Front *self = g_new0 (Front, 1);

  self->hold = bind_to (&port);
  self->port = port;
  self->pid = start_nghttpx (port, back);
  while (!answers (port)) {
    if (g_get_monotonic_time () > until)
      g_error ("nghttpx does not listen on port %u", port);
    g_usleep (5000);
  }
  return self;
}

static void
front_free (gpointer data)
{
  Front *self = data;

  kill (self->pid, SIGKILL);
  waitpid (self->pid, NULL, 0);
  close (self->hold);
  g_free (self);
}

/* Interposed functions */

static guint
get_port (GSList *uris)
{
  guint port = g_uri_get_port (uris->data);

  /* Do not take the address of g_uri_unref(): only calls are bound lazily. */
  for (GSList *uri = uris; uri; uri = uri->next)
    g_uri_unref (uri->data);
  g_slist_free (uris);
  return port;
}

gboolean
soup_server_listen_local (SoupServer *server, guint port,
    SoupServerListenOptions options, GError **error)
{
  gboolean (*listen_local) (SoupServer *, guint, SoupServerListenOptions,
      GError **) = get_next ("soup_server_listen_local");
  GSList *(*get_uris) (SoupServer *) = get_next ("soup_server_get_uris");

  /* Tests of certificates use the server itself. */
  if (options & SOUP_SERVER_LISTEN_HTTPS)
    return listen_local (server, port, options, error);

  if (!listen_local (server, 0, options | SOUP_SERVER_LISTEN_IPV4_ONLY, error))
    return FALSE;
  g_object_set_data_full (G_OBJECT (server), "http2-front",
      front_new (port, get_port (get_uris (server))), front_free);
  return TRUE;
}

GSList *
soup_server_get_uris (SoupServer *server)
{
  GSList *(*get_uris) (SoupServer *) = get_next ("soup_server_get_uris");
  Front *front = g_object_get_data (G_OBJECT (server), "http2-front");

  if (!front)
    return get_uris (server);
  return g_slist_append (NULL,
      g_uri_build (SOUP_HTTP_URI_FLAGS, "https", NULL, "127.0.0.1", front->port,
          "/", NULL, NULL));
}

void
soup_server_disconnect (SoupServer *server)
{
  void (*disconnect) (SoupServer *) = get_next ("soup_server_disconnect");

  g_object_set_data (G_OBJECT (server), "http2-front", NULL);
  disconnect (server);
}

/* Makes clients without a CA file of their own trust the CA of the front ends.
 * GnuTLS is visible only to the module that has loaded it, hence dlopen(). */
int gnutls_x509_trust_list_add_system_trust (
    gpointer list, unsigned int flags, unsigned int verify_flags);

int
gnutls_x509_trust_list_add_system_trust (
    gpointer list, unsigned int flags, unsigned int verify_flags)
{
  g_autofree char *file =
      g_build_filename (g_getenv ("HTTP2_FRONT_DIR"), "ca.pem", NULL);
  void *library = dlopen ("libgnutls.so.30", RTLD_LAZY | RTLD_NOLOAD);
  int (*add_file) (gpointer, const char *, const char *, int, unsigned int,
      unsigned int) = dlsym (library, "gnutls_x509_trust_list_add_trust_file");
  int count = add_file (list, file, NULL, PEM, flags, verify_flags);

  dlclose (library);
  return count;
}
