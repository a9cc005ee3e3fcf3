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
 * Fetches the missing parts of a clip.  Retries after broken connections,
 * follows redirects by hand, and recognizes the file of earlier attempts.
 * Network thread only.
 */
#define NANOGPT_TYPE_DOWNLOAD (nanogpt_download_get_type ())
G_DECLARE_FINAL_TYPE (
    NanogptDownload, nanogpt_download, NANOGPT, DOWNLOAD, GObject)

/**
 * NanogptDownloadNews:
 * @failure: (nullable): a failure that is retried after @delay microseconds,
 *   with @failures in a row before it; %NULL when bytes arrived
 *
 * Called on the network thread.
 */
typedef void (*NanogptDownloadNews) (
    const GError *failure, guint failures, gint64 delay, gpointer user_data);

/**
 * nanogpt_download_new:
 * @clip: the clip to store the bytes in
 * @news: reports progress during a run
 */
NanogptDownload *nanogpt_download_new (
    NanogptClip *clip, NanogptDownloadNews news, gpointer user_data);

/**
 * nanogpt_download_run_async:
 * @client: the client whose session and key are used, the key for its own
 *   origin only
 * @settings: settings; only `http_timeout` and `retries` are used
 * @url: the current URL of the result
 *
 * Fetches until the clip is complete.  One run at a time.
 */
void nanogpt_download_run_async (NanogptDownload *download,
    NanogptClient *client, const NanogptSettings *settings, GUri *url,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_download_run_finish:
 *
 * Errors: %NANOGPT_ERROR, also for an invalid URL, which
 * nanogpt_retry_needs_url() detects; %G_IO_ERROR_WRONG_ETAG if the file at the
 * URL is not the stored one, and nothing of it was stored;
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
 * @offset: the byte that a reader waits for
 *
 * If that is far ahead of the arriving data, requests it immediately, if the
 * server supports ranges.
 */
void nanogpt_download_want (NanogptDownload *download, guint64 offset);

G_END_DECLS
