/* nanovid: amounts of money are compared and told as people mean them
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "nanogpt/base/money.h"

static void
test_foreign (void)
{
  g_assert_false (nanogpt_money_is_other_currency (1, NULL));
  g_assert_false (nanogpt_money_is_other_currency (1, "USD"));
  g_assert_false (nanogpt_money_is_other_currency (1, "usd"));
  g_assert_true (nanogpt_money_is_other_currency (1, "XNO"));
  g_assert_true (nanogpt_money_is_other_currency (1, ""));
  g_assert_true (nanogpt_money_is_other_currency (1e-9, "XNO"));
  g_assert_false (nanogpt_money_is_other_currency (0, "XNO"));
  g_assert_false (nanogpt_money_is_other_currency (-1, "XNO"));
}

static void
test_exceeds (void)
{
  static const struct
  {
    double price;
    guint n;
    double limit;
  } exact[] = { { 0.1, 3, 0.3 }, { 0.1, 10, 1 }, { 0.01, 10000, 100 },
    { 0.15, 20, 3 }, { 0.07, 300, 21 }, { 1.1, 3, 3.3 } };

  for (guint i = 0; i < G_N_ELEMENTS (exact); i++) {
    double sum = 0;

    for (guint j = 0; j < exact[i].n; j++)
      sum += exact[i].price;
    g_assert_false (nanogpt_money_exceeds (sum, exact[i].limit));
    g_assert_true (nanogpt_money_exceeds (sum + 0.0001, exact[i].limit));
  }
}

static void
test_format (void)
{
  static const struct
  {
    double amount;
    const char *text;
  } amounts[] = { { 0, "$0.00" }, { 0.3, "$0.30" }, { 0.1 + 0.2, "$0.30" },
    { 0.0375, "$0.0375" }, { 5, "$5.00" }, { 1234.5, "$1234.50" },
    { 1.125, "$1.125" }, { 0.000001, "$0.000001" }, { 1e300, "$1e+300" } };

  for (guint i = 0; i < G_N_ELEMENTS (amounts); i++) {
    g_autofree char *text = nanogpt_money_format (amounts[i].amount);

    g_assert_cmpstr (text, ==, amounts[i].text);
  }
}

static void
test_format_cost (void)
{
  static const struct
  {
    double cost;
    const char *currency;
    const char *text;
  } costs[] = { { 0.3, "USD", "0.3 USD" }, { 0.3, NULL, "0.3 USD" },
    { 1.25, "XNO", "1.25 XNO" }, { 0, NULL, "0 USD" }, { -1, "USD", NULL } };

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
  g_test_add_func ("/money/foreign", test_foreign);
  g_test_add_func ("/money/exceeds", test_exceeds);
  g_test_add_func ("/money/format", test_format);
  g_test_add_func ("/money/format-cost", test_format_cost);
  return g_test_run ();
}
