/* nanovid: requests that are kept under a name
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidpreset.h"

#include <string.h>

#include "gstnanovidbase.h"

GST_DEBUG_CATEGORY_STATIC (gst_nanovid_preset_debug);
#define GST_CAT_DEFAULT gst_nanovid_preset_debug

/* GStreamer's own, which read and write the files. */
static gboolean (*load_preset) (GstPreset *preset, const char *name);
static gboolean (*save_preset) (GstPreset *preset, const char *name);

/* The preset that this thread is saving: it asks for the names of the
 * properties as loading does, which needs all of them. */
static GPrivate saving;

static char **
gst_nanovid_preset_get_property_names (GstPreset *preset)
{
  if (g_private_get (&saving) == preset)
    return gst_nanovid_base_list_request (GST_NANOVID_BASE (preset));
  return gst_nanovid_properties_list_request (NULL);
}

/* Returns: (nullable): the value of a property that is a text */
static char *
get_text (GstPreset *preset, const char *name)
{
  GObjectClass *klass = G_OBJECT_GET_CLASS (preset);
  char *text = NULL;

  if (g_object_class_find_property (klass, name)->value_type == G_TYPE_STRING)
    g_object_get (preset, name, &text, NULL);
  return text;
}

/* GStreamer escapes a text twice when it writes it, and unescapes it once when
 * it reads it; with a quote in it, it cannot read it at all. */
static gboolean
can_keep (GstPreset *preset, char **names)
{
  for (; *names; names++) {
    g_autofree char *text = get_text (preset, *names);

    if (!text || !strpbrk (text, "\"\\"))
      continue;
    GST_WARNING_OBJECT (preset,
        "a preset cannot keep quotes and backslashes, which %s has", *names);
    return FALSE;
  }
  return TRUE;
}

static void
unescape (GstPreset *preset, const char *name, const char *text)
{
  g_autofree char *quoted = g_strdup_printf ("\"%s\"", text);
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_STRING);
  if (gst_value_deserialize (&value, quoted))
    g_object_set_property (G_OBJECT (preset), name, &value);
}

static gboolean
gst_nanovid_preset_load (GstPreset *preset, const char *name)
{
  g_auto (GStrv) names = gst_nanovid_properties_list_request (NULL);
  g_autoptr (GPtrArray) former = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; names[i]; i++)
    g_ptr_array_add (former, get_text (preset, names[i]));
  if (!load_preset (preset, name))
    return FALSE;

  for (guint i = 0; names[i]; i++) {
    g_autofree char *text = get_text (preset, names[i]);

    if (text && strchr (text, '\\') && g_strcmp0 (text, former->pdata[i]) != 0)
      unescape (preset, names[i], text);
  }
  return TRUE;
}

static gboolean
exists (GstPreset *preset, const char *name)
{
  g_auto (GStrv) names = gst_preset_get_preset_names (preset);

  return names && g_strv_contains ((const char *const *)names, name);
}

static gboolean
gst_nanovid_preset_save (GstPreset *preset, const char *name)
{
  g_auto (GStrv) names =
      gst_nanovid_base_list_request (GST_NANOVID_BASE (preset));
  gboolean saved;

  if (!can_keep (preset, names))
    return FALSE;
  /* What it had and is no longer set would stay. */
  if (exists (preset, name))
    gst_preset_delete_preset (preset, name);

  g_private_set (&saving, preset);
  saved = save_preset (preset, name);
  g_private_set (&saving, NULL);
  return saved;
}

void
gst_nanovid_preset_interface_init (gpointer iface, gpointer data G_GNUC_UNUSED)
{
  GstPresetInterface *preset = iface;

  GST_DEBUG_CATEGORY_INIT (gst_nanovid_preset_debug, "nanovidpreset", 0,
      "nanovid: requests that are kept under a name");
  load_preset = preset->load_preset;
  save_preset = preset->save_preset;
  preset->load_preset = gst_nanovid_preset_load;
  preset->save_preset = gst_nanovid_preset_save;
  preset->get_property_names = gst_nanovid_preset_get_property_names;
}
