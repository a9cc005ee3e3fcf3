/* nanovid: the loadable module
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "gst/channel/gstnanovidchannel.h"
#include "gst/gstnanovidsrc.h"
#include "gst/gstnanovidtransform.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  const char *locale_dir =
      g_getenv ("NANOVID_LOCALEDIR"); /* of the build tree */
  gboolean registered;

  bindtextdomain (GETTEXT_PACKAGE, locale_dir ? locale_dir : LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");

  registered = GST_ELEMENT_REGISTER (nanovidsrc, plugin);
  registered |= GST_ELEMENT_REGISTER (nanovidtransform, plugin);
  registered |= GST_ELEMENT_REGISTER (nanovidchannel, plugin);
  return registered;
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, nanovid,
    "Video generation with the NanoGPT service", plugin_init, PACKAGE_VERSION,
    "LGPL", PACKAGE_NAME, PACKAGE_ORIGIN)
