/* nanovid: which properties a preset keeps
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidpreset.h"

/* The request properties that survive a round trip through GStreamer's preset
 * files.  Strings do not: spaces, quotes and the like are escaped twice when
 * written, but unescaped only once when read. */
static const char *const kept_properties[] = { "model", "duration",
  "aspect-ratio", "resolution", "seed", "num-frames", "frames-per-second",
  "num-inference-steps", "cfg-scale", "pro-mode", "camera-fixed",
  "show-explicit-content", "operation", "generate-audio", NULL };

/* GStreamer's own implementation, which writes the file. */
static gboolean (*write_preset) (GstPreset *preset, const char *name);

/* The preset being saved by this thread. */
static GPrivate saving;

static gboolean
has_default (GstPreset *preset, const char *name)
{
  GParamSpec *pspec =
      g_object_class_find_property (G_OBJECT_GET_CLASS (preset), name);
  g_auto (GValue) value = G_VALUE_INIT;

  g_object_get_property (G_OBJECT (preset), name, &value);
  return g_param_value_defaults (pspec, &value);
}

/* Loading asks for all properties that the file may contain, saving for those
 * to write.  An unset string would be read back as the string "NULL", and an
 * unset switch as off. */
static char **
gst_nanovid_preset_get_property_names (GstPreset *preset)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; kept_properties[i]; i++) {
    if (g_private_get (&saving) != preset
        || !has_default (preset, kept_properties[i]))
      g_strv_builder_add (names, kept_properties[i]);
  }
  return g_strv_builder_end (names);
}

static gboolean
gst_nanovid_preset_save (GstPreset *preset, const char *name)
{
  gboolean saved;

  g_private_set (&saving, preset);
  saved = write_preset (preset, name);
  g_private_set (&saving, NULL);
  return saved;
}

void
gst_nanovid_preset_interface_init (gpointer iface, gpointer data G_GNUC_UNUSED)
{
  GstPresetInterface *preset = iface;

  write_preset = preset->save_preset;
  preset->save_preset = gst_nanovid_preset_save;
  preset->get_property_names = gst_nanovid_preset_get_property_names;
}
