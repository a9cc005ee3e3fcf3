/* nanovid: the service's list of models, cached on disk
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "catalog.h"

#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nanogpt/base/durable-file.h"
#include "nanogpt/base/json.h"
#include "nanogpt/base/log.h"
#include "model-info.h"

struct _NanogptCatalog
{
  JsonObject *root;
  GHashTable *models; /* slug -> JsonObject, both owned by the root */
};

static NanogptCatalog *
set_catalog_error (GError **error, const char *message)
{
  g_set_error_literal (
      error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE, message);
  return NULL;
}

static void
add_model (NanogptCatalog *catalog, JsonNode *node)
{
  JsonObject *model =
      JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *slug = nanogpt_json_get_string (model, "id");

  if (slug && !g_hash_table_contains (catalog->models, slug))
    g_hash_table_insert (catalog->models, (char *)slug, model);
}

NanogptCatalog *
nanogpt_catalog_parse (GBytes *body, GError **error)
{
  g_autoptr (NanogptCatalog) catalog = NULL;
  JsonObject *root;
  JsonArray *data;
  const char *text;
  gsize size;

  text = g_bytes_get_data (body, &size);
  if (size > NANOGPT_JSON_MAX_SIZE)
    return set_catalog_error (error, _ ("The list of models is too long"));
  root = nanogpt_json_parse (
      text, size, "The list of models", NANOGPT_ERROR_BAD_RESPONSE, error);
  if (!root)
    return NULL;

  catalog = g_new0 (NanogptCatalog, 1);
  catalog->root = root;
  catalog->models = g_hash_table_new (g_str_hash, g_str_equal);
  data = nanogpt_json_get_array (root, "data");
  if (!data)
    return set_catalog_error (
        error, _ ("The response is not a list of models"));
  for (guint i = 0; i < json_array_get_length (data); i++)
    add_model (catalog, json_array_get_element (data, i));
  if (g_hash_table_size (catalog->models) == 0)
    return set_catalog_error (error, _ ("The list of models is empty"));
  return g_steal_pointer (&catalog);
}

void
nanogpt_catalog_free (NanogptCatalog *catalog)
{
  g_hash_table_unref (catalog->models);
  json_object_unref (catalog->root);
  g_free (catalog);
}

JsonObject *
nanogpt_catalog_get_model_info (
    const NanogptCatalog *catalog, const char *model)
{
  return g_hash_table_lookup (catalog->models, model);
}

JsonObject *
nanogpt_catalog_get_parameters (
    const NanogptCatalog *catalog, const char *model)
{
  return nanogpt_model_info_get_parameters (
      nanogpt_catalog_get_model_info (catalog, model));
}

GList *
nanogpt_catalog_get_slugs (const NanogptCatalog *catalog)
{
  return g_hash_table_get_keys (catalog->models);
}

/* On disk */

static char *
get_catalog_path (const char *state_dir, const char *origin)
{
  g_autofree char *sum =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, origin, -1);
  g_autofree char *name = g_strdup_printf ("models-%.16s.json", sum);

  return g_build_filename (state_dir, name, NULL);
}

/* Reads one byte more than allowed, so that a file that is too long is detected. */
static GBytes *
read_all (int fd)
{
  g_autoptr (GInputStream) stream = g_unix_input_stream_new (fd, FALSE);
  g_autofree guint8 *data = g_malloc (NANOGPT_JSON_MAX_SIZE + 1);
  gsize size;

  if (!g_input_stream_read_all (
          stream, data, NANOGPT_JSON_MAX_SIZE + 1, &size, NULL, NULL))
    return NULL;
  return g_bytes_new (data, size);
}

NanogptCatalog *
nanogpt_catalog_load (const char *state_dir, const char *origin, gint64 *age)
{
  g_autofree char *path = get_catalog_path (state_dir, origin);
  g_autoptr (GBytes) body = NULL;
  NanogptCatalog *catalog;
  struct stat status;
  int fd;

  fd = nanogpt_durable_open_file (path, O_RDONLY);
  if (fd < 0)
    return NULL;
  if (fstat (fd, &status) == 0)
    body = read_all (fd);
  close (fd);
  if (!body)
    return NULL;

  catalog = nanogpt_catalog_parse (body, NULL);
  if (!catalog) {
    g_unlink (path);
    return NULL;
  }
  *age = g_get_real_time () - status.st_mtim.tv_sec * G_TIME_SPAN_SECOND
      - status.st_mtim.tv_nsec / 1000;
  if (*age < 0)
    *age = G_MAXINT64;
  nanogpt_log_debug ("%u models in %s, %" G_GINT64_FORMAT " s old",
      g_hash_table_size (catalog->models), path, *age / G_TIME_SPAN_SECOND);
  return catalog;
}

gboolean
nanogpt_catalog_save (
    const char *state_dir, const char *origin, GBytes *body, GError **error)
{
  g_autofree char *path = get_catalog_path (state_dir, origin);
  g_autoptr (NanogptDurableFile) file = NULL;
  gconstpointer data;
  gsize size;

  data = g_bytes_get_data (body, &size);
  if (!nanogpt_durable_make_dir (state_dir, error))
    return FALSE;
  file = nanogpt_durable_file_new (path, error);
  return file && nanogpt_durable_file_write (file, data, size, error)
      && nanogpt_durable_file_commit (file, error);
}
