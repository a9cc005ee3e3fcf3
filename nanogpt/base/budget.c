/* nanovid: the budget of one element (max-total-cost)
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "budget.h"

#include <glib/gi18n-lib.h>

#include "error.h"

struct _NanogptBudget
{
  GMutex mutex; /* protects what follows */
  NanogptMicros charged;
  NanogptMicros in_flight;
  gboolean unknown;     /* whether a cost is missing from @charged */
  char *other_currency; /* currency of an uncounted cost, or NULL */
};

NanogptBudget *
nanogpt_budget_new (void)
{
  NanogptBudget *self = g_atomic_rc_box_new0 (NanogptBudget);

  g_mutex_init (&self->mutex);
  return self;
}

NanogptBudget *
nanogpt_budget_ref (NanogptBudget *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  NanogptBudget *self = data;

  g_free (self->other_currency);
  g_mutex_clear (&self->mutex);
}

void
nanogpt_budget_unref (NanogptBudget *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

static void
refuse_uncountable (GError **error, NanogptMicros limit, const char *because)
{
  g_autofree char *all = nanogpt_money_format (limit);

  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_OVER_BUDGET,
      _ ("The budget of %s for this element cannot be checked: %s"), all,
      because);
}

static void
refuse_excess (const NanogptBudget *self, NanogptMicros limit,
    NanogptMicros estimate, GError **error)
{
  g_autofree char *all = nanogpt_money_format (limit);
  g_autofree char *needed = nanogpt_money_format (estimate);
  g_autofree char *charged = nanogpt_money_format (self->charged);
  g_autofree char *in_flight = nanogpt_money_format (self->in_flight);

  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_OVER_BUDGET,
      _ ("The next clip would exceed the budget of %s for this element: it needs "
         "%s, %s was spent and %s is reserved for clips in progress"),
      all, needed, charged, in_flight);
}

static gboolean
check (const NanogptBudget *self, NanogptMicros limit, NanogptMicros estimate,
    GError **error)
{
  NanogptMicros sum = self->charged + self->in_flight + estimate;

  g_autofree char *other = self->other_currency
      ? g_strdup_printf (_ ("it is in USD, but a clip was charged in %s"),
          self->other_currency)
      : NULL;

  if (other)
    refuse_uncountable (error, limit, other);
  else if (self->unknown)
    refuse_uncountable (
        error, limit, _ ("the cost of an earlier clip is not known"));
  else if (estimate < 0)
    refuse_uncountable (error, limit,
        _ ("the cost of the next clip in USD is not known in advance"));
  else if (sum > limit)
    refuse_excess (self, limit, estimate, error);
  else
    return TRUE;
  return FALSE;
}

gboolean
nanogpt_budget_reserve (NanogptBudget *self, NanogptMicros limit,
    NanogptMicros estimate, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  if (limit > 0 && !check (self, limit, estimate, error))
    return FALSE;
  if (estimate > 0)
    self->in_flight += estimate;
  return TRUE;
}

static void
take_back (NanogptBudget *self, NanogptMicros estimate)
{
  if (estimate > 0)
    self->in_flight = MAX (self->in_flight - estimate, 0);
}

void
nanogpt_budget_settle (NanogptBudget *self, NanogptMicros estimate,
    NanogptMicros cost, const char *currency)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  take_back (self, estimate);
  if (cost < 0) {
    cost = estimate;
    currency = NULL;
  }

  if (cost < 0) {
    self->unknown = TRUE;
  } else if (nanogpt_money_is_other_currency (cost, currency)) {
    g_free (self->other_currency);
    self->other_currency = g_strdup (currency);
  } else {
    self->charged += cost;
  }
}

void
nanogpt_budget_release (NanogptBudget *self, NanogptMicros estimate)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  take_back (self, estimate);
}
