/* nanovid: the estimated cost of a request is what the simulator charges
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>
#include <string.h>

#include "fixture/env.h"
#include "fixture/media.h"
#include "nanogpt/pricing/price.h"
#include "parameters.h"
#include "simulator/simulator.h"

#define IMAGE_FIELD "\"imageUrl\":\"https://example.com/a.png\""

/* The simulator has its own prices, and calculates its charges
 * independently. */

typedef struct
{
  NanogptSimulator *simulator;
  SoupSession *session;
  NanogptCatalog *catalog;
  guint known;
  guint unknown;
  GHashTable *unpriced; /* models without a known price */
} Shop;

static JsonObject *
exchange (Shop *shop, const char *method, const char *path, GBytes *body,
    guint *status)
{
  g_autofree char *url = g_strconcat (
      nanogpt_simulator_get_base_url (shop->simulator), path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, url);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();

  soup_message_headers_append (
      soup_message_get_request_headers (message), "x-api-key", "sk-nano-test");
  if (body)
    soup_message_set_request_body_from_bytes (
        message, "application/json", body);
  answer = soup_session_send_and_read (shop->session, message, NULL, &error);
  g_assert_no_error (error);
  *status = soup_message_get_status (message);
  json_parser_load_from_data (parser, g_bytes_get_data (answer, NULL),
      g_bytes_get_size (answer), &error);
  g_assert_no_error (error);
  if (!body)
    shop->catalog = nanogpt_catalog_parse (answer, &error);
  g_assert_no_error (error);
  return json_object_ref (json_node_get_object (json_parser_get_root (parser)));
}

/* @fields: JSON members to send besides the model and the prompt
 * @media: (nullable): the media to send
 * Returns: whether the price was known; if so, it is checked against the charge */
static gboolean
buy_with (Shop *shop, const char *model, const char *fields, GPtrArray *media)
{
  g_autofree char *given =
      g_strdup_printf ("prompt=x\nparameters={%s}", fields);
  g_autoptr (NanogptParameters) parameters = parameters_from_text (given);
  g_autoptr (NanogptRequest) request = NULL;
  g_autoptr (JsonObject) answer = NULL;
  g_autofree char *how = NULL;
  NanogptMicros usd;
  double cost;
  guint status;

  g_free (parameters->model);
  parameters->model = g_strdup (model);
  request = nanogpt_request_new (parameters, media, NULL);
  if (!request)
    return FALSE;
  if (!nanogpt_price_estimate (shop->catalog, request, &usd, &how)) {
    g_test_message ("%s", how);
    shop->unknown++;
    if (*fields == '\0' || g_str_equal (fields, IMAGE_FIELD))
      g_hash_table_add (shop->unpriced, g_strdup (model));
    return FALSE;
  }
  answer = exchange (shop, "POST", "/api/generate-video",
      nanogpt_request_get_body (request), &status);
  if (status != 202) {
    g_assert_cmpuint (status, ==, 400);
    return FALSE;
  }
  shop->known++;
  cost = json_object_get_double_member (answer, "cost");
  if (usd != nanogpt_money_round_up (cost))
    g_test_message ("%s: %s", nanogpt_request_get_kind (request), how);
  g_assert_cmpint (usd, ==, nanogpt_money_round_up (cost));
  return TRUE;
}

static void
buy (Shop *shop, const char *model, const char *fields)
{
  buy_with (shop, model, fields, NULL);
}

/* Every listed value of every field, alone and with each value of the others. */
static void
buy_all (Shop *shop, const char *model, GPtrArray *fields, gboolean has_image)
{
  const char *image = has_image ? "," IMAGE_FIELD : "";

  buy (shop, model, has_image ? IMAGE_FIELD : "");
  for (guint i = 0; i < fields->len; i++) {
    g_autofree char *one = g_strconcat (fields->pdata[i], image, NULL);

    buy (shop, model, one);
    for (guint j = i + 1; j < fields->len; j++) {
      g_autofree char *two =
          g_strconcat (fields->pdata[i], ",", fields->pdata[j], image, NULL);

      if (strcspn (fields->pdata[i], ":") != strcspn (fields->pdata[j], ":")
          || strncmp (fields->pdata[i], fields->pdata[j],
                 strcspn (fields->pdata[i], ":"))
              != 0)
        buy (shop, model, two);
    }
  }
}

/* Fields that a price may depend on, as JSON members. */
static GPtrArray *
list_fields (JsonObject *model)
{
  static const char *const names[] = { "duration", "seconds", "resolution",
    "size", "num_frames", "pro_mode", "generateAudio", "generate_audio",
    "sound" };
  GPtrArray *fields = g_ptr_array_new_with_free_func (g_free);
  JsonObject *parameters = json_object_get_object_member (
      json_object_get_object_member (model, "supported_parameters"),
      "parameters");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    JsonObject *field;
    JsonArray *options;

    if (!json_object_has_member (parameters, names[i]))
      continue;
    field = json_object_get_object_member (parameters, names[i]);
    if (json_object_has_member (field, "options")) {
      options = json_object_get_array_member (field, "options");
      for (guint j = 0; j < json_array_get_length (options); j++)
        g_ptr_array_add (fields,
            g_strdup_printf ("\"%s\":\"%s\"", names[i],
                json_object_get_string_member (
                    json_array_get_object_element (options, j), "value")));
    } else if (json_object_has_member (field, "max")) {
      g_ptr_array_add (fields,
          g_strdup_printf ("\"%s\":\"%.0f\"", names[i],
              json_object_get_double_member (field, "max")));
    } else {
      g_ptr_array_add (fields, g_strdup_printf ("\"%s\":true", names[i]));
      g_ptr_array_add (fields, g_strdup_printf ("\"%s\":false", names[i]));
    }
  }
  return fields;
}

static void
shop_open (Shop *shop, double price, JsonArray **models)
{
  NanogptSimulatorOptions options;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) listing = NULL;
  guint status;

  nanogpt_simulator_options_init (&options);
  options.states = "IN_QUEUE,FAILED"; /* nothing needs to be rendered */
  options.default_balance = 1e6;
  options.submit_limit = 0;
  options.price = price;
  shop->simulator = nanogpt_simulator_new (&options, &error);
  g_assert_no_error (error);
  shop->session = soup_session_new_with_options ("timeout", 20, NULL);
  shop->unpriced =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  listing = exchange (
      shop, "GET", "/api/v1/video-models?detailed=true", NULL, &status);
  g_assert_cmpuint (status, ==, 200);
  *models = json_array_ref (json_object_get_array_member (listing, "data"));
}

static void
shop_close (Shop *shop)
{
  nanogpt_catalog_free (shop->catalog);
  g_hash_table_unref (shop->unpriced);
  g_object_unref (shop->session);
  nanogpt_simulator_free (shop->simulator);
}

static void
buy_everything (Shop *shop, JsonArray *models)
{
  for (guint i = 0; i < json_array_get_length (models); i++) {
    JsonObject *model = json_array_get_object_element (models, i);
    g_autoptr (GPtrArray) fields = list_fields (model);
    const char *slug = json_object_get_string_member (model, "id");
    JsonObject *capabilities =
        json_object_get_object_member (model, "capabilities");

    if (json_object_get_boolean_member (capabilities, "text_to_video"))
      buy_all (shop, slug, fields, FALSE);
    if (json_object_get_boolean_member (capabilities, "image_to_video"))
      buy_all (shop, slug, fields, TRUE);
  }
}

static void
test_simulator (void)
{
  Shop shop = { 0 };
  g_autoptr (JsonArray) models = NULL;

  shop_open (&shop, -1, &models);
  buy_everything (&shop, models);
  g_test_message ("%u known, %u unknown", shop.known, shop.unknown);
  g_assert_cmpuint (shop.known, >, 300);
  g_assert_cmpuint (
      nanogpt_simulator_count_charges (shop.simulator), ==, shop.known);
  /* One model does not list the duration for its base price, and one is charged
   * by the length of a sound that is missing here. */
  g_assert_cmpuint (g_hash_table_size (shop.unpriced), ==, 2);
  g_assert_true (g_hash_table_contains (shop.unpriced, "kling-v21-master"));
  g_assert_true (
      g_hash_table_contains (shop.unpriced, "kling-v2-avatar-standard"));
  shop_close (&shop);
}

/* Silence, with 8000 samples per second. */
static GBytes *
make_wav (guint seconds)
{
  guint32 size = seconds * 16000;
  GByteArray *file = g_byte_array_new ();
  const guint32 sizes[] = { GUINT32_TO_LE (size + 36), GUINT32_TO_LE (size) };
  g_autofree guint8 *samples = g_malloc0 (size);

  g_byte_array_append (file, (const guint8 *)"RIFF", 4);
  g_byte_array_append (file, (const guint8 *)&sizes[0], 4);
  g_byte_array_append (file,
      (const guint8 *)"WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0"
                      "\x10\0data",
      32);
  g_byte_array_append (file, (const guint8 *)&sizes[1], 4);
  g_byte_array_append (file, samples, size);
  return g_byte_array_free_to_bytes (file);
}

/* A letter for each medium, and whether the price is known. If it is, it is
 * what the simulator charges for the duration that it finds in the medium. */
static const struct
{
  const char *model;
  const char *fields;
  const char *media; /* i(mage), l(ast), r(eference), v(ideo), a(udio), V, A: a
                        video or sound at a URL */
  gboolean is_known;
} purchases[] = {
  { "minimax-h3", "", "i", TRUE },
  { "minimax-h3", "", "ilrrr", TRUE },
  { "minimax-h3", "", "ilrrrrrr", TRUE },
  { "minimax-h3", "", "v", TRUE },
  { "minimax-h3", "\"duration\":\"12\",\"mode\":\"video-edit\"", "rrrrrrv",
      TRUE },
  { "minimax-h3", "", "V", FALSE },
  { "minimax-h3", "\"videoDuration\":9", "V", FALSE },
  { "minimax-h3", "\"videoDuration\":1", "v", TRUE },
  { "minimax-h3", "\"duration\":\"-1\"", "", FALSE },
  { "bytedance/seedance-2.5", "", "v", TRUE },
  { "bytedance/seedance-2.5",
      "\"duration\":\"10\",\"resolution\":\"1080p\",\"mode\":\"video-edit\"",
      "v", TRUE },
  { "bytedance/seedance-2.5", "", "V", FALSE },
  { "bytedance/seedance-2.5", "\"videoDuration\":9", "V", FALSE },
  { "bytedance/seedance-2.5", "\"duration\":\"-1\"", "", FALSE },
  { "bytedance/seedance-2.5", "\"duration\":\"-1\"", "v", FALSE },
  { "bytedance-seedance-2-0", "", "ilr", TRUE },
  { "video-upscaler", "", "v", TRUE },
  { "video-upscaler", "\"videoDuration\":8", "v", TRUE },
  { "video-upscaler", "", "V", FALSE },
  { "video-upscaler", "\"videoDuration\":17.5", "V", TRUE },
  { "latentsync", "", "va", TRUE },
  { "latentsync", "", "vA", FALSE },
  { "latentsync", "", "Va", FALSE },
  { "kling-v2-avatar-standard", "", "ia", TRUE },
  { "kling-v2-avatar-standard", "", "iA", FALSE },
  { "kling-v30-pro", "", "i", TRUE },
};

static NanogptMedia *
make_medium (char letter)
{
  static const char letters[] = "ilrva";
  NanogptMediaRole role = strchr (letters, g_ascii_tolower (letter)) - letters;
  g_autoptr (GBytes) file = NULL;

  if (role == NANOGPT_MEDIA_VIDEO && letter == 'v')
    file = fixture_media_bytes (FIXTURE_MEDIA_MP4); /* of two seconds */
  if (role == NANOGPT_MEDIA_AUDIO && letter == 'a')
    file = make_wav (7);
  return file ? nanogpt_media_new_data (
             role, file, NULL, role == NANOGPT_MEDIA_VIDEO ? 2 : 7)
              : nanogpt_media_new_url (role, "https://example.com/a");
}

static void
test_simulator_media (void)
{
  Shop shop = { 0 };
  g_autoptr (JsonArray) models = NULL;

  shop_open (&shop, -1, &models);
  for (guint i = 0; i < G_N_ELEMENTS (purchases); i++) {
    g_autoptr (GPtrArray) media =
        g_ptr_array_new_with_free_func ((GDestroyNotify)nanogpt_media_unref);
    gboolean is_known;

    for (const char *c = purchases[i].media; *c; c++)
      g_ptr_array_add (media, make_medium (*c));
    is_known = buy_with (&shop, purchases[i].model, purchases[i].fields, media);
    if (is_known != purchases[i].is_known)
      g_error ("%s, %s, %s", purchases[i].model, purchases[i].fields,
          purchases[i].media);
  }
  shop_close (&shop);
}

/* The same price for everything. */
static void
test_simulator_fixed (void)
{
  Shop shop = { 0 };
  g_autoptr (JsonArray) models = NULL;

  shop_open (&shop, 0.125, &models);
  buy (&shop, "kling-v21-master", "\"duration\":\"10\"");
  buy (&shop, "seedance-lite-video", "");
  buy (&shop, "seedance-lite-video", "\"duration\":\"10\"," IMAGE_FIELD);
  buy (&shop, "hunyuan-video", "\"num_frames\":65");
  g_assert_cmpuint (shop.known, ==, 4);
  g_assert_cmpfloat (nanogpt_simulator_get_charged (shop.simulator), ==, 0.5);
  shop_close (&shop);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  g_test_add_func ("/price/simulator", test_simulator);
  g_test_add_func ("/price/simulator-media", test_simulator_media);
  g_test_add_func ("/price/simulator-fixed", test_simulator_fixed);
  return g_test_run ();
}
