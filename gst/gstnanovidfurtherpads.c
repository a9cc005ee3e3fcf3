/* nanovid: the request pads of nanovidtransform, for further inputs
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidfurtherpads.h"

#include <glib/gi18n-lib.h>
#include <string.h>

GST_DEBUG_CATEGORY_EXTERN (gst_nanovid_transform_debug);
#define GST_CAT_DEFAULT gst_nanovid_transform_debug

#define REFERENCE_PREFIX "reference_"
#define PICTURES "image/jpeg; image/png; image/webp; video/x-raw"

/**
 * GstNanovidTransform!last_image:
 *
 * Since: 0.2
 */
static GstStaticPadTemplate last_image_template = GST_STATIC_PAD_TEMPLATE (
    "last_image", GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS (PICTURES));

/**
 * GstNanovidTransform!reference_%u:
 *
 * Since: 0.2
 */
static GstStaticPadTemplate reference_template =
    GST_STATIC_PAD_TEMPLATE (REFERENCE_PREFIX "%u", GST_PAD_SINK,
        GST_PAD_REQUEST, GST_STATIC_CAPS (PICTURES));

/**
 * GstNanovidTransform!video:
 *
 * Since: 0.2
 */
static GstStaticPadTemplate video_template =
    GST_STATIC_PAD_TEMPLATE ("video", GST_PAD_SINK, GST_PAD_REQUEST,
        GST_STATIC_CAPS ("video/quicktime; video/webm; video/x-matroska"));

/**
 * GstNanovidTransform!audio:
 *
 * Since: 0.2
 */
static GstStaticPadTemplate audio_template =
    GST_STATIC_PAD_TEMPLATE ("audio", GST_PAD_SINK, GST_PAD_REQUEST,
        GST_STATIC_CAPS ("audio/x-raw, layout=(string)interleaved; "
                         "audio/x-wav; audio/mpeg; audio/ogg; audio/x-m4a"));

static const struct
{
  GstStaticPadTemplate *template;
  NanogptMediaRole role;
} kinds[] = {
  { &last_image_template, NANOGPT_MEDIA_LAST_IMAGE },
  { &reference_template, NANOGPT_MEDIA_REFERENCE_IMAGE },
  { &video_template, NANOGPT_MEDIA_VIDEO },
  { &audio_template, NANOGPT_MEDIA_AUDIO },
};

void
gst_nanovid_further_pads_install (GstElementClass *klass)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    gst_element_class_add_static_pad_template (klass, kinds[i].template);
}

static NanogptMediaRole
get_role (GstPadTemplate *template)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (strcmp (GST_PAD_TEMPLATE_NAME_TEMPLATE (template),
            kinds[i].template->name_template)
        == 0)
      return kinds[i].role;
  }
  g_return_val_if_reached (NANOGPT_MEDIA_IMAGE);
}

/* The streaming threads of the pads; the GstNanovidPads are the pads' user
 * data */

static GstFlowReturn
gst_nanovid_further_pads_chain (
    GstPad *pad, GstObject *parent G_GNUC_UNUSED, GstBuffer *buffer)
{
  GstNanovidSinkPad *sink_pad = GST_NANOVID_SINK_PAD (pad);
  g_autoptr (GstSample) sample = NULL;

  GST_LOG_OBJECT (pad, "%" GST_PTR_FORMAT, buffer);
  buffer = gst_nanovid_sink_pad_clip (sink_pad, buffer);
  if (!buffer)
    return GST_FLOW_OK;
  sample = gst_nanovid_sink_pad_create_sample (sink_pad, buffer);
  gst_buffer_unref (buffer);
  return gst_nanovid_pads_push (pad->chaindata, sink_pad, sample);
}

static gboolean
gst_nanovid_further_pads_event (
    GstPad *pad, GstObject *parent G_GNUC_UNUSED, GstEvent *event)
{
  GstNanovidSinkPad *sink_pad = GST_NANOVID_SINK_PAD (pad);
  GstNanovidPads *pads = pad->eventdata;
  const GstSegment *segment;
  GstCaps *caps;
  gboolean accepted = TRUE;

  GST_LOG_OBJECT (pad, "%" GST_PTR_FORMAT, event);
  gst_nanovid_sink_pad_note_event (sink_pad, event);
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_CAPS:
      gst_event_parse_caps (event, &caps);
      accepted = gst_nanovid_pads_accepts (pads, sink_pad, caps);
      break;
    case GST_EVENT_SEGMENT:
      gst_event_parse_segment (event, &segment);
      gst_nanovid_pads_seek (pads, sink_pad, segment);
      break;
    case GST_EVENT_FLUSH_START:
      gst_nanovid_pads_set_flushing (pads, sink_pad, TRUE);
      break;
    case GST_EVENT_FLUSH_STOP:
      gst_nanovid_pads_flush (pads, sink_pad);
      gst_nanovid_pads_set_flushing (pads, sink_pad, FALSE);
      break;
    case GST_EVENT_EOS:
      gst_nanovid_pads_end (pads, sink_pad);
      break;
    default:
      break;
  }
  gst_event_unref (event);
  return accepted;
}

/* Adding and removing pads */

/* GstBaseSrc derives its stream ID from the only sink pad, and does not support
 * several, so it must not count the further pads. */
static void
count_sink_pads (GstElement *element, int change)
{
  GST_OBJECT_LOCK (element);
  element->numsinkpads += change;
  GST_OBJECT_UNLOCK (element);
}

static gboolean
parse_number (const char *name, guint *number)
{
  guint64 value;

  if (!g_str_has_prefix (name, REFERENCE_PREFIX)
      || !g_ascii_string_to_unsigned (
          name + strlen (REFERENCE_PREFIX), 10, 0, G_MAXUINT - 1, &value, NULL))
    return FALSE;
  *number = value;
  return TRUE;
}

static guint
find_free_number (GstElement *element)
{
  guint free_number = 0;
  guint number;

  GST_OBJECT_LOCK (element);
  for (GList *l = element->sinkpads; l; l = l->next) {
    if (parse_number (GST_PAD_NAME (l->data), &number))
      free_number = MAX (free_number, number + 1);
  }
  GST_OBJECT_UNLOCK (element);
  return free_number;
}

/* Returns: (transfer full) (nullable): a name for the new pad */
static char *
choose_name (GstElement *element, GstPadTemplate *template, const char *wanted)
{
  const char *pattern = GST_PAD_TEMPLATE_NAME_TEMPLATE (template);
  g_autofree char *name = NULL;
  g_autoptr (GstPad) former = NULL;
  guint number;

  if (!strchr (pattern, '%'))
    name = g_strdup (pattern);
  else if (!wanted || strchr (wanted, '%'))
    name = g_strdup_printf (REFERENCE_PREFIX "%u", find_free_number (element));
  else if (parse_number (wanted, &number))
    name = g_strdup (wanted);

  former = name ? gst_element_get_static_pad (element, name) : NULL;
  if (name && !former)
    return g_steal_pointer (&name);
  GST_WARNING_OBJECT (
      element, "there can be no new pad \"%s\"", wanted ? wanted : pattern);
  return NULL;
}

GstPad *
gst_nanovid_further_pads_request (GstElement *element, GstNanovidPads *pads,
    GstPadTemplate *template, const char *wanted)
{
  g_autofree char *name = choose_name (element, template, wanted);
  GstPad *pad;

  if (!name)
    return NULL;

  pad = gst_nanovid_sink_pad_new (template, name, get_role (template));
  gst_pad_set_chain_function_full (
      pad, GST_DEBUG_FUNCPTR (gst_nanovid_further_pads_chain), pads, NULL);
  gst_pad_set_event_function_full (
      pad, GST_DEBUG_FUNCPTR (gst_nanovid_further_pads_event), pads, NULL);
  gst_pad_set_query_function (
      pad, GST_DEBUG_FUNCPTR (gst_nanovid_sink_pad_query));
  gst_nanovid_pads_add (pads, GST_NANOVID_SINK_PAD (pad));
  if (gst_nanovid_pads_is_late (pads))
    GST_ELEMENT_WARNING (element, CORE, PAD,
        (_ ("The pad %s was added too late: the request was made without it"),
            name),
        ("link it before the pipeline starts"));
  if (MAX (GST_STATE (element), GST_STATE_NEXT (element)) > GST_STATE_READY)
    gst_pad_set_active (pad, TRUE);
  count_sink_pads (element, -1);
  gst_element_add_pad (element, pad);
  return pad;
}

void
gst_nanovid_further_pads_release (
    GstElement *element, GstNanovidPads *pads, GstPad *pad)
{
  /* The pad's streaming thread may be waiting there. */
  gst_nanovid_pads_remove (pads, GST_NANOVID_SINK_PAD (pad));
  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (element, pad);
  count_sink_pads (element, 1);
}
