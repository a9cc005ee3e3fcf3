/* nanovid: on-disk cache of finished clips, by request digest
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cache.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nanogpt/base/durable-file.h"
#include "nanogpt/base/key-file.h"
#include "nanogpt/base/settings.h"

#define GROUP "nanovid-clip"
#define SUFFIX ".clip"
#define DIGEST_LENGTH 64
#define DAY (24 * 60 * 60)
#define PIECE (1024 * 1024)
#define INFO_MAX (1024 * 1024)

/* The end of the file: the length of the information before it, and the SHA-256
 * of everything before the footer. */
#define FOOTER_HEAD "nanovid-clip-end 1 "
#define FOOTER_FORMAT FOOTER_HEAD "%08x %64s\n"
#define FOOTER_LENGTH (sizeof (FOOTER_HEAD) - 1 + 8 + 1 + 64 + 1)

NanogptCacheInfo *
nanogpt_cache_info_new (void)
{
  NanogptCacheInfo *info = g_new0 (NanogptCacheInfo, 1);

  info->cost = NANOGPT_MONEY_UNKNOWN;
  return info;
}

void
nanogpt_cache_info_free (NanogptCacheInfo *info)
{
  g_free (info->run_id);
  g_free (info->model);
  g_free (info->payment_source);
  g_free (info);
}

static gboolean
is_digest (const char *text)
{
  return strspn (text, "0123456789abcdef") == DIGEST_LENGTH;
}

static char *
get_clip_path (const char *cache_dir, const char *digest)
{
  g_autofree char *name = g_strconcat (digest, SUFFIX, NULL);

  return g_build_filename (cache_dir, name, NULL);
}

static char *
format_info (const char *digest, guint64 size, const NanogptCacheInfo *info)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;

  g_key_file_set_string (file, GROUP, "digest", digest);
  g_key_file_set_uint64 (file, GROUP, "size", size);
  nanogpt_key_file_set_time (file, GROUP, "created", g_get_real_time ());
  nanogpt_key_file_set_text (file, GROUP, "run-id", info->run_id);
  nanogpt_key_file_set_text (file, GROUP, "model", info->model);
  nanogpt_key_file_set_cost (file, GROUP, "cost", info->cost);
  nanogpt_key_file_set_text (
      file, GROUP, "payment-source", info->payment_source);
  if (info->outputs > 0)
    g_key_file_set_integer (file, GROUP, "outputs", info->outputs);
  text = g_key_file_to_data (file, NULL, NULL);
  return g_strconcat ("\n", text, NULL);
}

/* Returns: (nullable): the content of @text, if it belongs to @digest and @size */
static NanogptCacheInfo *
parse_info (const char *text, gsize length, const char *digest, guint64 size)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *owner = NULL;
  NanogptCacheInfo *info;

  if (!g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, NULL))
    return NULL;
  owner = g_key_file_get_string (file, GROUP, "digest", NULL);
  if (g_strcmp0 (owner, digest) != 0
      || g_key_file_get_uint64 (file, GROUP, "size", NULL) != size)
    return NULL;

  info = nanogpt_cache_info_new ();
  info->created = nanogpt_key_file_get_time (file, GROUP, "created");
  info->run_id = g_key_file_get_string (file, GROUP, "run-id", NULL);
  info->model = g_key_file_get_string (file, GROUP, "model", NULL);
  info->cost = nanogpt_key_file_get_cost (file, GROUP, "cost");
  info->payment_source =
      g_key_file_get_string (file, GROUP, "payment-source", NULL);
  info->outputs =
      MAX (g_key_file_get_integer (file, GROUP, "outputs", NULL), 0);
  return info;
}

/* Storing */

static gboolean
write_summed (NanogptDurableFile *file, GChecksum *sum, gconstpointer data,
    gsize length, GError **error)
{
  g_checksum_update (sum, data, length);
  return nanogpt_durable_file_write (file, data, length, error);
}

/* @file: (nullable): the file to write to; %NULL if it already has the bytes */
static gboolean
write_clip (
    NanogptDurableFile *file, GChecksum *sum, NanogptClip *clip, GError **error)
{
  guint64 size = nanogpt_clip_get_size (clip);

  for (guint64 offset = 0; offset < size; offset += PIECE) {
    g_autoptr (GBytes) piece =
        nanogpt_clip_read (clip, offset, MIN (PIECE, size - offset), error);

    if (!piece)
      return FALSE;
    g_checksum_update (
        sum, g_bytes_get_data (piece, NULL), g_bytes_get_size (piece));
    if (file
        && !nanogpt_durable_file_write (file, g_bytes_get_data (piece, NULL),
            g_bytes_get_size (piece), error))
      return FALSE;
  }
  return TRUE;
}

/* Removes what a killed writer has left. */
static void
prune (const char *cache_dir)
{
  g_autoptr (GDir) entries = g_dir_open (cache_dir, 0, NULL);
  gint64 now = g_get_real_time () / G_TIME_SPAN_SECOND;
  const char *name;

  while (entries && (name = g_dir_read_name (entries))) {
    g_autofree char *path = g_build_filename (cache_dir, name, NULL);
    GStatBuf status;

    if (!is_digest (name) || !g_str_has_prefix (name + DIGEST_LENGTH, SUFFIX)
        || !g_str_has_suffix (name, NANOGPT_DURABLE_SUFFIX))
      continue;
    if (g_lstat (path, &status) == 0 && now - status.st_mtime > DAY)
      g_unlink (path);
  }
}

gboolean
nanogpt_cache_prepare (const char *cache_dir, GError **error)
{
  if (!nanogpt_durable_make_dir (cache_dir, error))
    return FALSE;
  if (g_access (cache_dir, W_OK | X_OK) < 0) {
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
        _ ("\"%s\" cannot be written to: %s"), cache_dir, g_strerror (errno));
    return FALSE;
  }
  return TRUE;
}

gboolean
nanogpt_cache_store (const char *cache_dir, const char *digest,
    NanogptClip *clip, const NanogptCacheInfo *info, GError **error)
{
  g_autofree char *path = get_clip_path (cache_dir, digest);
  g_autofree char *text = NULL;
  g_autofree char *footer = NULL;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (NanogptDurableFile) file = NULL;
  gboolean linked;

  g_return_val_if_fail (is_digest (digest), FALSE);
  g_return_val_if_fail (nanogpt_clip_is_complete (clip), FALSE);

  if (!nanogpt_durable_make_dir (cache_dir, error))
    return FALSE;
  prune (cache_dir);

  file = nanogpt_durable_file_new_from_fd (
      path, nanogpt_clip_get_spool (clip), nanogpt_clip_get_size (clip));
  linked = file != NULL;
  if (!linked)
    file = nanogpt_durable_file_new (path, error);
  text = format_info (digest, nanogpt_clip_get_size (clip), info);
  if (!file || !write_clip (linked ? NULL : file, sum, clip, error)
      || !write_summed (file, sum, text, strlen (text), error))
    return FALSE;

  footer = g_strdup_printf (
      FOOTER_FORMAT, (guint)strlen (text), g_checksum_get_string (sum));
  return nanogpt_durable_file_write (file, footer, strlen (footer), error)
      && nanogpt_durable_file_commit (file, error);
}

/* Looking up */

/* Returns: the number of bytes read, fewer at the end of the file, -1 with
 * errno set on failure */
static gssize
read_at (int fd, gpointer data, gsize length, guint64 offset)
{
  gsize done = 0;

  while (done < length) {
    gssize got =
        pread (fd, (guint8 *)data + done, length - done, offset + done);

    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return -1;
    if (got == 0)
      break;
    done += got;
  }
  return done;
}

/* Returns: whether that many bytes were added to @sum; %FALSE with errno set */
static gboolean
sum_up (int fd, guint64 length, GChecksum *sum)
{
  g_autofree guint8 *piece = g_malloc (PIECE);

  for (guint64 offset = 0; offset < length; offset += PIECE) {
    gssize got = read_at (fd, piece, MIN (PIECE, length - offset), offset);

    if (got < 0)
      return FALSE;
    g_checksum_update (sum, piece, got);
  }
  return TRUE;
}

/* Returns: the length of the information according to a footer, 0 if it is not
 * a footer */
static gsize
parse_footer (const char *footer)
{
  if (!g_str_has_prefix (footer, FOOTER_HEAD))
    return 0;
  return g_ascii_strtoull (footer + strlen (FOOTER_HEAD), NULL, 16);
}

/* Sets @info to %NULL if the file is damaged.
 *
 * Returns: whether the file could be read; %FALSE with errno set */
static gboolean
verify (int fd, const char *digest, guint64 *size, NanogptCacheInfo **info)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  char footer[FOOTER_LENGTH + 1] = "";
  g_autofree char *expected = NULL;
  g_autofree char *text = NULL;
  struct stat status;
  guint64 summed;
  gsize length;

  *info = NULL;
  if (fstat (fd, &status) < 0)
    return FALSE;
  if (!S_ISREG (status.st_mode) || status.st_size < (gint64)FOOTER_LENGTH)
    return TRUE;

  summed = status.st_size - FOOTER_LENGTH;
  if (read_at (fd, footer, FOOTER_LENGTH, summed) < 0)
    return FALSE;
  length = parse_footer (footer);
  if (length == 0 || length > MIN (summed, INFO_MAX))
    return TRUE;

  if (!sum_up (fd, summed, sum))
    return FALSE;
  expected = g_strdup_printf (
      FOOTER_FORMAT, (guint)length, g_checksum_get_string (sum));
  if (!g_str_equal (footer, expected))
    return TRUE;

  *size = summed - length;
  text = g_malloc0 (length);
  if (read_at (fd, text, length, *size) < 0)
    return FALSE;
  *info = parse_info (text, length, digest, *size);
  return TRUE;
}

/* Removes the file that @fd refers to, but not one that has replaced it. */
static void
remove_damaged (const char *path, int fd)
{
  struct stat damaged;
  struct stat there;

  if (fstat (fd, &damaged) == 0 && lstat (path, &there) == 0
      && damaged.st_dev == there.st_dev && damaged.st_ino == there.st_ino)
    g_unlink (path);
}

static void
set_error (GError **error, int code, const char *path)
{
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
      _ ("\"%s\" cannot be read: %s"), path, g_strerror (code));
}

NanogptClip *
nanogpt_cache_lookup (const char *cache_dir, const char *digest,
    NanogptCacheInfo **info, GError **error)
{
  g_autofree char *path = get_clip_path (cache_dir, digest);
  g_autoptr (NanogptCacheInfo) found = NULL;
  guint64 size;
  int fd;

  g_return_val_if_fail (is_digest (digest), NULL);

  if (info)
    *info = NULL;
  fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    if (errno != ENOENT && errno != ENOTDIR)
      set_error (error, errno, path);
    return NULL;
  }

  if (!verify (fd, digest, &size, &found))
    set_error (error, errno, path);
  else if (!found)
    remove_damaged (path, fd);
  if (!found) {
    close (fd);
    return NULL;
  }

  if (info)
    *info = g_steal_pointer (&found);
  return nanogpt_clip_new_from_fd (fd, size);
}

void
nanogpt_cache_remove (const char *cache_dir, const char *digest)
{
  g_autofree char *path = get_clip_path (cache_dir, digest);

  g_return_if_fail (is_digest (digest));

  g_unlink (path);
}

char *
nanogpt_cache_get_key (
    const char *origin, const char *digest, guint number, guint index)
{
  g_autoptr (GString) text = g_string_new (digest);

  if (!g_str_equal (origin, NANOGPT_DEFAULT_BASE_URL))
    g_string_printf (text, "%s %s", origin, digest);
  if (index > 0)
    g_string_append_printf (text, " result %u", index);
  if (number > 0)
    g_string_append_printf (text, " %u", number);
  if (g_str_equal (text->str, digest))
    return g_strdup (digest);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text->str, -1);
}
