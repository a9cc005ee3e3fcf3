/* nanovid: the element nanovidsrc, from a prompt to a clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-nanovidsrc
 * @title: nanovidsrc
 *
 * Generates a video from a prompt with the NanoGPT service, and pushes the
 * finished file as it is downloaded.  A clip costs money and takes half a
 * minute to twenty minutes; the wait is reported as PROGRESS messages and as
 * element messages named `nanovid-job`.  The job is submitted when data is
 * first needed, that is in PAUSED, and never twice: after a flush, a seek or a
 * restart, the same element continues with it.
 *
 * The API key comes from the `api-key` property, from `$NANOGPT_API_KEY`, or
 * from the file named by `$NANOGPT_API_KEY_FILE`.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 nanovidsrc prompt="a lighthouse at dusk" ! decodebin ! videoconvert ! autovideosink
 * ]| Watch a clip.
 * |[
 * gst-launch-1.0 nanovidsrc prompt="a lighthouse at dusk" ! filesink location=clip.mp4
 * ]| Keep the file as the service made it.
 * |[
 * gst-launch-1.0 nanovidsrc run-id=vid_123 ! filesink location=clip.mp4
 * ]| Collect the clip of a job that was paid for before.
 */

#include "config.h"

#include "gstnanovidsrc.h"

#include <glib/gi18n-lib.h>

#include "gstnanoviduri.h"

#include "gstnanovidrequest.h"

struct _GstNanovidSrc
{
  GstNanovidBase parent;

  char *uri; /* object lock */
};

static void gst_nanovid_src_uri_handler_init (gpointer iface, gpointer data);

G_DEFINE_FINAL_TYPE_WITH_CODE (GstNanovidSrc, gst_nanovid_src,
    GST_TYPE_NANOVID_BASE,
    G_IMPLEMENT_INTERFACE (
        GST_TYPE_URI_HANDLER, gst_nanovid_src_uri_handler_init))
GST_ELEMENT_REGISTER_DEFINE (
    nanovidsrc, "nanovidsrc", GST_RANK_NONE, GST_TYPE_NANOVID_SRC)

static NanogptRequest *
gst_nanovid_src_create_request (GstNanovidBase *base,
    const GstNanovidProperties *properties, GCancellable *cancellable,
    GError **error)
{
  return gst_nanovid_request_new (
      GST_ELEMENT (base), properties, NULL, cancellable, error);
}

static GstURIType
gst_nanovid_src_uri_get_type (GType type G_GNUC_UNUSED)
{
  return GST_URI_SRC;
}

static const char *const *
gst_nanovid_src_uri_get_protocols (GType type G_GNUC_UNUSED)
{
  static const char *const protocols[] = { GST_NANOVID_URI_PROTOCOL, NULL };

  return protocols;
}

static char *
gst_nanovid_src_uri_get_uri (GstURIHandler *handler)
{
  GstNanovidSrc *self = GST_NANOVID_SRC (handler);
  char *uri;

  GST_OBJECT_LOCK (self);
  uri = g_strdup (self->uri);
  GST_OBJECT_UNLOCK (self);
  return uri;
}

static gboolean
gst_nanovid_src_uri_set_uri (
    GstURIHandler *handler, const char *uri, GError **error)
{
  GstNanovidSrc *self = GST_NANOVID_SRC (handler);
  GstNanovidProperties *request;
  gboolean started;

  GST_OBJECT_LOCK (self);
  started = GST_STATE (self) > GST_STATE_READY;
  GST_OBJECT_UNLOCK (self);
  if (started) {
    g_set_error (error, GST_URI_ERROR, GST_URI_ERROR_BAD_STATE,
        _ ("The URI cannot be changed while the element is running"));
    return FALSE;
  }
  request = gst_nanovid_uri_parse (uri, G_OBJECT_GET_CLASS (self), error);
  if (!request)
    return FALSE;

  gst_nanovid_base_set_request (GST_NANOVID_BASE (self), request);
  GST_OBJECT_LOCK (self);
  g_free (self->uri);
  self->uri = g_strdup (uri);
  GST_OBJECT_UNLOCK (self);
  return TRUE;
}

static void
gst_nanovid_src_uri_handler_init (gpointer iface, gpointer data G_GNUC_UNUSED)
{
  GstURIHandlerInterface *handler = iface;

  handler->get_type = gst_nanovid_src_uri_get_type;
  handler->get_protocols = gst_nanovid_src_uri_get_protocols;
  handler->get_uri = gst_nanovid_src_uri_get_uri;
  handler->set_uri = gst_nanovid_src_uri_set_uri;
}

static void
gst_nanovid_src_finalize (GObject *object)
{
  g_free (GST_NANOVID_SRC (object)->uri);
  G_OBJECT_CLASS (gst_nanovid_src_parent_class)->finalize (object);
}

static void
gst_nanovid_src_class_init (GstNanovidSrcClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstNanovidBaseClass *base_class = GST_NANOVID_BASE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gst_nanovid_src_finalize;
  base_class->create_request = gst_nanovid_src_create_request;

  gst_element_class_set_static_metadata (element_class, "NanoGPT video source",
      "Source/Network",
      "Generates a video from a prompt with the NanoGPT service",
      PACKAGE_AUTHORS);
  gst_element_class_add_static_metadata (element_class,
      GST_ELEMENT_METADATA_DOC_URI, "file://" DOCDIR "/elements.md");
}

static void
gst_nanovid_src_init (GstNanovidSrc *self G_GNUC_UNUSED)
{
}
