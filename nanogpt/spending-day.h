/* nanovid: one day of the ledger, as lines of text for people to read
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a file of the ledger begins with */
#define NANOGPT_SPENDING_HEADER "nanovid-spending 1\n"

typedef enum
{
  NANOGPT_SPENDING_RESERVE,
  NANOGPT_SPENDING_CHARGE,
  NANOGPT_SPENDING_RELEASE,
} NanogptSpendingEvent;

typedef enum
{
  NANOGPT_SPENDING_RESERVED,
  NANOGPT_SPENDING_CHARGED,
  NANOGPT_SPENDING_RELEASED,
} NanogptSpendingState;

/* What has become of one reservation */
typedef struct
{
  NanogptSpendingState state;
  double amount; /* that counts, negative when unknown */
  char *currency;
  char *model;  /* (nullable) */
  char *run_id; /* (nullable) */
} NanogptSpendingItem;

typedef struct
{
  GHashTable *items;   /* by id */
  gsize length;        /* bytes of the file up to a line that a crash tore */
  guint unreadable_at; /* number of a line that makes no sense, 0 for none */
} NanogptSpendingDay;

/* Reads the content of a file, which may be empty. Fails, with an error of
 * GFileError, only for what is no file of this version of the format. */
NanogptSpendingDay *nanogpt_spending_day_parse (
    const char *text, gsize length, GError **error);
void nanogpt_spending_day_free (NanogptSpendingDay *day);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptSpendingDay, nanogpt_spending_day_free)

/* Writes one line.
 * @time: microseconds since the epoch
 * @amount: negative when unknown
 * @currency, @model, @run_id: (nullable) */
char *nanogpt_spending_day_format_line (gint64 time, const char *id,
    NanogptSpendingEvent event, double amount, const char *currency,
    const char *model, const char *run_id);

G_END_DECLS
