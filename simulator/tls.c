/* nanovid: simulator: a temporary CA, and a certificate for this host
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tls.h"

#include <gio/gio.h>

#define CA_NAME "/CN=nanogpt-simulator temporary CA"

static gboolean
run_openssl (const char *dir, const char *const *arguments, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *output = NULL;

  g_subprocess_launcher_set_cwd (launcher, dir);
  process = g_subprocess_launcher_spawnv (launcher, arguments, error);
  if (!process) {
    g_prefix_error (error, "the openssl program makes the certificate: ");
    return FALSE;
  }
  if (!g_subprocess_communicate_utf8 (
          process, NULL, NULL, NULL, &output, error))
    return FALSE;
  if (g_subprocess_get_successful (process))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
      "openssl could not make the certificate: %s", output);
  return FALSE;
}

/* Writes ca.pem, ca-key.pem, cert.pem and key.pem into @dir. */
gboolean
sim_tls_make (const char *dir, GError **error)
{
  static const char *const ca[] = { "openssl", "req", "-x509", "-newkey", "ec",
    "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
    "ca-key.pem", "-out", "ca.pem", "-days", "30", "-subj", CA_NAME, "-addext",
    "keyUsage=critical,keyCertSign,cRLSign", NULL };
  static const char *const request[] = { "openssl", "req", "-newkey", "ec",
    "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key.pem",
    "-out", "request.pem", "-subj", "/CN=localhost", NULL };
  static const char *const sign[] = { "openssl", "x509", "-req", "-in",
    "request.pem", "-CA", "ca.pem", "-CAkey", "ca-key.pem", "-CAcreateserial",
    "-out", "cert.pem", "-days", "30", "-extfile", "extensions", NULL };
  g_autofree char *extensions = g_build_filename (dir, "extensions", NULL);

  if (!g_file_set_contents (extensions,
          "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\n"
          "basicConstraints=critical,CA:FALSE\n"
          "keyUsage=critical,digitalSignature\n"
          "extendedKeyUsage=serverAuth\n",
          -1, error))
    return FALSE;
  return run_openssl (dir, ca, error) && run_openssl (dir, request, error)
      && run_openssl (dir, sign, error);
}
