/* nanovid: the options of one prompt become properties of its request
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidoptions.h"

#include <glib/gi18n-lib.h>

#include "nanogpt/base/error.h"

typedef struct
{
  GObjectClass *klass;
  GstNanovidProperties *properties;
  GError *error;
} Application;

static gboolean
get_number (const GValue *value, double *number)
{
  g_auto (GValue) transformed = G_VALUE_INIT;

  g_value_init (&transformed, G_TYPE_DOUBLE);
  if (!g_value_transform (value, &transformed))
    return FALSE;
  *number = g_value_get_double (&transformed);
  return TRUE;
}

/* A number that does not fit would be converted to another one. */
static gboolean
is_same_number (const GValue *a, const GValue *b)
{
  double number_a, number_b;

  return get_number (a, &number_a) && get_number (b, &number_b)
      && number_a == number_b;
}

/* Authors of scripts, and programs in languages with only one numeric type, do
 * not know the type of the property. */
static gboolean
convert (const GValue *value, GParamSpec *pspec, GValue *converted)
{
  g_value_init (converted, pspec->value_type);
  if (g_value_type_compatible (G_VALUE_TYPE (value), pspec->value_type))
    g_value_copy (value, converted);
  else if (G_VALUE_HOLDS_STRING (value))
    return g_value_get_string (value)
        && gst_value_deserialize (converted, g_value_get_string (value))
        && !g_param_value_validate (pspec, converted);
  else if (!g_value_transform (value, converted)
      || !is_same_number (value, converted))
    return FALSE;
  return !g_param_value_validate (pspec, converted);
}

static gboolean
apply_field (GQuark field, const GValue *value, gpointer user_data)
{
  Application *application = user_data;
  const char *name = g_quark_to_string (field);
  GParamSpec *pspec = g_object_class_find_property (application->klass, name);
  guint id = pspec ? gst_nanovid_properties_find_option (pspec->name) : 0;
  g_auto (GValue) converted = G_VALUE_INIT;

  if (id == 0) {
    g_set_error (&application->error, NANOGPT_ERROR,
        NANOGPT_ERROR_INVALID_REQUEST,
        _ ("A prompt cannot have the option \"%s\": it is not a property that "
           "says what to generate"),
        name);
    return FALSE;
  }
  if (!convert (value, pspec, &converted)) {
    g_set_error (&application->error, NANOGPT_ERROR,
        NANOGPT_ERROR_INVALID_REQUEST,
        _ ("The option \"%s\" of the prompt has a value that is not valid for "
           "the property"),
        name);
    return FALSE;
  }
  gst_nanovid_properties_set (application->properties, id, &converted);
  return TRUE;
}

gboolean
gst_nanovid_options_apply (const GstStructure *options, GObjectClass *klass,
    GstNanovidProperties *properties, GError **error)
{
  Application application = { klass, properties, NULL };

  gst_structure_foreach (options, apply_field, &application);
  if (!application.error)
    return TRUE;

  g_propagate_error (error, application.error);
  return FALSE;
}
