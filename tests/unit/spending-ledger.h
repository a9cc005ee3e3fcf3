/* nanovid: the ledger for tests: reserves, charges and checks sums
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/files/ledger.h"

#define MODEL "seedance-lite-video"
#define DAY ((gint64)24 * 60 * 60 * G_USEC_PER_SEC)

/* Functions on the ledger in the state directory @dir. */

/* Returns: (transfer full): the name of today */
char *ledger_get_day (void);

/* Returns: (transfer full): the path of today's file */
char *ledger_get_log (const char *dir);

/* Returns: (transfer full): today's file */
char *ledger_read_log (const char *dir);

/* Replaces today's file. */
void ledger_write_log (const char *dir, const char *text, gsize length);

/* Returns: (transfer full) (nullable): the id of a reservation with a daily budget */
char *ledger_try_reserve (const char *dir, NanogptMicros estimate,
    NanogptMicros budget, GError **error);

/* These must succeed. */

/* Returns: (transfer full): the id of the reservation */
char *ledger_reserve (
    const char *dir, NanogptMicros estimate, NanogptMicros budget);

void ledger_charge (
    const char *dir, const char *id, NanogptMicros cost, const char *currency);

void ledger_release (const char *dir, const char *id);

/* Checks that the daily budget refuses a reservation, with @text in the error. */
void ledger_assert_refused (const char *dir, NanogptMicros estimate,
    NanogptMicros budget, const char *text);

/* Checks the ledger, which has only one day, model and currency. */
void ledger_assert_sum (const char *dir, guint n_charged, NanogptMicros charged,
    guint n_reserved, NanogptMicros reserved);
