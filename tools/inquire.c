/* nanovid: nanovid-jobs models and estimate: models, and the cost of a request
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "inquire.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "json-answer.h"
#include "measure.h"
#include "nanogpt/base/money.h"
#include "nanogpt/job/inquiry.h"
#include "nanogpt/request/prompt-line.h"
#include "service.h"
#include "table.h"

static Status
report_failure (const GError *error)
{
  complain ("%s", error->message);
  return STATUS_FAILED;
}

static char *
join_strings (GVariant *dict, const char *key)
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
  static const char *const headings[] = { N_ ("MODEL"), N_ ("MEDIA"),
    N_ ("COST"), N_ ("PRICE"), N_ ("FIELDS") };
  Table *table = table_new (G_N_ELEMENTS (headings), headings);
  GVariantIter iter;
  GVariant *model;

  g_variant_iter_init (&iter, models);
  while ((model = g_variant_iter_next_value (&iter))) {
    char **cells = g_new0 (char *, G_N_ELEMENTS (headings));

    g_variant_lookup (model, "model", "s", &cells[0]);
    cells[1] = join_strings (model, "media");
    cells[2] = format_cost (model);
    g_variant_lookup (model, "price", "s", &cells[3]);
    cells[4] = join_strings (model, "fields");
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
    return report_failure (error);
  if (options->json)
    return json_answer_print (models, &error) ? STATUS_OK
                                              : report_failure (error);
  table = make_table (models);
  return table_print (table, &error) ? STATUS_OK : report_failure (error);
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

/* Accepts a list as in a pipeline description:
 * `<a.png,https://x.example/b.png>`. */
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
        _ ("\"%s\" is not PROPERTY=VALUE"), pair);
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

/* Returns: (nullable): the request */
static NanogptRequest *
make_request (NanogptParameters *parameters, GPtrArray *media, GError **error)
{
  parameters->load_media = load_media;
  return nanogpt_request_new (parameters, media, error);
}

static gboolean
take_pairs (NanogptParameters *parameters, GPtrArray *media, char **pairs,
    GError **error)
{
  for (; *pairs; pairs++) {
    if (!take_pair (parameters, media, *pairs, error))
      return FALSE;
  }
  return TRUE;
}

static Status
print_estimate (GVariant *estimate)
{
  g_autofree char *cost = format_cost (estimate);
  g_autofree const char **warnings = NULL;
  const char *text = NULL;
  g_autofree char *answer = NULL;
  g_autoptr (GError) error = NULL;

  if (g_variant_lookup (estimate, "error", "&s", &text)) {
    complain ("%s", text);
    return STATUS_FAILED;
  }
  g_variant_lookup (estimate, "price", "&s", &text);
  answer = g_strdup_printf ("%s: %s\n", cost ? cost : "unknown", text);
  if (!print_answer (answer, &error))
    return report_failure (error);
  g_variant_lookup (estimate, "warnings", "^a&s", &warnings);
  for (guint i = 0; warnings && warnings[i]; i++)
    complain ("%s", warnings[i]);
  return STATUS_OK;
}

Status
command_estimate (const Options *options, char **pairs)
{
  g_autoptr (NanogptParameters) parameters = nanogpt_parameters_new ();
  g_autoptr (GPtrArray) media =
      g_ptr_array_new_with_free_func ((GDestroyNotify)nanogpt_media_unref);
  g_autoptr (GPtrArray) requests =
      g_ptr_array_new_with_free_func ((GDestroyNotify)nanogpt_request_unref);
  NanogptRequest *request;
  g_autoptr (NanogptSettings) settings = NULL;
  g_autoptr (GVariant) estimates = NULL;
  g_autoptr (GVariant) estimate = NULL;
  g_autoptr (GError) error = NULL;

  if (!take_pairs (parameters, media, pairs, &error)) {
    complain ("%s", error->message);
    return STATUS_USAGE;
  }
  /* A prompt is required, but does not affect the price. */
  if (!parameters->prompt)
    parameters->prompt = g_strdup ("any");
  request = make_request (parameters, media, &error);
  if (!request)
    return report_failure (error);
  g_ptr_array_add (requests, request);
  settings = service_settings_new (options, NULL, &error);
  estimates = settings
      ? nanogpt_inquiry_estimate (settings, options->store, requests, &error)
      : NULL;
  if (!estimates)
    return report_failure (error);
  estimate = g_variant_get_child_value (estimates, 0);
  if (!options->json || g_variant_lookup (estimate, "error", "&s", NULL))
    return print_estimate (estimate);
  return json_answer_print (estimate, &error) ? STATUS_OK
                                              : report_failure (error);
}

/* estimate --script */

/* One line with a prompt. */
typedef struct
{
  guint number; /* line number, from 1 */
  char *prompt;
  NanogptRequest *request; /* or NULL */
  GVariant *estimate;      /* a{sv} */
} Scene;

static void
scene_free (Scene *scene)
{
  g_free (scene->prompt);
  g_clear_pointer (&scene->request, nanogpt_request_unref);
  g_clear_pointer (&scene->estimate, g_variant_unref);
  g_free (scene);
}

/* Returns: the value as written in a pair */
static char *
format_value (GVariant *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_variant_dup_string (value, NULL);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY)) {
    g_autofree const char **words = g_variant_get_strv (value, NULL);

    return g_strjoinv (",", (char **)words);
  }
  return g_variant_print (value, FALSE);
}

/* Properties of a line are set last, so that they override those for all
 * lines. */
static gboolean
take_properties (NanogptParameters *parameters, GPtrArray *media,
    GVariant *properties, GError **error)
{
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_variant_iter_init (&iter, properties);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value)) {
    g_autoptr (GVariant) owned = value;
    g_autofree char *text = format_value (owned);
    g_autofree char *pair = g_strconcat (name, "=", text, NULL);

    if (!take_pair (parameters, media, pair, error))
      return FALSE;
  }
  return TRUE;
}

static NanogptRequest *
read_scene (Scene *scene, const char *line, char **pairs, GError **error)
{
  g_autoptr (NanogptParameters) parameters = nanogpt_parameters_new ();
  g_autoptr (GPtrArray) media =
      g_ptr_array_new_with_free_func ((GDestroyNotify)nanogpt_media_unref);
  g_autoptr (GVariant) properties = NULL;

  if (!nanogpt_prompt_line_parse (line, &scene->prompt, &properties, error)
      || !take_pairs (parameters, media, pairs, error)
      || (properties
          && !take_properties (parameters, media, properties, error)))
    return NULL;
  if (*scene->prompt) {
    g_free (parameters->prompt);
    parameters->prompt = g_strdup (scene->prompt);
  }
  return make_request (parameters, media, error);
}

static GVariant *
make_refusal (const GError *error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "error", "s", error->message);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/* Returns: (transfer full) (nullable): an array of Scene */
static GPtrArray *
read_scenes (const char *script, char **pairs, GError **error)
{
  g_auto (GStrv) lines = nanogpt_prompt_lines_load (script, error);
  GPtrArray *scenes;

  if (!lines)
    return NULL;
  scenes = g_ptr_array_new_with_free_func ((GDestroyNotify)scene_free);
  for (guint i = 0; lines[i]; i++) {
    g_autoptr (GError) refusal = NULL;
    Scene *scene;

    if (!*lines[i])
      continue;
    scene = g_new0 (Scene, 1);
    scene->number = i + 1;
    scene->request = read_scene (scene, lines[i], pairs, &refusal);
    if (refusal)
      scene->estimate = make_refusal (refusal);
    g_ptr_array_add (scenes, scene);
  }
  return scenes;
}

static gboolean
estimate_scenes (const Options *options, const NanogptSettings *settings,
    GPtrArray *scenes, GError **error)
{
  g_autoptr (GPtrArray) requests = g_ptr_array_new ();
  g_autoptr (GVariant) estimates = NULL;
  guint n_estimates = 0;

  for (guint i = 0; i < scenes->len; i++) {
    Scene *scene = scenes->pdata[i];

    if (scene->request)
      g_ptr_array_add (requests, scene->request);
  }
  estimates =
      nanogpt_inquiry_estimate (settings, options->store, requests, error);
  if (!estimates)
    return FALSE;
  for (guint i = 0; i < scenes->len; i++) {
    Scene *scene = scenes->pdata[i];

    if (scene->request)
      scene->estimate = g_variant_get_child_value (estimates, n_estimates++);
  }
  return TRUE;
}

/* The total cost of all scenes, as far as known. */
typedef struct
{
  NanogptMicros cost;
  guint n_unknown;
} Total;

static Total
add_up (GPtrArray *scenes)
{
  Total total = { 0, 0 };

  for (guint i = 0; i < scenes->len; i++) {
    Scene *scene = scenes->pdata[i];
    double cost;

    if (g_variant_lookup (scene->estimate, "cost", "d", &cost))
      total.cost += nanogpt_money_round_up (cost);
    else
      total.n_unknown++;
  }
  return total;
}

static GVariant *
describe_scene (const Scene *scene)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (scene->estimate);

  g_variant_dict_insert (&dict, "line", "u", scene->number);
  if (scene->prompt)
    g_variant_dict_insert (&dict, "prompt", "s", scene->prompt);
  return g_variant_dict_end (&dict);
}

/* `cost` is present only if the cost of every scene is known. */
static Status
print_film_as_json (GPtrArray *scenes, const Total *total)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GError) error = NULL;
  GVariantBuilder all;

  g_variant_builder_init (&all, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < scenes->len; i++)
    g_variant_builder_add_value (&all, describe_scene (scenes->pdata[i]));
  g_variant_dict_insert (&dict, total->n_unknown > 0 ? "known-cost" : "cost",
      "d", nanogpt_money_to_double (total->cost));
  g_variant_dict_insert (&dict, "unknown", "u", total->n_unknown);
  g_variant_dict_insert_value (&dict, "scenes", g_variant_builder_end (&all));
  return json_answer_print (g_variant_dict_end (&dict), &error)
      ? STATUS_OK
      : report_failure (error);
}

static Status
print_film (GPtrArray *scenes, const Total *total)
{
  static const char *const headings[] = { N_ ("LINE"), N_ ("COST"),
    N_ ("PRICE"), N_ ("PROMPT") };
  g_autoptr (Table) table = table_new (G_N_ELEMENTS (headings), headings);
  g_autoptr (GError) error = NULL;
  char **sum = g_new0 (char *, G_N_ELEMENTS (headings));

  for (guint i = 0; i < scenes->len; i++) {
    Scene *scene = scenes->pdata[i];
    char **cells = g_new0 (char *, G_N_ELEMENTS (headings));

    cells[0] = g_strdup_printf ("%u", scene->number);
    cells[1] = format_cost (scene->estimate);
    if (!g_variant_lookup (scene->estimate, "price", "s", &cells[2]))
      g_variant_lookup (scene->estimate, "error", "s", &cells[2]);
    cells[3] = g_strdup (scene->prompt);
    table_add_row (table, cells);
  }
  sum[0] = g_strdup ("total");
  sum[1] = nanogpt_money_format (total->cost);
  sum[2] = total->n_unknown > 0 ? g_strdup_printf (
               _ ("at least: the cost of %u of %u clips is not known"),
               total->n_unknown, scenes->len)
                                : g_strdup_printf (_ ("%u clips"), scenes->len);
  table_add_row (table, sum);
  return table_print (table, &error) ? STATUS_OK : report_failure (error);
}

/* Prints the errors and warnings of each line. */
static Status
complain_of_scenes (GPtrArray *scenes)
{
  Status status = STATUS_OK;

  for (guint i = 0; i < scenes->len; i++) {
    Scene *scene = scenes->pdata[i];
    g_autofree const char **warnings = NULL;
    const char *text;

    if (g_variant_lookup (scene->estimate, "error", "&s", &text)) {
      complain (_ ("line %u: %s"), scene->number, text);
      status = STATUS_FAILED;
    }
    g_variant_lookup (scene->estimate, "warnings", "^a&s", &warnings);
    for (guint j = 0; warnings && warnings[j]; j++)
      complain (_ ("line %u: %s"), scene->number, warnings[j]);
  }
  return status;
}

Status
command_estimate_script (const Options *options, char **pairs)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) scenes = read_scenes (options->script, pairs, &error);
  g_autoptr (NanogptSettings) settings =
      scenes ? service_settings_new (options, NULL, &error) : NULL;
  Status status;
  Total total;

  if (!settings || !estimate_scenes (options, settings, scenes, &error))
    return report_failure (error);
  total = add_up (scenes);
  status = (options->json ? print_film_as_json : print_film) (scenes, &total);
  return MAX (status, complain_of_scenes (scenes));
}
