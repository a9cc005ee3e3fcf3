/* nanovid: prints an element's properties for the users' documentation
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <gst/gst.h>
#include <stdio.h>

/* As in caps and structures: uint, not guint. */
static const char *
get_type_name (GParamSpec *spec)
{
  const char *name = g_type_name (spec->value_type);

  return *name == 'g' ? name + 1 : name;
}

static char *
describe_enum (GParamSpecEnum *spec)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < spec->enum_class->n_values; i++)
    g_string_append_printf (text, "%s`%s`", i > 0 ? ", " : "",
        spec->enum_class->values[i].value_nick);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
describe_range (GParamSpec *spec, double from, double to, gboolean bounded)
{
  if (!bounded)
    return g_strdup_printf ("%s, from %.15g", get_type_name (spec), from);
  return g_strdup_printf ("%s, %.15g to %.15g", get_type_name (spec), from, to);
}

static char *
describe_type (GParamSpec *spec)
{
  if (G_IS_PARAM_SPEC_UINT (spec)) {
    GParamSpecUInt *uint = G_PARAM_SPEC_UINT (spec);

    return describe_range (
        spec, uint->minimum, uint->maximum, uint->maximum < G_MAXUINT);
  }
  if (G_IS_PARAM_SPEC_INT64 (spec)) {
    GParamSpecInt64 *int64 = G_PARAM_SPEC_INT64 (spec);

    return describe_range (
        spec, int64->minimum, int64->maximum, int64->maximum < G_MAXINT64);
  }
  if (G_IS_PARAM_SPEC_UINT64 (spec)) {
    GParamSpecUInt64 *uint64 = G_PARAM_SPEC_UINT64 (spec);

    return describe_range (
        spec, uint64->minimum, uint64->maximum, uint64->maximum < G_MAXUINT64);
  }
  if (G_IS_PARAM_SPEC_DOUBLE (spec)) {
    GParamSpecDouble *real = G_PARAM_SPEC_DOUBLE (spec);

    return describe_range (
        spec, real->minimum, real->maximum, real->maximum < G_MAXDOUBLE);
  }
  if (G_IS_PARAM_SPEC_ENUM (spec))
    return describe_enum (G_PARAM_SPEC_ENUM (spec));
  if (G_IS_PARAM_SPEC_STRING (spec))
    return g_strdup ("string");
  if (spec->value_type == GST_TYPE_ARRAY)
    return g_strdup ("array of strings");
  return g_strdup (get_type_name (spec));
}

static char *
describe_default (GParamSpec *spec)
{
  const GValue *value = g_param_spec_get_default_value (spec);

  if (!(spec->flags & G_PARAM_WRITABLE))
    return g_strdup ("");
  if (G_VALUE_HOLDS (value, GST_TYPE_ARRAY))
    return g_strdup ("empty");
  if (G_VALUE_HOLDS_STRING (value) && !g_value_get_string (value))
    return g_strdup ("unset");
  if (G_VALUE_HOLDS_STRING (value))
    return g_strdup_printf ("`%s`", g_value_get_string (value));
  if (G_VALUE_HOLDS_BOOLEAN (value))
    return g_strdup (g_value_get_boolean (value) ? "true" : "false");
  if (G_VALUE_HOLDS_DOUBLE (value))
    return g_strdup_printf ("%g", g_value_get_double (value));
  if (G_VALUE_HOLDS_ENUM (value))
    return g_strdup_printf ("`%s`",
        g_enum_get_value (
            G_PARAM_SPEC_ENUM (spec)->enum_class, g_value_get_enum (value))
            ->value_nick);
  /* The element's own default, which its description explains. */
  if (G_VALUE_HOLDS_BOXED (value) && !g_value_get_boxed (value))
    return g_strdup ("");
  return gst_value_serialize (value);
}

static const char *
describe_access (GParamSpec *spec)
{
  if (!(spec->flags & G_PARAM_WRITABLE))
    return "read only";
  if (!(spec->flags & G_PARAM_READABLE))
    return "write only";
  return "";
}

static const char *
describe_mutability (GParamSpec *spec)
{
  if (!(spec->flags & G_PARAM_WRITABLE))
    return "";
  if (spec->flags & GST_PARAM_MUTABLE_PLAYING)
    return "any state";
  if (spec->flags & GST_PARAM_MUTABLE_PAUSED)
    return "up to PAUSED";
  return "up to READY";
}

/* What the first version had: one line for each element and each property. */
static char **former;

static gboolean
is_new (const char *element, GParamSpec *spec)
{
  g_autofree char *line =
      g_strdup_printf ("%s property %s", element, spec->name);
  const char *const *lines = (const char *const *)former;

  return g_strv_contains (lines, element) && !g_strv_contains (lines, line);
}

static char *
describe (const char *element, GParamSpec *spec)
{
  g_autofree char *type = describe_type (spec);
  g_autofree char *value = describe_default (spec);
  const char *access = describe_access (spec);
  const char *mutability = describe_mutability (spec);
  g_autoptr (GString) blurb = g_string_new (g_param_spec_get_blurb (spec));

  g_string_replace (blurb, "|", "\\|", 0);
  return g_strdup_printf ("| `%s` | %s | %s | %s%s%s | %s%s |", spec->name,
      type, value, access, *access && *mutability ? ", " : "", mutability,
      blurb->str, is_new (element, spec) ? ". Since 0.2" : "");
}

static GObjectClass *
load_class (const char *element)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (element);
  g_autoptr (GstPluginFeature) loaded = NULL;

  if (factory)
    loaded = gst_plugin_feature_load (GST_PLUGIN_FEATURE (factory));
  if (!loaded)
    return NULL;
  return g_type_class_ref (
      gst_element_factory_get_element_type (GST_ELEMENT_FACTORY (loaded)));
}

/* Whether @base has a property with the same meaning; the states in which it
 * can be changed may differ. */
static gboolean
is_known (GObjectClass *base, GParamSpec *spec)
{
  GParamSpec *other =
      base ? g_object_class_find_property (base, spec->name) : NULL;

  return other && other->value_type == spec->value_type
      && g_str_equal (
          g_param_spec_get_blurb (other), g_param_spec_get_blurb (spec));
}

static void
print_table (const char *element, GObjectClass *klass, GObjectClass *base)
{
  g_autofree GParamSpec **specs = NULL;
  g_autoptr (GString) rows = g_string_new (NULL);
  guint n_specs;

  specs = g_object_class_list_properties (klass, &n_specs);
  for (guint i = 0; i < n_specs; i++) {
    g_autofree char *line = describe (element, specs[i]);

    if (g_str_has_prefix (g_type_name (specs[i]->owner_type), "GstNanovid")
        && !is_known (base, specs[i]))
      g_string_append_printf (rows, "%s\n", line);
  }

  if (rows->len == 0)
    printf ("None.\n");
  else
    printf ("| property | type | default | can be set | meaning |\n"
            "|---|---|---|---|---|\n%s",
        rows->str);
}

/* print-properties FORMER ELEMENT [BASE]: prints the properties of ELEMENT that
 * BASE does not have with the same meaning. FORMER is the file that lists the
 * elements and properties of the first version. */
int
main (int argc, char **argv)
{
  GObjectClass *klass, *base;
  g_autofree char *text = NULL;

  gst_init (&argc, &argv);
  if (argc < 3 || !g_file_get_contents (argv[1], &text, NULL, NULL)) {
    fprintf (stderr, "usage: print-properties FORMER ELEMENT [BASE]\n");
    return 1;
  }
  former = g_strsplit (text, "\n", -1);
  klass = load_class (argv[2]);
  base = argc > 3 ? load_class (argv[3]) : NULL;
  if (!klass || (argc > 3 && !base)) {
    fprintf (stderr, "print-properties: there is no such element\n");
    return 1;
  }
  print_table (argv[2], klass, base);
  g_strfreev (former);
  return 0;
}
