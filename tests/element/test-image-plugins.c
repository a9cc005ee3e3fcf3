/* nanovid: tests of input images when plugins are missing or fail, and of cancelling
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/pbutils/pbutils.h>
#include <string.h>

#include "element/picture.h"
#include "fixture/env.h"
#include "fixture/media.h"
#include "nanogpt/base/error.h"
#include "nanogpt/request/media.h"

/* Missing plugins */

static void
take_away (const char *name)
{
  GstRegistry *registry = gst_registry_get ();
  GstPluginFeature *feature = gst_registry_lookup_feature (registry, name);

  if (!feature)
    return;
  gst_registry_remove_feature (registry, feature);
  gst_object_unref (feature);
}

static void
assert_missing (Owner *owner, const char *description)
{
  g_autoptr (GstMessage) message =
      gst_bus_pop_filtered (owner->bus, GST_MESSAGE_ELEMENT);
  g_autofree char *text = NULL;

  g_assert_nonnull (message);
  g_assert_true (gst_is_missing_plugin_message (message));
  text = gst_missing_plugin_message_get_description (message);
  g_assert_nonnull (strstr (text, description));
}

static void
check_missing (void)
{
  g_autoptr (GBytes) png = fixture_media_bytes (FIXTURE_MEDIA_PNG);
  g_autoptr (GstSample) encoded = picture_create_encoded (png, "image/png");
  g_autoptr (GstSample) frame = picture_create_frame ("I420", 64, 48, "");
  g_auto (Owner) owner = { 0 };
  g_autoptr (GBytes) image = NULL;
  g_autoptr (GError) error = NULL;

  owner_init (&owner);
  take_away ("pngdec");
  take_away ("avdec_png");
  take_away ("gdkpixbufdec");
  image = owner_fit (&owner, encoded, g_bytes_get_size (png) - 1, &error);
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST);
  g_assert_nonnull (strstr (error->message, "image/png"));
  g_assert_null (image);
  assert_missing (&owner, "PNG");
  g_clear_error (&error);

  /* An image that fits needs no plugin. */
  image = owner_fit (&owner, encoded, g_bytes_get_size (png), &error);
  g_assert_no_error (error);
  g_clear_pointer (&image, g_bytes_unref);

  take_away ("jpegenc");
  image = owner_fit (&owner, frame, NANOGPT_IMAGE_MAX_SIZE, &error);
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST);
  g_assert_nonnull (strstr (error->message, "jpegenc"));
  g_assert_null (image);
  assert_missing (&owner, "jpegenc");
}

/* A removed feature stays removed in its process, so this runs in a subprocess. */
static void
test_missing (void)
{
  if (!g_test_subprocess ()) {
    g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
    g_test_trap_assert_passed ();
    return;
  }
  check_missing ();
}

/* A converter that fails to start without an error message */

typedef GstElement Mute;
typedef GstElementClass MuteClass;

static GType mute_get_type (void);
G_DEFINE_TYPE (Mute, mute, GST_TYPE_ELEMENT)

static GstStateChangeReturn
mute_change_state (GstElement *element, GstStateChange transition)
{
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    return GST_STATE_CHANGE_FAILURE;
  return GST_ELEMENT_CLASS (mute_parent_class)
      ->change_state (element, transition);
}

static void
mute_class_init (MuteClass *klass)
{
  GST_ELEMENT_CLASS (klass)->change_state = mute_change_state;
  gst_element_class_set_static_metadata (
      GST_ELEMENT_CLASS (klass), "Mute", "Test", "Never starts", "nanovid");
}

static void
mute_init (Mute *self)
{
  gst_element_add_pad (self, gst_pad_new ("sink", GST_PAD_SINK));
  gst_element_add_pad (self, gst_pad_new ("src", GST_PAD_SRC));
}

static void
check_mute (void)
{
  g_autoptr (GstSample) frame = picture_create_frame ("I420", 64, 48, "");
  g_auto (Owner) owner = { 0 };
  g_autoptr (GBytes) image = NULL;
  g_autoptr (GError) error = NULL;

  take_away ("videoconvert");
  g_assert_true (gst_element_register (
      NULL, "videoconvert", GST_RANK_NONE, mute_get_type ()));
  owner_init (&owner);
  image = owner_fit (&owner, frame, NANOGPT_IMAGE_MAX_SIZE, &error);
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST);
  g_assert_null (image);
}

static void
test_mute (void)
{
  if (!g_test_subprocess ()) {
    g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
    g_test_trap_assert_passed ();
    return;
  }
  check_mute ();
}

/* An encoder that blocks until it is stopped */

typedef struct
{
  GstElement parent;
  GMutex lock;
  GCond cond;
  gboolean stopped;
} Stuck;

typedef GstElementClass StuckClass;

static GType stuck_get_type (void);
G_DEFINE_TYPE (Stuck, stuck, GST_TYPE_ELEMENT)

static gint n_at_it;

static GstFlowReturn
stuck_chain (GstPad *pad G_GNUC_UNUSED, GstObject *parent, GstBuffer *buffer)
{
  Stuck *self = (Stuck *)parent;

  gst_buffer_unref (buffer);
  g_mutex_lock (&self->lock);
  g_atomic_int_inc (&n_at_it);
  while (!self->stopped)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
  return GST_FLOW_FLUSHING;
}

static GstStateChangeReturn
stuck_change_state (GstElement *element, GstStateChange transition)
{
  Stuck *self = (Stuck *)element;

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    g_mutex_lock (&self->lock);
    self->stopped = TRUE;
    g_cond_broadcast (&self->cond);
    g_mutex_unlock (&self->lock);
  }
  return GST_ELEMENT_CLASS (stuck_parent_class)
      ->change_state (element, transition);
}

static void
stuck_finalize (GObject *object)
{
  Stuck *self = (Stuck *)object;

  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  G_OBJECT_CLASS (stuck_parent_class)->finalize (object);
}

static void
stuck_set_property (GObject *object G_GNUC_UNUSED, guint id G_GNUC_UNUSED,
    const GValue *value G_GNUC_UNUSED, GParamSpec *pspec G_GNUC_UNUSED)
{
}

static void
stuck_class_init (StuckClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = stuck_set_property;
  object_class->finalize = stuck_finalize;
  GST_ELEMENT_CLASS (klass)->change_state = stuck_change_state;
  g_object_class_install_property (object_class, 1,
      g_param_spec_int ("quality", "Quality", "Of nothing", 0, 100, 85,
          G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
  gst_element_class_set_static_metadata (
      GST_ELEMENT_CLASS (klass), "Stuck", "Test", "Never ends", "nanovid");
}

static void
stuck_init (Stuck *self)
{
  GstPad *sink = gst_pad_new ("sink", GST_PAD_SINK);

  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  gst_pad_set_chain_function (sink, stuck_chain);
  gst_element_add_pad (GST_ELEMENT (self), sink);
  gst_element_add_pad (GST_ELEMENT (self), gst_pad_new ("src", GST_PAD_SRC));
}

/* Ending early */

static void
test_cancelled_before (void)
{
  g_autoptr (GstSample) frame = picture_create_frame ("I420", 64, 48, "");
  g_auto (Owner) owner = { 0 };
  g_autoptr (GBytes) image = NULL;
  g_autoptr (GError) error = NULL;

  owner_init (&owner);
  g_cancellable_cancel (owner.cancellable);
  image = owner_fit (&owner, frame, NANOGPT_IMAGE_MAX_SIZE, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (image);
}

static gpointer
cancel_when_at_it (gpointer cancellable)
{
  while (!g_atomic_int_get (&n_at_it))
    g_usleep (1000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

static void
check_cancelled_meanwhile (void)
{
  g_autoptr (GstSample) frame = picture_create_frame ("I420", 64, 48, "");
  g_auto (Owner) owner = { 0 };
  g_autoptr (GBytes) image = NULL;
  g_autoptr (GError) error = NULL;
  GThread *thread;

  take_away ("jpegenc");
  g_assert_true (
      gst_element_register (NULL, "jpegenc", GST_RANK_NONE, stuck_get_type ()));
  owner_init (&owner);
  thread = g_thread_new ("cancel", cancel_when_at_it, owner.cancellable);
  image = owner_fit (&owner, frame, NANOGPT_IMAGE_MAX_SIZE, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (image);
  g_thread_join (thread);
}

static void
test_cancelled_meanwhile (void)
{
  if (!g_test_subprocess ()) {
    g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
    g_test_trap_assert_passed ();
    return;
  }
  check_cancelled_meanwhile ();
}

int
main (int argc, char **argv)
{
  int result;

  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);
  gst_pb_utils_init ();

  g_test_add_func ("/image/cancelled/before", test_cancelled_before);
  g_test_add_func ("/image/cancelled/meanwhile", test_cancelled_meanwhile);
  g_test_add_func ("/image/missing", test_missing);
  g_test_add_func ("/image/mute", test_mute);
  result = g_test_run ();
  /* Waits for work that was left to other threads. */
  gst_deinit ();
  return result;
}
