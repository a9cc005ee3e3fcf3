/* nanovid: on-disk cache of finished clips, by request digest
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
 * @outputs: number of results that the job has, 0 when unknown
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

/* All functions here block on the disk, and must be called on a thread that
 * may.  Any number of threads and processes may share a cache.
 *
 * A clip is one file, `CACHE_DIR/DIGEST.clip`: the bytes as they came from the
 * service, so that players recognize it, then information about it, and the
 * checksum of both. */

/**
 * nanogpt_cache_prepare:
 * @error: return location for an error of #GFileError
 *
 * Creates the directory if it does not exist, and checks whether clips can be
 * kept in it, before one is paid for.
 */
gboolean nanogpt_cache_prepare (const char *cache_dir, GError **error);

/**
 * nanogpt_cache_store:
 * @cache_dir: the directory of the cache; created if it does not exist
 * @digest: the digest of the request, 64 lower-case hexadecimal digits
 * @clip: a complete clip
 * @info: the origin of the clip; its `created` is set here
 * @error: return location for an error of #GFileError, or of
 *   nanogpt_clip_read()
 *
 * Keeps the clip, in place of any other for the same request, until it is
 * removed.  If the clip's own file is on the cache's file system, it gets a
 * name there; otherwise it is copied.  On failure, the previous clip is still
 * there.
 */
gboolean nanogpt_cache_store (const char *cache_dir, const char *digest,
    NanogptClip *clip, const NanogptCacheInfo *info, GError **error);

/**
 * nanogpt_cache_lookup:
 * @digest: the digest of the request, as for nanogpt_cache_store()
 * @info: (out) (transfer full) (optional) (nullable): the origin of the clip
 * @error: return location for an error of #GFileError, if the cache cannot be
 *   read
 *
 * The clip is verified before it is returned.  A damaged one is removed, and
 * counts as none.
 *
 * Returns: (transfer full) (nullable): the complete clip; %NULL without @error
 *   if there is none
 */
NanogptClip *nanogpt_cache_lookup (const char *cache_dir, const char *digest,
    NanogptCacheInfo **info, GError **error);

/**
 * nanogpt_cache_remove:
 *
 * Removes a clip that is of no use.  Clips that were returned before stay
 * intact.
 */
void nanogpt_cache_remove (const char *cache_dir, const char *digest);

/**
 * nanogpt_cache_get_key:
 * @origin: the origin of the service, as nanogpt_url_get_origin() returns it
 * @digest: the digest of a request
 * @number: the number of this request among identical ones, from 0
 * @index: the index of the result of its job, from 0
 *
 * Returns: (transfer full): the name of the clip in the cache, in the form of a
 *   digest
 */
char *nanogpt_cache_get_key (
    const char *origin, const char *digest, guint number, guint index);

G_END_DECLS
