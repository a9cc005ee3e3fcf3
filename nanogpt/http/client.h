/* nanovid: the API client, one function for each endpoint
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "account.h"
#include "http-request.h"
#include "responses.h"

G_BEGIN_DECLS

/**
 * NanogptClient:
 *
 * Network thread only.  Every call ends within the settings' `http_timeout`
 * once it is sent, and every error is a %NANOGPT_ERROR or
 * %G_IO_ERROR_CANCELLED.
 */
#define NANOGPT_TYPE_CLIENT (nanogpt_client_get_type ())
G_DECLARE_FINAL_TYPE (NanogptClient, nanogpt_client, NANOGPT, CLIENT, GObject)

/**
 * nanogpt_client_new:
 * @network: the network on whose thread this is called
 * @settings: resolved settings
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST for settings that cannot be used.
 *
 * Returns: (transfer full) (nullable): the client
 */
NanogptClient *nanogpt_client_new (
    NanogptNetwork *network, const NanogptSettings *settings, GError **error);

NanogptAccount *nanogpt_client_get_account (NanogptClient *client);
GUri *nanogpt_client_get_base_url (NanogptClient *client);

/**
 * nanogpt_client_reserve_submit:
 * @error: return location for an error
 *
 * Reserves the next slot among the submits of all jobs to this service.
 *
 * Errors: %NANOGPT_ERROR_RATE_LIMITED if the service accepts none for longer
 * than the settings' `timeout`.
 *
 * Returns: microseconds to wait before the submit is sent, -1 on error
 */
gint64 nanogpt_client_reserve_submit (NanogptClient *client, GError **error);

/**
 * nanogpt_client_submit_async:
 * @body: the JSON object of a request
 * @sent: set to whether a byte of the request may have been sent to a server
 *   that would create a job, as soon as it may; must stay valid until @callback
 *   is called
 * @may_leave: (nullable): called when the first byte is about to be sent
 * @leave_data: for @may_leave
 * @cancellable: (nullable): cancels the call, as long as no byte has been sent
 *
 * Sends the paid request, immediately and only once.
 */
void nanogpt_client_submit_async (NanogptClient *client, GBytes *body,
    gboolean *sent, NanogptMayLeave may_leave, gpointer leave_data,
    GCancellable *cancellable, GAsyncReadyCallback callback,
    gpointer user_data);

/**
 * nanogpt_client_submit_finish:
 * @accepted: (out): on error, %FALSE if it is certain that no job was created
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the response, which has a job id
 */
NanogptResponse *nanogpt_client_submit_finish (NanogptClient *client,
    GAsyncResult *result, gboolean *accepted, GError **error);

/**
 * nanogpt_client_status_async:
 * @run_id: the job's id
 * @model: (nullable): its model, as requested
 * @alias: (nullable): the service's own name for that model, if different
 * @at_latest: monotonic time at which the service is asked even if it asked not
 *   to be, because no one waits longer; %G_MAXINT64 for never
 *
 * Asks the legacy endpoint first, then the unified one, then the legacy one
 * with @alias, until one of them exists and knows the job.  Remembers which one
 * answered.  Without a model only the unified one is asked, because the legacy
 * endpoint has not always accepted that.
 *
 * Errors have `own` set in their details if the service itself refuses, on any
 * of these ways.
 */
void nanogpt_client_status_async (NanogptClient *client, const char *run_id,
    const char *model, const char *alias, gint64 at_latest,
    GCancellable *cancellable, GAsyncReadyCallback callback,
    gpointer user_data);
NanogptResponse *nanogpt_client_status_finish (
    NanogptClient *client, GAsyncResult *result, GError **error);

/**
 * nanogpt_client_reserve_recover:
 * @error: return location for an error
 *
 * Reserves the next slot among the lookups of all jobs to this service.
 *
 * Errors: %NANOGPT_ERROR_RATE_LIMITED if the service accepts none for longer
 * than a submit is looked up.
 *
 * Returns: microseconds to wait before the list is requested, -1 on error
 */
gint64 nanogpt_client_reserve_recover (NanogptClient *client, GError **error);

/**
 * nanogpt_client_recover_async:
 * @model: (nullable): list this model's jobs only
 * @conversation: (nullable): list this conversation's jobs only
 *
 * Lists the account's recent jobs, immediately.
 */
void nanogpt_client_recover_async (NanogptClient *client, const char *model,
    const char *conversation, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_client_recover_finish:
 * @date: (out) (nullable) (transfer full): the service's clock
 * @error: return location for an error
 *
 * Returns: (transfer full) (element-type NanogptRun) (nullable): the jobs
 */
GPtrArray *nanogpt_client_recover_finish (NanogptClient *client,
    GAsyncResult *result, GDateTime **date, GError **error);

/**
 * nanogpt_client_balance_async:
 *
 * Asks for the account's balance.
 */
void nanogpt_client_balance_async (NanogptClient *client,
    GCancellable *cancellable, GAsyncReadyCallback callback,
    gpointer user_data);

/**
 * nanogpt_client_balance_finish:
 * @usd: (out): the balance in USD
 * @error: return location for an error
 */
gboolean nanogpt_client_balance_finish (NanogptClient *client,
    GAsyncResult *result, NanogptMicros *usd, GError **error);

/**
 * nanogpt_client_models_async:
 *
 * Asks for the listing of the models, their parameters and their prices.
 */
void nanogpt_client_models_async (NanogptClient *client,
    GCancellable *cancellable, GAsyncReadyCallback callback,
    gpointer user_data);

/**
 * nanogpt_client_models_finish:
 *
 * Returns: (transfer full) (nullable): the listing, in the format of
 *   nanogpt_catalog_parse()
 */
GBytes *nanogpt_client_models_finish (
    NanogptClient *client, GAsyncResult *result, GError **error);

G_END_DECLS
