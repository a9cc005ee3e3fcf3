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
 * @proxy: (nullable): the proxy's URI; %NULL uses the system's resolver
 * @tls_ca_file: (nullable): a PEM file of authorities to trust in place of the
 *   system's; absolute when it is resolved
 * @user_agent: (nullable): the User-Agent header; %NULL names this library
 * @spool_dir: (nullable): directory for clips while in use; %NULL takes
 *   `$TMPDIR`, else `/var/tmp`
 * @spool_dir_is_default: whether @spool_dir was not set explicitly; clips that
 *   will be cached are then kept in @cache_dir from the beginning; set when
 *   resolved
 * @state_dir: (nullable): where the journal of paid jobs is kept; %NULL takes
 *   `$XDG_STATE_HOME/nanovid`
 * @state_dir_is_default: whether @state_dir was not set explicitly; jobs then
 *   run without it if it is not writable; set when resolved
 * @database: (nullable): URI of a PostgreSQL database that holds what is
 *   otherwise kept in @state_dir; %NULL takes `$NANOVID_DATABASE`, else none
 * @lease: microseconds for which an entry in the database is held before others
 *   may take it over; 0 to derive it from the other settings
 * @cache_dir: (nullable): directory in which finished clips are kept and looked
 *   up by the digest of their request; %NULL for no cache
 * @run_id: (nullable): attach to this job instead of submitting
 * @output_index: which of several results of the job to fetch, from 0
 * @timeout: seconds from submit to COMPLETED, 0 for no limit
 * @poll_interval: milliseconds between two polls, 0 for adaptive
 * @http_timeout: seconds for a whole API request; for a download, seconds
 *   without data
 * @retries: how many transient failures in a row a submit or a download retries
 * @max_size: maximum size of a result, in bytes
 * @resume: whether to resume an unfinished job with the same request instead
 *   of paying for another one
 * @fresh: whether to require a new clip: nothing is taken from the journal, and
 *   the cache drops the clip that it has
 * @cache_number: the number of this request among identical ones, from 0: each
 *   has its own clip in the cache
 *
 * @max_cost: the highest allowed estimate for a job, in USD; 0 for no limit
 * @max_total_cost: the most that all jobs with the same @budget may cost
 *   together, in USD; 0 for no limit
 * @min_balance: balance that the account must have before a submit, in USD;
 *   negative to skip the check
 * @daily_budget: the most that all jobs with the same @state_dir or @database
 *   may spend in a day (UTC), in USD; 0 for no limit; taken from
 *   `$NANOVID_DAILY_BUDGET`
 * @hourly_budget: the most that jobs with the same @hourly_name, service, key
 *   and @state_dir may spend in any hour, in USD; 0 for no limit
 * @hourly_name: (nullable): a name for the owner of the hourly budget, any text
 * @budget: (nullable): counts what the owner of the jobs has spent
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
 * Fills in unset values from the environment, and normalizes the key and the
 * base URL: the key without surrounding blanks, the base URL without trailing
 * slashes and without `/api` or `/api/v1`; a prefix that itself ends in one of
 * these keeps an `/api` after it.  Resolving again changes nothing.
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
 * Resolves the database only, as nanogpt_settings_resolve() does.
 */
gboolean nanogpt_settings_resolve_database (
    NanogptSettings *settings, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptSettings, nanogpt_settings_free)

G_END_DECLS
