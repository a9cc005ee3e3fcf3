/* nanovid: an element never spends more than it may
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "nanogpt/base/budget.h"

#include <string.h>

#include "nanogpt/base/error.h"

static void
assert_granted (
    NanogptBudget *budget, NanogptMicros limit, NanogptMicros estimate)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (nanogpt_budget_reserve (budget, limit, estimate, &error));
  g_assert_no_error (error);
}

static void
assert_refused (NanogptBudget *budget, NanogptMicros limit,
    NanogptMicros estimate, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (nanogpt_budget_reserve (budget, limit, estimate, &error));
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_OVER_BUDGET);
  g_assert_cmpstr (error->message, ==, text);
}

static void
test_limit (void)
{
  g_autoptr (NanogptBudget) budget = nanogpt_budget_new ();

  assert_granted (budget, 300000, 100000);
  assert_granted (budget, 300000, 100000);
  assert_granted (budget, 300000, 100000);
  nanogpt_budget_settle (budget, 100000, 100000, "USD");
  assert_refused (budget, 300000, 100000,
      "The next clip would exceed the budget of $0.30 for this element: it "
      "needs $0.10, $0.10 was spent and $0.20 is reserved for clips in "
      "progress");

  nanogpt_budget_release (budget, 100000);
  assert_granted (budget, 300000, 100000);
  nanogpt_budget_settle (budget, 100000, 50000, NULL);
  assert_granted (budget, 300000, 50000);
  assert_refused (budget, 300000, 10000,
      "The next clip would exceed the budget of $0.30 for this element: it "
      "needs $0.01, $0.15 was spent and $0.15 is reserved for clips in "
      "progress");
  assert_granted (budget, 310000, 10000);
  assert_granted (budget, 310000, 0);
}

/* A clip that costs more than estimated counts with its actual cost. */
static void
test_excess (void)
{
  g_autoptr (NanogptBudget) budget = nanogpt_budget_new ();

  assert_granted (budget, 1000000, 500000);
  nanogpt_budget_settle (budget, 500000, 2000000, "usd");
  assert_refused (budget, 1000000, 500000,
      "The next clip would exceed the budget of $1.00 for this element: it "
      "needs $0.50, $2.00 was spent and $0.00 is reserved for clips in "
      "progress");
  assert_granted (budget, 0, 500000);
}

static void
test_unknown_estimate (void)
{
  static const char *const text =
      "The budget of $1.00 for this element cannot be checked: the cost of "
      "the next clip in USD is not known in advance";
  g_autoptr (NanogptBudget) budget = nanogpt_budget_new ();

  assert_refused (budget, 1000000, NANOGPT_MONEY_UNKNOWN, text);
  assert_granted (budget, 0, NANOGPT_MONEY_UNKNOWN);
  assert_granted (budget, 1000000, 1000000);
  nanogpt_budget_release (budget, 1000000);
  nanogpt_budget_settle (budget, NANOGPT_MONEY_UNKNOWN, 400000, "USD");
  assert_granted (budget, 1000000, 600000);
}

static void
test_unknown_cost (void)
{
  g_autoptr (NanogptBudget) budget = nanogpt_budget_new ();

  assert_granted (budget, 1000000, 600000);
  nanogpt_budget_settle (budget, 600000, NANOGPT_MONEY_UNKNOWN, "XNO");
  assert_granted (budget, 1000000, 400000);
  nanogpt_budget_release (budget, 400000);

  assert_granted (budget, 0, NANOGPT_MONEY_UNKNOWN);
  nanogpt_budget_settle (
      budget, NANOGPT_MONEY_UNKNOWN, NANOGPT_MONEY_UNKNOWN, NULL);
  assert_refused (budget, 1000000, 100000,
      "The budget of $1.00 for this element cannot be checked: the cost of an "
      "earlier clip is not known");
  assert_granted (budget, 0, 100000);
}

static void
test_other_currency (void)
{
  g_autoptr (NanogptBudget) budget = nanogpt_budget_new ();

  assert_granted (budget, 1000000, 100000);
  nanogpt_budget_settle (budget, 100000, 0, "XNO");
  assert_granted (budget, 1000000, 100000);
  nanogpt_budget_settle (budget, 100000, 100000, "XNO");
  assert_refused (budget, 1000000, 100000,
      "The budget of $1.00 for this element cannot be checked: it is in USD, "
      "but a clip was charged in XNO");
  assert_granted (budget, 0, 100000);
}

#define N_THREADS 20

static gpointer
spend (gpointer data)
{
  g_autoptr (NanogptBudget) budget = data;
  guint granted = 0;

  for (guint i = 0; i < 1000; i++) {
    if (!nanogpt_budget_reserve (budget, 5000000, 100000, NULL))
      continue;
    if (i % 2 == 0) {
      nanogpt_budget_release (budget, 100000);
      continue;
    }
    nanogpt_budget_settle (budget, 100000, 100000, "USD");
    granted++;
  }
  return GUINT_TO_POINTER (granted);
}

static void
test_threads (void)
{
  g_autoptr (NanogptBudget) budget = nanogpt_budget_new ();
  GThread *threads[N_THREADS];
  guint granted = 0;

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("spender", spend, nanogpt_budget_ref (budget));
  for (guint i = 0; i < N_THREADS; i++)
    granted += GPOINTER_TO_UINT (g_thread_join (threads[i]));

  g_assert_cmpuint (granted, ==, 50);
  assert_refused (budget, 5000000, 10000,
      "The next clip would exceed the budget of $5.00 for this element: it "
      "needs $0.01, $5.00 was spent and $0.00 is reserved for clips in "
      "progress");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/element-budget/limit", test_limit);
  g_test_add_func ("/element-budget/excess", test_excess);
  g_test_add_func ("/element-budget/unknown-estimate", test_unknown_estimate);
  g_test_add_func ("/element-budget/unknown-cost", test_unknown_cost);
  g_test_add_func ("/element-budget/other-currency", test_other_currency);
  g_test_add_func ("/element-budget/threads", test_threads);
  return g_test_run ();
}
