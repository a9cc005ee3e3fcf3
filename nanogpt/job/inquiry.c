/* nanovid: queries without a job: models, cost estimates, account balance
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "inquiry.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "estimate.h"
#include "nanogpt/base/error.h"
#include "nanogpt/base/json.h"
#include "nanogpt/base/money.h"
#include "nanogpt/base/url.h"
#include "nanogpt/http/client.h"
#include "nanogpt/pricing/catalog.h"
#include "nanogpt/pricing/price.h"
#include "nanogpt/request/media-names.h"
#include "nanogpt/request/model-table.h"

/* The listing */

typedef struct
{
  NanogptNetwork *network;
  const NanogptSettings *settings;
  NanogptClient *client;
  char *origin;
  GMutex lock;
  GCond cond;
  gboolean done;
  gboolean of_balance; /* ask for the balance, not for the listing */
  GBytes *listing;
  NanogptMicros balance;
  GError *error;
} Inquiry;

static void
inquiry_end (Inquiry *self)
{
  g_mutex_lock (&self->lock);
  self->done = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
on_models_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  Inquiry *self = data;

  self->listing = nanogpt_client_models_finish (
      NANOGPT_CLIENT (source), result, &self->error);
  g_clear_object (&self->client);
  inquiry_end (self);
}

static void
on_balance (GObject *source, GAsyncResult *result, gpointer data)
{
  Inquiry *self = data;

  nanogpt_client_balance_finish (
      NANOGPT_CLIENT (source), result, &self->balance, &self->error);
  g_clear_object (&self->client);
  inquiry_end (self);
}

static gboolean
inquire (gpointer data)
{
  Inquiry *self = data;

  self->client =
      nanogpt_client_new (self->network, self->settings, &self->error);
  if (!self->client) {
    inquiry_end (self);
    return G_SOURCE_REMOVE;
  }
  self->origin =
      nanogpt_url_get_origin (nanogpt_client_get_base_url (self->client));
  if (self->of_balance)
    nanogpt_client_balance_async (self->client, NULL, on_balance, self);
  else
    nanogpt_client_models_async (self->client, NULL, on_models_listed, self);
  return G_SOURCE_REMOVE;
}

static void
inquiry_run (Inquiry *self)
{
  self->network = nanogpt_network_get ();
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  nanogpt_network_run (self->network, inquire, self, NULL);
  g_mutex_lock (&self->lock);
  while (!self->done)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  nanogpt_network_unref (self->network);
}

NanogptMicros
nanogpt_inquiry_get_balance (const NanogptSettings *settings, GError **error)
{
  Inquiry self = { .settings = settings, .of_balance = TRUE };

  inquiry_run (&self);
  g_free (self.origin);
  if (self.error)
    g_propagate_error (error, self.error);
  return self.balance;
}

static GBytes *
fetch_listing (const NanogptSettings *settings, char **origin, GError **error)
{
  Inquiry self = { .settings = settings };

  inquiry_run (&self);
  if (self.error)
    g_propagate_error (error, self.error);
  *origin = self.origin;
  return self.listing;
}

/* Models */

static gboolean
has_capability (JsonObject *info, NanogptMediaRole role)
{
  static const char *const names[NANOGPT_N_MEDIA_ROLES] = {
    [NANOGPT_MEDIA_IMAGE] = "image_to_video",
    [NANOGPT_MEDIA_VIDEO] = "video_to_video",
    [NANOGPT_MEDIA_AUDIO] = "audio_input",
  };
  JsonObject *capabilities = nanogpt_json_get_object (info, "capabilities");
  gboolean has = FALSE;

  if (names[role])
    nanogpt_json_get_boolean (capabilities, names[role], &has);
  return has;
}

static void
add_media (GVariantBuilder *builder, const char *slug, JsonObject *info,
    JsonObject *listed)
{
  const NanogptModelRules *rules =
      nanogpt_model_table_find (nanogpt_model_table_get (), slug);

  for (guint role = 0; role < NANOGPT_N_MEDIA_ROLES; role++) {
    const char *name = nanogpt_media_get_properties (role)->name;
    NanogptMediaUse use = rules ? rules->media[role].use : NANOGPT_USE_UNKNOWN;

    if (use == NANOGPT_USE_REQUIRED)
      g_variant_builder_add (builder, "s",
          role == NANOGPT_MEDIA_IMAGE       ? "image (required)"
              : role == NANOGPT_MEDIA_VIDEO ? "video (required)"
                                            : "audio (required)");
    else if (use != NANOGPT_USE_REFUSED
        && (use != NANOGPT_USE_UNKNOWN || has_capability (info, role)
            || nanogpt_media_names_choose (listed, role, TRUE)))
      g_variant_builder_add (builder, "s", name);
  }
}

/* Returns: (nullable): the request for a clip with all defaults */
static NanogptRequest *
make_plain_request (const char *slug)
{
  g_autoptr (NanogptParameters) parameters = nanogpt_parameters_new ();
  g_autoptr (GPtrArray) media =
      g_ptr_array_new_with_free_func ((GDestroyNotify)nanogpt_media_unref);
  g_autoptr (GError) error = NULL;
  NanogptRequest *request;

  g_free (parameters->model);
  parameters->model = g_strdup (slug);
  parameters->prompt = g_strdup ("x");
  request = nanogpt_request_new (parameters, NULL, &error);
  if (!g_error_matches (error, NANOGPT_ERROR, NANOGPT_ERROR_IMAGE_REQUIRED))
    return request;
  g_ptr_array_add (media,
      nanogpt_media_new_url (NANOGPT_MEDIA_IMAGE, "https://localhost/x"));
  return nanogpt_request_new (parameters, media, NULL);
}

static void
add_price (GVariantDict *dict, const NanogptCatalog *catalog, const char *slug)
{
  g_autoptr (NanogptRequest) request = make_plain_request (slug);
  g_autofree char *price = NULL;
  NanogptMicros cost;

  if (!request)
    price = g_strdup (_ ("depends on what goes in"));
  else if (nanogpt_price_estimate (catalog, request, &cost, &price))
    g_variant_dict_insert (dict, "cost", "d", nanogpt_money_to_double (cost));
  g_variant_dict_insert (dict, "price", "s", price);
}

static GVariant *
describe_model (const NanogptCatalog *catalog, const char *slug)
{
  JsonObject *info = nanogpt_catalog_get_model_info (catalog, slug);
  JsonObject *listed = nanogpt_catalog_get_parameters (catalog, slug);
  JsonNode *pricing = json_object_get_member (info, "pricing");
  g_autoptr (GList) fields = listed ? json_object_get_members (listed) : NULL;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  GVariantBuilder media;
  GVariantBuilder names;

  g_variant_builder_init (&media, G_VARIANT_TYPE_STRING_ARRAY);
  g_variant_builder_init (&names, G_VARIANT_TYPE_STRING_ARRAY);
  add_media (&media, slug, info, listed);
  for (GList *l = fields; l; l = l->next)
    g_variant_builder_add (&names, "s", l->data);
  g_variant_dict_insert (&dict, "model", "s", slug);
  g_variant_dict_insert_value (&dict, "media", g_variant_builder_end (&media));
  g_variant_dict_insert_value (&dict, "fields", g_variant_builder_end (&names));
  add_price (&dict, catalog, slug);
  if (pricing && JSON_NODE_HOLDS_OBJECT (pricing))
    g_variant_dict_insert_value (
        &dict, "pricing", json_gvariant_deserialize (pricing, NULL, NULL));
  return g_variant_dict_end (&dict);
}

GVariant *
nanogpt_inquiry_list_models (
    const NanogptSettings *settings, const char *pattern, GError **error)
{
  g_autofree char *origin = NULL;
  g_autoptr (GBytes) listing = fetch_listing (settings, &origin, error);
  g_autoptr (NanogptCatalog) catalog =
      listing ? nanogpt_catalog_parse (listing, error) : NULL;
  g_autofree char *wanted = g_ascii_strdown (pattern ? pattern : "", -1);
  g_autoptr (GList) slugs = NULL;
  GVariantBuilder models;

  if (!catalog)
    return NULL;
  slugs =
      g_list_sort (nanogpt_catalog_get_slugs (catalog), (GCompareFunc)strcmp);
  g_variant_builder_init (&models, G_VARIANT_TYPE ("aa{sv}"));
  for (GList *l = slugs; l; l = l->next) {
    g_autofree char *slug = g_ascii_strdown (l->data, -1);

    if (strstr (slug, wanted))
      g_variant_builder_add_value (&models, describe_model (catalog, l->data));
  }
  return g_variant_ref_sink (g_variant_builder_end (&models));
}

/* A request */

static void
on_history (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

/* Returns: (nullable): the history of such jobs, which may be empty */
static NanogptHistory *
get_history (NanogptStore *store, const char *origin,
    const NanogptRequest *request, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  nanogpt_store_get_history_async (
      store, origin, nanogpt_request_get_kind (request), on_history, &result);
  while (!result)
    g_main_context_iteration (NULL, TRUE);
  return nanogpt_store_get_history_finish (store, result, error);
}

static void
add_warnings (GVariantDict *dict, const NanogptRequest *request,
    const NanogptEstimate *estimate)
{
  const char *const *warnings = nanogpt_request_get_warnings (request);
  GVariantBuilder texts;

  g_variant_builder_init (&texts, G_VARIANT_TYPE_STRING_ARRAY);
  for (; *warnings; warnings++)
    g_variant_builder_add (&texts, "s", *warnings);
  for (guint i = 0; i < estimate->warnings->len; i++)
    g_variant_builder_add (&texts, "s", estimate->warnings->pdata[i]);
  g_variant_dict_insert_value (
      dict, "warnings", g_variant_builder_end (&texts));
}

/* @history: (transfer full) */
static GVariant *
describe_request (const NanogptSettings *settings, const char *origin,
    GBytes *listing, NanogptHistory *history, const NanogptRequest *request)
{
  g_autoptr (NanogptEstimate) estimate = nanogpt_estimate_new (
      settings->state_dir, origin, request, listing, history);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (
      &dict, "model", "s", nanogpt_request_get_model (request));
  if (estimate->refusal) {
    g_variant_dict_insert (&dict, "error", "s", estimate->refusal->message);
    return g_variant_dict_end (&dict);
  }
  if (estimate->cost >= 0)
    g_variant_dict_insert (
        &dict, "cost", "d", nanogpt_money_to_double (estimate->cost));
  g_variant_dict_insert (&dict, "price", "s", estimate->source);
  add_warnings (&dict, request, estimate);
  return g_variant_dict_end (&dict);
}

GVariant *
nanogpt_inquiry_estimate (const NanogptSettings *settings, NanogptStore *store,
    GPtrArray *requests, GError **error)
{
  g_autofree char *origin = NULL;
  g_autoptr (GBytes) listing = fetch_listing (settings, &origin, error);
  g_auto (GVariantBuilder) estimates =
      G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  if (!listing)
    return NULL;
  for (guint i = 0; i < requests->len; i++) {
    NanogptHistory *history =
        get_history (store, origin, requests->pdata[i], error);

    if (!history)
      return NULL;
    g_variant_builder_add_value (&estimates,
        describe_request (
            settings, origin, listing, history, requests->pdata[i]));
  }
  return g_variant_ref_sink (g_variant_builder_end (&estimates));
}

char *
nanogpt_inquiry_to_json (GVariant *variant)
{
  g_autoptr (JsonNode) node = json_gvariant_serialize (variant);
  g_autofree char *text = nanogpt_json_write (node);

  return g_strconcat (text, "\n", NULL);
}
