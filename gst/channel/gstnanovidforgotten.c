/* nanovid: the prompts of a film whose clips are to be requested again
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidforgotten.h"

struct _GstNanovidForgotten
{
  GHashTable *added; /* set of numbers, as guint64 */
  gboolean all_added;
  GHashTable *counted;
  guint64 counted_from; /* all numbers from this one on */
};

static GHashTable *
create_set (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

GstNanovidForgotten *
gst_nanovid_forgotten_new (void)
{
  GstNanovidForgotten *self = g_new0 (GstNanovidForgotten, 1);

  self->added = create_set ();
  self->counted = create_set ();
  self->counted_from = G_MAXUINT64;
  return self;
}

void
gst_nanovid_forgotten_free (GstNanovidForgotten *self)
{
  g_hash_table_unref (self->added);
  g_hash_table_unref (self->counted);
  g_free (self);
}

void
gst_nanovid_forgotten_add (GstNanovidForgotten *self, guint64 index)
{
  if (index == G_MAXUINT64)
    self->all_added = TRUE;
  else
    g_hash_table_add (self->added, g_memdup2 (&index, sizeof index));
}

void
gst_nanovid_forgotten_begin (GstNanovidForgotten *self)
{
  GHashTableIter iter;
  gpointer number;

  if (self->all_added)
    self->counted_from = 0;
  self->all_added = FALSE;
  g_hash_table_iter_init (&iter, self->added);
  while (g_hash_table_iter_next (&iter, &number, NULL)) {
    g_hash_table_iter_steal (&iter);
    g_hash_table_add (self->counted, number);
  }
}

gboolean
gst_nanovid_forgotten_take (GstNanovidForgotten *self, guint64 index)
{
  gboolean is_counted = g_hash_table_remove (self->counted, &index);

  if (index < self->counted_from)
    return is_counted;
  self->counted_from = index + 1;
  return TRUE;
}
