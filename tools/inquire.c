/* nanovid: nanovid-jobs models and estimate: what there is, and what it would cost
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "inquire.h"

#include <string.h>

#include "measure.h"
#include "nanogpt/base/money.h"
#include "nanogpt/job/inquiry.h"
#include "service.h"
#include "table.h"

static Status
fail (const GError *error)
{
  complain ("%s", error->message);
  return STATUS_FAILED;
}

static char *
join (GVariant *dict, const char *key)
{
  g_autofree const char **words = NULL;

  if (!g_variant_lookup (dict, key, "^a&s", &words) || !*words)
    return NULL;
  return g_strjoinv (", ", (char **)words);
}

static char *
format_cost (GVariant *dict)
{
  double cost;

  return g_variant_lookup (dict, "cost", "d", &cost)
      ? nanogpt_money_format (nanogpt_money_round_up (cost))
      : NULL;
}

/* models */

static Table *
make_table (GVariant *models)
{
  static const char *const headings[] = { "MODEL", "MEDIA", "COST", "PRICE",
    "FIELDS" };
  Table *table = table_new (G_N_ELEMENTS (headings), headings);
  GVariantIter iter;
  GVariant *model;

  g_variant_iter_init (&iter, models);
  while ((model = g_variant_iter_next_value (&iter))) {
    char **cells = g_new0 (char *, G_N_ELEMENTS (headings));

    g_variant_lookup (model, "model", "s", &cells[0]);
    cells[1] = join (model, "media");
    cells[2] = format_cost (model);
    g_variant_lookup (model, "price", "s", &cells[3]);
    cells[4] = join (model, "fields");
    table_add_row (table, cells);
    g_variant_unref (model);
  }
  return table;
}

Status
command_models (const Options *options, const char *word)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptSettings) settings =
      service_settings_new (options, NULL, &error);
  g_autoptr (GVariant) models =
      settings ? nanogpt_inquiry_list_models (settings, word, &error) : NULL;
  g_autoptr (Table) table = NULL;

  if (!models)
    return fail (error);
  if (options->json) {
    g_autofree char *text = nanogpt_inquiry_to_json (models);

    g_print ("%s", text);
    return STATUS_OK;
  }
  table = make_table (models);
  return table_print (table, &error) ? STATUS_OK : fail (error);
}

/* estimate */

static const struct
{
  const char *property;
  NanogptMediaRole role;
  gboolean is_file;
} media_properties[] = {
  { "image-url", NANOGPT_MEDIA_IMAGE, FALSE },
  { "image-location", NANOGPT_MEDIA_IMAGE, TRUE },
  { "last-image-url", NANOGPT_MEDIA_LAST_IMAGE, FALSE },
  { "last-image-location", NANOGPT_MEDIA_LAST_IMAGE, TRUE },
  { "video-url", NANOGPT_MEDIA_VIDEO, FALSE },
  { "video-location", NANOGPT_MEDIA_VIDEO, TRUE },
  { "audio-url", NANOGPT_MEDIA_AUDIO, FALSE },
  { "audio-location", NANOGPT_MEDIA_AUDIO, TRUE },
};

static gboolean
add_medium (GPtrArray *media, NanogptMediaRole role, const char *value,
    gboolean is_file, GError **error)
{
  NanogptMedia *medium = is_file ? measure_file (role, value, error)
                                 : nanogpt_media_new_url (role, value);

  if (!medium)
    return FALSE;
  g_ptr_array_add (media, medium);
  return TRUE;
}

/* As in a pipeline's description: `<a.png,https://x.example/b.png>`. */
static gboolean
add_references (GPtrArray *media, const char *value, GError **error)
{
  g_autofree char *list = g_strdup (value);
  g_auto (GStrv) words = NULL;

  g_strdelimit (list, "<>{}", ' ');
  words = g_strsplit (list, ",", -1);
  for (guint i = 0; words[i]; i++) {
    const char *word = g_strstrip (words[i]);

    if (*word != '\0'
        && !add_medium (media, NANOGPT_MEDIA_REFERENCE_IMAGE, word,
            strstr (word, "://") == NULL, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
take_pair (NanogptParameters *parameters, GPtrArray *media, const char *pair,
    GError **error)
{
  const char *equals = strchr (pair, '=');
  g_autofree char *key = NULL;

  if (!equals) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "\"%s\" is not PROPERTY=VALUE", pair);
    return FALSE;
  }
  key = g_strndup (pair, equals - pair);
  for (guint i = 0; i < G_N_ELEMENTS (media_properties); i++) {
    if (g_str_equal (key, media_properties[i].property))
      return add_medium (media, media_properties[i].role, equals + 1,
          media_properties[i].is_file, error);
  }
  if (g_str_equal (key, "reference-images"))
    return add_references (media, equals + 1, error);
  return nanogpt_parameters_set (parameters, key, equals + 1, error);
}

static NanogptMedia *
load_media (const char *path, gpointer user_data G_GNUC_UNUSED, GError **error)
{
  static const NanogptMediaRole roles[] = { NANOGPT_MEDIA_VIDEO,
    NANOGPT_MEDIA_AUDIO };

  for (guint i = 0; i < G_N_ELEMENTS (roles); i++) {
    g_autoptr (NanogptMedia) media = measure_file (roles[i], path, error);

    if (!media || nanogpt_media_get_mime_type (media))
      return g_steal_pointer (&media);
  }
  return measure_file (NANOGPT_MEDIA_IMAGE, path, error);
}

static void
print_estimate (GVariant *estimate)
{
  g_autofree char *cost = format_cost (estimate);
  g_autofree const char **warnings = NULL;
  const char *price = NULL;

  g_variant_lookup (estimate, "price", "&s", &price);
  g_print ("%s: %s\n", cost ? cost : "unknown", price);
  g_variant_lookup (estimate, "warnings", "^a&s", &warnings);
  for (guint i = 0; warnings && warnings[i]; i++)
    complain ("%s", warnings[i]);
}

Status
command_estimate (const Options *options, char **pairs)
{
  g_autoptr (NanogptParameters) parameters = nanogpt_parameters_new ();
  g_autoptr (GPtrArray) media =
      g_ptr_array_new_with_free_func ((GDestroyNotify)nanogpt_media_unref);
  g_autoptr (NanogptRequest) request = NULL;
  g_autoptr (NanogptSettings) settings = NULL;
  g_autoptr (GVariant) estimate = NULL;
  g_autoptr (GError) error = NULL;

  for (; *pairs; pairs++) {
    if (!take_pair (parameters, media, *pairs, &error)) {
      complain ("%s", error->message);
      return STATUS_USAGE;
    }
  }
  parameters->load_media = load_media;
  /* No price depends on it. */
  if (!parameters->prompt)
    parameters->prompt = g_strdup ("any");
  request = nanogpt_request_new (parameters, media, &error);
  settings = request ? service_settings_new (options, NULL, &error) : NULL;
  estimate =
      settings ? nanogpt_inquiry_estimate (settings, request, &error) : NULL;
  if (!estimate)
    return fail (error);
  if (options->json) {
    g_autofree char *text = nanogpt_inquiry_to_json (estimate);

    g_print ("%s", text);
  } else {
    print_estimate (estimate);
  }
  return STATUS_OK;
}
