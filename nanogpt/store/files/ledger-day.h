/* nanovid: ledger file of one day: parsing and formatting
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/base/money.h"

G_BEGIN_DECLS

/* The beginning of a ledger file */
#define NANOGPT_LEDGER_HEADER "nanovid-spending 1\n"

typedef enum
{
  NANOGPT_LEDGER_RESERVE,
  NANOGPT_LEDGER_CHARGE,
  NANOGPT_LEDGER_RELEASE,
} NanogptLedgerEvent;

typedef enum
{
  NANOGPT_LEDGER_RESERVED,
  NANOGPT_LEDGER_CHARGED,
  NANOGPT_LEDGER_RELEASED,
} NanogptLedgerState;

/* The outcome of one reservation */
typedef struct
{
  NanogptLedgerState state;
  NanogptMicros amount; /* that counts */
  char *currency;
  char *model;   /* (nullable) */
  char *run_id;  /* (nullable) */
  char *spender; /* (nullable): the owner of an hourly budget */
  gint64 time;   /* with a spender: when first charged, else when reserved */
} NanogptLedgerItem;

typedef struct
{
  GHashTable *items;   /* by id */
  gsize length;        /* bytes of the file up to a truncated line */
  guint unreadable_at; /* number of an invalid line, 0 for none */
} NanogptLedgerDay;

/* Reads the content of a file, which may be empty.  Fails, with a GFileError,
 * only if the file does not have this version of the format. */
NanogptLedgerDay *nanogpt_ledger_day_parse (
    const char *text, gsize length, GError **error);
void nanogpt_ledger_day_free (NanogptLedgerDay *day);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptLedgerDay, nanogpt_ledger_day_free)

/* Formats one line.
 * @time: microseconds since the epoch
 * @currency, @model, @run_id, @spender: (nullable) */
char *nanogpt_ledger_day_format_line (gint64 time, const char *id,
    NanogptLedgerEvent event, NanogptMicros amount, const char *currency,
    const char *model, const char *run_id, const char *spender);

G_END_DECLS
