/* nanovid: checks, before a submit, that downstream takes a clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidoutlet.h"

#include <glib/gi18n-lib.h>
#include <gst/base/gstbasetransform.h>

#include "gstnanovidcontent.h"
#include "nanogpt/base/error.h"

static GstFlowReturn look_behind (GstPad *pad);

/* Whether data that arrives at the pad leaves through other pads unchanged.
 * Some elements create their source pads only when they see data: typefind, and
 * bins whose ghost pad has no target yet, such as decodebin3. */
static gboolean
passes_data_on (GstPad *pad)
{
  g_autoptr (GstObject) parent = gst_object_get_parent (GST_OBJECT (pad));
  g_autoptr (GstPad) target = NULL;

  if (GST_IS_GHOST_PAD (pad) && GST_PAD_IS_SINK (pad)) {
    target = gst_ghost_pad_get_target (GST_GHOST_PAD (pad));
    return target != NULL;
  }

  return GST_PAD_IS_PROXY_CAPS (pad)
      || (parent && GST_IS_BASE_TRANSFORM (parent));
}

/* One linked pad is enough. */
static gboolean
fold_way (const GValue *item, GValue *best, gpointer user_data G_GNUC_UNUSED)
{
  GstFlowReturn flow = look_behind (g_value_get_object (item));

  if (flow == GST_FLOW_OK || g_value_get_int (best) == GST_FLOW_NOT_LINKED)
    g_value_set_int (best, flow);
  return flow != GST_FLOW_OK;
}

static GstFlowReturn
look_further (GstPad *pad)
{
  g_autoptr (GstIterator) others = gst_pad_iterate_internal_links (pad);
  g_auto (GValue) best = G_VALUE_INIT;

  if (!others)
    return GST_FLOW_OK;

  g_value_init (&best, G_TYPE_INT);
  do {
    g_value_set_int (&best, GST_FLOW_NOT_LINKED);
    gst_iterator_resync (others);
  } while (
      gst_iterator_fold (others, fold_way, &best, NULL) == GST_ITERATOR_RESYNC);
  return g_value_get_int (&best);
}

static GstFlowReturn
look_behind (GstPad *pad)
{
  g_autoptr (GstPad) peer = gst_pad_get_peer (pad);

  if (!peer)
    return GST_FLOW_NOT_LINKED;
  if (GST_PAD_IS_FLUSHING (peer))
    return GST_FLOW_FLUSHING;
  return passes_data_on (peer) ? look_further (peer) : GST_FLOW_OK;
}

/* Returns: (transfer full): the names of the types, such as "video/x-raw,
 *   audio/x-raw" */
static char *
list_names (GstCaps *caps)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < gst_caps_get_size (caps); i++) {
    const char *name =
        gst_structure_get_name (gst_caps_get_structure (caps, i));

    if (strstr (names->str, name))
      continue;
    g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", name);
  }
  return g_string_free (g_steal_pointer (&names), FALSE);
}

GstFlowReturn
gst_nanovid_outlet_check (GstPad *pad, GError **error)
{
  GstFlowReturn flow = look_behind (pad);
  g_autoptr (GstCaps) caps = NULL;
  g_autofree char *names = NULL;

  if (flow == GST_FLOW_NOT_LINKED) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("The source pad is not linked, so the clip has nowhere to go: link "
           "it first. With gst-launch-1.0, look for a missing \"!\" or a "
           "property without a value"));
  }
  if (flow != GST_FLOW_OK)
    return flow;

  caps = gst_pad_peer_query_caps (pad, NULL);
  if (gst_nanovid_content_fits (caps))
    return GST_FLOW_OK;

  names = list_names (caps);
  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
      /* Translators: %s is a list of types, such as video/x-raw, or "nothing". */
      _ ("The element after the source pad does not accept a video file, but "
         "%s: put decodebin in between"),
      *names ? names : _ ("nothing"));
  return GST_FLOW_NOT_NEGOTIATED;
}

GstFlowReturn
gst_nanovid_outlet_check_caps (GstPad *pad, GstCaps *caps, GError **error)
{
  GstFlowReturn flow = look_behind (pad);
  g_autoptr (GstCaps) taken = NULL;
  g_autofree char *given = NULL;

  if (flow != GST_FLOW_OK)
    return flow;

  taken = gst_pad_peer_query_caps (pad, caps);
  if (gst_caps_can_intersect (taken, caps))
    return GST_FLOW_OK;

  given = gst_caps_to_string (caps);
  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
      _ ("The element after the pad %s does not accept \"%s\": put a converter "
         "in between, or set other caps"),
      GST_PAD_NAME (pad), given);
  return GST_FLOW_NOT_NEGOTIATED;
}

GstFlowReturn
gst_nanovid_outlet_check_either (GstPad *video_pad, GstCaps *video_caps,
    GstPad *audio_pad, GstCaps *audio_caps, GError **error)
{
  GstFlowReturn video =
      gst_nanovid_outlet_check_caps (video_pad, video_caps, error);
  GstFlowReturn audio;

  if (video == GST_FLOW_NOT_NEGOTIATED)
    return video;
  audio = gst_nanovid_outlet_check_caps (audio_pad, audio_caps, error);
  if (video == GST_FLOW_NOT_LINKED && audio == GST_FLOW_NOT_LINKED) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        /* Translators: the names of two pads. */
        _ ("Neither %s nor %s is linked, so the clips have nowhere to go: link "
           "one of them first"),
        GST_OBJECT_NAME (video_pad), GST_OBJECT_NAME (audio_pad));
    return GST_FLOW_NOT_LINKED;
  }
  if (audio == GST_FLOW_NOT_NEGOTIATED)
    return audio;
  return video == GST_FLOW_FLUSHING || audio == GST_FLOW_FLUSHING
      ? GST_FLOW_FLUSHING
      : GST_FLOW_OK;
}
