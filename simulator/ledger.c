/* nanovid: simulator: accounts, charges and refunds
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ledger.h"

#include "response.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <unistd.h>

#define MINUTE (60 * G_USEC_PER_SEC)

struct _SimLedger
{
  GHashTable *accounts; /* key -> SimAccount */
  gboolean open;        /* every key is an account */
  gint64 default_balance;
  int fd;
  guint charges;
  gint64 charged;
  gint64 refunded;
};

static void
account_free (gpointer data)
{
  SimAccount *account = data;

  g_free (account->name);
  g_queue_clear_full (&account->submits, g_free);
  g_free (account);
}

static SimAccount *
add_account (SimLedger *ledger, const char *key, gint64 balance)
{
  SimAccount *account = g_new0 (SimAccount, 1);
  g_autofree char *digest =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, key, -1);

  account->name = g_strdup_printf ("account-%.12s", digest);
  account->balance = balance;
  g_queue_init (&account->submits);
  g_hash_table_insert (ledger->accounts, g_strdup (key), account);
  return account;
}

static gboolean
add_accounts (SimLedger *ledger, const char *const *keys, GError **error)
{
  for (; *keys; keys++) {
    const char *equals = strrchr (*keys, '=');
    g_autofree char *key =
        equals ? g_strndup (*keys, equals - *keys) : g_strdup (*keys);
    gint64 balance = ledger->default_balance;
    char *end;

    if (equals) {
      double usd = g_ascii_strtod (equals + 1, &end);
      if (end == equals + 1 || *end != '\0' || !(usd >= 0 && usd < 1e9)) {
        g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
            "the balance of a key must be a number of USD: %s", equals + 1);
        return FALSE;
      }
      balance = llround (usd * SIM_USD);
    }
    if (*key == '\0') {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
          "a key must not be empty");
      return FALSE;
    }
    add_account (ledger, key, balance);
  }
  return TRUE;
}

SimLedger *
sim_ledger_new (const char *const *keys, double default_balance,
    const char *file, GError **error)
{
  g_autoptr (SimLedger) ledger = g_new0 (SimLedger, 1);

  ledger->accounts =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, account_free);
  ledger->open = !keys || !*keys;
  ledger->default_balance = llround (default_balance * SIM_USD);
  ledger->fd = -1;

  if (!ledger->open && !add_accounts (ledger, keys, error))
    return NULL;
  if (file) {
    ledger->fd = open (file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (ledger->fd < 0) {
      int saved = errno;
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved),
          "cannot open the ledger %s: %s", file, g_strerror (saved));
      return NULL;
    }
  }
  return g_steal_pointer (&ledger);
}

void
sim_ledger_free (SimLedger *ledger)
{
  g_hash_table_unref (ledger->accounts);
  if (ledger->fd >= 0)
    close (ledger->fd);
  g_free (ledger);
}

static gboolean
is_printable (const char *key)
{
  for (const char *p = key; *p != '\0'; p++) {
    if (!g_ascii_isgraph (*p))
      return FALSE;
  }
  return *key != '\0';
}

/* Returns the account of @key, or NULL if there is none. */
SimAccount *
sim_ledger_lookup (SimLedger *ledger, const char *key)
{
  SimAccount *account = g_hash_table_lookup (ledger->accounts, key);

  if (account || !ledger->open || !is_printable (key))
    return account;
  return add_account (ledger, key, ledger->default_balance);
}

/* Counts a submit against the @limit per minute. */
gboolean
sim_ledger_allows_submit (SimAccount *account, guint limit)
{
  gint64 now = g_get_monotonic_time ();
  gint64 *oldest;

  if (limit == 0)
    return TRUE;
  while ((oldest = g_queue_peek_head (&account->submits))
      && *oldest <= now - MINUTE)
    g_free (g_queue_pop_head (&account->submits));
  if (account->submits.length >= limit)
    return FALSE;
  g_queue_push_tail (&account->submits, g_memdup2 (&now, sizeof now));
  return TRUE;
}

static void
add_member (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_list (JsonBuilder *builder, const char *name, const char *const *values)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (; values && *values; values++)
    json_builder_add_string_value (builder, *values);
  json_builder_end_array (builder);
}

/* Writes each line at once, so that readers never see a partial one. */
static void
append_line (SimLedger *ledger, const char *event, SimAccount *account,
    gint64 cost, const SimPurpose *purpose)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S.%fZ");
  g_autofree char *digest = g_compute_checksum_for_string (
      G_CHECKSUM_SHA256, purpose->prompt ? purpose->prompt : "", -1);
  g_autofree char *json = NULL;
  g_autofree char *line = NULL;

  if (ledger->fd < 0)
    return;
  json_builder_begin_object (builder);
  add_member (builder, "time", time);
  add_member (builder, "event", event);
  add_member (builder, "account", account->name);
  add_member (builder, "run_id", purpose->run_id);
  add_member (builder, "model", purpose->model);
  json_builder_set_member_name (builder, "cost");
  json_builder_add_double_value (builder, sim_usd (cost));
  json_builder_set_member_name (builder, "balance");
  json_builder_add_double_value (builder, sim_usd (account->balance));
  add_member (builder, "prompt_sha256", digest);
  add_member (builder, "conversation", purpose->conversation);
  add_list (builder, "used", purpose->used);
  add_list (builder, "ignored", purpose->ignored);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json = sim_json_to_string (root);
  line = g_strconcat (json, "\n", NULL);

  if (write (ledger->fd, line, strlen (line)) != (gssize)strlen (line))
    g_printerr (
        "nanogpt-simulator: cannot write the ledger: %s\n", g_strerror (errno));
}

void
sim_ledger_charge (SimLedger *ledger, SimAccount *account, gint64 cost,
    const SimPurpose *purpose)
{
  account->balance -= cost;
  ledger->charges++;
  ledger->charged += cost;
  append_line (ledger, "charge", account, cost, purpose);
}

void
sim_ledger_refund (SimLedger *ledger, SimAccount *account, gint64 cost,
    const SimPurpose *purpose)
{
  account->balance += cost;
  ledger->refunded += cost;
  append_line (ledger, "refund", account, cost, purpose);
}

guint
sim_ledger_count_charges (SimLedger *ledger)
{
  return ledger->charges;
}

gint64
sim_ledger_get_charged (SimLedger *ledger)
{
  return ledger->charged;
}

gint64
sim_ledger_get_refunded (SimLedger *ledger)
{
  return ledger->refunded;
}

double
sim_usd (gint64 amount)
{
  return (double)amount / SIM_USD;
}
