/* nanovid: reads a script, a prompt a line
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidscript.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "nanogpt/base/error.h"
#include "nanogpt/request/prompt-line.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

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

static gboolean
is_prompt (const char *line)
{
  line += strspn (line, " \t\r");
  return *line != '\0' && *line != '#';
}

gboolean
gst_nanovid_script_load (const char *location, GQueue *prompts, GError **error)
{
  g_autofree char *name = g_filename_display_name (location);
  g_autoptr (GError) reason = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  const char *begin;
  GStatBuf info;

  /* A pipe or a device could keep the caller for ever. */
  if (g_stat (location, &info) < 0 || !S_ISREG (info.st_mode)) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("The script \"%s\" does not exist or is not a file"), name);
    return FALSE;
  }
  if (!g_file_get_contents (location, &text, NULL, &reason)) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("The script cannot be read: %s"), reason->message);
    return FALSE;
  }

  begin = text;
  if (g_str_has_prefix (begin, BYTE_ORDER_MARK))
    begin += strlen (BYTE_ORDER_MARK);
  lines = g_strsplit (begin, "\n", -1);
  for (char **line = lines; *line; line++) {
    if (is_prompt (*line))
      g_queue_push_tail (prompts, read_line (*line));
  }
  return TRUE;
}
