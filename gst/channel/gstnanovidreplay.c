/* nanovid: the clips that a channel can play again
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidreplay.h"

#include <glob.h>
#include <string.h>

struct _GstNanovidReplay
{
  GstNanovidBell *bell; /* not owned; its lock guards the fields below */
  GQueue scenes;        /* of GstNanovidScene, least recently seen first */
  gboolean enabled;
  guint keep;
};

GstNanovidReplay *
gst_nanovid_replay_new (GstNanovidBell *bell)
{
  GstNanovidReplay *self = g_new0 (GstNanovidReplay, 1);

  self->bell = bell;
  g_queue_init (&self->scenes);
  return self;
}

void
gst_nanovid_replay_free (GstNanovidReplay *self)
{
  gst_nanovid_replay_clear (self);
  g_free (self);
}

void
gst_nanovid_replay_clear (GstNanovidReplay *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  g_queue_clear_full (&self->scenes, (GDestroyNotify)gst_nanovid_scene_unref);
}

/* Call with the lock held. */
static void
make_room (GstNanovidReplay *self)
{
  for (;;) {
    GList *oldest = NULL;
    guint n_kept = 0;

    for (GList *l = self->scenes.head; l; l = l->next) {
      GstNanovidScene *scene = l->data;

      if (!gst_nanovid_scene_is_kept (scene))
        continue;
      n_kept++;
      if (!oldest || scene->index < ((GstNanovidScene *)oldest->data)->index)
        oldest = l;
    }
    if (n_kept <= self->keep)
      return;
    gst_nanovid_scene_unref (oldest->data);
    g_queue_delete_link (&self->scenes, oldest);
  }
}

void
gst_nanovid_replay_set_limits (
    GstNanovidReplay *self, gboolean enabled, guint keep)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  self->enabled = enabled;
  self->keep = keep;
  make_room (self);
  gst_nanovid_bell_ring (self->bell);
}

/* Turns a directory into a pattern for its files, except hidden ones. */
static char *
make_pattern (const char *location)
{
  g_autoptr (GString) pattern = g_string_new (NULL);

  if (!g_file_test (location, G_FILE_TEST_IS_DIR))
    return g_strdup (location);
  for (const char *c = location; *c; c++) {
    if (strchr ("\\*?[", *c))
      g_string_append_c (pattern, '\\');
    g_string_append_c (pattern, *c);
  }
  return g_build_filename (pattern->str, "*", NULL);
}

guint
gst_nanovid_replay_load (GstNanovidReplay *self, const char *location)
{
  g_autofree char *pattern = make_pattern (location);
  glob_t found = { 0 };
  guint n_files = 0;

  glob (pattern, 0, NULL, &found);
  for (size_t i = 0; i < found.gl_pathc; i++) {
    GstNanovidScene *scene;

    if (!g_file_test (found.gl_pathv[i], G_FILE_TEST_IS_REGULAR))
      continue;
    scene = gst_nanovid_scene_new (found.gl_pathv[i]);
    scene->index = G_MAXUINT64;
    gst_nanovid_replay_add (self, scene);
    gst_nanovid_scene_unref (scene);
    n_files++;
  }
  globfree (&found);
  return n_files;
}

void
gst_nanovid_replay_add (GstNanovidReplay *self, GstNanovidScene *scene)
{
  GstNanovidScene *again = gst_nanovid_scene_create_replay (scene);
  g_autoptr (GMutexLocker) locker = NULL;

  if (!again)
    return;
  locker = g_mutex_locker_new (&self->bell->lock);
  g_queue_push_tail (&self->scenes, again);
  make_room (self);
  gst_nanovid_bell_ring (self->bell);
}

GstNanovidScene *
gst_nanovid_replay_take (GstNanovidReplay *self)
{
  return self->enabled ? g_queue_pop_head (&self->scenes) : NULL;
}
