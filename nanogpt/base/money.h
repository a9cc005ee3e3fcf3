/* nanovid: amounts of money: conversion, comparison and formatting
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * NanogptMicros:
 *
 * An amount of money in millionths of its unit, mostly of a US dollar: what is
 * added, compared and stored.  %NANOGPT_MONEY_UNKNOWN, and nothing else below 0,
 * stands for an amount that is not known; only balances may be below 0.
 *
 * Amounts are doubles where others define them: in JSON, in properties and in
 * structures.
 */
typedef gint64 NanogptMicros;

#define NANOGPT_MONEY_UNKNOWN ((NanogptMicros)-1)

/* A billion; thousands of them can be added. */
#define NANOGPT_MONEY_MAX ((NanogptMicros)1000000000000000)

/**
 * nanogpt_money_round_up:
 * @amount: what something costs, in units, negative or NaN when unknown
 *
 * Returns: at least as much, at most %NANOGPT_MONEY_MAX;
 *   %NANOGPT_MONEY_UNKNOWN when it is unknown
 */
NanogptMicros nanogpt_money_round_up (double amount);

/**
 * nanogpt_money_round_down:
 * @amount: what somebody has, in units
 *
 * Returns: at most as much, between -%NANOGPT_MONEY_MAX and %NANOGPT_MONEY_MAX
 */
NanogptMicros nanogpt_money_round_down (double amount);

/**
 * nanogpt_money_get_limit:
 * @amount: what may be spent, in units, 0 or less for any amount
 *
 * Returns: at most as much, but never 0 for what is a limit; 0 for none
 */
NanogptMicros nanogpt_money_get_limit (double amount);

/**
 * nanogpt_money_to_double:
 *
 * Returns: @amount in units, -1 when it is unknown
 */
double nanogpt_money_to_double (NanogptMicros amount);

/**
 * nanogpt_money_is_other_currency:
 * @currency: (nullable): the currency of @amount; %NULL, when the service did not
 *   say, stands for USD
 *
 * Returns: whether @amount cannot be added to amounts in USD; nothing is
 *   nothing in every currency
 */
gboolean nanogpt_money_is_other_currency (
    NanogptMicros amount, const char *currency);

/**
 * nanogpt_money_format:
 * @amount: in USD
 *
 * Returns: (transfer full): such as `$0.30`, with more digits where there are
 *   fractions of a cent
 */
char *nanogpt_money_format (NanogptMicros amount);

/**
 * nanogpt_money_format_number:
 *
 * Returns: (transfer full) (nullable): such as `0.3`, in any locale; %NULL when
 *   @amount is unknown
 */
char *nanogpt_money_format_number (NanogptMicros amount);

/**
 * nanogpt_money_format_cost:
 * @cost: what the service charged
 * @currency: (nullable): as the service named it; %NULL stands for USD
 *
 * Returns: (transfer full) (nullable): such as `0.3 USD`, %NULL when unknown
 */
char *nanogpt_money_format_cost (NanogptMicros cost, const char *currency);

G_END_DECLS
