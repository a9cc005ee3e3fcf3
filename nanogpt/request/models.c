/* nanovid: applies the models' rules to request fields
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "models.h"

#include <glib/gi18n-lib.h>

#include "media-names.h"
#include "nanogpt/base/error.h"

static const NanogptModelRules *
find_model (const char *slug)
{
  return nanogpt_model_table_find (nanogpt_model_table_get (), slug);
}

const char *
nanogpt_model_get_wire_name (const char *slug, NanogptField field)
{
  const NanogptModelRules *model = find_model (slug);
  const char *wire = model ? model->fields[field].wire : NULL;

  return wire ? wire : nanogpt_field_get_info (field)->wire;
}

char *
nanogpt_model_dup_wire_value (
    const char *slug, NanogptField field, const char *value)
{
  const NanogptModelRules *model = find_model (slug);
  const NanogptFieldRule *rule = model ? &model->fields[field] : NULL;
  const char *spelled = value;

  if (rule && rule->spelling)
    g_variant_lookup (rule->spelling, value, "&s", &spelled);
  return g_strconcat (spelled, rule ? rule->suffix : NULL, NULL);
}

static gboolean
has_value (const NanogptValues *values, const char *value)
{
  double number;

  if (!values->is_range)
    return g_strv_contains ((const char *const *)values->items, value);
  number = g_ascii_strtod (value, NULL);
  return number >= g_ascii_strtod (values->items[0], NULL)
      && number <= g_ascii_strtod (values->items[1], NULL);
}

/* "5, 10 or 15", and "5 to 30" */
static char *
describe_values (const NanogptValues *values)
{
  guint length = g_strv_length (values->items);
  g_autoptr (GString) text = g_string_new (values->items[0]);

  for (guint i = 1; i < length; i++) {
    g_string_append (text,
        values->is_range     ? " to "
            : i + 1 < length ? ", "
                             : " or ");
    g_string_append (text, values->items[i]);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void refuse_value (GError **error, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

static void
refuse_value (GError **error, const char *format, ...)
{
  g_autofree char *fault = NULL;
  va_list arguments;

  va_start (arguments, format);
  fault = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
      /* Translators: %s is a sentence. */
      _ ("%s (to send it anyway, put the field into the property parameters)"),
      fault);
}

static gboolean
judge_unlisted (const char *model, NanogptField field, NanogptVerdict verdict,
    GPtrArray *warnings, GError **error)
{
  const char *property = nanogpt_field_get_info (field)->property;

  if (verdict == NANOGPT_REFUSE) {
    refuse_value (error,
        _ ("Model %s has no %s: the service would ignore it, but charge for "
           "the clip"),
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

/* @values: (nullable): what the model accepts, or is documented to accept */
static gboolean
judge_value (const char *model, NanogptField field, const NanogptValues *values,
    NanogptVerdict otherwise, const char *value, GPtrArray *warnings,
    GError **error)
{
  const char *property = nanogpt_field_get_info (field)->property;
  g_autofree char *allowed = NULL;

  if (!values || has_value (values, value))
    return TRUE;
  if (!*values->items)
    return judge_unlisted (model, field, otherwise, warnings, error);

  allowed = describe_values (values);
  if (otherwise == NANOGPT_REFUSE) {
    /* Translators: model, list of values, property, value. */
    refuse_value (error, _ ("Model %s accepts %s as %s, not %s"), model,
        allowed, property, value);
    return FALSE;
  }
  g_ptr_array_add (warnings,
      g_strdup_printf (
          /* Translators: model, list of values, property, value. */
          _ ("Model %s is documented to accept %s as %s: %s is sent, but the "
             "service may refuse or ignore it"),
          model, allowed, property, value));
  return TRUE;
}

gboolean
nanogpt_model_check_field (const char *slug, NanogptField field,
    const char *value, GPtrArray *warnings, GError **error)
{
  const NanogptModelRules *model = find_model (slug);
  const NanogptFieldRule *rule = model ? &model->fields[field] : NULL;

  if (!model)
    return TRUE;
  if (!rule->is_known && model->is_complete)
    return judge_unlisted (
        slug, field, nanogpt_field_get_info (field)->unlisted, warnings, error);
  return judge_value (
             slug, field, rule->taken, NANOGPT_REFUSE, value, warnings, error)
      && judge_value (
          slug, field, rule->documented, NANOGPT_WARN, value, warnings, error);
}

gboolean
nanogpt_model_knows_wire_name (const char *slug, NanogptField field)
{
  const NanogptModelRules *model = find_model (slug);

  return model && model->fields[field].is_known;
}

const char *
nanogpt_model_get_default (const char *slug, NanogptField field)
{
  const NanogptModelRules *model = find_model (slug);

  return model ? model->fields[field].initial : NULL;
}

/* Media */

/* Whether a model that does not have the medium would ignore it, but charge for
 * the clip: such a medium is only sent to models that are known to accept
 * it. */
static gboolean
is_easily_lost (NanogptMediaRole role)
{
  return role == NANOGPT_MEDIA_LAST_IMAGE
      || role == NANOGPT_MEDIA_REFERENCE_IMAGE;
}

const char *
nanogpt_model_get_media_name (
    const char *slug, NanogptMediaRole role, gboolean is_url)
{
  const NanogptModelRules *model = find_model (slug);
  const NanogptMediaNames *names = nanogpt_media_names_get (role);

  if (model && model->media[role].wire)
    return model->media[role].wire;
  if (!model || is_easily_lost (role)
      || (!model->media[role].use
          && (role != NANOGPT_MEDIA_IMAGE || !model->is_complete)))
    return NULL;
  return is_url ? names->url : names->data;
}

/* "a, b, c" */
static char *
list_takers (NanogptMediaRole role)
{
  GPtrArray *table = nanogpt_model_table_get ();
  g_autoptr (GPtrArray) slugs = g_ptr_array_new ();

  for (guint i = 0; i < table->len; i++) {
    const NanogptModelRules *model = table->pdata[i];

    if (model->media[role].wire)
      g_ptr_array_add (slugs, model->slug);
  }
  g_ptr_array_add (slugs, NULL);
  return g_strjoinv (", ", (char **)slugs->pdata);
}

void
nanogpt_model_refuse_media (
    const char *slug, NanogptMediaRole role, GError **error)
{
  g_autofree char *takers = list_takers (role);

  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
      /* Translators: model, kind of medium, models, field. */
      _ ("Model %s is not known to take %s: the service would ignore it, but "
         "charge for the clip. These models take it: %s (to send it anyway, "
         "put the model's field for it, such as %s, into the property "
         "parameters)"),
      slug, nanogpt_media_get_properties (role)->name, takers,
      nanogpt_media_names_get (role)->url);
}

gboolean
nanogpt_model_check_media (const char *slug, NanogptMediaRole role, guint n,
    GPtrArray *warnings, GError **error)
{
  const NanogptModelRules *model = find_model (slug);
  const NanogptMediaRule *rule = model ? &model->media[role] : NULL;
  const char *name = nanogpt_media_get_properties (role)->name;

  if (!model || n == 0)
    return TRUE;
  if (rule->maximum > 0 && n > rule->maximum) {
    /* Translators: model, number, kind of medium, number. */
    refuse_value (error, _ ("Model %s accepts at most %u as %s, not %u"), slug,
        rule->maximum, name, n);
    return FALSE;
  }
  if (rule->use || !model->is_complete || role == NANOGPT_MEDIA_IMAGE
      || is_easily_lost (role))
    return TRUE;
  g_ptr_array_add (warnings,
      g_strdup_printf (_ ("Model %s is not documented to have %s: it is sent, "
                          "but the service may ignore it"),
          slug, name));
  return TRUE;
}

static gboolean
refuse_without (const char *slug, NanogptMediaRole role, GError **error)
{
  switch (role) {
    case NANOGPT_MEDIA_VIDEO:
      g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
          _ ("Model %s works on a video: set video-url or video-location, or "
             "send a video to nanovidtransform"),
          slug);
      return FALSE;
    case NANOGPT_MEDIA_AUDIO:
      g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
          _ ("Model %s needs a sound: set audio-url or audio-location, or send "
             "a sound to nanovidtransform"),
          slug);
      return FALSE;
    default:
      g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_IMAGE_REQUIRED,
          _ ("Model %s needs an input image: set image-url or image-location, "
             "or send an image or a frame to nanovidtransform"),
          slug);
      return FALSE;
  }
}

static const char *
get_advice (NanogptMediaRole role)
{
  switch (role) {
    case NANOGPT_MEDIA_VIDEO:
      return _ ("a source video");
    case NANOGPT_MEDIA_AUDIO:
      return _ ("a sound");
    default:
      return _ ("an input image");
  }
}

gboolean
nanogpt_model_check_use (const char *slug, NanogptMediaRole role, gboolean has,
    GPtrArray *warnings, GError **error)
{
  const NanogptModelRules *model = find_model (slug);
  NanogptMediaUse use = model ? model->media[role].use : NANOGPT_USE_UNKNOWN;

  if (use == NANOGPT_USE_REQUIRED && !has)
    return refuse_without (slug, role, error);
  if (use == NANOGPT_USE_REFUSED && has) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("Model %s accepts no input image: choose another model, or remove "
           "the image"),
        slug);
    return FALSE;
  }
  if (use == NANOGPT_USE_ADVISABLE && !has)
    g_ptr_array_add (warnings,
        g_strdup_printf (_ ("Model %s may need %s: the service may refuse the "
                            "request without one"),
            slug, get_advice (role)));
  return TRUE;
}
