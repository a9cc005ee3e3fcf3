/* nanovid: numbered inputs for mode=clips, and checks of what they give
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "element/bench.h"

G_BEGIN_DECLS

#define FEED_CAPS "text/x-raw,format=utf8"

/* Input number n starts at n seconds and lasts one second; its text is "input n".
 * Returns: (transfer full): the input */
GstBuffer *feed_create_input (guint n);

GstFlowReturn feed_push (Bench *bench, guint n);

/* Pushes the inputs 0 to @count - 1, for which there must be room. */
void feed_push_all (Bench *bench, guint count);

/* Pushes inputs from a thread, because the element may block it. */
typedef struct
{
  Bench *bench;
  guint count;
  GThread *thread;
  GstFlowReturn flow; /* of the last input */
} Feed;

/* Pushes @count inputs and EOS. */
void feed_start (Feed *feed, Bench *bench, guint count);

/* Waits until all of that was pushed or an input was refused. */
GstFlowReturn feed_finish (Feed *feed);

/* Pulls the next clip, which must be whole and have the time of input @n. */
void feed_assert_clip (Bench *bench, guint n);

/* Waits for EOS, and checks that no clip is left. */
void feed_assert_end (Bench *bench);

/* Checks that a message's structure names input @n and its time. */
void feed_assert_place (const GstStructure *structure, guint n);

G_END_DECLS
