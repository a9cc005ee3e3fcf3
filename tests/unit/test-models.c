/* nanovid: the inputs that models accept, and the errors for others
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "nanogpt/base/error.h"
#include "nanogpt/request/model-table.h"
#include "parameters.h"

#define IMAGE "\nimage-url=https://example.com/a.png"

typedef enum
{
  FINE,
  WARNED,
  REFUSED,
  NO_IMAGE,
} Outcome;

/* Every documented rule, from both sides. A warning or an error message
 * contains the name of the model and all of the words. */
static const struct
{
  const char *model;
  const char *given;
  Outcome outcome;
  const char *words;
} cases[] = {
  { "veo2-video", "duration=5", FINE, NULL },
  { "veo2-video", "duration=30", FINE, NULL },
  { "veo2-video", "duration=4", WARNED, "duration|5 to 30|4" },
  { "veo2-video", "duration=31", WARNED, "duration|5 to 30|31" },
  { "veo2-video", "aspect-ratio=3:4", FINE, NULL },
  { "veo2-video", "aspect-ratio=21:9", REFUSED, "aspect-ratio|16:9|or 3:4" },
  { "veo2-video", "negative-prompt=x\nseed=1" IMAGE, FINE, NULL },
  { "veo2-video", "num-frames=81", REFUSED, "num-frames" },
  { "veo2-video", "pro-mode=true", REFUSED, "pro-mode" },
  { "veo2-video", "cfg-scale=0.5", REFUSED, "cfg-scale" },
  { "veo2-video-image-to-video", "duration=5", NO_IMAGE, "image-url" },
  { "veo2-video-image-to-video", "duration=8" IMAGE, FINE, NULL },
  { "veo2-video-image-to-video", "duration=9" IMAGE, WARNED, "5 to 8" },

  { "veo3-video", "duration=8\naspect-ratio=16:9\nresolution=720p", FINE,
      NULL },
  { "veo3-video", "duration=5", WARNED, "duration|8|5" },
  { "veo3-video", "resolution=480p", REFUSED, "resolution|720p or 1080p|480p" },
  { "veo3-video", "num-inference-steps=5", REFUSED, "num-inference-steps" },
  { "veo3-1-video", "duration=6", FINE, NULL },
  { "veo3-1-video", "duration=5", WARNED, "4, 6 or 8" },
  { "veo3-fast-video", "duration=77", FINE, NULL },

  { "kling-video-v2", "duration=5\ncfg-scale=0.5\nnegative-prompt=x", FINE,
      NULL },
  { "kling-video-v2", "duration=10\ncfg-scale=1" IMAGE, FINE, NULL },
  { "kling-video-v2", "duration=8", REFUSED, "duration|5 or 10|8" },
  { "kling-video-v2", "cfg-scale=1.5", WARNED, "cfg-scale|0 to 1|1.5" },
  { "kling-video-v2", "cfg-scale=20", WARNED, "cfg-scale|0 to 1|20" },
  { "kling-video-v2", "cfg-scale=20.5", REFUSED, "cfg-scale|0 to 20|20.5" },
  { "kling-video-v2", "resolution=1080p", WARNED, "resolution" },
  { "kling-video-v2", "aspect-ratio=2:1", WARNED, "aspect-ratio|2:1" },
  { "kling-video-v2", "frames-per-second=24", REFUSED, "frames-per-second" },
  { "kling-v21-standard", "duration=5", NO_IMAGE,
      "image-url|image-location|nanovidtransform" },
  { "kling-v21-standard", "duration=5\nseed=7" IMAGE, FINE, NULL },
  { "kling-v21-standard", "duration=7" IMAGE, REFUSED, "5 or 10" },
  { "kling-v21-pro", "duration=5", WARNED, "image" },
  { "kling-v21-pro", "duration=5" IMAGE, FINE, NULL },
  { "kling-v21-master", "duration=5", WARNED, "image" },
  { "kling-video", "duration=5" IMAGE, REFUSED, "image" },
  { "kling-v25-turbo-std", "seed=1", NO_IMAGE, "image-url" },
  { "kling-v2-avatar-pro", "seed=1", NO_IMAGE, "image-url" },

  { "hunyuan-video",
      "num-frames=65\nnum-inference-steps=10\npro-mode=false\n"
      "show-explicit-content=true",
      FINE, NULL },
  { "hunyuan-video", "num-frames=129\nnum-inference-steps=50", FINE, NULL },
  { "hunyuan-video", "num-frames=100", REFUSED,
      "num-frames|65, 97 or 129|100" },
  { "hunyuan-video", "num-inference-steps=9", REFUSED,
      "num-inference-steps|10 to 50|9" },
  { "hunyuan-video", "num-inference-steps=51", REFUSED, "10 to 50|51" },
  { "hunyuan-video", "resolution=4k", REFUSED, "480p, 720p or 1080p|4k" },
  { "hunyuan-video", "duration=5", REFUSED, "duration" },
  { "hunyuan-video", "seed=5", WARNED, "seed" },
  { "hunyuan-video", "num-frames=65" IMAGE, REFUSED, "image" },
  { "hunyuan-video-image-to-video", "seed=5", NO_IMAGE, "image-url" },
  { "hunyuan-video-15", "aspect-ratio=9:16", FINE, NULL },
  { "hunyuan-video-15", "aspect-ratio=1:1", REFUSED, "16:9 or 9:16|1:1" },

  { "wan-video-image-to-video", "num-frames=81", NO_IMAGE, "image-url" },
  { "wan-video-image-to-video",
      "num-frames=81\nframes-per-second=5\nnum-inference-steps=1" IMAGE, FINE,
      NULL },
  { "wan-video-image-to-video",
      "num-frames=100\nframes-per-second=24\nnum-inference-steps=40\n"
      "resolution=480p\nnegative-prompt=x\nseed=1" IMAGE,
      FINE, NULL },
  { "wan-video-image-to-video", "num-frames=80" IMAGE, REFUSED,
      "81 to 100|80" },
  { "wan-video-image-to-video", "num-frames=101" IMAGE, REFUSED, "81 to 100" },
  { "wan-video-image-to-video", "frames-per-second=25" IMAGE, REFUSED,
      "frames-per-second|5 to 24|25" },
  { "wan-video-image-to-video", "frames-per-second=4" IMAGE, REFUSED, "5 to" },
  { "wan-video-image-to-video", "num-inference-steps=41" IMAGE, REFUSED,
      "1 to 40|41" },
  { "wan-video-image-to-video", "resolution=1080p" IMAGE, REFUSED,
      "480p or 720p|1080p" },
  { "wan-video-image-to-video", "duration=5" IMAGE, REFUSED, "duration" },
  { "wan-video-image-to-video", "aspect-ratio=16:9" IMAGE, REFUSED,
      "aspect-ratio" },
  { "wan-video-image-to-video", "camera-fixed=true" IMAGE, WARNED,
      "camera-fixed" },
  { "wan-video-22", "duration=8\naspect-ratio=16:9", FINE, NULL },
  { "wan-video-22", "duration=6", REFUSED, "5 or 8|6" },
  { "wan-video-22-5b", "num-frames=121\nframes-per-second=60", FINE, NULL },
  { "wan-video-22-5b", "num-frames=122", REFUSED, "81 to 121" },
  { "wan-video-22-turbo", "resolution=580p", FINE, NULL },
  { "wan-video-22-turbo", "duration=5", REFUSED, "duration" },

  { "seedance-video", "resolution=480p\nduration=5\ncamera-fixed=true\nseed=3",
      FINE, NULL },
  { "seedance-video", "resolution=720p", WARNED, "480p or 1080p|720p" },
  { "seedance-video", "duration=6", REFUSED, "5 or 10|6" },
  { "seedance-video", "num-frames=81", REFUSED, "num-frames" },
  { "seedance-video", "negative-prompt=x", WARNED, "negative-prompt" },
  { "seedance-lite-video", "resolution=720p\nduration=10" IMAGE, FINE, NULL },
  { "seedance-lite-video", "resolution=1080p", WARNED, "480p or 720p|1080p" },
  { "seedance-lite-video", "duration=3", REFUSED, "5 or 10|3" },
  { "seedance-lite-video", "aspect-ratio=9:16", WARNED, "aspect-ratio" },
  { "seedance-lite-video", "camera-fixed=true", WARNED, "camera-fixed" },
  { "seedance-lite-video", "seed=1", WARNED, "seed" },
  { "seedance-lite-video", "pro-mode=true", REFUSED, "pro-mode" },
  { "seedance-lite-video", "cfg-scale=0.5", REFUSED, "cfg-scale" },
  { "bytedance-seedance-v1-pro-fast", "duration=12", FINE, NULL },
  { "bytedance-seedance-v1-pro-fast", "duration=13", REFUSED, "2 to 12" },
  { "bytedance/seedance-2.5", "duration=30", FINE, NULL },
  { "bytedance/seedance-2.5", "duration=3", REFUSED, "4 to 30" },
  { "bytedance/seedance-2.5/image-to-video", "duration=5", NO_IMAGE,
      "image-url" },

  { "sora-2", "duration=12", FINE, NULL },
  { "sora-2", "duration=5", REFUSED, "duration|4, 8 or 12|5" },
  { "sora-2", "aspect-ratio=1:1", REFUSED, "16:9 or 9:16|1:1" },
  { "pixverse-v55", "aspect-ratio=3:4", FINE, NULL },
  { "minimax-hailuo-02", "duration=7", REFUSED, "6 or 10|7" },
  { "minimax-h3", "duration=15", FINE, NULL },
  { "lightricks-ltx-2-fast", "duration=7", REFUSED, "18 or 20|7" },
  { "lightricks-ltx-2-pro", "duration=8", FINE, NULL },
  { "midjourney-video", "seed=1", NO_IMAGE, "image-url" },
  { "not-known-to-anybody", "duration=77\nresolution=1p\nnum-frames=1", FINE,
      NULL },
};

static void
check_words (const char *sentence, const char *model, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, "|", -1);

  g_test_message ("%s", sentence);
  g_assert_nonnull (strstr (sentence, model));
  for (guint i = 0; words[i]; i++)
    g_assert_nonnull (strstr (sentence, words[i]));
}

static void
test_rule (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *given = g_strdup_printf (
      "prompt=x\nmodel=%s\n%s", cases[i].model, cases[i].given);
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptRequest) request = request_from_text (given, NULL, &error);
  int code = cases[i].outcome == NO_IMAGE ? NANOGPT_ERROR_IMAGE_REQUIRED
                                          : NANOGPT_ERROR_INVALID_REQUEST;
  const char *const *warnings;

  if (cases[i].outcome == REFUSED || cases[i].outcome == NO_IMAGE) {
    g_assert_null (request);
    g_assert_true (g_error_matches (error, NANOGPT_ERROR, code));
    check_words (error->message, cases[i].model, cases[i].words);
    return;
  }
  g_assert_no_error (error);
  warnings = nanogpt_request_get_warnings (request);
  if (cases[i].outcome == FINE) {
    g_assert_cmpstr (warnings[0], ==, NULL);
    return;
  }
  g_assert_nonnull (warnings[0]);
  g_assert_null (warnings[1]);
  check_words (warnings[0], cases[i].model, cases[i].words);
}

/* A field in the property parameters is the user's explicit choice: it is sent
 * instead of the property, without a warning. */
static void
test_override (void)
{
  g_autoptr (NanogptParameters) parameters = parameters_from_text (
      "prompt=x\nmodel=wan-video-image-to-video\nduration=5\nnum-frames=200\n"
      "parameters={\"duration\":\"5\",\"num_frames\":200,\"image\":\"https://"
      "example.com/a.png\"}");
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptRequest) request =
      nanogpt_request_new (parameters, NULL, &error);

  g_assert_no_error (error);
  g_assert_null (*nanogpt_request_get_warnings (request));
}

/* Invalid tables of models, and what the error message contains. */
static const struct
{
  const char *name;
  const char *text;
  const char *words;
} bad_tables[] = {
  { "no-json", "{\"models\": [", "models.json" },
  { "strange-member", "{\"modells\": []}", "modells" },
  { "no-array", "{\"models\": {}}", "models" },
  { "no-object", "{\"models\": [\"a\"]}", "object" },
  { "no-slug", "{\"models\": [{\"fields\": {}}]}", "slug" },
  { "twice", "{\"models\": [{\"slug\": \"a\"}, {\"slug\": \"a\"}]}", "a" },
  { "hidden", "{\"models\": [{\"slug\": \"a*\"}, {\"slug\": \"a-b\"}]}",
      "a-b" },
  { "strange-key", "{\"models\": [{\"slug\": \"a\", \"image\": true}]}",
      "a: |image" },
  { "wrong-type", "{\"models\": [{\"slug\": \"a\", \"complete\": 1}]}",
      "a: |complete|Boolean" },
  { "strange-media",
      "{\"models\": [{\"slug\": \"a\", \"media\": {\"picture\": {}}}]}",
      "a: |picture" },
  { "strange-use",
      "{\"models\": [{\"slug\": \"a\", \"media\": {\"image\": {\"use\": "
      "\"often\"}}}]}",
      "a: |use" },
#define BAD_FIELDS(name, fields, words)                                        \
  {                                                                            \
    name, "{\"models\": [{\"slug\": \"a\", \"fields\": {" fields "}}]}",       \
        "a: |" words                                                           \
  }
  BAD_FIELDS ("strange-field", "\"length\": {}", "length"),
  BAD_FIELDS ("no-rule", "\"seed\": true", "seed"),
  BAD_FIELDS ("strange-rule", "\"seed\": {\"allowed\": []}", "seed|allowed"),
  BAD_FIELDS ("no-range", "\"seed\": {\"taken\": \"5\"}", "taken|5"),
  BAD_FIELDS ("open-range", "\"seed\": {\"taken\": \"5..\"}", "taken|5.."),
  BAD_FIELDS ("back-range", "\"seed\": {\"documented\": \"9..5\"}", "9..5"),
  BAD_FIELDS ("word-range", "\"seed\": {\"taken\": \"5s..9s\"}", "5s..9s"),
  BAD_FIELDS ("numbers", "\"seed\": {\"taken\": [5]}", "seed"),
  BAD_FIELDS ("no-list", "\"seed\": {\"taken\": true}", "seed"),
  BAD_FIELDS ("wire-type", "\"seed\": {\"wire\": 5}", "seed|wire|String"),
  BAD_FIELDS ("spelling-type", "\"seed\": {\"spelling\": []}", "seed|spelling"),
#undef BAD_FIELDS
};

static void
test_bad_table (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GBytes) text =
      g_bytes_new (bad_tables[i].text, strlen (bad_tables[i].text));
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) table = nanogpt_model_table_parse (text, &error);

  g_assert_null (table);
  g_assert_nonnull (error);
  check_words (error->message, "", bad_tables[i].words);
}

/* A value with a special spelling must be one of the accepted values, and each
 * accepted value must have a spelling. */
static void
check_spelling (const NanogptFieldRule *rule)
{
  if (!rule->spelling)
    return;
  g_assert_nonnull (rule->taken);
  g_assert_false (rule->taken->is_range);
  g_assert_cmpuint (g_variant_n_children (rule->spelling), ==,
      g_strv_length (rule->taken->items));
  for (guint i = 0; rule->taken->items[i]; i++)
    g_assert_true (g_variant_lookup (
        rule->spelling, rule->taken->items[i], "&s", &(const char *){ NULL }));
}

static void
check_values (const NanogptValues *values)
{
  for (guint i = 0; values && values->items[i]; i++) {
    g_assert_cmpstr (values->items[i], !=, "");
    g_assert_false (g_strv_contains (
        (const char *const *)&values->items[i + 1], values->items[i]));
  }
}

/* Invalid contents of the installed table are refused when it is read, so this
 * checks the rest. */
static void
test_table (void)
{
  GPtrArray *table = nanogpt_model_table_get ();

  g_assert_cmpuint (table->len, >, 30);
  for (guint i = 0; i < table->len; i++) {
    const NanogptModelRules *model = table->pdata[i];

    g_test_message ("%s", model->slug);
    g_assert_true (nanogpt_model_table_find (table, model->slug) == model);
    for (guint field = 0; field < NANOGPT_N_FIELDS; field++) {
      check_values (model->fields[field].taken);
      check_values (model->fields[field].documented);
      check_spelling (&model->fields[field]);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path =
        g_strdup_printf ("/models/rule/%u-%s", i, cases[i].model);

    g_strdelimit (path + strlen ("/models/rule/"), "/", '-');
    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_rule);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad_tables); i++) {
    g_autofree char *path =
        g_strdup_printf ("/models/bad-table/%s", bad_tables[i].name);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_bad_table);
  }
  g_test_add_func ("/models/override", test_override);
  g_test_add_func ("/models/table", test_table);
  return g_test_run ();
}
