/* nanovid: estimates the cost and generation time of a request
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "estimate.h"

#include <glib/gi18n-lib.h>

#include "nanogpt/pricing/catalog-check.h"
#include "nanogpt/base/money.h"
#include "nanogpt/pricing/price-inputs.h"
#include "nanogpt/pricing/price.h"
#include "nanogpt/pricing/similar-models.h"
#include "nanogpt/request/listed-names.h"

#define OUTDATED_AFTER (24 * 3600 * G_TIME_SPAN_SECOND)

static NanogptCatalog *
get_catalog (const char *state_dir, const char *origin, GBytes *listing,
    gboolean *outdated)
{
  g_autoptr (NanogptCatalog) catalog =
      listing ? nanogpt_catalog_parse (listing, NULL) : NULL;
  gint64 age;

  *outdated = FALSE;
  if (catalog) {
    nanogpt_catalog_save (state_dir, origin, listing, NULL);
    return g_steal_pointer (&catalog);
  }
  catalog = nanogpt_catalog_load (state_dir, origin, &age);
  *outdated = !catalog || age > OUTDATED_AFTER;
  return g_steal_pointer (&catalog);
}

/* The higher of the listed price and the cost of the last such job, so that a
 * wrong listing is believed only once. */
static void
estimate_cost (NanogptEstimate *self, NanogptCatalog *catalog,
    const NanogptRequest *request)
{
  const NanogptHistory *history = self->history;

  if (catalog)
    nanogpt_price_estimate (catalog, request, &self->cost, &self->source);
  else
    self->source = g_strdup (_ ("there is no price list"));

  /* Inputs that are not known for this request may have been smaller in the
   * last one. */
  if (self->cost < 0 && !nanogpt_price_inputs_are_settled (request))
    return;
  if (history->cost >= 0
      && !nanogpt_money_is_other_currency (history->cost, history->currency)
      && history->cost > self->cost) {
    self->cost = history->cost;
    g_free (self->source);
    self->source = g_strdup (_ ("the cost of the last clip of this kind"));
  }
}

NanogptEstimate *
nanogpt_estimate_new (const char *state_dir, const char *origin,
    const NanogptRequest *request, GBytes *listing, NanogptHistory *history)
{
  NanogptEstimate *self = g_new0 (NanogptEstimate, 1);
  g_autoptr (NanogptCatalog) catalog =
      get_catalog (state_dir, origin, listing, &self->outdated);

  self->history = history;
  self->warnings = catalog ? nanogpt_catalog_check (catalog, request)
                           : g_ptr_array_new_with_free_func (g_free);
  self->body = nanogpt_listed_names_apply (request,
      catalog ? nanogpt_catalog_get_parameters (
          catalog, nanogpt_request_get_model (request))
              : NULL,
      &self->refusal);
  self->similar = nanogpt_similar_models_find (
      catalog, nanogpt_request_get_model (request));
  self->cost = NANOGPT_MONEY_UNKNOWN;
  estimate_cost (self, catalog, request);
  return self;
}

void
nanogpt_estimate_free (NanogptEstimate *self)
{
  nanogpt_history_free (self->history);
  g_ptr_array_unref (self->warnings);
  g_free (self->source);
  g_free (self->similar);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_error (&self->refusal);
  g_free (self);
}
