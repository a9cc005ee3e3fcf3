/* nanovid: amounts of money: conversion, comparison and formatting
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * NanogptMicros:
 *
 * An amount of money in millionths of its unit, usually a US dollar.  Amounts
 * are added, compared and stored in this type.  An unknown amount is
 * %NANOGPT_MONEY_UNKNOWN, and no other negative value; otherwise only balances
 * may be negative.
 *
 * Amounts are doubles where the type is not ours to choose: in JSON, in
 * properties and in structures.
 */
typedef gint64 NanogptMicros;

#define NANOGPT_MONEY_UNKNOWN ((NanogptMicros)-1)

/* A billion units; thousands of such amounts can be added without overflow. */
#define NANOGPT_MONEY_MAX ((NanogptMicros)1000000000000000)

/**
 * nanogpt_money_round_up:
 * @amount: a cost in units; negative or NaN if unknown
 *
 * Returns: @amount rounded up, at most %NANOGPT_MONEY_MAX;
 *   %NANOGPT_MONEY_UNKNOWN if it is unknown
 */
NanogptMicros nanogpt_money_round_up (double amount);

/**
 * nanogpt_money_round_down:
 * @amount: an available amount in units
 *
 * Returns: @amount rounded down, between -%NANOGPT_MONEY_MAX and
 *   %NANOGPT_MONEY_MAX
 */
NanogptMicros nanogpt_money_round_down (double amount);

/**
 * nanogpt_money_get_limit:
 * @amount: the most that may be spent, in units; 0 or less for no limit
 *
 * Returns: @amount rounded down, but never 0 if there is a limit; 0 for no
 *   limit
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
 * @currency: (nullable): the currency of @amount; %NULL, if the service did not
 *   say, stands for USD
 *
 * Returns: whether @amount cannot be added to amounts in USD; an amount of 0
 *   always can
 */
gboolean nanogpt_money_is_other_currency (
    NanogptMicros amount, const char *currency);

/**
 * nanogpt_money_format:
 * @amount: in USD
 *
 * Returns: (transfer full): such as `$0.30`, with more digits for fractions of
 *   a cent
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
