/* nanovid: simulator: accounts, charges and refunds
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

/* Money is counted in millionths of a USD, so that sums are exact. */
#define SIM_USD G_GINT64_CONSTANT (1000000)

typedef struct _SimLedger SimLedger;

typedef struct
{
  char *name; /* identifies the account without revealing its key */
  gint64 balance;
  GQueue submits; /* times of the last minute's submits, monotonic */
} SimAccount;

typedef struct
{
  const char *run_id;
  const char *model;
  const char *prompt;
  const char *conversation;
  const char *const *used;    /* fields used from the request */
  const char *const *ignored; /* fields that the model does not have */
} SimPurpose;

SimLedger *sim_ledger_new (const char *const *keys, double default_balance,
    const char *file, GError **error);
void sim_ledger_free (SimLedger *ledger);
SimAccount *sim_ledger_lookup (SimLedger *ledger, const char *key);
gboolean sim_ledger_allows_submit (SimAccount *account, guint limit);
void sim_ledger_charge (SimLedger *ledger, SimAccount *account, gint64 cost,
    const SimPurpose *purpose);
void sim_ledger_refund (SimLedger *ledger, SimAccount *account, gint64 cost,
    const SimPurpose *purpose);
guint sim_ledger_count_charges (SimLedger *ledger);
gint64 sim_ledger_get_charged (SimLedger *ledger);
gint64 sim_ledger_get_refunded (SimLedger *ledger);
double sim_usd (gint64 amount);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimLedger, sim_ledger_free)
