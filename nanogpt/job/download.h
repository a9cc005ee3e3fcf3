/* nanovid: downloads a result URL into a clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/http/client.h"
#include "nanogpt/store/clip.h"

G_BEGIN_DECLS

/**
 * NanogptDownload:
 *
 * Fetches what a clip still lacks.  Retries after broken connections, follows
 * redirects by hand, and knows from its earlier attempts which file it is
 * fetching.  Network thread only.
 */
#define NANOGPT_TYPE_DOWNLOAD (nanogpt_download_get_type ())
G_DECLARE_FINAL_TYPE (
    NanogptDownload, nanogpt_download, NANOGPT, DOWNLOAD, GObject)

/**
 * NanogptDownloadNews:
 * @failure: (nullable): what is tried again after @delay microseconds, with
 *   @failures in a row before this one; %NULL when bytes arrived
 *
 * Called on the network thread.
 */
typedef void (*NanogptDownloadNews) (
    const GError *failure, guint failures, gint64 delay, gpointer user_data);

/**
 * nanogpt_download_new:
 * @client: whose session and key are used, the key for its own origin only
 * @clip: where the bytes go
 * @settings: `http_timeout` and `retries`
 * @news: tells of progress for as long as a run is under way
 */
NanogptDownload *nanogpt_download_new (NanogptClient *client, NanogptClip *clip,
    const NanogptSettings *settings, NanogptDownloadNews news,
    gpointer user_data);

/**
 * nanogpt_download_run_async:
 * @url: where the result is now
 *
 * Fetches until the clip is complete.  One run at a time.
 */
void nanogpt_download_run_async (NanogptDownload *download, GUri *url,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_download_run_finish:
 *
 * Errors: those of %NANOGPT_ERROR, also for a URL that is not good, which
 * nanogpt_retry_needs_url() tells; %G_IO_ERROR_WRONG_ETAG when the file at the
 * URL is not the one of which there are bytes, none of which was stored;
 * %G_IO_ERROR_CANCELLED.
 */
gboolean nanogpt_download_run_finish (
    NanogptDownload *download, GAsyncResult *result, GError **error);

/**
 * nanogpt_download_stop:
 *
 * Ends the run, if there is one, with %G_IO_ERROR_CANCELLED.
 */
void nanogpt_download_stop (NanogptDownload *download);

/**
 * nanogpt_download_want:
 * @offset: what a reader waits for
 *
 * When that is far ahead of what is arriving, asks for it at once, where the
 * server has ranges.
 */
void nanogpt_download_want (NanogptDownload *download, guint64 offset);

G_END_DECLS
