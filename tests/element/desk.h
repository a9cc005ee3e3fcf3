/* nanovid: nanovidtransform with further pads, fed by a test
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/check/gstharness.h>

#include "element/inbox.h"

G_BEGIN_DECLS

#define DESK_FRAME_CAPS                                                        \
  "video/x-raw,format=GRAY8,width=32,height=32,framerate=0/1"

typedef struct
{
  Inbox *inbox;
  GstElement *element;
  GstBus *bus;
  GstHarness *main; /* receives the clips */
  GMutex lock;      /* guards the fields below */
  GCond changed;
  char *missing; /* the pad that the element is waiting for, NULL before it
                  * waits */
} Desk;

/* @caps: (nullable): caps of the texts that the main harness pushes; NULL to
 *   leave the sink pad unlinked
 * @properties: properties of the element */
void desk_init (Desk *self, const char *caps, const char *properties);
void desk_clear (Desk *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Desk, desk_clear)

/* @name: name of the pad to request */
GstHarness *desk_add (Desk *self, const char *name, const char *caps);

/* Waits at most ten seconds (scaled) until the element waits for the input of
 * the pad @name and has those of all pads that precede it by name. */
void desk_wait_until_missing (Desk *self, const char *name);

/* Returns: (transfer full): a frame for DESK_FRAME_CAPS, of one color */
GstBuffer *desk_create_frame (guint8 luma, GstClockTime time);

G_END_DECLS
