/* nanovid: amounts of money are compared and shown as people expect
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "nanogpt/base/money.h"

#include <math.h>

static void
test_other_currency (void)
{
  g_assert_false (nanogpt_money_is_other_currency (1, NULL));
  g_assert_false (nanogpt_money_is_other_currency (1, "USD"));
  g_assert_false (nanogpt_money_is_other_currency (1, "usd"));
  g_assert_true (nanogpt_money_is_other_currency (1, "XNO"));
  g_assert_true (nanogpt_money_is_other_currency (1, ""));
  g_assert_true (nanogpt_money_is_other_currency (1000000, "XNO"));
  g_assert_false (nanogpt_money_is_other_currency (0, "XNO"));
  g_assert_false (nanogpt_money_is_other_currency (-1, "XNO"));
}

/* A double stands for the decimal number that was written. */
static void
test_exact (void)
{
  static const struct
  {
    double amount;
    NanogptMicros micros;
  } exact[] = { { 0, 0 }, { 0.1, 100000 }, { 0.07, 70000 }, { 0.15, 150000 },
    { 0.29, 290000 }, { 1.1, 1100000 }, { 0.1 + 0.2, 300000 },
    { 0.0375, 37500 }, { 0.000001, 1 }, { 123456.789012, 123456789012 },
    { 987654321.123457, 987654321123457 }, { 1e9, NANOGPT_MONEY_MAX } };

  for (guint i = 0; i < G_N_ELEMENTS (exact); i++) {
    g_assert_cmpint (
        nanogpt_money_round_up (exact[i].amount), ==, exact[i].micros);
    g_assert_cmpint (
        nanogpt_money_round_down (exact[i].amount), ==, exact[i].micros);
    g_assert_cmpfloat (
        nanogpt_money_to_double (exact[i].micros), ==, exact[i].micros / 1e6);
  }
  for (guint cents = 0; cents < 100000; cents++) {
    g_assert_cmpint (nanogpt_money_round_up (cents / 100.), ==, cents * 10000);
    g_assert_cmpint (
        nanogpt_money_round_down (cents / 100.), ==, cents * 10000);
  }
}

/* Costs are rounded up, and amounts that may be spent are rounded down. */
static void
test_rounding (void)
{
  g_assert_cmpint (nanogpt_money_round_up (0.0000011), ==, 2);
  g_assert_cmpint (nanogpt_money_round_up (1. / 3), ==, 333334);
  g_assert_cmpint (nanogpt_money_round_down (0.0000019), ==, 1);
  g_assert_cmpint (nanogpt_money_round_down (1. / 3), ==, 333333);
  g_assert_cmpint (nanogpt_money_round_down (-0.5), ==, -500000);

  g_assert_cmpint (nanogpt_money_round_up (-1), ==, NANOGPT_MONEY_UNKNOWN);
  g_assert_cmpint (nanogpt_money_round_up (NAN), ==, NANOGPT_MONEY_UNKNOWN);
  g_assert_cmpint (nanogpt_money_round_down (NAN), ==, NANOGPT_MONEY_UNKNOWN);
  g_assert_cmpint (nanogpt_money_round_up (G_MAXDOUBLE), ==, NANOGPT_MONEY_MAX);
  g_assert_cmpint (nanogpt_money_round_up (INFINITY), ==, NANOGPT_MONEY_MAX);
  g_assert_cmpint (
      nanogpt_money_round_down (G_MAXDOUBLE), ==, NANOGPT_MONEY_MAX);
  g_assert_cmpint (
      nanogpt_money_round_down (-G_MAXDOUBLE), ==, -NANOGPT_MONEY_MAX);
  g_assert_cmpfloat (nanogpt_money_to_double (NANOGPT_MONEY_UNKNOWN), ==, -1);
}

/* A tiny limit is not treated as "no limit". */
static void
test_limit (void)
{
  g_assert_cmpint (nanogpt_money_get_limit (0), ==, 0);
  g_assert_cmpint (nanogpt_money_get_limit (-1), ==, 0);
  g_assert_cmpint (nanogpt_money_get_limit (1e-9), ==, 1);
  g_assert_cmpint (nanogpt_money_get_limit (0.3), ==, 300000);
  g_assert_cmpint (nanogpt_money_get_limit (0.3000009), ==, 300000);
  g_assert_cmpint (
      nanogpt_money_get_limit (G_MAXDOUBLE), ==, NANOGPT_MONEY_MAX);
}

static void
test_format (void)
{
  static const struct
  {
    NanogptMicros amount;
    const char *text;
    const char *number;
  } amounts[] = { { 0, "$0.00", "0" }, { 300000, "$0.30", "0.3" },
    { 37500, "$0.0375", "0.0375" }, { 5000000, "$5.00", "5" },
    { 1234500000, "$1234.50", "1234.5" }, { 1125000, "$1.125", "1.125" },
    { 1, "$0.000001", "0.000001" }, { 100000000, "$100.00", "100" },
    { -500000, "$-0.50", NULL },
    { NANOGPT_MONEY_MAX, "$1000000000.00", "1000000000" } };

  for (guint i = 0; i < G_N_ELEMENTS (amounts); i++) {
    g_autofree char *text = nanogpt_money_format (amounts[i].amount);
    g_autofree char *number = nanogpt_money_format_number (amounts[i].amount);

    g_assert_cmpstr (text, ==, amounts[i].text);
    g_assert_cmpstr (number, ==, amounts[i].number);
  }
}

static void
test_format_cost (void)
{
  static const struct
  {
    NanogptMicros cost;
    const char *currency;
    const char *text;
  } costs[] = { { 300000, "USD", "0.3 USD" }, { 300000, NULL, "0.3 USD" },
    { 1250000, "XNO", "1.25 XNO" }, { 0, NULL, "0 USD" },
    { NANOGPT_MONEY_UNKNOWN, "USD", NULL } };

  for (guint i = 0; i < G_N_ELEMENTS (costs); i++) {
    g_autofree char *text =
        nanogpt_money_format_cost (costs[i].cost, costs[i].currency);

    g_assert_cmpstr (text, ==, costs[i].text);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/money/other-currency", test_other_currency);
  g_test_add_func ("/money/exact", test_exact);
  g_test_add_func ("/money/rounding", test_rounding);
  g_test_add_func ("/money/limit", test_limit);
  g_test_add_func ("/money/format", test_format);
  g_test_add_func ("/money/format-cost", test_format_cost);
  return g_test_run ();
}
