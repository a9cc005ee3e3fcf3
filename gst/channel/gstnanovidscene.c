/* nanovid: one scene of a film or a channel: a finished clip and its metadata
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidscene.h"

#include <fcntl.h>
#include <unistd.h>

/* @location: (transfer full) */
static GstNanovidScene *
scene_new (char *location, int fd)
{
  GstNanovidScene *self = g_atomic_rc_box_new0 (GstNanovidScene);

  self->location = location;
  self->fd = fd;
  self->cost = NANOGPT_MONEY_UNKNOWN;
  return self;
}

GstNanovidScene *
gst_nanovid_scene_new (const char *location)
{
  return scene_new (g_strdup (location), -1);
}

GstNanovidScene *
gst_nanovid_scene_new_from_fd (int fd)
{
  /* A file opened by this name has a read position of its own. */
  return scene_new (g_strdup_printf ("/proc/self/fd/%d", fd), fd);
}

GstNanovidScene *
gst_nanovid_scene_create_replay (const GstNanovidScene *self)
{
  GstNanovidScene *again;
  int fd = -1;

  if (gst_nanovid_scene_is_kept (self)) {
    fd = fcntl (self->fd, F_DUPFD_CLOEXEC, 0);
    if (fd < 0)
      return NULL;
    again = gst_nanovid_scene_new_from_fd (fd);
  } else {
    again = gst_nanovid_scene_new (self->location);
  }
  again->index = self->index;
  again->prompt = g_strdup (self->prompt);
  again->model = g_strdup (self->model);
  again->run_id = g_strdup (self->run_id);
  again->cost = self->cost;
  again->drop_first_frame = self->drop_first_frame;
  again->tags = self->tags ? gst_tag_list_ref (self->tags) : NULL;
  return again;
}

gboolean
gst_nanovid_scene_is_kept (const GstNanovidScene *self)
{
  return self->fd >= 0;
}

GstNanovidScene *
gst_nanovid_scene_ref (GstNanovidScene *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear_scene (gpointer data)
{
  GstNanovidScene *self = data;

  g_clear_pointer (&self->location, g_free);
  g_clear_pointer (&self->prompt, g_free);
  g_clear_pointer (&self->model, g_free);
  g_clear_pointer (&self->run_id, g_free);
  g_clear_pointer (&self->tags, gst_tag_list_unref);
  if (self->fd >= 0)
    close (self->fd);
}

void
gst_nanovid_scene_unref (GstNanovidScene *self)
{
  g_atomic_rc_box_release_full (self, clear_scene);
}
