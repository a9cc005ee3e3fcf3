/* nanovid: what is known of the models' request fields
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "models.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "error.h"

/* The service ignores what a model does not have, and charges: hence what is
 * certain to be of no use is refused before it costs anything. */
#define REFUSE NANOGPT_REFUSE
#define WARN NANOGPT_WARN

/* Fields that one document or another grants to models in general are passed on
 * also to models that are not known to have them. */
static const NanogptFieldInfo fields[] = {
  [NANOGPT_FIELD_NEGATIVE_PROMPT] = { "negative-prompt", "negative_prompt",
      WARN },
  [NANOGPT_FIELD_DURATION] = { "duration", "duration", REFUSE },
  [NANOGPT_FIELD_ASPECT_RATIO] = { "aspect-ratio", "aspect_ratio", REFUSE },
  [NANOGPT_FIELD_RESOLUTION] = { "resolution", "resolution", WARN },
  [NANOGPT_FIELD_SEED] = { "seed", "seed", WARN },
  [NANOGPT_FIELD_NUM_FRAMES] = { "num-frames", "num_frames", REFUSE },
  [NANOGPT_FIELD_FRAMES_PER_SECOND] = { "frames-per-second",
      "frames_per_second", REFUSE },
  [NANOGPT_FIELD_NUM_INFERENCE_STEPS] = { "num-inference-steps",
      "num_inference_steps", REFUSE },
  [NANOGPT_FIELD_CFG_SCALE] = { "cfg-scale", "cfg_scale", REFUSE },
  [NANOGPT_FIELD_PRO_MODE] = { "pro-mode", "pro_mode", REFUSE },
  [NANOGPT_FIELD_CAMERA_FIXED] = { "camera-fixed", "camera_fixed", REFUSE },
  [NANOGPT_FIELD_SHOW_EXPLICIT_CONTENT] = { "show-explicit-content",
      "showExplicitContent", WARN },
};

#define NO_VALUE ""
#define COMMON_RATIOS "16:9|9:16|1:1|4:3|3:4|21:9|9:21|auto"

#define IMAGE_OPTIONAL NANOGPT_IMAGE_OPTIONAL
#define IMAGE_REQUIRED NANOGPT_IMAGE_REQUIRED
#define IMAGE_ADVISABLE NANOGPT_IMAGE_ADVISABLE
#define IMAGE_REFUSED NANOGPT_IMAGE_REFUSED
#define ALL_FIELDS TRUE
#define SOME_FIELDS FALSE

#define NEGATIVE_PROMPT NANOGPT_FIELD_NEGATIVE_PROMPT
#define DURATION NANOGPT_FIELD_DURATION
#define ASPECT_RATIO NANOGPT_FIELD_ASPECT_RATIO
#define RESOLUTION NANOGPT_FIELD_RESOLUTION
#define SEED NANOGPT_FIELD_SEED
#define NUM_FRAMES NANOGPT_FIELD_NUM_FRAMES
#define FRAMES_PER_SECOND NANOGPT_FIELD_FRAMES_PER_SECOND
#define STEPS NANOGPT_FIELD_NUM_INFERENCE_STEPS
#define CFG_SCALE NANOGPT_FIELD_CFG_SCALE
#define PRO_MODE NANOGPT_FIELD_PRO_MODE
#define CAMERA_FIXED NANOGPT_FIELD_CAMERA_FIXED
#define EXPLICIT NANOGPT_FIELD_SHOW_EXPLICIT_CONTENT

/* clang-format off */
#define KLING_RULES                                                            \
  { DURATION, "5|10", REFUSE, NULL },                                          \
  { ASPECT_RATIO, COMMON_RATIOS, WARN, NULL },                                 \
  { NEGATIVE_PROMPT, NULL, WARN, NULL },                                       \
  { CFG_SCALE, "0..20", REFUSE, NULL },                                        \
  { CFG_SCALE, "0..1", WARN, NULL }

/* The first row that fits a slug counts. */
static const NanogptModelRules models[] = {
  { "veo2-video", IMAGE_OPTIONAL, ALL_FIELDS, {
      { DURATION, "5..30", WARN, NULL },
      { ASPECT_RATIO, "16:9|9:16|1:1|4:3|3:4", REFUSE, NULL },
      { NEGATIVE_PROMPT, NULL, WARN, NULL },
      { SEED, NULL, WARN, NULL } } },
  { "veo2-video-image-to-video", IMAGE_REQUIRED, SOME_FIELDS, {
      { DURATION, "5..8", WARN, NULL } } },
  { "veo3-video", IMAGE_OPTIONAL, ALL_FIELDS, {
      { DURATION, "8", WARN, NULL },
      { ASPECT_RATIO, "16:9", WARN, NULL },
      { RESOLUTION, "720p|1080p", REFUSE, NULL },
      { NEGATIVE_PROMPT, NULL, WARN, NULL } } },
  { "veo3-1-video", IMAGE_OPTIONAL, SOME_FIELDS, {
      { DURATION, "4|6|8", WARN, NULL } } },

  { "kling-video-v2", IMAGE_OPTIONAL, ALL_FIELDS, { KLING_RULES } },
  { "kling-v21-standard", IMAGE_REQUIRED, ALL_FIELDS, {
      KLING_RULES, { SEED, NULL, WARN, NULL } } },
  { "kling-v21-pro", IMAGE_ADVISABLE, ALL_FIELDS, {
      KLING_RULES, { SEED, NULL, WARN, NULL } } },
  { "kling-v21-master", IMAGE_ADVISABLE, SOME_FIELDS, { KLING_RULES } },
  { "kling-video", IMAGE_REFUSED, SOME_FIELDS, { { 0 } } },
  { "kling-v25-turbo-std", IMAGE_REQUIRED, SOME_FIELDS, { { 0 } } },
  { "kling-v2-avatar-*", IMAGE_REQUIRED, SOME_FIELDS, { { 0 } } },

  { "hunyuan-video", IMAGE_REFUSED, ALL_FIELDS, {
      { PRO_MODE, NULL, WARN, NULL },
      { ASPECT_RATIO, COMMON_RATIOS, WARN, NULL },
      { RESOLUTION, "480p|720p|1080p", REFUSE, NULL },
      { NUM_FRAMES, "65|97|129", REFUSE, NULL },
      { STEPS, "10..50", REFUSE, NULL },
      { EXPLICIT, NULL, WARN, NULL } } },
  { "hunyuan-video-image-to-video", IMAGE_REQUIRED, SOME_FIELDS, { { 0 } } },
  { "hunyuan-video-15", IMAGE_OPTIONAL, SOME_FIELDS, {
      { ASPECT_RATIO, "16:9|9:16", REFUSE, "orientation" } } },

  { "wan-video-image-to-video", IMAGE_REQUIRED, ALL_FIELDS, {
      { NUM_FRAMES, "81..100", REFUSE, NULL },
      { FRAMES_PER_SECOND, "5..24", REFUSE, NULL },
      { RESOLUTION, "480p|720p", REFUSE, NULL },
      { STEPS, "1..40", REFUSE, NULL },
      { NEGATIVE_PROMPT, NULL, WARN, NULL },
      { SEED, NULL, WARN, NULL },
      { CAMERA_FIXED, NO_VALUE, WARN, NULL } } },
  { "wan-video-22", IMAGE_OPTIONAL, SOME_FIELDS, {
      { DURATION, "5|8", REFUSE, NULL },
      { ASPECT_RATIO, "16:9|9:16", REFUSE, "orientation" } } },
  { "wan-video-22-5b", IMAGE_OPTIONAL, SOME_FIELDS, {
      { NUM_FRAMES, "81..121", REFUSE, NULL },
      { FRAMES_PER_SECOND, "4..60", REFUSE, NULL } } },
  { "wan-video-22-turbo", IMAGE_OPTIONAL, SOME_FIELDS, {
      { RESOLUTION, "480p|580p|720p", REFUSE, NULL },
      { DURATION, NO_VALUE, REFUSE, NULL } } },
  { "wan-wavespeed-s2v", IMAGE_REQUIRED, SOME_FIELDS, { { 0 } } },
  { "wan-wavespeed-22-animate", IMAGE_REQUIRED, SOME_FIELDS, { { 0 } } },

  { "seedance-video", IMAGE_OPTIONAL, ALL_FIELDS, {
      { RESOLUTION, "480p|1080p", WARN, NULL },
      { DURATION, "5|10", REFUSE, NULL },
      { ASPECT_RATIO, COMMON_RATIOS, WARN, NULL },
      { CAMERA_FIXED, NULL, WARN, NULL },
      { SEED, NULL, WARN, NULL } } },
  { "seedance-lite-video", IMAGE_OPTIONAL, ALL_FIELDS, {
      { RESOLUTION, "480p|720p", WARN, NULL },
      { DURATION, "5|10", REFUSE, NULL },
      { ASPECT_RATIO, NO_VALUE, WARN, NULL },
      { CAMERA_FIXED, NO_VALUE, WARN, NULL } } },
  { "bytedance-seedance-v1-pro-fast", IMAGE_OPTIONAL, SOME_FIELDS, {
      { DURATION, "2..12", REFUSE, NULL } } },
  { "bytedance/seedance-2.5", IMAGE_OPTIONAL, SOME_FIELDS, {
      { DURATION, "4..30", REFUSE, NULL } } },
  { "bytedance-waver-1.0", IMAGE_REQUIRED, SOME_FIELDS, { { 0 } } },
  { "bytedance-avatar-omni-human-1.5", IMAGE_REQUIRED, SOME_FIELDS, { { 0 } } },

  { "sora-2", IMAGE_OPTIONAL, SOME_FIELDS, {
      { DURATION, "4|8|12", REFUSE, "seconds" },
      { ASPECT_RATIO, "16:9|9:16", REFUSE, "orientation" } } },
  { "pixverse-v55", IMAGE_OPTIONAL, SOME_FIELDS, {
      { ASPECT_RATIO, NULL, WARN, "resolution_ratio" } } },
  { "pixverse-v56", IMAGE_OPTIONAL, SOME_FIELDS, {
      { ASPECT_RATIO, NULL, WARN, "resolution_ratio" } } },
  { "minimax-video", IMAGE_OPTIONAL, SOME_FIELDS, {
      { DURATION, "6|10", REFUSE, NULL } } },
  { "minimax-hailuo-02", IMAGE_OPTIONAL, SOME_FIELDS, {
      { DURATION, "6|10", REFUSE, NULL } } },
  { "minimax-h3", IMAGE_OPTIONAL, SOME_FIELDS, {
      { DURATION, "3..15", REFUSE, NULL } } },
  { "lightricks-ltx-2-fast", IMAGE_OPTIONAL, SOME_FIELDS, {
      { DURATION, "6|8|10|12|14|16|18|20", REFUSE, NULL } } },
  { "lightricks-ltx-2-pro", IMAGE_OPTIONAL, SOME_FIELDS, {
      { DURATION, "6|8|10", REFUSE, NULL } } },
  { "midjourney-video", IMAGE_REQUIRED, SOME_FIELDS, { { 0 } } },
  { "veed-fabric-1.0", IMAGE_REQUIRED, SOME_FIELDS, { { 0 } } },
  { "*/image-to-video", IMAGE_REQUIRED, SOME_FIELDS, { { 0 } } },
};
/* clang-format on */

static const NanogptModelRules *
find_model (const char *slug)
{
  for (guint i = 0; i < G_N_ELEMENTS (models); i++) {
    if (g_pattern_match_simple (models[i].slugs, slug))
      return &models[i];
  }
  return NULL;
}

static const NanogptFieldRule *
find_rule (const NanogptModelRules *model, NanogptField field,
    const NanogptFieldRule *after)
{
  const NanogptFieldRule *rule;

  if (model == NULL)
    return NULL;
  rule = after != NULL ? after + 1 : model->rules;
  for (; rule < model->rules + G_N_ELEMENTS (model->rules); rule++) {
    if (rule->field == field)
      return rule;
  }
  return NULL;
}

const NanogptModelRules *
nanogpt_models_get_rules (guint *n_models)
{
  *n_models = G_N_ELEMENTS (models);
  return models;
}

const NanogptFieldInfo *
nanogpt_field_get_info (NanogptField field)
{
  return field < G_N_ELEMENTS (fields) ? &fields[field] : NULL;
}

const char *
nanogpt_model_get_wire_name (const char *model, NanogptField field)
{
  const NanogptFieldRule *rule = find_rule (find_model (model), field, NULL);

  return rule != NULL && rule->wire != NULL ? rule->wire : fields[field].wire;
}

char *
nanogpt_model_dup_wire_value (
    const char *model, NanogptField field, const char *value)
{
  const char *wire = nanogpt_model_get_wire_name (model, field);

  if (field == NANOGPT_FIELD_DURATION
      && (g_str_has_prefix (model, "veo2") || g_str_has_prefix (model, "veo3")))
    return g_strconcat (value, "s", NULL);
  if (strcmp (wire, "orientation") == 0)
    return g_strdup (strcmp (value, "9:16") == 0 ? "portrait" : "landscape");
  return g_strdup (value);
}

static gboolean
is_in_list (const char *values, const char *value)
{
  g_auto (GStrv) list = g_strsplit (values, "|", -1);

  return g_strv_contains ((const char *const *)list, value);
}

static gboolean
is_allowed (const char *values, const char *value)
{
  const char *dots;
  double number;

  if (values == NULL)
    return TRUE;
  dots = strstr (values, "..");
  if (dots == NULL)
    return is_in_list (values, value);
  number = g_ascii_strtod (value, NULL);
  return number >= g_ascii_strtod (values, NULL)
      && number <= g_ascii_strtod (dots + 2, NULL);
}

/* "5|10|15" becomes "5, 10 or 15", and "5..30" becomes "5 to 30". */
static char *
describe_values (const char *values)
{
  g_auto (GStrv) list = g_strsplit (values, "|", -1);
  guint length = g_strv_length (list);
  g_autoptr (GString) text = g_string_new (list[0]);

  for (guint i = 1; i < length; i++) {
    g_string_append (text, i + 1 < length ? ", " : " or ");
    g_string_append (text, list[i]);
  }
  g_string_replace (text, "..", " to ", 1);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void refuse (GError **error, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

static void
refuse (GError **error, const char *format, ...)
{
  g_autofree char *fault = NULL;
  va_list arguments;

  va_start (arguments, format);
  fault = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
      _ ("%s (to send it all the same, put the field into the property parameters)"),
      fault);
}

static gboolean
judge_unlisted (const char *model, NanogptField field, NanogptVerdict verdict,
    GPtrArray *warnings, GError **error)
{
  const char *property = fields[field].property;

  if (verdict == REFUSE) {
    refuse (error,
        _ ("Model %s has no %s: the service would ignore it, and charge for the "
           "clip"),
        model, property);
    return FALSE;
  }
  g_ptr_array_add (warnings,
      g_strdup_printf (
          _ ("Model %s is not documented to have %s: it is sent, but "
             "the service may ignore it"),
          model, property));
  return TRUE;
}

static gboolean
judge_value (const char *model, const NanogptFieldRule *rule, const char *value,
    GPtrArray *warnings, GError **error)
{
  g_autofree char *allowed = NULL;
  const char *property = fields[rule->field].property;

  if (is_allowed (rule->values, value))
    return TRUE;
  if (strcmp (rule->values, NO_VALUE) == 0)
    return judge_unlisted (
        model, rule->field, rule->otherwise, warnings, error);

  allowed = describe_values (rule->values);
  if (rule->otherwise == REFUSE) {
    refuse (error, _ ("Model %s takes %s as %s, not %s"), model, allowed,
        property, value);
    return FALSE;
  }
  g_ptr_array_add (warnings,
      g_strdup_printf (
          _ ("Model %s is documented to take %s as %s: %s is sent, "
             "but the service may refuse or ignore it"),
          model, allowed, property, value));
  return TRUE;
}

gboolean
nanogpt_model_check_field (const char *slug, NanogptField field,
    const char *value, GPtrArray *warnings, GError **error)
{
  const NanogptModelRules *model = find_model (slug);
  const NanogptFieldRule *rule = find_rule (model, field, NULL);

  if (rule == NULL && model != NULL && model->complete)
    return judge_unlisted (
        slug, field, fields[field].unlisted, warnings, error);
  for (; rule != NULL; rule = find_rule (model, field, rule)) {
    if (!judge_value (slug, rule, value, warnings, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
nanogpt_model_check_image (
    const char *slug, gboolean has_image, GPtrArray *warnings, GError **error)
{
  const NanogptModelRules *model = find_model (slug);
  NanogptImageRule rule = model != NULL ? model->image : IMAGE_OPTIONAL;

  if (rule == IMAGE_REQUIRED && !has_image) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_IMAGE_REQUIRED,
        _ ("Model %s needs an input image: set image-url or image-location, or "
           "send an image or a frame to nanovidtransform"),
        slug);
    return FALSE;
  }
  if (rule == IMAGE_REFUSED && has_image) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("Model %s takes no input image: choose another model, or leave the "
           "image out"),
        slug);
    return FALSE;
  }
  if (rule == IMAGE_ADVISABLE && !has_image)
    g_ptr_array_add (warnings,
        g_strdup_printf (_ ("Model %s may need an input image: the service may "
                            "refuse the request without one"),
            slug));
  return TRUE;
}
