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
 * Everything is for the network thread;
 * every call ends within the settings' `http_timeout` once it is on its way,
 * and every failure is of %NANOGPT_ERROR, or %G_IO_ERROR_CANCELLED.
 */
#define NANOGPT_TYPE_CLIENT (nanogpt_client_get_type ())
G_DECLARE_FINAL_TYPE (NanogptClient, nanogpt_client, NANOGPT, CLIENT, GObject)

/**
 * nanogpt_client_new:
 * @network: whose thread this is called on
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
 * Takes the next place among the submits of all jobs to this service.
 *
 * Errors: %NANOGPT_ERROR_RATE_LIMITED when the service wants none for longer
 * than the settings' `timeout`.
 *
 * Returns: microseconds to wait before the submit is sent, -1 on error
 */
gint64 nanogpt_client_reserve_submit (NanogptClient *client, GError **error);

/**
 * nanogpt_client_submit_async:
 * @body: the JSON object of a request
 * @sent: becomes whether a byte of it may have left for where a job would be
 *   made of it, as soon as that is so, and has to stay until @callback is called
 * @may_leave: (nullable): asked when its first byte is about to leave
 * @leave_data: for @may_leave
 * @cancellable: (nullable): ends the call for as long as no byte has left
 *
 * Sends the paid request, once, at once.
 */
void nanogpt_client_submit_async (NanogptClient *client, GBytes *body,
    gboolean *sent, NanogptMayLeave may_leave, gpointer leave_data,
    GCancellable *cancellable, GAsyncReadyCallback callback,
    gpointer user_data);

/**
 * nanogpt_client_submit_finish:
 * @accepted: (out): on error, %FALSE when it is certain that no job was made
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the response, with an id in it
 */
NanogptResponse *nanogpt_client_submit_finish (NanogptClient *client,
    GAsyncResult *result, gboolean *accepted, GError **error);

/**
 * nanogpt_client_status_async:
 * @run_id: the job's id
 * @model: (nullable): its model, as it was asked for
 * @alias: (nullable): what the service calls that model, if otherwise
 * @at_latest: monotonic time at which the service is asked even if it has said
 *   that it wants no such requests: nobody waits for longer; %G_MAXINT64 for
 *   never
 *
 * Asks the legacy endpoint first, then the unified one, then the legacy one by
 * @alias, until one of them is there and knows the job; remembers which one
 * answered.  Without a model, which the legacy endpoint has not always done
 * without, only the unified one is asked.
 *
 * Errors have `own` in their details where it is the service itself that
 * refuses, on any of these ways.
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
 * Takes the next place among the lookups of all jobs to this service.
 *
 * Errors: %NANOGPT_ERROR_RATE_LIMITED when the service wants none for longer
 * than a submit is looked up.
 *
 * Returns: microseconds to wait before the list is asked for, -1 on error
 */
gint64 nanogpt_client_reserve_recover (NanogptClient *client, GError **error);

/**
 * nanogpt_client_recover_async:
 * @model: (nullable): list this model's jobs only
 * @conversation: (nullable): list this conversation's jobs only
 *
 * Lists the account's recent jobs, at once.
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
 * Returns: (transfer full) (nullable): the listing, as nanogpt_catalog_parse()
 *   takes it
 */
GBytes *nanogpt_client_models_finish (
    NanogptClient *client, GAsyncResult *result, GError **error);

G_END_DECLS
