/* nanovid: reads a script, a prompt per line
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidscript.h"

#include <gio/gio.h>

#include "nanogpt/request/prompt-line.h"

static void
set_list (GstStructure *options, const char *name, GVariant *list)
{
  g_auto (GValue) value = G_VALUE_INIT;
  gsize count = g_variant_n_children (list);

  g_value_init (&value, GST_TYPE_ARRAY);
  for (gsize i = 0; i < count; i++) {
    g_autoptr (GVariant) item = g_variant_get_child_value (list, i);
    GValue text = G_VALUE_INIT;

    g_value_init (&text, G_TYPE_STRING);
    g_value_set_string (&text, g_variant_get_string (item, NULL));
    gst_value_array_append_and_take_value (&value, &text);
  }
  gst_structure_set_value (options, name, &value);
}

static void
set_option (GstStructure *options, const char *name, GVariant *variant)
{
  g_auto (GValue) value = G_VALUE_INIT;

  if (g_variant_is_of_type (variant, G_VARIANT_TYPE_STRING_ARRAY)) {
    set_list (options, name, variant);
    return;
  }
  g_dbus_gvariant_to_gvalue (variant, &value);
  gst_structure_set_value (options, name, &value);
}

static GstStructure *
create_options (GVariant *properties)
{
  GstStructure *options = gst_structure_new_empty ("options");
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_variant_iter_init (&iter, properties);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    set_option (options, name, value);
  return options;
}

static GstNanovidPrompt *
read_line (const char *line)
{
  GstNanovidPrompt *prompt = gst_nanovid_prompt_new ();
  g_autoptr (GVariant) properties = NULL;

  nanogpt_prompt_line_parse (line, &prompt->text, &properties, &prompt->error);
  if (properties)
    prompt->options = create_options (properties);
  return prompt;
}

gboolean
gst_nanovid_script_load (const char *location, GQueue *prompts, GError **error)
{
  g_auto (GStrv) lines = nanogpt_prompt_lines_load (location, error);

  if (!lines)
    return FALSE;
  for (char **line = lines; *line; line++) {
    if (**line)
      g_queue_push_tail (prompts, read_line (*line));
  }
  return TRUE;
}
