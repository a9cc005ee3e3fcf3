/* nanovid: settings: defaults, the environment, keys as they are pasted
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib/gstdio.h>
#include <string.h>

#include "nanogpt/base/error.h"
#include "nanogpt/base/settings.h"
#include "nanogpt/base/url.h"

#define KEY "sk-nano-0123456789abcdef"

static void
clear_environment (void)
{
  g_unsetenv ("NANOGPT_API_KEY");
  g_unsetenv ("NANOGPT_API_KEY_FILE");
  g_unsetenv ("NANOGPT_BASE_URL");
  g_unsetenv ("TMPDIR");
}

static void
test_defaults (void)
{
  g_autoptr (NanogptSettings) settings = nanogpt_settings_new ();

  g_assert_cmpuint (settings->timeout, ==, 600);
  g_assert_cmpuint (settings->poll_interval, ==, 0);
  g_assert_cmpuint (settings->http_timeout, ==, 30);
  g_assert_cmpuint (settings->retries, ==, 5);
  g_assert_cmpuint (settings->max_size, ==, G_GUINT64_CONSTANT (2147483648));

  clear_environment ();
  settings->api_key = g_strdup (KEY);
  g_assert_true (nanogpt_settings_resolve (settings, NULL));
  g_assert_cmpstr (settings->api_key, ==, KEY);
  g_assert_cmpstr (settings->base_url, ==, "https://nano-gpt.com");
  g_assert_cmpstr (settings->spool_dir, ==, "/var/tmp");
  g_assert_true (settings->state_dir_is_default);
  g_assert_true (nanogpt_settings_resolve (settings, NULL));
  g_assert_true (settings->state_dir_is_default);
  g_assert_null (settings->proxy);
  g_assert_null (settings->run_id);
}

/* Parsing a resolved base URL gives the same base again. */
static void
test_base_url (void)
{
  static const struct
  {
    const char *given, *resolved, *path;
  } cases[] = {
    { "https://example.com/api/v1/", "https://example.com", "" },
    { "https://example.com/api/api/v1", "https://example.com/api/api", "/api" },
    { "https://example.com/api/v1/api", "https://example.com/api/v1/api",
        "/api/v1" },
    { "https://example.com/gate/api", "https://example.com/gate", "/gate" },
  };

  clear_environment ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (NanogptSettings) settings = nanogpt_settings_new ();

    settings->api_key = g_strdup (KEY);
    settings->base_url = g_strdup (cases[i].given);
    for (guint again = 0; again < 2; again++) {
      g_autoptr (GUri) base = NULL;

      g_assert_true (nanogpt_settings_resolve (settings, NULL));
      g_assert_cmpstr (settings->base_url, ==, cases[i].resolved);
      base = nanogpt_base_url_parse (settings->base_url, NULL);
      g_assert_cmpstr (g_uri_get_path (base), ==, cases[i].path);
    }
  }
}

/* The first of the three sources that is set is used. */
static void
test_environment (void)
{
  g_autoptr (NanogptSettings) settings = nanogpt_settings_new ();
  g_autoptr (NanogptSettings) own = nanogpt_settings_new ();

  clear_environment ();
  g_setenv ("NANOGPT_API_KEY", "sk-environment", TRUE);
  g_setenv ("NANOGPT_API_KEY_FILE", "/no/such/file", TRUE);
  g_setenv ("NANOGPT_BASE_URL", "http://localhost:8080/api/v1/", TRUE);
  g_setenv ("TMPDIR", "/some/where", TRUE);
  settings->api_key = g_strdup ("");
  settings->base_url = g_strdup ("");
  settings->spool_dir = g_strdup ("");
  settings->proxy = g_strdup ("");
  settings->tls_ca_file = g_strdup ("");
  settings->user_agent = g_strdup ("");
  settings->run_id = g_strdup ("");
  g_assert_true (nanogpt_settings_resolve (settings, NULL));
  g_assert_cmpstr (settings->api_key, ==, "sk-environment");
  g_assert_cmpstr (settings->base_url, ==, "http://localhost:8080");
  g_assert_cmpstr (settings->spool_dir, ==, "/some/where");
  g_assert_null (settings->proxy);
  g_assert_null (settings->tls_ca_file);
  g_assert_null (settings->user_agent);
  g_assert_null (settings->run_id);

  own->api_key = g_strdup (KEY);
  own->base_url = g_strdup ("https://example.com/gate/");
  own->spool_dir = g_strdup ("/my/own");
  g_assert_true (nanogpt_settings_resolve (own, NULL));
  g_assert_cmpstr (own->api_key, ==, KEY);
  g_assert_cmpstr (own->base_url, ==, "https://example.com/gate");
  g_assert_cmpstr (own->spool_dir, ==, "/my/own");
  clear_environment ();
}

/* max-size=0 is refused, because no clip would be small enough. */
static void
test_max_size (void)
{
  g_autoptr (NanogptSettings) settings = nanogpt_settings_new ();
  g_autoptr (GError) error = NULL;

  clear_environment ();
  settings->api_key = g_strdup (KEY);
  settings->max_size = 0;
  g_assert_false (nanogpt_settings_resolve (settings, &error));
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST);
  settings->max_size = 1;
  g_assert_true (nanogpt_settings_resolve (settings, NULL));
}

static void
test_tls_ca_file (void)
{
  g_autofree char *here = g_get_current_dir ();
  g_autofree char *expected = g_build_filename (here, "ca.pem", NULL);
  g_autoptr (NanogptSettings) settings = nanogpt_settings_new ();

  clear_environment ();
  settings->api_key = g_strdup (KEY);
  settings->tls_ca_file = g_strdup ("./some/../ca.pem");
  for (guint again = 0; again < 2; again++) {
    g_assert_true (nanogpt_settings_resolve (settings, NULL));
    g_assert_cmpstr (settings->tls_ca_file, ==, expected);
  }
}

static void
test_copy (void)
{
  g_autoptr (NanogptSettings) original = nanogpt_settings_new ();
  g_autoptr (NanogptSettings) copy = NULL;

  original->api_key = g_strdup ("k");
  original->base_url = g_strdup ("b");
  original->proxy = g_strdup ("p");
  original->tls_ca_file = g_strdup ("t");
  original->user_agent = g_strdup ("u");
  original->spool_dir = g_strdup ("s");
  original->run_id = g_strdup ("r");
  original->poll_interval = 77;
  copy = nanogpt_settings_copy (original);
  g_assert_true (copy->api_key != original->api_key);
  g_assert_cmpstr (copy->api_key, ==, "k");
  g_assert_cmpstr (copy->base_url, ==, "b");
  g_assert_cmpstr (copy->proxy, ==, "p");
  g_assert_cmpstr (copy->tls_ca_file, ==, "t");
  g_assert_cmpstr (copy->user_agent, ==, "u");
  g_assert_cmpstr (copy->spool_dir, ==, "s");
  g_assert_cmpstr (copy->run_id, ==, "r");
  g_assert_cmpuint (copy->poll_interval, ==, 77);
}

static const struct
{
  const char *text;
  const char *key; /* NULL: refused */
} keys[] = {
  { KEY, KEY },
  { KEY "\n", KEY },
  { "\r\n\t " KEY " \r\n", KEY },
  { "\xc2\xa0" KEY "\xc2\xa0", KEY },
  { "\xef\xbb\xbf" KEY "\xe2\x80\x8b", KEY },
  { "\xe2\x80\x8b\xe2\x81\xa0" KEY "\xe2\x80\x8d\xef\xbb\xbf\n", KEY },
  { "6f9619ff-8b86-d011-b42d-00cf4fc964ff",
      "6f9619ff-8b86-d011-b42d-00cf4fc964ff" },
  { "sk-nano-01234 56789", NULL },
  { "sk-nano-01234\n56789", NULL },
  { "sk-nano-01234\xe2\x80\x8b"
    "56789",
      NULL },
  { "sk\xe2\x80\x93nano\xe2\x80\x93"
    "0123456789",
      NULL },
  { "sk-nano-0123\x01"
    "456789",
      NULL },
  { "sk-nano-0123\xff"
    "456789",
      NULL },
  { "sk-nano-0123\x7f", "sk-nano-0123" },
};

static void
check_refused_silently (const GError *error)
{
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_NOT_AUTHORIZED);
  g_assert_nonnull (strstr (error->message, "key"));
  g_assert_null (strstr (error->message, "nano-0"));
  g_assert_null (strstr (error->message, "0123"));
  g_assert_null (strstr (error->message, "6789"));
}

static void
test_keys (void)
{
  clear_environment ();
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autoptr (NanogptSettings) settings = nanogpt_settings_new ();
    g_autoptr (GError) error = NULL;

    settings->api_key = g_strdup (keys[i].text);
    g_assert_cmpint (
        nanogpt_settings_resolve (settings, &error), ==, keys[i].key != NULL);
    if (keys[i].key)
      g_assert_cmpstr (settings->api_key, ==, keys[i].key);
    else
      check_refused_silently (error);
  }
}

static void
check_key_file (const char *path, const char *content, gssize size,
    const char *key, const char *word)
{
  g_autoptr (NanogptSettings) settings = nanogpt_settings_new ();
  g_autoptr (GError) error = NULL;

  if (content)
    g_assert_true (g_file_set_contents (path, content, size, NULL));
  g_assert_cmpint (
      nanogpt_settings_resolve (settings, &error), ==, key != NULL);
  g_assert_cmpstr (settings->api_key, ==, key);
  if (key)
    return;
  check_refused_silently (error);
  g_assert_nonnull (strstr (error->message, word));
}

static void
test_key_file (void)
{
  g_autofree char *dir = g_dir_make_tmp ("nanovid-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "the key", NULL);
  g_autofree char *long_key = g_strnfill (100 * 1000, 'k');

  clear_environment ();
  g_setenv ("NANOGPT_API_KEY", " \n", TRUE);
  g_setenv ("NANOGPT_API_KEY_FILE", path, TRUE);
  check_key_file (path, NULL, 0, NULL, path);
  check_key_file (path, KEY, -1, KEY, NULL);
  check_key_file (path, "\xef\xbb\xbf" KEY "\r\n", -1, KEY, NULL);
  check_key_file (path, "\n " KEY " \nmade in May\n", -1, KEY, NULL);
  check_key_file (path, "", 0, NULL, path);
  check_key_file (path, " \n\n", -1, NULL, path);
  check_key_file (path, "\xe2\x80\x8b\nnot UTF-8: \xff\n", -1, NULL, "space");
  check_key_file (path, "sk-nano-0123 456789\n", -1, NULL, "space");
  check_key_file (path,
      "sk-nano-0123\0"
      "456789",
      19, NULL, path);
  check_key_file (path, long_key, -1, NULL, path);
  g_remove (path);

  g_setenv ("NANOGPT_API_KEY_FILE", dir, TRUE);
  check_key_file (path, NULL, 0, NULL, dir);
  g_rmdir (dir);
  clear_environment ();
}

static void
test_no_key (void)
{
  g_autoptr (NanogptSettings) settings = nanogpt_settings_new ();
  g_autoptr (GError) error = NULL;

  clear_environment ();
  g_setenv ("NANOGPT_API_KEY", "", TRUE);
  g_setenv ("NANOGPT_API_KEY_FILE", "", TRUE);
  g_assert_false (nanogpt_settings_resolve (settings, &error));
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_NOT_AUTHORIZED);
  g_assert_nonnull (strstr (error->message, "api-key"));
  g_assert_nonnull (strstr (error->message, "NANOGPT_API_KEY,"));
  g_assert_nonnull (strstr (error->message, "NANOGPT_API_KEY_FILE"));
  clear_environment ();
}

static void
test_bad_base_url (void)
{
  g_autoptr (NanogptSettings) settings = nanogpt_settings_new ();
  g_autoptr (GError) error = NULL;

  clear_environment ();
  settings->api_key = g_strdup (KEY);
  settings->base_url = g_strdup ("http://example.com");
  g_assert_false (nanogpt_settings_resolve (settings, &error));
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST);
}

static const struct
{
  const char *text;
  gboolean usable;
} user_agents[] = {
  { "my-app/1.0 (a comment; and ~ more)", TRUE },
  { "x", TRUE },
  { "my-app\nX-Evil: 1", FALSE },
  { "my-app\r\nX-Evil: 1", FALSE },
  { "my-app/1.0\n", FALSE },
  { "my-app\t1.0", FALSE },
  { "my-app\x01", FALSE },
  { "my-app\x7f", FALSE },
  { "m\xc3\xbc-app", FALSE },
  { "my-app\xff", FALSE },
  { " my-app", FALSE },
  { "my-app ", FALSE },
  { " ", FALSE },
};

static void
test_user_agents (void)
{
  clear_environment ();
  for (guint i = 0; i < G_N_ELEMENTS (user_agents); i++) {
    g_autoptr (NanogptSettings) settings = nanogpt_settings_new ();
    g_autoptr (GError) error = NULL;

    settings->api_key = g_strdup (KEY);
    settings->user_agent = g_strdup (user_agents[i].text);
    g_assert_cmpint (
        nanogpt_settings_resolve (settings, &error), ==, user_agents[i].usable);
    if (user_agents[i].usable) {
      g_assert_cmpstr (settings->user_agent, ==, user_agents[i].text);
      continue;
    }
    g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST);
    g_assert_true (g_str_has_prefix (error->message, "user-agent "));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/defaults", test_defaults);
  g_test_add_func ("/settings/environment", test_environment);
  g_test_add_func ("/settings/max-size", test_max_size);
  g_test_add_func ("/settings/tls-ca-file", test_tls_ca_file);
  g_test_add_func ("/settings/copy", test_copy);
  g_test_add_func ("/settings/base-url", test_base_url);
  g_test_add_func ("/settings/keys", test_keys);
  g_test_add_func ("/settings/key-file", test_key_file);
  g_test_add_func ("/settings/no-key", test_no_key);
  g_test_add_func ("/settings/bad-base-url", test_bad_base_url);
  g_test_add_func ("/settings/user-agents", test_user_agents);
  return g_test_run ();
}
