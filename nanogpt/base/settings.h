/* nanovid: settings: service, API key, time limits, budgets
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "budget.h"

G_BEGIN_DECLS

#define NANOGPT_DEFAULT_BASE_URL "https://nano-gpt.com"
#define NANOGPT_DEFAULT_TIMEOUT 600
#define NANOGPT_DEFAULT_HTTP_TIMEOUT 30
#define NANOGPT_DEFAULT_RETRIES 5
#define NANOGPT_DEFAULT_MAX_SIZE (G_GUINT64_CONSTANT (2) << 30)

/**
 * NanogptSettings:
 * @api_key: (nullable): the API key; %NULL takes `$NANOGPT_API_KEY`, else the
 *   first line of the file named by `$NANOGPT_API_KEY_FILE`
 * @base_url: (nullable): where the service is; %NULL takes
 *   `$NANOGPT_BASE_URL`, else %NANOGPT_DEFAULT_BASE_URL
 * @proxy: (nullable): the proxy's URI; %NULL takes the system's resolver
 * @tls_ca_file: (nullable): a PEM file of authorities to trust in place of the
 *   system's; absolute when it is resolved
 * @user_agent: (nullable): the User-Agent header; %NULL names this library
 * @spool_dir: (nullable): where clips are kept while in use; %NULL takes
 *   `$TMPDIR`, else `/var/tmp`
 * @spool_dir_is_default: whether nobody has named @spool_dir, so that clips that
 *   are to be kept are kept in @cache_dir from the beginning; set when it is
 *   resolved
 * @state_dir: (nullable): where the journal of paid jobs is kept; %NULL takes
 *   `$XDG_STATE_HOME/nanovid`
 * @state_dir_is_default: whether nobody has named @state_dir, so that jobs run
 *   without it when it cannot be written to; set when it is resolved
 * @database: (nullable): URI of a PostgreSQL that has what is otherwise kept in
 *   @state_dir; %NULL takes `$NANOVID_DATABASE`, else none
 * @lease: microseconds for which an entry in the database is had before others
 *   may take it over, 0 for as long as the other settings ask for
 * @cache_dir: (nullable): where finished clips are kept and looked for by the
 *   digest of their request; %NULL for nowhere
 * @run_id: (nullable): attach to this job instead of submitting
 * @output_index: which of several results of the job is fetched, from 0
 * @timeout: seconds from submit to COMPLETED, 0 for no limit
 * @poll_interval: milliseconds between two polls, 0 for adaptive
 * @http_timeout: seconds for one API request in all; for a download, seconds
 *   of silence
 * @retries: transient failures in a row that a submit or a download retries after
 * @max_size: bytes that a result may have at most
 * @resume: whether to resume an unfinished job with the same request instead
 *   of paying for another one
 * @fresh: whether only a new clip will do: nothing is taken from the journal,
 *   and the cache forgets the clip that it has
 * @cache_number: which of several equal requests this one is, from 0: each has a
 *   clip of its own in the cache
 *
 * @max_cost: USD that a job may be estimated to cost, 0 for any
 * @max_total_cost: USD that all jobs with the same @budget may cost together,
 *   0 for any
 * @min_balance: USD that the account must have before a submit, negative to
 *   leave it unchecked
 * @daily_budget: USD that all that runs with the same @state_dir or @database may
 *   spend in a day (UTC), 0 for any; taken from `$NANOVID_DAILY_BUDGET`
 * @hourly_budget: USD that jobs with the same @hourly_name, service, key and
 *   @state_dir may spend in any hour, 0 for any
 * @hourly_name: (nullable): whose hourly budget it is, any text
 * @budget: (nullable): what the owner of the jobs has spent
 *
 * A plain value, copied with nanogpt_settings_copy().  All strings are owned.
 */
typedef struct
{
  char *api_key;
  char *base_url;
  char *proxy;
  char *tls_ca_file;
  char *user_agent;
  char *spool_dir;
  gboolean spool_dir_is_default;
  char *state_dir;
  gboolean state_dir_is_default;
  char *database;
  gint64 lease;
  char *cache_dir;
  char *run_id;
  guint output_index;
  guint timeout;
  guint poll_interval;
  guint http_timeout;
  guint retries;
  guint64 max_size;
  gboolean resume;
  gboolean fresh;
  guint cache_number;
  NanogptMicros max_cost;
  NanogptMicros max_total_cost;
  NanogptMicros min_balance;
  NanogptMicros daily_budget;
  NanogptMicros hourly_budget;
  char *hourly_name;
  NanogptBudget *budget;
} NanogptSettings;

/**
 * nanogpt_settings_new:
 *
 * Returns: (transfer full): settings with every default of the documentation
 */
NanogptSettings *nanogpt_settings_new (void);
NanogptSettings *nanogpt_settings_copy (const NanogptSettings *settings);
void nanogpt_settings_free (NanogptSettings *settings);

/**
 * nanogpt_settings_has_budget:
 *
 * Returns: whether a job must not be submitted before its cost is known
 */
gboolean nanogpt_settings_has_budget (const NanogptSettings *settings);

/**
 * nanogpt_settings_resolve:
 * @settings: the settings to complete
 * @error: return location for an error
 *
 * Fills in what was left to the environment, and brings key and base URL into
 * the form in which they are used: the key without surrounding blanks, the
 * base URL without trailing slashes and without `/api` or `/api/v1`, except that
 * `/api` stays behind a prefix that ends in one of these itself.  Resolving again
 * changes nothing.
 *
 * Errors: %NANOGPT_ERROR_NOT_AUTHORIZED without a usable key,
 * %NANOGPT_ERROR_INVALID_REQUEST for a base URL, a database, a daily budget or a
 * user agent that cannot be used.
 */
gboolean nanogpt_settings_resolve (NanogptSettings *settings, GError **error);

/**
 * nanogpt_settings_resolve_database:
 * @settings: the settings to complete
 * @error: return location for an error
 *
 * Does what nanogpt_settings_resolve() does about the database alone.
 */
gboolean nanogpt_settings_resolve_database (
    NanogptSettings *settings, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptSettings, nanogpt_settings_free)

G_END_DECLS
