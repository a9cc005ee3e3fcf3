/* nanovid: finished clips on disk, by request digest
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "clip.h"
#include "nanogpt/base/money.h"

G_BEGIN_DECLS

/**
 * NanogptCacheInfo:
 * @run_id: (nullable): the id of the job that the clip came from
 * @model: (nullable): the model's slug
 * @payment_source: (nullable): the currency of @cost
 * @cost: what was charged, negative when unknown
 * @outputs: how many results the job has, 0 when unknown
 * @created: when the clip was stored, microseconds since the epoch (UTC)
 */
typedef struct
{
  char *run_id;
  char *model;
  char *payment_source;
  NanogptMicros cost;
  guint outputs;
  gint64 created;
} NanogptCacheInfo;

NanogptCacheInfo *nanogpt_cache_info_new (void);
void nanogpt_cache_info_free (NanogptCacheInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptCacheInfo, nanogpt_cache_info_free)

/* All functions here wait for the disk and belong on a thread that may.  Any
 * number of threads and processes may share a cache.
 *
 * A clip is one file, `CACHE_DIR/DIGEST.clip`: the bytes as they came from the
 * service, so that players take it for what it is, then what is known of it,
 * and the checksum of both. */

/**
 * nanogpt_cache_prepare:
 * @error: return location for an error of #GFileError
 *
 * Makes the directory, if it is not there, and finds out whether clips can be
 * kept in it: something to know before one is paid for.
 */
gboolean nanogpt_cache_prepare (const char *cache_dir, GError **error);

/**
 * nanogpt_cache_store:
 * @cache_dir: where the cache is; made when it is not there
 * @digest: of the request, 64 lower-case hexadecimal digits
 * @clip: a complete clip
 * @info: where it came from; its `created` is set here
 * @error: return location for an error of #GFileError, or of
 *   nanogpt_clip_read()
 *
 * Keeps the clip, in place of any other for the same request, until somebody
 * removes it.  The clip's own file gets a name where it is on
 * the cache's file system; elsewhere it is copied.  When this fails, the former clip is still there.
 */
gboolean nanogpt_cache_store (const char *cache_dir, const char *digest,
    NanogptClip *clip, const NanogptCacheInfo *info, GError **error);

/**
 * nanogpt_cache_lookup:
 * @digest: of the request, as for nanogpt_cache_store()
 * @info: (out) (transfer full) (optional) (nullable): where it came from
 * @error: return location for an error of #GFileError: the cache cannot be
 *   read
 *
 * The clip is verified before it is handed out.  A damaged one is removed, and
 * is none.
 *
 * Returns: (transfer full) (nullable): the clip, complete; %NULL without
 *   @error when there is none
 */
NanogptClip *nanogpt_cache_lookup (const char *cache_dir, const char *digest,
    NanogptCacheInfo **info, GError **error);

/**
 * nanogpt_cache_remove:
 *
 * Forgets the clip, for one that nobody can use.  Clips that were handed out
 * stay whole.
 */
void nanogpt_cache_remove (const char *cache_dir, const char *digest);

/**
 * nanogpt_cache_get_key:
 * @origin: of the service, as nanogpt_url_get_origin() tells it
 * @digest: of a request
 * @number: which of several equal requests it is, from 0
 * @index: which result of its job it is, from 0
 *
 * Returns: (transfer full): what the clip is called in the cache, in the form of
 *   a digest
 */
char *nanogpt_cache_get_key (
    const char *origin, const char *digest, guint number, guint index);

G_END_DECLS
